//! Checks of configurations, with the wording of HashiCorp's plugin framework.

use groma_value::{Path, Value};

use super::Object;
use crate::{AttributeDiagnostic, ProviderDiagnostics};

const COMBINATION: &str = "Invalid Attribute Combination";

/// Checks one configuration. What is not known yet passes.
pub struct Checks {
    config: Object,
    found: ProviderDiagnostics,
}

impl Checks {
    /// Of that configuration.
    pub fn new(config: &Value) -> Self {
        Self { config: Object::new(config), found: Vec::new() }
    }

    /// The configuration, for checks that are not here.
    pub fn config(&self) -> &Object {
        &self.config
    }

    /// Reports a problem with an attribute.
    pub fn error(&mut self, attribute: &str, summary: &str, detail: impl Into<String>) {
        let path = Path::new().attr(attribute);
        self.found.push(AttributeDiagnostic::error(summary, detail).at(path));
    }

    /// Reports an attribute whose value is not as it must be: `must` is `must be …`.
    pub fn invalid(&mut self, attribute: &str, summary: &str, must: &str) {
        let value = self.config.get(attribute);
        let shown = match (value.as_str(), value.as_number()) {
            (Some(text), _) => text.to_string(),
            (None, Some(number)) => number.to_string(),
            (None, None) => format!("{value:?}"),
        };
        self.error(attribute, summary, format!("Attribute {attribute} {must}, got: {shown}"));
    }

    /// Numbers that are known must be whole, and fit 64 bits.
    #[must_use]
    pub fn whole(mut self, attributes: &[&str]) -> Self {
        for name in attributes {
            let value = self.config.get(name);
            if value.as_number().is_some_and(|number| number.to_i64().is_none()) {
                let must = "value must be a whole number that fits in 64 bits";
                self.invalid(name, "Invalid Attribute Value", must);
            }
        }
        self
    }

    /// A number must be at least `least`.
    #[must_use]
    pub fn at_least(mut self, attribute: &str, least: i64) -> Self {
        if self.config.int(attribute).is_some_and(|value| value < least) {
            let must = format!("value must be at least {least}");
            self.invalid(attribute, "Invalid Attribute Value", &must);
        }
        self
    }

    /// A number must be at least the sum of others; those that are null count as 0.
    #[must_use]
    pub fn at_least_sum_of(mut self, attribute: &str, others: &[&str]) -> Self {
        let known = others.iter().all(|name| self.config.is_known(name));
        let sum: i64 =
            others.iter().filter_map(|name| self.config.int(name)).fold(0, i64::saturating_add);
        if known && self.config.int(attribute).is_some_and(|value| value < sum) {
            let must = format!("value must be at least sum of {}", others.join(" + "));
            self.invalid(attribute, "Invalid Attribute Value", &must);
        }
        self
    }

    /// If `attribute` is false and so are the `others`, none of them null, that is an error.
    #[must_use]
    pub fn one_true(mut self, attribute: &str, others: &[&str]) -> Self {
        let no = |name: &&str| self.config.bool(name) == Some(false);
        if no(&attribute) && others.iter().all(no) {
            let detail = format!(
                "At least one attribute out of [{}] must be specified as true",
                others.join(",")
            );
            self.error(attribute, COMBINATION, detail);
        }
        self
    }

    /// Exactly one of the `attributes` must be set. Said of each, as the framework does.
    #[must_use]
    pub fn exactly_one_of(mut self, attributes: &[&str]) -> Self {
        let count = attributes.iter().filter(|name| !self.config.is_null(name)).count();
        let known = attributes.iter().all(|name| self.config.is_known(name));
        if !known || count == 1 {
            return self;
        }
        let how_many =
            if count == 0 { "No attribute".to_owned() } else { format!("{count} attributes") };
        for name in attributes {
            let others: Vec<&str> =
                attributes.iter().copied().filter(|other| other != name).collect();
            let others = others.join(",");
            let detail =
                format!("{how_many} specified when one (and only one) of [{others}] is required");
            self.error(name, COMBINATION, detail);
        }
        self
    }

    /// At least one of the `attributes` must be set.
    #[must_use]
    pub fn at_least_one_of(mut self, attributes: &[&str]) -> Self {
        if attributes.iter().all(|name| self.config.is_null(name)) {
            self.found.push(AttributeDiagnostic::error(
                "Missing Attribute Configuration",
                format!(
                    "At least one of these attributes must be configured: [{}]",
                    attributes.join(",")
                ),
            ));
        }
        self
    }

    /// Warns about an attribute that is set but should not be any more.
    #[must_use]
    pub fn deprecated(mut self, attribute: &str, message: &str) -> Self {
        if !self.config.is_null(attribute) {
            let path = Path::new().attr(attribute);
            self.found.push(AttributeDiagnostic::warning("Attribute Deprecated", message).at(path));
        }
        self
    }

    /// What was found.
    pub fn done(self) -> ProviderDiagnostics {
        self.found
    }
}
