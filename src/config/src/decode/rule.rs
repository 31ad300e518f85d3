//! Conditions with a message: `validation`, `precondition`, `postcondition`, `assert`.

use std::sync::LazyLock;

use groma_lang::syntax::{Block, BodySchema};

use super::Decoder;
use crate::model::Condition;

static RULE: LazyLock<BodySchema> =
    LazyLock::new(|| BodySchema::new().required("condition").required("error_message"));

impl Decoder<'_> {
    /// A condition; `None` if one of its arguments is missing or it cannot stand here.
    pub(super) fn rule(&mut self, block: &Block) -> Option<Condition> {
        let ty = &block.ty;
        if self.overriding {
            let summary = format!("Can't override {ty} blocks");
            let detail = format!("Override files cannot override {:?} blocks.", ty.as_str());
            self.error(summary, detail, block.def_span);
            return None;
        }
        let content = self.content(&block.body, &RULE);
        let condition = content.attr("condition").map(|attribute| &attribute.expr);
        let mut ok = true;
        if let Some(condition) = condition
            && condition.variables().is_empty()
        {
            let detail = "The condition expression must refer to at least one object from \
                          elsewhere in the configuration, or else its result would not be \
                          checking anything.";
            self.error(format!("Invalid {ty} expression"), detail, condition.span());
            ok = false;
        }
        let (condition, message) = (condition?, &content.attr("error_message")?.expr);
        ok.then(|| Condition {
            condition: condition.clone(),
            error_message: message.clone(),
            span: block.def_span,
        })
    }
}
