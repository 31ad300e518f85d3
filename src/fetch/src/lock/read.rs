//! Reading the lock file, with all that is wrong in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use groma_addr::Provider;
use groma_config::version::{CORE, Constraints, Version};
use groma_diag::{Diagnostic, Diagnostics, SourceMap, Span};
use groma_lang::eval::{NoScope, evaluate};
use groma_lang::syntax::{Block, BodySchema, Expr, parse_file};

use super::{Entry, LOCK_FILE, Lock};
use crate::Hash;
use crate::requirements::normalized;

static FILE: LazyLock<BodySchema> = LazyLock::new(|| {
    BodySchema::new().block("provider", &["source_addr"]).block("module", &["path"])
});

static PROVIDER: LazyLock<BodySchema> = LazyLock::new(|| {
    BodySchema::new().required("version").optional("constraints").optional("hashes")
});

impl Lock {
    /// Reads the file's content. What is read is added to `sources`, for diagnostics.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn parse(content: Arc<[u8]>, sources: &SourceMap) -> Result<Self, Diagnostics> {
        let file = sources.add(LOCK_FILE, Arc::clone(&content));
        let (body, diags) = parse_file(file, LOCK_FILE, content);
        let mut reader = Reader { sources, diags, seen: BTreeMap::new() };
        let (content, problems) = body.content(&FILE);
        reader.diags.extend(problems);
        let mut lock = Self::default();
        for block in &content.blocks {
            match &*block.ty {
                "provider" => {
                    if let Some((source, entry)) = reader.provider(block) {
                        lock.insert(source, entry);
                    }
                }
                _ => reader.no_modules(block),
            }
        }
        if reader.diags.has_errors() { Err(reader.diags) } else { Ok(lock) }
    }
}

struct Reader<'a> {
    sources: &'a SourceMap,
    diags: Diagnostics,
    seen: BTreeMap<Provider, Span>,
}

impl Reader<'_> {
    fn error(&mut self, summary: &str, detail: impl Into<String>, at: Span) {
        self.diags.push(Diagnostic::error(summary, detail).at(at));
    }

    fn no_modules(&mut self, block: &Block) {
        let detail = format!(
            "Terraform v{CORE} only supports dependency locks for providers, not for modules. This \
             configuration may be intended for a later version of Terraform that also supports \
             dependency locks for modules."
        );
        self.error("Dependency locks for modules are not yet supported", detail, block.ty_span);
    }

    fn provider(&mut self, block: &Block) -> Option<(Provider, Entry)> {
        let source = self.source(block)?;
        let (content, problems) = block.body.content(&PROVIDER);
        self.diags.extend(problems);
        let version = content.attr("version").and_then(|a| self.version(&source, &a.expr));
        let constraints = content.attr("constraints");
        let constraints = constraints.and_then(|a| self.constraints(&source, &a.expr));
        let hashes = content.attr("hashes").map(|a| self.hashes(&a.expr)).unwrap_or_default();
        if let Some(first) = self.seen.get(&source).copied() {
            let detail = format!(
                "This lockfile already declared a lock for provider {source} at {}.",
                self.sources.describe(first)
            );
            self.error("Duplicate provider lock", detail, block.def_span);
            return None;
        }
        self.seen.insert(source.clone(), block.def_span);
        let entry =
            Entry { version: version?, constraints: constraints.unwrap_or_default(), hashes };
        Some((source, entry))
    }

    /// The address, which must be written in full.
    fn source(&mut self, block: &Block) -> Option<Provider> {
        let label = block.labels.first()?;
        let invalid = "Invalid provider source address";
        let Ok(source) = label.text.parse::<Provider>() else {
            let detail = "The provider source address for a provider lock must be a valid, \
                          fully-qualified address of the form \"hostname/namespace/type\".";
            self.error(invalid, detail, label.span);
            return None;
        };
        if source.is_built_in() {
            let detail = format!(
                "Cannot lock a version for built-in provider {source}. Built-in providers are \
                 bundled inside Terraform itself, so you can't select a version for them \
                 independently of the Terraform release you are currently running."
            );
            self.error(invalid, detail, label.span);
            return None;
        }
        if source.to_string() != *label.text {
            let detail = format!(
                "The provider source address for this provider lock must be written as \
                 \"{source}\", the fully-qualified and normalized form."
            );
            self.error("Non-normalized provider source address", detail, label.span);
            return None;
        }
        Some(source)
    }

    fn text(&mut self, expr: &Expr, what: &str) -> Option<String> {
        let (value, problems) = evaluate(expr, &NoScope);
        let failed = problems.has_errors();
        self.diags.extend(problems);
        let text = value.as_str().map(ToString::to_string);
        if text.is_none() && !failed {
            let detail = format!("Inappropriate value for attribute \"{what}\": string required.");
            self.error("Incorrect attribute value type", detail, expr.span());
        }
        text
    }

    fn version(&mut self, source: &Provider, expr: &Expr) -> Option<Version> {
        let text = self.text(expr, "version")?;
        let summary = "Invalid provider version number";
        let Ok(version) = text.parse::<Version>() else {
            let detail = format!(
                "The selected version number for provider {source} is invalid: {text:?} is not a \
                 version."
            );
            self.error(summary, detail, expr.span());
            return None;
        };
        if version.to_string() != text {
            let detail = format!(
                "The selected version number for provider {source} must be written in normalized \
                 form: \"{version}\"."
            );
            self.error(summary, detail, expr.span());
            return None;
        }
        Some(version)
    }

    fn constraints(&mut self, source: &Provider, expr: &Expr) -> Option<Constraints> {
        let text = self.text(expr, "constraints")?;
        let summary = "Invalid provider version constraints";
        let constraints = match text.parse::<Constraints>() {
            Ok(constraints) => constraints,
            Err(error) => {
                let detail = format!(
                    "The recorded version constraints for provider {source} are invalid: {error}."
                );
                self.error(summary, detail, expr.span());
                return None;
            }
        };
        let written = normalized(&constraints);
        if written != text {
            let detail = format!(
                "The recorded version constraints for provider {source} must be written in \
                 normalized form: {written:?}."
            );
            self.error(summary, detail, expr.span());
            return None;
        }
        Some(constraints)
    }

    fn hashes(&mut self, expr: &Expr) -> BTreeSet<Hash> {
        let items = match expr.as_literal_list() {
            Ok(items) => items,
            Err(problems) => {
                self.diags.extend(problems);
                return BTreeSet::new();
            }
        };
        if items.is_empty() {
            let detail = "The \"hashes\" argument must either be omitted or contain at least one \
                          hash value.";
            self.error("Invalid provider hash set", detail, expr.span());
        }
        let mut hashes = BTreeSet::new();
        for item in &items {
            let Some(text) = self.text(item, "hashes") else { continue };
            match Hash::parse(&text) {
                Some(hash) if !hashes.contains(&hash) => {
                    hashes.insert(hash);
                }
                Some(_) => {
                    let detail = "Cannot include duplicate hash strings in this set.";
                    self.error("Duplicate provider hash", detail, item.span());
                }
                None => {
                    let detail = "Cannot interpret string as a provider hash: hash string must \
                                  start with a scheme keyword followed by a colon.";
                    self.error("Invalid provider hash string", detail, item.span());
                }
            }
        }
        hashes
    }
}
