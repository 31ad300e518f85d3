//! The lines of the issue that the corpus shows, and the table of how far they are equal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::fixture::Case;

/// What has a row in `PARITY.md`: the folder in the corpus, and what it is about.
pub const THEMES: &[(&str, &str)] = &[
    ("syntax", "HCL native and JSON syntax, override files"),
    ("expressions", "Expressions: templates, splats, `for`, conditionals, functions"),
    ("values", "Values: null, unknown with refinements, sensitive, numbers, sets"),
    ("variables", "Input variables: types, defaults, validation, sources and their precedence"),
    ("outputs", "Locals and outputs: sensitive, preconditions, dependencies"),
    ("count", "`count` and `for_each`"),
    ("modules", "Modules: nested, repeated, with dependencies"),
    ("lifecycle", "`lifecycle`: order of replacement, ignored changes, triggers, conditions"),
    ("moved", "`moved`"),
    ("removed", "`removed`"),
    ("import", "`import`"),
    ("checks", "`check` and its scoped data"),
    ("data", "Data sources, read at plan or deferred to apply"),
    ("functions", "Functions of providers"),
    ("options", "`-target`, `-replace`, `-destroy`, `-refresh-only`, `-refresh=false`"),
    ("state", "Tainted, deposed, orphaned, moved and removed by command; workspaces"),
    ("provisioners", "`local-exec`, also on destroy and on failure"),
    ("failures", "Errors in one resource, in plan and in apply"),
    ("random", "Found by the generator, shrunk and kept"),
];

/// `PARITY.md`: what the corpus has for each theme, and how much of it is equal.
///
/// `known` has the cases whose documents differ, and `texts` those whose texts do, with the reason.
pub fn table(
    cases: &[Case],
    known: &BTreeMap<String, String>,
    texts: &BTreeMap<String, String>,
) -> String {
    let mut out = String::from(
        "# Parity with Terraform 1.11.4\n\n\
        Generated from `tests/corpus` by `cargo xtask parity`; do not edit.\n\n\
        Each case is run through the real `terraform` and through `groma`, step by step: \
        `validate -json`, `plan -json`, `show -json` of the plan, `apply -json`, `state pull`, \
        `show -json` of the state, `output -json`, and a second plan. The whole documents are \
        compared; what is not is the list `IGNORED` in `tests/src/compare.rs`. Then once more for \
        what people read: `plan`, `show` of the plan, `apply`, `show`, `output`, `state list` and \
        `state show`, compared as text; what is not is the list `FOLDED` in \
        `tests/src/texts/settle.rs`.\n\n\
        | What | Cases | Steps | Equal | Equal as text |\n|---|---:|---:|---:|---:|\n",
    );
    let mut total = [0, 0, 0, 0];
    for (theme, what) in THEMES {
        let here: Vec<&Case> = cases.iter().filter(|case| case.theme == *theme).collect();
        let equal_in = |known: &BTreeMap<String, String>| {
            here.iter().filter(|case| !known.contains_key(&case.name)).count()
        };
        let (equal, same_text) = (equal_in(known), equal_in(texts));
        let steps: usize = here.iter().map(|case| case.steps.len()).sum();
        let row = [here.len(), steps, equal, same_text];
        let _ = writeln!(out, "| {what} | {} |", row.map(|n| n.to_string()).join(" | "));
        total.iter_mut().zip(row).for_each(|(total, n)| *total += n);
    }
    let _ = writeln!(out, "| **All** | {} |", total.map(|n| format!("**{n}**")).join(" | "));
    out.push_str(ELSEWHERE);
    out.push_str("\n## Cases\n");
    for (theme, what) in THEMES {
        let here: Vec<&Case> = cases.iter().filter(|case| case.theme == *theme).collect();
        if here.is_empty() {
            continue;
        }
        let _ = write!(out, "\n### {what}\n\n");
        for case in here {
            let name = case.name.split_once('/').map_or(case.name.as_str(), |(_, name)| name);
            let _ = write!(out, "- `{name}`: {}", case.title);
            for (title, known) in [("Differs", known), ("Text differs", texts)] {
                if let Some(why) = known.get(&case.name) {
                    let _ = write!(out, " **{title}:** {why}");
                }
            }
            out.push('\n');
        }
    }
    out
}

/// What other tests compare with the real terraform.
const ELSEWHERE: &str = "
Compared elsewhere, also against the real `terraform`: expressions, their values and types \
(`src/lang`, `src/value`), `fmt` (`src/lang`), invalid configurations \
(`src/config`), the console and the graph (`tests`), the state format (`state`), and random \
configurations with random transitions (`tests/tests/random.rs`).
";

/// The cases that differ, by name: lines of `theme/name: reason`.
///
/// # Panics
/// If a line has no reason.
pub fn known(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, reason) = line.split_once(": ").expect("a line is `theme/name: reason`");
            (name.to_owned(), reason.to_owned())
        })
        .collect()
}
