//! Expressions read for what they are, not what they evaluate to: `depends_on`,
//! `ignore_changes`, `providers`, type constraints.
//!
//! In JSON syntax a string stands for the native expression that it holds.

use groma_diag::Diagnostics;

use super::expr::{ExprRef, StaticCall};
use super::node::Node;
use super::{Expr, Traversal};

impl Expr {
    /// See [`ExprRef::as_traversal`].
    pub fn as_traversal(&self) -> Result<Traversal, Diagnostics> {
        self.as_ref().as_traversal()
    }

    /// See [`ExprRef::as_keyword`].
    pub fn as_keyword(&self) -> Option<String> {
        self.as_ref().as_keyword()
    }

    /// See [`ExprRef::as_literal_list`].
    pub fn as_literal_list(&self) -> Result<Vec<Self>, Diagnostics> {
        self.as_ref().as_literal_list()
    }

    /// See [`ExprRef::as_map_items`].
    pub fn as_map_items(&self) -> Result<Vec<(Self, Self)>, Diagnostics> {
        self.as_ref().as_map_items()
    }

    /// See [`ExprRef::as_call`].
    pub fn as_call(&self) -> Result<StaticCall, Diagnostics> {
        self.as_ref().as_call()
    }
}

impl ExprRef<'_> {
    /// The reference that it is, with literal steps only. `(a.b)` is not a reference.
    pub fn as_traversal(self) -> Result<Traversal, Diagnostics> {
        todo!()
    }

    /// The single name that it is.
    pub fn as_keyword(self) -> Option<String> {
        todo!()
    }

    /// The elements of a tuple constructor.
    pub fn as_literal_list(self) -> Result<Vec<Expr>, Diagnostics> {
        match self.tree.node(self.id) {
            Node::Tuple(items) => {
                Ok(self.tree.list(items).iter().map(|id| self.at(*id).to_expr()).collect())
            }
            _ => todo!(),
        }
    }

    /// The keys and values of an object constructor.
    pub fn as_map_items(self) -> Result<Vec<(Expr, Expr)>, Diagnostics> {
        todo!()
    }

    /// The function call that it is.
    pub fn as_call(self) -> Result<StaticCall, Diagnostics> {
        todo!()
    }
}
