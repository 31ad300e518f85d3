//! Packages by their address, each fetched once in a run.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tempfile::TempDir;

use super::archive::{ArchiveError, unpack};
use super::checksum::{Checksum, ChecksumError};
use super::git::{Git, GitError};
use super::limits::{Limits, Stop};
use super::netrc::Logins;
use super::package::{Getter, Package};
use super::redact::redacted;
use super::tree::{self, TreeError};
use super::web;
use crate::http::{Client, HttpError};

/// What directories begin with in which packages come together.
const TEMPORARY: &str = ".groma-";
/// Longer than any run takes.
const ABANDONED: Duration = Duration::from_hours(24);

/// Why a package cannot be had. In Terraform's words where it has some.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Something that this program does not fetch from.
    #[error("modules cannot be installed from {0}")]
    Unsupported(&'static str),
    /// A way to fetch that nobody knows.
    #[error("download not supported for scheme '{0}'")]
    Scheme(String),
    /// A URL that is none.
    #[error("invalid URL: {0}")]
    Url(String),
    /// A directory could not be had from a place.
    #[error("error downloading '{url}': {source}")]
    Downloading {
        /// Where from, without secrets.
        url: String,
        /// Why.
        source: Box<FetchError>,
    },
    /// Nothing is there.
    #[error("source path error: stat {0}: {1}")]
    Path(String, String),
    /// A file is not a directory.
    #[error("source path must be a directory")]
    NotDirectory,
    /// A server has led to a place on this disk.
    #[error("{0} leads to {1:?}, which is not a place to download from")]
    Led(&'static str, String),
    /// Servers lead on and on.
    #[error("too many X-Terraform-Get redirects")]
    TooManyHops,
    /// A page says of no package.
    #[error("no source URL was returned")]
    NoSource,
    /// A server does not have it.
    #[error("bad response code: {0}")]
    Status(u16),
    /// What a server leads to has not the directory that it says.
    #[error("{0}")]
    Subdir(String),
    /// See [`HttpError`].
    #[error(transparent)]
    Http(#[from] HttpError),
    /// See [`GitError`].
    #[error(transparent)]
    Git(#[from] GitError),
    /// See [`ChecksumError`].
    #[error(transparent)]
    Checksum(#[from] ChecksumError),
    /// See [`ArchiveError`].
    #[error("error extracting the package: {0}")]
    Archive(#[from] ArchiveError),
    /// See [`TreeError`].
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// See [`Stop`].
    #[error(transparent)]
    Stopped(#[from] Stop),
    /// There is no room for it.
    #[error("cannot write the package: {0}")]
    Io(#[from] io::Error),
}

/// A package that was fetched.
#[derive(Debug)]
pub(super) enum Fetched {
    /// A directory of ours.
    Directory(Mutex<Held>),
    /// A directory of the user's, which is not copied.
    Place(PathBuf),
}

/// Where a fetched directory is: in a temporary one, or with the first module that it was for.
#[derive(Debug)]
pub(super) struct Held {
    path: PathBuf,
    temporary: Option<TempDir>,
}

impl Fetched {
    /// Where it is now. It may be elsewhere a moment later.
    pub(super) fn path(&self) -> PathBuf {
        match self {
            Self::Directory(held) => lock(held).path.clone(),
            Self::Place(path) => path.clone(),
        }
    }

    /// Calls with where it is, which it stays meanwhile.
    pub(super) fn with<T>(&self, ask: impl FnOnce(&Path) -> T) -> T {
        match self {
            Self::Directory(held) => ask(&lock(held).path),
            Self::Place(path) => ask(path),
        }
    }

    /// Puts the package in its place: for the first module that wants it by moving it, then by
    /// copying it.
    pub(super) fn install(&self, target: &Path) -> Result<(), FetchError> {
        tree::remove(target)?;
        match self {
            Self::Place(path) => tree::symlink(path, target)?,
            Self::Directory(held) => {
                let mut held = lock(held);
                if held.temporary.is_some() {
                    fs::rename(&held.path, target)?;
                    open_to_others(target)?;
                    target.clone_into(&mut held.path);
                    // The rest of what it came in goes.
                    held.temporary = None;
                } else {
                    tree::copy(&held.path, target)?;
                }
            }
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Temporary directories are private; modules are as readable as what is around them.
#[cfg(unix)]
fn open_to_others(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(directory, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> io::Result<()> {
    Ok(())
}

/// What fetches.
#[derive(Clone, Debug)]
pub struct Tools {
    /// For repositories.
    pub git: Git,
    /// For registries and archives.
    pub client: Client,
    /// Who it is at which host, where addresses do not say.
    pub logins: Logins,
    /// How much, and how long.
    pub limits: Limits,
}

type Slot = Arc<OnceLock<Result<Arc<Fetched>, Arc<FetchError>>>>;

/// Packages that were fetched in this run, by address. May be asked from several threads: who asks
/// for what another is fetching waits for it.
#[derive(Debug)]
pub(super) struct Packages {
    tools: Tools,
    /// Where what is fetched comes together.
    room: PathBuf,
    slots: Mutex<HashMap<String, Slot>>,
}

impl Packages {
    /// Nothing fetched yet. `room` is a directory on the same disk as the modules will be.
    pub(super) fn new(tools: Tools, room: PathBuf) -> Self {
        sweep(&room);
        Self { tools, room, slots: Mutex::default() }
    }

    pub(super) fn tools(&self) -> &Tools {
        &self.tools
    }

    /// The package of an address.
    pub(super) fn get(&self, address: &str, shown: &str) -> Result<Arc<Fetched>, Arc<FetchError>> {
        let slot = Arc::clone(lock(&self.slots).entry(address.to_owned()).or_default());
        let fetch = || self.fetch(address, shown, 0).map(Arc::new).map_err(Arc::new);
        slot.get_or_init(fetch).clone()
    }

    /// `hops` is how many servers have led here.
    pub(super) fn fetch(
        &self,
        address: &str,
        shown: &str,
        hops: usize,
    ) -> Result<Fetched, FetchError> {
        self.tools.limits.wanted()?;
        let package = Package::parse(address)?;
        if let Some(kind) = &package.archive {
            return self.archive(&package, kind);
        }
        let fetched = match package.getter {
            Getter::Git => self.repository(&package, shown),
            Getter::Http => web::follow(self, &package, shown, hops),
            Getter::File => place(&package),
        };
        fetched.map_err(|source| {
            let (_, url) = address.split_once("::").unwrap_or(("", address));
            let url = if address.starts_with(url) { address } else { url };
            FetchError::Downloading { url: redacted(url), source: Box::new(source) }
        })
    }

    fn repository(&self, package: &Package, shown: &str) -> Result<Fetched, FetchError> {
        let temporary = self.temporary()?;
        let path = temporary.path().join("package");
        fs::create_dir(&path)?;
        self.tools.git.fetch(package, &path, shown, &self.tools.limits)?;
        self.finish(temporary, path)
    }

    fn archive(&self, package: &Package, kind: &str) -> Result<Fetched, FetchError> {
        let checksum = package.checksum.as_deref().map(Checksum::parse).transpose()?;
        let temporary = self.temporary()?;
        let mut archive = match package.getter {
            Getter::File => {
                let path = path_of(package)?;
                File::open(&path).map_err(|error| no_path(&path, &error))?
            }
            Getter::Http => {
                let mut file = File::options()
                    .create_new(true)
                    .read(true)
                    .write(true)
                    .open(temporary.path().join("archive"))?;
                web::download(&self.tools, package, &mut file)?;
                file.rewind()?;
                file
            }
            Getter::Git => return Err(FetchError::Unsupported("archives in Git repositories")),
        };
        if let Some(checksum) = checksum {
            checksum.verify(&mut archive)?;
            archive.rewind()?;
        }
        let path = temporary.path().join("package");
        fs::create_dir(&path)?;
        unpack(&archive, kind, &path, &self.tools.limits)?;
        self.finish(temporary, path)
    }

    /// Takes what was fetched, once nothing in it leads out of it.
    fn finish(&self, temporary: TempDir, path: PathBuf) -> Result<Fetched, FetchError> {
        self.tools.limits.wanted()?;
        tree::confine(&path)?;
        Ok(Fetched::Directory(Mutex::new(Held { path, temporary: Some(temporary) })))
    }

    fn temporary(&self) -> io::Result<TempDir> {
        fs::create_dir_all(&self.room)?;
        tempfile::Builder::new().prefix(TEMPORARY).tempdir_in(&self.room)
    }
}

/// A directory inside of a package that a server has led to, in place of the package.
pub(super) fn narrow(fetched: Fetched, subdir: &str) -> Result<Fetched, FetchError> {
    let path = fetched.path();
    let found = tree::expand(&path, subdir).map_err(FetchError::Subdir)?;
    let path = path.join(found);
    match fetched {
        Fetched::Place(_) => Ok(Fetched::Place(path)),
        Fetched::Directory(held) => {
            let held = held.into_inner().unwrap_or_else(PoisonError::into_inner);
            // What has led to a directory by a link has to lead to one of the package.
            tree::confine(&path)?;
            Ok(Fetched::Directory(Mutex::new(Held { path, ..held })))
        }
    }
}

/// Takes away what runs that were killed have left, once nobody can be at it any more.
fn sweep(room: &Path) {
    for entry in fs::read_dir(room).into_iter().flatten().flatten() {
        let ours = entry.file_name().as_encoded_bytes().starts_with(TEMPORARY.as_bytes());
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        if ours && modified.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > ABANDONED)) {
            // It takes up room and nothing more.
            let _ = tree::remove(&entry.path());
        }
    }
}

/// A directory on this disk.
fn place(package: &Package) -> Result<Fetched, FetchError> {
    let path = path_of(package)?;
    let metadata = fs::metadata(&path).map_err(|error| no_path(&path, &error))?;
    if metadata.is_dir() { Ok(Fetched::Place(path)) } else { Err(FetchError::NotDirectory) }
}

fn path_of(package: &Package) -> Result<PathBuf, FetchError> {
    let url = url::Url::parse(&package.base).map_err(|e| FetchError::Url(e.to_string()))?;
    url.to_file_path().map_err(|()| FetchError::Url("it is no path on this disk".to_owned()))
}

fn no_path(path: &Path, error: &io::Error) -> FetchError {
    let why = if error.kind() == io::ErrorKind::NotFound {
        "no such file or directory".to_owned()
    } else {
        error.to_string()
    };
    FetchError::Path(path.display().to_string(), why)
}
