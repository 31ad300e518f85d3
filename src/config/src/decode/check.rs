//! `check` blocks.

use std::sync::LazyLock;

use groma_lang::syntax::{Block, BodySchema};

use super::{Decoder, File};
use crate::model::Check;

static CHECK: LazyLock<BodySchema> =
    LazyLock::new(|| BodySchema::new().block("data", &["type", "name"]).block("assert", &[]));

impl Decoder<'_> {
    pub(super) fn check(&mut self, block: &Block, file: &mut File) {
        if self.overriding {
            let detail = "Override files cannot override check blocks.";
            self.error("Can't override check blocks", detail, block.def_span);
            return;
        }
        let content = self.content(&block.body, &CHECK);
        let Some(label) = self.label(block, 0, "Invalid check block name") else { return };
        let name = self.ident(&label.text);
        let mut check =
            Check { name: name.clone(), data: None, asserts: Vec::new(), span: block.def_span };
        let mut data: Option<&Block> = None;
        for inner in &content.blocks {
            if &*inner.ty == "assert" {
                check.asserts.extend(self.rule(inner));
                continue;
            }
            if let Some(first) = data {
                let place = self.place(first.def_span);
                let detail =
                    format!("This check block already has a data resource defined at {place}.");
                self.error("Multiple data resource blocks", detail, inner.def_span);
                continue;
            }
            let before = self.diags.len();
            if let Some(draft) = self.data(inner, Some(&name)) {
                data = Some(inner).filter(|_| self.diags.len() == before);
                check.data = Some(draft.addr.clone());
                file.resources.push(draft);
            }
        }
        if check.asserts.is_empty() {
            let detail = "Check blocks must have at least one assert block.";
            self.error("Zero assert blocks", detail, block.def_span);
        }
        file.checks.push(check);
    }
}
