//! References read on their own, where nothing but names and literal keys may stand.

use super::cursor::Parser;
use crate::syntax::lex::Kind;
use crate::syntax::node::{Node, Range, StepNode, StepNodeKind};
use crate::syntax::tree::ExprId;

impl Parser<'_> {
    /// A name and its steps, to the end of the text.
    pub(super) fn whole_traversal(&mut self) -> ExprId {
        let root = self.read();
        if root.kind != Kind::Ident {
            let detail = "Must begin with a variable name.";
            self.error("Variable name required", detail, root.range);
            return self.invalid(root.range);
        }
        let base = self.steps.len();
        while !self.recovering {
            let next = self.read();
            let step = match next.kind {
                Kind::Eof => break,
                Kind::Dot => self.attribute_step(root.range, next.range),
                Kind::OBrack => self.index_step(root.range, next.range),
                _ => {
                    let detail = "Expected an attribute access or an index operator.";
                    self.error_within("Invalid character", detail, next.range, root.range);
                    None
                }
            };
            match step {
                Some(step) => self.steps.push(step),
                None => self.recovering = true,
            }
        }
        let steps = self.store_steps(base);
        let range = root.range.to(self.prev);
        self.push(Node::Traversal { root_end: root.range.end, steps }, range, &[])
    }

    fn attribute_step(&mut self, root: Range, dot: Range) -> Option<StepNode> {
        let name = self.read();
        let detail = match name.kind {
            Kind::Ident => {
                let kind = StepNodeKind::Attr(name.range);
                return Some(StepNode { range: dot.to(name.range), kind });
            }
            Kind::Star => "Splat expressions (.*) may not be used here.",
            _ => "Dot must be followed by attribute name.",
        };
        self.error_within("Attribute name required", detail, name.range, root);
        None
    }

    fn index_step(&mut self, root: Range, open: Range) -> Option<StepNode> {
        let next = self.peek();
        let kind = match next.kind {
            Kind::Number => {
                self.read();
                self.check_number(next.range);
                StepNodeKind::Number(next.range)
            }
            Kind::OQuote => {
                let label = self.quoted_label().range;
                StepNodeKind::Text(Range::new(label.start + 1, label.end.saturating_sub(1)))
            }
            Kind::Star => {
                let detail = "Splat expressions ([*]) may not be used here.";
                self.error_within("Attribute name required", detail, next.range, root);
                return None;
            }
            _ => {
                let detail =
                    "Index brackets must contain either a literal number or a literal string.";
                self.error_within("Index value required", detail, next.range, root);
                return None;
            }
        };
        let close = self.read();
        if close.kind != Kind::CBrack {
            let detail = "Index key must be followed by a closing bracket.";
            self.error_within("Unclosed index brackets", detail, close.range, open);
            return None;
        }
        Some(StepNode { range: open.to(close.range), kind })
    }
}
