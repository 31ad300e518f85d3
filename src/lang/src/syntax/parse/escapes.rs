//! Checks of the escapes in quoted text. [`decode_text`](crate::syntax::escape::decode_text)
//! decodes them, when somebody wants the string.

use super::cursor::Parser;
use crate::syntax::lex::utf8_len;
use crate::syntax::node::Range;

impl Parser<'_> {
    pub(super) fn check_escapes(&mut self, range: Range) {
        let text = self.bytes(range);
        let mut at = 0;
        while let Some(found) = text.get(at..).and_then(|t| t.iter().position(|b| *b == b'\\')) {
            at += found;
            let len =
                self.check_escape(text.get(at..).unwrap_or_default(), range.start + at as u32);
            at += len;
        }
    }

    /// The length of the escape at the start of `text`, which is at `start`.
    fn check_escape(&mut self, text: &[u8], start: u32) -> usize {
        let (digits, name) = match text.get(1) {
            Some(b'n' | b'r' | b't' | b'"' | b'\\') => return 2,
            Some(b'u') => (4, "\\u escape sequence must be followed by four"),
            Some(b'U') => (8, "\\U escape sequence must be followed by eight"),
            Some(_) => {
                let len = utf8_len(text.get(1..).unwrap_or_default()).max(1);
                let symbol = String::from_utf8_lossy(text.get(1..=len).unwrap_or_default());
                let detail =
                    format!("The symbol {symbol:?} is not a valid escape sequence selector.");
                self.bad_escape(detail, start, 1 + len);
                return 1 + len;
            }
            None => {
                let detail = "Backslash must be followed by an escape sequence selector character.";
                self.bad_escape(detail.into(), start, 1);
                return 1;
            }
        };
        let tail = text.get(2..).unwrap_or_default();
        let found = tail.iter().take(digits).take_while(|b| b.is_ascii_hexdigit()).count();
        let len = 2 + found;
        if found < digits {
            self.bad_escape(format!("The {name} hexadecimal digits."), start, len);
            return len;
        }
        let code = tail.get(..digits).and_then(|hex| std::str::from_utf8(hex).ok());
        let code = code.and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or(0);
        if char::from_u32(code).is_none() {
            self.bad_escape(format!("Cannot encode character U+{code:04x} in UTF-8."), start, len);
        }
        len
    }

    fn bad_escape(&mut self, detail: String, start: u32, len: usize) {
        let range = Range::new(start, start + len as u32);
        self.error_always("Invalid escape sequence", detail, range, None);
    }
}
