//! What follows a term: attributes, indexes and splats.

use super::cursor::Parser;
use crate::syntax::lex::{Kind, Token};
use crate::syntax::node::{Node, Range, StepNode, StepNodeKind};
use crate::syntax::tree::ExprId;

const ATTRIBUTE_NAME: &str = "Invalid attribute name";
const AFTER_DOT: &str = "An attribute name is required after a dot.";

/// What the steps at hand start from.
enum From {
    /// A name of the scope.
    Root(Range),
    Expr(ExprId),
}

/// A chain of steps that is being read: the steps are in `Parser::steps` from `base` on.
struct Chain {
    from: From,
    base: usize,
    end: Range,
}

impl Parser<'_> {
    /// A reference from the scope, with its steps.
    pub(super) fn reference(&mut self, name: Token) -> ExprId {
        let root = name.range;
        let chain = Chain { from: From::Root(root), base: self.steps.len(), end: root };
        self.chain(chain)
    }

    /// The steps after any other term.
    pub(super) fn postfix(&mut self, term: ExprId) -> ExprId {
        let end = self.range(term);
        self.chain(Chain { from: From::Expr(term), base: self.steps.len(), end })
    }

    fn chain(&mut self, mut chain: Chain) -> ExprId {
        while !self.recovering {
            match self.peek().kind {
                Kind::Dot => {
                    let dot = self.read().range;
                    chain = self.dot(chain, dot);
                }
                Kind::OBrack => {
                    let open = self.read().range;
                    chain = self.bracket(chain, open);
                }
                _ => break,
            }
        }
        self.end_chain(&chain)
    }

    fn step(&mut self, chain: &mut Chain, kind: StepNodeKind, range: Range) {
        self.steps.push(StepNode { range, kind });
        chain.end = range;
    }

    /// The node for what has been read so far.
    fn end_chain(&mut self, chain: &Chain) -> ExprId {
        let count = self.steps.len() - chain.base;
        match chain.from {
            From::Root(root) => {
                let steps = self.store_steps(chain.base);
                let node = Node::Traversal { root_end: root.end, steps };
                self.push(node, root.to(chain.end), &[])
            }
            From::Expr(source) if count == 0 => source,
            From::Expr(source) => {
                let steps = self.store_steps(chain.base);
                let range = self.range(source).to(chain.end);
                self.push(Node::Relative { source, steps }, range, &[source])
            }
        }
    }

    /// The same chain, from an expression that has swallowed it.
    fn rebase(&self, id: ExprId) -> Chain {
        Chain { from: From::Expr(id), base: self.steps.len(), end: self.range(id) }
    }

    fn dot(&mut self, mut chain: Chain, dot: Range) -> Chain {
        let next = self.peek();
        match next.kind {
            Kind::Ident => {
                self.read();
                self.step(&mut chain, StepNodeKind::Attr(next.range), dot.to(next.range));
            }
            Kind::Number => {
                self.read();
                self.legacy_index(next, "Use the proper index syntax instead");
                self.step(&mut chain, StepNodeKind::Number(next.range), dot.to(next.range));
            }
            Kind::Star => {
                self.read();
                return self.attribute_splat(&chain, dot.to(next.range));
            }
            _ => {
                self.error(ATTRIBUTE_NAME, AFTER_DOT, next.range);
                self.recovering = true;
            }
        }
        chain
    }

    /// Checks the number of `a.0`: `a.0.1` reads as the number 0.1.
    fn legacy_index(&mut self, number: Token, advice: &str) {
        let text = self.text(number.range);
        let Some((first, second)) = text.split_once('.') else {
            self.check_number(number.range);
            return;
        };
        let detail = format!(
            "When using the legacy index syntax, chaining two indexes together is not permitted. \
             {advice}, like [{first}][{second}]."
        );
        self.error_always("Invalid legacy index syntax", detail, number.range, None);
    }

    /// `.*` and the attributes after it.
    fn attribute_splat(&mut self, chain: &Chain, marker: Range) -> Chain {
        let source = self.end_chain(chain);
        let item = self.push(Node::SplatItem, marker, &[]);
        let mut inner = self.rebase(item);
        while let Some(dot) = self.eat(Kind::Dot) {
            let next = self.peek();
            match next.kind {
                Kind::Ident => {
                    self.read();
                    let range = dot.range.to(next.range);
                    self.step(&mut inner, StepNodeKind::Attr(next.range), range);
                }
                Kind::Number => {
                    self.read();
                    self.legacy_index(
                        next,
                        "Use the proper index syntax with a full splat expression [*] instead",
                    );
                    let range = dot.range.to(next.range);
                    self.step(&mut inner, StepNodeKind::Number(next.range), range);
                }
                Kind::Star => {
                    let detail = "A splat expression (*) cannot be used inside another \
                                  attribute-only splat expression.";
                    self.error("Nested splat expression not allowed", detail, next.range);
                    self.recovering = true;
                }
                _ => {
                    self.error(ATTRIBUTE_NAME, AFTER_DOT, next.range);
                    self.recovering = true;
                }
            }
            if self.recovering {
                break;
            }
        }
        let each = self.end_chain(&inner);
        let range = self.range(source).to(self.range(each));
        let splat = Node::Splat { source, each, full: false };
        let splat = self.push(splat, range, &[source, each]);
        self.rebase(splat)
    }

    fn bracket(&mut self, chain: Chain, open: Range) -> Chain {
        if self.eat(Kind::Star).is_some() {
            return self.full_splat(&chain, open);
        }
        let newlines = std::mem::replace(&mut self.newlines, false);
        let key = self.expression();
        let close = self.peek();
        if self.recovering || close.kind != Kind::CBrack {
            let detail = "The index operator must end with a closing bracket (\"]\").";
            self.error("Missing close bracket on index", detail, close.range);
            self.recover(Kind::CBrack);
        } else {
            self.read();
        }
        self.newlines = newlines;
        self.index(chain, open.to(self.prev), key)
    }

    fn index(&mut self, mut chain: Chain, brackets: Range, key: ExprId) -> Chain {
        let range = self.range(key);
        let step = match self.tree.node(key) {
            Node::Number => StepNodeKind::Number(range),
            Node::Quoted => StepNodeKind::Text(Range::new(range.start + 1, range.end - 1)),
            _ => {
                let collection = self.end_chain(&chain);
                let range = self.range(collection).to(brackets);
                let index = Node::Index { collection, key };
                let index = self.push(index, range, &[collection, key]);
                return self.rebase(index);
            }
        };
        self.step(&mut chain, step, brackets);
        chain
    }

    /// `[*]`, which takes all the steps after it.
    fn full_splat(&mut self, chain: &Chain, open: Range) -> Chain {
        let close = self.read();
        if close.kind != Kind::CBrack {
            let detail = "The star for a full splat operator must be immediately followed by a \
                          closing bracket (\"]\").";
            self.error("Missing close bracket on splat index", detail, close.range);
            self.recover(Kind::CBrack);
        }
        let source = self.end_chain(chain);
        let item = self.push(Node::SplatItem, open.to(self.prev), &[]);
        let each = self.nested(|parser| parser.postfix(item)).unwrap_or(item);
        let range = self.range(source).to(self.range(each));
        let splat = Node::Splat { source, each, full: true };
        let splat = self.push(splat, range, &[source, each]);
        self.rebase(splat)
    }
}
