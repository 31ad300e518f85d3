//! What we make of the cases.

use std::sync::Arc;
use std::time::SystemTime;

use groma_diag::SourceMap;
use groma_lang::eval::{MapScope, Resolved, Scope, evaluate};
use groma_lang::functions::{Glob, Host, HostError};
use groma_lang::syntax::{Traversal, parse_expression};
use groma_value::{Fields, Marks, Type, Value, to_json, type_to_json};

use crate::{Case, FILES, Outcome};

/// The outcome of a case.
pub fn outcome(case: &Case) -> Outcome {
    let sources = SourceMap::new();
    let text: Arc<[u8]> = case.expression.as_bytes().into();
    let file = sources.add("case", text.clone());
    let (expression, mut problems) = parse_expression(file, text);
    let scope = CaseScope { names: names(), sources: &sources };
    let (value, found) = evaluate(&expression, &scope);
    problems.extend(found);
    if let Some(error) = problems.iter().find(|problem| problem.is_error()) {
        return Outcome::Error(format!("{}: {}", error.summary, error.detail));
    }
    let mut unknown = Vec::new();
    unknown_paths(&value, "", &mut unknown);
    let (bare, _) = value.unmark_deep();
    Outcome::Value {
        json: plan_json(&bare),
        // A plan has no type for null.
        ty: (unknown.is_empty() && !bare.is_null()).then(|| type_to_json(&bare.ty()).to_string()),
        unknown,
        sensitive: case.marks.then(|| value.marks().sensitive()),
    }
}

/// The names of the oracle's preamble.
fn names() -> MapScope<'static> {
    let unknown = |ty| Value::unknown(ty).refine_not_null();
    let local = Value::object_of([
        ("ustr", unknown(Type::String)),
        ("udyn", Value::dynamic()),
        ("unum", unknown(Type::Number)),
        ("ubool", unknown(Type::Bool)),
        ("ulist", unknown(Type::list(Type::String))),
        ("sec", Value::from("sec").with_marks(Marks::SENSITIVE)),
        ("tpl", Value::from("Hi ${name}")),
    ]);
    let var = Value::object_of([("eph", Value::from("e").with_marks(Marks::EPHEMERAL))]);
    MapScope::new(&TestHost).with("local", local).with("var", var)
}

struct CaseScope<'a> {
    names: MapScope<'static>,
    sources: &'a SourceMap,
}

impl Scope for CaseScope<'_> {
    fn resolve(&self, reference: &Traversal) -> Result<Resolved, groma_diag::Diagnostics> {
        self.names.resolve(reference)
    }

    fn host(&self) -> &dyn Host {
        self.names.host()
    }

    fn sources(&self) -> Option<&SourceMap> {
        Some(self.sources)
    }
}

/// [`FILES`], during a plan.
struct TestHost;

impl TestHost {
    fn find(path: &str) -> Result<&'static [u8], HostError> {
        let path = path.trim_start_matches("./");
        if let Some((_, bytes)) = FILES.iter().find(|(name, _)| *name == path) {
            return Ok(bytes);
        }
        let inside = format!("{path}/");
        if FILES.iter().any(|(name, _)| name.starts_with(&inside)) {
            return Err(HostError::NotRegular(path.to_owned()));
        }
        Err(HostError::NotFound(path.to_owned()))
    }
}

impl Host for TestHost {
    fn read_file(&self, path: &str) -> Result<Vec<u8>, HostError> {
        Self::find(path).map(<[u8]>::to_vec)
    }

    fn file_exists(&self, path: &str) -> Result<bool, HostError> {
        match Self::find(path) {
            Ok(_) => Ok(true),
            Err(HostError::NotFound(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn fileset(&self, dir: &str, pattern: &str) -> Result<Vec<String>, HostError> {
        let prefix = if dir == "." { String::new() } else { format!("{dir}/") };
        let glob = Glob::new(&format!("{prefix}{pattern}"))
            .map_err(|error| HostError::Other(error.to_string()))?;
        let matching = FILES.iter().filter(|(name, _)| glob.matches(name));
        Ok(matching.filter_map(|(name, _)| Some(name.strip_prefix(&prefix)?.to_owned())).collect())
    }

    fn absolute(&self, path: &str) -> String {
        // Cases ask for absolute paths only.
        if path == "/a/../b" { "/b".to_owned() } else { path.to_owned() }
    }

    fn home(&self) -> Option<String> {
        Some("/root".to_owned())
    }

    fn plan_timestamp(&self) -> Option<SystemTime> {
        None
    }

    fn now(&self) -> Option<SystemTime> {
        None
    }

    fn random(&self, _: usize) -> Option<Vec<u8>> {
        None
    }
}

/// In lists what is unknown is null; in objects it is not there.
fn plan_json(value: &Value) -> String {
    if !value.is_known() {
        return "null".to_owned();
    }
    if value.is_wholly_known() {
        let bytes = to_json(value, &value.ty()).expect("a known value without marks");
        return String::from_utf8(bytes).expect("JSON is UTF-8");
    }
    if let Some(items) = value.as_slice() {
        let items: Vec<String> = items.iter().map(plan_json).collect();
        return format!("[{}]", items.join(","));
    }
    let fields = value.as_fields().into_iter().flat_map(Fields::iter);
    let fields: Vec<String> = fields
        .filter(|(_, value)| value.is_known())
        .map(|(name, value)| format!("{:?}:{}", name.as_str(), plan_json(value)))
        .collect();
    format!("{{{}}}", fields.join(","))
}

fn unknown_paths(value: &Value, path: &str, out: &mut Vec<String>) {
    if !value.is_known() {
        out.push(path.to_owned());
    }
    for (index, item) in value.as_slice().unwrap_or_default().iter().enumerate() {
        unknown_paths(item, &format!("{path}/{index}"), out);
    }
    for (name, item) in value.as_fields().into_iter().flat_map(Fields::iter) {
        unknown_paths(item, &format!("{path}/{name}"), out);
    }
}
