//! Whether there is a space between two tokens of one line.

use super::Token;
use crate::syntax::lex::Kind;

/// Whether a space goes between `this` and `next`. `before` is the token before `this`, if there
/// is one in its cell.
#[expect(
    clippy::match_same_arms,
    clippy::unnested_or_patterns,
    reason = "the order of the rules is their meaning"
)]
pub(super) fn space_between(before: Option<Kind>, this: &Token<'_>, next: &Token<'_>) -> bool {
    use Kind::{
        CBrace, CHeredoc, CQuote, Comma, Control, Dot, DoubleColon, Ellipsis, Ident, Interp, Minus,
        Newline, Number, OBrace, OBrack, OHeredoc, OParen, OQuote, QuotedLit, SeqEnd, StringLit,
    };
    match (this.kind, next.kind) {
        (_, Newline)
        | (Ident, OParen | DoubleColon)
        | (DoubleColon, Ident)
        | (Dot, _)
        | (_, Dot | Comma | Ellipsis) => false,
        (Comma, _) => true,
        // The inside of templates is their author's.
        (QuotedLit | StringLit | OQuote | OHeredoc, _)
        | (_, QuotedLit | StringLit | CQuote | CHeredoc) => false,
        // `for x in [1]`: no index, though it looks like one.
        (Ident, _) if &*this.bytes == b"in" && before == Some(Ident) => true,
        (Ident | Number, OBrack) => false,
        (_, OBrack) if this.bracket_change() < 0 => false,
        (Kind::Bang, _) => false,
        (Minus, _) => !before.is_none_or(starts_operand),
        (OBrace, CBrace) => false,
        (OBrace, _) | (_, CBrace) => true,
        // `${ {` and `} }`, so that the braces are told apart.
        (Interp | Control, OBrace) | (CBrace, SeqEnd) => true,
        (SeqEnd, Interp | Control) => false,
        _ => this.bracket_change() <= 0 && next.bracket_change() >= 0,
    }
}

/// Whether a minus after such a token negates.
const fn starts_operand(before: Kind) -> bool {
    matches!(
        before,
        Kind::OParen
            | Kind::OBrace
            | Kind::OBrack
            | Kind::Equal
            | Kind::Colon
            | Kind::Comma
            | Kind::Question
            | Kind::Plus
            | Kind::Star
            | Kind::Slash
            | Kind::Percent
            | Kind::Minus
            | Kind::EqualOp
            | Kind::NotEqual
            | Kind::Greater
            | Kind::GreaterEq
            | Kind::Less
            | Kind::LessEq
            | Kind::And
            | Kind::Or
            | Kind::Bang
    )
}
