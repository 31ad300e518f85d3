//! From the body of a file to blocks: everything that can be said of one block by itself.
//!
//! What blocks are to one another (duplicates, overrides, which provider serves what) is said
//! where files become a module and modules a configuration: in `load`.

mod attribute;
mod call;
mod check;
mod local;
mod output;
mod provider;
mod provisioner;
mod refactor;
mod requirements;
mod resource;
mod rule;
mod shim;
mod terraform;
mod traversal;
mod variable;

use std::collections::HashMap;
use std::sync::LazyLock;

use groma_addr::Ident;
use groma_diag::{Diagnostic, Diagnostics, SourceMap, Span};
use groma_lang::eval::describe_range;
use groma_lang::syntax::{Attribute, Block, Body, BodySchema, Label, is_identifier};
use groma_value::Str;

pub(crate) use call::CallDraft;
pub(crate) use output::OutputDraft;
pub(crate) use provider::ProviderDraft;
pub(crate) use requirements::{Requirements, parse_host};
pub(crate) use resource::ResourceDraft;
pub(crate) use variable::{VariableDraft, to_type};

use crate::model::{Backend, Check, Cloud, Import, Local, Moved, ProviderMeta, Removed};
use crate::version::Constraints;

/// The blocks of one file, in source order.
#[derive(Default)]
pub(crate) struct File {
    pub(crate) required_versions: Vec<(Constraints, Span)>,
    pub(crate) backends: Vec<Backend>,
    pub(crate) clouds: Vec<Cloud>,
    pub(crate) requirements: Vec<Requirements>,
    pub(crate) provider_metas: Vec<(Ident, ProviderMeta)>,
    pub(crate) providers: Vec<ProviderDraft>,
    pub(crate) variables: Vec<VariableDraft>,
    pub(crate) locals: Vec<Local>,
    pub(crate) outputs: Vec<OutputDraft>,
    pub(crate) calls: Vec<CallDraft>,
    pub(crate) resources: Vec<ResourceDraft>,
    pub(crate) checks: Vec<Check>,
    pub(crate) moved: Vec<Moved>,
    pub(crate) removed: Vec<Removed>,
    pub(crate) imports: Vec<Import>,
}

static FILE: LazyLock<BodySchema> = LazyLock::new(|| {
    BodySchema::new()
        .block("terraform", &[])
        .block("required_providers", &[])
        .block("provider", &["name"])
        .block("variable", &["name"])
        .block("locals", &[])
        .block("output", &["name"])
        .block("module", &["name"])
        .block("resource", &["type", "name"])
        .block("data", &["type", "name"])
        .block("ephemeral", &["type", "name"])
        .block("moved", &[])
        .block("removed", &[])
        .block("import", &[])
        .block("check", &["name"])
});

const BAD_IDENTIFIER: &str = "A name must start with a letter or underscore and may contain only \
    letters, digits, underscores, and dashes.";

/// Decodes the blocks of files.
pub(crate) struct Decoder<'a> {
    sources: &'a SourceMap,
    /// Whether the file overrides others.
    overriding: bool,
    diags: Diagnostics,
    /// Names that occur again and again, resource types above all, are kept once.
    idents: HashMap<Str, Ident>,
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(sources: &'a SourceMap, overriding: bool) -> Self {
        Self { sources, overriding, diags: Diagnostics::new(), idents: HashMap::new() }
    }

    /// Decodes the body of a file.
    pub(crate) fn file(mut self, body: &Body) -> (File, Diagnostics) {
        let mut file = File::default();
        let content = self.content(body, &FILE);
        for block in &content.blocks {
            self.block(block, &mut file);
        }
        (file, self.diags)
    }

    fn block(&mut self, block: &Block, file: &mut File) {
        match &*block.ty {
            "terraform" => self.terraform(block, file),
            "required_providers" => {
                let detail = "A \"required_providers\" block must be nested inside a \
                              \"terraform\" block.";
                self.error("Invalid required_providers block", detail, block.ty_span);
            }
            "provider" => file.providers.extend(self.provider(block)),
            "variable" => file.variables.extend(self.variable(block)),
            "locals" => self.locals(block, &mut file.locals),
            "output" => file.outputs.extend(self.output(block)),
            "module" => file.calls.extend(self.call(block)),
            "resource" => file.resources.extend(self.managed(block)),
            "data" => file.resources.extend(self.data(block, None)),
            "ephemeral" => file.resources.extend(self.ephemeral(block)),
            "moved" => file.moved.extend(self.moved(block)),
            "removed" => file.removed.extend(self.removed(block)),
            "import" => file.imports.extend(self.import(block)),
            "check" => self.check(block, file),
            // The schema lets nothing else through.
            _ => {}
        }
    }

    fn content(&mut self, body: &Body, schema: &BodySchema) -> groma_lang::syntax::BodyContent {
        let (content, diags) = body.content(schema);
        self.diags.extend(diags);
        content
    }

    fn partial(
        &mut self,
        body: &Body,
        schema: &BodySchema,
    ) -> (groma_lang::syntax::BodyContent, Body) {
        let (content, rest, diags) = body.partial_content(schema);
        self.diags.extend(diags);
        (content, rest)
    }

    fn error(&mut self, summary: impl Into<String>, detail: impl Into<String>, at: Span) {
        self.diags.push(Diagnostic::error(summary, detail).at(at));
    }

    fn warning(&mut self, summary: impl Into<String>, detail: impl Into<String>, at: Span) {
        self.diags.push(Diagnostic::warning(summary, detail).at(at));
    }

    /// Where something else is, for messages: `main.tf:1,1-13`.
    fn place(&self, span: Span) -> String {
        describe_range(self.sources, span).unwrap_or_default()
    }

    /// The shared form of a name.
    fn ident(&mut self, name: &Str) -> Ident {
        if let Some(ident) = self.idents.get(name) {
            return ident.clone();
        }
        let ident = Ident::from(name.clone());
        self.idents.insert(name.clone(), ident.clone());
        ident
    }

    /// A block's label, which must be a name.
    fn label(&mut self, block: &Block, index: usize, summary: &str) -> Option<Label> {
        let label = block.labels.get(index)?;
        if !is_identifier(&label.text) {
            self.error(summary, BAD_IDENTIFIER, label.span);
        }
        Some(label.clone())
    }

    /// Complains of a block type that is kept for later.
    fn reserved_block(&mut self, block: &Block, inside: &str) {
        let detail = format!(
            "The block type name {:?} is reserved for use by Terraform in a future version.",
            block.ty.as_str()
        );
        let summary = format!("Reserved block type name in {inside} block");
        self.error(summary, detail, block.ty_span);
    }

    /// Complains if both `count` and `for_each` are there.
    fn repetition(
        &mut self,
        count: Option<&Attribute>,
        for_each: Option<&Attribute>,
    ) -> crate::model::Repetition {
        use crate::model::Repetition;
        match (count, for_each) {
            (Some(count), Some(for_each)) => {
                let detail = "The \"count\" and \"for_each\" meta-arguments are \
                              mutually-exclusive, only one should be used to be explicit about \
                              the number of resources to be created.";
                let summary = "Invalid combination of \"count\" and \"for_each\"";
                self.error(summary, detail, for_each.name_span);
                Repetition::Count(count.expr.clone())
            }
            (Some(count), None) => Repetition::Count(count.expr.clone()),
            (None, Some(for_each)) => Repetition::ForEach(for_each.expr.clone()),
            (None, None) => Repetition::Single,
        }
    }
}
