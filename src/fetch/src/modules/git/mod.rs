//! Packages from Git repositories, through the `git` program.
//!
//! Repositories are not trusted. Nothing that an address says is taken for an option; only the
//! protocols that modules come by are used, in submodules too; nothing of a repository is run:
//! hooks are off, and configuration comes from the user alone; nobody is asked for a password.
//!
//! Of the history only what is checked out is fetched. Where a server or an unusual reference does
//! not allow that, everything is cloned, as Terraform does it, and then what goes wrong is told as
//! Terraform tells it.

mod process;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;

use super::limits::{Limits, Stop};
use super::package::Package;
use super::redact::{has_secrets, hidden};
use process::{Watch, list, run};

/// By which modules come. Submodules may not be read from the disk, as Git has it by default.
const PROTOCOLS: &[&str] = &["file", "git", "http", "https", "ssh"];
const SUBMODULE_PROTOCOLS: &[&str] = &["git", "http", "https", "ssh"];

/// What would make Git work on another repository, or tell secrets.
const UNWANTED: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_ASK_YESNO",
    "GIT_COMMON_DIR",
    "GIT_CURL_VERBOSE",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_TEMPLATE_DIR",
    "GIT_WORK_TREE",
];

/// Settings for every call.
const SETTINGS: &[&str] = &[
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "protocol.ext.allow=never",
    "submodule.recurse=false",
    "maintenance.auto=false",
    "gc.auto=0",
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=60",
];

/// Why a repository cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no `git`.
    #[error("git must be available and on the PATH")]
    Missing,
    /// It cannot be started, or a file for it cannot be written.
    #[error("git cannot be run: {0}")]
    Run(#[from] io::Error),
    /// It failed.
    #[error("{} exited with {code}: {said}", .program.display())]
    Failed {
        /// The program.
        program: PathBuf,
        /// How it ended; -1 for a signal.
        code: i32,
        /// What it wrote to standard error, without secrets.
        said: String,
    },
    /// An address that Git would take for something else.
    #[error("transport {0:?} not allowed")]
    Protocol(String),
    /// A host that a program could take for an option.
    #[error("invalid host name {0:?}: it must not begin with a dash")]
    Host(String),
    /// A reference that Git would take for an option.
    #[error("invalid Git reference {0:?}: it must not begin with a dash")]
    Reference(String),
    /// `sshkey` is not in Base64.
    #[error("the sshkey parameter is not valid Base64: {0}")]
    Key(base64::DecodeError),
    /// It was stopped.
    #[error("{0}")]
    Stopped(#[from] Stop),
}

/// The `git` program, and the environment that it is run in.
#[derive(Clone, Debug, Default)]
pub struct Git {
    program: Option<PathBuf>,
    environment: Vec<(OsString, OsString)>,
}

impl Git {
    /// The program on the `PATH` of an environment, which it is to be run in.
    pub fn new(environment: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let wanted = |name: &OsStr| {
            let name = name.to_string_lossy();
            !UNWANTED.contains(&&*name) && !name.starts_with("GIT_TRACE")
        };
        let environment: Vec<_> =
            environment.into_iter().filter(|(name, _)| wanted(name)).collect();
        let path = environment.iter().find(|(name, _)| name == "PATH").map(|(_, path)| path);
        let name = format!("git{}", std::env::consts::EXE_SUFFIX);
        let program = path.and_then(|path| {
            std::env::split_paths(path).map(|dir| dir.join(&name)).find(|file| file.is_file())
        });
        Self { program, environment }
    }

    /// Brings a repository into an empty directory. `shown` is how people know it.
    pub(super) fn fetch(
        &self,
        package: &Package,
        into: &Path,
        shown: &str,
        limits: &Limits,
    ) -> Result<(), GitError> {
        let Some(program) = &self.program else { return Err(GitError::Missing) };
        let mut package = package.clone();
        let reference = package.take("ref").filter(|text| !text.is_empty());
        let depth = package.take("depth").and_then(|depth| depth.parse::<u32>().ok());
        let depth = depth.filter(|depth| *depth > 0);
        let key = package.take("sshkey").filter(|text| !text.is_empty());
        let url = package.url();
        check(&url)?;
        if let Some(reference) = reference.as_ref().filter(|text| text.starts_with('-')) {
            return Err(GitError::Reference(reference.clone()));
        }
        let key = key.map(|key| private_file(&key)).transpose()?;
        let mut session =
            Session { program, git: self, url: &url, into, shown, limits, depth, ssh: None };
        if url.starts_with("ssh:") || key.is_some() {
            session.ssh = session.ssh_command(key.as_ref().map(tempfile::NamedTempFile::path));
        }
        session.fetch(reference.as_deref())
    }

    fn variable(&self, name: &str) -> Option<&OsStr> {
        let found = self.environment.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| &**value).filter(|value| !value.is_empty())
    }

    /// What `GIT_ALLOW_PROTOCOL` says: no more than whoever set it allows.
    fn allowed(&self, protocols: &[&str]) -> String {
        let own = self.variable("GIT_ALLOW_PROTOCOL").map(OsStr::to_string_lossy);
        let admitted =
            |name: &&&str| own.as_ref().is_none_or(|own| own.split(':').any(|o| o == **name));
        let allowed: Vec<&str> = protocols.iter().filter(admitted).copied().collect();
        // An empty list would be none at all.
        if allowed.is_empty() { "none".to_owned() } else { allowed.join(":") }
    }
}

/// Refuses what is no URL of a repository.
fn check(url: &str) -> Result<(), GitError> {
    let refused = |name: &str| Err(GitError::Protocol(name.to_owned()));
    let Some((scheme, rest)) = url.split_once(':') else { return refused(url) };
    if !PROTOCOLS.contains(&scheme) {
        return refused(scheme);
    }
    let Some(rest) = rest.strip_prefix("//") else { return refused(url) };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if host.starts_with('-') || authority.starts_with('-') {
        return Err(GitError::Host(host.to_owned()));
    }
    Ok(())
}

/// A file that only this user can read, with what Base64 stands for.
fn private_file(base64: &str) -> Result<tempfile::NamedTempFile, GitError> {
    let engine = base64::engine::general_purpose::STANDARD;
    let key = engine.decode(base64).map_err(GitError::Key)?;
    let mut file = tempfile::Builder::new().prefix("groma-key-").tempfile()?;
    file.write_all(&key)?;
    file.flush()?;
    Ok(file)
}

/// One repository being fetched.
struct Session<'a> {
    program: &'a Path,
    git: &'a Git,
    url: &'a str,
    into: &'a Path,
    shown: &'a str,
    limits: &'a Limits,
    depth: Option<u32>,
    /// What Git starts for `ssh`, if not what it would.
    ssh: Option<OsString>,
}

impl Session<'_> {
    fn fetch(&self, reference: Option<&str>) -> Result<(), GitError> {
        let quickly = match reference {
            Some(reference) if !is_name(reference) => false,
            reference => match self.fetch_tip(reference.unwrap_or("HEAD")) {
                Ok(()) => true,
                Err(GitError::Failed { .. }) => false,
                Err(other) => return Err(other),
            },
        };
        if !quickly {
            self.clone_all(reference)?;
        }
        if self.into.join(".gitmodules").exists() {
            self.submodules(quickly)?;
        }
        // The directory stays; who may read it need not be who may read the repository.
        if has_secrets(self.url) { self.forget(&self.into.join(".git")) } else { Ok(()) }
    }

    /// Takes what may be secret out of what Git has kept of the address, with those of submodules
    /// that are relative to it.
    fn forget(&self, git: &Path) -> Result<(), GitError> {
        for entry in fs::read_dir(git)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default();
            if path.is_dir() && name != "objects" {
                self.forget(&path)?;
            } else if name == "config" || name == "FETCH_HEAD" {
                let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
                let kept = hidden(&text, self.url);
                if kept != text {
                    fs::write(&path, kept)?;
                }
            }
        }
        Ok(())
    }

    /// Only what is checked out.
    fn fetch_tip(&self, reference: &str) -> Result<(), GitError> {
        let depth = format!("--depth={}", self.depth.unwrap_or(1));
        self.run(["init", "--quiet", "--template="], self.into)?;
        let options = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules"];
        let what = [&*depth, "--", self.url, reference];
        self.run(options.into_iter().chain(what), self.into)?;
        self.check_size("FETCH_HEAD")?;
        self.run(["checkout", "--quiet", "--detach", "FETCH_HEAD"], self.into)
    }

    /// As Terraform does it, so that errors are those of Terraform.
    fn clone_all(&self, reference: Option<&str>) -> Result<(), GitError> {
        let parent = self.into.parent().unwrap_or(self.into);
        // What an attempt to be quick has left.
        super::tree::remove(self.into).map_err(io::Error::other)?;
        let into = self.into.to_string_lossy();
        let depth = self.depth.map(|depth| depth.to_string());
        let mut options = vec!["clone", "--template=", "--no-checkout", "--no-recurse-submodules"];
        if let Some(depth) = &depth {
            options.extend(["--depth", depth]);
            options.extend(reference.iter().flat_map(|reference| ["--branch", reference]));
        }
        options.extend(["--", self.url, &into]);
        self.run(options, parent)?;
        let wanted = reference.filter(|_| depth.is_none());
        match wanted {
            Some(reference) => {
                // What is no commit is told by the checkout.
                match self.check_size(reference) {
                    Err(GitError::Failed { .. }) => self.check_size(&format!("origin/{reference}")),
                    other => other,
                }
                .or_else(|error| match error {
                    GitError::Failed { .. } => Ok(()),
                    other => Err(other),
                })?;
                self.run(["checkout", reference], self.into)
            }
            // A repository without a commit is an empty package.
            None if self.run(["rev-parse", "--verify", "HEAD"], self.into).is_err() => Ok(()),
            None => {
                self.check_size("HEAD")?;
                self.run(["checkout", "--quiet", "HEAD"], self.into)
            }
        }
    }

    fn submodules(&self, quickly: bool) -> Result<(), GitError> {
        if quickly {
            // Addresses of submodules may be relative to it.
            self.run(["config", "remote.origin.url", self.url], self.into)?;
        }
        let depth = self.depth.map(|depth| depth.to_string());
        let mut options = vec!["submodule", "update", "--init", "--recursive"];
        options.extend(depth.iter().flat_map(|depth| ["--depth", depth]));
        let mut command = self.command(options, self.into);
        command.env("GIT_ALLOW_PROTOCOL", self.git.allowed(SUBMODULE_PROTOCOLS));
        let updated = self.watched(command, self.into);
        if quickly {
            self.run(["config", "--unset", "remote.origin.url"], self.into)?;
        }
        updated
    }

    /// Makes sure that what is going to be checked out has an end.
    fn check_size(&self, revision: &str) -> Result<(), GitError> {
        let options = ["ls-tree", "-r", "-z", "--long", "--full-tree", "--end-of-options"];
        let mut bytes: u64 = 0;
        let mut entries: u64 = 0;
        let command = self.command(options.into_iter().chain([revision]), self.into);
        let ended = list(command, |line| {
            entries += 1;
            bytes = bytes.saturating_add(size_of(line));
            self.limits.admit(bytes, entries)
        })?;
        self.judge(&ended)
    }

    fn run<'s>(
        &self,
        options: impl IntoIterator<Item = &'s str>,
        directory: &Path,
    ) -> Result<(), GitError> {
        self.watched(self.command(options, directory), &self.into.join(".git"))
    }

    fn watched(&self, command: Command, growing: &Path) -> Result<(), GitError> {
        let watch = Watch { limits: self.limits, growing };
        self.judge(&run(command, &watch)?)
    }

    fn judge(&self, ended: &process::Ended) -> Result<(), GitError> {
        if ended.code == 0 {
            return Ok(());
        }
        let said = ended.said.replace(&*self.into.to_string_lossy(), self.shown);
        let said = hidden(&said, self.url);
        Err(GitError::Failed { program: self.program.to_owned(), code: ended.code, said })
    }

    fn command<'s>(&self, options: impl IntoIterator<Item = &'s str>, directory: &Path) -> Command {
        let mut command = Command::new(self.program);
        command.current_dir(directory).env_clear();
        command.envs(self.git.environment.iter().map(|(name, value)| (name, value)));
        command
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_PROTOCOL_FROM_USER", "0")
            .env("GIT_ALLOW_PROTOCOL", self.git.allowed(PROTOCOLS));
        if let Some(ssh) = &self.ssh {
            command.env("GIT_SSH_COMMAND", ssh);
        }
        command.args(SETTINGS.iter().flat_map(|setting| ["-c", setting])).args(options);
        command
    }

    /// Keeps `ssh` from asking, and gives it a key; but what the user has chosen is not replaced.
    fn ssh_command(&self, key: Option<&Path>) -> Option<OsString> {
        let own = self.git.variable("GIT_SSH_COMMAND");
        let mut command = match own {
            Some(command) => command.to_owned(),
            None if self.git.variable("GIT_SSH").is_some() && key.is_none() => return None,
            None if key.is_none() && self.has_ssh_command() => return None,
            None => "ssh -o BatchMode=yes -o ConnectTimeout=60".into(),
        };
        if let Some(key) = key {
            command.push(" -i '");
            command.push(key.to_string_lossy().replace('\'', "'\\''"));
            command.push("'");
        }
        Some(command)
    }

    fn has_ssh_command(&self) -> bool {
        self.run(["config", "--get", "core.sshCommand"], Path::new("/")).is_ok()
    }
}

/// Whether a reference is a plain name or an id, and not an expression such as `HEAD~2`.
fn is_name(reference: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || ":^~?*[\\".contains(c);
    !reference.starts_with(['-', '+'])
        && !reference.contains(odd)
        && !reference.contains("..")
        && !reference.contains("@{")
}

/// How large the file of a line of `ls-tree --long` is.
fn size_of(line: &[u8]) -> u64 {
    let head = line.split(|b| *b == b'\t').next().unwrap_or_default();
    let size = head.rsplit(|b| *b == b' ').next().unwrap_or_default();
    // Commits of submodules have none.
    std::str::from_utf8(size).ok().and_then(|size| size.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests;
