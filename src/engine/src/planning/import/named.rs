//! What an object is to be imported by: its id, or its identity.

use groma_addr::ResourceInstance;
use groma_config::{Import, ImportBy};
use groma_diag::{Diagnostic, Diagnostics};
use groma_lang::eval::{Scope, evaluate};
use groma_lang::syntax::Expr;
use groma_provider_api::ImportTarget;
use groma_value::{Str, Type, Value, convert};

use crate::Importing;
use crate::pool::TypeSchema;

const ID: &str = "Invalid import id argument";

/// What an object is to be imported by.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// As it is shown.
    pub(super) text: String,
    pub(super) target: ImportTarget,
}

impl Named {
    pub(super) fn id(id: &str) -> Self {
        Self { text: id.to_owned(), target: ImportTarget::Id(id.to_owned()) }
    }

    pub(super) fn identity(value: Value) -> Self {
        Self { text: jsonish(&value), target: ImportTarget::Identity(value) }
    }

    /// As part of a plan.
    pub(in crate::planning) fn importing(&self) -> Importing {
        let identity = match &self.target {
            ImportTarget::Id(_) => None,
            ImportTarget::Identity(value) => Some(value.clone()),
        };
        Importing { id: self.text.clone(), identity }
    }
}

/// An identity on one line.
fn jsonish(value: &Value) -> String {
    let json = groma_value::to_json(value, &value.ty()).unwrap_or_default();
    String::from_utf8_lossy(&json).into_owned()
}

/// What the provider knows an object by; `None` if that is not known yet.
pub(crate) fn import_name(
    import: &Import,
    scope: &dyn Scope,
) -> Result<Option<Named>, Diagnostics> {
    match &import.by {
        ImportBy::Id(id) => Ok(import_id(id, scope)?.as_deref().map(Named::id)),
        ImportBy::Identity(identity) => {
            let (value, diags) = evaluate(identity, scope);
            if diags.has_errors() {
                return Err(diags);
            }
            let (value, _) = value.unmark_deep();
            let known = value.is_wholly_known() && !value.is_null();
            Ok(known.then(|| Named::identity(value)))
        }
    }
}

fn import_id(id: &Expr, scope: &dyn Scope) -> Result<Option<String>, Diagnostics> {
    let (value, diags) = evaluate(id, scope);
    if diags.has_errors() {
        return Err(diags);
    }
    let (value, _) = value.unmark_deep();
    let invalid =
        |summary: &str, detail: &str| Err(Diagnostic::error(summary, detail).at(id.span()).into());
    if value.is_null() {
        return invalid(ID, "The import ID cannot be null.");
    }
    if !value.is_known() {
        return Ok(None);
    }
    let text = convert(&value, &Type::String).ok();
    match text.as_ref().and_then(Value::as_str).map(Str::as_str) {
        None => invalid("Incorrect value type", "Invalid expression value: string required."),
        Some("") => invalid(
            ID,
            "The import ID value evaluates to an empty string, please provide a non-empty value.",
        ),
        Some(id) => Ok(Some(id.to_owned())),
    }
}

pub(super) fn unknown_id(import: &Import) -> Diagnostic {
    let argument = match &import.by {
        ImportBy::Id(_) => "id",
        ImportBy::Identity(_) => "identity",
    };
    Diagnostic::error(
        format!("Invalid import {argument} argument"),
        format!(
            "The import block \"{argument}\" argument depends on resource attributes that cannot be \
             determined until apply, so Terraform cannot plan to import this resource."
        ),
    )
    .at(import.by.expr().span())
}

/// An identity as the provider's schema has it.
pub(super) fn identity(
    value: &Value,
    schema: &TypeSchema,
    addr: &ResourceInstance,
) -> Result<Value, Diagnostic> {
    let Some(named) = &schema.identity else {
        let detail = format!(
            "The provider has no identities for objects of the type {}: import {addr} by its id.",
            addr.resource.ty
        );
        return Err(Diagnostic::error("Invalid import identity argument", detail));
    };
    convert(value, &named.ty).map_err(|error| {
        let detail = format!("The identity of {addr} is not as its schema has it: {error}.");
        Diagnostic::error("Invalid import identity argument", detail)
    })
}
