//! Addresses of packages in the form that says all, as HashiCorp's go-getter makes it of the short
//! forms of some hosts. Nothing is asked of a network.

/// Why an address is none of a package.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Undetected {
    /// It looks like a relative path without `./`.
    Relative(String),
    /// It is of a known form, but wrong.
    Wrong(String),
}

/// The package and what is after `//`, but not that of `https://`. A query belongs to the package.
pub(super) fn split_subdir(text: &str) -> (String, Option<String>) {
    let (address, query) = split_query(text);
    let start = address.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = address.split_at(start);
    let Some((package, subdir)) = rest.split_once("//") else { return (text.to_owned(), None) };
    (format!("{scheme}{package}{query}"), (!subdir.is_empty()).then(|| subdir.to_owned()))
}

/// The form that says all: `GETTER::URL`, or a URL whose scheme says how to get it.
pub(super) fn detect(text: &str) -> Result<String, Undetected> {
    let (getter, address) = split_getter(text);
    if address.is_empty() {
        return Err(Undetected::Wrong("invalid source address: ".to_owned()));
    }
    if is_url(address) {
        return Ok(text.to_owned());
    }
    let (address, query) = split_query(address);
    let found = match scp_like(address, query) {
        Some(found) => found,
        None => of_host(address)? + query,
    };
    let (implied, address) = split_getter(&found);
    Ok(match getter.or(implied) {
        Some(getter) => format!("{getter}::{address}"),
        None => found,
    })
}

/// The address, and the query with its `?`.
fn split_query(text: &str) -> (&str, &str) {
    text.split_at(text.find('?').unwrap_or(text.len()))
}

/// `git` and the rest of `git::https://…`.
fn split_getter(text: &str) -> (Option<&str>, &str) {
    match text.split_once("::") {
        Some((getter, rest))
            if !getter.is_empty()
                && !rest.is_empty()
                && getter.bytes().all(|b| b.is_ascii_alphanumeric()) =>
        {
            (Some(getter), rest)
        }
        _ => (None, text),
    }
}

/// Whether it begins with a scheme, and is what Go reads as a URL.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let mut letters = scheme.bytes();
    letters.next().is_some_and(|b| b.is_ascii_alphabetic())
        && letters.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
        && !text.bytes().any(|b| b.is_ascii_control())
        && authority(rest).is_none_or(is_authority)
}

/// What is between `//` and the path.
fn authority(rest: &str) -> Option<&str> {
    let rest = rest.strip_prefix("//")?;
    rest.split(['/', '?', '#']).next()
}

/// Whether nothing is wrong with the host and its port.
fn is_authority(text: &str) -> bool {
    let host = text.rsplit_once('@').map_or(text, |(_, host)| host);
    let port = match host.rsplit_once(']') {
        Some((_, port)) => port.strip_prefix(':'),
        None => host.split_once(':').map(|(_, port)| port),
    };
    !host.contains([' ', '%', '<', '>', '"', '\\', '^', '`', '{', '|', '}'])
        && port.is_none_or(|port| port.bytes().all(|b| b.is_ascii_digit()))
}

/// `git@HOST:PATH`
fn scp_like(address: &str, query: &str) -> Option<String> {
    let (host, path) = address.strip_prefix("git@")?.split_once(':')?;
    let path = path.strip_prefix('/').unwrap_or(path);
    if host.is_empty() || path.is_empty() {
        return None;
    }
    Some(format!("git::ssh://git@{host}/{path}{}", in_order(query)))
}

/// A query in the order of its keys, as Go writes one.
fn in_order(query: &str) -> String {
    let Some(pairs) = query.strip_prefix('?') else { return String::new() };
    let mut pairs: Vec<&str> = pairs.split('&').filter(|pair| !pair.is_empty()).collect();
    pairs.sort_by_key(|pair| pair.split('=').next());
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

/// The short forms of hosts, and absolute paths.
fn of_host(address: &str) -> Result<String, Undetected> {
    let wrong = |why: &str| Err(Undetected::Wrong(why.to_owned()));
    let parts: Vec<&str> = address.split('/').collect();
    match parts[..] {
        ["github.com", owner, name, ref rest @ ..] => {
            let suffix = if name.strip_suffix(".git").is_some() { "" } else { ".git" };
            let subdir =
                if rest.is_empty() { String::new() } else { format!("//{}", rest.join("/")) };
            Ok(format!("git::https://github.com/{owner}/{name}{suffix}{subdir}"))
        }
        ["github.com", ..] if parts.len() > 1 => {
            wrong("GitHub URLs should be github.com/username/repo")
        }
        ["bitbucket.org", ..] if parts.len() > 1 => {
            let suffix = if address.strip_suffix(".git").is_some() { "" } else { ".git" };
            Ok(format!("git::https://{address}{suffix}"))
        }
        [host, _, version, bucket, ref object @ ..] if host.ends_with("googleapis.com") => {
            if object.is_empty() {
                return wrong("URL is not a valid GCS URL");
            }
            let object = object.join("/");
            Ok(format!("gcs::https://www.googleapis.com/storage/{version}/{bucket}/{object}"))
        }
        [host, ..] if host.ends_with("googleapis.com") && parts.len() > 1 => {
            wrong("URL is not a valid GCS URL")
        }
        [host, ref key @ ..] if host.ends_with(".amazonaws.com") && !key.is_empty() => {
            match s3(host, &key.join("/")) {
                Some(found) => Ok(found),
                None => wrong("URL is not a valid S3 URL"),
            }
        }
        _ if address.starts_with('/') => Ok(format!("file://{address}")),
        _ => Err(Undetected::Relative(address.to_owned())),
    }
}

/// `REGION.amazonaws.com/BUCKET/KEY`, with the bucket also where hosts have it.
fn s3(host: &str, key: &str) -> Option<String> {
    let labels: Vec<&str> = host.strip_suffix(".amazonaws.com")?.split('.').collect();
    match labels[..] {
        [region] => Some(format!("s3::https://{region}.amazonaws.com/{key}")),
        [bucket, region] => Some(format!("s3::https://{region}.amazonaws.com/{bucket}/{key}")),
        [bucket, "s3", region] => {
            Some(format!("s3::https://s3.{region}.amazonaws.com/{bucket}/{key}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = match detect(text) {
            Ok(found) => found,
            Err(Undetected::Relative(given)) => format!("relative {given}"),
            Err(Undetected::Wrong(why)) => format!("wrong {why}"),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn urls_stay_what_they_are() {
        for url in [
            "https://x.y/z.zip?archive=zip",
            "git::https://u:p@x.y:8080/z.git?ref=v1",
            "git::ssh://git@[::1]:22/x.git",
            "git::ext::sh -c touch",
            "file:///a",
            "C:\\x",
            "https://",
            "http://x.y/a b",
        ] {
            check(url, url);
        }
    }

    #[test]
    fn short_forms_are_spelt_out() {
        check("github.com/x/y", "git::https://github.com/x/y.git");
        check("github.com/x/y?ref=1", "git::https://github.com/x/y.git?ref=1");
        check("github.com/x/y.git/z", "git::https://github.com/x/y.git//z");
        check("git::github.com/x/y", "git::https://github.com/x/y.git");
        check("bitbucket.org/x/y", "git::https://bitbucket.org/x/y.git");
        check("git@github.com:x/y", "git::ssh://git@github.com/x/y");
        check("git@x.y:/z?ref=a&depth=1", "git::ssh://git@x.y/z?depth=1&ref=a");
        check("git::git@x.y:z.git", "git::ssh://git@x.y/z.git");
        check("/a/b.zip?x=1", "file:///a/b.zip?x=1");
        check("git::/a/b", "git::file:///a/b");
        check("file::/a", "file::file:///a");
    }

    #[test]
    fn short_forms_of_object_stores_are_spelt_out() {
        let s3 = "s3::https://s3-eu-west-1.amazonaws.com/b/k.zip";
        check("s3-eu-west-1.amazonaws.com/b/k.zip", s3);
        check("b.s3-eu-west-1.amazonaws.com/k.zip", s3);
        check("b.s3.amazonaws.com/k?x=1", "s3::https://s3.amazonaws.com/b/k?x=1");
        let gcs = "gcs::https://www.googleapis.com/storage/v1/b/k/l";
        check("www.googleapis.com/storage/v1/b/k/l", gcs);
        check("www.googleapis.com/storage/v1/b", "wrong URL is not a valid GCS URL");
    }

    #[test]
    fn what_is_none_is_refused() {
        check("a/b", "relative a/b");
        check("foo@github.com:x/y.git", "relative foo@github.com:x/y.git");
        check("gitlab.com/x/y", "relative gitlab.com/x/y");
        check("github.com/x", "wrong GitHub URLs should be github.com/username/repo");
        check("", "wrong invalid source address: ");
        check("git::./a", "relative ./a");
    }

    #[test]
    fn subdirectories_are_told_from_schemes() {
        #[track_caller]
        fn check(text: &str, package: &str, subdir: Option<&str>) {
            assert_eq!(split_subdir(text), (package.to_owned(), subdir.map(str::to_owned)));
        }
        check("https://x.y/z//a/b?c=d", "https://x.y/z?c=d", Some("a/b"));
        check("https://x.y/z?c=//d", "https://x.y/z?c=//d", None);
        check("a/b/c//d", "a/b/c", Some("d"));
        check("//x", "", Some("x"));
        check("a", "a", None);
    }
}
