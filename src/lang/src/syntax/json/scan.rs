//! The scanner of JSON syntax: lax, so that the parser can say what is wrong with a token.

use crate::syntax::node::Range;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    OBrace,
    CBrace,
    OBrack,
    CBrack,
    Comma,
    Colon,
    /// Not of JSON; for a better message.
    Equals,
    String,
    Number,
    Keyword,
    Invalid,
    Eof,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) range: Range,
}

pub(super) struct Scanner<'t> {
    text: &'t [u8],
    pos: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        Self { text, pos: 0 }
    }

    pub(super) fn bytes(&self, range: Range) -> &'t [u8] {
        self.text.get(range.bytes()).unwrap_or_default()
    }

    pub(super) fn next_token(&mut self) -> Token {
        let rest = self.text.get(self.pos..).unwrap_or_default();
        let space = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.pos += space;
        let rest = rest.get(space..).unwrap_or_default();
        let count = |accept: fn(&&u8) -> bool| rest.iter().take_while(accept).count();
        let (kind, len) = match rest.first() {
            None => (Kind::Eof, 0),
            Some(b'{') => (Kind::OBrace, 1),
            Some(b'}') => (Kind::CBrace, 1),
            Some(b'[') => (Kind::OBrack, 1),
            Some(b']') => (Kind::CBrack, 1),
            Some(b',') => (Kind::Comma, 1),
            Some(b':') => (Kind::Colon, 1),
            Some(b'=') => (Kind::Equals, 1),
            Some(b'"') => (Kind::String, string_len(rest)),
            Some(b'-' | b'+' | b'.' | b'0'..=b'9') => (
                Kind::Number,
                count(|b| matches!(b, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')),
            ),
            Some(b'a'..=b'z' | b'A'..=b'Z') => {
                (Kind::Keyword, count(|b| b.is_ascii_alphabetic() || **b == b'_'))
            }
            // Nothing after it can be trusted.
            Some(_) => (Kind::Invalid, 1),
        };
        let start = self.pos;
        self.pos = if kind == Kind::Invalid { self.text.len() } else { start + len };
        Token { kind, range: Range::new(start as u32, (start + len) as u32) }
    }
}

/// Up to and with the closing quote, or to what cannot be in a string.
fn string_len(text: &[u8]) -> usize {
    let mut at = 1;
    loop {
        at += match text.get(at) {
            Some(b'\\') if text.get(at + 1).is_some_and(|b| *b >= 32) => 2,
            Some(b'"' | b'\\') => return at + 1,
            Some(32..) => 1,
            _ => return at,
        };
    }
}
