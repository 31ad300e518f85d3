//! `required_providers` blocks.

use groma_addr::{Ident, LocalProvider, Provider};
use groma_diag::Span;
use groma_lang::eval::{NoScope, evaluate};
use groma_lang::syntax::{Attribute, Block, Expr, StepKind};

use super::Decoder;
use super::shim::name_problem;
use crate::model::RequiredProvider;
use crate::version::Constraints;

/// A `required_providers` block.
pub(crate) struct Requirements {
    pub(crate) entries: Vec<(Ident, RequiredProvider)>,
    pub(crate) span: Span,
}

impl Decoder<'_> {
    pub(super) fn requirements(&mut self, block: &Block) -> Requirements {
        let (attributes, diags) = block.body.just_attributes();
        self.diags.extend(diags);
        let entries = attributes.iter().filter_map(|attribute| self.requirement(attribute));
        Requirements { entries: entries.collect(), span: block.def_span }
    }

    fn requirement(&mut self, attribute: &Attribute) -> Option<(Ident, RequiredProvider)> {
        if let Some(problem) = name_problem(&attribute.name) {
            self.diags.push(problem.at(attribute.expr.span()));
            return None;
        }
        let name = self.ident(&attribute.name);
        let mut required = RequiredProvider {
            source: Provider::implied(name.clone()),
            explicit: false,
            version: None,
            aliases: Vec::new(),
            span: attribute.expr.span(),
        };
        let before = self.diags.len();
        if let Ok(items) = attribute.expr.as_map_items() {
            for (key, value) in &items {
                self.requirement_item(&name, key, value, &mut required);
            }
        } else {
            required.version = Some((self.version_alone(attribute)?, attribute.span));
        }
        (self.diags.len() == before).then_some((name, required))
    }

    /// An entry as it was until 0.12.
    fn version_alone(&mut self, attribute: &Attribute) -> Option<Constraints> {
        let (value, diags) = evaluate(&attribute.expr, &NoScope);
        let failed = diags.has_errors();
        self.diags.extend(diags);
        if failed {
            return None;
        }
        if !value.ty().is_primitive() {
            let detail = "required_providers entries must be strings or objects.";
            let summary = "Invalid required_providers object";
            self.error(summary, detail, attribute.expr.span());
            return None;
        }
        self.constraints(attribute)
    }

    fn requirement_item(
        &mut self,
        name: &Ident,
        key: &Expr,
        value: &Expr,
        required: &mut RequiredProvider,
    ) {
        let word = key.as_keyword().unwrap_or_else(|| {
            let (key, diags) = evaluate(key, &NoScope);
            self.diags.extend(diags);
            key.as_str().cloned().unwrap_or_else(|| "".into())
        });
        match &*word {
            "version" => required.version = self.version_item(value),
            "source" => {
                if let Some(source) = self.source_item(value) {
                    required.source = source;
                    required.explicit = true;
                }
            }
            "configuration_aliases" => self.aliases(name, value, required),
            _ => {
                let detail = "required_providers objects can only contain \"version\", \"source\" \
                              and \"configuration_aliases\" attributes. To configure a provider, \
                              use a \"provider\" block.";
                self.error("Invalid required_providers object", detail, key.span());
            }
        }
    }

    fn version_item(&mut self, value: &Expr) -> Option<(Constraints, Span)> {
        let summary = "Invalid version constraint";
        let span = value.span();
        let Some(text) = constant_string(value) else {
            self.error(summary, "Version must be specified as a string.", span);
            return None;
        };
        let parsed = text.parse::<Constraints>().map_err(|_| {
            let detail = "This string does not use correct version constraint syntax.";
            self.error(summary, detail, span);
        });
        Some((parsed.ok()?, span))
    }

    fn source_item(&mut self, value: &Expr) -> Option<Provider> {
        let Some(text) = constant_string(value) else {
            self.error("Invalid source", "Source must be specified as a string.", value.span());
            return None;
        };
        match text.parse() {
            Ok(provider) => Some(provider),
            Err(groma_addr::ParseError { summary, message, .. }) => {
                self.error(&summary, message, value.span());
                None
            }
        }
    }

    fn aliases(&mut self, name: &Ident, value: &Expr, required: &mut RequiredProvider) {
        let summary = "Invalid configuration_aliases value";
        for expr in self.list(value) {
            let traversal = match expr.as_traversal() {
                Ok(traversal) => traversal,
                Err(diags) => {
                    self.diags.extend(diags);
                    continue;
                }
            };
            let alias = match traversal.steps.as_slice() {
                [] => None,
                [step] if let StepKind::Attr(alias) = &step.kind => {
                    Some(Ident::from(alias.clone()))
                }
                _ => {
                    let detail = "Configuration aliases can only contain references to local \
                                  provider configuration names in the format of provider.alias";
                    self.error(summary, detail, value.span());
                    continue;
                }
            };
            if *traversal.root != **name {
                let detail = format!(
                    "Configuration aliases must be prefixed with the provider name. Expected \
                     {name:?}, but found {:?}.",
                    traversal.root.as_str()
                );
                self.error(summary, detail, value.span());
                continue;
            }
            required.aliases.push(LocalProvider { name: name.clone(), alias });
        }
    }
}

fn constant_string(expr: &Expr) -> Option<groma_value::Str> {
    let (value, diags) = evaluate(expr, &NoScope);
    if diags.has_errors() { None } else { value.as_str().cloned() }
}

/// A host name, perhaps with a port, in lower case.
pub(crate) fn parse_host(host: &str) -> Option<String> {
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let ok = name.contains('.')
        && name.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c == '-' || c.is_alphanumeric())
        })
        && port.is_none_or(|port| port.parse::<u16>().is_ok());
    ok.then(|| host.to_lowercase())
}
