//! `resource`, `data` and `ephemeral` blocks.

use std::sync::LazyLock;

use groma_addr::{Ident, Mode, Resource};
use groma_diag::Span;
use groma_lang::syntax::{Block, Body, BodyContent, BodySchema, Expr, Traversal};

use super::Decoder;
use super::provisioner::merged;
use crate::model::{
    Condition, IgnoreChanges, ProviderRef, Provisioner, ProvisionerWhen, Repetition,
};

mod lifecycle;

fn arguments() -> BodySchema {
    BodySchema::new()
        .optional("count")
        .optional("for_each")
        .optional("provider")
        .optional("depends_on")
        .block("locals", &[])
        .block("lifecycle", &[])
        .block("_", &[])
}

static MANAGED: LazyLock<BodySchema> =
    LazyLock::new(|| arguments().block("connection", &[]).block("provisioner", &["type"]));

static DATA: LazyLock<BodySchema> = LazyLock::new(arguments);

/// A `resource`, `data` or `ephemeral` block, with what it says told from what it leaves out.
pub(crate) struct ResourceDraft {
    pub(crate) addr: Resource,
    pub(crate) provider: Option<ProviderRef>,
    pub(crate) repetition: Repetition,
    pub(crate) body: Body,
    pub(crate) depends_on: Vec<Traversal>,
    pub(crate) lifecycle: LifecycleDraft,
    pub(crate) connection: Option<Body>,
    pub(crate) provisioners: Vec<Provisioner>,
    pub(crate) check: Option<Ident>,
    pub(crate) span: Span,
    pub(crate) ty_span: Span,
}

/// A `lifecycle` block, with what it says told from what it leaves out.
#[derive(Default)]
pub(crate) struct LifecycleDraft {
    pub(crate) create_before_destroy: Option<bool>,
    pub(crate) prevent_destroy: Option<(bool, Span)>,
    pub(crate) ignore_changes: IgnoreChanges,
    pub(crate) replace_triggered_by: Vec<Expr>,
    pub(crate) preconditions: Vec<Condition>,
    pub(crate) postconditions: Vec<Condition>,
}

impl Decoder<'_> {
    pub(super) fn managed(&mut self, block: &Block) -> Option<ResourceDraft> {
        let (content, body) = self.partial(&block.body, &MANAGED);
        let names = ["Invalid resource type name", "Invalid resource name"];
        let addr = self.address(block, Mode::Managed, names)?;
        let mut draft = self.draft(block, &content, addr, body);
        let (mut lifecycle, mut connection, mut escape) = (None, None, None);
        for inner in &content.blocks {
            match &*inner.ty {
                "lifecycle" => {
                    if self.once(inner, &mut lifecycle) {
                        self.lifecycle(inner, &mut draft.lifecycle);
                    }
                }
                "connection" => {
                    if let Some(first) = connection {
                        self.duplicate_connection(inner, first, "resource");
                        continue;
                    }
                    connection = Some(inner);
                    draft.connection = Some(inner.body.clone());
                }
                "provisioner" => draft.provisioners.extend(self.provisioner(inner)),
                "_" => self.escape(inner, &mut escape, &mut draft),
                _ => self.reserved_block(inner, "resource"),
            }
        }
        if let Some(connection) = &draft.connection
            && draft.provisioners.iter().any(|p| p.when == ProvisionerWhen::Destroy)
        {
            self.only_self(connection);
        }
        Some(draft)
    }

    /// A `data` block, perhaps nested in a `check`.
    pub(super) fn data(&mut self, block: &Block, check: Option<&Ident>) -> Option<ResourceDraft> {
        let (content, body) = self.partial(&block.body, &DATA);
        let names = ["Invalid data source name", "Invalid data resource name"];
        let addr = self.address(block, Mode::Data, names)?;
        if check.is_some() {
            for name in ["count", "for_each"] {
                if let Some(attribute) = content.attr(name) {
                    let detail = "The \"count\" and \"for_each\" meta-arguments are not supported \
                                  within nested data blocks.";
                    let summary = format!("Invalid {name:?} attribute");
                    self.error(summary, detail, attribute.name_span);
                }
            }
        }
        let mut draft = self.draft(block, &content, addr, body);
        draft.check = check.cloned();
        self.data_blocks(&content, &mut draft, "data");
        Some(draft)
    }

    pub(super) fn ephemeral(&mut self, block: &Block) -> Option<ResourceDraft> {
        let (content, body) = self.partial(&block.body, &DATA);
        let names = ["Invalid ephemeral resource type", "Invalid ephemeral resource name"];
        let addr = self.address(block, Mode::Ephemeral, names)?;
        let mut draft = self.draft(block, &content, addr, body);
        self.data_blocks(&content, &mut draft, "ephemeral");
        Some(draft)
    }

    fn data_blocks(&mut self, content: &BodyContent, draft: &mut ResourceDraft, kind: &str) {
        let (mut lifecycle, mut escape) = (None, None);
        for inner in &content.blocks {
            match &*inner.ty {
                "lifecycle" if draft.check.is_some() => {
                    let detail = "Nested data blocks do not support \"lifecycle\" blocks as the \
                                  lifecycle is managed by the containing block.";
                    self.error("Invalid lifecycle block", detail, inner.def_span);
                }
                "lifecycle" => {
                    if self.once(inner, &mut lifecycle) {
                        self.conditions_only(inner, &mut draft.lifecycle, kind);
                    }
                }
                "_" => self.escape(inner, &mut escape, draft),
                _ => self.reserved_block(inner, kind),
            }
        }
    }

    fn address(&mut self, block: &Block, mode: Mode, wrong: [&str; 2]) -> Option<Resource> {
        let ty = self.label(block, 0, wrong[0])?;
        let name = self.label(block, 1, wrong[1])?;
        Some(Resource { mode, ty: self.ident(&ty.text), name: name.text.into() })
    }

    /// What all three kinds have.
    fn draft(
        &mut self,
        block: &Block,
        content: &BodyContent,
        addr: Resource,
        body: Body,
    ) -> ResourceDraft {
        let repetition = self.repetition(content.attr("count"), content.attr("for_each"));
        let provider = content
            .attr("provider")
            .and_then(|attribute| self.provider_ref(&attribute.expr, "provider"));
        ResourceDraft {
            addr,
            provider,
            repetition,
            body,
            depends_on: self.depends_on(content.attr("depends_on")),
            lifecycle: LifecycleDraft::default(),
            connection: None,
            provisioners: Vec::new(),
            check: None,
            span: block.def_span,
            ty_span: block.labels.first().map_or(block.def_span, |label| label.span),
        }
    }

    /// Whether this is the first `lifecycle` block; another is complained of.
    fn once<'b>(&mut self, block: &'b Block, first: &mut Option<&'b Block>) -> bool {
        let Some(first) = first else {
            *first = Some(block);
            return true;
        };
        let place = self.place(first.def_span);
        let detail = format!("This resource already has a lifecycle block at {place}.");
        self.error("Duplicate lifecycle block", detail, block.def_span);
        false
    }

    fn escape<'b>(
        &mut self,
        block: &'b Block,
        first: &mut Option<&'b Block>,
        draft: &mut ResourceDraft,
    ) {
        if let Some(first) = first {
            self.duplicate_escape(block, first, "resource");
        } else {
            *first = Some(block);
            self.check_escape(&draft.body, &block.body);
            draft.body = merged(&draft.body, &block.body);
        }
    }
}
