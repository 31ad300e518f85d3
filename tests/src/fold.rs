//! What differs from run to run, folded into names that do not: identifiers, times, directories.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::json::Json;

static UUID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").expect("a regex")
});

/// What a provider may make up for an identifier besides: folded where a state has it as one. Which
/// is which is not told: hashicorp/null counts from the second in which it was started, so that
/// two applies within a second make the same ones.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b\d{12,19}\b").expect("a regex"));

static TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)").expect("a regex")
});

/// Both in messages and as the value of `deposed`, which `fold` sees as a bare text.
static DEPOSED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(deposed (?:object|key) |^deposed:)[0-9a-f]{8}").expect("a regex")
});

static ELAPSED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(complete|errored) after (?:\d+m)?\d+s").expect("a regex"));

/// The ring of a cycle starts anywhere, and ours is told with what makes each of its edges.
static CYCLE: LazyLock<Regex> = LazyLock::new(|| Regex::new("^Cycle: .*").expect("a regex"));

/// The names that one tool's run of one case has for what it made up.
///
/// An identifier is named after the object whose attribute it is, in the first state that has
/// it; so the two tools' names agree exactly if the same identifiers are at the same places.
#[derive(Debug, Default)]
pub struct Names {
    ids: HashMap<String, String>,
    uses: BTreeMap<String, usize>,
    directory: String,
}

impl Names {
    /// For a run in `directory`.
    pub fn new(directory: &Path) -> Self {
        Self { directory: directory.display().to_string(), ..Self::default() }
    }

    /// Names what a version-4 state has and that has no name yet. States are given in the order
    /// in which they came about.
    pub fn learn(&mut self, state: &Json) {
        let mut objects: Vec<(String, &Json)> = Vec::new();
        for resource in state.get("resources").map(Json::items).unwrap_or_default() {
            let part = |name| resource.get(name).and_then(Json::text).unwrap_or_default();
            let address = format!("{} {}.{}", part("module"), part("type"), part("name"));
            for object in resource.get("instances").map(Json::items).unwrap_or_default() {
                let key = object.get("index_key").map(Json::to_string).unwrap_or_default();
                objects.push((format!("{address}[{key}]"), object));
            }
        }
        objects.sort_by(|a, b| a.0.cmp(&b.0));
        for (address, object) in objects {
            if let Some(Json::Object(attributes)) = object.get("attributes") {
                let number = object.get("attributes").and_then(|a| a.get("id")?.text());
                if let Some(number) = number.filter(|id| id.bytes().all(|b| b.is_ascii_digit())) {
                    self.ids.insert(number.to_owned(), "<number>".to_owned());
                }
                let id = attributes.get("id").into_iter().map(|id| ("id", id));
                for (name, value) in id.chain(attributes.iter().map(|(n, v)| (n.as_str(), v))) {
                    self.learn_text(&format!("{address}.{name}"), value);
                }
            }
        }
        if let Some(outputs) = state.get("outputs") {
            self.learn_text("output", outputs);
        }
    }

    fn learn_text(&mut self, place: &str, value: &Json) {
        match value {
            Json::String(text) => {
                for found in UUID.find_iter(text) {
                    if self.ids.contains_key(found.as_str()) {
                        continue;
                    }
                    let uses = self.uses.entry(place.to_owned()).or_default();
                    *uses += 1;
                    self.ids.insert(found.as_str().to_owned(), format!("<{place} #{uses}>"));
                }
            }
            Json::Array(items) => items.iter().for_each(|item| self.learn_text(place, item)),
            Json::Object(members) => members.values().for_each(|v| self.learn_text(place, v)),
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }

    /// The document with names in place of what was made up.
    pub fn fold(&self, document: Json) -> Json {
        mark_deposed(document).map_text(&|text| self.fold_text(&text))
    }

    fn fold_text(&self, text: &str) -> String {
        let text = text.replace(&self.directory, "<directory>");
        let text = UUID.replace_all(&text, |found: &Captures<'_>| {
            self.ids.get(&found[0]).cloned().unwrap_or_else(|| "<uuid>".to_owned())
        });
        let text = NUMBER.replace_all(&text, |found: &Captures<'_>| {
            self.ids.get(&found[0]).cloned().unwrap_or_else(|| found[0].to_owned())
        });
        let text = CYCLE.replace(&text, "Cycle: <ring>");
        let text = TIME.replace_all(&text, "<time>");
        let text = ELAPSED.replace_all(&text, "${1} after <elapsed>");
        sort_list(&DEPOSED.replace_all(&text, "${1}<key>"))
    }
}

/// Addresses that a message lists, one a line, come in the order in which they were visited.
fn sort_list(text: &str) -> String {
    let is_item = |line: &&str| line.starts_with(" - ");
    let mut lines: Vec<&str> = text.split('\n').collect();
    let first = lines.iter().position(is_item);
    if let Some(first) = first {
        let count = lines[first..].iter().take_while(|line| is_item(line)).count();
        lines[first..first + count].sort_unstable();
    }
    lines.join("\n")
}

/// A deposed key stands alone as a value; with its name before it, the expression finds it.
fn mark_deposed(document: Json) -> Json {
    match document {
        Json::Array(items) => Json::Array(items.into_iter().map(mark_deposed).collect()),
        Json::Object(members) => Json::Object(
            members
                .into_iter()
                .map(|(name, value)| match value {
                    Json::String(key) if name == "deposed" || name == "deposed_key" => {
                        (name, Json::String(format!("deposed:{key}")))
                    }
                    value => (name, mark_deposed(value)),
                })
                .collect(),
        ),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Names;
    use crate::json::Json;

    #[test]
    fn identifiers_are_named_after_their_object_in_order_of_appearance() {
        let a = "11111111-1111-1111-1111-111111111111";
        let b = "22222222-2222-2222-2222-222222222222";
        let state = |id: &str| {
            Json::parse(&format!(
                r#"{{"resources":[{{"type":"t","name":"n","instances":[{{"attributes":{{"id":"{id}"}}}}]}}]}}"#
            ))
            .expect("JSON")
        };
        let mut names = Names::new(Path::new("/case"));
        names.learn(&state(a));
        names.learn(&state(b));
        let text = format!("/case/x {a} {b} 2026-01-02T03:04:05Z (deposed object 0123abcd)");
        assert_eq!(
            names.fold(Json::String(text)).to_string(),
            r#""<directory>/x < t.n[].id #1> < t.n[].id #2> <time> (deposed object <key>)""#
        );
        let change = Json::parse(r#"{"deposed":"0123abcd"}"#).expect("JSON");
        assert_eq!(names.fold(change).to_string(), r#"{"deposed":"deposed:<key>"}"#);
    }
}
