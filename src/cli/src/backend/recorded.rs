//! What Terraform's last `init` recorded of the backend: the state is there until it is moved,
//! though the configuration may name another place by now.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{LocalFiles, STATE_FILE};
use crate::environment::Environment;
use crate::error::CommandError;

/// The newest format of the record that we know, which is not that of state files.
const VERSION: u64 = 3;

/// Where the state was when Terraform was initialised last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Recorded {
    /// In files, as it is where nothing was recorded.
    Local(LocalFiles),
    /// In a backend of this type.
    Elsewhere(String),
}

/// The record of a root module, which may not be there.
#[derive(Clone, Debug)]
pub(super) struct Record {
    root: PathBuf,
    path: PathBuf,
}

impl Record {
    /// Of the root module in `root`.
    pub(super) fn new(env: &Environment, root: &Path) -> Self {
        let path = root.join(env.data_dir()).join(STATE_FILE);
        Self { root: root.to_owned(), path }
    }

    /// Reads it.
    ///
    /// # Errors
    /// It cannot be read, or is of a format that we do not know: the state may be anywhere then.
    pub(super) fn read(&self) -> Result<Recorded, CommandError> {
        match std::fs::read(&self.path) {
            Ok(bytes) => parse(&self.root, &bytes).map_err(|why| self.failed(&why)),
            Err(error) if is_missing(&error) => Ok(nothing(&self.root)),
            Err(error) => Err(self.failed(&error.to_string())),
        }
    }

    /// Sets it aside, as a backup beside its place; gives where. `None` if there is none.
    ///
    /// # Errors
    /// It cannot be moved.
    pub(super) fn set_aside(&self) -> Result<Option<PathBuf>, CommandError> {
        let aside = self.path.with_added_extension("backup");
        match std::fs::rename(&self.path, &aside) {
            Ok(()) => Ok(Some(aside)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(CommandError::new(
                "Failed to set the record of the backend aside",
                format!("{} cannot be moved: {error}.", self.path.display()),
            )),
        }
    }

    fn failed(&self, why: &str) -> CommandError {
        CommandError::new(
            "Failed to load the record of the backend",
            format!(
                "Terraform records in {} where the state is: {why}. Run \"terraform init\" to \
                 have it written anew; or, if the state is in no backend, \"groma init \
                 -reconfigure\", which sets it aside.",
                self.path.display()
            ),
        )
    }
}

fn is_missing(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// What holds where nothing was recorded.
fn nothing(root: &Path) -> Recorded {
    Recorded::Local(LocalFiles::at(root, None, None))
}

fn parse(root: &Path, bytes: &[u8]) -> Result<Recorded, String> {
    let record: Value =
        serde_json::from_slice(bytes).map_err(|error| format!("invalid syntax: {error}"))?;
    match record.get("version").and_then(Value::as_u64) {
        None => return Err("it has no format version number".to_owned()),
        Some(VERSION) => {}
        Some(other) => return Err(format!("its format version {other} is not supported")),
    }
    let Some(backend) = record.get("backend").filter(|backend| !backend.is_null()) else {
        return Ok(nothing(root));
    };
    match backend.get("type").and_then(Value::as_str) {
        None | Some("") => Err("its backend has no type".to_owned()),
        Some("local") => {
            let text = |name| backend.get("config")?.get(name)?.as_str().filter(|t| !t.is_empty());
            Ok(Recorded::Local(LocalFiles::at(root, text("path"), text("workspace_dir"))))
        }
        Some(other) => Ok(Recorded::Elsewhere(other.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(record: &str, expected: &Result<Recorded, &str>) {
        let read = parse(Path::new("/r"), record.as_bytes());
        match (&read, expected) {
            (Err(said), Err(expected)) => assert!(said.contains(expected), "{record}: {said}"),
            (read, expected) => assert_eq!(
                read.as_ref().map_err(String::as_str),
                expected.as_ref().map_err(|e| *e),
                "{record}"
            ),
        }
    }

    #[test]
    fn records_are_read() {
        let local = |path, workspaces| {
            Ok(Recorded::Local(LocalFiles::at(Path::new("/r"), path, workspaces)))
        };
        check(r#"{"version": 3, "terraform_version": "1.11.4"}"#, &local(None, None));
        check(r#"{"version": 3, "backend": null}"#, &local(None, None));
        check(
            r#"{"version": 3, "backend": {"type": "local", "config": {"path": "a/b", "workspace_dir": null}}}"#,
            &local(Some("a/b"), None),
        );
        check(
            r#"{"version": 3, "backend": {"type": "local", "config": {"workspace_dir": "w"}}}"#,
            &local(None, Some("w")),
        );
        check(
            r#"{"version": 3, "backend": {"type": "s3", "config": {}, "hash": 1}}"#,
            &Ok(Recorded::Elsewhere("s3".to_owned())),
        );
        check(r#"{"version": 3, "back"#, &Err("invalid syntax"));
        check("", &Err("invalid syntax"));
        check("{}", &Err("no format version"));
        check(r#"{"version": 9}"#, &Err("format version 9"));
        check(r#"{"version": 3, "backend": {}}"#, &Err("no type"));
    }
}
