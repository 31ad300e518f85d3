//! The tokens that consist of text: scalars, anchors, tags, directives.

use super::scanner::{Result, Scanner};
use super::token::{
    Mark, Style, TokenKind, is_blank, is_blank_or_end, is_break, is_break_or_end, is_word,
};

/// White space within a flow scalar that may turn out to be folded.
#[derive(Default)]
struct Gap {
    blanks: String,
    /// The first line break, and those after it.
    first: Option<String>,
    others: String,
}

impl Gap {
    /// Takes the white space that is here. `tabs_before` is the column before which a tab may not
    /// stand after a line break.
    fn scan(&mut self, scanner: &mut Scanner, tabs_before: i64, start: Mark) -> Result<()> {
        loop {
            let c = scanner.current();
            if is_break(c) {
                if self.first.is_none() {
                    self.blanks.clear();
                    scanner.read_break(self.first.insert(String::new()));
                } else {
                    scanner.read_break(&mut self.others);
                }
            } else if is_blank(c) {
                if self.first.is_none() {
                    scanner.read(&mut self.blanks);
                    continue;
                }
                let column = i64::try_from(scanner.mark.column).unwrap_or(i64::MAX);
                if c == '\t' && column < tabs_before {
                    let problem = "found a tab character that violates indentation";
                    return Err(scanner.error(problem, start));
                }
                scanner.advance();
            } else {
                return Ok(());
            }
        }
    }

    /// Writes what it stands for: one line break is a space, more are less by one.
    fn join(&mut self, out: &mut String) {
        let gap = std::mem::take(self);
        match gap.first {
            None => out.push_str(&gap.blanks),
            Some(first) if first.starts_with('\n') => {
                out.push_str(if gap.others.is_empty() { " " } else { &gap.others });
            }
            Some(first) => {
                out.push_str(&first);
                out.push_str(&gap.others);
            }
        }
    }
}

impl Scanner {
    pub(super) fn scan_plain(&mut self) -> Result<(TokenKind, Mark)> {
        let start = self.mark;
        let mut end = start;
        let mut text = String::new();
        let mut gap = Gap::default();
        let indent = self.indent + 1;
        while !self.at_document_indicator() && self.current() != '#' {
            while !is_blank_or_end(self.current()) {
                let c = self.current();
                let ends = c == ':' && is_blank_or_end(self.ahead(1))
                    || self.flow_level > 0 && matches!(c, ',' | '?' | '[' | ']' | '{' | '}');
                if ends {
                    break;
                }
                gap.join(&mut text);
                self.read(&mut text);
                end = self.mark;
            }
            if !(is_blank(self.current()) || is_break(self.current())) {
                break;
            }
            gap.scan(self, indent, start)?;
            let column = i64::try_from(self.mark.column).unwrap_or(i64::MAX);
            if self.flow_level == 0 && column < indent {
                break;
            }
        }
        if gap.first.is_some() {
            self.key_allowed = true;
        }
        Ok((TokenKind::Scalar(text, Style::Plain), end))
    }

    pub(super) fn scan_quoted(&mut self, quote: char) -> Result<TokenKind> {
        let start = self.mark;
        self.advance();
        let mut text = String::new();
        loop {
            if self.at_document_indicator() {
                return Err(self.error("found unexpected document indicator", start));
            }
            if self.current() == '\0' {
                return Err(self.error("found unexpected end of stream", start));
            }
            let mut gap = Gap::default();
            while !is_blank_or_end(self.current()) {
                let c = self.current();
                if c == '\'' && quote == '\'' && self.ahead(1) == '\'' {
                    text.push('\'');
                    self.advance();
                    self.advance();
                } else if c == quote {
                    self.advance();
                    return Ok(TokenKind::Scalar(text, Style::Quoted));
                } else if c == '\\' && quote == '"' && is_break(self.ahead(1)) {
                    // The line goes on in the next one.
                    self.advance();
                    self.skip_break();
                    gap.first = Some(String::new());
                    break;
                } else if c == '\\' && quote == '"' {
                    self.scan_escape(start, &mut text)?;
                } else {
                    self.read(&mut text);
                }
            }
            gap.scan(self, i64::MIN, start)?;
            gap.join(&mut text);
        }
    }

    fn scan_escape(&mut self, start: Mark, text: &mut String) -> Result<()> {
        let mut digits = 0;
        let plain = match self.ahead(1) {
            '0' => '\0',
            'a' => '\u{7}',
            'b' => '\u{8}',
            't' | '\t' => '\t',
            'n' => '\n',
            'v' => '\u{b}',
            'f' => '\u{c}',
            'r' => '\r',
            'e' => '\u{1b}',
            c @ (' ' | '"' | '\'' | '\\') => c,
            'N' => '\u{85}',
            '_' => '\u{a0}',
            'L' => '\u{2028}',
            'P' => '\u{2029}',
            c @ ('x' | 'u' | 'U') => {
                digits = match c {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                '\0'
            }
            _ => return Err(self.error("found unknown escape character", start)),
        };
        self.advance();
        self.advance();
        if digits == 0 {
            text.push(plain);
            return Ok(());
        }
        let mut number = 0u32;
        for at in 0..digits {
            let digit = self
                .ahead(at)
                .to_digit(16)
                .ok_or_else(|| self.error("did not find expected hexdecimal number", start))?;
            number = number << 4 | digit;
        }
        let c = char::from_u32(number)
            .ok_or_else(|| self.error("found invalid Unicode character escape code", start))?;
        text.push(c);
        (0..digits).for_each(|_| self.advance());
        Ok(())
    }

    pub(super) fn scan_block_scalar(&mut self, literal: bool) -> Result<TokenKind> {
        let start = self.mark;
        self.advance();
        let (keep, increment) = self.scan_block_header(start)?;
        let mut indent = match increment {
            0 => 0,
            increment => self.indent.max(0) + increment,
        };
        let mut text = String::new();
        let (mut first, mut others) = (String::new(), String::new());
        let mut after_blank = false;
        self.scan_block_breaks(&mut indent, &mut others, start)?;
        while i64::try_from(self.mark.column) == Ok(indent) && self.current() != '\0' {
            let blank = is_blank(self.current());
            // Between two lines that begin with text, a line break is folded.
            if !literal && first.starts_with('\n') && !after_blank && !blank {
                if others.is_empty() {
                    text.push(' ');
                }
            } else {
                text.push_str(&first);
            }
            first.clear();
            text.push_str(&std::mem::take(&mut others));
            after_blank = blank;
            while !is_break_or_end(self.current()) {
                self.read(&mut text);
            }
            self.read_break(&mut first);
            self.scan_block_breaks(&mut indent, &mut others, start)?;
        }
        if keep != Some(false) {
            text.push_str(&first);
        }
        if keep == Some(true) {
            text.push_str(&others);
        }
        Ok(TokenKind::Scalar(text, Style::Block))
    }

    /// Whether line breaks at the end are all kept or all dropped, and the indentation if it is
    /// given (else 0).
    fn scan_block_header(&mut self, start: Mark) -> Result<(Option<bool>, i64)> {
        let (mut keep, mut increment) = (None, 0);
        for _ in 0..2 {
            match self.current() {
                c @ ('+' | '-') if keep.is_none() => keep = Some(c == '+'),
                '0' if increment == 0 => {
                    let problem = "found an indentation indicator equal to 0";
                    return Err(self.error(problem, start));
                }
                c @ '1'..='9' if increment == 0 => {
                    increment = i64::from(c.to_digit(10).unwrap_or(0));
                }
                _ => break,
            }
            self.advance();
        }
        self.end_of_line(start)?;
        Ok((keep, increment))
    }

    /// The rest of a line on which nothing else may stand.
    fn end_of_line(&mut self, start: Mark) -> Result<()> {
        self.skip_blanks();
        if self.current() == '#' {
            self.skip_line();
        }
        if !is_break_or_end(self.current()) {
            return Err(self.error("did not find expected comment or line break", start));
        }
        self.skip_break();
        Ok(())
    }

    /// Indentation and empty lines; finds the indentation if it is not known yet (0).
    fn scan_block_breaks(
        &mut self,
        indent: &mut i64,
        breaks: &mut String,
        start: Mark,
    ) -> Result<()> {
        let mut deepest = 0;
        loop {
            let within = |scanner: &Self| {
                *indent == 0
                    || i64::try_from(scanner.mark.column).is_ok_and(|column| column < *indent)
            };
            while within(self) && self.current() == ' ' {
                self.advance();
            }
            deepest = deepest.max(i64::try_from(self.mark.column).unwrap_or(i64::MAX));
            if within(self) && self.current() == '\t' {
                let problem = "found a tab character where an indentation space is expected";
                return Err(self.error(problem, start));
            }
            if !is_break(self.current()) {
                break;
            }
            self.read_break(breaks);
        }
        if *indent == 0 {
            *indent = deepest.max(self.indent + 1).max(1);
        }
        Ok(())
    }

    pub(super) fn scan_anchor(&mut self, alias: bool) -> Result<TokenKind> {
        let start = self.mark;
        self.advance();
        let mut name = String::new();
        while is_word(self.current()) {
            self.read(&mut name);
        }
        let c = self.current();
        let ends = is_blank_or_end(c) || matches!(c, '?' | ':' | ',' | ']' | '}' | '%' | '@' | '`');
        if name.is_empty() || !ends {
            let problem = "did not find expected alphabetic or numeric character";
            return Err(self.error(problem, start));
        }
        Ok(if alias { TokenKind::Alias(name) } else { TokenKind::Anchor(name) })
    }

    pub(super) fn scan_tag(&mut self) -> Result<TokenKind> {
        let start = self.mark;
        let (handle, suffix) = if self.ahead(1) == '<' {
            self.advance();
            self.advance();
            let suffix = self.scan_uri("", start)?;
            if self.current() != '>' {
                return Err(self.error("did not find the expected '>'", start));
            }
            self.advance();
            (String::new(), suffix)
        } else {
            let handle = self.scan_tag_handle(false, start)?;
            if handle.len() > 1 && handle.ends_with('!') {
                let suffix = self.scan_uri("", start)?;
                (handle, suffix)
            } else {
                let suffix = self.scan_uri(&handle, start)?;
                // `!` alone stands for itself.
                if suffix.is_empty() {
                    (String::new(), "!".to_owned())
                } else {
                    ("!".to_owned(), suffix)
                }
            }
        };
        if !is_blank_or_end(self.current()) {
            return Err(self.error("did not find expected whitespace or line break", start));
        }
        Ok(TokenKind::Tag { handle, suffix })
    }

    fn scan_tag_handle(&mut self, directive: bool, start: Mark) -> Result<String> {
        if self.current() != '!' {
            return Err(self.error("did not find expected '!'", start));
        }
        let mut handle = String::new();
        self.read(&mut handle);
        while is_word(self.current()) {
            self.read(&mut handle);
        }
        if self.current() == '!' {
            self.read(&mut handle);
        } else if directive && handle != "!" {
            return Err(self.error("did not find expected '!'", start));
        }
        Ok(handle)
    }

    /// A part of a URI; `head` is a `!` and what of it has been read already.
    fn scan_uri(&mut self, head: &str, start: Mark) -> Result<String> {
        let mut bytes: Vec<u8> = head.bytes().skip(1).collect();
        let begin = self.mark;
        loop {
            let c = self.current();
            if c == '%' {
                let digit = |at: usize| self.ahead(at).to_digit(16);
                let (Some(high), Some(low)) = (digit(1), digit(2)) else {
                    return Err(self.error("did not find URI escaped octet", start));
                };
                bytes.push((high << 4 | low) as u8);
                (0..3).for_each(|_| self.advance());
            } else if is_word(c) || ";/?:@&=+$,.!~*'()[]".contains(c) && c != '\0' {
                bytes.push(c as u8);
                self.advance();
            } else {
                break;
            }
        }
        if head.is_empty() && begin == self.mark {
            return Err(self.error("did not find expected tag URI", start));
        }
        String::from_utf8(bytes)
            .map_err(|_| self.error("found an incorrect trailing UTF-8 octet", start))
    }

    pub(super) fn scan_directive(&mut self) -> Result<TokenKind> {
        let start = self.mark;
        self.advance();
        let mut name = String::new();
        while is_word(self.current()) {
            self.read(&mut name);
        }
        if name.is_empty() {
            return Err(self.error("could not find expected directive name", start));
        }
        if !is_blank_or_end(self.current()) {
            return Err(self.error("found unexpected non-alphabetical character", start));
        }
        self.skip_blanks();
        let kind = match name.as_str() {
            "YAML" => {
                let major = self.scan_version_number(start)?;
                if self.current() != '.' {
                    return Err(self.error("did not find expected digit or '.' character", start));
                }
                self.advance();
                TokenKind::Version(major, self.scan_version_number(start)?)
            }
            "TAG" => {
                let handle = self.scan_tag_handle(true, start)?;
                if !is_blank(self.current()) {
                    return Err(self.error("did not find expected whitespace", start));
                }
                self.skip_blanks();
                let prefix = self.scan_uri("", start)?;
                if !is_blank_or_end(self.current()) {
                    let problem = "did not find expected whitespace or line break";
                    return Err(self.error(problem, start));
                }
                TokenKind::TagDirective { handle, prefix }
            }
            _ => return Err(self.error("found unknown directive name", start)),
        };
        self.end_of_line(start)?;
        Ok(kind)
    }

    fn scan_version_number(&mut self, start: Mark) -> Result<u32> {
        let mut digits = String::new();
        while self.current().is_ascii_digit() {
            self.read(&mut digits);
        }
        match digits.len() {
            0 => Err(self.error("did not find expected version number", start)),
            1..=9 => Ok(digits.parse().unwrap_or(0)),
            _ => Err(self.error("found extremely long version number", start)),
        }
    }
}
