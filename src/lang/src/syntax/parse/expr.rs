//! Expressions: conditionals, operators, terms, and what follows a term.

use groma_value::Number;

use super::cursor::Parser;
use crate::syntax::expr::{BinaryOp, UnaryOp};
use crate::syntax::lex::{Kind, Token};
use crate::syntax::node::{CallNode, Node, Range};
use crate::syntax::tree::ExprId;

impl Parser<'_> {
    pub(super) fn range(&self, id: ExprId) -> Range {
        self.tree.range(id)
    }

    /// Any expression. After a syntax error `self.recovering` is set.
    pub(super) fn expression(&mut self) -> ExprId {
        match self.nested(Self::conditional) {
            Some(id) => id,
            None => self.invalid(self.prev),
        }
    }

    fn conditional(&mut self) -> ExprId {
        let condition = self.operators(1);
        if self.recovering || self.eat(Kind::Question).is_none() {
            return condition;
        }
        let start = self.range(condition);
        let then = self.expression();
        if self.recovering {
            return self.invalid(start.to(self.prev));
        }
        let colon = self.peek();
        if colon.kind != Kind::Colon {
            let detail = "The conditional operator (...?...:...) requires a false expression, \
                          delimited by a colon.";
            let summary = "Missing false expression in conditional";
            self.error_within(summary, detail, colon.range, start);
            self.recovering = true;
            return self.invalid(start.to(self.prev));
        }
        self.read();
        let otherwise = self.expression();
        let range = start.to(self.range(otherwise));
        let node = Node::Conditional { condition, then, otherwise };
        self.push(node, range, &[condition, then, otherwise])
    }

    /// Operands joined by operators that bind at least as tightly as `least`, each grouping to
    /// the left.
    fn operators(&mut self, least: u8) -> ExprId {
        let mut left = self.operand();
        while !self.recovering {
            let Some((op, binding)) = operator(self.peek().kind) else { break };
            if binding < least {
                break;
            }
            self.read();
            let right = self.operators(binding + 1);
            let range = self.range(left).to(self.range(right));
            left = self.push(Node::Binary { op, left, right }, range, &[left, right]);
        }
        left
    }

    /// A term with what follows it.
    fn operand(&mut self) -> ExprId {
        let start = self.peek();
        let op = match start.kind {
            Kind::Minus => UnaryOp::Negate,
            Kind::Bang => UnaryOp::Not,
            _ => {
                let term = self.term();
                return self.postfix(term);
            }
        };
        self.read();
        let operand = self.nested(Self::operand).unwrap_or_else(|| self.invalid(start.range));
        let range = start.range.to(self.range(operand));
        self.push(Node::Unary { op, operand }, range, &[operand])
    }

    fn term(&mut self) -> ExprId {
        let start = self.peek();
        match start.kind {
            Kind::Ident => self.name(),
            Kind::Number => {
                self.read();
                self.check_number(start.range);
                self.push(Node::Number, start.range, &[])
            }
            Kind::OQuote | Kind::OHeredoc => self.template_literal(),
            Kind::OParen => self.parens(),
            Kind::OBrack => self.tuple(),
            Kind::OBrace => self.object(),
            kind => {
                if kind == Kind::Eof {
                    let detail =
                        "Expected the start of an expression, but found the end of the file.";
                    self.error("Missing expression", detail, start.range);
                } else {
                    let detail = "Expected the start of an expression, but found an invalid \
                                  expression token.";
                    self.error("Invalid expression", detail, start.range);
                }
                self.recovering = true;
                self.invalid(start.range)
            }
        }
    }

    fn parens(&mut self) -> ExprId {
        let open = self.read().range;
        let newlines = std::mem::replace(&mut self.newlines, false);
        let inner = self.expression();
        let close = self.peek();
        if self.recovering || close.kind != Kind::CParen {
            let detail = "Expected a closing parenthesis to terminate the expression.";
            self.error_within("Unbalanced parentheses", detail, close.range, open);
            self.recover(Kind::CParen);
        } else {
            self.read();
        }
        self.newlines = newlines;
        self.push(Node::Parens(inner), open.to(self.prev), &[inner])
    }

    /// A keyword, a reference's root, or a function call.
    fn name(&mut self) -> ExprId {
        let name = self.read();
        if matches!(self.peek().kind, Kind::OParen | Kind::DoubleColon) {
            return self.call(name);
        }
        let node = match self.bytes(name.range) {
            b"true" => Node::Bool(true),
            b"false" => Node::Bool(false),
            b"null" => Node::Null,
            _ => return self.reference(name),
        };
        self.push(node, name.range, &[])
    }

    pub(super) fn check_number(&mut self, range: Range) {
        if !is_number(self.bytes(range)) {
            let detail = "Failed to recognize the value of this number literal.";
            self.error_always("Invalid number literal", detail, range, None);
        }
    }

    fn call(&mut self, first: Token) -> ExprId {
        let mut name = first.range;
        let mut words = Vec::new();
        let open = loop {
            let token = self.read();
            if token.kind != Kind::DoubleColon {
                break token;
            }
            let word = self.read();
            if word.kind != Kind::Ident {
                let detail = "Function scope resolution symbol :: must be followed by a function \
                              name in this scope.";
                let summary = "Missing function name";
                self.error_within(summary, detail, word.range, first.range);
                self.recover_over_parens();
                return self.invalid(first.range.to(word.range));
            }
            words.push(word.range);
            name = name.to(word.range);
        };
        if open.kind != Kind::OParen {
            let detail = "Function selector must be followed by an open parenthesis to begin the \
                          function call.";
            let summary = "Missing open parenthesis";
            self.error_within(summary, detail, open.range, first.range);
            self.recover_over_parens();
            return self.invalid(first.range.to(open.range));
        }
        let tidy_name = (!words.is_empty()).then(|| {
            let words: Vec<_> =
                [first.range].iter().chain(&words).map(|word| self.text(*word)).collect();
            self.store_string(words.join("::"))
        });
        let newlines = std::mem::replace(&mut self.newlines, false);
        let base = self.children.len();
        let expand = self.arguments(name, open);
        self.newlines = newlines;
        let close = self.prev;
        self.push_list(base, name.to(close), |tree, args| {
            let open = open.range;
            tree.calls.push(CallNode { name, tidy_name, args, expand, open, close });
            Node::Call(tree.calls.len() as u32 - 1)
        })
    }

    /// The arguments up to and with the closing parenthesis, onto `self.children`. Whether the
    /// last is expanded.
    fn arguments(&mut self, name: Range, open: Token) -> bool {
        loop {
            if self.eat(Kind::CParen).is_some() {
                return false;
            }
            let argument = self.expression();
            self.children.push(argument);
            if self.recovering {
                self.recover(Kind::CParen);
                return false;
            }
            let separator = self.read();
            match separator.kind {
                Kind::CParen => return false,
                Kind::Comma => {}
                Kind::Ellipsis => {
                    if self.eat(Kind::CParen).is_none() {
                        let detail = "An expanded function argument (with ...) must be \
                                      immediately followed by closing parentheses.";
                        let summary = "Missing closing parenthesis";
                        self.error_within(summary, detail, separator.range, name);
                        self.recover(Kind::CParen);
                    }
                    return true;
                }
                Kind::Eof => {
                    let detail = "There is no closing parenthesis for this function call before \
                                  the end of the file. This may be caused by incorrect \
                                  parenthesis nesting elsewhere in this file.";
                    self.error("Unterminated function call", detail, name.to(open.range));
                    self.recovering = true;
                    return false;
                }
                _ => {
                    let detail = "A comma is required to separate each function argument from \
                                  the next.";
                    let summary = "Missing argument separator";
                    self.error_within(summary, detail, separator.range, name);
                    self.recover(Kind::CParen);
                    return false;
                }
            }
        }
    }
}

/// An operator and how tightly it binds.
const fn operator(kind: Kind) -> Option<(BinaryOp, u8)> {
    Some(match kind {
        Kind::Or => (BinaryOp::Or, 1),
        Kind::And => (BinaryOp::And, 2),
        Kind::EqualOp => (BinaryOp::Equal, 3),
        Kind::NotEqual => (BinaryOp::NotEqual, 3),
        Kind::Greater => (BinaryOp::Greater, 4),
        Kind::GreaterEq => (BinaryOp::GreaterOrEqual, 4),
        Kind::Less => (BinaryOp::Less, 4),
        Kind::LessEq => (BinaryOp::LessOrEqual, 4),
        Kind::Plus => (BinaryOp::Add, 5),
        Kind::Minus => (BinaryOp::Subtract, 5),
        Kind::Star => (BinaryOp::Multiply, 6),
        Kind::Slash => (BinaryOp::Divide, 6),
        Kind::Percent => (BinaryOp::Modulo, 6),
        _ => return None,
    })
}

/// What the scanner takes for a number may have several dots or exponents, or an exponent beyond
/// all bounds.
fn is_number(text: &[u8]) -> bool {
    let exponent = text.iter().position(|b| matches!(b, b'e' | b'E')).unwrap_or(text.len());
    let (mantissa, exponent) = text.split_at(exponent);
    let dots = mantissa.split(|b| *b == b'.').count() - 1;
    let tail = exponent.get(1..).unwrap_or_default();
    let digits = tail.strip_prefix(b"+").or(tail.strip_prefix(b"-")).unwrap_or(tail);
    dots <= 1
        && digits.iter().all(u8::is_ascii_digit)
        && (exponent.is_empty() || is_representable(text))
}

/// Whether a number with an exponent has a value.
pub(in crate::syntax) fn is_representable(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| text.parse::<Number>().is_ok())
}
