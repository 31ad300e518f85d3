//! A directory of its own for each test, and commands run in it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A temporary directory with configuration in it.
pub struct Workdir {
    dir: tempfile::TempDir,
}

/// What a command said and how it ended.
#[derive(Clone, Debug)]
pub struct Output {
    /// Exit status; -1 if a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Output {
    /// The same, having asserted that it succeeded.
    ///
    /// # Panics
    /// If it did not.
    #[expect(clippy::return_self_not_must_use, reason = "the assertion may be all that is wanted")]
    #[track_caller]
    pub fn success(self) -> Self {
        assert_eq!(self.code, 0, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard output as JSON.
    ///
    /// # Panics
    /// If it is not.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}:\n{}\n{}", self.stdout, self.stderr))
    }
}

/// The `groma` binary that the workspace's build has made beside this test.
///
/// # Panics
/// If it was not built.
pub fn groma_binary() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its path");
    let profile = test.ancestors().nth(2).expect("target/<profile>/deps/<test>");
    let binary = profile.join(format!("groma{}", std::env::consts::EXE_SUFFIX));
    assert!(binary.exists(), "{} is missing: run `cargo build` first", binary.display());
    binary
}

impl Workdir {
    /// An empty directory.
    ///
    /// # Panics
    /// If none can be made.
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary directory") }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file, with the folders that it is in.
    ///
    /// # Panics
    /// If it cannot.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        std::fs::write(path, content).expect("a file");
        self
    }

    /// Runs `groma` here.
    pub fn groma<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Output {
        self.run(&groma_binary(), args)
    }

    /// Runs a program here, in an environment with nothing of Terraform's or ours in it.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn run<S: AsRef<OsStr>>(
        &self,
        program: &Path,
        args: impl IntoIterator<Item = S>,
    ) -> Output {
        self.run_with(program, args, [])
    }

    /// The same, with variables added to the environment.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn run_with<'a, S: AsRef<OsStr>>(
        &self,
        program: &Path,
        args: impl IntoIterator<Item = S>,
        env: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Output {
        let mut command = self.command(program, args);
        let output = command.envs(env).output().expect("the program starts");
        Output {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The same, not started yet.
    pub fn command<S: AsRef<OsStr>>(
        &self,
        program: &Path,
        args: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.path());
        #[expect(clippy::disallowed_methods, reason = "to take them away from the child")]
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("TF_") || text.starts_with("GROMA_") {
                command.env_remove(&name);
            }
        }
        command
            .env("TF_CLI_CONFIG_FILE", "/dev/null")
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_IN_AUTOMATION", "1")
            .stdin(std::process::Stdio::null());
        command
    }
}

impl Default for Workdir {
    fn default() -> Self {
        Self::new()
    }
}
