//! Where Terraform needs both operands of `&&` and `||`, and we only the one that decides: a row of
//! `docs/differences.md`. From there on the two tell of different things, so that nothing after it
//! is compared.

use std::collections::BTreeMap;

use crate::fixture::Case;
use crate::json::Json;
use crate::run::Document;

/// Whether what the tools say in one place, after the configuration was validated, is apart for
/// that: Terraform refuses what is none of ours to refuse, or does not know what we do.
pub fn parts(case: &Case, expected: &[Document], found: &[Document]) -> bool {
    may(case) && (goes_on(expected, found) || knows(expected, found))
}

/// Whether a case has such operators at all.
pub fn may(case: &Case) -> bool {
    case.steps.iter().flat_map(|step| &step.files).any(|(_, content)| decides(content))
}

fn decides(code: &str) -> bool {
    code.contains(" && ") || code.contains(" || ")
}

fn content<'d>(documents: &'d [Document], kind: &str) -> Option<&'d Json> {
    documents.iter().find(|document| document.kind == kind).map(|document| &document.content)
}

/// Whether all that Terraform finds wrong is beside an operand that decides.
fn goes_on(expected: &[Document], found: &[Document]) -> bool {
    let refused = Json::Number("1".into());
    let beside = |error: &Json| {
        let code = error.get("snippet").and_then(|snippet| snippet.get("code")?.text());
        code.is_some_and(decides)
    };
    let diagnostics = content(expected, "diagnostics").map(Json::items).unwrap_or_default();
    let is_error = |d: &&Json| d.get("severity").and_then(Json::text) == Some("error");
    let mut errors = diagnostics.iter().filter(is_error).peekable();
    content(expected, "exit code") == Some(&refused)
        && content(found, "exit code").is_some_and(|code| *code != refused)
        && errors.peek().is_some()
        && errors.all(beside)
}

/// Whether something is known to us when planning, and not to Terraform: a truth value, or what it
/// chooses.
fn knows(expected: &[Document], found: &[Document]) -> bool {
    let changes = |documents: &[Document]| -> BTreeMap<String, Json> {
        let plan = content(documents, "plan");
        let resources = plan.and_then(|plan| plan.get("resource_changes"));
        let resources = resources.map(Json::items).unwrap_or_default().iter();
        let resources = resources.filter_map(|change| {
            Some((change.get("address")?.text()?.to_owned(), change.get("change")?.clone()))
        });
        let outputs = plan.and_then(|plan| plan.get("output_changes"));
        let outputs = match outputs {
            Some(Json::Object(outputs)) => outputs.clone(),
            _ => BTreeMap::new(),
        };
        resources
            .chain(outputs.into_iter().map(|(name, o)| (format!("output.{name}"), o)))
            .collect()
    };
    let ours = changes(found);
    changes(expected).iter().any(|(name, theirs)| {
        let unknown = theirs.get("after_unknown");
        let after = ours.get(name).and_then(|change| change.get("after"));
        unknown.zip(after).is_some_and(|(unknown, after)| has_value(unknown, after))
    })
}

/// Whether there is something where something is unknown.
fn has_value(unknown: &Json, after: &Json) -> bool {
    match (unknown, after) {
        (Json::Bool(true), after) => *after != Json::Null,
        (Json::Object(unknown), Json::Object(after)) => unknown
            .iter()
            .any(|(name, unknown)| after.get(name).is_some_and(|after| has_value(unknown, after))),
        (Json::Array(unknown), Json::Array(after)) => {
            unknown.iter().zip(after).any(|(unknown, after)| has_value(unknown, after))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::parts;
    use crate::fixture::Case;
    use crate::json::Json;
    use crate::run::Document;

    fn document(kind: &str, content: &str) -> Document {
        let content = Json::parse(content).expect("JSON");
        Document { kind: kind.to_owned(), place: "step".to_owned(), content }
    }

    #[track_caller]
    fn check(code: &str, expected: &[Document], found: &[Document], apart: bool) {
        let text = format!("# t\ntheme: x\n\n=== s\n--- main.tf\n{code}\n");
        let case = Case::parse("x/x", &text).expect("a case");
        assert_eq!(parts(&case, expected, found), apart);
    }

    #[test]
    fn what_fails_beside_what_decides_is_no_error() {
        let refused = |errors: &[&str]| {
            let errors: Vec<String> = errors
                .iter()
                .map(|code| format!(r#"{{"severity":"error","snippet":{{"code":"{code}"}}}}"#))
                .collect();
            [
                document("exit code", "1"),
                document("diagnostics", &format!("[{}]", errors.join(","))),
            ]
        };
        let code = "a = true || f()";
        check(code, &refused(&[code]), &[document("exit code", "2")], true);
        check(code, &refused(&[code]), &[document("exit code", "1")], false);
        check(code, &refused(&[code, "a = f()"]), &[document("exit code", "2")], false);
        check(code, &refused(&[]), &[document("exit code", "2")], false);
    }

    #[test]
    fn what_one_operand_decides_is_known() {
        let plan = |change: &str| {
            let outputs = format!(r#"{{"output_changes":{{"o":{change}}}}}"#);
            let change = r#"{"address":"r.a","change":{"after":1,"after_unknown":false}}"#;
            let resources = format!(r#"{{"resource_changes":[{change}]}}"#);
            [document("plan", &outputs), document("plan", &resources)]
        };
        let unknown = plan(r#"{"after_unknown":{"x":[true]},"after":{"x":[]}}"#);
        let code = "a = false && r.a";
        let known =
            |value: &str| plan(&format!(r#"{{"after_unknown":false,"after":{{"x":[{value}]}}}}"#));
        check(code, &unknown, &known("false"), true);
        check(code, &unknown, &known("\"chosen\""), true);
        check(code, &unknown, &known("null"), false);
        check(code, &unknown, &unknown, false);
        check("a = r.a", &unknown, &known("false"), false);
    }
}
