//! `locals` blocks.

use groma_lang::syntax::{Block, is_identifier};

use super::{BAD_IDENTIFIER, Decoder};
use crate::model::Local;

impl Decoder<'_> {
    pub(super) fn locals(&mut self, block: &Block, locals: &mut Vec<Local>) {
        let (attributes, diags) = block.body.just_attributes();
        self.diags.extend(diags);
        for attribute in attributes {
            if !is_identifier(&attribute.name) {
                self.error("Invalid local value name", BAD_IDENTIFIER, attribute.name_span);
            }
            let name = self.ident(&attribute.name);
            locals.push(Local { name, expr: attribute.expr, span: attribute.span });
        }
    }
}
