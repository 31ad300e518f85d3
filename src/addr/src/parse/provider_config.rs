//! Provider configurations as state files name them.

use std::str::FromStr;

use super::ParseError;
use super::traversal::{Key, Step, Traversal};
use crate::{DEFAULT_HOST, Ident, Module, Provider, ProviderConfig};

/// `module.a.provider["HOST/NAMESPACE/TYPE"].ALIAS`, or `provider.TYPE.ALIAS` of Terraform 0.12.
impl FromStr for ProviderConfig {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let traversal = Traversal::parse(text)?;
        let mut rest = traversal.steps.as_slice();
        let mut module = Module::root();
        while let [first, call, after @ ..] = rest
            && first.name() == Some("module")
        {
            let name = call.name().ok_or_else(|| {
                invalid(call, "The prefix \"module.\" must be followed by a module name.")
            })?;
            module = module.child(name);
            rest = after;
            if let [key, ..] = rest
                && key.name().is_none()
            {
                return Err(invalid(
                    key,
                    "Provider address cannot contain module indexes: a provider configuration \
                     belongs to all instances of its module.",
                ));
            }
        }
        let [keyword, ty, alias @ ..] = rest else {
            return Err(ParseError::at(
                SUMMARY,
                "Provider address must begin with \"provider.\", followed by a provider type name.",
                0..text.len(),
            ));
        };
        if keyword.name() != Some("provider") {
            let message =
                "Provider address must begin with \"provider.\", followed by a provider type name.";
            return Err(invalid(keyword, message));
        }
        let provider = match &ty.key {
            Key::Text(source) => source.parse::<Provider>()?,
            Key::Name(name) => Provider::new(DEFAULT_HOST, "-", name.as_str()),
            Key::Whole(_) | Key::NotWhole => {
                let message = "The prefix \"provider.\" must be followed by a provider type name.";
                return Err(invalid(ty, message));
            }
        };
        let alias = match alias {
            [] => None,
            [alias] => Some(Ident::from(alias.name().ok_or_else(|| {
                invalid(alias, "Provider type name must be followed by a configuration alias name.")
            })?)),
            [_, extra, ..] => {
                return Err(invalid(
                    extra,
                    "Extraneous operators after provider configuration alias.",
                ));
            }
        };
        Ok(Self { module, provider, alias })
    }
}

const SUMMARY: &str = "Invalid provider configuration address";

fn invalid(step: &Step, message: &str) -> ParseError {
    ParseError::at(SUMMARY, message, step.span.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let actual = match text.parse::<ProviderConfig>() {
            Ok(config) => config.to_string(),
            Err(error) => format!("error at {:?}", error.span),
        };
        assert_eq!(actual, expected, "{text}");
    }

    #[test]
    fn reads_provider_configurations() {
        let null = "provider[\"registry.terraform.io/hashicorp/null\"]";
        check(null, null);
        check("provider[\"null\"]", null);
        check("provider[\"hashicorp/NULL\"].x", &format!("{null}.x"));
        check(&format!("module.a.module.b.{null}.x"), &format!("module.a.module.b.{null}.x"));
        check("provider.aws.x", "provider[\"registry.terraform.io/-/aws\"].x");
    }

    #[test]
    fn refuses_others() {
        check("provider", "error at 0..8");
        check("aws.x", "error at 0..3");
        check("module.a[0].provider[\"a\"]", "error at 8..11");
        check("module[0].provider[\"a\"]", "error at 6..9");
        check("provider[\"a\"].x[\"k\"]", "error at 15..20");
        check("provider[\"a\"][\"k\"]", "error at 13..18");
        check("provider[0]", "error at 8..11");
    }
}
