//! Where a command works: the directory, the state's name in its database, and the revision.
//!
//! The database is in the root module's directory, which then has one state in it, with an empty
//! name. Where several root modules share a database (`GROMA_DATA_DIR` is absolute, or
//! configuration comes from a repository that is elsewhere) each state is named after its root
//! module's path.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use groma_config::{DirSource, Source};
use groma_git::{GitError, GitSource, Repository};

use crate::args::SourceArgs;
use crate::environment::Environment;
use crate::error::CommandError;

/// Where a command works.
#[derive(Clone, Debug)]
pub struct Place {
    /// Where the command was started.
    pub started_in: PathBuf,
    /// Where it works: the root module's directory, if that is on disk.
    pub directory: PathBuf,
    /// Whether the root module's directory is on disk, and not only in a repository.
    pub on_disk: bool,
    /// The state's name in the database.
    pub stack: String,
    revision: Option<Revision>,
}

#[derive(Clone, Debug)]
struct Revision {
    repository: PathBuf,
    name: String,
    /// The root module's path in the repository.
    subdir: String,
}

impl Place {
    /// Works out the place, and enters its directory, so that providers and provisioners see it
    /// as theirs too.
    ///
    /// # Errors
    /// `-chdir` leads nowhere, or there is no repository.
    pub fn resolve(
        chdir: Option<&Path>,
        source: Option<&SourceArgs>,
        env: &Environment,
    ) -> Result<Self, CommandError> {
        let started_in = std::env::current_dir().map_err(|error| chdir_error(&error))?;
        let rev = source.and_then(|source| source.rev.as_deref());
        let repo = source.and_then(|source| source.repo.as_deref());
        if let (Some(rev), Some(repo)) = (rev, repo) {
            return Ok(Self::elsewhere(started_in, repo, rev, chdir));
        }
        let shared = crate::store::database(env, &started_in).exists();
        let named = chdir.filter(|dir| !dir.is_dir());
        if let Some(named) = named.filter(|_| rev.is_some() || shared) {
            // A root module that is only in the repository.
            let revision = rev.map(|rev| {
                Ok::<_, CommandError>(Revision {
                    subdir: format!("{}/{}", path_in_repository(&started_in)?, slashes(named)),
                    repository: started_in.clone(),
                    name: rev.to_owned(),
                })
            });
            let (directory, stack) = (started_in.clone(), slashes(named));
            let revision = revision.transpose()?;
            return Ok(Self { started_in, directory, on_disk: false, stack, revision });
        }
        if let Some(chdir) = chdir {
            std::env::set_current_dir(chdir).map_err(|error| chdir_error(&error))?;
        }
        let directory = std::env::current_dir().map_err(|error| chdir_error(&error))?;
        let revision = rev.map(|rev| {
            Ok::<_, CommandError>(Revision {
                subdir: path_in_repository(&directory)?,
                repository: directory.clone(),
                name: rev.to_owned(),
            })
        });
        let stack = if shared_by_all(env) { stack_name(&directory) } else { String::new() };
        Ok(Self { started_in, directory, on_disk: true, stack, revision: revision.transpose()? })
    }

    /// Whether the configuration is that of the directory, not of a revision.
    pub const fn is_worked_in(&self) -> bool {
        self.on_disk && self.revision.is_none()
    }

    fn elsewhere(started_in: PathBuf, repo: &Path, rev: &str, chdir: Option<&Path>) -> Self {
        let subdir = chdir.map_or_else(|| ".".to_owned(), slashes);
        let stack = if subdir == "." { String::new() } else { subdir.clone() };
        let revision = Revision { repository: started_in.join(repo), name: rev.to_owned(), subdir };
        let directory = started_in.clone();
        Self { started_in, directory, on_disk: false, stack, revision: Some(revision) }
    }

    /// The root module's directory, also where that would be if it were on disk.
    pub fn root(&self) -> PathBuf {
        if self.on_disk { self.directory.clone() } else { self.directory.join(&self.stack) }
    }

    /// Where the state of the root module in `root` is kept: the database, and the stack's name
    /// in it.
    pub fn state_of(&self, root: &Path, env: &Environment) -> (PathBuf, String) {
        match root.strip_prefix(&self.directory) {
            Ok(below) if !self.on_disk => {
                let stack = slashes(below);
                let stack = if stack == "." { String::new() } else { stack };
                (crate::store::database(env, &self.directory), stack)
            }
            _ => {
                let stack = if shared_by_all(env) { stack_name(root) } else { String::new() };
                (crate::store::database(env, root), stack)
            }
        }
    }

    /// The configuration of the root module in `root`, another one of the same repository or of
    /// the same disk. `None` where no such module can be.
    pub fn source_of(&self, root: &Path) -> Option<Arc<dyn Source>> {
        if self.on_disk || !root.starts_with(&self.directory) {
            return Some(Arc::new(DirSource::new(root, &self.started_in)));
        }
        let revision = self.revision.as_ref()?;
        let repository = Repository::discover(&revision.repository).ok()?;
        let commit = repository.commit(&revision.name).ok()?;
        let own = Path::new(&revision.subdir);
        let top = own.ancestors().nth(Path::new(&self.stack).components().count())?;
        let subdir = slashes(&top.join(root.strip_prefix(&self.directory).ok()?));
        Some(Arc::new(GitSource::new(Arc::new(repository), &commit, &subdir).ok()?))
    }

    /// The command that installs what the configuration calls.
    pub fn installs_modules(&self) -> String {
        match &self.revision {
            None => "groma init".to_owned(),
            Some(revision) => format!("groma get -rev={}", revision.name),
        }
    }

    /// Where configuration is read from, and the commit if it is one.
    ///
    /// # Errors
    /// There is no such revision, or not that directory in it.
    pub fn source(&self) -> Result<(Arc<dyn Source>, Option<String>), CommandError> {
        let Some(revision) = &self.revision else {
            return Ok((Arc::new(DirSource::new(&self.directory, &self.started_in)), None));
        };
        let failed = |error: &GitError| {
            CommandError::new("Failed to read the revision", format!("{error}."))
        };
        let repository = Repository::discover(&revision.repository).map_err(|e| failed(&e))?;
        let repository = Arc::new(repository);
        let commit = repository.commit(&revision.name).map_err(|e| failed(&e))?;
        let id = commit.id.to_string();
        let source = GitSource::new(repository, &commit, &revision.subdir);
        Ok((Arc::new(source.map_err(|e| failed(&e))?), Some(id)))
    }
}

/// Whether one database has the states of all root modules of the disk.
fn shared_by_all(env: &Environment) -> bool {
    env.path("GROMA_DATA_DIR").is_some_and(|dir| dir.is_absolute())
}

fn chdir_error(error: &std::io::Error) -> CommandError {
    CommandError::new(
        "Error handling -chdir option",
        format!("The working directory cannot be used: {error}."),
    )
}

/// With `/` between the parts, and no `.` among them.
fn slashes(path: &Path) -> String {
    let parts = path.components().filter(|part| *part != Component::CurDir);
    let parts: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy()).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

/// The path of a directory within the repository that it is in.
fn path_in_repository(directory: &Path) -> Result<String, CommandError> {
    let repository = Repository::discover(directory)
        .map_err(|error| CommandError::new("Failed to read the revision", format!("{error}.")))?;
    // A bare repository has no directories, so that being in it means its top.
    let Some(top) = repository.workdir() else { return Ok(".".to_owned()) };
    let top = top.canonicalize().unwrap_or(top);
    let here = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    Ok(here.strip_prefix(&top).map_or_else(|_| ".".to_owned(), slashes))
}

/// What names the state of a root module in a database of many: its path in its repository, or
/// its absolute path outside of one.
fn stack_name(directory: &Path) -> String {
    path_in_repository(directory).unwrap_or_else(|_| slashes(directory))
}
