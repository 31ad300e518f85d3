//! Moments and durations as Go's `time` package has them, which is what Terraform's functions and
//! providers show: its calendar, its grammars, and its errors word for word.

mod calendar;
mod duration;
mod parse;
mod timestamp;

pub use calendar::{MONTHS, WEEKDAYS};
pub use duration::parse_duration;
pub use parse::ParseError;
pub use timestamp::{Civil, OutOfRange, Timestamp};

/// As Go's `time` package quotes: bytes that are not ASCII by their numbers.
fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            b' '..=b'~' | 0x7f => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}
