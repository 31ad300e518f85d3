//! Which licences the dependencies may have.

use std::process::Command;

use crate::command::root;

/// Licences that the binary may be shipped under.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    // Three clauses and no patent terms, as BSD-3-Clause.
    "bzip2-1.0.6",
];

/// Fails with the list of dependencies whose licence is not among the allowed ones.
pub(crate) fn check() -> Result<(), String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--workspace",
            "--prefix",
            "none",
            "--format",
            "{p}\t{l}",
            "-e",
            "normal,build",
        ])
        .current_dir(root())
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut refused: Vec<&str> = text
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty() && !is_allowed(line.split('\t').nth(1).unwrap_or("")))
        .collect();
    refused.sort_unstable();
    refused.dedup();
    if refused.is_empty() {
        println!("licences: all dependencies are under an allowed licence");
        return Ok(());
    }
    Err(format!("licences that are not allowed:\n  {}", refused.join("\n  ")))
}

/// Whether an SPDX expression can be met: one of each `OR`, all of each `AND`.
fn is_allowed(expression: &str) -> bool {
    let plain = expression.replace('/', " OR ").replace(['(', ')'], "");
    !plain.trim().is_empty()
        && plain
            .split(" AND ")
            .all(|all| all.split(" OR ").any(|one| ALLOWED.contains(&one.trim())))
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn expressions_are_met_by_one_of_each_choice() {
        assert!(is_allowed("MIT OR Apache-2.0"));
        assert!(is_allowed("GPL-3.0 OR MIT"));
        assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(!is_allowed("GPL-3.0"));
        assert!(!is_allowed("MIT AND GPL-3.0"));
        assert!(!is_allowed(""));
    }
}
