//! Which proxy a URL is asked through: `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` as Go's programs
//! take them.

use std::net::IpAddr;

use url::{Host, Url};

/// Proxies, and the hosts that are asked without.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    /// For `http` URLs.
    pub http: Option<Url>,
    /// For `https` URLs.
    pub https: Option<Url>,
    /// A list with commas: hosts and what is below them, addresses, blocks of addresses, each
    /// perhaps with a port; `*` for all.
    pub except: String,
}

impl Proxies {
    /// What a variable says: a URL, or a host with a port; none, if it is neither.
    pub fn parse(text: &str) -> Option<Url> {
        let known = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        Url::parse(text)
            .ok()
            .filter(known)
            .or_else(|| Url::parse(&format!("http://{text}")).ok().filter(Url::has_host))
    }

    /// The proxy for a URL, if it is not asked directly.
    pub fn of(&self, url: &Url) -> Option<&Url> {
        let proxy = if url.scheme() == "https" { &self.https } else { &self.http };
        proxy.as_ref().filter(|_| !self.is_direct(url))
    }

    pub(super) fn into_proxy(self) -> reqwest::Proxy {
        reqwest::Proxy::custom(move |url| self.of(url).cloned())
    }

    fn is_direct(&self, url: &Url) -> bool {
        let Some(host) = url.host() else { return true };
        let port = url.port_or_known_default();
        let address = match host {
            Host::Ipv4(address) => Some(IpAddr::from(address)),
            Host::Ipv6(address) => Some(IpAddr::from(address)),
            Host::Domain(_) => None,
        };
        let name = url.host_str().unwrap_or_default().trim_end_matches('.');
        if name == "localhost" || address.is_some_and(|address| address.is_loopback()) {
            return true;
        }
        let entries = self.except.split(',').map(|entry| entry.trim().to_lowercase());
        entries.filter(|entry| !entry.is_empty()).any(|entry| match address {
            Some(address) => covers_address(&entry, address, port),
            None => covers_name(&entry, name, port),
        })
    }
}

fn covers_address(entry: &str, address: IpAddr, port: Option<u16>) -> bool {
    if entry == "*" {
        return true;
    }
    if let Some((network, length)) = entry.split_once('/') {
        return match (network.parse(), length.parse()) {
            (Ok(network), Ok(length)) => in_block(network, length, address),
            _ => false,
        };
    }
    if let Ok(same) = entry.parse::<IpAddr>() {
        return same == address;
    }
    let (entry, wanted) = with_port(entry);
    let entry = entry.trim_start_matches('[').trim_end_matches(']');
    entry.parse() == Ok(address) && (wanted.is_none() || wanted == port)
}

fn covers_name(entry: &str, name: &str, port: Option<u16>) -> bool {
    if entry == "*" {
        return true;
    }
    let (entry, wanted) = with_port(entry);
    let below = |parent: &str| name.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.'));
    let entry = entry.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(entry);
    let fits = match entry.strip_prefix('.') {
        Some(parent) => below(parent),
        None => name == entry || below(entry),
    };
    fits && (wanted.is_none() || wanted == port)
}

fn with_port(entry: &str) -> (&str, Option<u16>) {
    let split = entry.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
    split.map_or((entry, None), |(host, port)| (host, Some(port)))
}

/// Whether the first `length` bits are the same.
fn in_block(network: IpAddr, length: u32, address: IpAddr) -> bool {
    let (network, address, bits) = match (network, address) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (u32::from(a).into(), u32::from(b).into(), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => (u128::from(a), u128::from(b), 128),
        _ => return false,
    };
    let Some(rest) = u32::checked_sub(bits, length) else { return false };
    network.checked_shr(rest).unwrap_or(0) == address.checked_shr(rest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(except: &str, url: &str, direct: bool) {
        let proxies = Proxies {
            http: Proxies::parse("proxy:1"),
            https: Proxies::parse("https://proxy:2"),
            except: except.to_owned(),
        };
        let url = Url::parse(url).expect("a URL");
        assert_eq!(proxies.of(&url).is_none(), direct, "{except}: {url}");
    }

    #[test]
    fn are_left_out_as_go_does() {
        check("", "https://example.com/", false);
        check("", "http://localhost:80/", true);
        check("", "https://127.0.0.2/", true);
        check("", "https://[::1]/", true);
        check("*", "https://example.com/", true);
        check("example.com", "https://example.com/", true);
        check("Example.com", "https://a.example.com/", true);
        check("example.com", "https://anexample.com/", false);
        check(".example.com", "https://example.com/", false);
        check(".example.com", "https://a.example.com/", true);
        check("*.example.com", "https://a.example.com/", true);
        check("a, example.com:8443", "https://example.com:8443/", true);
        check("example.com:8443", "https://example.com/", false);
        check("10.0.0.0/8", "https://10.1.2.3/", true);
        check("10.0.0.0/8", "https://11.1.2.3/", false);
        check("10.0.0.0/99", "https://10.0.0.0/", false);
        check("0.0.0.0/0", "https://10.0.0.0/", true);
        check("10.1.2.3:443", "https://10.1.2.3/", true);
        check("2001:db8::/32", "https://[2001:db8::1]/", true);
        check("2001:db8::1", "https://[2001:db8::1]/", true);
    }

    #[test]
    fn are_chosen_by_scheme() {
        let proxies =
            Proxies { http: None, https: Proxies::parse("proxy:2"), ..Proxies::default() };
        let of = |url: &str| proxies.of(&Url::parse(url).expect("a URL")).map(Url::as_str);
        assert_eq!(of("https://example.com"), Some("http://proxy:2/"));
        assert_eq!(of("http://example.com"), None);
    }
}
