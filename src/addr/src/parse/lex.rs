//! Tokens of an address. Only those of the language that can stand in one are told apart.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;

use super::ParseError;

/// One token, and where it stands.
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Range<usize>,
}

pub(super) enum TokenKind {
    Ident(String),
    /// As written.
    Number(String),
    /// A quoted string, decoded.
    Text(String),
    Dot,
    Open,
    Close,
    Star,
    /// Anything else of the language.
    Other,
    End,
}

/// Reads tokens one by one.
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next token; [`TokenKind::End`] again and again once there is none.
    pub(super) fn next(&mut self) -> Result<Token, ParseError> {
        self.skip_blank();
        let start = self.at;
        let Some(first) = self.rest().chars().next() else {
            return Ok(Token { kind: TokenKind::End, span: start..start });
        };
        let kind = match first {
            '"' => {
                self.at += 1;
                TokenKind::Text(self.quoted()?)
            }
            '0'..='9' => TokenKind::Number(self.number().to_owned()),
            c if c == '_' || unicode_ident::is_xid_start(c) => TokenKind::Ident(self.ident()),
            c => {
                self.at += c.len_utf8();
                punctuation(c, start..self.at)?
            }
        };
        Ok(Token { kind, span: start..self.at })
    }

    /// Blanks, newlines and comments.
    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            let comment = if rest.starts_with('#') || rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(0, |end| end + 2)
            } else {
                0
            };
            let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
            if comment + blank == 0 {
                return;
            }
            self.at += comment.max(blank);
        }
    }

    fn ident(&mut self) -> String {
        let rest = self.rest();
        let end = rest
            .find(|c: char| c != '-' && !unicode_ident::is_xid_continue(c))
            .unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default().nfc().collect()
    }

    /// Digits, with a fraction and an exponent if they are there.
    fn number(&mut self) -> &'a str {
        let rest = self.rest();
        let digits = |from: usize| {
            let tail = rest.get(from..).unwrap_or_default();
            tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_digit()).len()
        };
        let mut end = digits(0);
        if rest.as_bytes().get(end) == Some(&b'.') && digits(end + 1) > 0 {
            end += 1 + digits(end + 1);
        }
        if matches!(rest.as_bytes().get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(rest.as_bytes().get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + sign);
            if exponent > 0 {
                end += 1 + sign + exponent;
            }
        }
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    /// The rest of a string whose opening quote has been read.
    fn quoted(&mut self) -> Result<String, ParseError> {
        let open = self.at;
        let mut text = String::new();
        loop {
            let start = self.at;
            let Some(c) = self.rest().chars().next() else {
                return Err(ParseError::at(
                    "Unterminated string literal",
                    "Unable to find the closing quote mark before the end of the file.",
                    open..self.at,
                ));
            };
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(text.nfc().collect()),
                '\\' => text.push(self.escape(start)?),
                '\n' | '\r' => {
                    return Err(ParseError::at(
                        "Invalid multi-line string",
                        "Quoted strings may not be split over multiple lines. To produce a \
                         multi-line string, either use the \\n escape to represent a newline \
                         character or use the \"heredoc\" multi-line template syntax.",
                        start..self.at,
                    ));
                }
                '$' | '%' => {
                    text.push(c);
                    let doubled = self.rest().strip_prefix(c).is_some_and(|r| r.starts_with('{'));
                    if doubled {
                        text.push('{');
                        self.at += 2;
                    } else if self.rest().starts_with('{') {
                        let message = format!(
                            "Template sequences are not allowed in this string. To include a \
                             literal \"{c}\", double it (as \"{c}{c}\") to escape it."
                        );
                        let span = start..self.at + 1;
                        return Err(ParseError::at("Invalid string literal", message, span));
                    }
                }
                c => text.push(c),
            }
        }
    }

    /// What an escape sequence stands for, its backslash (at `start`) read.
    fn escape(&mut self, start: usize) -> Result<char, ParseError> {
        const SUMMARY: &str = "Invalid escape sequence";
        let Some(selector) = self.rest().chars().next() else {
            let message = "This item is not valid in a string literal.";
            return Err(ParseError::at("Invalid string literal", message, start..self.at));
        };
        self.at += selector.len_utf8();
        let (digits, message) = match selector {
            'n' => return Ok('\n'),
            'r' => return Ok('\r'),
            't' => return Ok('\t'),
            '"' | '\\' => return Ok(selector),
            'u' => (4, "The \\u escape sequence must be followed by four hexadecimal digits."),
            'U' => (8, "The \\U escape sequence must be followed by eight hexadecimal digits."),
            _ => {
                let message =
                    format!("The symbol \"{selector}\" is not a valid escape sequence selector.");
                return Err(ParseError::at(SUMMARY, message, start..self.at));
            }
        };
        let code = self.rest().get(..digits).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(code) = code.and_then(|code| u32::from_str_radix(code, 16).ok()) else {
            return Err(ParseError::at(SUMMARY, message, start..self.at));
        };
        self.at += digits;
        // As Go does with surrogates and what is beyond Unicode.
        Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }
}

fn punctuation(c: char, span: Range<usize>) -> Result<TokenKind, ParseError> {
    let message = match c {
        '.' => return Ok(TokenKind::Dot),
        '[' => return Ok(TokenKind::Open),
        ']' => return Ok(TokenKind::Close),
        '*' => return Ok(TokenKind::Star),
        '(' | ')' | '{' | '}' | ',' | ':' | '?' | '=' | '!' | '<' | '>' | '+' | '-' | '/' | '%'
        | '&' | '|' => return Ok(TokenKind::Other),
        '`' => {
            "The \"`\" character is not valid. To create a multi-line string, use the \"heredoc\" \
             syntax, like \"<<EOT\"."
        }
        '\'' => "Single quotes are not valid. Use double quotes (\") to enclose strings.",
        _ => "This character is not used within the language.",
    };
    Err(ParseError::at("Invalid character", message, span))
}
