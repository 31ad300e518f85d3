//! The tokens of JSON text.

use super::JsonError;
use crate::Path;

/// Deeper nesting than this is refused rather than risked on the stack.
const MAX_DEPTH: usize = 500;

/// Reads through JSON text, with the errors that Go's decoder has.
pub(super) struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    /// Where in the value the scanner is, for errors.
    pub(super) path: Path,
}

/// A scalar, or what a collection begins with.
pub(super) enum Token<'a> {
    Null,
    Bool(bool),
    /// The text of a number.
    Number(&'a str),
    String(String),
    /// `[`
    Array,
    /// `{`
    Object,
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, depth: 0, path: Path::new() }
    }

    pub(super) fn error<T>(&self, message: impl Into<String>) -> Result<T, JsonError> {
        Err(JsonError::new(&self.path, message))
    }

    fn skip_space(&mut self) {
        let space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += self.text[self.at..].iter().take_while(space).count();
    }

    /// The next byte that is not space; an error at the end.
    fn peek(&mut self) -> Result<u8, JsonError> {
        self.skip_space();
        match self.text.get(self.at) {
            Some(byte) => Ok(*byte),
            None => self.error("EOF"),
        }
    }

    fn unexpected<T>(&self, context: &str) -> Result<T, JsonError> {
        let rest = String::from_utf8_lossy(&self.text[self.at..self.text.len().min(self.at + 4)]);
        match rest.chars().next() {
            Some(c) => self.error(format!("invalid character {} {context}", quote(c)).trim_end()),
            None => self.error("unexpected EOF"),
        }
    }

    /// Nothing but space may follow.
    pub(super) fn end(&mut self) -> Result<(), JsonError> {
        self.skip_space();
        if self.at < self.text.len() {
            return self.error("extraneous data after JSON object");
        }
        Ok(())
    }

    pub(super) fn token(&mut self) -> Result<Token<'a>, JsonError> {
        match self.peek()? {
            b'n' => self.word("null").map(|()| Token::Null),
            b't' => self.word("true").map(|()| Token::Bool(true)),
            b'f' => self.word("false").map(|()| Token::Bool(false)),
            b'"' => self.string().map(Token::String),
            b'-' | b'0'..=b'9' => self.number().map(Token::Number),
            b'[' => self.open().map(|()| Token::Array),
            b'{' => self.open().map(|()| Token::Object),
            _ => self.unexpected("looking for beginning of value"),
        }
    }

    fn open(&mut self) -> Result<(), JsonError> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH { self.error("exceeded max depth") } else { Ok(()) }
    }

    fn word(&mut self, word: &str) -> Result<(), JsonError> {
        for expected in word.bytes() {
            match self.text.get(self.at) {
                Some(byte) if *byte == expected => self.at += 1,
                Some(_) => return self.unexpected(&format!("in literal {word}")),
                None => return self.error("unexpected EOF"),
            }
        }
        Ok(())
    }

    fn digits(&mut self) -> usize {
        let count = self.text[self.at..].iter().take_while(|b| b.is_ascii_digit()).count();
        self.at += count;
        count
    }

    fn number(&mut self) -> Result<&'a str, JsonError> {
        let start = self.at;
        if self.text[self.at] == b'-' {
            self.at += 1;
        }
        if self.text.get(self.at) == Some(&b'0') {
            self.at += 1;
        } else if self.digits() == 0 {
            return self.unexpected("in numeric literal");
        }
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return self.unexpected("after decimal point in numeric literal");
            }
        }
        if matches!(self.text.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.text.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return self.unexpected("in exponent of numeric literal");
            }
        }
        // Only ASCII has been passed.
        Ok(std::str::from_utf8(&self.text[start..self.at]).unwrap_or_default())
    }

    /// Steps to the next element of an array; `false` at its end.
    pub(super) fn next_element(&mut self, first: bool) -> Result<bool, JsonError> {
        match self.peek()? {
            b']' if first => {}
            _ if first => return Ok(true),
            b',' => {
                self.at += 1;
                if self.peek()? == b']' {
                    return self.unexpected("looking for beginning of value");
                }
                return Ok(true);
            }
            b']' => {}
            _ => return self.unexpected("after array element"),
        }
        self.at += 1;
        self.depth -= 1;
        Ok(false)
    }

    /// Steps to the next value of an object and gives its key; `None` at its end.
    pub(super) fn next_key(&mut self, first: bool) -> Result<Option<String>, JsonError> {
        match self.peek()? {
            b'}' => {
                self.at += 1;
                self.depth -= 1;
                return Ok(None);
            }
            b',' if !first => {
                self.at += 1;
                if self.peek()? != b'"' {
                    return self.unexpected("");
                }
            }
            b'"' if first => {}
            _ if first => return self.unexpected(""),
            _ => return self.unexpected("after object key:value pair"),
        }
        let key = self.string()?;
        if self.peek()? != b':' {
            return self.unexpected("after object key");
        }
        self.at += 1;
        Ok(Some(key))
    }

    /// Passes over a value and gives its text.
    pub(super) fn raw(&mut self) -> Result<&'a [u8], JsonError> {
        self.skip_space();
        let start = self.at;
        self.skip()?;
        Ok(&self.text[start..self.at])
    }

    pub(super) fn skip(&mut self) -> Result<(), JsonError> {
        match self.token()? {
            Token::Array => {
                let mut first = true;
                while self.next_element(first)? {
                    first = false;
                    self.skip()?;
                }
            }
            Token::Object => {
                let mut first = true;
                while self.next_key(first)?.is_some() {
                    first = false;
                    self.skip()?;
                }
            }
            Token::Null | Token::Bool(_) | Token::Number(_) | Token::String(_) => {}
        }
        Ok(())
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.at += 1;
        let mut text: Vec<u8> = Vec::new();
        loop {
            let plain = |byte: &&u8| !matches!(byte, b'"' | b'\\' | 0..0x20);
            let count = self.text[self.at..].iter().take_while(plain).count();
            text.extend_from_slice(&self.text[self.at..self.at + count]);
            self.at += count;
            match self.text.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    // Bytes that are not UTF-8 become U+FFFD, as Go has it.
                    return Ok(String::from_utf8(text)
                        .unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()));
                }
                Some(b'\\') => {
                    self.at += 1;
                    let c = self.escape()?;
                    text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                Some(_) => return self.unexpected("in string literal"),
                None => return self.error("unexpected EOF"),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let c = match self.text.get(self.at) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\x08',
            Some(b'f') => '\x0c',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape();
            }
            Some(_) => return self.unexpected("in string escape code"),
            None => return self.error("unexpected EOF"),
        };
        self.at += 1;
        Ok(c)
    }

    /// What follows `\u`: four digits, and of a surrogate its other half. A lone one is U+FFFD.
    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let code = self.hex4()?;
        if !(0xd800..0xdc00).contains(&code) {
            return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        if self.text[self.at..].starts_with(b"\\u") {
            let before = self.at;
            self.at += 2;
            let low = self.hex4()?;
            if (0xdc00..0xe000).contains(&low) {
                let code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let mut code = 0;
        for _ in 0..4 {
            match self.text.get(self.at).map(|b| char::from(*b).to_digit(16)) {
                Some(Some(digit)) => code = code * 16 + digit,
                Some(None) => return self.unexpected("in \\u hexadecimal character escape"),
                None => return self.error("unexpected EOF"),
            }
            self.at += 1;
        }
        Ok(code)
    }
}

fn quote(c: char) -> String {
    match c {
        '\'' => "'\\''".to_owned(),
        '"' => "'\"'".to_owned(),
        c => format!("'{}'", c.escape_debug()),
    }
}
