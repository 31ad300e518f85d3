//! `provider` blocks.

use std::sync::LazyLock;

use groma_addr::{Ident, LocalProvider};
use groma_diag::Span;
use groma_lang::syntax::{Block, Body, BodySchema};

use super::Decoder;
use super::provisioner::merged;
use super::shim::name_problem;
use crate::version::Constraints;

const RESERVED: &[&str] = &["count", "depends_on", "for_each", "source"];

static PROVIDER: LazyLock<BodySchema> = LazyLock::new(|| {
    let schema = BodySchema::new().optional("alias").optional("version");
    let schema = RESERVED.iter().fold(schema, |schema, name| schema.optional(*name));
    schema.block("_", &[]).block("lifecycle", &[]).block("locals", &[])
});

/// A `provider` block, before it is known which provider its name stands for.
pub(crate) struct ProviderDraft {
    pub(crate) addr: LocalProvider,
    pub(crate) version: Option<(Constraints, Span)>,
    pub(crate) body: Body,
    pub(crate) span: Span,
}

impl Decoder<'_> {
    pub(super) fn provider(&mut self, block: &Block) -> Option<ProviderDraft> {
        let (content, mut body) = self.partial(&block.body, &PROVIDER);
        let label = block.labels.first()?;
        if let Some(problem) = name_problem(&label.text) {
            self.diags.push(problem.at(block.def_span));
            return None;
        }
        let name = self.ident(&label.text);
        let alias = content.attr("alias").map(|attribute| {
            let alias = self.string(Some(attribute)).unwrap_or_default();
            self.check_alias(&alias);
            Ident::from(alias)
        });
        let version = content.attr("version").and_then(|attribute| {
            let detail = "Terraform 0.13 and earlier allowed provider version constraints inside \
                          the provider configuration block, but that is now deprecated and will \
                          be removed in a future version of Terraform. To silence this warning, \
                          move the provider version constraint into the required_providers block.";
            let summary = "Version constraints inside provider configuration blocks are deprecated";
            self.warning(summary, detail, attribute.expr.span());
            Some((self.constraints(attribute)?, attribute.span))
        });
        for attribute in content.attributes.iter().filter(|a| RESERVED.contains(&&*a.name)) {
            let detail = format!(
                "The provider argument name {:?} is reserved for use by Terraform in a future \
                 version.",
                attribute.name.as_str()
            );
            let summary = "Reserved argument name in provider block";
            self.error(summary, detail, attribute.name_span);
        }
        let mut escape: Option<&Block> = None;
        for inner in &content.blocks {
            match (&*inner.ty, escape) {
                ("_", Some(first)) => self.duplicate_escape(inner, first, "provider"),
                ("_", None) => {
                    escape = Some(inner);
                    self.check_escape(&body, &inner.body);
                    body = merged(&body, &inner.body);
                }
                _ => self.reserved_block(inner, "provider"),
            }
        }
        Some(ProviderDraft {
            addr: LocalProvider { name, alias },
            version,
            body,
            span: block.def_span,
        })
    }
}
