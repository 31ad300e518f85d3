//! What is the same to a reader, made the same: colours of what is not asked to be plain, lines
//! that come in the order in which things happen to end, the width at which prose is broken.

use std::sync::LazyLock;

use regex::Regex;

/// Each with what it becomes, and why it is not compared.
const FOLDED: &[(&str, &str, &str)] = &[
    (r"\x1b\[[0-9;]*m", "", "colours go only to a terminal: see README's differences"),
    (r"(?m)^╷\n", "\n", "boxes go with colours"),
    (r"(?m)^╵\n\n?", "", "boxes go with colours"),
    (r"(?m)^│ ?", "", "boxes go with colours"),
    (r"\bGroma", "Terraform", "each tool goes by its own name"),
    (r"\bgroma", "terraform", "each tool goes by its own name"),
    (
        r"(?m)^\S.*: (Refreshing state|Still (creating|modifying|destroying|reading))\.\.\..*\n",
        "",
        "what is only waited for is not told in a pipe: see README's differences",
    ),
    (r"(?m)^- \S+ in \S+\n", "", "modules are installed once there, and found each time here"),
    (r"(?m)^ +\^+\n", "", "ours are marked below the line: see README's differences"),
    (r"(?m)^ +# replaced because of .*\n", "", "ours says where: see README's differences"),
];

static PATTERNS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let pattern =
        |(from, to, _): &(&str, &'static str, _)| (Regex::new(from).expect("a regex"), *to);
    FOLDED.iter().map(pattern).collect()
});

/// Progress, which comes in the order in which things happen.
static PROGRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^\S.*(: (Creating|Modifying|Destroying|Reading|Refreshing|Opening|Closing|Importing|Preparing)\b",
        r"|: Provisioning with|: \(.*\) failed| complete after |: Import complete\b",
        r"| \([a-z-]+\): )",
    ))
    .expect("a regex")
});

/// The text as it is compared.
pub(super) fn settle(text: &str) -> String {
    let mut text = text.replace("\r\n", "\n");
    for (pattern, to) in &*PATTERNS {
        text = pattern.replace_all(&text, *to).into_owned();
    }
    let mut lines: Vec<String> = Vec::new();
    for line in text.split('\n') {
        match lines.last_mut() {
            Some(last) if !PROGRESS.is_match(last) && continues(last, line) => {
                last.push(' ');
                last.push_str(line);
            }
            _ => lines.push(line.trim_end().to_owned()),
        }
    }
    sort_progress(&mut lines);
    lines.join("\n")
}

/// Brings lines of progress that follow each other into an order that says nothing.
pub fn sort_progress(lines: &mut [String]) {
    for run in lines.chunk_by_mut(|a, b| PROGRESS.is_match(a) && PROGRESS.is_match(b)) {
        run.sort();
    }
}

/// Whether `line` goes on with the prose of `last`, broken because the word did not fit: the names
/// of the tools are not equally long, so they break at different words.
fn continues(last: &str, line: &str) -> bool {
    let is_prose =
        |line: &str| line.starts_with(|c: char| c.is_alphanumeric() || "\"'(-.".contains(c));
    let word = line.split(' ').next().unwrap_or_default();
    // A title of its own, though no empty line need be before it.
    let is_title = line.contains(" has been successfully initialized!");
    is_prose(last) && is_prose(line) && !is_title && last.contains(' ') && {
        last.chars().count() + 1 + word.chars().count() > 68
    }
}

#[cfg(test)]
mod tests {
    use super::settle;

    #[track_caller]
    fn check(one: &str, other: &str) {
        assert_eq!(settle(one), settle(other));
    }

    #[test]
    fn what_only_looks_different_is_the_same() {
        check("a: Creating...\nb: Creating...\nend", "b: Creating...\na: Creating...\nend");
        check(
            "Terraform used the selected providers to generate the following execution\nplan. And",
            "Groma used the selected providers to generate the following execution plan.\nAnd",
        );
        check("╷\n│ \x1b[31mError: \x1b[0mx\n╵\n", "\nError: x\n");
    }

    #[test]
    fn what_is_different_stays_so() {
        assert_ne!(settle("b\na"), settle("a\nb"));
        assert_ne!(settle("  + a"), settle("  ~ a"));
        assert_ne!(settle("a = 1\nb = 2"), settle("a = 1 b = 2"));
    }
}
