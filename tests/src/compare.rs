//! Two documents, and where they differ.

use std::fmt;

use crate::json::Json;

/// Where two documents differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which step of the case, and which document.
    pub place: String,
    /// The way into the document: `resource_changes[0].change.after`.
    pub path: String,
    /// What the oracle has there; `None` if it has nothing.
    pub expected: Option<Json>,
    /// What groma has there; `None` if it has nothing.
    pub found: Option<Json>,
}

impl Difference {
    /// What kind of difference it is: the document, and the path without its indexes.
    pub fn subject(&self) -> String {
        let document = self.place.rsplit(" · ").next().unwrap_or_default();
        let path: Vec<&str> =
            self.path.split('[').map(|p| p.rsplit(']').next().unwrap_or(p)).collect();
        let event = [&self.expected, &self.found]
            .into_iter()
            .flatten()
            .find_map(|event| Some(format!(" {}", event.get("type")?.text()?)));
        format!("{document} {}{}", path.join("[]"), event.unwrap_or_default())
    }
}

/// Everything that is not compared, each with its reason. `*` is one member or item, `**` any
/// number of them.
pub const IGNORED: &[(&str, &str, &str)] = &[
    ("plan", "timestamp", "the moment of the plan"),
    ("plan", "groma", "our own additions: the digest, the commit"),
    ("state file", "serial", "counts writes there, and runs that changed something here"),
    ("state file", "lineage", "random"),
    ("events", "*.@timestamp", "the moment of the event"),
    ("events", "*.@module", "the name of the logger"),
    ("events", "*.hook.elapsed_seconds", "a duration"),
];

/// Lists whose order is not said to mean anything, and in which Terraform's own differs from run
/// to run or follows from its concurrency.
const UNORDERED: &[(&str, &str)] = &[
    ("plan", "relevant_attributes"),
    ("plan", "checks"),
    ("plan", "checks.*.instances"),
    ("plan", "planned_values.root_module.child_modules.**.child_modules"),
    ("state", "checks"),
    ("state", "checks.*.instances"),
    ("state file", "check_results"),
    ("state file", "check_results.*.objects"),
    ("state file", "resources.*.instances.*.sensitive_attributes"),
    ("events", ""),
    ("diagnostics", ""),
    ("validation", "diagnostics"),
];

/// Adds to `differences` where `found` is not `expected`.
pub fn compare(
    document: &str,
    place: &str,
    expected: &Json,
    found: &Json,
    differences: &mut Vec<Difference>,
) {
    let mut walk = Walk { document, place, path: Vec::new(), differences };
    let expected = walk.settle(expected, &mut Vec::new());
    let found = walk.settle(found, &mut Vec::new());
    walk.compare(Some(&expected), Some(&found));
}

struct Walk<'a> {
    document: &'a str,
    place: &'a str,
    path: Vec<String>,
    differences: &'a mut Vec<Difference>,
}

impl Walk<'_> {
    /// Without what is ignored, and with what has no order sorted.
    fn settle(&self, json: &Json, path: &mut Vec<String>) -> Json {
        let applies = |pattern: &str| {
            let pattern: Vec<&str> = pattern.split('.').filter(|p| !p.is_empty()).collect();
            matches(&pattern, path)
        };
        match json {
            Json::Array(items) => {
                let sorted = UNORDERED.iter().any(|(d, p)| *d == self.document && applies(p));
                let mut settled = Vec::with_capacity(items.len());
                let is_state = self.document == "state file" && *path == ["resources"];
                let kept = items.iter().filter(|item| !(is_state && is_husk(item)));
                for (index, item) in kept.enumerate() {
                    path.push(index.to_string());
                    settled.push(self.settle(item, path));
                    path.pop();
                }
                if sorted {
                    settled.sort();
                }
                Json::Array(settled)
            }
            Json::Object(members) => {
                let mut settled = std::collections::BTreeMap::new();
                for (name, value) in members {
                    path.push(name.clone());
                    let pattern = |p: &str| matches(&p.split('.').collect::<Vec<_>>(), path);
                    let ignored = IGNORED.iter().any(|(d, p, _)| *d == self.document && pattern(p));
                    if !ignored {
                        settled.insert(name.clone(), self.settle(value, path));
                    }
                    path.pop();
                }
                Json::Object(settled)
            }
            other => other.clone(),
        }
    }

    fn compare(&mut self, expected: Option<&Json>, found: Option<&Json>) {
        if expected == found {
            return;
        }
        match (expected, found) {
            (Some(Json::Object(e)), Some(Json::Object(f))) => {
                let mut names: Vec<&String> = e.keys().chain(f.keys()).collect();
                names.sort_unstable();
                names.dedup();
                for name in names {
                    self.step(format!(".{name}"), e.get(name), f.get(name));
                }
            }
            (Some(Json::Array(e)), Some(Json::Array(f))) if self.is_unordered() => {
                for (item, other) in [(e, f), (f, e)] {
                    for only in item.iter().filter(|item| !other.contains(item)) {
                        let here = std::ptr::eq(item, e);
                        let (e, f) = if here { (Some(only), None) } else { (None, Some(only)) };
                        self.report(e, f);
                    }
                }
                if e.len() != f.len() && e.iter().all(|x| f.contains(x)) {
                    self.report(expected, found);
                }
            }
            (Some(Json::Array(e)), Some(Json::Array(f))) => {
                for index in 0..e.len().max(f.len()) {
                    self.step(format!("[{index}]"), e.get(index), f.get(index));
                }
            }
            _ => self.report(expected, found),
        }
    }

    fn step(&mut self, step: String, expected: Option<&Json>, found: Option<&Json>) {
        self.path.push(step);
        self.compare(expected, found);
        self.path.pop();
    }

    /// Items of these are told apart as a whole: which belongs to which is not known.
    fn is_unordered(&self) -> bool {
        let path: Vec<String> =
            self.path.iter().map(|p| p.trim_matches(['.', '[', ']']).to_owned()).collect();
        UNORDERED.iter().any(|(document, pattern)| {
            let pattern: Vec<&str> = pattern.split('.').filter(|p| !p.is_empty()).collect();
            *document == self.document && matches(&pattern, &path)
        })
    }

    fn report(&mut self, expected: Option<&Json>, found: Option<&Json>) {
        self.differences.push(Difference {
            place: self.place.to_owned(),
            path: self.path.concat(),
            expected: expected.cloned(),
            found: found.cloned(),
        });
    }
}

/// What Terraform leaves in a state of a resource whose arguments could not be evaluated at apply,
/// until the next run: a resource with no objects, which says nothing.
fn is_husk(resource: &Json) -> bool {
    matches!(resource.get("instances"), Some(Json::Array(instances)) if instances.is_empty())
}

fn matches(pattern: &[&str], path: &[String]) -> bool {
    match (pattern, path) {
        ([], []) => true,
        (["**", rest @ ..], _) => (0..=path.len()).any(|skip| matches(rest, &path[skip..])),
        ([first, pattern @ ..], [name, path @ ..]) => {
            (*first == "*" || first == name) && matches(pattern, path)
        }
        _ => false,
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |json: &Option<Json>| {
            let text = json.as_ref().map_or("nothing".to_owned(), Json::to_string);
            let mut short: String = text.chars().take(600).collect();
            if short.len() < text.len() {
                short.push('…');
            }
            short
        };
        writeln!(f, "{} at {}", self.place, self.path.trim_start_matches('.'))?;
        writeln!(f, "  expected {}", side(&self.expected))?;
        write!(f, "  found    {}", side(&self.found))
    }
}

#[cfg(test)]
mod tests {
    use super::{IGNORED, compare};
    use crate::json::Json;

    fn check(document: &str, expected: &str, found: &str, differences: &[&str]) {
        let mut all = Vec::new();
        let parse = |text| Json::parse(text).expect("JSON");
        compare(document, "step", &parse(expected), &parse(found), &mut all);
        let all: Vec<String> = all
            .iter()
            .map(|d| {
                let side = |j: &Option<Json>| j.as_ref().map_or(String::new(), Json::to_string);
                format!("{}: {} ≠ {}", d.path, side(&d.expected), side(&d.found))
            })
            .collect();
        assert_eq!(all, differences);
    }

    #[test]
    fn differences_are_told_by_their_path() {
        check(
            "plan",
            r#"{"a":[{"b":1}],"c":2}"#,
            r#"{"a":[{"b":2},3]}"#,
            &[".a[0].b: 1 ≠ 2", ".a[1]:  ≠ 3", ".c: 2 ≠ "],
        );
    }

    #[test]
    fn the_order_of_a_list_counts_unless_it_is_listed() {
        check("plan", r#"{"x":[1,2]}"#, r#"{"x":[2,1]}"#, &[".x[0]: 1 ≠ 2", ".x[1]: 2 ≠ 1"]);
        check("plan", r#"{"checks":[1,2]}"#, r#"{"checks":[2,1]}"#, &[]);
        check(
            "plan",
            r#"{"checks":[1,2]}"#,
            r#"{"checks":[3,1]}"#,
            &[".checks: 2 ≠ ", ".checks:  ≠ 3"],
        );
    }

    #[test]
    fn what_is_ignored_is_ignored_there_only() {
        check("plan", r#"{"timestamp":"x"}"#, r#"{"timestamp":"y"}"#, &[]);
        check("state", r#"{"timestamp":"x"}"#, "{}", &[r#".timestamp: "x" ≠ "#]);
        check("events", r#"[{"@timestamp":1,"type":"a"}]"#, r#"[{"type":"a"}]"#, &[]);
        assert!(IGNORED.iter().all(|(_, _, reason)| !reason.is_empty()));
    }
}
