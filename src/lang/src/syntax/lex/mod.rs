//! The scanner: bytes to tokens, one at a time.
//!
//! A token is nine bytes' worth of kind and offsets; spaces are what lies between tokens. Every
//! token that can only be an error has a kind of its own, so that its message can say what was
//! probably meant. The scanner keeps a stack of modes, since `"${` … `}"` nests code in text and
//! text in code.

mod template;
mod text;

pub(super) use text::{identifier_len, utf8_len};

use super::node::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    OBrace,
    CBrace,
    OBrack,
    CBrack,
    OParen,
    CParen,
    OQuote,
    CQuote,
    /// `<<EOT` with its newline.
    OHeredoc,
    /// The marker with the spaces around it, without its newline.
    CHeredoc,
    Star,
    Slash,
    Plus,
    Minus,
    Percent,
    Equal,
    EqualOp,
    NotEqual,
    Less,
    LessEq,
    Greater,
    GreaterEq,
    And,
    Or,
    Bang,
    Dot,
    Comma,
    Ellipsis,
    FatArrow,
    Question,
    Colon,
    DoubleColon,
    /// `${` or `${~`
    Interp,
    /// `%{` or `%{~`
    Control,
    /// `}` or `~}` that ends one of the two.
    SeqEnd,
    /// Text in quotes: may have backslash escapes.
    QuotedLit,
    /// Text in a heredoc (up to a line at once) or in a bare template.
    StringLit,
    Number,
    Ident,
    /// A comment to the end of the line has the newline in it.
    Comment,
    Newline,
    Eof,
    BitAnd,
    BitOr,
    Tilde,
    Caret,
    Apostrophe,
    Backtick,
    Semicolon,
    Invalid,
    BadUtf8,
    /// Line ends inside quotes: the string ends here.
    QuotedNewline,
}

/// A piece of the source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) range: Range,
}

enum Mode {
    /// Code. `Some`: ends at the brace that brings the count of open ones back to this.
    Code(Option<u32>),
    Quoted,
    Heredoc {
        marker: Range,
        line_start: bool,
    },
    Bare,
}

/// Scans a text.
pub(super) struct Lexer<'t> {
    text: &'t [u8],
    pos: usize,
    modes: Vec<Mode>,
    braces: u32,
    /// From here on there is no `*/`, so that looking for it again and again costs nothing.
    no_comment_end: usize,
}

impl<'t> Lexer<'t> {
    /// Scans code: a file or an expression. A byte order mark is skipped.
    pub(super) fn code(text: &'t [u8]) -> Self {
        Self::new(text, Mode::Code(None))
    }

    /// Scans a template with no quotes around it.
    pub(super) fn template(text: &'t [u8]) -> Self {
        Self::new(text, Mode::Bare)
    }

    fn new(text: &'t [u8], mode: Mode) -> Self {
        let pos = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { text, pos, modes: vec![mode], braces: 0, no_comment_end: usize::MAX }
    }

    /// The next token; at the end [`Kind::Eof`] again and again.
    pub(super) fn next_token(&mut self) -> Token {
        match self.modes.last() {
            None | Some(Mode::Code(_)) => self.code_token(),
            Some(Mode::Quoted) => self.quoted_token(),
            Some(Mode::Heredoc { .. }) => self.heredoc_token(),
            Some(Mode::Bare) => self.bare_token(),
        }
    }

    fn rest(&self) -> &'t [u8] {
        self.text.get(self.pos..).unwrap_or_default()
    }

    fn take(&mut self, kind: Kind, len: usize) -> Token {
        let start = self.pos;
        self.pos = (start + len).min(self.text.len());
        Token { kind, range: Range::new(start as u32, self.pos as u32) }
    }

    fn code_token(&mut self) -> Token {
        while let Some(b' ' | b'\t') = self.text.get(self.pos) {
            self.pos += 1;
        }
        let rest = self.rest();
        let Some(&first) = rest.first() else { return self.take(Kind::Eof, 0) };
        let second = rest.get(1).copied().unwrap_or(0);
        match first {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.take(Kind::Ident, identifier_len(rest)),
            b'0'..=b'9' => self.take(Kind::Number, number_len(rest)),
            b'"' => {
                self.modes.push(Mode::Quoted);
                self.take(Kind::OQuote, 1)
            }
            b'{' => {
                self.braces = self.braces.wrapping_add(1);
                self.take(Kind::OBrace, 1)
            }
            b'}' => self.close_brace(1, Kind::CBrace),
            b'~' if second == b'}' => self.close_brace(2, Kind::SeqEnd),
            b'#' => self.line_comment(),
            b'/' if second == b'/' => self.line_comment(),
            b'/' if second == b'*' => self.block_comment(),
            b'<' if second == b'<' => self.heredoc_open(),
            b'.' if second == b'.' && rest.get(2) == Some(&b'.') => self.take(Kind::Ellipsis, 3),
            b'\r' if second == b'\n' => self.take(Kind::Newline, 2),
            _ => self.symbol(first, second),
        }
    }

    fn symbol(&mut self, first: u8, second: u8) -> Token {
        let pair = match (first, second) {
            (b'=', b'=') => Some(Kind::EqualOp),
            (b'!', b'=') => Some(Kind::NotEqual),
            (b'>', b'=') => Some(Kind::GreaterEq),
            (b'<', b'=') => Some(Kind::LessEq),
            (b'&', b'&') => Some(Kind::And),
            (b'|', b'|') => Some(Kind::Or),
            (b':', b':') => Some(Kind::DoubleColon),
            (b'=', b'>') => Some(Kind::FatArrow),
            _ => None,
        };
        if let Some(kind) = pair {
            return self.take(kind, 2);
        }
        let kind = match first {
            b'[' => Kind::OBrack,
            b']' => Kind::CBrack,
            b'(' => Kind::OParen,
            b')' => Kind::CParen,
            b'.' => Kind::Dot,
            b',' => Kind::Comma,
            b'*' => Kind::Star,
            b'/' => Kind::Slash,
            b'%' => Kind::Percent,
            b'+' => Kind::Plus,
            b'-' => Kind::Minus,
            b'=' => Kind::Equal,
            b'<' => Kind::Less,
            b'>' => Kind::Greater,
            b'!' => Kind::Bang,
            b'?' => Kind::Question,
            b':' => Kind::Colon,
            b'\n' => Kind::Newline,
            b'&' => Kind::BitAnd,
            b'|' => Kind::BitOr,
            b'~' => Kind::Tilde,
            b'^' => Kind::Caret,
            b';' => Kind::Semicolon,
            b'`' => Kind::Backtick,
            b'\'' => Kind::Apostrophe,
            _ => return self.other(),
        };
        self.take(kind, 1)
    }

    /// A name that starts with a letter beyond ASCII, or nothing of the language.
    fn other(&mut self) -> Token {
        let rest = self.rest();
        match (identifier_len(rest), utf8_len(rest)) {
            (0, 0) => self.take(Kind::BadUtf8, 1),
            (0, len) => self.take(Kind::Invalid, len),
            (len, _) => self.take(Kind::Ident, len),
        }
    }

    fn close_brace(&mut self, len: usize, otherwise: Kind) -> Token {
        let ends_sequence = match self.modes.last() {
            Some(Mode::Code(Some(level))) => *level == self.braces,
            _ => false,
        };
        self.braces = self.braces.wrapping_sub(1);
        if ends_sequence {
            self.modes.pop();
            return self.take(Kind::SeqEnd, len);
        }
        self.take(otherwise, len)
    }

    fn line_comment(&mut self) -> Token {
        let rest = self.rest();
        let len = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |at| at + 1);
        self.take(Kind::Comment, len)
    }

    fn block_comment(&mut self) -> Token {
        if self.pos < self.no_comment_end {
            let body = self.rest().get(2..).unwrap_or_default();
            if let Some(at) = body.windows(2).position(|pair| pair == b"*/") {
                return self.take(Kind::Comment, at + 4);
            }
            self.no_comment_end = self.pos;
        }
        self.take(Kind::Slash, 1)
    }

    fn heredoc_open(&mut self) -> Token {
        let rest = self.rest();
        let dash = usize::from(rest.get(2) == Some(&b'-'));
        let name = 2 + dash;
        let name_len = identifier_len(rest.get(name..).unwrap_or_default());
        let newline = match rest.get(name + name_len..) {
            Some([b'\n', ..]) => 1,
            Some([b'\r', b'\n', ..]) => 2,
            _ => 0,
        };
        if name_len == 0 || newline == 0 {
            return self.take(Kind::Less, 1);
        }
        let start = (self.pos + name) as u32;
        let marker = Range::new(start, start + name_len as u32);
        self.modes.push(Mode::Heredoc { marker, line_start: true });
        self.take(Kind::OHeredoc, name + name_len + newline)
    }
}

/// Digits, with dots and exponents among them but no dot at the end.
fn number_len(text: &[u8]) -> usize {
    let (mut at, mut len) = (1, 1);
    loop {
        let signed = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        match text.get(at) {
            Some(b'0'..=b'9') => at += 1,
            Some(b'.') => {
                at += 1;
                continue;
            }
            Some(b'e' | b'E') if text.get(at + 1 + signed).is_some_and(u8::is_ascii_digit) => {
                at += 2 + signed;
            }
            _ => return len,
        }
        len = at;
    }
}
