//! `output` blocks.

use std::sync::LazyLock;

use groma_diag::Span;
use groma_lang::syntax::{Block, BodySchema, Expr, Traversal};

use super::Decoder;
use crate::model::{Condition, Output};

static OUTPUT: LazyLock<BodySchema> = LazyLock::new(|| {
    BodySchema::new()
        .optional("description")
        .required("value")
        .optional("depends_on")
        .optional("sensitive")
        .optional("ephemeral")
        .block("precondition", &[])
        .block("postcondition", &[])
});

/// In an override file, what is not there stays as it was.
static OVERRIDE: LazyLock<BodySchema> = LazyLock::new(|| {
    BodySchema::new()
        .optional("description")
        .optional("value")
        .optional("depends_on")
        .optional("sensitive")
        .optional("ephemeral")
        .block("precondition", &[])
        .block("postcondition", &[])
});

/// An `output` block, with what it says told from what it leaves out.
pub(crate) struct OutputDraft {
    pub(crate) name: groma_addr::Ident,
    pub(crate) expr: Option<Expr>,
    pub(crate) description: Option<String>,
    pub(crate) sensitive: Option<bool>,
    pub(crate) ephemeral: Option<bool>,
    pub(crate) depends_on: Vec<Traversal>,
    pub(crate) preconditions: Vec<Condition>,
    pub(crate) span: Span,
}

impl Decoder<'_> {
    pub(super) fn output(&mut self, block: &Block) -> Option<OutputDraft> {
        let schema = if self.overriding { &OVERRIDE } else { &OUTPUT };
        let content = self.content(&block.body, schema);
        let label = self.label(block, 0, "Invalid output name")?;
        let description = self.string(content.attr("description"));
        let sensitive = self.bool(content.attr("sensitive"));
        let ephemeral = self.bool(content.attr("ephemeral"));
        let depends_on = self.depends_on(content.attr("depends_on"));
        let mut preconditions = Vec::new();
        for block in &content.blocks {
            if &*block.ty == "precondition" {
                preconditions.extend(self.rule(block));
            } else {
                let detail = "Output values can only have preconditions, not postconditions.";
                self.error("Postconditions are not allowed", detail, block.ty_span);
            }
        }
        Some(OutputDraft {
            name: self.ident(&label.text),
            expr: content.attr("value").map(|attribute| attribute.expr.clone()),
            description,
            sensitive,
            ephemeral,
            depends_on,
            preconditions,
            span: block.def_span,
        })
    }
}

impl OutputDraft {
    /// What the block says. Without a value (which has been complained of) it is nothing.
    pub(crate) fn finish(self) -> Option<Output> {
        Some(Output {
            name: self.name,
            expr: self.expr?,
            description: self.description,
            sensitive: self.sensitive.unwrap_or(false),
            ephemeral: self.ephemeral.unwrap_or(false),
            depends_on: self.depends_on,
            preconditions: self.preconditions,
            span: self.span,
        })
    }
}
