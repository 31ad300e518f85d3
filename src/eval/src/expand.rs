//! `count` and `for_each`: the one place where something becomes many.

use std::collections::BTreeMap;

use groma_config::Repetition;
use groma_diag::{Diagnostic, Diagnostics};
use groma_lang::eval::{Cause, Scope, evaluate, expression_values};
use groma_lang::syntax::Expr;
use groma_value::{Number, Type, Value, View, convert};

use crate::{Instances, KeyData};

/// How many instances something has.
#[derive(Clone, Debug)]
pub enum Expansion {
    /// These.
    Known(Instances<KeyData>),
    /// Not known yet.
    Unknown,
    /// It could not be worked out, which the diagnostics say.
    Failed,
}

/// Evaluates `count` or `for_each`.
///
/// An expansion that is not known is an error, as Terraform has it, unless `allow_unknown`.
pub fn expand(
    repetition: &Repetition,
    scope: &dyn Scope,
    allow_unknown: bool,
) -> (Expansion, Diagnostics) {
    match repetition {
        Repetition::Single => {
            (Expansion::Known(Instances::Single(KeyData::NONE)), Diagnostics::new())
        }
        Repetition::Count(expr) => expand_count(expr, scope, allow_unknown),
        Repetition::ForEach(expr) => expand_for_each(expr, scope, allow_unknown),
    }
}

fn failed(
    expr: &Expr,
    scope: &dyn Scope,
    summary: &str,
    detail: &str,
    cause: Cause,
) -> (Expansion, Diagnostics) {
    let mut diagnostic = Diagnostic::error(summary, detail).at(expr.span());
    diagnostic.values = expression_values(expr, scope, cause);
    (Expansion::Failed, diagnostic.into())
}

/// The same without values: of `count` Terraform shows none.
fn unvalued(expr: &Expr, summary: &str, detail: &str) -> (Expansion, Diagnostics) {
    (Expansion::Failed, Diagnostic::error(summary, detail).at(expr.span()).into())
}

fn expand_count(expr: &Expr, scope: &dyn Scope, allow_unknown: bool) -> (Expansion, Diagnostics) {
    const SUMMARY: &str = "Invalid count argument";
    let (value, diags) = evaluate(expr, scope);
    if diags.has_errors() {
        return (Expansion::Failed, diags);
    }
    let (value, marks) = value.unmark_deep();
    if marks.ephemeral() {
        return unvalued(
            expr,
            SUMMARY,
            "The given \"count\" is derived from an ephemeral value, which means that Terraform \
             cannot persist it between plan/apply rounds. Use only non-ephemeral values to specify \
             the number of resource instances.",
        );
    }
    if value.is_null() {
        return unvalued(
            expr,
            SUMMARY,
            "The given \"count\" argument value is null. An integer is required.",
        );
    }
    if !value.is_known() {
        if allow_unknown {
            return (Expansion::Unknown, diags);
        }
        return unvalued(
            expr,
            SUMMARY,
            "The \"count\" value depends on resource attributes that cannot be determined until \
             apply, so Terraform cannot predict how many instances will be created. To work around \
             this, use the -target argument to first apply only the resources that the count \
             depends on.",
        );
    }
    let unsuitable = |why: &str| {
        let detail = format!("The given \"count\" argument value is unsuitable: {why}.");
        unvalued(expr, SUMMARY, &detail)
    };
    let number = match convert(&value, &Type::Number) {
        Ok(number) => number,
        Err(error) => {
            let detail = format!("Invalid expression value: {error}.");
            return unvalued(expr, "Incorrect value type", &detail);
        }
    };
    let Some(number) = number.as_number() else { return unsuitable("a number is required") };
    if *number < Number::from(0) {
        return unsuitable("must be greater than or equal to zero");
    }
    let Some(count) = number.to_u64().filter(|count| u32::try_from(*count).is_ok()) else {
        return unsuitable(
            "value must be a whole number, between -9223372036854775808 and 9223372036854775807",
        );
    };
    let keys = (0..count).map(|index| Some(KeyData::count(index))).collect();
    (Expansion::Known(Instances::Count(keys)), diags)
}

fn expand_for_each(
    expr: &Expr,
    scope: &dyn Scope,
    allow_unknown: bool,
) -> (Expansion, Diagnostics) {
    const SUMMARY: &str = "Invalid for_each argument";
    let none = Cause::default();
    let (value, diags) = evaluate(expr, scope);
    if diags.has_errors() {
        return (Expansion::Failed, diags);
    }
    let is_set = matches!(value.ty(), Type::Set(_));
    let own = value.marks();
    if own.ephemeral() || value.marks_deep().ephemeral() {
        let cause = Cause { ephemeral: true, ..none };
        return failed(
            expr,
            scope,
            SUMMARY,
            "The given \"for_each\" value is derived from an ephemeral value, which means that \
             Terraform cannot persist it between plan/apply rounds. Use only non-ephemeral values \
             to specify a resource's instance keys.",
            cause,
        );
    }
    if own.sensitive() {
        let cause = Cause { sensitive: true, ..none };
        return failed(
            expr,
            scope,
            SUMMARY,
            "Sensitive values, or values derived from sensitive values, cannot be used as for_each \
             arguments. If used, the sensitive value could be exposed as a resource instance key.",
            cause,
        );
    }
    if value.is_null() {
        return failed(
            expr,
            scope,
            SUMMARY,
            "The given \"for_each\" argument value is unsuitable: the given \"for_each\" argument \
             value is null. A map, or set of strings is allowed.",
            none,
        );
    }
    let unknown = |set: bool| {
        let cause = Cause { unknown: true, ..none };
        failed(expr, scope, SUMMARY, if set { UNKNOWN_SET } else { UNKNOWN_MAP }, cause)
    };
    if !value.is_known() {
        return match value.ty() {
            Type::Set(_) | Type::Dynamic | Type::Map(_) | Type::Object(_) if allow_unknown => {
                (Expansion::Unknown, diags)
            }
            Type::Set(_) => unknown(true),
            Type::Dynamic | Type::Map(_) | Type::Object(_) => unknown(false),
            ty => wrong_type(expr, scope, &ty),
        };
    }
    match value.view() {
        View::Map(fields) | View::Object(fields) => {
            let keys: BTreeMap<_, _> = fields
                .iter()
                .map(|(key, value)| {
                    let data = KeyData::each(Value::string(key.clone()), value.clone());
                    (key.as_str().into(), data)
                })
                .collect();
            (Expansion::Known(Instances::ForEach(keys)), diags)
        }
        View::Set(items) if is_set => {
            let element = value.ty().element().cloned().unwrap_or(Type::Dynamic);
            if !items.is_empty() && element != Type::String {
                let detail = format!(
                    "The given \"for_each\" argument value is unsuitable: \"for_each\" supports \
                     maps and sets of strings, but you have provided a set containing type {}.",
                    element.friendly_name()
                );
                return failed(expr, scope, "Invalid for_each set argument", &detail, none);
            }
            let mut keys = BTreeMap::new();
            for item in items {
                if !item.is_known() {
                    return if allow_unknown { (Expansion::Unknown, diags) } else { unknown(true) };
                }
                let Some(key) = item.as_str() else {
                    return failed(
                        expr,
                        scope,
                        "Invalid for_each set argument",
                        "The given \"for_each\" argument value is unsuitable: \"for_each\" sets \
                         must not contain null values.",
                        none,
                    );
                };
                keys.insert(key.as_str().into(), KeyData::each(item.clone(), item.clone()));
            }
            (Expansion::Known(Instances::ForEach(keys)), diags)
        }
        _ => wrong_type(expr, scope, &value.ty()),
    }
}

const UNKNOWN_SET: &str = "The \"for_each\" set includes values derived from resource attributes \
    that cannot be determined until apply, and so Terraform cannot determine the full set of keys \
    that will identify the instances of this resource.\n\nWhen working with unknown values in \
    for_each, it's better to use a map value where the keys are defined statically in your \
    configuration and where only the values contain apply-time results.\n\nAlternatively, you could \
    use the -target planning option to first apply only the resources that the for_each value \
    depends on, and then apply a second time to fully converge.";

const UNKNOWN_MAP: &str = "The \"for_each\" map includes keys derived from resource attributes that \
    cannot be determined until apply, and so Terraform cannot determine the full set of keys that \
    will identify the instances of this resource.\n\nWhen working with unknown values in for_each, \
    it's better to define the map keys statically in your configuration and place apply-time \
    results only in the map values.\n\nAlternatively, you could use the -target planning option to \
    first apply only the resources that the for_each value depends on, and then apply a second time \
    to fully converge.";

fn wrong_type(expr: &Expr, scope: &dyn Scope, ty: &Type) -> (Expansion, Diagnostics) {
    let detail = format!(
        "The given \"for_each\" argument value is unsuitable: the \"for_each\" argument must be a \
         map, or set of strings, and you have provided a value of type {}.",
        ty.friendly_name()
    );
    failed(expr, scope, "Invalid for_each argument", &detail, Cause::default())
}
