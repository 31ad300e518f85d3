//! Sources of providers, as `required_providers`, state files and command arguments have them.
//!
//! The words for what is wrong are Terraform's, down to the namespace that it shows empty and the
//! quote that it closes without having opened it.

use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

use super::ParseError;
use crate::{DEFAULT_HOST, Provider};

/// `TYPE`, `NAMESPACE/TYPE` or `HOST/NAMESPACE/TYPE`, in the form that is compared: lower case.
impl FromStr for Provider {
    type Err = ParseError;

    fn from_str(source: &str) -> Result<Self, ParseError> {
        let parts: Vec<&str> = source.split('/').collect();
        let (host, namespace, ty) = match parts[..] {
            [ty] if !ty.is_empty() => (None, None, ty),
            [namespace, ty] if parts.iter().all(|part| !part.is_empty()) => {
                (None, Some(namespace), ty)
            }
            [host, namespace, ty] if parts.iter().all(|part| !part.is_empty()) => {
                (Some(host), Some(namespace), ty)
            }
            _ => {
                let message = "The \"source\" attribute must be in the format \
                               \"[hostname/][namespace/]name\"";
                return Err(ParseError::at("Invalid provider source string", message, 0..0));
            }
        };
        let invalid = |what: &str, title: &str, shown: &str, why: &str| {
            let message =
                format!("Invalid provider {what} {shown:?} in source {source:?}: {why}\"");
            ParseError::at(&format!("Invalid provider {title}"), message, 0..0)
        };
        let ty = provider_part(ty).map_err(|why| invalid("type", "type", ty, why))?;
        let namespace = match namespace {
            None => None,
            // What Terraform 0.12 had in its state, of a provider whose publisher was not known.
            Some("-") => Some("-".to_owned()),
            Some(text) => Some(
                provider_part(text).map_err(|why| invalid("namespace", "namespace", "", why))?,
            ),
        };
        let host = host
            .map(|text| {
                let what = "source hostname namespace";
                service_host(text).map_err(|why| invalid(what, "source hostname", "", &why))
            })
            .transpose()?;
        let Some(namespace) = namespace else {
            return Ok(Self::new(DEFAULT_HOST, "hashicorp", ty));
        };
        let provider = Self::new(host.unwrap_or_else(|| DEFAULT_HOST.to_owned()), namespace, ty);
        match redundant_prefix(source, &provider) {
            Some(message) => Err(ParseError::at("Invalid provider type", message, 0..0)),
            None => Ok(provider),
        }
    }
}

/// A namespace, type or local name of a provider in the form that is compared: NFC, lower case.
///
/// # Errors
/// What it must be made of, in Terraform's words.
pub fn provider_part(part: &str) -> Result<String, &'static str> {
    let part = &fold_case(part);
    if part.contains('.') {
        return Err("dots are not allowed");
    }
    let dashes = part.starts_with('-') || part.ends_with('-');
    if part.is_empty() || dashes || !part.chars().all(is_host_letter) {
        return Err("must contain only letters, digits, and dashes, and may not use leading or \
                    trailing dashes");
    }
    if part.contains("--") {
        return Err("cannot use multiple consecutive dashes");
    }
    Ok(part.clone())
}

/// The name of a service's host with its port, if that is another than 443, in the form that is
/// compared.
///
/// # Errors
/// What is wrong with it, in Terraform's words.
pub fn service_host(text: &str) -> Result<String, String> {
    let (name, port) = text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port)));
    let port = match port {
        None => None,
        Some(digits) if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) => {
            return Err("port portion contains non-digit characters".to_owned());
        }
        Some(digits) => Some(
            digits.parse::<u16>().map_err(|_| "port number is greater than 65535".to_owned())?,
        ),
    };
    let name = fold_case(name);
    let labels = name.strip_suffix('.').unwrap_or(&name);
    for label in labels.split('.') {
        if label.is_empty() {
            return Err("hostname contains empty label (two consecutive periods)".to_owned());
        }
        if label.starts_with("xn--") {
            return Err(format!(
                "hostname label {label:?} specified in punycode format; service hostnames must be \
                 given in unicode"
            ));
        }
        if let Some(c) = label.chars().find(|c| !is_host_letter(*c)) {
            return Err(format!("idna: disallowed rune U+{:04X}", u32::from(c)));
        }
        if label.starts_with('-') || label.ends_with('-') {
            return Err(format!("idna: invalid label {label:?}"));
        }
    }
    Ok(match port {
        None | Some(443) => name,
        Some(port) => format!("{name}:{port}"),
    })
}

fn is_host_letter(c: char) -> bool {
    c == '-' || c.is_alphanumeric()
}

fn fold_case(text: &str) -> String {
    text.to_lowercase().nfc().collect()
}

/// Why a type may not start as the names of repositories and programs of providers do.
fn redundant_prefix(source: &str, provider: &Provider) -> Option<String> {
    if let Some(name) = provider.ty.strip_prefix("terraform-provider-") {
        let whole = source.rsplit_once('/').map_or("", |(before, _)| before);
        return Some(format!(
            "Provider source {source:?} has a type with the prefix \"terraform-provider-\", which \
             isn't valid. Although that prefix is often used in the names of version control \
             repositories for Terraform providers, provider source strings should not include \
             it.\n\nDid you mean \"{whole}/{name}\"?"
        ));
    }
    provider.ty.starts_with("terraform-").then(|| {
        format!(
            "Provider source \"{provider}\" has a type with the prefix \"terraform-\", which isn't \
             allowed because it would be redundant to name a Terraform provider with that prefix. \
             If you are the author of this provider, rename it to not include the prefix."
        )
    })
}

#[cfg(test)]
mod tests {
    use crate::Provider;

    fn check(source: &str, expected: &str) {
        let actual = match source.parse::<Provider>() {
            Ok(provider) => provider.to_string(),
            Err(error) => format!("{}: {}", error.summary, error.message),
        };
        assert_eq!(actual, expected, "{source}");
    }

    #[test]
    fn reads_sources() {
        check("null", "registry.terraform.io/hashicorp/null");
        check("Terraform", "registry.terraform.io/hashicorp/terraform");
        check("terraform-provider-x", "registry.terraform.io/hashicorp/terraform-provider-x");
        check("\u{c9}/B", "registry.terraform.io/\u{e9}/b");
        check("e\u{301}/b", "registry.terraform.io/\u{e9}/b");
        check("-/x", "registry.terraform.io/-/x");
        check("H.Com:080/a/b", "h.com:80/a/b");
        check("h.com:443/a/b", "h.com/a/b");
        check("localhost:8080/a/b", "localhost:8080/a/b");
        check("foo./a/b", "foo./a/b");
        check("terraform.io/builtin/terraform", "terraform.io/builtin/terraform");
    }

    #[test]
    fn refuses_other_shapes() {
        for source in ["", "/", "a/", "a//b", "a/b/c/d"] {
            check(
                source,
                "Invalid provider source string: The \"source\" attribute must be in the format \
                 \"[hostname/][namespace/]name\"",
            );
        }
    }

    /// Terraform's words, its stray quote included.
    #[test]
    fn refuses_parts_with_terraforms_words() {
        let rule = "must contain only letters, digits, and dashes, and may not use leading or \
                    trailing dashes\"";
        let ty = |source: &str, shown: &str, why: &str| {
            let text = format!("Invalid provider type {shown:?} in source {source:?}: {why}");
            check(source, &format!("Invalid provider type: {text}"));
        };
        ty("a_b", "a_b", rule);
        ty("a b", "a b", rule);
        ty("a/-", "-", rule);
        ty("ns/terraform-", "terraform-", rule);
        ty("ns/a--b", "a--b", "cannot use multiple consecutive dashes\"");
        ty("a/a.b", "a.b", "dots are not allowed\"");
        let namespace = |source: &str, why: &str| {
            let text = format!("Invalid provider namespace \"\" in source {source:?}: {why}");
            check(source, &format!("Invalid provider namespace: {text}"));
        };
        namespace("-a/b", rule);
        namespace("a.b/c", "dots are not allowed\"");
        let host = |source: &str, why: &str| {
            let what = "Invalid provider source hostname";
            check(source, &format!("{what}: {what} namespace \"\" in source {source:?}: {why}\""));
        };
        host("exa mple.com/a/b", "idna: disallowed rune U+0020");
        host("h.com:99999/a/b", "port number is greater than 65535");
        host("h.com:/a/b", "port portion contains non-digit characters");
        host("h..com/a/b", "hostname contains empty label (two consecutive periods)");
        host("-h.com/a/b", "idna: invalid label \"-h\"");
        host(
            "xn--e1afmkfd.com/a/b",
            "hostname label \"xn--e1afmkfd\" specified in punycode format; service hostnames must \
             be given in unicode",
        );
    }

    #[test]
    fn refuses_the_names_of_repositories() {
        let repository = |source: &str, meant: &str| {
            check(
                source,
                &format!(
                    "Invalid provider type: Provider source {source:?} has a type with the prefix \
                     \"terraform-provider-\", which isn't valid. Although that prefix is often \
                     used in the names of version control repositories for Terraform providers, \
                     provider source strings should not include it.\n\nDid you mean {meant:?}?"
                ),
            );
        };
        repository("ns/terraform-provider-x", "ns/x");
        repository("h.com/a/terraform-provider-x", "h.com/a/x");
        check(
            "ns/terraform-x",
            "Invalid provider type: Provider source \"registry.terraform.io/ns/terraform-x\" has a \
             type with the prefix \"terraform-\", which isn't allowed because it would be \
             redundant to name a Terraform provider with that prefix. If you are the author of \
             this provider, rename it to not include the prefix.",
        );
    }
}
