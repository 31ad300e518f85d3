//! The same expressions, evaluated by Terraform and here.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use groma_diag::{Diagnostic, Diagnostics, SourceMap};
use groma_lang::eval::{NoHost, Resolved, Scope, evaluate};
use groma_lang::functions::Host;
use groma_lang::syntax::{BodySchema, Expr, Traversal, parse_file};
use groma_value::{Type, Value, View, from_json, type_from_json};

/// The locals of one file, each evaluated when it is asked for.
struct Locals {
    sources: SourceMap,
    exprs: BTreeMap<String, Expr>,
    values: RefCell<HashMap<String, Value>>,
}

impl Locals {
    fn parse(name: &str, source: &'static str) -> Self {
        let sources = SourceMap::new();
        let file = sources.add(name, source.as_bytes());
        let (body, problems) = parse_file(file, name, Arc::from(source.as_bytes()));
        assert!(problems.is_empty(), "{problems:#?}");
        let (content, problems) = body.content(&BodySchema::new().block("locals", &[]));
        assert!(problems.is_empty(), "{problems:#?}");
        let mut exprs = BTreeMap::new();
        for block in content.blocks {
            let (attributes, problems) = block.body.just_attributes();
            assert!(problems.is_empty(), "{problems:#?}");
            exprs.extend(attributes.into_iter().map(|a| (a.name.to_string(), a.expr)));
        }
        Self { sources, exprs, values: RefCell::default() }
    }
}

impl Scope for Locals {
    fn resolve(&self, reference: &Traversal) -> Result<Resolved, Diagnostics> {
        let name = reference.attr(0).ok_or_else(|| Diagnostic::error("No name", ""))?;
        let value = match &*reference.root {
            "path" => Value::from("."),
            "terraform" => Value::from("default"),
            "terraform_data" => {
                let id = Value::unknown(Type::String).refine_not_null();
                Value::object_of([("id", id)])
            }
            _ => {
                if let Some(value) = self.values.borrow().get(&**name) {
                    return Ok(Resolved { value: value.clone(), consumed: 1 });
                }
                let (value, _) = evaluate(&self.exprs[&**name], self);
                self.values.borrow_mut().insert(name.to_string(), value.clone());
                value
            }
        };
        Ok(Resolved { value, consumed: 1 })
    }

    fn host(&self) -> &dyn Host {
        &NoHost
    }

    fn sources(&self) -> Option<&SourceMap> {
        Some(&self.sources)
    }
}

/// Runs terraform in `dir`; `None` if there is no terraform.
#[expect(clippy::disallowed_methods, reason = "CI says through the environment what must be there")]
fn terraform(dir: &Path, args: &[&str]) -> Option<Vec<u8>> {
    let output = Command::new("terraform")
        .args(args)
        .current_dir(dir)
        .env("TF_CLI_CONFIG_FILE", "/dev/null")
        .env("CHECKPOINT_DISABLE", "1")
        .output();
    match output {
        Ok(output) => {
            let ok = output.status.success() || args.contains(&"validate");
            assert!(ok, "{}", String::from_utf8_lossy(&output.stderr));
            Some(output.stdout)
        }
        Err(error) => {
            assert!(std::env::var_os("GROMA_REQUIRE_ALL").is_none(), "terraform: {error}");
            println!(
                "skipped: terraform, install with https://developer.hashicorp.com/terraform/install"
            );
            None
        }
    }
}

/// What `show -json` says of a state.
#[derive(serde::Deserialize)]
struct State {
    values: Values,
}

#[derive(serde::Deserialize)]
struct Values {
    outputs: BTreeMap<String, Output>,
}

#[derive(serde::Deserialize)]
struct Output {
    #[serde(rename = "type")]
    ty: serde_json::Value,
    value: Box<serde_json::value::RawValue>,
}

#[test]
fn values_are_those_of_terraform() {
    const SOURCE: &str = include_str!("differential/values.tf");
    let locals = Locals::parse("values.tf", SOURCE);
    let dir = tempfile::tempdir().unwrap();
    let outputs = locals.exprs.keys().map(|name| {
        // A tuple around it keeps null, and the type, as they are.
        format!("output \"{name}\" {{\n  sensitive = true\n  value = [local.{name}]\n}}\n")
    });
    std::fs::write(dir.path().join("values.tf"), SOURCE).unwrap();
    std::fs::write(dir.path().join("outputs.tf"), outputs.collect::<String>()).unwrap();
    let Some(_) = terraform(dir.path(), &["apply", "-auto-approve"]) else { return };
    let state = terraform(dir.path(), &["show", "-json"]).unwrap();

    let state: State = serde_json::from_slice(&state).unwrap();
    let mut different = Vec::new();
    for (name, expr) in &locals.exprs {
        let output = &state.values.outputs[name];
        let ty = type_from_json(&output.ty).unwrap();
        let theirs = from_json(output.value.get().as_bytes(), &ty).unwrap();
        let (ours, diags) = evaluate(expr, &locals);
        let ours = Value::tuple(vec![ours.unmark_deep().0]);
        if !diags.is_empty() || ours.ty() != ty || !ours.raw_equals(&theirs) {
            let source = expr.as_ref().source();
            different.push(format!(
                "{name} = {source}\n  ours   {ours:?} {:?}\n  theirs {theirs:?} {ty:?}\n  {diags:?}",
                ours.ty(),
            ));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(locals.exprs.len() >= 300);
}

/// What is said of one wrong expression, in the terms of `validate -json`.
fn describe(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let subject = diagnostic.subject.expect("every diagnostic has a place");
    let file = sources.get(subject.file).unwrap();
    let (start, end) = (file.position(subject.start), file.position(subject.end));
    let mut values: Vec<_> =
        diagnostic.values.iter().map(|v| format!("{} {}", v.traversal, v.statement)).collect();
    values.sort();
    format!(
        "{},{}-{},{} {}: {} {values:?} {}",
        start.line,
        start.column,
        end.line,
        end.column,
        diagnostic.summary,
        diagnostic.detail,
        diagnostic.function_call.as_ref().map_or("", |call| &call.called_as),
    )
}

fn describe_json(diagnostic: &serde_json::Value) -> String {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let (range, snippet) = (&diagnostic["range"], &diagnostic["snippet"]);
    let values = snippet["values"].as_array().cloned().unwrap_or_default();
    let mut values: Vec<_> = values
        .iter()
        .map(|v| format!("{} {}", text(&v["traversal"]), text(&v["statement"])))
        .collect();
    values.sort();
    format!(
        "{},{}-{},{} {}: {} {values:?} {}",
        range["start"]["line"],
        range["start"]["column"],
        range["end"]["line"],
        range["end"]["column"],
        text(&diagnostic["summary"]),
        text(&diagnostic["detail"]),
        text(&snippet["function_call"]["called_as"]),
    )
}

#[test]
fn errors_are_those_of_terraform() {
    const SOURCE: &str = include_str!("differential/errors.tf");
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("errors.tf"), SOURCE).unwrap();
    let Some(report) = terraform(dir.path(), &["validate", "-json"]) else { return };
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    let theirs: BTreeSet<_> =
        report["diagnostics"].as_array().unwrap().iter().map(describe_json).collect();

    let locals = Locals::parse("errors.tf", SOURCE);
    let ours: BTreeSet<_> = locals
        .exprs
        .values()
        .flat_map(|expr| evaluate(expr, &locals).1)
        .map(|diagnostic| describe(&diagnostic, &locals.sources))
        .collect();
    let only_theirs: Vec<_> = theirs.difference(&ours).map(|d| format!("theirs {d}")).collect();
    let only_ours: Vec<_> = ours.difference(&theirs).map(|d| format!("ours   {d}")).collect();
    let mut different = [only_theirs, only_ours].concat();
    different.sort_by(|a, b| a[7..].cmp(&b[7..]));
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(theirs.len() >= 150);
}

/// A value as a plan shows it: what is unknown is null in a sequence and absent from an object.
fn known_part(value: &Value) -> serde_json::Value {
    match value.view() {
        View::Null | View::Unknown(_) => serde_json::Value::Null,
        View::Bool(value) => value.into(),
        View::Number(number) => number.to_i64().map_or(number.to_f64().into(), Into::into),
        View::String(text) => text.as_str().into(),
        View::List(items) | View::Set(items) | View::Tuple(items) => {
            items.iter().map(known_part).collect()
        }
        View::Map(fields) | View::Object(fields) => fields
            .iter()
            .filter(|(_, value)| value.is_known())
            .map(|(name, value)| (name.to_string(), known_part(value)))
            .collect(),
    }
}

/// Where a value is unknown, as a plan shows it.
fn unknown_part(value: &Value) -> serde_json::Value {
    match value.view() {
        View::Unknown(_) => true.into(),
        View::List(items) | View::Set(items) | View::Tuple(items) => {
            items.iter().map(unknown_part).collect()
        }
        View::Map(fields) | View::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.to_string(), unknown_part(value)))
            .filter(|(_, unknown)| *unknown != false)
            .collect(),
        _ => false.into(),
    }
}

#[test]
fn what_is_unknown_is_unknown_to_terraform() {
    const SOURCE: &str = include_str!("differential/unknowns.tf");
    let locals = Locals::parse("unknowns.tf", SOURCE);
    let dir = tempfile::tempdir().unwrap();
    let outputs = locals.exprs.keys().map(|name| {
        format!("output \"{name}\" {{\n  sensitive = true\n  value = [local.{name}]\n}}\n")
    });
    let resource = "resource \"terraform_data\" \"u\" {}\n".to_owned();
    std::fs::write(dir.path().join("unknowns.tf"), SOURCE).unwrap();
    let rest: String = std::iter::once(resource).chain(outputs).collect();
    std::fs::write(dir.path().join("outputs.tf"), rest).unwrap();
    let Some(_) = terraform(dir.path(), &["plan", "-out=plan"]) else { return };
    let plan = terraform(dir.path(), &["show", "-json", "plan"]).unwrap();
    let plan: serde_json::Value = serde_json::from_slice(&plan).unwrap();
    let mut different = Vec::new();
    for (name, expr) in &locals.exprs {
        let change = &plan["output_changes"][name];
        let (value, diags) = evaluate(expr, &locals);
        let value = Value::tuple(vec![value.unmark_deep().0]);
        let known = value.is_wholly_known();
        let unknown = if known { false.into() } else { unknown_part(&value) };
        let ours = (known_part(&value), unknown);
        let theirs = (change["after"].clone(), change["after_unknown"].clone());
        if !diags.is_empty() || ours != theirs {
            let source = expr.as_ref().source();
            different.push(format!("{name} = {source}\n  ours   {ours:?}\n  theirs {theirs:?}"));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(locals.exprs.len() >= 120);
}
