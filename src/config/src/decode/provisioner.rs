//! `provisioner` and `connection` blocks.

use std::sync::LazyLock;

use groma_lang::syntax::{Attribute, Block, Body, BodySchema, Item, Traversal};

use super::Decoder;
use crate::model::{OnFailure, Provisioner, ProvisionerWhen};

static PROVISIONER: LazyLock<BodySchema> = LazyLock::new(|| {
    BodySchema::new()
        .optional("when")
        .optional("on_failure")
        .block("_", &[])
        .block("connection", &[])
        .block("lifecycle", &[])
});

/// Provisioners that Terraform had until 0.15.
const REMOVED: &[&str] = &["chef", "habitat", "puppet", "salt-masterless"];

impl Decoder<'_> {
    pub(super) fn provisioner(&mut self, block: &Block) -> Option<Provisioner> {
        let label = block.labels.first()?;
        if REMOVED.contains(&&*label.text) {
            let name = &label.text;
            let detail = format!(
                "The {:?} provisioner was deprecated in Terraform 0.13.4 has been removed from \
                 Terraform. Visit \
                 https://learn.hashicorp.com/collections/terraform/provision for alternatives to \
                 using provisioners that are a better fit for the Terraform workflow.",
                name.as_str()
            );
            let summary = format!("The {:?} provisioner has been removed", name.as_str());
            self.error(summary, detail, label.span);
            return None;
        }
        let (content, body) = self.partial(&block.body, &PROVISIONER);
        let mut provisioner = Provisioner {
            ty: self.ident(&label.text),
            when: content.attr("when").map(|attr| self.when(attr)).unwrap_or_default(),
            on_failure: OnFailure::default(),
            body,
            connection: None,
            span: block.def_span,
        };
        if provisioner.when == ProvisionerWhen::Destroy {
            self.only_self(&provisioner.body);
        }
        if let Some(attribute) = content.attr("on_failure") {
            provisioner.on_failure = self.on_failure(attribute);
        }
        self.provisioner_blocks(&content.blocks, &mut provisioner);
        Some(provisioner)
    }

    fn when(&mut self, attribute: &Attribute) -> ProvisionerWhen {
        match self.keyword(&attribute.expr).as_deref() {
            Some("create") => ProvisionerWhen::Create,
            Some("destroy") => ProvisionerWhen::Destroy,
            _ => {
                let detail = "The \"when\" argument requires one of the following keywords: \
                              create or destroy.";
                self.error("Invalid \"when\" keyword", detail, attribute.expr.span());
                ProvisionerWhen::default()
            }
        }
    }

    fn on_failure(&mut self, attribute: &Attribute) -> OnFailure {
        match self.keyword(&attribute.expr).as_deref() {
            Some("continue") => OnFailure::Continue,
            Some("fail") => OnFailure::Fail,
            _ => {
                let detail = "The \"on_failure\" argument requires one of the following keywords: \
                              continue or fail.";
                self.error("Invalid \"on_failure\" keyword", detail, attribute.expr.span());
                OnFailure::default()
            }
        }
    }

    fn provisioner_blocks(&mut self, blocks: &[Block], provisioner: &mut Provisioner) {
        let mut escape: Option<&Block> = None;
        let mut connection: Option<&Block> = None;
        for block in blocks {
            match &*block.ty {
                "_" => {
                    if let Some(first) = escape {
                        self.duplicate_escape(block, first, "provisioner");
                    } else {
                        escape = Some(block);
                        self.check_escape(&provisioner.body, &block.body);
                        provisioner.body = merged(&provisioner.body, &block.body);
                    }
                }
                "connection" => {
                    if let Some(first) = connection {
                        self.duplicate_connection(block, first, "provisioner");
                        continue;
                    }
                    connection = Some(block);
                    if provisioner.when == ProvisionerWhen::Destroy {
                        self.only_self(&block.body);
                    }
                    provisioner.connection = Some(block.body.clone());
                }
                _ => self.reserved_block(block, "provisioner"),
            }
        }
    }

    pub(super) fn duplicate_connection(&mut self, block: &Block, first: &Block, inside: &str) {
        let place = self.place(first.def_span);
        let detail = format!("This {inside} already has a connection block at {place}.");
        self.error("Duplicate connection block", detail, block.def_span);
    }

    pub(super) fn duplicate_escape(&mut self, block: &Block, first: &Block, inside: &str) {
        let detail = format!(
            "The special block type \"_\" can be used to force particular arguments to be \
             interpreted as {inside}-specific rather than as meta-arguments, but each {inside} \
             block can have only one such block. The first escaping block was at {}.",
            self.place(first.def_span)
        );
        self.error("Duplicate escaping block", detail, block.def_span);
    }

    /// Complains of arguments that are both in a block and in its `_` block.
    pub(super) fn check_escape(&mut self, body: &Body, escaped: &Body) {
        let arguments = |body: &Body| {
            let items = body.items().unwrap_or_default().into_iter();
            items.filter_map(|item| match item {
                Item::Attribute(attribute) => Some(attribute),
                Item::Block(_) => None,
            })
        };
        let outer: Vec<Attribute> = arguments(body).collect();
        for attribute in arguments(escaped) {
            let Some(first) = outer.iter().find(|other| other.name == attribute.name) else {
                continue;
            };
            let place = self.place(first.name_span);
            let detail = format!("Argument {:?} was already set at {place}", attribute.name);
            self.error("Duplicate argument", detail, attribute.name_span);
        }
    }

    /// Complains of what the object itself cannot answer for: after its destruction nothing else
    /// may be there.
    pub(super) fn only_self(&mut self, body: &Body) {
        let (attributes, _) = body.just_attributes();
        for attribute in attributes {
            let references = attribute.expr.variables();
            if references.iter().all(is_own) {
                continue;
            }
            let detail = "Destroy-time provisioners and their connection configurations may only \
                          reference attributes of the related resource, via 'self', \
                          'count.index', or 'each.key'.\n\nReferences to other resources during \
                          the destroy phase can cause dependency cycles and interact poorly with \
                          create_before_destroy.";
            let summary = "Invalid reference from destroy provisioner";
            self.error(summary, detail, attribute.expr.span());
        }
    }
}

fn is_own(reference: &Traversal) -> bool {
    let only = |name: &str| {
        reference.steps.len() == 1 && reference.attr(0).is_some_and(|attr| &**attr == name)
    };
    match &*reference.root {
        "self" | "path" | "terraform" => true,
        "count" => only("index"),
        "each" => only("key"),
        _ => false,
    }
}

/// A body with what stands in its `_` block.
pub(super) fn merged(body: &Body, escaped: &Body) -> Body {
    match (body.items(), escaped.items()) {
        (Some(mut items), Some(more)) => {
            items.extend(more);
            Body::synthetic(items, body.missing_item_span())
        }
        // In JSON syntax only a schema tells arguments from blocks.
        _ => Body::merge_override(body, escaped),
    }
}
