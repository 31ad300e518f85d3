//! `moved`, `removed` and `import` blocks.

use std::sync::LazyLock;

use groma_addr::{InstanceKey, Mode, Target};
use groma_diag::{Diagnostic, Span};
use groma_lang::syntax::{Attribute, Block, BodySchema};

use super::{Decoder, traversal};
use crate::model::{Import, ImportBy, Moved, ProvisionerWhen, Removed, RemovedTarget};

static MOVED: LazyLock<BodySchema> =
    LazyLock::new(|| BodySchema::new().required("from").required("to"));

static REMOVED: LazyLock<BodySchema> = LazyLock::new(|| {
    BodySchema::new()
        .required("from")
        .block("lifecycle", &[])
        .block("connection", &[])
        .block("provisioner", &["type"])
});

static REMOVED_LIFECYCLE: LazyLock<BodySchema> =
    LazyLock::new(|| BodySchema::new().optional("destroy"));

static IMPORT: LazyLock<BodySchema> = LazyLock::new(|| import("id"));

static IMPORT_BY_IDENTITY: LazyLock<BodySchema> = LazyLock::new(|| import("identity"));

fn import(by: &'static str) -> BodySchema {
    BodySchema::new().optional("provider").optional("for_each").required(by).required("to")
}

impl Decoder<'_> {
    pub(super) fn moved(&mut self, block: &Block) -> Option<Moved> {
        let content = self.content(&block.body, &MOVED);
        let from = content.attr("from").and_then(|attribute| self.endpoint(attribute));
        let to = content.attr("to").and_then(|attribute| self.endpoint(attribute));
        let ((from, from_span), (to, to_span)) = (from?, to?);
        let is_module = |target: &Target| matches!(target, Target::Module(_));
        if is_module(&from) != is_module(&to) {
            let detail = "The \"from\" and \"to\" addresses must either both refer to resources \
                          or both refer to modules.";
            self.error("Invalid \"moved\" addresses", detail, block.def_span);
            return None;
        }
        Some(Moved { from, from_span, to, to_span, span: block.def_span })
    }

    fn endpoint(&mut self, attribute: &Attribute) -> Option<(Target, Span)> {
        let read = attribute.expr.as_traversal().and_then(|traversal| {
            let target = traversal::target(&traversal)?;
            Ok((target, attribute.expr.span()))
        });
        read.map_err(|diags| self.diags.extend(diags)).ok()
    }

    pub(super) fn removed(&mut self, block: &Block) -> Option<Removed> {
        let content = self.content(&block.body, &REMOVED);
        let from = content.attr("from").and_then(|attribute| {
            let target = attribute
                .expr
                .as_traversal()
                .and_then(|traversal| Ok(traversal::removed(&traversal)?))
                .map_err(|diags| self.diags.extend(diags))
                .ok()?;
            Some((target, attribute.expr.span()))
        });
        let on_resource = matches!(from, Some((RemovedTarget::Resource(_), _)));
        let (mut destroy, mut connection) = (true, None);
        let mut provisioners = Vec::new();
        for inner in &content.blocks {
            match &*inner.ty {
                "lifecycle" => {
                    let content = self.content(&inner.body, &REMOVED_LIFECYCLE);
                    destroy = self.bool(content.attr("destroy")).unwrap_or(destroy);
                }
                "connection" if on_resource => {
                    if connection.is_some() {
                        let detail = format!(
                            "This removed block already has a connection block at {}.",
                            self.place(block.def_span)
                        );
                        self.error("Duplicate connection block", detail, inner.def_span);
                        continue;
                    }
                    connection = Some(inner.body.clone());
                }
                "connection" => {
                    let detail = "Provisioner connection configuration is valid only when a \
                                  removed block targets a managed resource.";
                    self.error("Invalid connection block", detail, inner.def_span);
                }
                _ if !on_resource => {
                    let detail = "Provisioners are valid only when a removed block targets a \
                                  managed resource.";
                    self.error("Invalid provisioner block", detail, inner.def_span);
                }
                _ => {
                    let Some(provisioner) = self.provisioner(inner) else { continue };
                    if provisioner.when == ProvisionerWhen::Destroy {
                        provisioners.push(provisioner);
                    } else {
                        let detail = "Only destroy-time provisioners are valid in \"removed\" \
                                      blocks. To declare a destroy-time provisioner, use:\n    \
                                      when = destroy";
                        self.error("Invalid provisioner block", detail, inner.def_span);
                    }
                }
            }
        }
        let (from, from_span) = from?;
        let span = block.def_span;
        Some(Removed { from, from_span, destroy, provisioners, connection, span })
    }

    pub(super) fn import(&mut self, block: &Block) -> Option<Import> {
        let has_identity = BodySchema::new().optional("identity");
        let has_identity = block.body.partial_content(&has_identity).0.attr("identity").is_some();
        let schema = if has_identity { &IMPORT_BY_IDENTITY } else { &IMPORT };
        let content = self.content(&block.body, schema);
        let by = if has_identity {
            content.attr("identity").map(|attribute| ImportBy::Identity(attribute.expr.clone()))
        } else {
            content.attr("id").map(|attribute| ImportBy::Id(attribute.expr.clone()))
        };
        let to = content.attr("to").and_then(|attribute| self.imported(attribute));
        let for_each = content.attr("for_each").map(|attribute| attribute.expr.clone());
        let provider = content
            .attr("provider")
            .and_then(|attribute| self.provider_ref(&attribute.expr, "provider"));
        let (to, resource) = to?;
        let target = to.as_traversal().ok().and_then(|to| match traversal::target(&to).ok()? {
            Target::Resource(resource) => Some(resource.instance(InstanceKey::None)),
            Target::Instance(instance) => Some(instance),
            Target::Module(_) => None,
        });
        Some(Import {
            to,
            resource,
            target,
            by: by?,
            for_each,
            provider: provider.map(|provider| provider.addr),
            span: block.def_span,
        })
    }

    /// What `to` names: the expression, and the resource whatever the keys in it are.
    fn imported(
        &mut self,
        attribute: &Attribute,
    ) -> Option<(groma_lang::syntax::Expr, groma_addr::ConfigResource)> {
        let expr = &attribute.expr;
        let traversal =
            traversal::without_dynamic_keys(expr.as_ref()).map_or_else(|| expr.as_traversal(), Ok);
        let resource = traversal.and_then(|traversal| match traversal::target(&traversal)? {
            Target::Resource(resource) => Ok(resource.config()),
            Target::Instance(instance) => Ok(instance.containing().config()),
            Target::Module(_) => {
                let detail = "A resource instance address is required here. The module path \
                                  must be followed by a resource instance specification.";
                let error = Diagnostic::error("Invalid address", detail);
                Err(error.at(traversal.span).into())
            }
        });
        match resource {
            Ok(resource) if resource.resource.mode == Mode::Managed => {
                return Some((expr.clone(), resource));
            }
            Ok(_) => {}
            Err(diags) => self.diags.extend(diags),
        }
        let detail = "Only managed resources can be imported.";
        self.error("Invalid import address", detail, attribute.span);
        None
    }
}
