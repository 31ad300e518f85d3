//! References and keywords that are read for what they are, not for a value; quoted ones, as
//! Terraform 0.11 had them, with a warning.

use groma_addr::{LocalProvider, provider_part};
use groma_diag::{Diagnostic, Diagnostics};
use groma_lang::syntax::{Attribute, Expr, StepKind, Traversal, is_identifier};
use groma_value::Str;

use super::{BAD_IDENTIFIER, Decoder};
use crate::model::ProviderRef;

impl Decoder<'_> {
    /// The reference that an expression is, or that it holds in quotes.
    pub(super) fn traversal(&mut self, expr: &Expr) -> Result<Traversal, Diagnostics> {
        let Some(quoted) = expr.as_quoted_traversal() else { return expr.as_traversal() };
        let traversal = quoted?;
        self.warning(
            "Quoted references are deprecated",
            "In this context, references are expected literally rather than in quotes. Terraform \
             0.11 and earlier required quotes, but quoted references are now deprecated and will \
             be removed in a future version of Terraform. Remove the quotes surrounding this \
             reference to silence this warning.",
            expr.span(),
        );
        Ok(traversal)
    }

    /// The keyword that an expression is, or that it holds in quotes.
    pub(super) fn keyword(&mut self, expr: &Expr) -> Option<Str> {
        let Some(Ok(traversal)) = expr.as_quoted_traversal() else { return expr.as_keyword() };
        self.warning(
            "Quoted keywords are deprecated",
            "In this context, keywords are expected literally rather than in quotes. Terraform \
             0.11 and earlier required quotes, but quoted keywords are now deprecated and will be \
             removed in a future version of Terraform. Remove the quotes surrounding this keyword \
             to silence this warning.",
            expr.span(),
        );
        traversal.is_word().then_some(traversal.root)
    }

    /// The references of a `depends_on`.
    pub(super) fn depends_on(&mut self, attribute: Option<&Attribute>) -> Vec<Traversal> {
        let Some(attribute) = attribute else { return Vec::new() };
        let mut found = Vec::new();
        for expr in self.list(&attribute.expr) {
            match self.traversal(&expr) {
                Ok(traversal) => found.push(traversal),
                Err(diags) => self.diags.extend(diags),
            }
        }
        found
    }

    /// The elements of a list that is written out.
    pub(super) fn list(&mut self, expr: &Expr) -> Vec<Expr> {
        expr.as_literal_list().unwrap_or_else(|diags| {
            self.diags.extend(diags);
            Vec::new()
        })
    }

    /// A provider configuration: `aws`, `aws.west`.
    pub(super) fn provider_ref(&mut self, expr: &Expr, argument: &str) -> Option<ProviderRef> {
        let summary = "Invalid provider configuration reference";
        let traversal = self.traversal(expr).ok().filter(|traversal| traversal.steps.len() < 2);
        let Some(traversal) = traversal else {
            let detail = if expr.as_quoted().is_some() {
                "A provider configuration reference must not be given in quotes.".to_owned()
            } else {
                format!(
                    "The {argument} argument requires a provider type name, optionally followed \
                     by a period and then a configuration alias."
                )
            };
            self.error(summary, detail, expr.span());
            return None;
        };
        if let Some(problem) = name_problem(&traversal.root) {
            self.diags.push(problem.at(traversal.root_span));
            return None;
        }
        let name = self.ident(&traversal.root);
        let (alias, span) = match traversal.steps.first().map(|step| (&step.kind, step.span)) {
            None => (None, traversal.root_span),
            Some((StepKind::Attr(alias), _)) => {
                let alias = alias.clone();
                (Some(self.ident(&alias)), traversal.span)
            }
            Some((StepKind::Index(_), span)) => {
                let detail = "Provider name must either stand alone or be followed by a period \
                              and then a configuration alias.";
                self.error(summary, detail, span);
                return None;
            }
        };
        let addr = LocalProvider { name, alias };
        Some(ProviderRef { addr, name_span: traversal.root_span, span })
    }

    /// Complains of an alias that is not a name. The message has no place, as Terraform's.
    pub(super) fn check_alias(&mut self, alias: &str) {
        if !is_identifier(alias) {
            let detail = format!("An alias must be a valid name. {BAD_IDENTIFIER}");
            self.diags.push(Diagnostic::error("Invalid provider configuration alias", detail));
        }
    }
}

/// What is wrong with a local name of a provider.
pub(super) fn name_problem(name: &str) -> Option<Diagnostic> {
    let detail = match provider_part(name) {
        Ok(normal) if normal == name => return None,
        Ok(normal) => format!(
            "Provider names must be normalized. Replace {name:?} with {normal:?} to fix this error."
        ),
        Err(why) => format!("{name} is an invalid provider local name: {why}"),
    };
    Some(Diagnostic::error("Invalid provider local name", detail))
}
