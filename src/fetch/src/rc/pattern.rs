//! Which providers an installation method is for.

use std::borrow::Cow;

use groma_addr::{DEFAULT_HOST, Provider};

/// The providers that a method finds: those that a pattern of `include` names and none of
/// `exclude`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patterns {
    /// No pattern stands for every provider.
    pub include: Vec<Pattern>,
    /// Comes before `include`.
    pub exclude: Vec<Pattern>,
}

impl Patterns {
    /// Whether a provider is among them.
    pub fn matches(&self, source: &Provider) -> bool {
        (self.include.is_empty() || self.include.iter().any(|pattern| pattern.matches(source)))
            && !self.exclude.iter().any(|pattern| pattern.matches(source))
    }
}

/// `hashicorp/*`, `example.com/*/*`, `*/*/*`. `*` stands for anything, from where it is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    host: Option<String>,
    namespace: Option<String>,
    ty: Option<String>,
}

impl Pattern {
    /// Only that provider.
    pub fn only(source: &Provider) -> Self {
        let part = |part: &str| Some(part.to_owned());
        Self { host: part(&source.host), namespace: part(&source.namespace), ty: part(&source.ty) }
    }

    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it, in Terraform's words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('/').collect();
        let (host, namespace, ty) = match parts[..] {
            [namespace, ty] => (DEFAULT_HOST, namespace, ty),
            [host, namespace, ty] => (host, namespace, ty),
            _ => {
                return Err(format!(
                    "invalid provider matching pattern {text:?}: must have either two or three \
                     slash-separated segments"
                ));
            }
        };
        // The rest of a source checks a part as it checks a whole one.
        let stand_in = |part: &str, other: &'static str| -> Cow<'static, str> {
            if part == "*" { other.into() } else { part.to_owned().into() }
        };
        let address = |host: &str, namespace: &str, ty: &str| {
            let (host, namespace) = (stand_in(host, DEFAULT_HOST), stand_in(namespace, "a"));
            format!("{host}/{namespace}/{}", stand_in(ty, "a")).parse::<Provider>()
        };
        if address("*", "*", ty).is_err() {
            return Err(format!(
                "invalid provider type {ty:?} in provider matching pattern {text:?}: must either \
                 be the wildcard * or a provider type name"
            ));
        }
        if address("*", namespace, "*").is_err() {
            return Err(format!(
                "invalid registry namespace {namespace:?} in provider matching pattern {text:?}: \
                 must either be the wildcard * or a literal namespace"
            ));
        }
        let source = address(host, namespace, ty).map_err(|error| {
            format!("invalid hostname in provider matching pattern {text:?}: {}", error.message)
        })?;
        let or_any = |part: &str, read: &str| (part != "*").then(|| read.to_owned());
        let pattern = Self {
            host: or_any(host, &source.host),
            namespace: or_any(namespace, &source.namespace),
            ty: or_any(ty, &source.ty),
        };
        if pattern.host.is_none() && (pattern.namespace.is_some() || pattern.ty.is_some()) {
            return Err(format!(
                "invalid provider matching pattern {text:?}: hostname can be a wildcard only if \
                 both namespace and provider type are also wildcards"
            ));
        }
        if pattern.namespace.is_none() && pattern.ty.is_some() {
            return Err(format!(
                "invalid provider matching pattern {text:?}: namespace can be a wildcard only if \
                 the provider type is also a wildcard"
            ));
        }
        Ok(pattern)
    }

    fn matches(&self, source: &Provider) -> bool {
        let fits = |wanted: &Option<String>, part: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == part)
        };
        fits(&self.host, &source.host)
            && fits(&self.namespace, &source.namespace)
            && fits(&self.ty, &source.ty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, source: &str, expected: bool) {
        let pattern = Pattern::parse(pattern).expect("a pattern");
        assert_eq!(pattern.matches(&source.parse().expect("a source")), expected);
    }

    #[test]
    fn match_from_the_left() {
        check("*/*/*", "example.com/acme/x", true);
        check("registry.terraform.io/*/*", "acme/x", true);
        check("registry.terraform.io/*/*", "example.com/acme/x", false);
        check("hashicorp/*", "hashicorp/aws", true);
        check("hashicorp/*", "acme/aws", false);
        check("Acme/X", "acme/x", true);
        check("*/*", "example.com/acme/x", false);
    }

    #[track_caller]
    fn check_error(pattern: &str, expected: &str) {
        let error = Pattern::parse(pattern).expect_err("an error");
        assert_eq!(error, expected.replace("PATTERN", &format!("{pattern:?}")));
    }

    #[test]
    fn are_refused_as_terraform_does() {
        check_error(
            "a",
            "invalid provider matching pattern PATTERN: must have either two or three \
             slash-separated segments",
        );
        check_error(
            "*/acme/*",
            "invalid provider matching pattern PATTERN: hostname can be a wildcard only if both \
             namespace and provider type are also wildcards",
        );
        check_error(
            "*/x",
            "invalid provider matching pattern PATTERN: namespace can be a wildcard only if the \
             provider type is also a wildcard",
        );
        check_error(
            "a b/c",
            "invalid registry namespace \"a b\" in provider matching pattern PATTERN: must either \
             be the wildcard * or a literal namespace",
        );
    }
}
