//! The CLI configuration file: `~/.terraformrc`, or what `TF_CLI_CONFIG_FILE` names.
//!
//! What concerns Terraform's own services (checkpoints) is accepted and has no use. A problem never stops a command:
//! as with Terraform, it is said, and the rest of the file counts.

mod installation;
mod pattern;
mod services;
mod syntax;

use std::collections::BTreeMap;
use std::path::PathBuf;

use groma_addr::Provider;
use groma_diag::{Diagnostic, Diagnostics};

pub use pattern::{Pattern, Patterns};
use syntax::{Item, Value};

use crate::http::{Host, Token};
use crate::packages::Overrides;

/// Where packages are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A directory.
    Filesystem(PathBuf),
    /// A server that mirrors registries.
    Network(String),
    /// The registry that a source names.
    Direct,
}

/// An installation method: a place, and the providers that are looked for in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// The place.
    pub location: Location,
    /// The providers.
    pub patterns: Patterns,
}

/// A program that knows tokens: `credentials_helper "NAME" { args = […] }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelperProgram {
    /// What its name has after `terraform-credentials-`.
    pub name: String,
    /// What it is handed.
    pub arguments: Vec<String>,
}

/// What CLI configuration files say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CliConfig {
    /// `provider_installation`, in the order in which methods are tried.
    pub methods: Option<Vec<Method>>,
    /// `native`: the providers that may be served natively. A method of our own.
    pub native: Option<Patterns>,
    /// `dev_overrides`
    pub overrides: Overrides,
    /// `plugin_cache_dir`: packages that root modules share.
    pub plugin_cache_dir: Option<PathBuf>,
    /// `plugin_cache_may_break_dependency_lock_file`
    pub cache_may_break_lock: bool,
    /// `credentials`: a token for a host, or that it has none.
    pub credentials: BTreeMap<Host, Option<Token>>,
    /// `credentials_helper`
    pub credentials_helper: Option<HelperProgram>,
    /// `host`: by service, where it is.
    pub services: BTreeMap<Host, BTreeMap<String, String>>,
}

/// What was wrong with CLI configuration files.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    /// With a file as such.
    pub config: Diagnostics,
    /// With what methods say.
    pub installation: Diagnostics,
}

impl CliConfig {
    /// Reads files, later ones over earlier ones: path and content of each. `variable` gives the
    /// value of a variable of the environment, which paths may name.
    pub fn parse(
        files: &[(PathBuf, Vec<u8>)],
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> (Self, Problems) {
        let mut config = Self::default();
        let mut problems = Problems::default();
        let mut items = Vec::new();
        for (path, content) in files {
            match syntax::parse(&String::from_utf8_lossy(content)) {
                Ok(read) => items.extend(read),
                Err(error) => {
                    let summary = format!("Error parsing {}: {error}", path.display());
                    problems.config.push(Diagnostic::error(summary, ""));
                }
            }
        }
        let of = |name: &'static str| items.iter().filter(move |item| item.name == name);
        for item in of("plugin_cache_dir") {
            if let Some(path) = problems.text(item) {
                let path = expand(&path, variable);
                config.plugin_cache_dir = (!path.is_empty()).then(|| path.into());
            }
        }
        for item in of("plugin_cache_may_break_dependency_lock_file") {
            config.cache_may_break_lock = problems.flag(item).unwrap_or_default();
        }
        for name in ["disable_checkpoint", "disable_checkpoint_signature"] {
            of(name).for_each(|item| {
                problems.flag(item);
            });
        }
        services::read(&items, &mut config, &mut problems);
        let blocks: Vec<&Item> = of("provider_installation").collect();
        problems.at_most_one("provider_installation", blocks.len());
        if let Some(block) = blocks.first() {
            installation::read(block, &mut config, &mut problems);
        }
        (config, problems)
    }

    /// The methods of `provider_installation`, or those that there are without one: directories
    /// that exist, and registries for what is in none of them.
    pub fn methods(&self, implied: &[PathBuf]) -> Vec<Method> {
        if let Some(methods) = &self.methods {
            return methods.clone();
        }
        let directories = implied.iter().filter(|directory| directory.is_dir());
        let mut methods = Vec::new();
        let mut direct = Patterns::default();
        for directory in directories {
            let found = crate::mirror::providers(directory).unwrap_or_default();
            direct.exclude.extend(found.iter().map(Pattern::only));
            let (location, patterns) =
                (Location::Filesystem(directory.clone()), Patterns::default());
            methods.push(Method { location, patterns });
        }
        methods.push(Method { location: Location::Direct, patterns: direct });
        methods
    }

    /// What to say when providers under development are in effect: to who installs, and to who
    /// runs them.
    pub fn override_warning(&self, installing: bool) -> Option<Diagnostic> {
        if self.overrides.is_empty() {
            return None;
        }
        let lines = self.overrides.iter().map(|(source, directory)| {
            format!("\n - {} in {}", source.for_display(), directory.display())
        });
        let advice = if installing {
            "Skip groma init when using provider development overrides. It is not necessary and may \
             error unexpectedly."
        } else {
            "The behavior may therefore not match any released version of the provider and applying \
             changes may cause the state to become incompatible with published releases."
        };
        Some(Diagnostic::warning(
            "Provider development overrides are in effect",
            format!(
                "The following provider development overrides are set in the CLI \
                 configuration:{}\n\n{advice}",
                lines.collect::<String>()
            ),
        ))
    }

    /// Whether a provider that could be served natively may be.
    pub fn admits_native(&self, source: &Provider) -> bool {
        self.native.as_ref().is_none_or(|patterns| patterns.matches(source))
    }
}

impl Problems {
    fn at_most_one(&mut self, name: &str, count: usize) {
        if count > 1 {
            let summary = format!("No more than one {name} block may be specified");
            self.config.push(Diagnostic::error(summary, ""));
        }
    }

    fn mistyped(&mut self, item: &Item, expected: &str) {
        let detail = format!("The value of {} at {} must be {expected}.", item.name, item.at);
        self.config.push(Diagnostic::error("Invalid CLI configuration", detail));
    }

    fn text(&mut self, item: &Item) -> Option<String> {
        if let Value::Text(text) = &item.value {
            return Some(text.clone());
        }
        self.mistyped(item, "a string");
        None
    }

    fn flag(&mut self, item: &Item) -> Option<bool> {
        match &item.value {
            Value::Bool(flag) => Some(*flag),
            Value::Text(text) if matches!(&**text, "true" | "1") => Some(true),
            Value::Text(text) if matches!(&**text, "false" | "0") => Some(false),
            _ => {
                self.mistyped(item, "true or false");
                None
            }
        }
    }
}

/// Replaces `$NAME` and `${NAME}`; what is not set is empty.
fn expand(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let braced = after.strip_prefix('{').and_then(|braced| braced.split_once('}'));
        let (name, left) = braced
            .unwrap_or_else(|| after.split_at(after.find(|c| !word(c)).unwrap_or(after.len())));
        if name.is_empty() {
            out.push('$');
        } else {
            out.push_str(&variable(name).unwrap_or_default());
        }
        rest = left;
    }
    out + rest
}

#[cfg(test)]
mod tests;
