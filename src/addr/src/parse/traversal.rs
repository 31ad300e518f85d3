//! A chain of names and keys: `a.b["c"][0]` (HCL's absolute traversal).

use std::ops::Range;

use super::ParseError;
use super::lex::{Lexer, Token, TokenKind};

/// What one step selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// `a` at the start, or `.a`
    Name(String),
    /// `["a"]`
    Text(String),
    /// `[1]`
    Whole(u64),
    /// `[1.5]`, or beyond what counts
    NotWhole,
}

/// One step, and where it stands.
pub(super) struct Step {
    pub(super) key: Key,
    pub(super) span: Range<usize>,
}

impl Step {
    /// The name, if it is not an index.
    pub(super) fn name(&self) -> Option<&str> {
        if let Key::Name(name) = &self.key { Some(name) } else { None }
    }
}

/// The whole chain. The first step is a name.
pub(super) struct Traversal {
    pub(super) steps: Vec<Step>,
}

impl Traversal {
    /// Reads `text` to its end.
    pub(super) fn parse(text: &str) -> Result<Self, ParseError> {
        let mut lexer = Lexer::new(text);
        let first = lexer.next()?;
        let TokenKind::Ident(name) = first.kind else {
            let message = "Must begin with a variable name.";
            return Err(ParseError::at("Variable name required", message, first.span));
        };
        let mut steps = vec![Step { key: Key::Name(name), span: first.span }];
        loop {
            let token = lexer.next()?;
            steps.push(match token.kind {
                TokenKind::End => return Ok(Self { steps }),
                TokenKind::Dot => attribute(&token, lexer.next()?)?,
                TokenKind::Open => {
                    let (key, start) = index(lexer.next()?)?;
                    let close = lexer.next()?;
                    if !matches!(close.kind, TokenKind::Close) {
                        let message = "Index key must be followed by a closing bracket.";
                        return Err(ParseError::at("Unclosed index brackets", message, start));
                    }
                    Step { key, span: token.span.start..close.span.end }
                }
                _ => {
                    let message = "Expected an attribute access or an index operator.";
                    return Err(ParseError::at("Invalid character", message, token.span));
                }
            });
        }
    }
}

fn attribute(dot: &Token, token: Token) -> Result<Step, ParseError> {
    let message = match token.kind {
        TokenKind::Ident(name) => {
            return Ok(Step { key: Key::Name(name), span: dot.span.start..token.span.end });
        }
        TokenKind::Star => "Splat expressions (.*) may not be used here.",
        _ => "Dot must be followed by attribute name.",
    };
    Err(ParseError::at("Attribute name required", message, token.span))
}

fn index(token: Token) -> Result<(Key, Range<usize>), ParseError> {
    match token.kind {
        TokenKind::Number(number) => {
            let key = whole_number(&number).map_or(Key::NotWhole, Key::Whole);
            Ok((key, token.span))
        }
        TokenKind::Text(text) => Ok((Key::Text(text), token.span)),
        TokenKind::Star => Err(ParseError::at(
            "Attribute name required",
            "Splat expressions ([*]) may not be used here.",
            token.span,
        )),
        _ => Err(ParseError::at(
            "Index value required",
            "Index brackets must contain either a literal number or a literal string.",
            token.span,
        )),
    }
}

/// The value of a decimal literal if it is whole and fits an `i64`: `1e2` and `1.0` are.
fn whole_number(literal: &str) -> Option<u64> {
    let (mantissa, exponent) = literal.split_once(['e', 'E']).unwrap_or((literal, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some(0);
    }
    let significant = digits.trim_end_matches('0');
    let dropped = i64::try_from(digits.len() - significant.len()).ok()?;
    let zeros =
        i64::from(exponent.parse::<i32>().ok()?) + dropped - i64::try_from(fraction.len()).ok()?;
    let scale = 10u64.checked_pow(u32::try_from(zeros).ok()?)?;
    let value = significant.parse::<u64>().ok()?.checked_mul(scale)?;
    i64::try_from(value).is_ok().then_some(value)
}
