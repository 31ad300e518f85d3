//! What a file holds, and the checksums of it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use groma_provider_api::Attribute;
use groma_provider_api::native::{Object, hex};
use groma_value::{Type, Value};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

/// The checksum that tells one content from another in `id`.
pub(crate) fn id(content: &[u8]) -> String {
    hex(&Sha1::digest(content))
}

/// Sets the checksums of an object, its id among them.
pub(crate) fn set_checksums(object: &mut Object, content: &[u8]) {
    let (sha256, sha512) = (Sha256::digest(content), Sha512::digest(content));
    let checksums = [
        ("content_md5", hex(&Md5::digest(content))),
        ("content_sha1", id(content)),
        ("content_sha256", hex(&sha256)),
        ("content_base64sha256", BASE64_STANDARD.encode(sha256)),
        ("content_sha512", hex(&sha512)),
        ("content_base64sha512", BASE64_STANDARD.encode(sha512)),
        ("id", id(content)),
    ];
    for (name, value) in checksums {
        object.set(name, Value::string(value));
    }
}

/// The attributes that [`set_checksums`] sets.
pub(crate) fn checksum_attributes() -> [(&'static str, Attribute); 7] {
    let computed = |what: &str| Attribute::new(Type::String).computed().describe(what);
    [
        ("content_md5", computed("The content's MD5 checksum, in hexadecimal.")),
        ("content_sha1", computed("The content's SHA-1 checksum, in hexadecimal.")),
        ("content_sha256", computed("The content's SHA-256 checksum, in hexadecimal.")),
        ("content_base64sha256", computed("The content's SHA-256 checksum, in base64.")),
        ("content_sha512", computed("The content's SHA-512 checksum, in hexadecimal.")),
        ("content_base64sha512", computed("The content's SHA-512 checksum, in base64.")),
        ("id", computed("The same as `content_sha1`.")),
    ]
}
