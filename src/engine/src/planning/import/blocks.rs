//! `import` blocks: which instances they import, and by what.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use groma_addr::{ConfigResource, InstanceKey, ResourceInstance, Target, parse_target};
use groma_config::{Config, Import, Repetition, ResourceBlock};
use groma_diag::{Diagnostic, Diagnostics};
use groma_eval::{Frames, KeyData};
use groma_lang::eval::{Cause, evaluate, expression_values};
use groma_lang::syntax::{Expr, ExprKind, ExprRef, Traversal};
use groma_value::{Value, View};

use super::named::{Named, import_name, unknown_id};
use crate::PlanMode;
use crate::planning::{Planner, generate};

const TO: &str = "Invalid import 'to' expression";
const NO_CONFIG: &str = "Configuration for import target does not exist";

impl Planner<'_> {
    /// Works out which instances of a resource are imported. Whether that could be done.
    pub(in crate::planning) fn resolve_imports(
        &mut self,
        resource: &ConfigResource,
        block: &ResourceBlock,
        wanted: &HashSet<ResourceInstance>,
    ) -> bool {
        if self.import_only.is_some() || self.mode != PlanMode::Normal {
            return true;
        }
        let mut found: Vec<(ResourceInstance, Named)> = Vec::new();
        let config = Arc::clone(self.input.config);
        let blocks = config.root().map_or(&[][..], |root| root.imports.as_slice());
        let places = self.import_blocks.get(resource).cloned().unwrap_or_default();
        for import in places.into_iter().filter_map(|at| blocks.get(at)) {
            match self.expand_import(import, &block.repetition) {
                Ok(targets) => found.extend(targets),
                Err(diagnostics) => return self.report_all(diagnostics),
            }
        }
        let mut ok = true;
        for (addr, named) in found {
            // What is managed already needs no import: a block may stay once it has been applied.
            if self.state.object(&addr, None).is_some() {
                continue;
            }
            if !wanted.contains(&addr) {
                self.report(Diagnostic::error(NO_CONFIG, no_config(&addr)));
                ok = false;
                continue;
            }
            self.imports.insert(addr, named);
        }
        ok
    }

    /// The instances that a block imports, each with what names it.
    fn expand_import(
        &self,
        import: &Import,
        repetition: &Repetition,
    ) -> Result<Vec<(ResourceInstance, Named)>, Diagnostics> {
        let mut targets = Vec::new();
        for data in self.import_keys(import)? {
            let addr = self.import_target(&import.to, &data)?;
            let misfit = match (&addr.key, repetition) {
                (InstanceKey::Int(_), Repetition::Count(_))
                | (InstanceKey::Str(_), Repetition::ForEach(_))
                | (InstanceKey::None, _) => None,
                (InstanceKey::Int(_), _) => Some("The target resource does not use count."),
                (InstanceKey::Str(_), _) => Some("The target resource does not use for_each."),
            };
            if let Some(detail) = misfit {
                return Err(Diagnostic::error(TO, detail).at(import.to.span()).into());
            }
            let scope = self.eval.scope(Frames::ROOT).keyed(&data);
            let named = import_name(import, &scope)?.ok_or_else(|| unknown_id(import))?;
            targets.push((addr, named));
        }
        Ok(targets)
    }

    /// What `each` is in each import that a block stands for.
    fn import_keys(&self, import: &Import) -> Result<Vec<KeyData>, Diagnostics> {
        const SUMMARY: &str = "Invalid for_each argument";
        let Some(expr) = &import.for_each else { return Ok(vec![KeyData::NONE]) };
        let scope = self.eval.scope(Frames::ROOT);
        let (value, diags) = evaluate(expr, &scope);
        if diags.has_errors() {
            return Err(diags);
        }
        let (value, _) = value.unmark();
        if !value.is_wholly_known() {
            let mut diagnostic = Diagnostic::error(
                SUMMARY,
                "The \"for_each\" expression includes values derived from other resource \
                 attributes that cannot be determined until apply, and so Terraform cannot \
                 determine the full set of values that might be used to import this resource.",
            )
            .at(expr.span());
            let cause = Cause { unknown: true, ..Cause::default() };
            diagnostic.values = expression_values(expr, &scope, cause);
            return Err(diagnostic.into());
        }
        Ok(match value.view() {
            View::Null => Vec::new(),
            View::Map(fields) | View::Object(fields) => fields
                .iter()
                .map(|(name, value)| KeyData::each(Value::from(&**name), value.clone()))
                .collect(),
            View::Set(items) => {
                items.iter().map(|item| KeyData::each(item.clone(), item.clone())).collect()
            }
            View::List(items) | View::Tuple(items) => (0_i64..)
                .zip(items)
                .map(|(at, item)| KeyData::each(Value::from(at), item.clone()))
                .collect(),
            _ => {
                let detail = "The \"for_each\" expression must be a collection.";
                return Err(Diagnostic::error(SUMMARY, detail).at(expr.span()).into());
            }
        })
    }

    /// The instance that `to` names.
    fn import_target(&self, to: &Expr, data: &KeyData) -> Result<ResourceInstance, Diagnostics> {
        let text = self.import_address(to.as_ref(), data)?;
        match parse_target(&text) {
            Ok(Target::Instance(instance)) => Ok(instance),
            Ok(Target::Resource(resource)) => Ok(resource.instance(InstanceKey::None)),
            Ok(Target::Module(_)) => Err(Diagnostic::error(
                "Invalid import 'to' expression",
                "The import block 'to' argument does not resolve to a single resource instance.",
            )
            .at(to.span())
            .into()),
            Err(error) => Err(Diagnostic::error(error.summary, error.message).at(to.span()).into()),
        }
    }

    fn import_address(&self, expr: ExprRef<'_>, data: &KeyData) -> Result<String, Diagnostics> {
        match expr.kind() {
            ExprKind::Index { collection, key } => {
                let mut text = self.import_address(collection, data)?;
                text.push_str(&self.import_key(&key.to_expr(), data)?.to_string());
                Ok(text)
            }
            ExprKind::Relative(source, steps) => {
                let mut text = self.import_address(source, data)?;
                for step in &steps {
                    text.push_str(&step.to_string());
                }
                Ok(text)
            }
            _ => expr.as_traversal().map(|traversal| written(&traversal)),
        }
    }

    /// A key in `to`, which may use `each` alone.
    fn import_key(&self, key: &Expr, data: &KeyData) -> Result<InstanceKey, Diagnostics> {
        if let Some(other) = key.variables().into_iter().find(|t| &*t.root != "each") {
            let text = format!(
                "There is no variable named {:?}.Only \"each.key\" and \"each.value\" can be used \
                 in import address index expressions.",
                &*other.root
            );
            return Err(Diagnostic::error("Unknown variable", text).at(other.span).into());
        }
        let (value, diags) = evaluate(key, &self.eval.scope(Frames::ROOT).keyed(data));
        if diags.has_errors() {
            return Err(diags);
        }
        let invalid = |detail: &str| Diagnostic::error("Invalid index expression", detail);
        if value.marks().sensitive() {
            let detail = "Import address index expression cannot be sensitive.";
            return Err(invalid(detail).at(key.span()).into());
        }
        let found = match value.view() {
            View::String(text) => Some(InstanceKey::Str(text.as_str().into())),
            View::Number(number) => number.to_u64().map(InstanceKey::Int),
            _ => None,
        };
        found.ok_or_else(|| {
            let detail =
                "Invalid resource instance key: either a string or an integer is required.";
            Diagnostic::error("Invalid address", detail).at(key.span()).into()
        })
    }

    /// Refuses imports of what the configuration does not have.
    pub(in crate::planning) fn check_imports(&mut self) {
        if self.mode == PlanMode::Normal {
            let generating = self.input.options.generate_config;
            let refused = without_block(self.input.config, generating);
            self.report_all(refused);
        }
    }
}

fn no_config(addr: &ResourceInstance) -> String {
    format!(
        "The configuration for the given import {addr} does not exist. All target instances must \
         have an associated configuration to be imported."
    )
}

/// Refuses imports of what a configuration does not have, unless a block can be generated.
pub(crate) fn without_block(config: &Config, generating: bool) -> Diagnostics {
    let Some(root) = config.root() else { return Diagnostics::new() };
    let refused = root.imports.iter().filter(|import| {
        let module = config.find(&import.resource.module);
        let has = module.is_some_and(|m| m.resources.contains_key(&import.resource.resource));
        let root = import.resource.module.is_root();
        !(has || generating && root && generate::can_generate(import))
    });
    refused.map(|import| refusal(import, generating)).collect()
}

fn refusal(import: &Import, generating: bool) -> Diagnostic {
    let span = import.to.span();
    let target =
        import.to.as_traversal().map_or_else(|_| import.resource.to_string(), |to| written(&to));
    let diagnostic = if !import.resource.module.is_root() && generating {
        let text = format!(
            "Resource {target} not found. Only resources within the root module are eligible \
             for config generation."
        );
        Diagnostic::error(NO_CONFIG, text)
    } else if !import.resource.module.is_root() {
        let text = format!(
            "The configuration for the given import target {target} does not exist. All target \
             instances must have an associated configuration to be imported."
        );
        Diagnostic::error(NO_CONFIG, text)
    } else if import.for_each.is_some() {
        Diagnostic::error(TO, "The target resource does not use for_each.")
    } else if generating {
        Diagnostic::error(
            NO_CONFIG,
            "The given import block is not compatible with config generation. The \
             -generate-config-out option cannot be used with import blocks which use for_each, \
             or resources which use for_each or count.",
        )
    } else {
        let text = format!(
            "The configuration for the given import target {target} does not exist. If you \
             wish to automatically generate config for this resource, use the \
             -generate-config-out option within terraform plan. Otherwise, make sure the \
             target resource exists within your configuration. For example:\n\n  terraform \
             plan -generate-config-out=generated.tf"
        );
        Diagnostic::error(NO_CONFIG, text)
    };
    diagnostic.at(span)
}

/// The `import` blocks of each resource, by position.
pub(in crate::planning) fn by_resource(config: &Config) -> HashMap<ConfigResource, Vec<usize>> {
    let mut found: HashMap<ConfigResource, Vec<usize>> = HashMap::new();
    let blocks = config.root().map_or(&[][..], |root| root.imports.as_slice());
    for (at, import) in blocks.iter().enumerate() {
        found.entry(import.resource.clone()).or_default().push(at);
    }
    found
}

/// A reference as text.
pub(in crate::planning) fn written(traversal: &Traversal) -> String {
    let mut text = traversal.root.to_string();
    for step in &traversal.steps {
        text.push_str(&step.to_string());
    }
    text
}
