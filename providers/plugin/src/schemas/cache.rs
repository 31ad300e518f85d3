//! What providers declare, kept on disk by what their packages are: it takes a large provider longer
//! to say it than a small plan takes.
//!
//! | Line | Content |
//! |---|---|
//! | 1 | the version of this form, and of the program, whose reading of schemas is trusted |
//! | 2 | the version of the protocol |
//! | 3 | SHA-256 over what follows |
//! | rest | the answer to `GetProviderSchema`, as it came |
//!
//! A file that is not so counts as none, and is written anew.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ring::digest;

use super::Declared;
use crate::rpc::Protocol;

/// The first line of a file.
const FORM: &str = concat!("groma provider schema 1 ", env!("CARGO_PKG_VERSION"));
/// How many are kept: those that were used last.
const KEPT: usize = 64;
/// A larger file is none.
const LARGEST: u64 = 64 << 20;

/// A directory of them.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    directory: PathBuf,
}

impl Cache {
    pub(crate) const fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// What the provider in that package declares, if it is known.
    pub(crate) fn get(&self, package: &str) -> Option<Declared> {
        let path = self.path(package);
        let file = File::open(&path).ok()?;
        let length = file.metadata().ok().filter(fs::Metadata::is_file)?.len();
        if length > LARGEST {
            return None;
        }
        let content = fs::read(&path).ok()?;
        let (protocol, answer) = parse(&content)?;
        let declared = Declared::kept(answer, protocol)?;
        // So that it is not among those that were not used for longest. It may be another user's.
        let _: io::Result<()> = file.set_modified(SystemTime::now());
        Some(declared)
    }

    /// Keeps what the provider in that package answered. A failure costs time at the next command,
    /// and nothing else.
    pub(crate) fn put(&self, package: &str, protocol: Protocol, answer: &[u8]) {
        let _: io::Result<()> = self.try_put(&self.path(package), protocol, answer);
    }

    fn try_put(&self, path: &Path, protocol: Protocol, answer: &[u8]) -> io::Result<()> {
        make_private(&self.directory)?;
        // Whole or not at all, and readable for nobody else.
        let mut file = tempfile::Builder::new().prefix(".new").tempfile_in(&self.directory)?;
        let number = match protocol {
            Protocol::V5 => 5,
            Protocol::V6 => 6,
        };
        write!(file, "{FORM}\n{number}\n{}\n", hash(answer))?;
        file.write_all(answer)?;
        file.persist(path).map_err(|error| error.error)?;
        self.clean()
    }

    /// Removes what was not used for longest, beyond what is kept.
    fn clean(&self) -> io::Result<()> {
        let mut files: Vec<(SystemTime, PathBuf)> = fs::read_dir(&self.directory)?
            .filter_map(Result::ok)
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        files.sort();
        let surplus = files.len().saturating_sub(KEPT);
        files.into_iter().take(surplus).try_for_each(|(_, path)| fs::remove_file(path))
    }

    fn path(&self, package: &str) -> PathBuf {
        self.directory.join(hash(package.as_bytes()))
    }
}

/// SHA-256, in hexadecimal.
fn hash(content: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, content);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn parse(content: &[u8]) -> Option<(Protocol, &[u8])> {
    let rest = content.strip_prefix(FORM.as_bytes())?.strip_prefix(b"\n")?;
    let (protocol, rest) = rest.split_at_checked(2)?;
    let protocol = match protocol {
        b"5\n" => Protocol::V5,
        b"6\n" => Protocol::V6,
        _ => return None,
    };
    let (sum, rest) = rest.split_at_checked(digest::SHA256_OUTPUT_LEN * 2)?;
    let answer = rest.strip_prefix(b"\n")?;
    (sum == hash(answer).as_bytes()).then_some((protocol, answer))
}

#[cfg(unix)]
fn make_private(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(not(unix))]
fn make_private(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::fs;

    use prost::Message as _;

    use super::{Cache, KEPT};
    use crate::proto::{self, ProviderSchemas};
    use crate::rpc::Protocol;

    /// What a provider with one type answers.
    fn answer(name: &str) -> Vec<u8> {
        let schema = proto::Schema { version: 7, block: Some(proto::Block::default()) };
        let resources = HashMap::from([(name.to_owned(), schema.encode_to_vec())]);
        ProviderSchemas { resources, ..ProviderSchemas::default() }.encode_to_vec()
    }

    fn cache() -> (tempfile::TempDir, Cache) {
        let parent = tempfile::tempdir().unwrap();
        let cache = Cache::new(parent.path().join("a/b"));
        (parent, cache)
    }

    /// The version of the type's schema, if the package is known.
    fn version(cache: &Cache, package: &str) -> Option<u64> {
        cache.get(package)?.all.resources.get("x_thing").map(|schema| schema.version)
    }

    #[test]
    fn what_was_kept_is_found() {
        let (_parent, cache) = cache();
        assert_eq!(version(&cache, "h1:a"), None);
        cache.put("h1:a", Protocol::V6, &answer("x_thing"));
        assert_eq!(version(&cache, "h1:a"), Some(7));
        assert_eq!(version(&cache, "h1:b"), None);
    }

    #[test]
    fn files_that_are_not_as_they_were_count_as_none() {
        let (_parent, cache) = cache();
        let good = {
            cache.put("h1:a", Protocol::V5, &answer("x_thing"));
            fs::read(cache.path("h1:a")).unwrap()
        };
        let mut turned = good.clone();
        *turned.last_mut().unwrap() ^= 1;
        let old = [b"groma provider schema 0 0.0.0", &good[super::FORM.len()..]].concat();
        for bad in [&turned[..], &old, &good[..good.len() - 1], &good[..40], b""] {
            fs::write(cache.path("h1:a"), bad).unwrap();
            assert_eq!(version(&cache, "h1:a"), None);
        }
        cache.put("h1:a", Protocol::V5, &answer("x_thing"));
        assert_eq!(fs::read(cache.path("h1:a")).unwrap(), good);
    }

    #[cfg(unix)]
    #[test]
    fn others_cannot_read_them() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_parent, cache) = cache();
        cache.put("h1:a", Protocol::V6, &answer("x_thing"));
        for path in [cache.directory.clone(), cache.path("h1:a")] {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o077, 0);
        }
    }

    #[test]
    fn only_so_many_are_kept() {
        let (_parent, cache) = cache();
        for number in 0..KEPT + 3 {
            cache.put(&format!("h1:{number}"), Protocol::V6, &answer("x_thing"));
        }
        assert_eq!(fs::read_dir(&cache.directory).unwrap().count(), KEPT);
        assert_eq!(version(&cache, &format!("h1:{}", KEPT + 2)), Some(7));
    }
}
