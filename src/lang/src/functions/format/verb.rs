//! The parts of a format string: `%[flags][width][.precision][[argument]]mode`.

use crate::functions::FunctionError;

/// The widest field and the highest precision, as Go's `fmt` limits them.
const LIMIT: usize = 1_000_000;

/// A part of a format string.
pub(super) enum Piece<'a> {
    /// Text that stands for itself.
    Text(&'a str),
    /// The place of an argument.
    Verb(Verb<'a>),
}

/// The place of an argument.
#[expect(clippy::struct_excessive_bools, reason = "they are independent flags")]
pub(super) struct Verb<'a> {
    /// As it is written.
    pub(super) raw: &'a str,
    /// Where its `%` is, in bytes.
    pub(super) offset: usize,
    /// The letter.
    pub(super) mode: char,
    /// The number of the argument, from 1, if it is written.
    pub(super) argument: Option<usize>,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    pub(super) zero: bool,
    pub(super) sharp: bool,
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) space: bool,
}

/// Cuts a format string into its parts.
pub(super) fn parse(pattern: &str) -> impl Iterator<Item = Result<Piece<'_>, FunctionError>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &pattern[at..];
        if rest.is_empty() {
            return None;
        }
        if let Some(verb) = rest.strip_prefix('%') {
            if verb.starts_with('%') {
                at += 2;
                return Some(Ok(Piece::Text("%")));
            }
            let verb = parse_verb(pattern, at);
            at = verb.as_ref().map_or(pattern.len(), |verb| at + verb.raw.len());
            return Some(verb.map(Piece::Verb));
        }
        let end = rest.find('%').unwrap_or(rest.len());
        at += end;
        Some(Ok(Piece::Text(&rest[..end])))
    })
}

/// Reads the verb at `start`.
fn parse_verb(pattern: &str, start: usize) -> Result<Verb<'_>, FunctionError> {
    let mut scanner = Scanner { pattern, at: start + 1 };
    let mut verb = Verb {
        raw: "",
        offset: start,
        mode: ' ',
        argument: None,
        width: None,
        precision: None,
        zero: false,
        sharp: false,
        plus: false,
        minus: false,
        space: false,
    };
    while let Some(flag) = scanner.next_if(|c| matches!(c, '0' | '#' | '-' | '+' | ' ')) {
        match flag {
            '0' => verb.zero = true,
            '#' => verb.sharp = true,
            '-' => verb.minus = true,
            '+' => verb.plus = true,
            _ => verb.space = true,
        }
    }
    if scanner.peek().is_some_and(|c| ('1'..='9').contains(&c)) {
        verb.width = Some(scanner.number()?);
    }
    if scanner.next_if(|c| c == '.').is_some() {
        verb.precision = Some(scanner.number()?);
    }
    if scanner.next_if(|c| c == '[').is_some() {
        if !scanner.peek().is_some_and(|c| ('1'..='9').contains(&c)) {
            return Err(scanner.unrecognized());
        }
        verb.argument = Some(scanner.number()?);
        if scanner.next_if(|c| c == ']').is_none() {
            return Err(scanner.unrecognized());
        }
    }
    let Some(mode) = scanner.next_if(|c| c.is_ascii_alphabetic()) else {
        return Err(scanner.unrecognized());
    };
    verb.mode = mode;
    verb.raw = &pattern[start..scanner.at];
    Ok(verb)
}

struct Scanner<'a> {
    pattern: &'a str,
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<char> {
        self.pattern[self.at..].chars().next()
    }

    fn next_if(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        let c = self.peek().filter(|c| wanted(*c))?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// The digits here, 0 if there are none.
    fn number(&mut self) -> Result<usize, FunctionError> {
        let start = self.at;
        while self.next_if(|c| c.is_ascii_digit()).is_some() {}
        let digits = &self.pattern[start..self.at];
        if digits.is_empty() {
            return Ok(0);
        }
        digits.parse().ok().filter(|number| *number <= LIMIT).ok_or_else(|| {
            FunctionError::new(format!(
                "number {digits} at offset {start} of the format string is greater than {LIMIT}"
            ))
        })
    }

    /// What stands here cannot.
    fn unrecognized(&self) -> FunctionError {
        FunctionError::new(match self.peek() {
            Some(c) => format!("unrecognized format character {c:?} at offset {}", self.at),
            None => format!("invalid format string starting at offset {}", self.at),
        })
    }
}
