//! What `random_string` and `random_password` share: a text of characters of four kinds.

use groma_provider_api::native::{
    Amend, Checks, JsonObject, Object, Randomness, RandomnessError, Rules,
};
use groma_provider_api::{Attribute, AttributeDiagnostic, ProviderDiagnostics};
use groma_value::{Path, Type, Value};
use serde_json::json;

use crate::draw;
use crate::shared::{error, keepers};

const KINDS: [&str; 4] = ["special", "upper", "lower", "numeric"];
const LEAST: [&str; 4] = ["min_upper", "min_lower", "min_numeric", "min_special"];
const SPECIAL: &str = "!@#$%&*()-_=+[]{}<>:?";
const NUMBER_DEPRECATED: &str = "**NOTE**: This is deprecated, use `numeric` instead.";

/// The arguments that an ephemeral resource has too.
pub(crate) fn arguments() -> Vec<(&'static str, Attribute)> {
    let kind = |what: &str| {
        let attribute = Attribute::new(Type::Bool).optional().computed();
        attribute.describe(format!("Whether there may be {what}. They may, unless this is false."))
    };
    let least = |what: &str| {
        let attribute = Attribute::new(Type::Number).optional().computed();
        attribute.describe(format!("How many {what} there are at least. 0 unless set."))
    };
    let length = Attribute::new(Type::Number).required();
    let special = Attribute::new(Type::String).optional();
    vec![
        ("length", length.describe("How many characters: at least 1, and the sum of all `min_…`.")),
        ("special", kind("special characters")),
        ("upper", kind("capital letters")),
        ("lower", kind("small letters")),
        ("numeric", kind("digits")),
        ("min_numeric", least("digits")),
        ("min_upper", least("capital letters")),
        ("min_lower", least("small letters")),
        ("min_special", least("special characters")),
        ("override_special", special.describe("The special characters to choose from.")),
    ]
}

/// The arguments of a resource: those of [`arguments`], and some more.
pub(crate) fn resource_arguments() -> Vec<(&'static str, Attribute)> {
    let number = Attribute::new(Type::Bool).optional().computed().deprecated();
    let mut all = arguments();
    all.push(("keepers", keepers()));
    all.push(("number", number.describe("The former name of `numeric`.")));
    all
}

/// Checks the arguments.
pub(crate) fn validate(config: &Value) -> ProviderDiagnostics {
    Checks::new(config)
        .whole(&["length"])
        .whole(&LEAST)
        .at_least("length", 1)
        .at_least_sum_of("length", &LEAST)
        .one_true("numeric", &["special", "upper", "lower"])
        .deprecated("number", NUMBER_DEPRECATED)
        .done()
}

/// The rules to plan by, but for what becomes computed.
pub(crate) fn rules() -> Rules {
    let rules = KINDS[..3].iter().fold(Rules::new(), |r, kind| r.default_to(kind, true.into()));
    LEAST
        .iter()
        .fold(rules, |rules, least| rules.default_to(least, Value::from(0)))
        .replace(&["length", "number"])
        .replace(&KINDS)
        .replace(&LEAST)
        .replace_if("override_special", |before, after| {
            !(after.is_null() && before.as_str().is_some_and(|text| text.is_empty()))
        })
        .replace_unless_nulls("keepers")
}

/// Keeps `number` and `numeric` the same.
pub(crate) fn synchronise(plan: &mut Amend<'_>) {
    let (number, numeric) = (plan.config.get("number"), plan.config.get("numeric"));
    let both = match (number.is_null(), numeric.is_null()) {
        (true, true) => Value::from(true),
        (true, false) => numeric,
        (false, true) => number,
        (false, false) => {
            let differ = number.as_bool().zip(numeric.as_bool()).is_some_and(|(a, b)| a != b);
            if differ {
                plan.diagnostics.push(
                    AttributeDiagnostic::error(
                        "Number and numeric are both configured with different values",
                        "Number is deprecated, use numeric instead",
                    )
                    .at(Path::new().attr("number")),
                );
            }
            return;
        }
    };
    plan.planned.set("number", both.clone());
    plan.planned.set("numeric", both);
}

/// Makes a text as the arguments ask, those that are null being at their defaults.
pub(crate) fn generate(
    source: &dyn Randomness,
    arguments: &Object,
) -> Result<String, ProviderDiagnostics> {
    const SUMMARY: &str = "Random Generation Error";
    let count =
        |name: &str| arguments.int(name).and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    let special = arguments.str("override_special").filter(|text| !text.is_empty());
    let upper: String = ('A'..='Z').collect();
    let sets = [
        ("upper", upper.as_str()),
        ("lower", &upper.to_ascii_lowercase()),
        ("numeric", "0123456789"),
        ("special", special.unwrap_or(SPECIAL)),
    ]
    .map(|(kind, characters)| (kind, characters.chars().collect::<Vec<char>>()));
    let mut text = Vec::new();
    let length = count("length");
    for (kind, characters) in &sets {
        let least = count(&format!("min_{kind}"));
        draw_from(source, characters, least.min(length + 1), &mut text)?;
    }
    let allowed = sets.iter().filter(|(kind, _)| arguments.bool(kind).unwrap_or(true));
    let allowed: Vec<char> = allowed.flat_map(|(_, characters)| characters).copied().collect();
    let Some(rest) = length.checked_sub(text.len()) else {
        return Err(error(SUMMARY, "The length is less than the sum of the least numbers."));
    };
    if rest > 0 && allowed.is_empty() {
        return Err(error(SUMMARY, "There are no characters to choose from: every kind is false."));
    }
    draw_from(source, &allowed, rest, &mut text)?;
    draw::shuffle(source, &mut text)?;
    Ok(text.into_iter().collect())
}

fn draw_from(
    source: &dyn Randomness,
    characters: &[char],
    count: usize,
    text: &mut Vec<char>,
) -> Result<(), RandomnessError> {
    for _ in 0..count {
        text.extend(characters.get(draw::index(source, characters.len())?));
    }
    Ok(())
}

/// The arguments of an imported text.
pub(crate) fn imported_arguments(text: &str) -> Vec<(&'static str, Value)> {
    let kinds = KINDS.into_iter().chain(["number"]).map(|name| (name, Value::from(true)));
    let least = LEAST.into_iter().map(|name| (name, Value::from(0)));
    kinds
        .chain(least)
        .chain([
            ("length", Value::number(text.len())),
            ("keepers", Value::null(Type::map(Type::String))),
            ("override_special", Value::null(Type::String)),
        ])
        .collect()
}

/// Fills in what older versions left out, so that it does not cause a replacement: `numeric`, and
/// everything that imports did not set.
pub(crate) fn fill_in(state: &mut JsonObject) {
    let length = state.get("result").and_then(|r| r.as_str()).map_or(0, str::len);
    let number = state.get("number").filter(|number| !number.is_null()).cloned();
    state.insert("numeric".to_owned(), number.unwrap_or(json!(true)));
    let defaults = [("length", json!(length))]
        .into_iter()
        .chain(["special", "upper", "lower", "number"].map(|name| (name, json!(true))))
        .chain(LEAST.map(|name| (name, json!(0))));
    for (name, default) in defaults {
        let entry = state.entry(name).or_insert(serde_json::Value::Null);
        if entry.is_null() {
            *entry = default;
        }
    }
}
