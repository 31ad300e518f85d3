//! `provider_installation` blocks.

use groma_addr::Provider;
use groma_diag::Diagnostic;

use super::syntax::{At, Item, Value};
use super::{CliConfig, Location, Method, Pattern, Patterns, Problems};

/// Reads the block into `config`.
pub(super) fn read(block: &Item, config: &mut CliConfig, problems: &mut Problems) {
    let summary = "Invalid provider_installation block";
    let at = block.at;
    if block.assigned {
        let detail = format!(
            "The provider_installation block at {at} must not be introduced with an equals sign."
        );
        problems.config.push(Diagnostic::error(summary, detail));
    }
    if !block.labels.is_empty() {
        let detail = format!("The provider_installation block at {at} must not have any labels.");
        problems.config.push(Diagnostic::error(summary, detail));
    }
    let Value::Object(items) = &block.value else { return };
    let mut reader = Reader { at, config, problems, methods: Vec::new() };
    for item in items {
        reader.method(item);
    }
    let methods = reader.methods;
    // Where only our own method and overrides are, Terraform's implied methods go on.
    let own_alone = methods.is_empty()
        && !items.is_empty()
        && items.iter().all(|item| matches!(&*item.name, "native" | "dev_overrides"));
    config.methods = (!own_alone).then_some(methods);
}

struct Reader<'a> {
    at: At,
    config: &'a mut CliConfig,
    problems: &'a mut Problems,
    methods: Vec<Method>,
}

impl Reader<'_> {
    fn refuse(&mut self, detail: String) {
        let summary = "Invalid provider_installation method block";
        self.problems.config.push(Diagnostic::error(summary, detail));
    }

    fn method(&mut self, item: &Item) {
        let at = self.at;
        let (Value::Object(arguments), false) = (&item.value, item.assigned) else {
            return self.refuse(format!(
                "The items inside the provider_installation block at {at} must all be blocks."
            ));
        };
        if !item.labels.is_empty() {
            return self.refuse(format!(
                "The blocks inside the provider_installation block at {at} may not have any \
                 labels."
            ));
        }
        let location = match &*item.name {
            "direct" => Location::Direct,
            "filesystem_mirror" => match self.text(item, arguments, "path") {
                Some(path) => Location::Filesystem(path.into()),
                None => return,
            },
            "network_mirror" => match self.text(item, arguments, "url") {
                Some(url) if url.starts_with("https://") => Location::Network(url),
                Some(url) => return self.no_https(&url),
                None => return,
            },
            "native" => {
                self.config.native = self.patterns(item, arguments);
                return;
            }
            "dev_overrides" => return self.overrides(item, arguments),
            other => {
                let detail =
                    format!("Unknown provider installation method {other:?} at {}.", item.at);
                return self.refuse(detail);
            }
        };
        if let Some(patterns) = self.patterns(item, arguments) {
            self.methods.push(Method { location, patterns });
        }
    }

    fn no_https(&mut self, url: &str) {
        self.problems.installation.push(Diagnostic::error(
            "Invalid URL for provider installation source",
            format!(
                "Cannot use {url:?} as a URL for a network provider mirror: the mirror must be at \
                 an https: URL."
            ),
        ));
    }

    /// The value of an argument that must be there.
    fn text(&mut self, block: &Item, arguments: &[Item], name: &str) -> Option<String> {
        let problem = match arguments.iter().find(|item| item.name == name).map(|i| &i.value) {
            Some(Value::Text(text)) if !text.is_empty() => return Some(text.clone()),
            None | Some(Value::Text(_)) => format!("{name:?} argument is required"),
            Some(_) => format!("{name:?} must be a string"),
        };
        let what = &block.name;
        self.refuse(format!("Invalid {what} block at {}: {problem}.", block.at));
        None
    }

    fn patterns(&mut self, block: &Item, arguments: &[Item]) -> Option<Patterns> {
        let include = self.pattern_list(block, arguments, "include", "inclusion")?;
        let exclude = self.pattern_list(block, arguments, "exclude", "exclusion")?;
        Some(Patterns { include, exclude })
    }

    fn pattern_list(
        &mut self,
        block: &Item,
        arguments: &[Item],
        name: &str,
        title: &str,
    ) -> Option<Vec<Pattern>> {
        let Some(argument) = arguments.iter().find(|item| item.name == name) else {
            return Some(Vec::new());
        };
        let text = |value: &Value| match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        };
        let texts: Option<Vec<String>> = match &argument.value {
            Value::List(values) => values.iter().map(text).collect(),
            _ => None,
        };
        let Some(texts) = texts else {
            let detail = format!(
                "Invalid {} block at {}: {name:?} must be a list of strings.",
                block.name, block.at
            );
            self.refuse(detail);
            return None;
        };
        let patterns: Result<Vec<_>, _> = texts.iter().map(|text| Pattern::parse(text)).collect();
        patterns
            .map_err(|problem| {
                self.problems.installation.push(Diagnostic::error(
                    format!("Invalid provider source {title} patterns"),
                    format!("CLI config specifies invalid provider {title} patterns: {problem}."),
                ));
            })
            .ok()
    }

    fn overrides(&mut self, block: &Item, arguments: &[Item]) {
        if !self.methods.is_empty() || !self.config.overrides.is_empty() {
            return self.refuse(format!(
                "The dev_overrides block at {} must appear before all other installation methods, \
                 because development overrides always have the highest priority.",
                block.at
            ));
        }
        for item in arguments {
            let name = &item.name;
            let summary = "Invalid provider installation dev overrides";
            match (name.parse::<Provider>(), &item.value) {
                (Ok(source), Value::Text(path)) => {
                    self.config.overrides.insert(source, path.into());
                }
                (Ok(_), _) => {
                    let detail = format!("The value of {name:?} at {} must be a path.", item.at);
                    self.problems.config.push(Diagnostic::error(summary, detail));
                }
                (Err(error), _) => {
                    let detail = format!(
                        "The entry {name:?} in {} is not a valid provider source string.\n\n{}: {}",
                        self.at, error.summary, error.message
                    );
                    self.problems.config.push(Diagnostic::error(summary, detail));
                }
            }
        }
    }
}
