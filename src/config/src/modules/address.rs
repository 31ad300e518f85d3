//! Reading the `source` of a module call.

use groma_addr::DEFAULT_HOST;

use super::detect::{Undetected, detect, split_subdir};
use super::{ModuleSource, RegistryModule};
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
        let (package, subdir) = split_subdir(text);
        let subdir = inside(subdir)?;
        let package = RegistryModule::parse(&package)?;
        Ok(Self::Registry { package, subdir })
    }
}

impl RegistryModule {
    /// Reads `NAMESPACE/NAME/SYSTEM`, perhaps with a host before it.
    fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('/').collect();
        let (host, [namespace, name, system]) = match parts[..] {
            [namespace, name, system] => (None, [namespace, name, system]),
            [host, namespace, name, system] => (Some(host), [namespace, name, system]),
            _ => {
                return Err("a module registry source address must have either three or four \
                            slash-separated components"
                    .to_owned());
            }
        };
        let host = match host {
            Some(host) if ["github.com", "bitbucket.org"].contains(&host) => {
                return Err(format!(
                    "can't use {host:?} as a module registry host, because it's reserved for \
                     installing directly from version control repositories"
                ));
            }
            Some(host) => parse_host(host)
                .ok_or_else(|| format!("invalid module registry hostname {host:?}"))?,
            None if namespace.contains('.') => {
                return Err("source address must have three more components after the hostname: \
                            the namespace, the name, and the target system"
                    .to_owned());
            }
            None => DEFAULT_HOST.to_owned(),
        };
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
        let [namespace, name, system] = [namespace, name, system].map(str::to_owned);
        Ok(Self { host, namespace, name, system })
    }
}

fn is_local(text: &str) -> bool {
    ["./", "../", ".\\", "..\\"].iter().any(|prefix| text.starts_with(prefix))
}

fn local(text: &str) -> ModuleSource {
    let clean = path::clean(&text.replace('\\', "/"));
    ModuleSource::Local(if clean.starts_with("../") { clean } else { format!("./{clean}") })
}

fn is_name(part: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    part.len() <= 64
        && edge(part.chars().next())
        && edge(part.chars().next_back())
        && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// A directory inside of a package, clean; none for its top.
fn inside(subdir: Option<String>) -> Result<Option<String>, String> {
    match subdir {
        Some(subdir) if path::clean(&subdir).starts_with("..") => {
            Err(format!("subdirectory path {subdir:?} leads outside of the module package"))
        }
        subdir => Ok(subdir.map(|subdir| path::clean(&subdir)).filter(|subdir| subdir != ".")),
    }
}

fn remote(text: &str) -> Result<ModuleSource, SourceAddrError> {
    let failed = |why: String| SourceAddrError {
        message: format!("Failed to parse module source address: {why}"),
        is_whole: false,
    };
    let (package, subdir) = split_subdir(text);
    let subdir = inside(subdir).map_err(failed)?;
    let (package, more) = match detect(&package) {
        Ok(found) => split_subdir(&found),
        Err(Undetected::Relative(given)) => {
            return Err(SourceAddrError {
                message: format!(
                    "Terraform failed to determine your intended installation method for remote \
                     module package {given:?}.\n\nIf you intended this as a path relative to the \
                     current module, use \"./{given}\" instead. The \"./\" prefix indicates that \
                     the address is a relative filesystem path."
                ),
                is_whole: true,
            });
        }
        Err(Undetected::Wrong(why)) => return Err(failed(why)),
    };
    let subdir = match (subdir, inside(more).map_err(failed)?) {
        // What was given is within what the short form says.
        (Some(subdir), Some(more)) => Some(path::join(&more, &subdir)),
        (subdir, more) => subdir.or(more),
    };
    Ok(ModuleSource::Remote { package, subdir })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let actual = match ModuleSource::parse(text) {
            Ok(source @ ModuleSource::Local(_)) => format!("local {source}"),
            Ok(source @ ModuleSource::Registry { .. }) => format!("registry {source}"),
            Ok(source @ ModuleSource::Remote { .. }) => format!("remote {source}"),
            Err(error) => format!("error {}", error.message.lines().next().unwrap_or_default()),
        };
        assert_eq!(actual, expected, "{text}");
    }

    #[test]
    fn reads_sources() {
        check("./child", "local ./child");
        check("./", "local ./.");
        check("../", "local ./..");
        check("../a/../../b", "local ../../b");
        check(".\\x", "local ./x");
        let consul = "registry registry.terraform.io/hashicorp/consul/aws";
        check("hashicorp/consul/aws", consul);
        check("hashicorp/consul/aws//a/b", &format!("{consul}//a/b"));
        check("Example.com/a/b/c", "registry example.com/a/b/c");
        check("gitlab.com/a/b/c", "registry gitlab.com/a/b/c");
        check("github.com/a/b", "remote git::https://github.com/a/b.git");
        check("git::https://x.y/z.git//sub?ref=v1", "remote git::https://x.y/z.git//sub?ref=v1");
        check("github.com/a/b/c//d?ref=v1", "remote git::https://github.com/a/b.git//c/d?ref=v1");
        check("/abs//x", "remote file:///abs//x");
    }

    #[test]
    fn refuses_others() {
        let undetermined = "Terraform failed to determine your intended installation method for remote module \
             package";
        check("child", &format!("error {undetermined} \"child\"."));
        check("a/b/c/d/e", &format!("error {undetermined} \"a/b/c/d/e\"."));
        check("//x", "error Failed to parse module source address: invalid source address: ");
        check(
            "github.com/x",
            "error Failed to parse module source address: GitHub URLs should be \
             github.com/username/repo",
        );
        check(
            "a/b/c//../x",
            "error Failed to parse module source address: subdirectory path \"../x\" leads \
             outside of the module package",
        );
    }
}
