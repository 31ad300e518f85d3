//! Arguments whose value is read without a scope: constants.

use groma_diag::Diagnostic;
use groma_lang::eval::{NoScope, evaluate, start_span};
use groma_lang::syntax::{Attribute, Expr};
use groma_value::{Type, Value, convert};

use super::Decoder;
use crate::version::Constraints;

impl Decoder<'_> {
    /// The text of an argument; `None` if it is not there or not as it must be, which has then
    /// been said.
    pub(super) fn string(&mut self, attribute: Option<&Attribute>) -> Option<String> {
        let value = self.literal(&attribute?.expr, &Type::String)?;
        value.as_str().map(|text| text.as_str().to_owned())
    }

    /// The same of a truth value.
    pub(super) fn bool(&mut self, attribute: Option<&Attribute>) -> Option<bool> {
        self.literal(&attribute?.expr, &Type::Bool)?.as_bool()
    }

    /// A value of a primitive type that must be known and not null.
    fn literal(&mut self, expr: &Expr, ty: &Type) -> Option<Value> {
        let (value, diags) = evaluate(expr, &NoScope);
        self.diags.extend(diags);
        let why = match convert(&value, ty) {
            Ok(value) if !value.is_known() => "value must be known".to_owned(),
            Ok(value) if value.is_null() => "null value is not allowed".to_owned(),
            Ok(value) => return Some(value),
            Err(error) => error.to_string(),
        };
        self.diags.push(
            Diagnostic::error("Unsuitable value type", format!("Unsuitable value: {why}"))
                .at(start_span(expr.as_ref()))
                .within(expr.span()),
        );
        None
    }

    /// The version constraints of an argument. One that is null admits everything.
    pub(super) fn constraints(&mut self, attribute: &Attribute) -> Option<Constraints> {
        let summary = "Invalid version constraint";
        let (value, diags) = evaluate(&attribute.expr, &NoScope);
        let failed = diags.has_errors();
        self.diags.extend(diags);
        if failed {
            return None;
        }
        let span = attribute.expr.span();
        let Ok(value) = convert(&value, &Type::String) else {
            let detail = format!("A string value is required for {}.", attribute.name);
            self.error(summary, detail, span);
            return None;
        };
        if value.is_null() {
            return Some(Constraints::default());
        }
        let Some(text) = value.as_str() else {
            let detail = format!("A string value is required for {}.", attribute.name);
            self.error(summary, detail, span);
            return None;
        };
        text.parse()
            .map_err(|_| {
                let detail = "This string does not use correct version constraint syntax.";
                self.error(summary, detail, span);
            })
            .ok()
    }
}
