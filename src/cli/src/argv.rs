//! Arguments as Go programs take them, made into what clap takes.
//!
//! Terraform's flags have one dash or two, `-x=y` or `-x y`, and booleans are `-x` or `-x=false`.
//! Everything else of the parsing is clap's: this module rewrites each argument on its own, knowing
//! only which flags of the command take a value.

use std::ffi::OsString;

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

/// Environment variable whose words are inserted after every command.
const CLI_ARGS: &str = "TF_CLI_ARGS";

/// Rewrites `-name` to `--name` and `-name=value` to `--name=value`; `-h` and what follows `--` stay.
pub fn normalise(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut verbatim = false;
    args.into_iter()
        .enumerate()
        .map(|(i, arg)| {
            let Some(text) = arg.to_str() else { return arg };
            verbatim |= text == "--";
            if i == 0 || verbatim || !is_long_with_one_dash(text) {
                return arg;
            }
            format!("-{text}").into()
        })
        .collect()
}

fn is_long_with_one_dash(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next() == Some('-')
        && chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.next().is_some()
}

/// Makes the `version` command of a command line that asks for the version anywhere, as Terraform
/// does: `plan -v`, `-version -json`. To be given normalised arguments.
pub fn with_version(args: Vec<OsString>) -> Vec<OsString> {
    let own = args.iter().take_while(|arg| *arg != "--");
    if !own.skip(1).any(|arg| arg == "-v" || arg == "--version") {
        return args;
    }
    let kept = |arg: &OsString| arg == "--json" || arg == "-h" || arg == "--help";
    let (program, rest) = (args.iter().take(1), args.iter().skip(1).filter(|arg| kept(arg)));
    program.cloned().chain(["version".into()]).chain(rest.cloned()).collect()
}

/// Inserts the words of `TF_CLI_ARGS` and `TF_CLI_ARGS_<command>` after the command's name.
///
/// # Errors
/// A quote that is not closed, with the variable's name.
pub fn with_environment(
    args: Vec<OsString>,
    commands: &Command,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<Vec<OsString>, String> {
    let Some((end, path)) = command_path(&args, commands) else { return Ok(args) };
    // Not a person's command line, but that of a program whose environment this one has inherited.
    if path.first().is_some_and(|command| command == "provider") {
        return Ok(args);
    }
    let mut inserted = Vec::new();
    let suffix: Vec<String> = path.iter().map(|word| word.replace('-', "_")).collect();
    for name in [CLI_ARGS.to_owned(), format!("{CLI_ARGS}_{}", suffix.join("_"))] {
        let Some(text) = lookup(&name) else { continue };
        let words = split_words(&text)
            .ok_or_else(|| format!("{name}: a quote is not closed in {text:?}"))?;
        inserted.extend(words.into_iter().map(OsString::from));
    }
    let mut out = args;
    out.splice(end..end, inserted);
    Ok(out)
}

/// Where the words that name the command end, and those words.
pub fn command_path(args: &[OsString], root: &Command) -> Option<(usize, Vec<String>)> {
    let first = args.iter().skip(1).position(|a| !a.to_string_lossy().starts_with('-'))? + 1;
    let mut command = root;
    let mut path = Vec::new();
    for arg in &args[first..] {
        let Some(next) = arg.to_str().and_then(|name| command.find_subcommand(name)) else { break };
        path.push(next.get_name().to_owned());
        command = next;
    }
    (!path.is_empty()).then(|| (first + path.len(), path))
}

/// Splits as a POSIX shell splits words, quotes and backslashes included; `None` if a quote stays
/// open.
pub fn split_words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(chars.next()),
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// `-no-color`: no colours.
pub const NO_COLOR: &str = "no-color";
/// `-compact-warnings`: warnings by their titles.
pub const COMPACT_WARNINGS: &str = "compact-warnings";

/// Gives every command the flags that say how it looks: who wraps Terraform gives them everywhere.
fn with_looks(command: Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let flag = |name: &'static str, help: &'static str| {
        let flag = Arg::new(name).long(name).help(help);
        flag.action(ArgAction::SetTrue).value_parser(value_parser!(bool))
    };
    names.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, |inner| {
            let inner = inner.arg(flag(COMPACT_WARNINGS, "Show warnings as a list of titles"));
            with_looks(inner.arg(flag(NO_COLOR, "No colours")))
        })
    })
}

/// Whether such a flag was given to the command that was parsed.
pub fn looks(matches: &ArgMatches, name: &str) -> bool {
    let here = matches.try_get_one::<bool>(name).ok().flatten().copied().unwrap_or(false);
    here || matches.subcommand().is_some_and(|(_, inner)| looks(inner, name))
}

/// The commands with all that they take, in every form that Go takes it.
pub fn complete(command: Command) -> Command {
    with_go_booleans(with_looks(command))
}

/// Gives every boolean flag of `command` Go's forms: `-x`, `-x=true`, `-x=0`.
fn with_go_booleans(command: Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let command = command.mut_args(go_boolean);
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, with_go_booleans))
}

fn go_boolean(arg: Arg) -> Arg {
    let boolean: ValueParser = value_parser!(bool);
    if arg.get_value_parser().type_id() != boolean.type_id() || arg.is_positional() {
        return arg;
    }
    let arg = match arg.get_action() {
        ArgAction::SetTrue => arg.default_value("false"),
        ArgAction::Set => arg,
        _ => return arg,
    };
    // Of a flag that is given twice the last wins, as in Go.
    let id = arg.get_id().clone();
    arg.action(ArgAction::Set)
        .num_args(0..=1)
        .require_equals(true)
        .default_missing_value("true")
        .value_name("BOOL")
        .hide_possible_values(true)
        .hide_default_value(true)
        .value_parser(parse_go_bool)
        .overrides_with(id)
}

/// Go's `strconv.ParseBool`.
fn parse_go_bool(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err("must be true or false".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalised(args: &[&str]) -> Vec<String> {
        let args = std::iter::once("groma").chain(args.iter().copied()).map(OsString::from);
        let out = normalise(args).into_iter().skip(1);
        out.map(|arg| arg.into_string().unwrap()).collect()
    }

    #[test]
    fn one_dash_becomes_two() {
        assert_eq!(
            normalised(&["-chdir=a", "plan", "-out", "p"]),
            ["--chdir=a", "plan", "--out", "p"]
        );
        assert_eq!(normalised(&["fmt", "-"]), ["fmt", "-"]);
        assert_eq!(normalised(&["-h"]), ["-h"]);
        assert_eq!(normalised(&["x", "--", "-y"]), ["x", "--", "-y"]);
        assert_eq!(normalised(&["x", "-1"]), ["x", "-1"]);
    }

    #[test]
    fn the_version_is_told_wherever_it_is_asked_for() {
        let version = |line: &str| {
            let args = format!("groma {line}");
            let out = with_version(normalise(args.split(' ').map(OsString::from)));
            out.join(std::ffi::OsStr::new(" ")).into_string().unwrap()
        };
        assert_eq!(version("-v"), "groma version");
        assert_eq!(version("-version -json"), "groma version --json");
        assert_eq!(version("plan -out=p -version"), "groma version");
        assert_eq!(version("version -v -json"), "groma version --json");
        assert_eq!(version("plan -var version=1"), "groma plan --var version=1");
        assert_eq!(version("fmt -- -v"), "groma fmt -- -v");
    }

    #[test]
    fn words_are_split_as_a_shell_splits_them() {
        let split = |text| split_words(text).map(|w| w.join("|"));
        assert_eq!(split(r#"-var 'a b' -x="c \" d" e\ f"#).unwrap(), r#"-var|a b|-x=c " d|e f"#);
        assert_eq!(split("  "), Some(String::new()));
        assert_eq!(split("'a"), None);
    }
}
