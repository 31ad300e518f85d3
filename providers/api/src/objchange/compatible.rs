//! Whether what came out is what was planned.

use groma_value::{Path, PathStep, Type, Value, View};

use super::level::{Level, element, elements, join, join_attr, part};
use super::{Inconsistency, go_string};
use crate::{Block, NestedBlock, Nesting};

type Found = Vec<Inconsistency>;

/// What contradicts the plan in an object (`objchange.AssertObjectCompatible`): what was known
/// when planning must be so, and what was not must fit its type and refinements. What is marked
/// sensitive is not shown.
pub fn assert_object_compatible(
    block: &Block,
    planned: &Value,
    actual: &Value,
) -> Vec<Inconsistency> {
    let mut found = Vec::new();
    object(block.into(), planned, actual, &Path::new(), &mut found);
    found
}

/// The same for a single value (`objchange.AssertValueCompatible`).
pub fn assert_value_compatible(planned: &Value, actual: &Value) -> Vec<Inconsistency> {
    let mut found = Vec::new();
    value(planned, actual, &Path::new(), &mut found);
    found
}

fn object(level: Level<'_>, planned: &Value, actual: &Value, path: &Path, found: &mut Found) {
    let root = if path.0.is_empty() { "Root object " } else { "" };
    match (planned.is_null(), actual.is_null()) {
        (true, true) => return,
        (true, false) => {
            found.push(Inconsistency::new(path, format!("{root}was absent, but now present")));
            return;
        }
        (false, true) => {
            found.push(Inconsistency::new(path, format!("{root}was present, but now absent")));
            return;
        }
        (false, false) => {}
    }
    for (name, attribute) in level.attributes {
        let part = |object| part(object, name, || attribute.ty.clone());
        let path = join_attr(path, name);
        let before = found.len();
        let (was, is) = (part(planned), part(actual));
        let secret =
            attribute.sensitive || was.marks_deep().sensitive() || is.marks_deep().sensitive();
        value(&was.unmark_deep().0, &is.unmark_deep().0, &path, found);
        if secret && found.len() > before {
            found.truncate(before);
            found.push(Inconsistency::new(&path, "inconsistent values for sensitive attribute"));
        }
    }
    for (name, nested) in level.blocks() {
        let part = |object| part(object, name, || nested.implied_type());
        nested_block(nested, &part(planned), &part(actual), &join_attr(path, name), found);
    }
}

fn nested_block(
    nested: &NestedBlock,
    planned: &Value,
    actual: &Value,
    path: &Path,
    found: &mut Found,
) {
    let level = Level::from(&nested.block);
    if matches!(nested.nesting, Nesting::Single | Nesting::Group) {
        // An unknown block may have become none.
        if planned.is_known() || !actual.is_null() {
            object(level, planned, actual, path, found);
        }
        return;
    }
    if !planned.is_known() || !actual.is_known() || planned.is_null() || actual.is_null() {
        return;
    }
    let (in_plan, now) = (elements(planned), elements(actual));
    let mut report = |message: String| found.push(Inconsistency::new(path, message));
    match (nested.nesting, planned.view()) {
        (Nesting::Set, _) => {
            let fits = |planned: &Value, actual: &Value| {
                let mut found = Vec::new();
                let path = join(path, PathStep::Element(actual.clone()));
                object(level, planned, actual, &path, &mut found);
                found.is_empty()
            };
            sets(planned, actual, path, &fits, found);
            // Objects that turn out equal are one, but there can never be more.
            if in_plan.len() < now.len() {
                let (was, is) = (in_plan.len(), now.len());
                let message = format!("block set length changed from {was} to {is}");
                found.push(Inconsistency::new(path, message));
            }
            return;
        }
        (_, View::Object(_)) => {
            let absent = |in_what: &Value, step: &PathStep| element(in_what, step).is_none();
            for (step, _) in in_plan.iter().filter(|(step, _)| absent(actual, step)) {
                report(format!("block key {} has vanished", key(step)));
            }
            for (step, _) in now.iter().filter(|(step, _)| absent(planned, step)) {
                report(format!("new block key {} has appeared", key(step)));
            }
        }
        _ if in_plan.len() != now.len() => {
            report(format!("block count changed from {} to {}", in_plan.len(), now.len()));
            return;
        }
        _ => {}
    }
    for (step, planned) in in_plan {
        if let Some(actual) = element(actual, &step) {
            object(level, planned, actual, &join(path, step), found);
        }
    }
}

/// A step as messages name it.
fn key(step: &PathStep) -> String {
    match step {
        PathStep::Attr(name) | PathStep::Key(name) => format!("{:?}", name.as_str()),
        PathStep::Index(index) => index.to_string(),
        PathStep::Element(value) => go_string(value),
    }
}

fn value(planned: &Value, actual: &Value, path: &Path, found: &mut Found) {
    let wanted = planned.ty();
    if wanted == Type::Dynamic {
        return;
    }
    let mut report = |message: String| found.push(Inconsistency::new(path, message));
    if !conforms(&actual.ty(), &wanted) {
        report(format!("wrong final value type: {} required", friendly(&wanted)));
        return;
    }
    if let View::Unknown(refinements) = planned.view() {
        let excluded = if actual.is_null() {
            refinements.not_null
        } else {
            planned.equals(actual).as_bool() == Some(false)
        };
        if excluded {
            let (actual, planned) = (go_string(actual), go_string(planned));
            report(format!(
                "final value {actual} does not conform to planning placeholder {planned}"
            ));
        }
        return;
    }
    match (planned.is_null(), actual.is_null()) {
        (true, true) => return,
        (false, true) => return report(format!("was {}, but now null", go_string(planned))),
        (true, false) => return report(format!("was null, but now {}", go_string(actual))),
        (false, false) => {}
    }
    if !actual.is_known() {
        report("was known, but now unknown".to_owned());
        return;
    }
    match planned.view() {
        View::Set(_) => {
            let fits = |planned: &Value, actual: &Value| {
                let mut found = Vec::new();
                value(planned, actual, path, &mut found);
                found.is_empty()
            };
            sets(planned, actual, path, &fits, found);
            let (was, is) = (elements(planned).len(), elements(actual).len());
            if was < is {
                let message = format!("length changed from {was} to {is}");
                found.push(Inconsistency::new(path, message));
            }
        }
        View::List(_) | View::Tuple(_) | View::Map(_) | View::Object(_) => {
            parts(planned, actual, path, found);
        }
        _ if actual.equals(planned).as_bool() != Some(true) => {
            report(format!("was {}, but now {}", go_string(planned), go_string(actual)));
        }
        _ => {}
    }
}

fn parts(planned: &Value, actual: &Value, path: &Path, found: &mut Found) {
    let of_object = matches!(planned.view(), View::Object(_));
    for (step, planned) in elements(planned) {
        let Some(actual) = element(actual, &step) else {
            let message = format!("element {} has vanished", key(&step));
            found.push(Inconsistency::new(path, message));
            continue;
        };
        let step = match step {
            PathStep::Key(name) if of_object => PathStep::Attr(name),
            step => step,
        };
        value(planned, actual, &join(path, step), found);
    }
    for (step, _) in elements(actual) {
        if element(planned, &step).is_none() {
            let message = format!("new element {} has appeared", key(&step));
            found.push(Inconsistency::new(path, message));
        }
    }
}

/// Whether a value of type `actual` can be where `wanted` was planned.
fn conforms(actual: &Type, wanted: &Type) -> bool {
    match (actual, wanted) {
        (_, Type::Dynamic) => true,
        (Type::List(a), Type::List(b))
        | (Type::Set(a), Type::Set(b))
        | (Type::Map(a), Type::Map(b)) => conforms(a, b),
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| conforms(a, b))
        }
        (Type::Object(a), Type::Object(b)) => {
            a.attributes.len() == b.attributes.len()
                && a.attributes
                    .iter()
                    .zip(&b.attributes)
                    .all(|((a_name, a), (b_name, b))| a_name == b_name && conforms(&a.ty, &b.ty))
        }
        (a, b) => a == b,
    }
}

/// The type as messages name it.
fn friendly(ty: &Type) -> String {
    match ty {
        Type::Dynamic => "any type".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Number => "number".to_owned(),
        Type::String => "string".to_owned(),
        Type::List(elem) => format!("list of {}", friendly(elem)),
        Type::Set(elem) => format!("set of {}", friendly(elem)),
        Type::Map(elem) => format!("map of {}", friendly(elem)),
        Type::Tuple(_) => "tuple".to_owned(),
        Type::Object(_) => "object".to_owned(),
    }
}

/// Checks that each element of either set has one in the other that it fits.
fn sets(
    planned: &Value,
    actual: &Value,
    path: &Path,
    fits: &dyn Fn(&Value, &Value) -> bool,
    found: &mut Found,
) {
    let (planned, actual) = (elements(planned), elements(actual));
    let mut matched = vec![false; actual.len()];
    let mut lost = Vec::new();
    for (_, planned) in &planned {
        let mut any = false;
        for ((_, actual), matched) in actual.iter().zip(&mut matched) {
            if !(any && *matched) && fits(planned, actual) {
                (any, *matched) = (true, true);
            }
        }
        if !any {
            let planned = go_string(planned);
            lost.push(format!(
                "planned set element {planned} does not correlate with any element in actual"
            ));
        }
    }
    if lost.is_empty() {
        let new = actual.iter().zip(&matched).filter(|(_, matched)| !**matched);
        lost.extend(new.map(|((_, actual), _)| {
            let actual = go_string(actual);
            format!("actual set element {actual} does not correlate with any element in plan")
        }));
    }
    found.extend(lost.into_iter().map(|message| Inconsistency::new(path, message)));
}
