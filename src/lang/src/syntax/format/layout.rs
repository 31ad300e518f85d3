//! Lines: indentation, and the columns of `=` and of comments at line ends.
//!
//! A line has up to three cells: what leads, the `=` with the whole value after it, and a comment
//! that ends the line. The second and third cells of lines that follow one another are put in
//! one column. A heredoc is part of the line that it starts on.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use super::Token;
use super::spacing::space_between;
use crate::syntax::lex::Kind;

/// Indexes of the tokens of a line's cells.
struct Line {
    lead: Range<usize>,
    assign: Option<Range<usize>>,
    comment: Option<usize>,
}

/// Sets the spaces before each token and writes the text.
pub(super) fn lay_out(mut tokens: Vec<Token<'_>>) -> Vec<u8> {
    let lines = lines_of(&tokens);
    indent(&mut tokens, &lines);
    for line in &lines {
        space(&mut tokens, line.lead.clone());
        if let Some(assign) = &line.assign {
            set_spaces(&mut tokens, assign.start, 1);
            space(&mut tokens, assign.clone());
        }
    }
    align(
        &mut tokens,
        &lines,
        |line| line.assign.as_ref().map(|a| a.start),
        |line| [line.lead.clone(), 0..0],
    );
    align(
        &mut tokens,
        &lines,
        |line| line.comment,
        |line| [line.lead.clone(), line.assign.clone().unwrap_or(0..0)],
    );
    let mut out = Vec::new();
    for token in &tokens {
        out.resize(out.len() + token.spaces, b' ');
        out.extend_from_slice(&token.bytes);
    }
    out
}

fn set_spaces(tokens: &mut [Token<'_>], at: usize, spaces: usize) {
    if let Some(token) = tokens.get_mut(at) {
        token.spaces = spaces;
    }
}

/// The spaces before the end of the file belong to no line: they stay.
fn lines_of(tokens: &[Token<'_>]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (index, token) in tokens.iter().enumerate() {
        if token.kind == Kind::Eof {
            lines.push(cells(tokens, start..index));
            break;
        }
        if token.ends_line() {
            lines.push(cells(tokens, start..index + 1));
            start = index + 1;
        }
    }
    lines
}

fn cells(tokens: &[Token<'_>], line: Range<usize>) -> Line {
    let kind = |at: usize| tokens.get(at).map(|token| token.kind);
    let mut lead = line;
    let mut comment = None;
    if lead.len() > 1 && kind(lead.end - 1) == Some(Kind::Comment) {
        lead.end -= 1;
        comment = Some(lead.end);
    }
    let equals = lead.clone().skip(1).find(|at| kind(*at) == Some(Kind::Equal));
    // A value that goes on in further lines is not lined up with others.
    let equals = equals.filter(|at| net_brackets(tokens, *at..lead.end) == 0);
    let assign = equals.map(|at| at..lead.end);
    lead.end = equals.unwrap_or(lead.end);
    Line { lead, assign, comment }
}

fn net_brackets(tokens: &[Token<'_>], range: Range<usize>) -> isize {
    tokens.get(range).unwrap_or_default().iter().map(Token::bracket_change).sum()
}

/// A line that opens more brackets than it closes indents the following ones by one level,
/// however many it opens; the level ends where they are closed again.
fn indent(tokens: &mut [Token<'_>], lines: &[Line]) {
    let mut levels: Vec<isize> = Vec::new();
    for line in lines {
        let Some(first) = tokens.get_mut(line.lead.start).filter(|_| !line.lead.is_empty()) else {
            continue;
        };
        if first.kind == Kind::Newline {
            first.spaces = 0;
            continue;
        }
        let lead = tokens.get(line.lead.clone()).unwrap_or_default();
        let heredoc = lead.iter().position(|token| token.kind == Kind::OHeredoc);
        let lead = lead.get(..heredoc.unwrap_or(lead.len())).unwrap_or_default();
        let assign = line.assign.clone().unwrap_or(0..0);
        let net =
            lead.iter().map(Token::bracket_change).sum::<isize>() + net_brackets(tokens, assign);
        if net < 0 {
            close(&mut levels, -net);
        }
        set_spaces(tokens, line.lead.start, 2 * levels.len());
        if net > 0 {
            levels.push(net);
        }
    }
}

fn close(levels: &mut Vec<isize>, mut closed: isize) {
    while let Some(level) = levels.last_mut() {
        if closed < *level {
            *level -= closed;
            return;
        }
        closed -= *level;
        levels.pop();
        if closed == 0 {
            return;
        }
    }
}

/// Spaces between the tokens of a cell.
fn space(tokens: &mut [Token<'_>], cell: Range<usize>) {
    let mut before = None;
    let Some(cell) = tokens.get_mut(cell) else { return };
    for at in 1..cell.len() {
        let (head, tail) = cell.split_at_mut(at);
        if let (Some(this), Some(next)) = (head.last(), tail.first_mut()) {
            next.spaces = usize::from(space_between(before, this, next));
            before = Some(this.kind);
        }
    }
}

/// Puts the cells that start at `start_of`'s tokens in one column, for lines in a row that have
/// one, after the widest of what is `before` them.
fn align(
    tokens: &mut [Token<'_>],
    lines: &[Line],
    start_of: impl Fn(&Line) -> Option<usize>,
    before: impl Fn(&Line) -> [Range<usize>; 2],
) {
    for chain in lines.chunk_by(|a, b| start_of(a).is_some() && start_of(b).is_some()) {
        let starts: Vec<_> = chain
            .iter()
            .filter_map(|line| {
                let width = before(line).into_iter().map(|cell| columns(tokens, cell)).sum();
                Some((start_of(line)?, width))
            })
            .collect();
        let widest: usize = starts.iter().map(|(_, width)| *width).max().unwrap_or(0);
        for (start, width) in starts {
            set_spaces(tokens, start, widest - width + 1);
        }
    }
}

/// The width of a cell, in grapheme clusters.
fn columns(tokens: &[Token<'_>], cell: Range<usize>) -> usize {
    let width = |token: &Token<'_>| {
        let text = String::from_utf8_lossy(&token.bytes);
        // A CRLF line end is one cluster.
        let plain = text.is_ascii() && !text.contains('\r');
        token.spaces + if plain { text.len() } else { text.graphemes(true).count() }
    };
    tokens.get(cell).unwrap_or_default().iter().map(width).sum()
}
