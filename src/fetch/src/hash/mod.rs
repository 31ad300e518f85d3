//! Hashes of packages, by which the lock file knows them.
//!
//! | Scheme | Of |
//! |---|---|
//! | `h1:` | the content of a package, packed or not: SHA-256 over the sorted list of its files, each with its own SHA-256 (Go's `dirhash.Hash1`) |
//! | `zh:` | a packed package: SHA-256 of the archive, as registries publish it |

mod cache;

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use sha2::{Digest as _, Sha256};

pub(crate) use cache::HashCache;

/// A hash with its scheme: `h1:CFnENdqQu4g3LJNevA32aDxcUz2qGkRGQpFfkI8TCdE=`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(String);

impl Hash {
    /// A hash as the lock file has it, of whatever scheme.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, value) = text.split_once(':')?;
        (!scheme.is_empty() && !value.is_empty()).then(|| Self(text.to_owned()))
    }

    /// Whether it is over the content of a package.
    pub fn is_h1(&self) -> bool {
        self.0.starts_with("h1:")
    }

    /// Whether it is over the archive.
    pub fn is_zh(&self) -> bool {
        self.0.starts_with("zh:")
    }

    /// With its scheme.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The `h1:` hash of an unpacked package. Links to files count as files; directories and the modes
/// of files do not count.
///
/// # Errors
/// A file cannot be read, or has a name that Go's list could not hold.
pub fn h1_of_directory(directory: &Path) -> io::Result<Hash> {
    // A package may be a link itself, as those are that stay in a mirror.
    let mut list = FileList::default();
    for (name, path) in files_of(&directory.canonicalize()?)? {
        list.add(name, File::open(path)?)?;
    }
    Ok(list.hash())
}

/// The `zh:` hash of a packed package.
///
/// # Errors
/// The archive cannot be read.
pub fn zh_of_archive(archive: &mut impl Read) -> io::Result<Hash> {
    Ok(Hash(format!("zh:{}", sha256(archive)?)))
}

/// All files of a directory, by their path in it with `/`.
pub(crate) fn files_of(directory: &Path) -> io::Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    let mut rest = vec![(String::new(), directory.to_owned())];
    while let Some((prefix, directory)) = rest.pop() {
        for entry in directory.read_dir()? {
            let entry = entry?;
            let name = entry.file_name().into_string().map_err(|name| {
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("{} is not UTF-8", name.display()),
                )
            })?;
            let name = format!("{prefix}{name}");
            if entry.file_type()?.is_dir() {
                rest.push((format!("{name}/"), entry.path()));
            } else {
                files.insert(name, entry.path());
            }
        }
    }
    Ok(files)
}

/// The list that an `h1:` hash is over.
#[derive(Default)]
pub(crate) struct FileList(BTreeMap<String, String>);

impl FileList {
    /// Adds a file.
    pub(crate) fn add(&mut self, name: String, mut content: impl Read) -> io::Result<()> {
        let hash = sha256(&mut content)?;
        self.add_hashed(name, hash)
    }

    /// Adds a file whose content has this SHA-256.
    pub(crate) fn add_hashed(&mut self, name: String, hash: String) -> io::Result<()> {
        if name.contains('\n') {
            let problem = "filenames with newlines are not supported";
            return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
        }
        self.0.insert(name, hash);
        Ok(())
    }

    /// The hash over all of them.
    pub(crate) fn hash(self) -> Hash {
        let mut all = Sha256::new();
        for (name, hash) in self.0 {
            all.update(format!("{hash}  {name}\n"));
        }
        let all = base64::engine::general_purpose::STANDARD.encode(all.finalize());
        Hash(format!("h1:{all}"))
    }
}

/// The SHA-256 of what is read, in hexadecimal digits.
pub(crate) fn sha256(content: &mut impl Read) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = content.read(&mut buffer)?;
        if read == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(buffer.get(..read).unwrap_or_default());
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
