//! What names mean inside a module instance.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use groma_addr::{InstanceKey, Mode};
use groma_config::{Module, Reference, Repetition, ResourceBlock, Subject};
use groma_diag::{Diagnostic, Diagnostics, SourceMap, Span};
use groma_lang::eval::{ExternalFunction, FunctionRef, Resolved, Scope};
use groma_lang::functions::{self, Host, Patterns};
use groma_lang::syntax::{StepKind, Traversal, name_suggestion};
use groma_provider_api::{Block, ProviderSchema};
use groma_value::{Marks, Value, View};

use crate::{FrameId, Frames, KeyData, check_steps};

/// What is the same in all module instances.
#[derive(Clone)]
pub struct Globals {
    /// `terraform.workspace`
    pub workspace: String,
    /// `path.cwd`
    pub cwd: String,
    /// `path.root`
    pub root: String,
    /// `terraform.applying`
    pub applying: bool,
    /// The outside world, for functions.
    pub host: Arc<dyn Host>,
    /// Regular expressions that are compiled already.
    pub patterns: Arc<Patterns>,
    /// Where spans can be looked up.
    pub sources: Arc<SourceMap>,
    /// Functions of providers, by the provider's source and the function's name.
    pub functions: Arc<ProviderFunctions>,
    /// Schemas of providers: references into their objects are checked against them.
    pub schemas: Arc<ProviderSchemas>,
}

/// What providers declare, by source.
pub type ProviderSchemas = BTreeMap<groma_addr::Provider, Arc<ProviderSchema>>;

/// Functions of providers, by the provider's source and the function's name.
pub type ProviderFunctions =
    BTreeMap<groma_addr::Provider, BTreeMap<String, Arc<dyn ExternalFunction>>>;

/// The names of a module instance, with what `each`, `count` and `self` mean at one place in it.
pub struct ModuleScope<'a> {
    frames: &'a Frames,
    frame: FrameId,
    globals: &'a Globals,
    keys: &'a KeyData,
    this: Option<&'a Value>,
    /// The schema of what `self` is.
    this_block: Option<&'a Block>,
}

impl<'a> ModuleScope<'a> {
    /// The names of a module instance.
    pub const fn new(frames: &'a Frames, frame: FrameId, globals: &'a Globals) -> Self {
        Self { frames, frame, globals, keys: &KeyData::NONE, this: None, this_block: None }
    }

    /// With `each` and `count`.
    #[must_use]
    pub const fn keyed(mut self, keys: &'a KeyData) -> Self {
        self.keys = keys;
        self
    }

    /// With `self`.
    #[must_use]
    pub const fn with_self(mut self, this: &'a Value) -> Self {
        self.this = Some(this);
        self
    }

    /// With the schema of what `self` is, against which references into it are checked.
    #[must_use]
    pub const fn with_self_schema(mut self, block: &'a Block) -> Self {
        self.this_block = Some(block);
        self
    }

    fn module(&self) -> &'a Module {
        &self.frames.get(self.frame).module
    }

    fn path(&self, name: &str, span: Span) -> Result<Value, Diagnostic> {
        match name {
            "cwd" => Ok(Value::string(self.globals.cwd.as_str())),
            "root" => Ok(Value::string(self.globals.root.as_str())),
            "module" => Ok(Value::string(self.module().dir.as_str())),
            _ => Err(invalid_attribute("path", name, ["cwd", "module", "root"], span)),
        }
    }

    fn terraform(&self, name: &str, span: Span) -> Result<Value, Diagnostic> {
        match name {
            "workspace" => Ok(Value::string(self.globals.workspace.as_str())),
            "applying" => Ok(Value::bool(self.globals.applying).with_marks(Marks::EPHEMERAL)),
            "env" => Err(Diagnostic::error(
                "Invalid \"terraform\" attribute",
                "The terraform.env attribute was deprecated in v0.10 and removed in v0.12. The \
                 \"state environment\" concept was renamed to \"workspace\" in v0.12, and so the \
                 workspace name can now be accessed using the terraform.workspace attribute.",
            )
            .at(span)),
            _ => Err(Diagnostic::error(
                "Invalid \"terraform\" attribute",
                format!(
                    "The \"terraform\" object does not have an attribute named {name:?}. The only \
                     supported attributes are terraform.workspace, the name of the \
                     currently-selected workspace, and terraform.applying, a boolean which is true \
                     only during apply."
                ),
            )
            .at(span)),
        }
    }

    /// What is wrong with a reference into `self`.
    fn wrong_self(&self, traversal: &Traversal) -> Option<Diagnostics> {
        let wrong = check_steps(self.this_block?, &traversal.steps);
        wrong.has_errors().then_some(wrong)
    }

    /// Whether the steps after a reference to a resource are of its schema.
    fn check_steps(
        &self,
        traversal: &Traversal,
        (mode, ty): (Mode, &str),
        block: Option<&ResourceBlock>,
        consumed: usize,
    ) -> Diagnostics {
        let steps = traversal.steps.get(consumed..).unwrap_or_default();
        let one = steps.first().is_some_and(|step| matches!(step.kind, StepKind::Attr(_)));
        if !one {
            return Diagnostics::new();
        }
        let schema = block.and_then(|block| {
            let schemas = self.globals.schemas.get(&block.source)?;
            match mode {
                Mode::Managed => schemas.resources.get(ty),
                Mode::Data => schemas.data_sources.get(ty),
                Mode::Ephemeral => schemas.ephemeral.get(ty),
            }
        });
        schema.map_or_else(Diagnostics::new, |schema| check_steps(&schema.block, steps))
    }

    fn module_call(
        &self,
        name: &str,
        key: Option<&Value>,
        output: Option<&groma_value::Str>,
        consumed: usize,
    ) -> Option<Resolved> {
        let frame = self.frames.get(self.frame);
        let instances = frame.called(name)?;
        // Only what is certainly there is taken here; the evaluator words what is not.
        let direct = output.and_then(|output| {
            let key = key.map_or(Some(InstanceKey::None), instance_key)?;
            let child = self.frames.get(*instances.get(&key)?);
            child.output(output).map(|value| Resolved { value: value.clone(), consumed })
        });
        if direct.is_some() {
            return direct;
        }
        match self.frames.call_value(self.frame, name) {
            crate::Found::Value(value) => Some(Resolved { value, consumed: 1 }),
            crate::Found::Missing => None,
        }
    }

    fn resource(
        &self,
        (mode, ty, name): (Mode, &str, &str),
        key: Option<&Value>,
        consumed: usize,
    ) -> Option<Resolved> {
        let frame = self.frames.get(self.frame);
        if let Some(key) = key.and_then(instance_key)
            && let Some(value) = frame.resource(mode, ty, name)?.get(&key)
        {
            return Some(Resolved { value: value.clone(), consumed });
        }
        let consumed = consumed - usize::from(key.is_some());
        let value = frame.resource_value(mode, ty, name)?;
        Some(Resolved { value, consumed })
    }
}

/// The instance key that an index names; `None` if it is not a plain known one.
pub fn instance_key(key: &Value) -> Option<InstanceKey> {
    match key.view() {
        View::Number(number) => number.to_u64().map(InstanceKey::Int),
        View::String(text) => Some(InstanceKey::Str(text.as_str().into())),
        _ => None,
    }
}

impl Scope for ModuleScope<'_> {
    fn resolve(&self, traversal: &Traversal) -> Result<Resolved, Diagnostics> {
        let reference = Reference::parse(traversal)?;
        let block = check_subject(self.module(), traversal, &reference)?;
        let Reference { subject, consumed, span } = reference;
        let frame = self.frames.get(self.frame);
        let one = |value: Option<&Value>| {
            value.map(|value| Resolved { value: value.clone(), consumed: 1 })
        };
        let resolved = match subject {
            Subject::Variable(name) => one(frame.variable(name)),
            Subject::Local(name) => one(frame.local(name)),
            Subject::Module { name, key, output } => self.module_call(name, key, output, consumed),
            Subject::Resource { mode, ty, name, key } => {
                let wrong = self.check_steps(traversal, (mode, ty), block, consumed);
                if wrong.has_errors() {
                    return Err(wrong);
                }
                self.resource((mode, ty, name), key, consumed)
            }
            Subject::Count(name) => one(Some(count(self.keys, name, span)?)),
            Subject::Each(name) => one(Some(each(self.keys, name, span)?)),
            Subject::Path(name) => {
                let value = self.path(name, span)?;
                Some(Resolved { value, consumed })
            }
            Subject::Terraform(name) => {
                let value = self.terraform(name, span)?;
                Some(Resolved { value, consumed })
            }
            Subject::This => {
                if let Some(wrong) = self.wrong_self(traversal) {
                    return Err(wrong);
                }
                let this = self.this.ok_or_else(|| no_self(span))?;
                Some(Resolved::root(this.clone()))
            }
        };
        // What has no value has failed, and that was reported where it failed.
        resolved.ok_or_else(Diagnostics::new)
    }

    fn function(&self, name: &str) -> FunctionRef {
        if let Some(path) = name.strip_prefix("provider::") {
            let found = path.split_once("::").and_then(|(local, function)| {
                let source = provider_source(self.module(), local);
                self.globals.functions.get(&source)?.get(function)
            });
            return found.map_or(FunctionRef::Unknown, |function| {
                FunctionRef::External(Arc::clone(function))
            });
        }
        match functions::lookup(name).filter(|function| function.name != "type") {
            Some(function) => FunctionRef::Builtin(function),
            None => FunctionRef::Unknown,
        }
    }

    fn function_names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            functions::all().iter().map(|function| function.name.to_owned()).collect();
        for (local, required) in &self.module().required_providers {
            if let Some(functions) = self.globals.functions.get(&required.source) {
                names.extend(functions.keys().map(|name| format!("provider::{local}::{name}")));
            }
        }
        names
    }

    fn host(&self) -> &dyn Host {
        &*self.globals.host
    }

    fn patterns(&self) -> Option<&Patterns> {
        Some(&self.globals.patterns)
    }

    fn sources(&self) -> Option<&SourceMap> {
        Some(&self.globals.sources)
    }
}

/// The source of the provider that a module knows by a local name.
fn provider_source(module: &Module, local: &str) -> groma_addr::Provider {
    match module.required_providers.get(local) {
        Some(required) => required.source.clone(),
        None => groma_addr::Provider::implied(local),
    }
}

fn count<'k>(keys: &'k KeyData, name: &str, span: Span) -> Result<&'k Value, Diagnostic> {
    if name != "index" {
        return Err(Diagnostic::error(
            "Invalid \"count\" attribute",
            format!(
                "The \"count\" object does not have an attribute named {name:?}. The only \
                 supported attribute is count.index, which is the index of each instance of a \
                 resource block that has the \"count\" argument set."
            ),
        )
        .at(span));
    }
    keys.count_index.as_ref().ok_or_else(|| {
        Diagnostic::error(
            "Reference to \"count\" in non-counted context",
            "The \"count\" object can only be used in \"module\", \"resource\", and \"data\" \
             blocks, and only when the \"count\" argument is set.",
        )
        .at(span)
    })
}

fn each<'k>(keys: &'k KeyData, name: &str, span: Span) -> Result<&'k Value, Diagnostic> {
    let value = match name {
        "key" => keys.each_key.as_ref(),
        "value" => keys.each_value.as_ref(),
        _ => {
            return Err(Diagnostic::error(
                "Invalid \"each\" attribute",
                format!(
                    "The \"each\" object does not have an attribute named {name:?}. The supported \
                     attributes are each.key and each.value, the current key and value pair of \
                     the \"for_each\" attribute set."
                ),
            )
            .at(span));
        }
    };
    value.ok_or_else(|| {
        Diagnostic::error(
            "Reference to \"each\" in context without for_each",
            "The \"each\" object can be used only in \"module\" or \"resource\" blocks, and only \
             when the \"for_each\" argument is set.",
        )
        .at(span)
    })
}

fn no_self(span: Span) -> Diagnostic {
    Diagnostic::error(
        "Invalid \"self\" reference",
        "The \"self\" object is not available in this context. This object can be used only in \
         resource provisioner, connection, and postcondition blocks.",
    )
    .at(span)
}

fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    name_suggestion(name, known).map_or_else(String::new, |name| format!(" Did you mean {name:?}?"))
}

fn invalid_attribute<const N: usize>(
    object: &str,
    name: &str,
    known: [&str; N],
    span: Span,
) -> Diagnostic {
    let hint = did_you_mean(name, known);
    Diagnostic::error(
        format!("Invalid \"{object}\" attribute"),
        format!("The {object:?} object does not have an attribute named {name:?}.{hint}"),
    )
    .at(span)
}

/// Whether what a reference names is declared, and named as its repetition asks for.
pub fn check_reference(
    module: &Module,
    traversal: &Traversal,
    reference: &Reference<'_>,
) -> Result<(), Diagnostic> {
    check_subject(module, traversal, reference).map(drop)
}

/// The same; gives the block of a resource that a reference is to.
fn check_subject<'m>(
    module: &'m Module,
    traversal: &Traversal,
    reference: &Reference<'_>,
) -> Result<Option<&'m ResourceBlock>, Diagnostic> {
    match reference.subject {
        Subject::Variable(name) if !module.variables.contains_key(name.as_str()) => {
            let known = module.variables.keys().map(|name| &**name);
            let hint = name_suggestion(name, known).map_or_else(
                || {
                    format!(
                        " This variable can be declared with a variable {:?} {{}} block.",
                        name.as_str()
                    )
                },
                |name| format!(" Did you mean {name:?}?"),
            );
            Err(Diagnostic::error(
                "Reference to undeclared input variable",
                format!(
                    "An input variable with the name {:?} has not been declared.{hint}",
                    name.as_str()
                ),
            )
            .at(reference.span))
        }
        Subject::Local(name) if !module.locals.contains_key(name.as_str()) => {
            let hint = did_you_mean(name, module.locals.keys().map(|name| &**name));
            Err(Diagnostic::error(
                "Reference to undeclared local value",
                format!(
                    "A local value with the name {:?} has not been declared.{hint}",
                    name.as_str()
                ),
            )
            .at(reference.span))
        }
        Subject::Module { name, key, .. } => match module.calls.get(name.as_str()) {
            None => {
                let hint = did_you_mean(name, module.calls.keys().map(|name| &**name));
                Err(Diagnostic::error(
                    "Reference to undeclared module",
                    format!(
                        "No module call named {:?} is declared in {}.{hint}",
                        name.as_str(),
                        display(module)
                    ),
                )
                .at(reference.span))
            }
            Some(call) => {
                let steps = 1 + usize::from(key.is_some());
                let addr = format_args!("module.{name}");
                check_key(&addr, &call.repetition, key, traversal, steps, true).map(|()| None)
            }
        },
        Subject::Resource { mode, ty, name, key } => {
            let block = module.resource(mode, ty, name).filter(|block| !block.generated);
            let Some(block) = block else {
                let addr = groma_addr::Resource::new(mode, ty.as_str(), name.as_str());
                return Err(undeclared_resource(module, &addr, reference.span));
            };
            let (repetition, consumed) = (&block.repetition, reference.consumed);
            check_key(&block.addr, repetition, key, traversal, consumed, false)?;
            Ok(Some(block))
        }
        _ => Ok(None),
    }
}

fn display(module: &Module) -> String {
    if module.path.is_root() { "the root module".to_owned() } else { module.path.to_string() }
}

fn undeclared_resource(module: &Module, addr: &groma_addr::Resource, span: Span) -> Diagnostic {
    let article = match addr.mode {
        Mode::Managed => "A managed",
        Mode::Data => "A data",
        Mode::Ephemeral => "An ephemeral",
    };
    // A data source is often referred to without its `data.`.
    let other = groma_addr::Resource { mode: Mode::Data, ..addr.clone() };
    let hint = if addr.mode == Mode::Managed && module.resources.contains_key(&other) {
        format!("\n\nDid you mean the data resource {other}?")
    } else {
        String::new()
    };
    Diagnostic::error(
        "Reference to undeclared resource",
        format!(
            "{article} resource {:?} {:?} has not been declared in {}.{hint}",
            &*addr.ty,
            &*addr.name,
            display(module)
        ),
    )
    .at(span)
}

/// Whether a key stands where the repetition asks for one, and only there.
fn check_key(
    addr: &dyn Display,
    repetition: &Repetition,
    key: Option<&Value>,
    traversal: &Traversal,
    consumed: usize,
    module: bool,
) -> Result<(), Diagnostic> {
    let next = traversal.steps.get(consumed);
    let example = match repetition {
        Repetition::Single => {
            if key.is_none() {
                return Ok(());
            }
            // The value of a module says by itself that it has no such element.
            if module {
                return Ok(());
            }
            return Err(Diagnostic::error(
                "Unexpected resource instance key",
                format!(
                    "Because {addr} does not have \"count\" or \"for_each\" set, references to it \
                     must not include an index key. Remove the bracketed index to refer to the \
                     single instance of this resource."
                ),
            )
            .at(named(traversal, consumed)));
        }
        Repetition::Count(_) => ("count", "count.index"),
        Repetition::ForEach(_) => ("for_each", "each.key"),
    };
    let attribute = next.is_some_and(|step| matches!(step.kind, StepKind::Attr(_)));
    if key.is_some() || !attribute || module {
        return Ok(());
    }
    let (argument, index) = example;
    Err(Diagnostic::error(
        "Missing resource instance key",
        format!(
            "Because {addr} has {argument:?} set, its attributes must be accessed on specific \
             instances.\n\nFor example, to correlate with indices of a referring resource, use:\n    \
             {addr}[{index}]"
        ),
    )
    .at(named(traversal, consumed)))
}

/// Where a reference names its subject: the root and the steps that belong to it.
fn named(traversal: &Traversal, consumed: usize) -> Span {
    let last = consumed.checked_sub(1).and_then(|last| traversal.steps.get(last));
    last.map_or(traversal.root_span, |step| traversal.root_span.to(step.span))
}
