//! Files and blocks: arguments and blocks, one to a line.

use std::collections::HashMap;

use unicode_segmentation::UnicodeSegmentation as _;

use super::cursor::Parser;
use crate::syntax::lex::{Kind, Token};
use crate::syntax::node::{Range, Run};
use crate::syntax::tree::{AttributeNode, BlockNode, BodyNode, ItemNode, LabelNode};

const REQUIRED: &str = "Argument or block definition required";
const REQUIRED_HERE: &str = "An argument or block definition is required here.";
const USE_EQUALS: &str = "An argument or block definition is required here. To set an argument, \
                          use the equals sign \"=\" to introduce the argument value.";
const SINGLE: &str = "Invalid single-argument block definition";
const UNCLOSED: &str = "There is no closing brace for this block before the end of the file. This \
                        may be caused by incorrect brace nesting elsewhere in this file.";

impl Parser<'_> {
    /// A body up to `end`, which is read too: the end of the file, or a closing brace.
    pub(super) fn body(&mut self, end: Kind, start: Range) -> u32 {
        let base = self.items.len();
        let last = loop {
            let token = self.peek();
            match token.kind {
                kind if kind == end => break self.read().range,
                _ if self.gave_up() => break token.range,
                Kind::Newline => {
                    self.read();
                }
                Kind::Ident => {
                    // The last mistake was passed over: this item's own are worth telling.
                    self.recovering = false;
                    self.broken_string = false;
                    let item = self.item();
                    self.items.extend(item);
                }
                Kind::Eof => {
                    self.error("Unclosed configuration block", UNCLOSED, start);
                    break token.range;
                }
                _ => self.bad_item(token),
            }
        };
        self.report_redefined(base);
        self.store_body(base, start.to(last))
    }

    fn bad_item(&mut self, token: Token) {
        self.recovering = false;
        if token.kind == Kind::OQuote {
            let detail = "Argument names must not be quoted.";
            self.error("Invalid argument name", detail, token.range);
        } else {
            self.error(REQUIRED, REQUIRED_HERE, token.range);
        }
        self.recover_after_item();
    }

    /// Moves the scratch items from `base` on to a body.
    fn store_body(&mut self, base: usize, range: Range) -> u32 {
        let items = Run::append(&mut self.tree.items, self.items.drain(base..));
        self.tree.bodies.push(BodyNode { items, range });
        self.tree.bodies.len() as u32 - 1
    }

    fn report_redefined(&mut self, base: usize) {
        let names: Vec<Range> = {
            let items = self.items.get(base..).unwrap_or_default().iter();
            let attributes = items.filter_map(|item| match item {
                ItemNode::Attribute(index) => self.tree.attributes.get(*index as usize),
                ItemNode::Block(_) => None,
            });
            attributes.map(|node| node.name).collect()
        };
        let few = names.len() <= 16;
        let mut first: HashMap<&[u8], Range> = HashMap::new();
        for (index, name) in names.iter().enumerate() {
            let text = self.bytes(*name);
            let earlier = if few {
                names.iter().take(index).find(|earlier| self.bytes(**earlier) == text).copied()
            } else {
                let known = first.get(text).copied();
                first.entry(text).or_insert(*name);
                known
            };
            if let Some(earlier) = earlier {
                let detail = format!(
                    "The argument {:?} was already set at {}:{}. Each argument may be set only \
                     once.",
                    self.text(*name),
                    self.path,
                    self.place_of(earlier),
                );
                self.error_always("Attribute redefined", detail, *name, None);
            }
        }
    }

    /// `2,3-4`, of a range within a line.
    fn place_of(&self, range: Range) -> String {
        let head = self.bytes(Range::new(0, range.start));
        let line = head.rsplit(|b| *b == b'\n').next().unwrap_or_default();
        let width = |bytes: &[u8]| String::from_utf8_lossy(bytes).graphemes(true).count();
        let column = width(line) + 1;
        let end = column + width(self.bytes(range));
        format!("{},{column}-{end}", self.line_of(range))
    }

    pub(super) fn line_of(&self, range: Range) -> usize {
        let head = self.bytes(Range::new(0, range.start));
        head.split(|b| *b == b'\n').count()
    }

    fn item(&mut self) -> Option<ItemNode> {
        let name = self.read();
        match self.peek().kind {
            Kind::Equal => Some(ItemNode::Attribute(self.attribute(name, false))),
            Kind::OQuote | Kind::OBrace | Kind::Ident => self.block(name),
            _ => {
                self.error(REQUIRED, USE_EQUALS, name.range);
                self.recover_after_item();
                None
            }
        }
    }

    /// The rest of an argument. On one line with its block, it does not end the line.
    fn attribute(&mut self, name: Token, single_line: bool) -> u32 {
        self.read();
        let expr = self.expression();
        let end = self.peek();
        if self.recovering {
            if !single_line {
                self.skip_line();
            }
        } else if single_line {
        } else if matches!(end.kind, Kind::Newline | Kind::Eof) {
            self.read();
        } else {
            if end.kind == Kind::Comma {
                let detail = "Argument definitions must be separated by newlines, not commas. An \
                              argument definition must end with a newline.";
                let summary = "Unexpected comma after argument";
                self.error_within(summary, detail, end.range, name.range);
            } else {
                let detail = "An argument definition must end with a newline.";
                self.error_within("Missing newline after argument", detail, end.range, name.range);
            }
            self.skip_line();
        }
        self.tree.attributes.push(AttributeNode { name: name.range, expr });
        self.tree.attributes.len() as u32 - 1
    }

    /// As [`Parser::recover_after_item`], unless the line, or the body, is already at its end.
    fn skip_line(&mut self) {
        match self.peek().kind {
            Kind::Newline => {
                self.read();
            }
            Kind::CBrace => {}
            _ => self.recover_after_item(),
        }
    }

    fn block(&mut self, ty: Token) -> Option<ItemNode> {
        let start = self.tree.labels.len() as u32;
        let open = loop {
            let token = self.peek();
            match token.kind {
                Kind::OBrace => break self.read(),
                Kind::OQuote => {
                    let label = self.quoted_label();
                    self.tree.labels.push(label);
                }
                Kind::Ident => {
                    self.read();
                    self.tree.labels.push(LabelNode { range: token.range, quoted: false });
                }
                _ => {
                    let detail = match token.kind {
                        Kind::Equal => {
                            "The equals sign \"=\" indicates an argument definition, and must \
                             not be used when defining a block."
                        }
                        Kind::Newline => {
                            "A block definition must have block content delimited by \"{\" and \
                             \"}\", starting on the same line as the block header."
                        }
                        _ => {
                            "Either a quoted string block label or an opening brace (\"{\") is \
                             expected here."
                        }
                    };
                    let summary = "Invalid block definition";
                    self.error_within(summary, detail, token.range, ty.range);
                    self.skip_line();
                    return None;
                }
            }
        };
        let labels = Run { start, len: self.tree.labels.len() as u32 - start };
        let body = self.nested(|parser| parser.block_body(ty, open));
        let body = body.unwrap_or_else(|| {
            self.recover(Kind::CBrace);
            self.store_body(self.items.len(), open.range)
        });
        self.end_of_block(ty);
        self.tree.blocks.push(BlockNode { ty: ty.range, labels, open: open.range, body });
        Some(ItemNode::Block(self.tree.blocks.len() as u32 - 1))
    }

    fn end_of_block(&mut self, ty: Token) {
        let end = self.peek();
        if matches!(end.kind, Kind::Newline | Kind::Eof) {
            self.read();
            return;
        }
        let detail = "A block definition must end with a newline.";
        self.error_within("Missing newline after block definition", detail, end.range, ty.range);
        self.skip_line();
    }

    fn block_body(&mut self, ty: Token, open: Token) -> u32 {
        match self.peek().kind {
            Kind::Newline | Kind::Eof | Kind::CBrace => self.body(Kind::CBrace, open.range),
            _ => self.single_line_body(ty, open),
        }
    }

    /// `{ name = value }`
    fn single_line_body(&mut self, ty: Token, open: Token) -> u32 {
        let name = self.read();
        let next = self.peek();
        let item = match (name.kind, next.kind) {
            (Kind::Ident, Kind::Equal) => Some(ItemNode::Attribute(self.attribute(name, true))),
            (Kind::Ident, Kind::OQuote | Kind::OBrace | Kind::Ident) => {
                let detail = format!(
                    "A single-line block definition can contain only a single argument. If you \
                     meant to define argument {:?}, use an equals sign to assign it a value. To \
                     define a nested block, place it on a line of its own within its parent \
                     block.",
                    self.text(name.range)
                );
                let subject = name.range.to(next.range);
                self.error("Argument definition required", detail, subject);
                None
            }
            (Kind::Ident, _) => {
                self.error(REQUIRED, USE_EQUALS, name.range);
                None
            }
            _ => {
                self.error(REQUIRED, REQUIRED_HERE, name.range);
                None
            }
        };
        if item.is_none() {
            self.recovering = true;
        }
        self.close_single_line(ty, open);
        let base = self.items.len();
        self.items.extend(item);
        self.store_body(base, name.range.to(self.prev))
    }

    fn close_single_line(&mut self, ty: Token, open: Token) {
        let end = self.peek();
        let detail = match end.kind {
            Kind::CBrace => {
                self.read();
                return;
            }
            Kind::Comma => {
                "Single-line block syntax can include only one argument definition. To define \
                 multiple arguments, use the multi-line block syntax with one argument \
                 definition per line."
            }
            Kind::Newline => {
                "An argument definition on the same line as its containing block creates a \
                 single-line block definition, which must also be closed on the same line. \
                 Place the block's closing brace immediately after the argument definition."
            }
            Kind::Eof => {
                let summary = "Unclosed configuration block";
                if !self.recovering {
                    self.error_always(summary, UNCLOSED, open.range, Some(ty.range.to(open.range)));
                }
                return;
            }
            _ => {
                "A single-line block definition must end with a closing brace immediately after \
                 its single argument definition."
            }
        };
        self.error(SINGLE, detail, end.range);
        self.recover(Kind::CBrace);
    }

    /// A label in quotes: text with escapes, and no template sequences.
    pub(super) fn quoted_label(&mut self) -> LabelNode {
        let open = self.read();
        let summary = "Invalid string literal";
        loop {
            let token = self.read();
            match token.kind {
                Kind::CQuote => break,
                Kind::QuotedLit => self.check_escapes(token.range),
                Kind::Interp | Kind::Control => {
                    let sigil = if token.kind == Kind::Interp { '$' } else { '%' };
                    let detail = format!(
                        "Template sequences are not allowed in this string. To include a literal \
                         \"{sigil}\", double it (as \"{sigil}{sigil}\") to escape it."
                    );
                    self.error_within(summary, detail, token.range, open.range);
                    self.recover(Kind::SeqEnd);
                    self.recovering = false;
                }
                Kind::Eof => {
                    let detail =
                        "Unable to find the closing quote mark before the end of the file.";
                    let summary = "Unterminated string literal";
                    self.error_within(summary, detail, token.range, open.range);
                    break;
                }
                // The scanner has reported it.
                _ => {
                    self.recovering = true;
                    if token.kind != Kind::QuotedNewline {
                        self.recover(Kind::CQuote);
                    }
                    break;
                }
            }
        }
        LabelNode { range: open.range.to(self.prev), quoted: true }
    }
}
