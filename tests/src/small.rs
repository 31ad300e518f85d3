//! A small configuration that is applied, and what is refused to it: where tests of bad input and
//! bad disks begin.

use std::ops::RangeInclusive;

use crate::{Output, Workdir};

/// One object.
pub const CONFIG: &str = "resource \"terraform_data\" \"a\" {\n  input = 1\n}\n";

/// A directory where [`CONFIG`] is applied.
pub fn applied() -> Workdir {
    let work = Workdir::new();
    work.write("main.tf", CONFIG);
    work.groma(["apply", "-auto-approve"]).success();
    work
}

/// Asserts that a command ended in order, with one of these codes and with these words.
#[track_caller]
pub fn refused(output: &Output, codes: RangeInclusive<i32>, words: &[&str]) {
    assert!(codes.contains(&output.code), "{}\n{}", output.stdout, output.stderr);
    // Prose is wrapped, so lines are joined first.
    let text = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    for word in words {
        assert!(text.contains(word), "{word:?} is missing in:\n{}", output.stderr);
    }
    assert!(!text.contains("panicked"), "{}", output.stderr);
}
