//! Cases in text files, and the real terraform.

pub mod oracle;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A small configuration and what is said of it.
pub struct Case {
    pub name: String,
    /// Paths and contents.
    pub files: Vec<(String, String)>,
    /// What this crate says.
    pub expected: BTreeSet<String>,
    /// What Terraform says later, when expressions are evaluated.
    pub later: BTreeSet<String>,
    /// What this crate says besides.
    pub besides: BTreeSet<String>,
    /// What Terraform says in some runs, and what of `expected` it is said in place of.
    pub instead: BTreeMap<String, String>,
}

/// Every case of every file in `cases`.
pub fn cases() -> Vec<Case> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut paths: Vec<_> =
        fs::read_dir(dir).expect("cases").map(|entry| entry.expect("entry").path()).collect();
    paths.sort();
    let texts = paths.iter().map(|path| fs::read_to_string(path).expect("case file"));
    texts.flat_map(|text| parse(&text)).collect()
}

fn parse(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("=== ") {
            cases.push(Case {
                name: name.to_owned(),
                files: Vec::new(),
                expected: BTreeSet::new(),
                later: BTreeSet::new(),
                besides: BTreeSet::new(),
                instead: BTreeMap::new(),
            });
            continue;
        }
        let case = cases.last_mut().expect("a case starts with its name");
        if let Some(path) = line.strip_prefix("--- ") {
            case.files.push((path.to_owned(), String::new()));
        } else if let Some(expected) = line.strip_prefix(">>> ") {
            case.expected.insert(expected.to_owned());
        } else if let Some(later) = line.strip_prefix(">>~ ") {
            case.later.insert(later.to_owned());
        } else if let Some(besides) = line.strip_prefix(">>+ ") {
            case.besides.insert(besides.to_owned());
        } else if let Some(either) = line.strip_prefix(">>| ") {
            let (usual, other) = either.split_once(" | ").expect("one or the other");
            case.expected.insert(usual.to_owned());
            case.instead.insert(other.to_owned(), usual.to_owned());
        } else {
            let (_, content) = case.files.last_mut().expect("a file starts with its path");
            content.push_str(line);
            content.push('\n');
        }
    }
    cases
}
