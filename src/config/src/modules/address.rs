//! Reading the `source` of a module call.

use super::ModuleSource;
use crate::decode::parse_host;
use crate::source::path;

/// Why a text is not the source of a module.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SourceAddrError {
    /// In Terraform's words, without a full stop unless [`Self::is_whole`].
    pub message: String,
    /// Whether the message is made of whole sentences.
    pub is_whole: bool,
}

impl ModuleSource {
    /// Reads a source of any kind.
    pub fn parse(text: &str) -> Result<Self, SourceAddrError> {
        if is_local(text) {
            return Ok(local(text));
        }
        match Self::registry(text) {
            Ok(source) => Ok(source),
            Err(_) => remote(text),
        }
    }

    /// Reads the address of a registry's module.
    pub fn parse_registry(text: &str) -> Result<Self, SourceAddrError> {
        Self::registry(text).map_err(|why| SourceAddrError {
            message: format!("Failed to parse module registry address: {why}"),
            is_whole: false,
        })
    }

    fn registry(text: &str) -> Result<Self, String> {
        if is_local(text) {
            return Err(format!("can't use local directory {text:?} as a module registry address"));
        }
        let (package, subdir) = split_subdir(text)?;
        let parts: Vec<&str> = package.split('/').collect();
        let (host, [namespace, name, system]) = match parts[..] {
            [namespace, name, system] => (None, [namespace, name, system]),
            [host, namespace, name, system] => (Some(host), [namespace, name, system]),
            _ => {
                return Err("a module registry source address must have either three or four \
                            slash-separated components"
                    .to_owned());
            }
        };
        match host {
            Some(host) => {
                if parse_host(host).is_none() {
                    return Err(format!("invalid module registry hostname {host:?}"));
                }
                if ["github.com", "bitbucket.org", "gitlab.com"].contains(&host) {
                    return Err(format!(
                        "can't use {host:?} as a module registry host, because it's reserved for \
                         installing directly from version control repositories"
                    ));
                }
            }
            None if namespace.contains('.') => {
                return Err("source address must have three more components after the hostname: \
                            the namespace, the name, and the target system"
                    .to_owned());
            }
            None => {}
        }
        for (kind, part) in [("namespace", namespace), ("module name", name)] {
            if !is_name(part) {
                return Err(format!(
                    "invalid {kind} {part:?}: must be between one and 64 characters, including \
                     ASCII letters, digits, dashes, and underscores, where dashes and underscores \
                     may not be the prefix or suffix"
                ));
            }
        }
        let is_system = (1..=64).contains(&system.len())
            && system.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if !is_system {
            return Err(format!(
                "invalid target system {system:?}: must be between one and 64 ASCII letters or \
                 digits"
            ));
        }
        Ok(Self::Registry { package, subdir })
    }
}

fn is_local(text: &str) -> bool {
    ["./", "../", ".\\", "..\\"].iter().any(|prefix| text.starts_with(prefix))
}

fn local(text: &str) -> ModuleSource {
    let clean = path::clean(&text.replace('\\', "/"));
    ModuleSource::Local(match &*clean {
        "." => "./".to_owned(),
        clean if clean.starts_with("..") => clean.to_owned(),
        clean => format!("./{clean}"),
    })
}

fn is_name(part: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    part.len() <= 64
        && edge(part.chars().next())
        && edge(part.chars().next_back())
        && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// The package and the directory inside of it, at `//` but not that of `https://`.
fn split_subdir(text: &str) -> Result<(String, Option<String>), String> {
    let after_scheme = text.find("://").map_or(0, |at| at + 3);
    let Some(at) = text.get(after_scheme..).and_then(|rest| rest.find("//")) else {
        return Ok((text.to_owned(), None));
    };
    let (package, rest) = text.split_at(after_scheme + at);
    let rest = &rest[2..];
    let (subdir, query) = rest.split_once('?').map_or((rest, None), |(dir, q)| (dir, Some(q)));
    let package = query.map_or_else(|| package.to_owned(), |query| format!("{package}?{query}"));
    let clean = path::clean(subdir);
    if clean.starts_with("..") {
        return Err(format!("subdirectory path {subdir:?} leads outside of the module package"));
    }
    Ok((package, (clean != ".").then_some(clean)))
}

fn remote(text: &str) -> Result<ModuleSource, SourceAddrError> {
    let failed = |why: String| SourceAddrError {
        message: format!("Failed to parse module source address: {why}"),
        is_whole: false,
    };
    if text.is_empty() {
        return Err(failed("invalid source address: ".to_owned()));
    }
    let (package, subdir) = split_subdir(text).map_err(failed)?;
    let has_getter = package.split_once("::").is_some_and(|(getter, _)| {
        !getter.is_empty() && getter.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    let known = has_getter
        || package.contains("://")
        || package.starts_with('/')
        || package.contains('@') && package.contains(':')
        || ["github.com/", "bitbucket.org/", "gitlab.com/", "www.googleapis.com/"]
            .iter()
            .any(|host| package.starts_with(host))
        || package.contains(".amazonaws.com/");
    if !known {
        return Err(SourceAddrError {
            message: format!(
                "Terraform failed to determine your intended installation method for remote \
                 module package {package:?}.\n\nIf you intended this as a path relative to the \
                 current module, use \"./{package}\" instead. The \"./\" prefix indicates that \
                 the address is a relative filesystem path."
            ),
            is_whole: true,
        });
    }
    Ok(ModuleSource::Remote { package, subdir })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let actual = match ModuleSource::parse(text) {
            Ok(ModuleSource::Local(dir)) => format!("local {dir}"),
            Ok(ModuleSource::Registry { package, subdir }) => {
                format!("registry {package} {subdir:?}")
            }
            Ok(ModuleSource::Remote { package, subdir }) => format!("remote {package} {subdir:?}"),
            Err(error) => format!("error {}", error.message.lines().next().unwrap_or_default()),
        };
        assert_eq!(actual, expected, "{text}");
    }

    #[test]
    fn reads_sources() {
        check("./child", "local ./child");
        check("./", "local ./");
        check("../a/../../b", "local ../../b");
        check(".\\x", "local ./x");
        check("hashicorp/consul/aws", "registry hashicorp/consul/aws None");
        check("hashicorp/consul/aws//a/b", "registry hashicorp/consul/aws Some(\"a/b\")");
        check("example.com/a/b/c", "registry example.com/a/b/c None");
        check("github.com/a/b", "remote github.com/a/b None");
        check(
            "git::https://x.y/z.git//sub?ref=v1",
            "remote git::https://x.y/z.git?ref=v1 Some(\"sub\")",
        );
        check("/abs", "remote /abs None");
        check("git@github.com:a/b.git", "remote git@github.com:a/b.git None");
    }

    #[test]
    fn refuses_others() {
        let undetermined = "Terraform failed to determine your intended installation method for remote module \
             package";
        check("child", &format!("error {undetermined} \"child\"."));
        check("a/b/c/d/e", &format!("error {undetermined} \"a/b/c/d/e\"."));
        check(
            "a/b/c//../x",
            "error Failed to parse module source address: subdirectory path \"../x\" leads \
             outside of the module package",
        );
    }
}
