//! What an archive must be, as `checksum=` says: `sha256:HEX`, or hexadecimal digits alone.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _};

/// Why an archive is not what it must be.
#[derive(Debug, thiserror::Error)]
pub enum ChecksumError {
    /// The parameter is no checksum.
    #[error("invalid checksum: {0}")]
    Invalid(String),
    /// The archive is another.
    #[error("Checksums did not match.\nExpected: {expected}\nGot: {actual}")]
    Mismatch {
        /// In hexadecimal.
        expected: String,
        /// In hexadecimal.
        actual: String,
    },
    /// The archive cannot be read.
    #[error("Failed to hash: {0}")]
    Read(#[from] io::Error),
}

/// A checksum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Checksum {
    kind: Kind,
    /// In lower-case hexadecimal.
    expected: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

impl Kind {
    const ALL: [(&'static str, Self, usize); 4] = [
        ("md5", Self::Md5, 32),
        ("sha1", Self::Sha1, 40),
        ("sha256", Self::Sha256, 64),
        ("sha512", Self::Sha512, 128),
    ];
}

impl Checksum {
    /// Reads what a parameter says.
    ///
    /// # Errors
    /// It is no checksum.
    pub(super) fn parse(text: &str) -> Result<Self, ChecksumError> {
        let invalid = |why: String| ChecksumError::Invalid(why);
        let (name, digits) = match text.split_once(':') {
            Some(("file", _)) => {
                return Err(invalid(
                    "files with checksums cannot be used; write the checksum itself".to_owned(),
                ));
            }
            Some((name, digits)) => (Some(name), digits),
            None => (None, text),
        };
        let kind = Kind::ALL.into_iter().find(|(known, _, length)| match name {
            Some(name) => name == *known,
            None => digits.len() == *length,
        });
        let Some((_, kind, length)) = kind else {
            return Err(invalid(match name {
                Some(name) => format!("unsupported checksum type: {name}"),
                None => format!("unsupported checksum: {digits}"),
            }));
        };
        if digits.len() != length || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(invalid(format!("{digits:?} is not of {length} hexadecimal digits")));
        }
        Ok(Self { kind, expected: digits.to_ascii_lowercase() })
    }

    /// Compares a file with it.
    ///
    /// # Errors
    /// The file is another, or cannot be read.
    pub(super) fn verify(&self, file: &mut File) -> Result<(), ChecksumError> {
        let actual = match self.kind {
            Kind::Md5 => digest::<md5::Md5>(file),
            Kind::Sha1 => digest::<sha1::Sha1>(file),
            Kind::Sha256 => digest::<sha2::Sha256>(file),
            Kind::Sha512 => digest::<sha2::Sha512>(file),
        }?;
        if actual == self.expected {
            return Ok(());
        }
        Err(ChecksumError::Mismatch { expected: self.expected.clone(), actual })
    }
}

fn digest<D: sha2::Digest>(file: &mut File) -> io::Result<String> {
    let mut hash = D::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => hash.update(buffer.get(..read).unwrap_or_default()),
        }
    }
    Ok(hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, Write as _};

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(b"hello").expect("content");
        file.rewind().expect("its start");
        let outcome = Checksum::parse(text).and_then(|checksum| checksum.verify(&mut file));
        let shown = outcome.map_or_else(|error| error.to_string(), |()| "equal".to_owned());
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn files_are_compared() {
        check("md5:5d41402abc4b2a76b9719d911017c592", "equal");
        check("sha1:AAF4C61DDCC5E8A2DABEDE0F3B482CD9AEA9434D", "equal");
        check("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", "equal");
        check(
            "md5:00000000000000000000000000000000",
            "Checksums did not match.\nExpected: 00000000000000000000000000000000\nGot: \
             5d41402abc4b2a76b9719d911017c592",
        );
    }

    #[test]
    fn what_is_none_is_refused() {
        check("crc32:00", "invalid checksum: unsupported checksum type: crc32");
        check("00", "invalid checksum: unsupported checksum: 00");
        check("md5:zz", "invalid checksum: \"zz\" is not of 32 hexadecimal digits");
        let files = "files with checksums cannot be used; write the checksum itself";
        check("file:https://x.y/SUMS", &format!("invalid checksum: {files}"));
    }
}
