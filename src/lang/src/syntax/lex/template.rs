//! Text modes: quoted strings, heredocs and bare templates.

use super::{Kind, Lexer, Mode, Token, utf8_len};

/// Where a run of literal text stops.
enum Stop {
    /// At something that is a token of its own, or at the end.
    Token,
    /// After a line end.
    Line,
    /// At what the scanner cannot take: a lone `\r`, or `$`, `%` or `\` as the last byte.
    Stuck,
}

impl Lexer<'_> {
    /// `${` or `%{`, with or without `~`.
    fn sequence_token(&mut self) -> Option<Token> {
        let (kind, len) = match self.rest() {
            [b'$', b'{', b'~', ..] => (Kind::Interp, 3),
            [b'$', b'{', ..] => (Kind::Interp, 2),
            [b'%', b'{', b'~', ..] => (Kind::Control, 3),
            [b'%', b'{', ..] => (Kind::Control, 2),
            _ => return None,
        };
        if let Some(Mode::Heredoc { line_start, .. }) = self.modes.last_mut() {
            *line_start = false;
        }
        self.braces = self.braces.wrapping_add(1);
        self.modes.push(Mode::Code(Some(self.braces)));
        Some(self.take(kind, len))
    }

    pub(super) fn quoted_token(&mut self) -> Token {
        if let Some(token) = self.sequence_token() {
            return token;
        }
        let rest = self.rest();
        match rest.first() {
            None => return self.take(Kind::Eof, 0),
            Some(b'"') => {
                self.modes.pop();
                return self.take(Kind::CQuote, 1);
            }
            Some(b'\r' | b'\n') => return self.broken_string(),
            Some(_) => {}
        }
        let len = quoted_len(rest);
        match (len, utf8_len(rest)) {
            (0, 0) => self.take(Kind::BadUtf8, 1),
            // A backslash before a line end or the end, or a last `$` or `%`.
            (0, len) => self.take(Kind::Invalid, len),
            (len, _) => self.take(Kind::QuotedLit, len),
        }
    }

    /// A line end where only text may be. The closing quote is missing, or belongs to a string of
    /// several lines; either way what follows is more likely code than text. The line end itself
    /// is scanned again, as code.
    fn broken_string(&mut self) -> Token {
        let rest = self.rest();
        let len = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let token = self.take(Kind::QuotedNewline, len);
        self.pos -= len;
        while self.modes.len() > 1 {
            match self.modes.last() {
                Some(Mode::Heredoc { .. }) => break,
                Some(Mode::Code(Some(level))) => self.braces = level.wrapping_sub(1),
                _ => {}
            }
            self.modes.pop();
        }
        token
    }

    pub(super) fn heredoc_token(&mut self) -> Token {
        if let Some(token) = self.sequence_token() {
            return token;
        }
        let rest = self.rest();
        if rest.is_empty() {
            return self.take(Kind::Eof, 0);
        }
        let (len, stop) = plain_len(rest);
        match stop {
            Stop::Line => self.heredoc_line(len),
            Stop::Stuck => self.take(Kind::Invalid, rest.len()),
            Stop::Token if len == 0 => self.take(Kind::BadUtf8, 1),
            Stop::Token => {
                self.set_line_start(false);
                self.take(Kind::StringLit, len)
            }
        }
    }

    fn set_line_start(&mut self, value: bool) {
        if let Some(Mode::Heredoc { line_start, .. }) = self.modes.last_mut() {
            *line_start = value;
        }
    }

    /// A line, or the rest of one, of a heredoc: text, or the marker that ends it.
    fn heredoc_line(&mut self, len: usize) -> Token {
        let rest = self.rest();
        let line = rest.get(..len).unwrap_or_default();
        if let Some(Mode::Heredoc { marker, line_start: true }) = self.modes.last() {
            let marker = self.text.get(marker.bytes()).unwrap_or_default();
            if std::str::from_utf8(line).is_ok_and(|line| line.trim().as_bytes() == marker) {
                self.modes.pop();
                let newline = if line.ends_with(b"\r\n") { 2 } else { 1 };
                return self.take(Kind::CHeredoc, len - newline);
            }
        }
        self.set_line_start(true);
        self.take(Kind::StringLit, len)
    }

    pub(super) fn bare_token(&mut self) -> Token {
        if let Some(token) = self.sequence_token() {
            return token;
        }
        let rest = self.rest();
        if rest.is_empty() {
            return self.take(Kind::Eof, 0);
        }
        match plain_len(rest) {
            (0, Stop::Token) => self.take(Kind::BadUtf8, 1),
            (_, Stop::Stuck) => self.take(Kind::StringLit, rest.len()),
            (len, _) => self.take(Kind::StringLit, len),
        }
    }
}

/// The length of the literal at the start of quoted text.
fn quoted_len(text: &[u8]) -> usize {
    let special = |b: &u8| matches!(b, b'"' | b'\\' | b'$' | b'%' | b'\r' | b'\n' | 0x80..);
    let mut len = 0;
    loop {
        let rest = text.get(len..).unwrap_or_default();
        len += rest.iter().position(special).unwrap_or(rest.len());
        let rest = text.get(len..).unwrap_or_default();
        len += match rest {
            [] | [b'"' | b'\r' | b'\n', ..] => return len,
            [b'\\', tail @ ..] => match (tail.first(), utf8_len(tail)) {
                (Some(b'\r' | b'\n'), _) | (_, 0) => return len,
                (_, escaped) => 1 + escaped,
            },
            [b'$' | b'%', ..] => match sigil_len(rest) {
                0 => return len,
                sigil => sigil,
            },
            [0x80..=0xff, ..] => match utf8_len(rest) {
                0 => return len,
                wide => wide,
            },
            _ => 1,
        };
    }
}

/// The length of the literal at the start of heredoc or bare text, a line end included.
fn plain_len(text: &[u8]) -> (usize, Stop) {
    let special = |b: &u8| matches!(b, b'$' | b'%' | b'\r' | b'\n' | 0x80..);
    let mut len = 0;
    loop {
        let rest = text.get(len..).unwrap_or_default();
        len += rest.iter().position(special).unwrap_or(rest.len());
        let rest = text.get(len..).unwrap_or_default();
        len += match rest {
            [] => return (len, Stop::Token),
            [b'\n', ..] => return (len + 1, Stop::Line),
            [b'\r', b'\n', ..] => return (len + 2, Stop::Line),
            [b'\r', ..] => return (len, if len == 0 { Stop::Stuck } else { Stop::Token }),
            [b'$' | b'%', ..] => match sigil_len(rest) {
                0 if len == 0 && rest.len() == 1 => return (0, Stop::Stuck),
                0 => return (len, Stop::Token),
                sigil => sigil,
            },
            [0x80..=0xff, ..] => match utf8_len(rest) {
                0 => return (len, Stop::Token),
                wide => wide,
            },
            _ => 1,
        };
    }
}

/// How much of `$…` or `%…` is text: 0 if it starts a sequence, or ends the file.
fn sigil_len(text: &[u8]) -> usize {
    match text {
        [_] | [_, b'{', ..] => 0,
        [a, b, b'{', ..] if a == b => 3,
        _ => 1,
    }
}
