//! Expressions and what they evaluate to.

mod collections;
mod constants;
mod errors;
mod functions;
mod json;
mod never_panics;
mod strings;
mod templates;
mod types;
mod unknowns;

use std::fmt::Write as _;
use std::sync::Arc;

use groma_diag::{Diagnostics, SourceMap};
use groma_value::{Marks, Refinements, Type, Value, View};

use super::{MapScope, NoHost, evaluate};
use crate::syntax::parse_expression;

/// The names that the tests' expressions may use.
pub(super) fn scope() -> MapScope<'static> {
    let unknown = Value::unknown;
    let string = || Type::String;
    MapScope::new(&NoHost)
        .with("s", "text".into())
        .with("n", 3.into())
        .with("nothing", Value::null(Type::Dynamic))
        .with("list", Value::list(Type::String, vec!["a".into(), "b".into()]))
        .with("empty_list", Value::list(string(), vec![]))
        .with("null_list", Value::null(Type::list(string())))
        .with("object", Value::object_of([("a", Value::from(1)), ("b", Value::from("x"))]))
        .with("secret", Value::from("hush").with_marks(Marks::SENSITIVE))
        .with("secret_list", secret_list())
        .with("ephemeral", Value::from("gone").with_marks(Marks::EPHEMERAL))
        .with("unknown", Value::dynamic())
        .with("unknown_string", unknown(string()))
        .with("unknown_id", unknown(string()).refine_not_null())
        .with("unknown_number", unknown(Type::Number))
        .with("unknown_bool", unknown(Type::Bool))
        .with("unknown_list", unknown(Type::list(string())))
        .with("unknown_set", unknown(Type::set(Type::object([("a", string())]))))
        .with("unknown_object", unknown(Type::object([("a", string())])))
        .with("unknown_secret", unknown(string()).with_marks(Marks::SENSITIVE))
        .with("unknown_secret_bool", unknown(Type::Bool).with_marks(Marks::SENSITIVE))
}

fn secret_list() -> Value {
    Value::list(Type::Number, vec![1.into(), 2.into()]).with_marks(Marks::SENSITIVE)
}

/// Evaluates `source` among the names of [`scope`].
pub(super) fn eval(source: &str) -> (Value, Diagnostics) {
    let sources = SourceMap::new();
    let file = sources.add("test", source.as_bytes());
    let (expr, problems) = parse_expression(file, Arc::from(source.as_bytes()));
    assert!(problems.is_empty(), "{source} does not parse: {problems:#?}");
    evaluate(&expr, &scope())
}

/// Checks the value of an expression, and that nothing is wrong with it.
#[track_caller]
pub(super) fn check(source: &str, expected: &str) {
    let (value, diags) = eval(source);
    assert!(diags.is_empty(), "{source}: {diags:#?}");
    assert_eq!(show(&value), expected, "{source}");
}

/// Checks the diagnostics of an expression, each as `summary [what it points at] detail`.
#[track_caller]
pub(super) fn check_error(source: &str, expected: &str) {
    let (_, diags) = eval(source);
    let mut text = String::new();
    for diagnostic in &diags {
        let place = diagnostic.subject.expect("every diagnostic has a place");
        let place = &source[place.start as usize..place.end as usize];
        writeln!(text, "{} [{place}] {}", diagnostic.summary, diagnostic.detail).unwrap();
    }
    assert_eq!(text.trim_end(), expected, "{source}");
}

/// A value as one would write it, with its types, marks and refinements.
pub(super) fn show(value: &Value) -> String {
    let marks = value.marks();
    if marks.sensitive() {
        return format!("sensitive({})", show(&value.clone().unmark().0));
    }
    if marks.ephemeral() {
        return format!("ephemeral({})", show(&value.clone().unmark().0));
    }
    let all = |items: &[Value]| items.iter().map(show).collect::<Vec<_>>().join(", ");
    match value.view() {
        View::Null if value.ty() == Type::Dynamic => "null".to_owned(),
        View::Null => format!("null {}", value.ty().friendly_name()),
        View::Unknown(refinements) => show_unknown(&value.ty(), refinements),
        View::Bool(value) => value.to_string(),
        View::Number(value) => value.to_string(),
        View::String(value) => format!("{:?}", value.as_str()),
        View::Tuple(items) => format!("[{}]", all(items)),
        View::List(items) => format!("tolist([{}])", all(items)),
        View::Set(items) => format!("toset([{}])", all(items)),
        View::Map(fields) => format!("tomap({{{}}})", show_fields(fields)),
        View::Object(fields) => format!("{{{}}}", show_fields(fields)),
    }
}

fn show_fields(fields: &groma_value::Fields) -> String {
    let fields: Vec<_> =
        fields.iter().map(|(name, value)| format!("{name} = {}", show(value))).collect();
    fields.join(", ")
}

fn show_unknown(ty: &Type, refinements: &Refinements) -> String {
    let mut text = format!("unknown {}", ty.friendly_name());
    let Refinements { not_null, prefix, number_min, number_max, length_min, length_max } =
        refinements;
    if *not_null {
        text.push_str(" not null");
    }
    let mut say = |what: &str, value: Option<String>| {
        if let Some(value) = value {
            write!(text, " {what}{value}").unwrap();
        }
    };
    say("prefix ", prefix.as_ref().map(|prefix| format!("{prefix:?}")));
    let bound = |(number, inclusive): &(groma_value::Number, bool)| {
        format!("{}{number}", if *inclusive { "=" } else { "" })
    };
    say(">", number_min.as_ref().map(bound));
    say("<", number_max.as_ref().map(bound));
    say("length>=", length_min.map(|length| length.to_string()));
    say("length<=", length_max.map(|length| length.to_string()));
    text
}
