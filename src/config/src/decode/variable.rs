//! `variable` blocks.

use std::sync::LazyLock;

use groma_diag::Span;
use groma_lang::eval::{NoScope, TypeConstraint, evaluate, type_constraint};
use groma_lang::syntax::{Attribute, Block, BodySchema};
use groma_value::{Type, Value, convert};

use super::{Decoder, call};
use crate::model::{Condition, Variable};

static VARIABLE: LazyLock<BodySchema> = LazyLock::new(|| {
    BodySchema::new()
        .optional("description")
        .optional("default")
        .optional("type")
        .optional("sensitive")
        .optional("ephemeral")
        .optional("nullable")
        .block("validation", &[])
});

/// A `variable` block, with what it says told from what it leaves out.
pub(crate) struct VariableDraft {
    pub(crate) name: groma_addr::Ident,
    pub(crate) description: Option<String>,
    pub(crate) constraint: Option<(TypeConstraint, Span)>,
    pub(crate) default: Option<(Value, Span)>,
    pub(crate) sensitive: Option<bool>,
    pub(crate) ephemeral: Option<bool>,
    pub(crate) nullable: Option<bool>,
    pub(crate) validations: Vec<Condition>,
    pub(crate) span: Span,
}

impl Decoder<'_> {
    pub(super) fn variable(&mut self, block: &Block) -> Option<VariableDraft> {
        let content = self.content(&block.body, &VARIABLE);
        let label = block.labels.first()?;
        self.check_variable_name(block);
        let mut draft = VariableDraft {
            name: self.ident(&label.text),
            description: self.string(content.attr("description")),
            constraint: content.attr("type").map(|attribute| {
                let (constraint, diags) = type_constraint(&attribute.expr);
                self.diags.extend(diags);
                (constraint, attribute.expr.span())
            }),
            default: None,
            sensitive: self.bool(content.attr("sensitive")),
            ephemeral: self.bool(content.attr("ephemeral")),
            nullable: self.bool(content.attr("nullable")),
            validations: Vec::new(),
            span: block.def_span,
        };
        if let Some(attribute) = content.attr("default") {
            draft.default = Some((self.default(attribute, &draft), attribute.expr.span()));
        }
        let rules = content.blocks.iter().filter_map(|block| self.validation(block, &label.text));
        draft.validations = rules.collect();
        Some(draft)
    }

    fn check_variable_name(&mut self, block: &Block) {
        let Some(label) = self.label(block, 0, "Invalid variable name") else { return };
        if call::is_reserved(&label.text) {
            let detail = format!(
                "The variable name {:?} is reserved due to its special meaning inside module \
                 blocks.",
                label.text.as_str()
            );
            self.error("Invalid variable name", detail, label.span);
        }
    }

    /// The default as far as this block alone tells its type.
    fn default(&mut self, attribute: &Attribute, draft: &VariableDraft) -> Value {
        let (value, diags) = evaluate(&attribute.expr, &NoScope);
        self.diags.extend(diags);
        let (span, summary) = (attribute.expr.span(), "Invalid default value for variable");
        let value = match &draft.constraint {
            Some((constraint, _)) => to_type(value, constraint).unwrap_or_else(|why| {
                let detail = format!(
                    "This default value is not compatible with the variable's type constraint: \
                     {why}."
                );
                self.error(summary, detail, span);
                Value::dynamic()
            }),
            None => value,
        };
        if draft.nullable == Some(false) && value.is_null() {
            let detail = "A null default value is not valid when nullable=false.";
            self.error(summary, detail, span);
        }
        value
    }

    fn validation(&mut self, block: &Block, variable: &str) -> Option<Condition> {
        let before = self.diags.len();
        let condition = block
            .body
            .partial_content(&BodySchema::new().optional("condition"))
            .0
            .attr("condition")
            .map(|attribute| attribute.expr.clone());
        let rule = self.rule(block);
        let condition = condition?;
        if rule.is_none() && self.overriding && self.diags.len() > before {
            return None;
        }
        let refers = condition.variables().iter().any(|reference| {
            &*reference.root == "var" && reference.attr(0).is_some_and(|name| &**name == variable)
        });
        if !refers {
            let detail = format!(
                "The condition for variable {variable:?} must refer to var.{variable} in order to \
                 test incoming values."
            );
            self.error("Invalid variable validation condition", detail, condition.span());
            return None;
        }
        rule
    }
}

/// A value given to a variable as one of its type, with the defaults of optional attributes.
pub(crate) fn to_type(
    value: Value,
    constraint: &TypeConstraint,
) -> Result<Value, groma_value::ConvertError> {
    if constraint.ty == Type::Dynamic {
        return Ok(value);
    }
    let value = match &constraint.defaults {
        Some(defaults) if !value.is_null() => defaults.apply(&value),
        _ => value,
    };
    convert(&value, &constraint.ty)
}

impl VariableDraft {
    /// What the block says, with what it leaves out as it is by default. The default value has
    /// been converted.
    pub(crate) fn finish(self) -> Variable {
        let typed = self.constraint.is_some();
        let constraint = self.constraint.map_or_else(any, |(constraint, _)| constraint);
        Variable {
            name: self.name,
            typed,
            // Untyped values are taken literally, for those who give strings without quotes.
            parse_as_expression: typed && !constraint.ty.is_primitive(),
            constraint,
            default_span: self.default.as_ref().map(|(_, span)| *span),
            default: self.default.map(|(value, _)| value),
            description: self.description,
            sensitive: self.sensitive.unwrap_or(false),
            ephemeral: self.ephemeral.unwrap_or(false),
            nullable: self.nullable.unwrap_or(true),
            validations: self.validations,
            span: self.span,
        }
    }
}

fn any() -> TypeConstraint {
    TypeConstraint { ty: Type::Dynamic, defaults: None }
}
