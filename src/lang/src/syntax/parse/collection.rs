//! Tuples, objects and `for` expressions.

use super::cursor::Parser;
use crate::syntax::lex::Kind;
use crate::syntax::node::{ForNode, Node, Range};
use crate::syntax::tree::ExprId;

const FOR: &str = "Invalid 'for' expression";

impl Parser<'_> {
    pub(super) fn tuple(&mut self) -> ExprId {
        let open = self.read().range;
        let newlines = std::mem::replace(&mut self.newlines, false);
        let next = self.peek();
        let id = if self.is_word(next, "for") {
            self.for_expression(open, Kind::CBrack)
        } else {
            let base = self.children.len();
            self.tuple_items(open);
            self.push_list(base, open.to(self.prev), |_, items| Node::Tuple(items))
        };
        self.newlines = newlines;
        id
    }

    fn tuple_items(&mut self, open: Range) {
        while self.eat(Kind::CBrack).is_none() {
            let item = self.expression();
            self.children.push(item);
            if self.recovering {
                self.recover(Kind::CBrack);
                return;
            }
            let next = self.peek();
            match next.kind {
                Kind::CBrack => {}
                Kind::Comma => {
                    self.read();
                }
                Kind::Eof => {
                    let detail = "There is no corresponding closing bracket before the end of \
                                  the file. This may be caused by incorrect bracket nesting \
                                  elsewhere in this file.";
                    self.error("Unterminated tuple constructor expression", detail, open);
                    self.recovering = true;
                    return;
                }
                _ => {
                    let detail = "Expected a comma to mark the beginning of the next item.";
                    self.error_within("Missing item separator", detail, next.range, open);
                    self.recover(Kind::CBrack);
                    return;
                }
            }
        }
    }

    pub(super) fn object(&mut self) -> ExprId {
        let open = self.read().range;
        let newlines = std::mem::replace(&mut self.newlines, false);
        let next = self.peek();
        let id = if self.is_word(next, "for") {
            self.for_expression(open, Kind::CBrace)
        } else {
            self.newlines = true;
            let base = self.children.len();
            if !self.object_items(open) {
                self.recover(Kind::CBrace);
            }
            self.push_list(base, open.to(self.prev), |_, items| Node::Object(items))
        };
        self.newlines = newlines;
        id
    }

    /// Keys and values up to and with the closing brace. False after an error.
    fn object_items(&mut self, open: Range) -> bool {
        loop {
            let next = self.peek();
            if matches!(next.kind, Kind::Newline | Kind::CBrace) {
                self.read();
                if next.kind == Kind::CBrace {
                    return true;
                }
                continue;
            }
            let key = self.expression();
            if self.recovering || !self.key_separator(open) {
                return false;
            }
            let value = self.expression();
            self.children.extend([key, value]);
            if self.recovering {
                return false;
            }
            let next = self.peek();
            match next.kind {
                Kind::CBrace => {}
                Kind::Comma | Kind::Newline => {
                    self.read();
                }
                Kind::Eof => {
                    self.unterminated_object(open);
                    return false;
                }
                _ => {
                    let detail =
                        "Expected a newline or comma to mark the beginning of the next attribute.";
                    self.error_within("Missing attribute separator", detail, next.range, open);
                    return false;
                }
            }
        }
    }

    /// `=` or `:`
    fn key_separator(&mut self, open: Range) -> bool {
        let next = self.peek();
        let (summary, detail) = match next.kind {
            Kind::Equal | Kind::Colon => {
                self.read();
                return true;
            }
            Kind::Eof => {
                self.unterminated_object(open);
                return false;
            }
            Kind::Newline | Kind::Comma => (
                "Missing attribute value",
                "Expected an attribute value, introduced by an equals sign (\"=\").",
            ),
            Kind::Ident => (
                "Missing key/value separator",
                "Expected an equals sign (\"=\") to mark the beginning of the attribute value. \
                 If you intended to given an attribute name containing periods or spaces, write \
                 the name in quotes to create a string literal.",
            ),
            _ => (
                "Missing key/value separator",
                "Expected an equals sign (\"=\") to mark the beginning of the attribute value.",
            ),
        };
        self.error_within(summary, detail, next.range, open);
        false
    }

    fn unterminated_object(&mut self, open: Range) {
        let detail = "There is no corresponding closing brace before the end of the file. This \
                      may be caused by incorrect brace nesting elsewhere in this file.";
        self.error("Unterminated object constructor expression", detail, open);
    }

    /// After the opening bracket: `for …` up to and with the closing one.
    fn for_expression(&mut self, open: Range, close: Kind) -> ExprId {
        if let Some(node) = self.for_parts(open, close) {
            let children: Vec<_> = [Some(node.collection), node.key, Some(node.value)]
                .into_iter()
                .chain([node.condition])
                .flatten()
                .collect();
            self.tree.fors.push(node);
            let index = self.tree.fors.len() as u32 - 1;
            return self.push(Node::For(index), open.to(self.prev), &children);
        }
        self.recover(close);
        self.invalid(open.to(self.prev))
    }

    fn for_error(&mut self, detail: &str, open: Range) {
        let at = self.peek().range;
        self.error_within(FOR, detail, at, open);
    }

    fn for_parts(&mut self, open: Range, close: Kind) -> Option<ForNode> {
        self.read();
        let (key_var, value_var) = self.for_names(FOR, Some(open), "For expression")?;
        let collection = self.expression();
        if self.recovering {
            return None;
        }
        if self.eat(Kind::Colon).is_none() {
            self.for_error(
                "For expression requires a colon after the collection expression.",
                open,
            );
            return None;
        }
        let header = open.to(self.prev);
        let (mut key, mut value) = (None, self.expression());
        if !self.recovering && self.eat(Kind::FatArrow).is_some() {
            key = Some(std::mem::replace(&mut value, self.expression()));
        }
        if self.recovering {
            return None;
        }
        let ellipsis = self.eat(Kind::Ellipsis);
        let next = self.peek();
        let mut condition = None;
        if self.is_word(next, "if") {
            self.read();
            condition = Some(self.expression());
            if self.recovering {
                return None;
            }
        }
        if self.eat(close).is_none() {
            self.for_error("Extra characters after the end of the 'for' expression.", open);
            return None;
        }
        let group = ellipsis.map(|token| token.range);
        self.check_for_result(open, close, key, value, group);
        let group = group.is_some();
        Some(ForNode { key_var, value_var, collection, key, value, condition, group, open: header })
    }

    fn check_for_result(
        &mut self,
        open: Range,
        close: Kind,
        key: Option<ExprId>,
        value: ExprId,
        group: Option<Range>,
    ) {
        let whole = Some(open.to(self.prev));
        if close == Kind::CBrack {
            if let Some(key) = key {
                let detail = "Key expression is not valid when building a tuple.";
                self.error_always(FOR, detail, self.range(key), whole);
            }
            if let Some(group) = group {
                let detail = "Grouping ellipsis (...) cannot be used when building a tuple.";
                self.error_always(FOR, detail, group, whole);
            }
        } else if key.is_none() {
            let detail = "Key expression is required when building an object.";
            self.error_always(FOR, detail, self.range(value), whole);
        }
    }

    /// `name in` or `name, name in`, of a `for` expression or directive.
    pub(super) fn for_names(
        &mut self,
        summary: &str,
        context: Option<Range>,
        what: &str,
    ) -> Option<(Option<Range>, Range)> {
        let complain = |parser: &mut Self, missing: &str| {
            let at = parser.peek().range;
            let detail = format!("{what} requires {missing}.");
            match context {
                Some(open) => parser.error_within(summary, detail, at, open),
                None => parser.error(summary, detail, at),
            }
        };
        let Some(first) = self.eat(Kind::Ident) else {
            complain(self, "variable name after 'for'");
            return None;
        };
        let mut names = (None, first.range);
        if self.eat(Kind::Comma).is_some() {
            let Some(second) = self.eat(Kind::Ident) else {
                complain(self, "value variable name after comma");
                return None;
            };
            names = (Some(first.range), second.range);
        }
        let next = self.peek();
        if self.is_word(next, "in") {
            self.read();
            return Some(names);
        }
        let missing = match context {
            Some(_) => "the 'in' keyword after its name declarations",
            None => "'in' keyword after names",
        };
        complain(self, missing);
        None
    }
}
