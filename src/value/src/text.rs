//! Strings, in Unicode normalisation form C.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// A shared string in normalisation form C, as cty keeps every string.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Str(Arc<str>);

impl Str {
    /// Normalises `text`.
    pub fn new(text: &str) -> Self {
        if text.is_ascii() || is_nfc(text) {
            Self(text.into())
        } else {
            Self(text.nfc().collect::<String>().into())
        }
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Str {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Str {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Str {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Str {
    fn from(text: String) -> Self {
        if text.is_ascii() || is_nfc(&text) { Self(text.into()) } else { Self::new(&text) }
    }
}

/// The text itself, shared with what it is made from.
impl From<Str> for Arc<str> {
    fn from(text: Str) -> Self {
        text.0
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
