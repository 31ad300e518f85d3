//! What a terminal shows, with how it looks: `⟨bold red:Error: ⟩`.
//!
//! Tools come to the same look by different escape sequences (what is reset twice is reset), so it
//! is the look of each character that is compared.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use crate::fold::Names;
use crate::json::Json;
use crate::texts::sort_progress;

/// How a character looks.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Look {
    bold: bool,
    underlined: bool,
    color: Option<&'static str>,
}

/// Text that a program sent to a terminal, as it looks there.
pub fn styled(sent: &str) -> String {
    let sent = sent.replace("\r\n", "\n");
    // What is cleared is not there any more: progress that was drawn over.
    let lines = sent.split('\n').map(|line| line.rsplit("\r\x1b[K").next().unwrap_or_default());
    let mut out = String::new();
    let (mut look, mut shown) = (Look::default(), Look::default());
    for (at, line) in lines.enumerate() {
        if at > 0 {
            turn(&mut out, &mut shown, Look::default());
            out.push('\n');
        }
        let mut rest = line;
        while let Some(character) = rest.chars().next() {
            if let Some((codes, after)) =
                rest.strip_prefix("\x1b[").and_then(|rest| rest.split_once('m'))
            {
                codes.split(';').for_each(|code| look.set(code));
                rest = after;
                continue;
            }
            // A space has no colour.
            if character != ' ' || look.underlined {
                turn(&mut out, &mut shown, look);
            }
            out.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    turn(&mut out, &mut shown, Look::default());
    out
}

/// Ends one look and begins another.
fn turn(out: &mut String, shown: &mut Look, look: Look) {
    if *shown == look {
        return;
    }
    if *shown != Look::default() {
        out.push('⟩');
    }
    if look != Look::default() {
        let names =
            [look.bold.then_some("bold"), look.underlined.then_some("underlined"), look.color];
        let names: Vec<&str> = names.into_iter().flatten().collect();
        let _ = write!(out, "⟨{}:", names.join(" "));
    }
    *shown = look;
}

impl Look {
    /// Follows one code of an escape sequence.
    fn set(&mut self, code: &str) {
        match code {
            "" | "0" => *self = Self::default(),
            "1" => self.bold = true,
            "4" => self.underlined = true,
            "31" => self.color = Some("red"),
            "32" => self.color = Some("green"),
            "33" => self.color = Some("yellow"),
            "36" => self.color = Some("cyan"),
            "90" => self.color = Some("dim"),
            other => panic!("a look that has no name yet: {other}"),
        }
    }
}

static CAUSE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("(?m)^ +⟨dim:# replaced because of .*\n").expect("a regex"));

/// What was sent by a program that worked in `directory`, as it is compared.
pub fn compared(sent: &str, directory: &Path) -> String {
    let text = CAUSE.replace_all(&styled(sent), "").into_owned();
    let text = text.replace("Groma", "Terraform").replace("groma", "terraform");
    let folded = Names::new(directory).fold(Json::String(text));
    let mut lines: Vec<String> =
        folded.text().unwrap_or_default().split('\n').map(str::to_owned).collect();
    sort_progress(&mut lines);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::styled;

    #[test]
    fn it_is_the_look_that_counts() {
        let one = "\x1b[0m\x1b[1mterraform: \x1b[0m\x1b[0mx \x1b[1m\x1b[31mError\x1b[0m\r\n";
        let other = "\x1b[1mterraform:\x1b[0m x \x1b[1;31mError\n";
        assert_eq!(styled(one), "⟨bold:terraform: ⟩x ⟨bold red:Error⟩\n");
        assert_eq!(styled(one), styled(other));
        assert_eq!(styled("a\x1b[4m b\x1b[0m"), "a⟨underlined: b⟩");
        assert_eq!(styled("\r\x1b[K\x1b[90m1 done\x1b[0m\r\x1b[Kx\n"), "x\n");
    }
}
