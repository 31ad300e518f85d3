//! Hashing, with each part apart from the next.

use groma_value::{Type, Value};
use sha2::{Digest as _, Sha256};

use super::Digest;

/// A hash in the making.
pub(super) struct Hasher(Sha256);

impl Hasher {
    /// Of a kind of thing.
    pub(super) fn new(kind: &[u8]) -> Self {
        let mut hasher = Self(Sha256::new());
        hasher.bytes(kind);
        hasher
    }

    /// A run of bytes, apart from what is next to it.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Bytes that are apart by themselves.
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(super) fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

/// HMAC-SHA-256 (RFC 2104) with a key no longer than a block.
pub(super) fn code(secret: &[u8; 32], feed: impl FnOnce(&mut dyn FnMut(&[u8]))) -> [u8; 32] {
    let mut inner_key = [0x36; 64];
    let mut outer_key = [0x5c; 64];
    for (at, byte) in secret.iter().enumerate() {
        inner_key[at] ^= byte;
        outer_key[at] ^= byte;
    }
    let mut inner = Sha256::new();
    inner.update(inner_key);
    feed(&mut |bytes| inner.update(bytes));
    let mut outer = Sha256::new();
    outer.update(outer_key);
    outer.update(inner.finalize());
    outer.finalize().into()
}

/// The value without marks: what is sensitive is a code in its place, what is ephemeral is null.
pub(super) fn veil(value: &Value, secret: &[u8; 32]) -> Value {
    if value.marks_deep().is_empty() {
        return value.clone();
    }
    value.transform(|_, part| {
        let (plain, marks) = part.unmark();
        if marks.ephemeral() {
            Value::null(Type::Dynamic)
        } else if marks.sensitive() && plain.is_known() {
            let plain = plain.unmark_deep().0;
            let code = code(secret, |sink| plain.feed(&mut |bytes| sink(bytes)));
            Value::string(Digest(code).to_string())
        } else {
            plain
        }
    })
}
