//! `.netrc`: names and passwords by host, as many programs share them.

use std::collections::BTreeMap;
use std::fmt;

use url::Url;

/// Names and passwords by host.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Logins {
    hosts: BTreeMap<String, Login>,
    other: Option<Login>,
}

#[derive(Clone, Default, PartialEq, Eq)]
struct Login {
    name: String,
    password: String,
}

/// Without what is secret.
impl fmt::Debug for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.hosts.keys()).finish()
    }
}

impl Logins {
    /// Reads a file. What makes no sense in it is passed over.
    pub fn parse(text: &str) -> Self {
        let mut logins = Self::default();
        let mut at: Option<Option<String>> = None;
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let mut words = line.split_whitespace();
            while let Some(word) = words.next() {
                match word {
                    "machine" => at = words.next().map(|host| Some(host.to_owned())),
                    "default" => at = Some(None),
                    "login" | "password" | "account" => {
                        let value = words.next().unwrap_or_default();
                        logins.set(at.as_ref(), word, value);
                    }
                    // A macro goes on to the next empty line.
                    "macdef" => {
                        let _ = lines.by_ref().find(|line| line.trim().is_empty());
                        break;
                    }
                    comment if comment.starts_with('#') => break,
                    _ => {}
                }
            }
        }
        logins
    }

    fn set(&mut self, at: Option<&Option<String>>, word: &str, value: &str) {
        let login = match at {
            None => return,
            Some(None) => self.other.get_or_insert_default(),
            Some(Some(host)) => self.hosts.entry(host.clone()).or_default(),
        };
        match word {
            "login" => value.clone_into(&mut login.name),
            "password" => value.clone_into(&mut login.password),
            _ => {}
        }
    }

    /// Adds who it is to a URL that does not say.
    pub(super) fn add_to(&self, url: &mut Url) {
        if !url.username().is_empty() || url.password().is_some() {
            return;
        }
        let host = url.host_str().unwrap_or_default();
        let Some(login) = self.hosts.get(host).or(self.other.as_ref()) else { return };
        // Only URLs that cannot have them refuse.
        let _ = url.set_username(&login.name);
        let _ = url.set_password(Some(&login.password));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, url: &str, expected: &str) {
        let mut url = Url::parse(url).expect("a URL");
        Logins::parse(text).add_to(&mut url);
        assert_eq!(url.as_str(), expected);
    }

    #[test]
    fn hosts_have_logins() {
        let text = "# mine\nmachine x.y login n password p\nmachine z.y\n  login m\n  password q\n\
                    macdef init\nmachine no.y login n password p\n\ndefault login d password e\n";
        check(text, "https://x.y/a", "https://n:p@x.y/a");
        check(text, "https://z.y:8443/a", "https://m:q@z.y:8443/a");
        check(text, "https://no.y/", "https://d:e@no.y/");
        check(text, "https://u@x.y/", "https://u@x.y/");
        check("machine x.y", "https://x.y/", "https://x.y/");
        check("login n password p", "https://x.y/", "https://x.y/");
        check("", "https://x.y/", "https://x.y/");
    }

    #[test]
    fn passwords_are_not_shown() {
        let logins = Logins::parse("machine x.y login n password hunter2");
        assert_eq!(format!("{logins:?}"), "{\"x.y\"}");
    }
}
