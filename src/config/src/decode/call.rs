//! `module` blocks.

use std::collections::HashMap;
use std::sync::LazyLock;

use groma_addr::{Ident, LocalProvider};
use groma_diag::Span;
use groma_lang::syntax::{Attribute, Block, Body, BodySchema, Traversal};

use super::Decoder;
use super::provisioner::merged;
use crate::model::{PassedProvider, Repetition};
use crate::modules::ModuleSource;
use crate::version::Constraints;

const ARGUMENTS: &[&str] = &["source", "version", "count", "for_each", "depends_on", "providers"];

static CALL: LazyLock<BodySchema> = LazyLock::new(|| schema(true));

/// In an override file, what is not there stays as it was.
static OVERRIDE: LazyLock<BodySchema> = LazyLock::new(|| schema(false));

fn schema(source_required: bool) -> BodySchema {
    let schema = BodySchema::new();
    let schema = if source_required { schema.required("source") } else { schema };
    let schema = ARGUMENTS.iter().fold(schema, |schema, name| schema.optional(*name));
    schema.block("_", &[]).block("lifecycle", &[]).block("locals", &[]).block("provider", &["type"])
}

/// Whether a module's variable may not have that name, since it means something in its calls.
pub(super) fn is_reserved(name: &str) -> bool {
    ARGUMENTS.contains(&name) || ["_", "lifecycle", "locals", "provider"].contains(&name)
}

/// A `module` block, with what it says told from what it leaves out.
pub(crate) struct CallDraft {
    pub(crate) name: Ident,
    pub(crate) source: Option<(String, ModuleSource, Span)>,
    pub(crate) version: Option<(Constraints, Span)>,
    pub(crate) repetition: Repetition,
    pub(crate) body: Body,
    pub(crate) depends_on: Vec<Traversal>,
    pub(crate) providers: Vec<PassedProvider>,
    pub(crate) span: Span,
}

impl Decoder<'_> {
    pub(super) fn call(&mut self, block: &Block) -> Option<CallDraft> {
        let schema = if self.overriding { &OVERRIDE } else { &CALL };
        let (content, mut body) = self.partial(&block.body, schema);
        let label = self.label(block, 0, "Invalid module instance name")?;
        let has_version = content.attr("version").is_some();
        let source = content.attr("source").and_then(|attribute| {
            let text = self.string(Some(attribute))?;
            let source = self.source(attribute, &text, has_version)?;
            Some((text, source, attribute.expr.span()))
        });
        let version = content
            .attr("version")
            .and_then(|attribute| Some((self.constraints(attribute)?, attribute.span)));
        let repetition = self.repetition(content.attr("count"), content.attr("for_each"));
        let depends_on = self.depends_on(content.attr("depends_on"));
        let providers = content.attr("providers").map(|attribute| self.passed(attribute));
        let mut escape: Option<&Block> = None;
        for inner in &content.blocks {
            match (&*inner.ty, escape) {
                ("_", Some(first)) => self.duplicate_escape(inner, first, "module"),
                ("_", None) => {
                    escape = Some(inner);
                    self.check_escape(&body, &inner.body);
                    body = merged(&body, &inner.body);
                }
                _ => self.reserved_block(inner, "module"),
            }
        }
        Some(CallDraft {
            name: self.ident(&label.text),
            source,
            version,
            repetition,
            body,
            depends_on,
            providers: providers.unwrap_or_default(),
            span: block.def_span,
        })
    }

    fn source(
        &mut self,
        attribute: &Attribute,
        text: &str,
        from_registry: bool,
    ) -> Option<ModuleSource> {
        let parsed = if from_registry {
            ModuleSource::parse_registry(text)
        } else {
            ModuleSource::parse(text)
        };
        parsed
            .map_err(|error| {
                let (summary, hint) = if from_registry {
                    (
                        "Invalid registry module source address",
                        ".\n\nTerraform assumed that you intended a module registry source \
                         address because you also set the argument \"version\", which applies \
                         only to registry modules.",
                    )
                } else {
                    ("Invalid module source address", "")
                };
                let hint = if error.is_whole {
                    ""
                } else if hint.is_empty() {
                    "."
                } else {
                    hint
                };
                self.error(summary, format!("{}{hint}", error.message), attribute.expr.span());
            })
            .ok()
    }

    fn passed(&mut self, attribute: &Attribute) -> Vec<PassedProvider> {
        let items = attribute.expr.as_map_items().unwrap_or_else(|diags| {
            self.diags.extend(diags);
            Vec::new()
        });
        let mut seen: HashMap<LocalProvider, Span> = HashMap::new();
        let mut passed = Vec::new();
        for (key, value) in &items {
            let child = self.provider_ref(key, "providers");
            let parent = self.provider_ref(value, "providers");
            let (Some(child), Some(parent)) = (child, parent) else { continue };
            if let Some(first) = seen.get(&child.addr) {
                let detail = format!(
                    "A provider configuration was already passed to {} at {}. Each child provider \
                     configuration can be assigned only once.",
                    child.addr,
                    self.place(*first)
                );
                self.error("Duplicate provider address", detail, parent.name_span);
                continue;
            }
            seen.insert(child.addr.clone(), child.name_span.to(parent.name_span));
            passed.push(PassedProvider { child, parent });
        }
        passed
    }
}
