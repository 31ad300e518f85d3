//! The real terraform, as the judge of what is accepted and of how it is laid out.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;

/// What `terraform fmt` says of a text.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The canonical layout.
    Formatted(Vec<u8>),
    /// A syntax error.
    Refused,
}

/// Whether terraform is there; says what to do if it is not.
#[expect(clippy::disallowed_methods, reason = "a setting of these tests alone")]
pub fn available() -> bool {
    let found = terraform().arg("version").output().is_ok_and(|output| output.status.success());
    if !found {
        assert!(
            std::env::var_os("GROMA_REQUIRE_ALL").is_none(),
            "terraform is required, and is not on PATH"
        );
        eprintln!("skipped: terraform, install with https://developer.hashicorp.com/terraform");
    }
    found
}

fn terraform() -> Command {
    let mut command = Command::new("terraform");
    command.env("CHECKPOINT_DISABLE", "1").env("TF_CLI_CONFIG_FILE", "/dev/null");
    command
}

/// The verdict on each text, from one process.
pub fn judge(texts: &[Vec<u8>]) -> Vec<Verdict> {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = |index: usize| dir.path().join(format!("{index:06}.tf"));
    for (index, text) in texts.iter().enumerate() {
        std::fs::write(path(index), text).expect("a file");
    }
    let output = terraform()
        .args(["fmt", "-no-color", "-list=false"])
        .current_dir(dir.path())
        .output()
        .expect("terraform runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!errors.contains("panic:"), "terraform panicked:\n{errors}");
    let refused: HashSet<&str> = errors
        .lines()
        .filter_map(|line| line.strip_prefix("  on ")?.split(" line ").next())
        .collect();
    (0..texts.len())
        .map(|index| {
            let path = path(index);
            if path.file_name().is_some_and(|name| refused.contains(&*name.to_string_lossy())) {
                return Verdict::Refused;
            }
            Verdict::Formatted(read(&path))
        })
        .collect()
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("the file that was formatted")
}
