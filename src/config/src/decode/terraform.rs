//! `terraform` blocks.

use std::sync::LazyLock;

use groma_lang::syntax::{Attribute, Block, BodySchema};

use super::{Decoder, File};
use crate::model::{Backend, Cloud, ProviderMeta};
use crate::version::CORE;

static TERRAFORM: LazyLock<BodySchema> = LazyLock::new(|| {
    BodySchema::new()
        .optional("required_version")
        .optional("experiments")
        .optional("language")
        .block("backend", &["type"])
        .block("cloud", &[])
        .block("required_providers", &[])
        .block("provider_meta", &["provider"])
});

impl Decoder<'_> {
    pub(super) fn terraform(&mut self, block: &Block, file: &mut File) {
        let content = self.content(&block.body, &TERRAFORM);
        if let Some(attribute) = content.attr("required_version")
            && let Some(constraints) = self.constraints(attribute)
        {
            file.required_versions.push((constraints, attribute.span));
        }
        if let Some(attribute) = content.attr("language") {
            self.language(attribute);
        }
        if let Some(attribute) = content.attr("experiments") {
            let detail = "Experimental features are intended only for gathering early feedback on \
                          new language designs, and so are available only in alpha releases of \
                          Terraform.";
            self.error("Module uses experimental features", detail, attribute.name_span);
        }
        for inner in &content.blocks {
            let label = inner.labels.first();
            match (&*inner.ty, label) {
                ("backend", Some(label)) => file.backends.push(Backend {
                    ty: self.ident(&label.text),
                    ty_span: label.span,
                    body: inner.body.clone(),
                    span: inner.def_span,
                }),
                ("cloud", _) => {
                    file.clouds.push(Cloud { body: inner.body.clone(), span: inner.def_span });
                }
                ("required_providers", _) => {
                    file.requirements.push(self.requirements(inner));
                }
                ("provider_meta", Some(label)) => {
                    let meta = ProviderMeta { body: inner.body.clone(), span: inner.def_span };
                    file.provider_metas.push((self.ident(&label.text), meta));
                }
                _ => {}
            }
        }
    }

    /// The edition of the language, of which there is one.
    fn language(&mut self, attribute: &Attribute) {
        let edition = attribute.expr.as_keyword();
        let (summary, detail) = match edition.as_deref() {
            Some("TF2021") => return,
            Some(other) if other.starts_with("TF") => (
                "Unsupported language edition",
                format!(
                    "Terraform v{CORE} only supports language edition TF2021. This module \
                     requires a newer version of Terraform CLI."
                ),
            ),
            _ => (
                "Invalid language edition",
                format!(
                    "The language argument expects a bare language edition keyword. Terraform \
                     {CORE} supports only language edition TF2021, which is the default."
                ),
            ),
        };
        self.error(summary, detail, attribute.expr.span());
    }
}
