//! What vouches for a package.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::Seek as _;

use super::signature::{self, Signer, SigningKey};
use crate::Hash;
use crate::hash::zh_of_archive;
use crate::install::h1_of_archive;

/// What is known of a package before it is there.
#[derive(Clone, Debug, Default)]
pub enum Proof {
    /// Nothing.
    #[default]
    None,
    /// It has one of these hashes, says a mirror.
    Hashes(Vec<Hash>),
    /// It is part of a release that somebody has signed.
    Release(Box<Release>),
}

/// What a registry says of a package.
#[derive(Clone, Debug)]
pub struct Release {
    /// The archive's name in the list of checksums.
    pub(super) file: String,
    /// The archive's SHA-256, in hexadecimal digits.
    pub(super) sum: String,
    /// The list of checksums of all the release's archives.
    pub(super) sums: Vec<u8>,
    /// Over the list.
    pub(super) signature: Vec<u8>,
    /// Those that may have signed it.
    pub(super) keys: Vec<SigningKey>,
}

/// How sure it is that a package is what it should be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Authentication {
    /// Nobody says what it should be.
    #[default]
    None,
    /// It is what a mirror says.
    Checksum,
    /// It is what somebody has signed.
    Signed(Signer),
}

impl Authentication {
    /// The key of somebody else than HashiCorp who has signed it.
    pub fn third_party(&self) -> Option<&str> {
        match self {
            Self::Signed(Signer::Partner(key) | Signer::Own(key)) => Some(key),
            _ => None,
        }
    }
}

impl fmt::Display for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "unauthenticated",
            Self::Checksum => "verified checksum",
            Self::Signed(Signer::HashiCorp) => "signed by HashiCorp",
            Self::Signed(Signer::Partner(_)) => "signed by a HashiCorp partner",
            Self::Signed(Signer::Own(_)) => "self-signed",
        })
    }
}

impl Proof {
    /// Checks an archive, before anything in it is used.
    ///
    /// # Errors
    /// It is not what it should be, in Terraform's words.
    pub fn check(&self, archive: &mut File) -> Result<Authentication, String> {
        match self {
            Self::None => Ok(Authentication::None),
            Self::Hashes(hashes) => has_one_of(archive, hashes),
            Self::Release(release) => release.check(archive).map(Authentication::Signed),
        }
    }

    /// The hashes that packages of the same version have on all platforms, if somebody has signed
    /// for them. Believed once the package has been checked.
    pub fn signed_hashes(&self) -> BTreeSet<Hash> {
        match self {
            Self::Release(release) => release.hashes(),
            Self::None | Self::Hashes(_) => BTreeSet::new(),
        }
    }
}

fn has_one_of(archive: &mut File, hashes: &[Hash]) -> Result<Authentication, String> {
    let usable: Vec<&Hash> = hashes.iter().filter(|hash| hash.is_h1() || hash.is_zh()).collect();
    if usable.is_empty() {
        let why = "this version of Groma does not support any of the checksum formats given for \
                   this provider";
        return Err(why.to_owned());
    }
    let unverified =
        |error: &dyn fmt::Display| format!("failed to verify provider package checksums: {error}");
    let mut found = false;
    if usable.iter().any(|hash| hash.is_zh()) {
        let zh = hashed(archive).map_err(|error| unverified(&error))?;
        found |= usable.contains(&&zh);
    }
    if !found && usable.iter().any(|hash| hash.is_h1()) {
        let h1 = h1_of_archive(archive).map_err(|error| unverified(&error))?;
        found |= h1.iter().any(|h1| usable.contains(&h1));
    }
    match &usable[..] {
        _ if found => Ok(Authentication::Checksum),
        [one] => {
            Err(format!("provider package doesn't match the expected checksum {:?}", one.as_str()))
        }
        _ => Err("provider package doesn't match the any of the expected checksums".to_owned()),
    }
}

fn hashed(archive: &mut File) -> std::io::Result<Hash> {
    archive.rewind()?;
    let hash = zh_of_archive(archive)?;
    archive.rewind()?;
    Ok(hash)
}

impl Release {
    fn check(&self, archive: &mut File) -> Result<Signer, String> {
        let listed = self
            .listed()
            .ok_or_else(|| format!("checksum list has no SHA-256 hash for {:?}", self.file))?;
        if !listed.eq_ignore_ascii_case(&self.sum) {
            return Err(format!(
                "checksum list has unexpected SHA-256 hash {listed} (expected {})",
                self.sum
            ));
        }
        let expected = format!("zh:{}", self.sum.to_lowercase());
        let zh = hashed(archive)
            .map_err(|error| format!("failed to compute checksum for the archive: {error}"))?;
        if zh.as_str() != expected {
            return Err(format!("archive has incorrect checksum {zh} (expected {expected})"));
        }
        signature::signer(&self.sums, &self.signature, &self.keys)
    }

    /// What the list has for the archive.
    fn listed(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.sums).ok()?;
        text.lines().find_map(|line| {
            let mut words = line.split_whitespace();
            let sum = words.next()?;
            (words.next()? == self.file).then_some(sum)
        })
    }

    /// All that the list has; nothing, if it is no list of checksums.
    fn hashes(&self) -> BTreeSet<Hash> {
        let Ok(text) = std::str::from_utf8(&self.sums) else { return BTreeSet::new() };
        let hash = |line: &str| {
            let mut words = line.split_whitespace();
            let sum = words.next().filter(|sum| is_sum(sum))?;
            words.next()?;
            Hash::parse(&format!("zh:{}", sum.to_lowercase()))
        };
        text.lines().map(hash).collect::<Option<_>>().unwrap_or_default()
    }
}

/// Whether this is a SHA-256 in hexadecimal digits.
pub(super) fn is_sum(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
