//! Instance keys: what `count` and `for_each` tell instances apart by.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

use crate::Ident;

/// The key of an instance of a resource or module. Ordered: none, numbers, strings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum InstanceKey {
    /// Neither `count` nor `for_each`.
    None,
    /// `[0]`, of `count`.
    Int(u64),
    /// `["a"]`, of `for_each`.
    Str(Ident),
}

impl InstanceKey {
    /// Whether there is no key.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

/// Nothing, `[0]` or `["a"]`, with the escapes of a quoted template.
impl fmt::Display for InstanceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Int(index) => write!(f, "[{index}]"),
            Self::Str(key) => {
                f.write_str("[\"")?;
                write_escaped(f, key)?;
                f.write_str("\"]")
            }
        }
    }
}

fn write_escaped(f: &mut fmt::Formatter<'_>, key: &str) -> fmt::Result {
    let mut chars = key.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '$' | '%' if chars.peek() == Some(&'{') => {
                f.write_char(c)?;
                f.write_char(c)?;
            }
            c if is_printable(c) => f.write_char(c)?,
            c if u32::from(c) < 0x1_0000 => write!(f, "\\u{:04x}", u32::from(c))?,
            c => write!(f, "\\U{:08x}", u32::from(c))?,
        }
    }
    Ok(())
}

/// Whether a character has a shape: the standard library's escapes leave such alone, unless it
/// is a combining one at the start.
fn is_printable(c: char) -> bool {
    let text = format!("a{c}");
    text.escape_debug().eq(text.chars()) || c == '\''
}
