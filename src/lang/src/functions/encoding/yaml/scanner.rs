//! From text to tokens, by the rules of YAML 1.1 as libyaml implements them.
//!
//! What makes it intricate is that `a: b` shows only at its colon that `a` was a key: the place
//! where a key may have begun is kept ("simple key"), and its token put in afterwards.

use std::collections::VecDeque;

use super::token::{
    Mark, SyntaxError, Token, TokenKind, is_blank, is_blank_or_end, is_break, is_break_or_end,
};

/// A key on one line is no longer than this.
const LONGEST_KEY: usize = 1024;

pub(super) type Result<T> = std::result::Result<T, SyntaxError>;

/// Where a key may have begun.
#[derive(Clone, Copy, Default)]
struct SimpleKey {
    possible: bool,
    /// Whether nothing but a key can stand there.
    required: bool,
    /// The number of the token that would be the key's.
    token: usize,
    mark: Mark,
}

pub(super) struct Scanner {
    chars: Vec<char>,
    pub(super) mark: Mark,
    pub(super) flow_level: usize,
    /// The column of the innermost block, -1 outside of all.
    pub(super) indent: i64,
    indents: Vec<i64>,
    /// Whether a key may begin here.
    pub(super) key_allowed: bool,
    /// One for each flow level.
    keys: Vec<SimpleKey>,
    tokens: VecDeque<Token>,
    /// How many tokens have been taken.
    taken: usize,
    started: bool,
    ended: bool,
}

impl Scanner {
    pub(super) fn new(text: &str) -> Result<Self> {
        let chars: Vec<char> = text.strip_prefix('\u{feff}').unwrap_or(text).chars().collect();
        let scanner = Self {
            chars,
            mark: Mark::default(),
            flow_level: 0,
            indent: -1,
            indents: Vec::new(),
            key_allowed: true,
            keys: vec![SimpleKey::default()],
            tokens: VecDeque::new(),
            taken: 0,
            started: false,
            ended: false,
        };
        let printable = |c: &char| {
            matches!(c,
                '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}'
                | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
        };
        if scanner.chars.iter().all(printable) {
            return Ok(scanner);
        }
        Err(scanner.error("control characters are not allowed", Mark::default()))
    }

    /// The next token, which stays.
    pub(super) fn peek(&mut self) -> Result<&Token> {
        while self.needs_more()? {
            self.fetch()?;
        }
        let end = self.mark;
        if self.tokens.is_empty() {
            self.tokens.push_back(Token { kind: TokenKind::StreamEnd, start: end, end });
        }
        Ok(&self.tokens[0])
    }

    /// Takes the token that was peeked at.
    pub(super) fn skip(&mut self) -> Option<Token> {
        self.taken += 1;
        self.tokens.pop_front()
    }

    pub(super) fn error(&self, problem: &'static str, context: Mark) -> SyntaxError {
        SyntaxError { problem, at: self.mark, context, lexical: true }
    }

    /// The character so many places ahead.
    pub(super) fn ahead(&self, count: usize) -> char {
        self.chars.get(self.mark.index + count).copied().unwrap_or('\0')
    }

    pub(super) fn current(&self) -> char {
        self.ahead(0)
    }

    /// Goes on by one character that is no line break.
    pub(super) fn advance(&mut self) {
        if self.mark.index < self.chars.len() {
            self.mark.index += 1;
            self.mark.column += 1;
        }
    }

    pub(super) fn read(&mut self, out: &mut String) {
        out.push(self.current());
        self.advance();
    }

    /// Takes a line break, if one is here. All but two kinds of them are a line feed.
    pub(super) fn read_break(&mut self, out: &mut String) {
        let c = self.current();
        if !is_break(c) {
            return;
        }
        out.push(if matches!(c, '\u{2028}' | '\u{2029}') { c } else { '\n' });
        self.mark.index += if c == '\r' && self.ahead(1) == '\n' { 2 } else { 1 };
        self.mark.line += 1;
        self.mark.column = 0;
    }

    pub(super) fn skip_break(&mut self) {
        self.read_break(&mut String::new());
    }

    /// Whether `---` or `...` stands here at the start of a line.
    pub(super) fn at_document_indicator(&self) -> bool {
        let three = [self.ahead(0), self.ahead(1), self.ahead(2)];
        self.mark.column == 0
            && (three == ['-'; 3] || three == ['.'; 3])
            && is_blank_or_end(self.ahead(3))
    }

    fn column(&self) -> i64 {
        i64::try_from(self.mark.column).unwrap_or(i64::MAX)
    }

    fn needs_more(&mut self) -> Result<bool> {
        if self.tokens.is_empty() {
            return Ok(!self.ended);
        }
        self.forget_stale_keys()?;
        let pending = self.keys.iter().any(|key| key.possible && key.token == self.taken);
        Ok(pending && !self.ended)
    }

    /// A key ends on its line.
    fn forget_stale_keys(&mut self) -> Result<()> {
        let mark = self.mark;
        for key in &mut self.keys {
            let stale = key.mark.line < mark.line || key.mark.index + LONGEST_KEY < mark.index;
            if key.possible && stale {
                if key.required {
                    return Err(missing_colon(mark, key.mark));
                }
                key.possible = false;
            }
        }
        Ok(())
    }

    fn fetch(&mut self) -> Result<()> {
        if !self.started {
            self.started = true;
            self.push(TokenKind::StreamStart, self.mark);
            return Ok(());
        }
        self.skip_to_token();
        self.forget_stale_keys()?;
        self.unroll_indent(self.column());
        let (c, next) = (self.current(), self.ahead(1));
        let in_flow = self.flow_level > 0;
        match c {
            '\0' => self.fetch_stream_end(),
            '%' if self.mark.column == 0 => self.fetch_directive(),
            '-' | '.' if self.at_document_indicator() => self.fetch_document_indicator(c),
            '[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            '{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            ']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            '}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            ',' => self.fetch_flow_entry(),
            '-' if is_blank_or_end(next) => self.fetch_block_entry(),
            '?' if in_flow || is_blank_or_end(next) => self.fetch_key(),
            ':' if in_flow || is_blank_or_end(next) => self.fetch_value(),
            '*' | '&' | '!' => {
                self.save_key()?;
                self.key_allowed = false;
                let start = self.mark;
                let kind = if c == '!' { self.scan_tag()? } else { self.scan_anchor(c == '*')? };
                self.push(kind, start);
                Ok(())
            }
            '|' | '>' if !in_flow => {
                self.remove_key()?;
                self.key_allowed = true;
                let start = self.mark;
                let kind = self.scan_block_scalar(c == '|')?;
                self.push(kind, start);
                Ok(())
            }
            '\'' | '"' => {
                self.save_key()?;
                self.key_allowed = false;
                let start = self.mark;
                let kind = self.scan_quoted(c)?;
                self.push(kind, start);
                Ok(())
            }
            _ => self.fetch_plain(),
        }
    }

    fn push(&mut self, kind: TokenKind, start: Mark) {
        self.tokens.push_back(Token { kind, start, end: self.mark });
    }

    /// White space and comments.
    fn skip_to_token(&mut self) {
        loop {
            while self.current() == ' '
                || self.current() == '\t' && (self.flow_level > 0 || !self.key_allowed)
            {
                self.advance();
            }
            if self.current() == '#' {
                self.skip_line();
            }
            if !is_break(self.current()) {
                return;
            }
            self.skip_break();
            if self.flow_level == 0 {
                self.key_allowed = true;
            }
        }
    }

    pub(super) fn skip_line(&mut self) {
        while !is_break_or_end(self.current()) {
            self.advance();
        }
    }

    pub(super) fn skip_blanks(&mut self) {
        while is_blank(self.current()) {
            self.advance();
        }
    }

    /// Notes that a key may begin here.
    fn save_key(&mut self) -> Result<()> {
        let required = self.flow_level == 0 && self.indent == self.column();
        if self.key_allowed {
            self.remove_key()?;
            let token = self.taken + self.tokens.len();
            let key = SimpleKey { possible: true, required, token, mark: self.mark };
            if let Some(last) = self.keys.last_mut() {
                *last = key;
            }
        }
        Ok(())
    }

    /// What may have been a key is none.
    fn remove_key(&mut self) -> Result<()> {
        let mark = self.mark;
        if let Some(key) = self.keys.last_mut() {
            if key.possible && key.required {
                return Err(missing_colon(mark, key.mark));
            }
            key.possible = false;
        }
        Ok(())
    }

    /// Opens a block at `column`, before the token of that number if there is one.
    fn roll_indent(&mut self, column: i64, token: Option<usize>, kind: TokenKind, mark: Mark) {
        if self.flow_level > 0 || self.indent >= column {
            return;
        }
        self.indents.push(self.indent);
        self.indent = column;
        let at = token.map_or(self.tokens.len(), |token| token.saturating_sub(self.taken));
        self.tokens.insert(at.min(self.tokens.len()), Token { kind, start: mark, end: mark });
    }

    /// Closes the blocks that are further in than `column`.
    fn unroll_indent(&mut self, column: i64) {
        while self.flow_level == 0 && self.indent > column {
            self.push(TokenKind::BlockEnd, self.mark);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    fn fetch_stream_end(&mut self) -> Result<()> {
        if self.mark.column != 0 {
            self.mark.column = 0;
            self.mark.line += 1;
        }
        self.unroll_indent(-1);
        self.remove_key()?;
        self.key_allowed = false;
        self.ended = true;
        self.push(TokenKind::StreamEnd, self.mark);
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<()> {
        self.unroll_indent(-1);
        self.remove_key()?;
        self.key_allowed = false;
        let start = self.mark;
        let kind = self.scan_directive()?;
        self.push(kind, start);
        Ok(())
    }

    fn fetch_document_indicator(&mut self, c: char) -> Result<()> {
        self.unroll_indent(-1);
        self.remove_key()?;
        self.key_allowed = false;
        let start = self.mark;
        (0..3).for_each(|_| self.advance());
        let kind = if c == '-' { TokenKind::DocumentStart } else { TokenKind::DocumentEnd };
        self.push(kind, start);
        Ok(())
    }

    fn indicator(&mut self, kind: TokenKind) {
        let start = self.mark;
        self.advance();
        self.push(kind, start);
    }

    fn fetch_flow_start(&mut self, kind: TokenKind) -> Result<()> {
        self.save_key()?;
        self.keys.push(SimpleKey::default());
        self.flow_level += 1;
        self.key_allowed = true;
        self.indicator(kind);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: TokenKind) -> Result<()> {
        self.remove_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            self.keys.pop();
        }
        self.key_allowed = false;
        self.indicator(kind);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Result<()> {
        self.remove_key()?;
        self.key_allowed = true;
        self.indicator(TokenKind::FlowEntry);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Result<()> {
        if self.flow_level == 0 {
            if !self.key_allowed {
                let problem = "block sequence entries are not allowed in this context";
                return Err(self.error(problem, self.mark));
            }
            self.roll_indent(self.column(), None, TokenKind::BlockSequenceStart, self.mark);
        }
        self.remove_key()?;
        self.key_allowed = true;
        self.indicator(TokenKind::BlockEntry);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<()> {
        if self.flow_level == 0 {
            if !self.key_allowed {
                let problem = "mapping keys are not allowed in this context";
                return Err(self.error(problem, self.mark));
            }
            self.roll_indent(self.column(), None, TokenKind::BlockMappingStart, self.mark);
        }
        self.remove_key()?;
        self.key_allowed = self.flow_level == 0;
        self.indicator(TokenKind::Key);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<()> {
        let key = self.keys.last_mut().map(|key| std::mem::replace(&mut key.possible, false));
        let key = key.filter(|possible| *possible).and_then(|_| self.keys.last().copied());
        if let Some(key) = key {
            let at = key.token.saturating_sub(self.taken).min(self.tokens.len());
            let token = Token { kind: TokenKind::Key, start: key.mark, end: key.mark };
            self.tokens.insert(at, token);
            let column = i64::try_from(key.mark.column).unwrap_or(i64::MAX);
            self.roll_indent(column, Some(key.token), TokenKind::BlockMappingStart, key.mark);
            self.key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.key_allowed {
                    let problem = "mapping values are not allowed in this context";
                    return Err(self.error(problem, self.mark));
                }
                self.roll_indent(self.column(), None, TokenKind::BlockMappingStart, self.mark);
            }
            self.key_allowed = self.flow_level == 0;
        }
        self.indicator(TokenKind::Value);
        Ok(())
    }

    fn fetch_plain(&mut self) -> Result<()> {
        let (c, next) = (self.current(), self.ahead(1));
        let starts = match c {
            '-' => !is_blank(next),
            '?' | ':' => self.flow_level == 0 && !is_blank_or_end(next),
            ',' | '[' | ']' | '{' | '}' | '#' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%'
            | '@' | '`' => false,
            c => !is_blank_or_end(c),
        };
        if !starts {
            return Err(self.error("found character that cannot start any token", self.mark));
        }
        self.save_key()?;
        self.key_allowed = false;
        let start = self.mark;
        let (kind, end) = self.scan_plain()?;
        self.tokens.push_back(Token { kind, start, end });
        Ok(())
    }
}

const fn missing_colon(at: Mark, context: Mark) -> SyntaxError {
    SyntaxError { problem: "could not find expected ':'", at, context, lexical: true }
}
