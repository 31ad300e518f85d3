//! Where our diagnostics are better than Terraform's on purpose, which is no difference. Each way
//! is a row of `docs/differences.md`.

use std::collections::BTreeMap;

use crate::json::Json;
use crate::run::Document;

/// What was found, with what Terraform has in place of what is better. `first_only` is for errors
/// of syntax, of which we report all that a file has: then the first has to be the same.
pub fn level(document: &str, expected: &Json, found: &Json, first_only: bool) -> Json {
    match document {
        "diagnostics" => level_list(expected, found, first_only),
        "validation" => level_validation(expected, found, first_only),
        _ => found.clone(),
    }
}

/// A refresh that finds nothing, which Terraform takes for a change if a number of an output was
/// computed: it compares how many digits the number could have, too. `expected` is what it says
/// in one place, and gets what we say of that.
pub fn level_refresh(expected: &mut [Document], found: &[Document]) {
    let plan = |documents: &[Document]| documents.iter().position(|d| d.kind == "plan");
    let (Some(theirs), Some(ours)) = (plan(expected), plan(found)) else { return };
    let with = |plan: &Json| match plan {
        Json::Object(members) => {
            let mut members = members.clone();
            members.insert("applyable".to_owned(), Json::Bool(false));
            Some(Json::Object(members))
        }
        _ => None,
    };
    let leveled = with(&expected[theirs].content);
    let is_idle = |plan: &Json| {
        let changes = match plan.get("output_changes") {
            Some(Json::Object(changes)) => changes.values().collect(),
            _ => Vec::new(),
        };
        // That an output goes is no change for a refresh.
        let is_none = |change: &&Json| {
            let action = change.get("actions").and_then(|actions| actions.items().first()?.text());
            matches!(action, Some("no-op" | "delete"))
        };
        plan.get("resource_drift").is_none()
            && plan.get("resource_changes").is_none()
            && changes.iter().all(is_none)
    };
    let Some(leveled) = leveled.filter(is_idle) else { return };
    if found[ours].content.get("applyable") != Some(&Json::Bool(false)) {
        return;
    }
    expected[theirs].content = leveled;
    for document in expected.iter_mut().filter(|d| d.kind.starts_with("exit code")) {
        if document.kind != "exit code of apply" && document.content == Json::Number("2".into()) {
            document.content = Json::Number("0".into());
        }
    }
}

/// Whether Terraform refuses a plan that is none of ours to refuse: all that it found wrong is
/// beside an operand of `&&` or `||` that decides alone. From there on the two tell of different
/// things.
pub fn goes_on(expected: &[Document], found: &[Document]) -> bool {
    let refused = Json::Number("1".into());
    let code = |documents: &[Document]| {
        documents.iter().find(|d| d.kind == "exit code").map(|d| d.content.clone())
    };
    let beside = |error: &Json| {
        let code = error.get("snippet").and_then(|snippet| snippet.get("code")?.text());
        code.is_some_and(|code| code.contains(" && ") || code.contains(" || "))
    };
    let mut errors = expected
        .iter()
        .filter(|d| d.kind == "diagnostics")
        .flat_map(|d| d.content.items())
        .filter(|d| d.get("severity").and_then(Json::text) == Some("error"))
        .peekable();
    code(expected).as_ref() == Some(&refused)
        && code(found).is_some_and(|code| code != refused)
        && errors.peek().is_some()
        && errors.all(beside)
}

fn level_validation(expected: &Json, found: &Json, first_only: bool) -> Json {
    let (Some(list), Some(ours)) = (expected.get("diagnostics"), found.get("diagnostics")) else {
        return found.clone();
    };
    let leveled = level_list(list, ours, first_only);
    match found {
        Json::Object(_) if first_only && leveled == *list => expected.clone(),
        Json::Object(members) => {
            let mut members = members.clone();
            members.insert("diagnostics".to_owned(), leveled);
            Json::Object(members)
        }
        other => other.clone(),
    }
}

fn level_list(expected: &Json, found: &Json, first_only: bool) -> Json {
    if first_only && expected.items().first().is_some_and(|first| found.items().contains(first)) {
        return expected.clone();
    }
    let mut found = found.items().to_vec();
    for theirs in expected.items() {
        if let Some(ours) = found.iter_mut().find(|ours| is_better(theirs, ours)) {
            *ours = theirs.clone();
        }
    }
    Json::Array(found)
}

fn is_better(theirs: &Json, ours: &Json) -> bool {
    let same = |member| theirs.get(member) == ours.get(member);
    same("severity") && same("summary") && (has_a_place(theirs, ours) || hides(theirs, ours))
}

/// An error with a place where Terraform gives none. A cycle is besides told with what makes each
/// of its edges.
fn has_a_place(theirs: &Json, ours: &Json) -> bool {
    let is_cycle = theirs.get("summary").and_then(Json::text) == Some("Cycle: <ring>");
    theirs.get("range").is_none()
        && ours.get("range").is_some()
        && (is_cycle || theirs.get("detail") == ours.get("detail"))
}

/// The rule of a variable that failed, without the value of a sensitive one.
fn hides(theirs: &Json, ours: &Json) -> bool {
    let is_rule = theirs.get("summary").and_then(Json::text) == Some("Invalid value for variable");
    is_rule
        && values(ours).is_some_and(<[Json]>::is_empty)
        && without_values(theirs) == without_values(ours)
}

fn values(diagnostic: &Json) -> Option<&[Json]> {
    Some(diagnostic.get("snippet")?.get("values")?.items())
}

fn without_values(diagnostic: &Json) -> Json {
    let without = |json: &Json, name: &str| -> BTreeMap<String, Json> {
        let Json::Object(members) = json else { return BTreeMap::new() };
        members.iter().filter(|m| m.0 != name).map(|(n, v)| (n.clone(), v.clone())).collect()
    };
    let mut members = without(diagnostic, "snippet");
    if let Some(snippet) = diagnostic.get("snippet") {
        members.insert("snippet".to_owned(), Json::Object(without(snippet, "values")));
    }
    Json::Object(members)
}

#[cfg(test)]
mod tests {
    use super::{goes_on, level};
    use crate::json::Json;
    use crate::run::Document;

    fn check(expected: &str, found: &str, first_only: bool, equal: bool) {
        let parse = |text| Json::parse(text).expect("JSON");
        let (expected, found) = (parse(expected), parse(found));
        assert_eq!(level("diagnostics", &expected, &found, first_only) == expected, equal);
    }

    #[test]
    fn a_place_is_better_than_none() {
        let found = r#"[{"summary":"s","detail":"d","range":1,"address":"a"}]"#;
        check(r#"[{"summary":"s","detail":"d"}]"#, found, false, true);
        check(r#"[{"summary":"s","detail":"e"}]"#, found, false, false);
        check(r#"[{"summary":"s","detail":"d","range":2}]"#, found, false, false);
        check(r#"[{"summary":"s","detail":"d"}]"#, r#"[{"summary":"s"}]"#, false, false);
    }

    #[test]
    fn a_rule_that_failed_need_not_show_a_value() {
        let with = |values: &str, code: &str| {
            format!(
                r#"[{{"summary":"Invalid value for variable","range":1,
                    "snippet":{{"code":"{code}","values":[{values}]}}}}]"#
            )
        };
        check(&with("1", "x"), &with("", "x"), false, true);
        check(&with("1", "x"), &with("2", "x"), false, false);
        check(&with("1", "x"), &with("", "y"), false, false);
        check(&with("", "x"), &with("1", "x"), false, false);
    }

    #[test]
    fn what_is_beside_a_deciding_operand_is_no_error() {
        let documents = |code: &str, errors: &[&str]| {
            let document = |kind: &str, content: &str| Document {
                kind: kind.to_owned(),
                place: "step".to_owned(),
                content: Json::parse(content).expect("JSON"),
            };
            let errors: Vec<String> = errors
                .iter()
                .map(|code| format!(r#"{{"severity":"error","snippet":{{"code":"{code}"}}}}"#))
                .collect();
            let errors = format!("[{}]", errors.join(","));
            [document("exit code", code), document("diagnostics", &errors)]
        };
        let check = |errors: &[&str], code: &str, expected: bool| {
            assert_eq!(goes_on(&documents("1", errors), &documents(code, &[])), expected);
        };
        check(&["a = true || f()"], "2", true);
        check(&["a = true || f()"], "1", false);
        check(&["a = true || f()", "a = f()"], "2", false);
        check(&[], "2", false);
    }

    #[test]
    fn of_syntax_the_first_error_has_to_be_there() {
        check(r#"[{"summary":"a"},{"summary":"b"}]"#, r#"[{"summary":"a"}]"#, true, true);
        check(r#"[{"summary":"a"}]"#, r#"[{"summary":"b"},{"summary":"a"}]"#, true, true);
        check(r#"[{"summary":"a"},{"summary":"b"}]"#, r#"[{"summary":"b"}]"#, true, false);
        check(r#"[{"summary":"a"}]"#, r#"[{"summary":"b"},{"summary":"a"}]"#, false, false);
    }
}
