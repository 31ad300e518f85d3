//! Names of service hosts.

use std::fmt;

use url::Url;

/// A host that offers services, as it is compared: in lower case, in Punycode, with its port unless
/// that is 443.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Host(String);

impl Host {
    /// Reads `example.com` or `example.com:8443`; none, if it is no host.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | ':');
        if !text.chars().all(fits) {
            return None;
        }
        let url = Url::parse(&format!("https://{text}/")).ok()?;
        let name = url.host_str()?;
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Some(Self(format!("{name}{port}")))
    }

    /// The host of a variable's name after `TF_TOKEN_`: `_` stands for a dot, `__` for a dash.
    pub fn from_variable(name: &str) -> Option<Self> {
        Self::parse(&name.replace("__", "-").replace('_', "."))
    }

    /// The host as a URL has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(Host::parse(text).as_ref().map(Host::as_str), expected);
    }

    #[test]
    fn are_compared_in_one_form() {
        check("Example.COM", Some("example.com"));
        check("example.com:443", Some("example.com"));
        check("example.com:08443", Some("example.com:8443"));
        check("café.fr", Some("xn--caf-dma.fr"));
        check("127.0.0.1:80", Some("127.0.0.1:80"));
        for none in ["", "a/b", "a@b", "a b", "a:b", "a:70000", "a?b", "a_b", "[::1]"] {
            check(none, None);
        }
    }

    #[test]
    fn are_read_from_names_of_variables() {
        let hosts = ["xn____caf__dma_fr", "xn--caf-dma_fr", "xn--caf-dma.fr", "café_fr"];
        for host in hosts {
            assert_eq!(Host::from_variable(host), Host::parse("café.fr"), "{host}");
        }
    }
}
