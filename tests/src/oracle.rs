//! Parts that a test needs and that may not be installed.

use std::path::PathBuf;
use std::process::Command;

/// Why a test was skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What is not there.
    pub what: &'static str,
    /// How to get it.
    pub install: &'static str,
}

impl Missing {
    /// Says so; with `GROMA_REQUIRE_ALL=1`, as in CI, fails instead.
    ///
    /// # Panics
    /// Under `GROMA_REQUIRE_ALL=1`.
    pub fn skip(&self) {
        let message = format!("skipped: {}, install with {}", self.what, self.install);
        #[expect(clippy::disallowed_methods, reason = "a switch of the tests, not of the program")]
        let required = std::env::var_os("GROMA_REQUIRE_ALL").is_some_and(|v| v == "1");
        assert!(!required, "{message}");
        eprintln!("{message}");
    }
}

/// The version of the oracle that expectations were taken from.
pub const TERRAFORM_VERSION: &str = "1.11.4";

/// The real `terraform`, if it is on the path in the right version.
pub fn terraform() -> Result<PathBuf, Missing> {
    let missing = Missing {
        what: "terraform 1.11.4",
        install: "the archive of that version from its releases page, unpacked on the path",
    };
    let output = Command::new("terraform")
        .args(["version", "-json"])
        .env("CHECKPOINT_DISABLE", "1")
        .output()
        .map_err(|_| missing.clone())?;
    let version = String::from_utf8_lossy(&output.stdout);
    if version.contains(TERRAFORM_VERSION) { Ok("terraform".into()) } else { Err(missing) }
}
