//! `lifecycle` blocks.

use std::sync::LazyLock;

use groma_lang::eval::{NoScope, evaluate};
use groma_lang::syntax::{Attribute, Block, BodySchema, Expr, ExprKind};

use super::{Decoder, LifecycleDraft};
use crate::model::IgnoreChanges;
use crate::reference::{Reference, Subject};

const MANAGED_ONLY: &[&str] =
    &["create_before_destroy", "prevent_destroy", "ignore_changes", "replace_triggered_by"];

static LIFECYCLE: LazyLock<BodySchema> = LazyLock::new(|| {
    let schema = MANAGED_ONLY.iter().fold(BodySchema::new(), |schema, name| schema.optional(*name));
    schema.block("precondition", &[]).block("postcondition", &[])
});

impl Decoder<'_> {
    pub(super) fn lifecycle(&mut self, block: &Block, draft: &mut LifecycleDraft) {
        let content = self.content(&block.body, &LIFECYCLE);
        draft.create_before_destroy = self.bool(content.attr("create_before_destroy"));
        if let Some(attribute) = content.attr("prevent_destroy") {
            let prevent = self.bool(Some(attribute));
            draft.prevent_destroy = prevent.map(|prevent| (prevent, attribute.span));
        }
        if let Some(attribute) = content.attr("replace_triggered_by") {
            draft.replace_triggered_by = self.replace_triggered_by(attribute);
        }
        if let Some(attribute) = content.attr("ignore_changes") {
            draft.ignore_changes = self.ignore_changes(attribute);
        }
        self.conditions(&content.blocks, draft);
    }

    /// The `lifecycle` of what is not managed.
    pub(super) fn conditions_only(
        &mut self,
        block: &Block,
        draft: &mut LifecycleDraft,
        kind: &str,
    ) {
        let content = self.content(&block.body, &LIFECYCLE);
        for attribute in &content.attributes {
            let detail = format!(
                "The lifecycle argument {:?} is defined only for managed resources (\"resource\" \
                 blocks), and is not valid for {kind} resources.",
                attribute.name.as_str()
            );
            let summary = format!("Invalid {kind} resource lifecycle argument");
            self.error(summary, detail, attribute.name_span);
        }
        self.conditions(&content.blocks, draft);
    }

    fn conditions(&mut self, blocks: &[Block], draft: &mut LifecycleDraft) {
        for block in blocks {
            let rule = self.rule(block);
            if &*block.ty == "precondition" {
                draft.preconditions.extend(rule);
            } else {
                draft.postconditions.extend(rule);
            }
        }
    }

    fn ignore_changes(&mut self, attribute: &Attribute) -> IgnoreChanges {
        if attribute.expr.as_keyword().as_deref() == Some("all") {
            return IgnoreChanges::All;
        }
        let mut paths = Vec::new();
        let mut star = None;
        for expr in self.list(&attribute.expr) {
            if is_star(&expr) {
                let detail = "The [\"*\"] form of ignore_changes wildcard is was deprecated and \
                              is now invalid. Use \"ignore_changes = all\" to ignore changes to \
                              all attributes.";
                let summary = "Invalid ignore_changes wildcard";
                self.error(summary, detail, attribute.expr.span());
                star = Some(expr.span());
                continue;
            }
            match self.traversal(&expr) {
                Ok(traversal) => paths.push(traversal),
                Err(diags) => self.diags.extend(diags),
            }
        }
        if let Some(star) = star
            && !paths.is_empty()
        {
            let detail = "Cannot mix wildcard string \"*\" with non-wildcard references.";
            self.error("Invalid ignore_changes ruleset", detail, star);
        }
        if paths.is_empty() { IgnoreChanges::None } else { IgnoreChanges::Paths(paths) }
    }

    /// Each element must refer to one resource, and to nothing else but keys. What is wrong with
    /// the first bad one is said, and the others are left aside.
    fn replace_triggered_by(&mut self, attribute: &Attribute) -> Vec<Expr> {
        let exprs = self.list(&attribute.expr);
        let mut good = Vec::with_capacity(exprs.len());
        for expr in exprs {
            let before = self.diags.len();
            let Some(expr) = self.unquoted(expr) else { return good };
            self.trigger(&expr);
            if self.diags.len() > before {
                return good;
            }
            good.push(expr);
        }
        good
    }

    /// In JSON syntax, the expression that a string holds.
    fn unquoted(&mut self, expr: Expr) -> Option<Expr> {
        let (inner, diags) = match expr.kind() {
            ExprKind::JsonString(text) => text.expression(),
            _ => return Some(expr),
        };
        let failed = diags.has_errors();
        self.diags.extend(diags);
        (!failed).then_some(inner)
    }

    fn trigger(&mut self, expr: &Expr) {
        let mut resources = 0;
        for traversal in expr.variables() {
            let reference = match Reference::parse(&traversal) {
                Ok(reference) => reference,
                Err(diag) => {
                    self.diags.push(diag);
                    continue;
                }
            };
            let allowed = match reference.subject {
                Subject::Resource { .. } => {
                    resources += 1;
                    continue;
                }
                Subject::Each(name) if &**name == "key" => continue,
                Subject::Count(name) if &**name == "index" => continue,
                Subject::Each(_) => ("each ", "Only each.key"),
                Subject::Count(_) => ("count ", "Only count.index"),
                _ => ("", "Only resources, count.index, and each.key"),
            };
            let (kind, allowed) = allowed;
            let summary = format!("Invalid {kind}reference in replace_triggered_by expression");
            let detail = format!("{allowed} may be used in replace_triggered_by.");
            self.error(summary, detail, expr.span());
        }
        let count = match resources {
            0 => "Missing resource reference",
            1 => return,
            _ => "Multiple resource references",
        };
        let summary = "Invalid replace_triggered_by expression";
        self.error(summary, format!("{count} in replace_triggered_by expression."), expr.span());
    }
}

/// Whether it is `"*"`, as Terraform 0.11 had it.
fn is_star(expr: &Expr) -> bool {
    if expr.as_quoted().is_none() && !matches!(expr.kind(), ExprKind::JsonString(_)) {
        return false;
    }
    let (value, _) = evaluate(expr, &NoScope);
    value.as_str().is_some_and(|text| &**text == "*")
}
