//! What a cloud makes up, folded into names that do not differ from run to run.
//!
//! Identifiers are named after the attribute of the state that has them, the `id` of an object
//! before anything else. What is in no state keeps the name that it has.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::json::Json;

/// What AWS and its provider make up.
static MADE_UP: LazyLock<Regex> = LazyLock::new(|| {
    let kinds = [
        // A route, named by the provider after its table and a hash of the destination.
        r"r-rtb-[0-9a-f]{17}\d+",
        // A rule of a security group or a network ACL, named by the provider after a hash.
        r"(?:sgrule|nacl)-\d+",
        // Nearly everything of EC2.
        r"[a-z]+-(?:[0-9a-f]{17}|[0-9a-f]{8})",
        // Of listeners and rules of load balancers.
        r"[0-9a-f]{16}",
        // Of IAM.
        r"A(?:KIA|IDA|ROA|GPA|NPA|IPA)[A-Z0-9]{16,17}",
        // Of Route 53.
        r"[ZC][A-Z0-9]{13,21}",
        // What the provider adds to a prefix: the time, and a count.
        r"20\d{16}[0-9a-f]{8}",
        r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}",
        r"\d{1,3}[.-]\d{1,3}[.-]\d{1,3}[.-]\d{1,3}",
    ];
    Regex::new(&format!(r"\b(?:{})\b", kinds.join("|"))).expect("a regex")
});

/// Images are there from the start.
const IMAGE: &str = "ami-";

/// The names that one tool's run of one case has for what was made up.
#[derive(Debug, Default)]
pub(super) struct Names {
    ids: HashMap<String, String>,
    uses: BTreeMap<String, usize>,
    endpoint: String,
}

/// Which attributes are looked at: what a whole state has at the first comes before what it has at
/// the second.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Round {
    Id,
    Arn,
    /// In no collection of several.
    Single,
    Rest,
}

impl Names {
    /// Of a run against the cloud at `endpoint`.
    pub(super) fn new(endpoint: &str) -> Self {
        Self { endpoint: endpoint.to_owned(), ..Self::default() }
    }

    /// Names what a version-4 state has and that has no name yet. States are given in the order in
    /// which they came about.
    pub(super) fn learn(&mut self, state: &Json) {
        let mut objects: Vec<(String, &Json)> = Vec::new();
        for resource in state.get("resources").map(Json::items).unwrap_or_default() {
            let part = |name| resource.get(name).and_then(Json::text).unwrap_or_default();
            let mode = if part("mode") == "data" { "data." } else { "" };
            let address = format!("{}{mode}{}.{}", part("module"), part("type"), part("name"));
            for object in resource.get("instances").map(Json::items).unwrap_or_default() {
                let key = object.get("index_key").map(Json::to_string).unwrap_or_default();
                objects.push((format!("{address}[{key}]"), object));
            }
        }
        objects.sort_by(|a, b| a.0.cmp(&b.0));
        for round in [Round::Id, Round::Arn, Round::Single, Round::Rest] {
            for (address, object) in &objects {
                let Some(Json::Object(attributes)) = object.get("attributes") else { continue };
                for (name, value) in attributes {
                    let now = match round {
                        Round::Id => name == "id",
                        Round::Arn => name == "arn",
                        Round::Single | Round::Rest => true,
                    };
                    if now {
                        self.learn_value(&format!("{address}.{name}"), value, round);
                    }
                }
            }
        }
    }

    fn learn_value(&mut self, place: &str, value: &Json, round: Round) {
        match value {
            Json::String(text) => self.learn_text(place, text, round),
            Json::Array(items) => match items.as_slice() {
                [one] => self.learn_value(place, one, round),
                several if round == Round::Rest => {
                    for item in several {
                        self.learn_value(place, item, round);
                    }
                }
                _ => {}
            },
            Json::Object(members) => {
                for (name, value) in members {
                    self.learn_value(&format!("{place}.{name}"), value, round);
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }

    fn learn_text(&mut self, place: &str, text: &str, round: Round) {
        let is_address = place.ends_with("_ip") || place.ends_with("_ips");
        for found in MADE_UP.find_iter(text) {
            let found = found.as_str();
            let numbers = found.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            let is_known =
                found.starts_with(IMAGE) || numbers && found.contains('.') && !is_address;
            if is_known || self.ids.contains_key(found) {
                continue;
            }
            let name = if round == Round::Rest {
                // Which of several is which is not told: a set has them in the order of what they
                // are called.
                format!("<{place}>")
            } else {
                let uses = self.uses.entry(place.to_owned()).or_default();
                *uses += 1;
                format!("<{place} #{uses}>")
            };
            if numbers {
                // As it stands in the name of a host.
                self.ids.insert(found.replace('.', "-"), name.clone());
            }
            self.ids.insert(found.to_owned(), name);
        }
    }

    /// The document with names in place of what was made up, and sets in the order of these.
    pub(super) fn fold(&self, document: Json) -> Json {
        self.fold_in(document, Place::Document)
    }

    fn fold_in(&self, json: Json, place: Place) -> Json {
        match json {
            Json::String(text) => Json::String(self.fold_text(&text)),
            Json::Array(items) => {
                let folded = items.iter().map(|item| self.fold_in(item.clone(), place));
                let mut folded: Vec<Json> = folded.collect();
                let ordered_by_names = match place {
                    Place::Document => false,
                    Place::Value => folded != items,
                    Place::Mask => true,
                };
                if ordered_by_names {
                    folded.sort();
                }
                Json::Array(folded)
            }
            Json::Object(members) => Json::Object(
                members
                    .into_iter()
                    .map(|(name, value)| {
                        let place = place.below(&name);
                        (self.fold_text(&name), self.fold_in(value, place))
                    })
                    .collect(),
            ),
            other => other,
        }
    }

    fn fold_text(&self, text: &str) -> String {
        let text = text.replace(&self.endpoint, "<endpoint>");
        let text = MADE_UP.replace_all(&text, |found: &Captures<'_>| {
            self.ids.get(&found[0]).cloned().unwrap_or_else(|| found[0].to_owned())
        });
        text.into_owned()
    }
}

/// Where in a document something is: the order of a list that may be a set counts only if it does
/// not come of what was made up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Document,
    /// In the value of an object or an output.
    Value,
    /// In what says of such a value which parts are unknown or sensitive.
    Mask,
}

impl Place {
    fn below(self, name: &str) -> Self {
        match (self, name) {
            // The values of a whole state are objects, which have values.
            (_, "root_module") => Self::Document,
            (Self::Document, "attributes" | "values" | "before" | "after" | "value") => Self::Value,
            (
                Self::Document,
                "after_unknown" | "before_sensitive" | "after_sensitive" | "sensitive_values",
            ) => Self::Mask,
            (place, _) => place,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Names;
    use crate::json::Json;

    fn state(vpc: &str, subnets: [&str; 2]) -> Json {
        let [a, b] = subnets;
        let object = |ty: &str, name: &str, attributes: &str| {
            format!(
                r#"{{"mode":"managed","type":"{ty}","name":"{name}","instances":[{{"attributes":{{{attributes}}}}}]}}"#
            )
        };
        let lb = object("aws_lb", "a", &format!(r#""id":"x","subnets":["{a}","{b}"]"#));
        let a = object("aws_subnet", "a", &format!(r#""id":"{a}","vpc_id":"{vpc}""#));
        let b = object("aws_subnet", "b", &format!(r#""id":"{b}","vpc_id":"{vpc}""#));
        let vpc = object("aws_vpc", "a", &format!(r#""id":"{vpc}","cidr_block":"10.0.0.0/16""#));
        Json::parse(&format!(r#"{{"resources":[{lb},{a},{b},{vpc}]}}"#)).expect("JSON")
    }

    fn folded(state: Json) -> String {
        let mut names = Names::new("http://127.0.0.1:1");
        names.learn(&state);
        names.fold(state).to_string()
    }

    #[test]
    fn what_is_made_up_is_told_by_where_it_is() {
        let (a, b) = ("subnet-0123456789abcdef0", "subnet-fedcba98765432100");
        let one = folded(state("vpc-11111111111111111", [a, b]));
        let other = folded(state("vpc-22222222222222222", [b, a]));
        assert_eq!(one, other);
        assert!(one.contains(r#""subnets":["<aws_subnet.a[].id #1>","<aws_subnet.b[].id #1>"]"#));
        assert!(one.contains(r#""cidr_block":"10.0.0.0/16""#));
    }

    #[test]
    fn an_object_that_is_another_has_another_name() {
        let subnets = ["subnet-0123456789abcdef0", "subnet-fedcba98765432100"];
        let mut wrong = state("vpc-11111111111111111", subnets);
        if let Json::Object(members) = &mut wrong
            && let Some(Json::Array(resources)) = members.get_mut("resources")
        {
            resources[1] = resources[2].clone();
        }
        let vpc = "vpc-22222222222222222";
        assert_ne!(folded(wrong), folded(state(vpc, subnets)));
    }
}
