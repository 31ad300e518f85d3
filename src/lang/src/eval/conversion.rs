//! Values converted to the type that the place they are in asks for.

use groma_diag::{Diagnostic, Diagnostics, Span};
use groma_value::{ConvertError, Type, Value, convert};

use super::describe::Cause;
use super::evaluator::evaluate;
use super::reference::expression_values;
use super::scope::Scope;
use crate::syntax::{Attribute, Expr};

/// The value of an argument as type `ty`, which may have optional attributes. If it has no
/// conversion the diagnostic names the argument, and the result is unknown.
pub fn convert_for(
    attribute: &Attribute,
    value: Value,
    ty: &Type,
    scope: &dyn Scope,
    diags: &mut Diagnostics,
) -> Value {
    if fits(&value, ty) {
        return value;
    }
    convert(&value, ty).unwrap_or_else(|error| {
        let detail = format!("Inappropriate value for attribute {:?}: {error}.", attribute.name);
        let place = attribute.expr.span();
        let mut diagnostic = Diagnostic::error("Incorrect attribute value type", detail)
            .at(place)
            .within(attribute.name_span.to(place));
        diagnostic.values = expression_values(&attribute.expr, scope, Cause::default());
        diags.push(diagnostic);
        Value::unknown(ty.without_optional())
    })
}

/// The value of `expr` as type `ty`: what fails to evaluate or to convert is unknown, of that
/// type.
pub fn evaluate_as(expr: &Expr, ty: &Type, scope: &dyn Scope) -> (Value, Diagnostics) {
    let (value, mut diags) = evaluate(expr, scope);
    if fits(&value, ty) {
        return (value, diags);
    }
    match convert(&value, ty) {
        Ok(value) => (value, diags),
        Err(error) => {
            let mut diagnostic = mismatch(&error, expr.span());
            diagnostic.values = expression_values(expr, scope, Cause::default());
            diags.push(diagnostic);
            (Value::unknown(ty.without_optional()), diags)
        }
    }
}

fn mismatch(error: &ConvertError, place: Span) -> Diagnostic {
    let path = error.path.to_string();
    let detail = if path.is_empty() {
        format!("Invalid expression value: {error}.")
    } else {
        format!("Invalid expression value: {path}: {error}.")
    };
    Diagnostic::error("Incorrect value type", detail).at(place)
}

/// Whether no conversion is needed, where that is cheap to see.
fn fits(value: &Value, ty: &Type) -> bool {
    match ty {
        Type::Dynamic => true,
        Type::String => value.as_str().is_some(),
        Type::Number => value.as_number().is_some(),
        Type::Bool => value.as_bool().is_some(),
        _ => false,
    }
}
