//! `condition ? a : b`

use groma_diag::Diagnostics;
use groma_value::{Number, ObjectType, Refinements, Type, Value, View, convert, unify};

use super::evaluator::{Env, Evaluator, unknown};
use crate::syntax::ExprRef;

const MISMATCH: &str = "Inconsistent conditional result types";

impl Evaluator<'_> {
    /// Both results are evaluated, since the type of the whole depends on both; what goes wrong
    /// in the one that is not chosen is not reported.
    pub(super) fn conditional(
        &mut self,
        expr: ExprRef<'_>,
        [condition, then, otherwise]: [ExprRef<'_>; 3],
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        let (mut then_diags, mut otherwise_diags) = (Diagnostics::new(), Diagnostics::new());
        let then_value = self.eval(then, env, &mut then_diags);
        let otherwise_value = self.eval(otherwise, env, &mut otherwise_diags);
        let Some(ty) = result_type(&then_value, &otherwise_value) else {
            let detail = format!(
                "The true and false result expressions must have consistent types. {}.",
                describe_mismatch(&then_value.ty(), &otherwise_value.ty())
            );
            let subject = then.span().to(otherwise.span());
            diags.push(self.error(MISMATCH, detail, subject, expr, env).within(expr.span()));
            return Value::dynamic();
        };

        let (chosen, condition_marks) = self.eval(condition, env, diags).unmark();
        if chosen.is_null() {
            let detail = "The condition value is null. Conditions must either be true or false.";
            let subject = condition.span();
            let error = self.error("Null condition", detail, subject, condition, env);
            diags.push(error.within(expr.span()));
            return unknown(&ty);
        }
        let marks = condition_marks | then_value.marks() | otherwise_value.marks();
        if !chosen.is_known() {
            return undecided(&ty, &then_value, &otherwise_value).with_marks(marks);
        }
        let chosen = match chosen.as_bool() {
            Some(chosen) => Some(chosen),
            None => convert(&chosen, &Type::Bool).ok().and_then(|chosen| chosen.as_bool()),
        };
        let Some(chosen) = chosen else {
            let detail = "The condition expression must be of type bool.";
            let subject = condition.span();
            let error = self.error("Incorrect condition type", detail, subject, condition, env);
            diags.push(error.within(expr.span()));
            return unknown(&ty);
        };

        let (result, value, result_diags, name) = if chosen {
            (then, then_value, then_diags, "true")
        } else {
            (otherwise, otherwise_value, otherwise_diags, "false")
        };
        diags.extend(result_diags);
        if ty == Type::Dynamic || value.ty() == ty {
            return value.with_marks(marks);
        }
        match convert(&value, &ty) {
            Ok(value) => value.with_marks(marks),
            Err(error) => {
                let detail = format!("The {name} result value has the wrong type: {error}.");
                let error = self.error(MISMATCH, detail, result.span(), result, env);
                diags.push(error.within(expr.span()));
                unknown(&ty).with_marks(marks)
            }
        }
    }
}

/// The type that both results convert to. A plain `null` takes the type of the other one;
/// with a result of unknown type nothing can be said, and no conversion takes place.
fn result_type(then: &Value, otherwise: &Value) -> Option<Type> {
    let plain_null =
        |value: &Value| value.is_null() && value.marks().is_empty() && value.ty() == Type::Dynamic;
    if plain_null(then) {
        return Some(otherwise.ty());
    }
    let (then_ty, otherwise_ty) = (then.ty(), otherwise.ty());
    if plain_null(otherwise) || then_ty == otherwise_ty {
        return Some(then_ty);
    }
    if then_ty == Type::Dynamic || otherwise_ty == Type::Dynamic {
        return Some(Type::Dynamic);
    }
    unify(&[then_ty, otherwise_ty])
}

/// What is known of the result while the condition is unknown: what holds of both results.
fn undecided(ty: &Type, then: &Value, otherwise: &Value) -> Value {
    if then.is_null() && otherwise.is_null() {
        return Value::null(ty.clone());
    }
    let mut refiner = unknown(ty).refine();
    if then.is_definitely_not_null() && otherwise.is_definitely_not_null() {
        refiner = refiner.not_null();
    }
    if *ty == Type::Number && then.ty() == Type::Number && otherwise.ty() == Type::Number {
        if let (Some(a), Some(b)) = (bound(then, Side::Low), bound(otherwise, Side::Low)) {
            let (min, inclusive) = outer(a, b, |a, b| a < b);
            refiner = refiner.number_min(min, inclusive);
        }
        if let (Some(a), Some(b)) = (bound(then, Side::High), bound(otherwise, Side::High)) {
            let (max, inclusive) = outer(a, b, |a, b| a > b);
            refiner = refiner.number_max(max, inclusive);
        }
    }
    if ty.is_collection() && then.ty() == *ty && otherwise.ty() == *ty {
        let (a, b) = (length_bounds(then), length_bounds(otherwise));
        refiner = refiner.length_min(a.0.min(b.0));
        if let (Some(a), Some(b)) = (a.1, b.1) {
            refiner = refiner.length_max(a.max(b));
        }
    }
    refiner.done()
}

#[derive(Clone, Copy)]
enum Side {
    Low,
    High,
}

/// A number's bound, and whether the bound itself is possible.
fn bound(value: &Value, side: Side) -> Option<(Number, bool)> {
    if let Some(number) = value.as_number() {
        return Some((number.clone(), true));
    }
    let refinements = value.refinements()?;
    match side {
        Side::Low => refinements.number_min.clone(),
        Side::High => refinements.number_max.clone(),
    }
}

/// The looser of two bounds.
fn outer(
    a: (Number, bool),
    b: (Number, bool),
    looser: impl Fn(&Number, &Number) -> bool,
) -> (Number, bool) {
    if a.0 == b.0 {
        let inclusive = a.1 || b.1;
        return (a.0, inclusive);
    }
    if looser(&a.0, &b.0) { a } else { b }
}

/// The least and most elements that a collection may have; no upper bound is `None`.
fn length_bounds(value: &Value) -> (u64, Option<u64>) {
    let length = match value.view() {
        View::List(items) | View::Set(items) => items.len() as u64,
        View::Map(entries) => entries.len() as u64,
        View::Unknown(Refinements { length_min, length_max, .. }) => {
            return (length_min.unwrap_or(0), *length_max);
        }
        // Null has no length, so it sets no bound.
        _ => return (0, None),
    };
    // Elements of a set that are not known yet may turn out to be equal.
    let least = match value.view() {
        View::Set(_) if !value.is_wholly_known() => length.min(1),
        _ => length,
    };
    (least, Some(length))
}

/// Where two types that do not unify differ, as deep as can be said.
fn describe_mismatch(then: &Type, otherwise: &Type) -> String {
    let deeper = match (then, otherwise) {
        (Type::Object(then), Type::Object(otherwise)) => object_mismatch(then, otherwise),
        (Type::Tuple(then), Type::Tuple(otherwise)) => tuple_mismatch(then, otherwise),
        (Type::List(then), Type::List(otherwise)) => element_mismatch("list", then, otherwise),
        (Type::Set(then), Type::Set(otherwise)) => element_mismatch("set", then, otherwise),
        (Type::Map(then), Type::Map(otherwise)) => element_mismatch("map", then, otherwise),
        _ => None,
    };
    deeper.unwrap_or_else(|| {
        let (then, otherwise) = (then.friendly_name(), otherwise.friendly_name());
        if then == otherwise {
            return "At least one deeply-nested attribute or element is not compatible across \
                    both the 'true' and the 'false' value"
                .to_owned();
        }
        format!("The 'true' value is {then}, but the 'false' value is {otherwise}")
    })
}

fn object_mismatch(then: &ObjectType, otherwise: &ObjectType) -> Option<String> {
    for (name, attribute) in &then.attributes {
        let Some(other) = otherwise.attributes.get(name) else {
            return Some(format!(
                "The 'true' value includes object attribute {name:?}, which is absent in the \
                 'false' value"
            ));
        };
        if attribute.ty != other.ty {
            let inner = describe_mismatch(&attribute.ty, &other.ty);
            return Some(format!("Type mismatch for object attribute {name:?}: {inner}"));
        }
    }
    let extra = otherwise.attributes.keys().find(|name| !then.attributes.contains_key(*name))?;
    Some(format!(
        "The 'false' value includes object attribute {extra:?}, which is absent in the 'true' value"
    ))
}

fn tuple_mismatch(then: &[Type], otherwise: &[Type]) -> Option<String> {
    if then.len() != otherwise.len() {
        return Some(format!(
            "The 'true' tuple has length {}, but the 'false' tuple has length {}",
            then.len(),
            otherwise.len()
        ));
    }
    let (at, (then, otherwise)) =
        then.iter().zip(otherwise).enumerate().find(|(_, (then, otherwise))| then != otherwise)?;
    let inner = describe_mismatch(then, otherwise);
    Some(format!("Type mismatch for tuple element {at}: {inner}"))
}

fn element_mismatch(noun: &str, then: &Type, otherwise: &Type) -> Option<String> {
    let structural = matches!(
        (then, otherwise),
        (Type::Object(_), Type::Object(_)) | (Type::Tuple(_), Type::Tuple(_))
    );
    structural
        .then(|| format!("Mismatched {noun} element types: {}", describe_mismatch(then, otherwise)))
}
