//! What `fmt` changes besides spaces.

use std::borrow::Cow;
use std::ops::Range;

use groma_value::Str;

use super::Token;
use crate::syntax::escape::{decode_text, escape};
use crate::syntax::lex::Kind;
use crate::syntax::node::{self, Decode};
use crate::syntax::tree::{AttributeNode, BlockNode, ItemNode, Tree};

/// Tokens to put in place of others.
struct Edit<'t> {
    replaced: Range<usize>,
    with: Vec<Token<'t>>,
}

struct Rewriter<'a, 't> {
    tree: &'a Tree,
    tokens: &'a [Token<'t>],
    edits: Vec<Edit<'t>>,
}

/// Unwraps `"${x}"`, modernises types of variables, and puts labels in quotes.
pub(super) fn rewrite<'t>(tree: &Tree, body: u32, tokens: Vec<Token<'t>>) -> Vec<Token<'t>> {
    let mut rewriter = Rewriter { tree, tokens: &tokens, edits: Vec::new() };
    rewriter.body(body, 0, false);
    let mut edits = rewriter.edits;
    edits.sort_by_key(|edit| edit.replaced.start);
    let mut edits = edits.into_iter().peekable();
    let mut out = Vec::with_capacity(tokens.len());
    let mut skip_to = 0;
    for (index, token) in tokens.into_iter().enumerate() {
        while let Some(edit) = edits.next_if(|edit| edit.replaced.start <= index) {
            skip_to = edit.replaced.end;
            out.extend(edit.with);
        }
        if index >= skip_to {
            out.push(token);
        }
    }
    out
}

impl Rewriter<'_, '_> {
    fn body(&mut self, body: u32, depth: usize, in_variable: bool) {
        let Some(body) = self.tree.bodies.get(body as usize) else { return };
        for item in self.tree.items.get(body.items.range()).unwrap_or_default() {
            match item {
                ItemNode::Attribute(index) => {
                    if let Some(node) = self.tree.attributes.get(*index as usize) {
                        self.attribute(node, depth == 1 && in_variable);
                    }
                }
                ItemNode::Block(index) => {
                    if let Some(node) = self.tree.blocks.get(*index as usize) {
                        self.labels(node);
                        let in_variable = depth == 0 && self.tree.str(node.ty) == "variable";
                        self.body(node.body, depth + 1, in_variable);
                    }
                }
            }
        }
    }

    /// Indexes of the tokens that start in a range of the source.
    fn indexes(&self, range: node::Range) -> Range<usize> {
        let at = |offset: u32| self.tokens.partition_point(|token| token.start < offset);
        at(range.start)..at(range.end)
    }

    fn attribute(&mut self, node: &AttributeNode, of_variable: bool) {
        let replaced = self.indexes(self.tree.range(node.expr));
        let tokens = self.tokens.get(replaced.clone()).unwrap_or_default();
        let with = if of_variable && self.tree.str(node.name) == "type" {
            modern_type(tokens)
        } else {
            unwrapped(tokens)
        };
        self.edits.extend(with.map(|with| Edit { replaced, with }));
    }

    /// From the first label, with any comments before it, to the last.
    fn labels(&mut self, node: &BlockNode) {
        let labels = self.tree.labels.get(node.labels.range()).unwrap_or_default();
        let Some(last) = labels.last() else { return };
        let replaced = self.indexes(node::Range::new(node.ty.end, last.range.end));
        let mut with = Vec::new();
        for label in labels {
            let bytes = self.tree.bytes(label.range);
            let text = if label.quoted {
                let inside = bytes.get(1..bytes.len().saturating_sub(1)).unwrap_or_default();
                decode_text(inside, Decode::Quoted).into_owned()
            } else {
                String::from_utf8_lossy(bytes).into_owned()
            };
            with.push(made(Kind::OQuote, "\""));
            if !text.is_empty() {
                // Terraform writes labels as the language sees them: normalised.
                with.push(made(Kind::QuotedLit, escape(&Str::new(&text))));
            }
            with.push(made(Kind::CQuote, "\""));
        }
        self.edits.push(Edit { replaced, with });
    }
}

fn made<'t>(kind: Kind, text: impl Into<String>) -> Token<'t> {
    Token { kind, bytes: Cow::Owned(text.into().into_bytes()), spaces: 0, start: 0 }
}

/// What is inside a `"${…}"` that is all of the value, in parentheses if it has several lines.
fn unwrapped<'t>(tokens: &[Token<'t>]) -> Option<Vec<Token<'t>>> {
    let [open, interp, inside @ .., end, close] = tokens else { return None };
    let kinds = [open.kind, interp.kind, end.kind, close.kind];
    if inside.is_empty() || kinds != [Kind::OQuote, Kind::Interp, Kind::SeqEnd, Kind::CQuote] {
        return None;
    }
    let mut quotes = 0_isize;
    for token in inside {
        match token.kind {
            Kind::OQuote => quotes += 1,
            Kind::CQuote => quotes -= 1,
            // There is more than one sequence, or text beside it.
            Kind::Interp | Kind::SeqEnd | Kind::QuotedLit if quotes <= 0 => return None,
            _ => {}
        }
    }
    let is_newline = |token: &&Token<'_>| token.kind == Kind::Newline;
    let leading = inside.iter().take_while(is_newline).count();
    let inside = inside.get(leading..).unwrap_or_default();
    let trailing = inside.iter().rev().take_while(is_newline).count();
    let inside = inside.get(..inside.len() - trailing).unwrap_or_default();
    let in_parens = inside.first().is_some_and(|token| token.kind == Kind::OParen)
        && inside.len() > 1
        && inside.last().is_some_and(|token| token.kind == Kind::CParen);
    if in_parens || !inside.iter().any(|token| token.kind == Kind::Newline) {
        return Some(inside.to_vec());
    }
    let mut out = vec![made(Kind::OParen, "(")];
    out.extend_from_slice(inside);
    out.push(made(Kind::CParen, ")"));
    Some(out)
}

/// `list` is `list(any)`; the older `"list"` is `list(string)`.
fn modern_type<'t>(tokens: &[Token<'t>]) -> Option<Vec<Token<'t>>> {
    let (name, element) = match tokens {
        [word] if word.kind == Kind::Ident => (word, "any"),
        [open, word, close]
            if [open.kind, word.kind, close.kind]
                == [Kind::OQuote, Kind::QuotedLit, Kind::CQuote] =>
        {
            (word, "string")
        }
        _ => return None,
    };
    let name = match (&*name.bytes, element) {
        (b"string", "string") => return Some(vec![made(Kind::Ident, "string")]),
        (b"list", _) => "list",
        (b"map", _) => "map",
        (b"set", "any") => "set",
        _ => return None,
    };
    Some(vec![
        made(Kind::Ident, name),
        made(Kind::OParen, "("),
        made(Kind::Ident, element),
        made(Kind::CParen, ")"),
    ])
}
