//! Where what people read is better than Terraform's on purpose, which is no difference. Each way
//! is a row of `docs/differences.md`.

use crate::decided;
use crate::fixture::Case;
use crate::run::Document;

/// What was found, with what Terraform has in place of what is better. `document` says what it is.
pub(super) fn level(case: &Case, document: &Document, expected: &str, found: &str) -> String {
    let same = if document.kind == "plan" && is_idle_refresh(expected, found)
        || decided::may(case) && knows(expected, found)
    {
        true
    } else {
        let (theirs, ours) = (Said::read(expected), Said::read(found));
        decided::may(case) && goes_on(&theirs, &ours)
            || theirs.before == ours.before
                && if case.first_error {
                    ours.diagnostics.first().is_some_and(|first| theirs.diagnostics.contains(first))
                } else {
                    same_diagnostics(theirs.diagnostics, &ours.diagnostics, document.kind == "init")
                }
    };
    if same { expected.to_owned() } else { found.to_owned() }
}

/// A refresh that finds nothing, which Terraform takes for a change if a number of an output was
/// computed: it says how to apply it.
fn is_idle_refresh(expected: &str, found: &str) -> bool {
    let more = expected.strip_prefix(found);
    found.contains("Your infrastructure still matches the configuration.")
        && more.is_some_and(|more| more.contains("Saved the plan to:"))
}

/// Whether Terraform stops at what is no error of ours: all that it found wrong is beside an
/// operand of `&&` or `||` that decides alone.
fn goes_on(theirs: &Said, ours: &Said) -> bool {
    let errors = |said: &Said| -> Vec<String> {
        said.diagnostics.iter().filter(|d| d.starts_with("Error: ")).cloned().collect()
    };
    let theirs = errors(theirs);
    !theirs.is_empty()
        && theirs.iter().all(|error| error.contains(" && ") || error.contains(" || "))
        && errors(ours).is_empty()
}

/// Whether truth values that Terraform does not know are all that differs: one operand of `&&` or
/// `||` decides.
fn knows(expected: &str, found: &str) -> bool {
    let same = |theirs: &str, ours: &str| {
        let known = |value| theirs.replace("(known after apply)", value) == ours;
        theirs == ours || known("true") || known("false")
    };
    let (theirs, ours) = (expected.lines(), found.lines());
    theirs.clone().count() == ours.clone().count() && theirs.zip(ours).all(|(t, o)| same(t, o))
}

/// Whether each is there on both sides, in any order: what has a place is told elsewhere.
fn same_diagnostics(mut theirs: Vec<String>, ours: &[String], init: bool) -> bool {
    theirs.len() == ours.len()
        && ours.iter().all(|ours| {
            let same = |theirs: &String| theirs == ours || is_better(theirs, ours, init);
            theirs.iter().position(same).map(|at| theirs.remove(at)).is_some()
        })
}

fn is_better(theirs: &str, ours: &str, init: bool) -> bool {
    let starts = |title: &str| theirs.starts_with(title) && ours.starts_with(title);
    // A cycle has a place, and is told with what makes each of its edges.
    if starts("Error: Cycle: ") || without_place(ours) == theirs {
        return true;
    }
    if starts("Error: Invalid value for variable") && without_values(theirs) == ours {
        return true;
    }
    if theirs.starts_with("Error: Value for undeclared variable") {
        return ours.contains("The saved plan specifies its default as the value");
    }
    init && theirs.replacen("\n(and one more similar warning elsewhere)\n", "", 1) == ours
}

/// A diagnostic without the lines that say where it is.
fn without_place(diagnostic: &str) -> String {
    let Some((title, rest)) = diagnostic.split_once("\n\n") else { return diagnostic.to_owned() };
    if !(rest.starts_with("  with ") || rest.starts_with("  on ")) {
        return diagnostic.to_owned();
    }
    let detail = rest.split_once("\n\n").map_or("", |(_, detail)| detail);
    format!("{title}\n\n{detail}").trim_end().to_owned()
}

/// A diagnostic without the values that its expression was evaluated with.
fn without_values(diagnostic: &str) -> String {
    let is_value = |line: &&str| line.starts_with("    ├") || line.starts_with("    │");
    diagnostic.split('\n').filter(|line| !is_value(line)).collect::<Vec<_>>().join("\n")
}

/// What a command says: something, then diagnostics, the last with all that comes after it.
struct Said {
    before: String,
    diagnostics: Vec<String>,
}

impl Said {
    fn read(text: &str) -> Self {
        let mut parts = vec![String::new()];
        for line in text.split('\n') {
            if line.starts_with("Error: ") || line.starts_with("Warning: ") {
                parts.push(String::new());
            }
            if let Some(part) = parts.last_mut() {
                part.push_str(line);
                part.push('\n');
            }
        }
        let mut parts = parts.into_iter().map(|part| part.trim_end().to_owned());
        Self { before: parts.next().unwrap_or_default(), diagnostics: parts.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Said, goes_on, is_idle_refresh, knows, same_diagnostics, without_values};

    #[track_caller]
    fn check(theirs: &[&str], ours: &[&str], equal: bool) {
        let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        assert_eq!(same_diagnostics(owned(theirs), &owned(ours), true), equal);
    }

    #[test]
    fn a_place_is_better_than_none() {
        let ours = "Error: b\n\n  with x.y,\n  on main.tf line 1:\n   1: z\n\nWhy.";
        check(&["Error: b\n\nWhy.", "Error: a"], &["Error: a", ours], true);
        check(&["Error: b\n\nWho."], &[ours], false);
        check(&[ours], &["Error: b\n\nWhy."], false);
        check(&["Error: b\n\nWhy."], &[ours, "Error: a"], false);
        check(&["Error: Cycle: a, b"], &["Error: Cycle: b, a\n\n  on x.tf line 1:\n\nEach"], true);
    }

    #[test]
    fn what_is_beside_a_deciding_operand_is_no_error() {
        let goes_on = |theirs: &str, ours: &str| goes_on(&Said::read(theirs), &Said::read(ours));
        assert!(goes_on("Plan.\nError: e\n\n  1: true || f()\n", "Plan.\nWarning: w\n"));
        assert!(!goes_on("Error: e\n\n  1: true || f()\n", "Error: e\n"));
        assert!(!goes_on("Error: e\n\n  1: f()\n", "Plan.\n"));
        assert!(!goes_on("Warning: true || false\n", "Plan.\n"));
    }

    #[test]
    fn what_one_operand_decides_is_known() {
        assert!(knows("a\n+ o = (known after apply)\n", "a\n+ o = true\n"));
        assert!(!knows("+ o = (known after apply)\n", "+ o = 1\n"));
        assert!(!knows("+ o = (known after apply)\n", "+ o = true\nb\n"));
    }

    #[test]
    fn what_is_not_shown_or_not_repeated_is_better() {
        let theirs =
            "Error: Invalid value for variable\n\n  on x\n    ├──\n    │ var.x is 1\n\nNo.";
        check(&[theirs], &[&without_values(theirs)], true);
        check(&[&without_values(theirs)], &[theirs], false);
        let theirs = "Warning: w\n\nWhy.\n\n(and one more similar warning elsewhere)\nDone!";
        check(&[theirs], &["Warning: w\n\nWhy.\nDone!"], true);
    }

    #[test]
    fn a_refresh_that_finds_nothing_has_nothing_to_apply() {
        let nothing = "No changes. Your infrastructure still matches the configuration.\n";
        let more = format!("{nothing}\n──\n\nSaved the plan to: the.plan\n");
        assert!(is_idle_refresh(&more, nothing));
        assert!(!is_idle_refresh(nothing, &more));
        assert!(!is_idle_refresh("x\nSaved the plan to: the.plan\n", "x\n"));
    }
}
