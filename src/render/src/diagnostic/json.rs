//! Diagnostics for programs: the `diagnostics` of `validate -json` and of the UI stream.

use groma_diag::{
    Diagnostic, Diagnostics, FunctionCall, FunctionParameter, Position, Severity, SourceMap, Span,
};
use serde_json::{Map, Value, json};

use super::context::enclosing_block;

/// One diagnostic in Terraform's JSON form.
pub fn diagnostic_json(diagnostic: &Diagnostic, sources: &SourceMap) -> Value {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut out = Map::new();
    out.insert("severity".into(), severity.into());
    out.insert("summary".into(), diagnostic.summary.as_str().into());
    out.insert("detail".into(), diagnostic.detail.as_str().into());
    if let Some(address) = &diagnostic.address {
        out.insert("address".into(), address.as_str().into());
    }
    if let Some(subject) = diagnostic.subject
        && let Some(place) = place_json(diagnostic, subject, sources)
    {
        out.extend(place);
    }
    Value::Object(out)
}

fn place_json(
    diagnostic: &Diagnostic,
    subject: Span,
    sources: &SourceMap,
) -> Option<Map<String, Value>> {
    let file = sources.get(subject.file)?;
    // An empty range still shows one column, as Terraform's does.
    let start = file.position(subject.start);
    let mut end = file.position(subject.end);
    if end == start {
        end = Position { line: end.line, column: end.column + 1, byte: end.byte + 1 };
    }
    let snippet = file.snippet(subject, diagnostic.context);
    let values: Vec<Value> = diagnostic
        .values
        .iter()
        .map(|v| json!({ "traversal": v.traversal, "statement": v.statement }))
        .collect();
    let mut snippet_json = json!({
        "context": enclosing_block(&file, subject),
        "code": snippet.code,
        "start_line": snippet.start_line,
        "highlight_start_offset": snippet.highlight_start,
        "highlight_end_offset": snippet.highlight_end,
        "values": values,
    });
    if let (Some(call), Some(object)) = (&diagnostic.function_call, snippet_json.as_object_mut()) {
        object.insert("function_call".into(), call_json(call));
    }
    let mut out = Map::new();
    out.insert(
        "range".into(),
        json!({
            "filename": file.path(),
            "start": position_json(start),
            "end": position_json(end),
        }),
    );
    if file.is_shown() {
        out.insert("snippet".into(), snippet_json);
    }
    Some(out)
}

fn call_json(call: &FunctionCall) -> Value {
    // A type that is no JSON would be a mistake of ours: it is shown as it is.
    let ty = |ty: &str| serde_json::from_str(ty).unwrap_or_else(|_| Value::from(ty));
    let parameter = |parameter: &FunctionParameter| json!({ "name": parameter.name, "type": ty(&parameter.ty) });
    let signature = &call.signature;
    let mut out = Map::new();
    out.insert("name".into(), signature.name.as_str().into());
    if !signature.parameters.is_empty() {
        out.insert("params".into(), signature.parameters.iter().map(parameter).collect());
    }
    if let Some(variadic) = &signature.variadic {
        out.insert("variadic_param".into(), parameter(variadic));
    }
    out.insert("return_type".into(), ty(&signature.return_type));
    json!({ "called_as": call.called_as, "signature": out })
}

fn position_json(at: Position) -> Value {
    json!({ "line": at.line, "column": at.column, "byte": at.byte })
}

/// The answer of `validate -json`.
pub fn validate_json(diagnostics: &Diagnostics, sources: &SourceMap) -> Value {
    let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
    let errors = count(Severity::Error);
    json!({
        "format_version": "1.0",
        "valid": errors == 0,
        "error_count": errors,
        "warning_count": count(Severity::Warning),
        "diagnostics": diagnostics.iter().map(|d| diagnostic_json(d, sources)).collect::<Vec<_>>(),
    })
}
