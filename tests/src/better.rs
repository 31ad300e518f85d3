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
        "plan" => level_replacements(expected, found),
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

/// Whether Terraform refuses to apply a refresh that it said could be applied, to save outputs.
pub fn saves_outputs(expected: &[Document], found: &[Document]) -> bool {
    let code = |documents: &[Document]| {
        let code = documents.iter().find(|d| d.kind == "exit code of apply");
        code.map(|code| code.content.clone())
    };
    let not_applyable = |event: &Json| {
        let summary = event.get("diagnostic").and_then(|diagnostic| diagnostic.get("summary"));
        summary.and_then(Json::text) == Some("Cannot apply non-applyable plan")
    };
    let events = expected.iter().filter(|document| document.kind == "events");
    code(found) == Some(Json::Number("0".into()))
        && code(expected) == Some(Json::Number("1".into()))
        && events.flat_map(|document| document.content.items()).any(not_applyable)
}

/// Whether Terraform's apply of targets leaves out what it planned to destroy: instances that are
/// no longer wanted, of what the targets depend on.
pub fn destroys_as_planned(expected: &[Document], found: &[Document]) -> bool {
    let removed = |documents: &[Document], operation: &str| {
        let events = documents.iter().filter(|document| document.kind == "events");
        let mut changes =
            events.flat_map(|document| document.content.items()).filter_map(|event| {
                let changes = event.get("changes")?;
                let is = changes.get("operation").and_then(Json::text) == Some(operation);
                is.then(|| changes.get("remove").cloned()).flatten()
            });
        changes.next_back()
    };
    let targets = expected.iter().all(|document| document.place.contains("-target="));
    let planned = removed(expected, "plan");
    let less = |applied: Json| Some(applied) != planned;
    targets && removed(expected, "apply").is_some_and(less) && removed(found, "apply") == planned
}

/// Whether Terraform refuses a command about the state alone since the configuration, which is
/// validated later, has errors.
pub fn needs_no_configuration(
    expected: &[Document],
    found: &[Document],
    later: &[Document],
) -> bool {
    let is = |documents: &[Document], code: &str| match documents {
        [only] => only.kind == "exit code" && only.content == Json::Number(code.into()),
        _ => false,
    };
    let validation = later.iter().find(|document| document.kind == "validation");
    let valid = validation.and_then(|document| document.content.get("valid"));
    is(expected, "1") && is(found, "0") && valid == Some(&Json::Bool(false))
}

/// A second plan of a refresh, which Terraform takes for a change for a computed number of an
/// output, as in [`level_refresh`]: `expected` gets what we say.
pub fn level_second_refresh(expected: &mut [Document], found: &[Document]) {
    const SECOND: &str = "exit code of a second plan";
    let is = |document: &Document, code: &str| {
        document.kind == SECOND && document.content == Json::Number(code.into())
    };
    let has_number = |d: &Document| d.kind == "outputs" && has_number(&d.content);
    if !expected.iter().any(has_number) || !found.iter().any(|d| is(d, "0")) {
        return;
    }
    for document in expected.iter_mut().filter(|d| d.place.contains("-refresh-only")) {
        if is(document, "2") {
            document.content = Json::Number("0".into());
        }
    }
}

fn has_number(json: &Json) -> bool {
    match json {
        Json::Number(_) => true,
        Json::Array(items) => items.iter().any(has_number),
        Json::Object(members) => members.values().any(has_number),
        Json::Null | Json::Bool(_) | Json::String(_) => false,
    }
}

/// The planned values of replacements, of which Terraform forgets what the schema says is
/// sensitive: what we say besides is left out.
fn level_replacements(expected: &Json, found: &Json) -> Json {
    const PLANNED: &str = "planned_values";
    let is_replaced = |change: &&Json| {
        let actions = change.get("change").and_then(|change| change.get("actions"));
        actions.is_some_and(|actions| actions.items().len() == 2)
    };
    let changes = expected.get("resource_changes").map(Json::items).unwrap_or_default();
    let replaced: Vec<&str> = changes
        .iter()
        .filter(is_replaced)
        .filter_map(|change| change.get("address")?.text())
        .collect();
    let (Some(theirs), Json::Object(members)) = (expected.get(PLANNED), found) else {
        return found.clone();
    };
    let mut members = members.clone();
    if let Some(ours) = members.get_mut(PLANNED).filter(|_| !replaced.is_empty()) {
        *ours = forget_secrets(theirs, ours, &replaced);
    }
    Json::Object(members)
}

fn forget_secrets(theirs: &Json, ours: &Json, replaced: &[&str]) -> Json {
    match (theirs, ours) {
        (Json::Array(theirs), Json::Array(ours)) if theirs.len() == ours.len() => {
            let pairs = theirs.iter().zip(ours);
            Json::Array(pairs.map(|(t, o)| forget_secrets(t, o, replaced)).collect())
        }
        (Json::Object(theirs_here), Json::Object(ours_here)) => {
            let address = ours.get("address").and_then(Json::text);
            let is_replaced = address.is_some_and(|address| replaced.contains(&address));
            let members = ours_here.iter().map(|(name, value)| {
                let other = theirs_here.get(name).unwrap_or(value);
                let more = is_replaced && name == "sensitive_values" && says_more(other, value);
                let leveled =
                    if more { other.clone() } else { forget_secrets(other, value, replaced) };
                (name.clone(), leveled)
            });
            Json::Object(members.collect())
        }
        _ => ours.clone(),
    }
}

/// Whether all that one says to be sensitive, the other does too.
fn says_more(less: &Json, more: &Json) -> bool {
    match (less, more) {
        (Json::Object(less), Json::Object(more)) => less
            .iter()
            .all(|(name, value)| more.get(name).is_some_and(|more| says_more(value, more))),
        _ => less == more || *more == Json::Bool(true),
    }
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
    use super::{destroys_as_planned, level, needs_no_configuration, saves_outputs};
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
    fn a_replacement_may_say_more_to_be_sensitive() {
        let replace = r#""delete","create""#;
        let plan = |action: &str, sensitive: &str| {
            let text = format!(
                r#"{{"planned_values":{{"root_module":{{"resources":[
                    {{"address":"a.b","sensitive_values":{sensitive}}}]}}}},
                    "resource_changes":[{{"address":"a.b","change":{{"actions":[{action}]}}}}]}}"#
            );
            Json::parse(&text).expect("JSON")
        };
        let check = |action: &str, theirs: &str, ours: &str, equal: bool| {
            let (theirs, ours) = (plan(action, theirs), plan(action, ours));
            assert_eq!(level("plan", &theirs, &ours, false) == theirs, equal);
        };
        check(replace, r#"{"x":{}}"#, r#"{"x":{},"y":true}"#, true);
        check(replace, r#"{"x":true}"#, r#"{"y":true}"#, false);
        check(r#""update""#, "{}", r#"{"y":true}"#, false);
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
    fn a_refresh_saves_outputs_as_it_says() {
        let documents = |code: &str, summary: &str| {
            let document = |kind: &str, content: &str| Document {
                kind: kind.to_owned(),
                place: "step".to_owned(),
                content: Json::parse(content).expect("JSON"),
            };
            let events = format!(r#"[{{"diagnostic":{{"summary":"{summary}"}}}}]"#);
            [document("exit code of apply", code), document("events", &events)]
        };
        let check = |summary: &str, code: &str, expected: bool| {
            assert_eq!(saves_outputs(&documents("1", summary), &documents(code, "")), expected);
        };
        check("Cannot apply non-applyable plan", "0", true);
        check("Cannot apply non-applyable plan", "1", false);
        check("Cannot apply failed plan", "0", false);
    }

    #[test]
    fn what_is_planned_to_be_destroyed_is() {
        let documents = |place: &str, planned: u8, applied: u8| {
            let events = |operation: &str, remove: u8| {
                let changes = format!(r#"{{"operation":"{operation}","remove":{remove}}}"#);
                let content = Json::parse(&format!(r#"[{{"changes":{changes}}}]"#)).expect("JSON");
                Document { kind: "events".to_owned(), place: place.to_owned(), content }
            };
            [events("plan", planned), events("apply", applied)]
        };
        let check = |place: &str, theirs: u8, ours: u8, is: bool| {
            let (theirs, ours) = (documents(place, 1, theirs), documents(place, 1, ours));
            assert_eq!(destroys_as_planned(&theirs, &ours), is);
        };
        check("step: apply -target=r.a", 0, 1, true);
        check("step: apply -target=r.a", 0, 0, false);
        check("step: apply -target=r.a", 1, 1, false);
        check("step: apply", 0, 1, false);
    }

    #[test]
    fn commands_about_the_state_need_no_configuration() {
        let document = |kind: &str, content: &str| Document {
            kind: kind.to_owned(),
            place: "step".to_owned(),
            content: Json::parse(content).expect("JSON"),
        };
        let check = |expected: &str, found: &str, valid: &str, is: bool| {
            let code = |code: &str| [document("exit code", code)];
            let later = [document("validation", &format!(r#"{{"valid":{valid}}}"#))];
            assert_eq!(needs_no_configuration(&code(expected), &code(found), &later), is);
        };
        check("1", "0", "false", true);
        check("1", "0", "true", false);
        check("0", "1", "false", false);
    }

    #[test]
    fn of_syntax_the_first_error_has_to_be_there() {
        check(r#"[{"summary":"a"},{"summary":"b"}]"#, r#"[{"summary":"a"}]"#, true, true);
        check(r#"[{"summary":"a"}]"#, r#"[{"summary":"b"},{"summary":"a"}]"#, true, true);
        check(r#"[{"summary":"a"},{"summary":"b"}]"#, r#"[{"summary":"b"}]"#, true, false);
        check(r#"[{"summary":"a"}]"#, r#"[{"summary":"b"},{"summary":"a"}]"#, false, false);
    }
}
