//! Reading addresses from text: command arguments and state files.
//!
//! In three steps, as the errors fall: tokens ([`lex`]), then a chain of names and keys
//! ([`traversal`]), then its meaning (here).

mod lex;
mod provider_config;
mod source;
mod traversal;

use std::ops::Range;

pub use self::source::{provider_part, service_host};

use self::traversal::{Key, Step, Traversal};
use serde::{Deserialize, Serialize};

use crate::{AbsResource, Ident, InstanceKey, Mode, ModuleInstance, Resource, ResourceInstance};

/// Text that is not an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// A title: `Invalid address`.
    pub summary: String,
    /// What is wrong with it, in whole sentences.
    pub message: String,
    /// The bytes at fault.
    pub span: Range<usize>,
}

impl ParseError {
    fn at(summary: &str, message: impl Into<String>, span: Range<usize>) -> Self {
        Self { summary: summary.to_owned(), message: message.into(), span }
    }
}

/// What `-target`, `moved` and `state mv` point at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Target {
    /// A module instance with everything inside it. A step without a key means every instance
    /// when the call has keys.
    Module(ModuleInstance),
    /// A resource with all its instances.
    Resource(AbsResource),
    /// One instance.
    Instance(ResourceInstance),
}

impl Target {
    /// Whether an instance is meant. A module step without a key means every instance of the call.
    pub fn contains(&self, addr: &ResourceInstance) -> bool {
        match self {
            Self::Module(module) => is_within(module, &addr.module),
            Self::Resource(resource) => {
                resource.resource == addr.resource
                    && resource.module.steps().len() == addr.module.steps().len()
                    && is_within(&resource.module, &addr.module)
            }
            Self::Instance(instance) => instance == addr,
        }
    }
}

fn is_within(outer: &ModuleInstance, inner: &ModuleInstance) -> bool {
    let (outer, inner) = (outer.steps(), inner.steps());
    outer.len() <= inner.len()
        && outer.iter().zip(inner).all(|(want, step)| {
            want.name == step.name && (want.key.is_none() || want.key == step.key)
        })
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Module(module) => module.fmt(f),
            Self::Resource(resource) => resource.fmt(f),
            Self::Instance(instance) => instance.fmt(f),
        }
    }
}

/// Reads `module.a[0].null_resource.b["x"]`.
pub fn parse_resource_instance(text: &str) -> Result<ResourceInstance, ParseError> {
    match parse_target(text)? {
        Target::Instance(instance) => Ok(instance),
        Target::Resource(resource) => Ok(resource.instance(InstanceKey::None)),
        Target::Module(_) => Err(ParseError::at(
            "Invalid address",
            "A resource instance address is required here. The module path must be followed by a \
             resource instance specification.",
            0..text.len(),
        )),
    }
}

/// Reads `module.a[0].module.b`.
pub fn parse_module_instance(text: &str) -> Result<ModuleInstance, ParseError> {
    let traversal = Traversal::parse(text)?;
    let (module, rest) = module_prefix(&traversal)?;
    match rest {
        [] => Ok(module),
        [first, ..] if module.is_root() => Err(ParseError::at(
            "Invalid module instance address",
            "A module instance address must begin with \"module.\".",
            first.span.start..text.len(),
        )),
        [first, .., last] => Err(extra_after_module(first.span.start..last.span.end)),
        [only] => Err(extra_after_module(only.span.clone())),
    }
}

/// Reads an address of any of the three kinds.
pub fn parse_target(text: &str) -> Result<Target, ParseError> {
    let traversal = Traversal::parse(text)?;
    let (module, rest) = module_prefix(&traversal)?;
    if rest.is_empty() {
        return Ok(Target::Module(module));
    }
    resource(module, rest)
}

fn extra_after_module(span: Range<usize>) -> ParseError {
    ParseError::at(
        "Invalid module instance address",
        "The module instance address is followed by additional invalid content.",
        span,
    )
}

/// Takes `module.NAME[KEY]` from the front as often as it stands there.
fn module_prefix(traversal: &Traversal) -> Result<(ModuleInstance, &[Step]), ParseError> {
    const OPERATOR: &str = "Invalid address operator";
    let mut rest = traversal.steps.as_slice();
    let mut module = ModuleInstance::root();
    while let [first, after @ ..] = rest {
        if first.name() != Some("module") {
            if !module.is_root() && first.name().is_none() {
                return Err(ParseError::at(
                    OPERATOR,
                    "Module address prefix must be followed by dot and then a name.",
                    first.span.clone(),
                ));
            }
            break;
        }
        let [call, after @ ..] = after else {
            return Err(no_module_name(first));
        };
        let Some(name) = call.name() else {
            return Err(no_module_name(call));
        };
        let (key, after) = match after {
            [step, after @ ..] if step.name().is_none() => (
                instance_key(step, || {
                    let message = format!("Invalid module index: {NOT_WHOLE}.");
                    ParseError::at(OPERATOR, message, step.span.clone())
                })?,
                after,
            ),
            _ => (InstanceKey::None, after),
        };
        module = module.child(name, key);
        rest = after;
    }
    Ok((module, rest))
}

fn no_module_name(step: &Step) -> ParseError {
    ParseError::at(
        "Invalid address operator",
        "Prefix \"module.\" must be followed by a module name.",
        step.span.clone(),
    )
}

const NOT_WHOLE: &str =
    "value must be a whole number, between -9223372036854775808 and 9223372036854775807";

fn instance_key(
    step: &Step,
    not_whole: impl FnOnce() -> ParseError,
) -> Result<InstanceKey, ParseError> {
    match &step.key {
        Key::Name(name) | Key::Text(name) => Ok(InstanceKey::Str(Ident::from(&**name))),
        Key::Whole(index) => Ok(InstanceKey::Int(*index)),
        Key::NotWhole => Err(not_whole()),
    }
}

/// Names that start other references. A resource type of such a name is written
/// `resource.NAME`.
const RESERVED: &[&str] =
    &["arg", "count", "each", "lazy", "local", "path", "self", "template", "terraform", "var"];

fn resource(module: ModuleInstance, steps: &[Step]) -> Result<Target, ParseError> {
    let invalid = |message: &str, span: &Range<usize>| {
        ParseError::at("Invalid address", message, span.clone())
    };
    let whole = steps.first().map_or(0, |s| s.span.start)..steps.last().map_or(0, |s| s.span.end);
    let (mode, rest) = match (steps.first().and_then(Step::name), steps) {
        (Some("data"), [_, rest @ ..]) => (Mode::Data, rest),
        (Some("ephemeral"), [_, rest @ ..]) => (Mode::Ephemeral, rest),
        (Some("resource"), [_, rest @ ..]) => (Mode::Managed, rest),
        (Some(word), _) if RESERVED.contains(&word) => {
            let message = format!(
                "The keyword {word:?} is reserved and cannot be used to target a resource address. \
                 If you are targeting a resource type that uses a reserved keyword, please prefix \
                 your address with \"resource.\"."
            );
            return Err(invalid(&message, &whole));
        }
        _ => (Mode::Managed, steps),
    };
    let [ty, name, rest @ ..] = rest else {
        return Err(invalid(
            "Resource specification must include a resource type and name.",
            &whole,
        ));
    };
    let Some(type_name) = ty.name() else {
        let message = match mode {
            Mode::Managed => "A resource type name is required.",
            Mode::Data => "A data source name is required.",
            Mode::Ephemeral => "An ephemeral resource type name is required.",
        };
        return Err(invalid(message, &ty.span));
    };
    let Some(resource_name) = name.name() else {
        return Err(invalid("A resource name is required.", &name.span));
    };
    let resource = Resource::new(mode, type_name, resource_name).absolute(module);
    match rest {
        [] => Ok(Target::Resource(resource)),
        [key] if key.name().is_some() => {
            Err(invalid("Resource instance key must be given in square brackets.", &key.span))
        }
        [key] => {
            let key = instance_key(key, || {
                invalid(&format!("Invalid resource instance key: {NOT_WHOLE}."), &key.span)
            })?;
            Ok(Target::Instance(resource.instance(key)))
        }
        [_, extra, ..] => Err(invalid("Unexpected extra operators after address.", &extra.span)),
    }
}

#[cfg(test)]
mod tests;
