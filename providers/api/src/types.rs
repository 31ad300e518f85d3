//! Requests and answers of [`Provider`](crate::Provider).

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_addr::Provider as ProviderAddr;
use groma_diag::Severity;
use groma_value::{Path, Type, Value};

use crate::{IdentitySchema, Schema, Schemas};

/// Everything that a provider declares.
#[derive(Clone, Debug, Default)]
pub struct ProviderSchema {
    /// Of the provider's own configuration.
    pub provider: Schema,
    /// Managed resource types.
    pub resources: Schemas,
    /// Data sources.
    pub data_sources: Schemas,
    /// Ephemeral resource types.
    pub ephemeral: Schemas,
    /// Functions.
    pub functions: BTreeMap<Arc<str>, FunctionSignature>,
    /// What the objects of a managed resource type are named by, where that is told.
    pub identities: BTreeMap<Arc<str>, Arc<IdentitySchema>>,
    /// What lists objects of a managed resource type: the configurations of lists.
    pub lists: Schemas,
    /// Actions: their configurations.
    pub actions: Schemas,
    /// Of what modules tell the provider about themselves (`provider_meta`), if they may.
    pub meta: Option<Schema>,
}

/// What a provider says of itself.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// Its source address.
    pub source: ProviderAddr,
    /// The version, or the version that a native provider emulates.
    pub version: String,
    /// What it can do beyond the least.
    pub capabilities: Capabilities,
}

/// What a provider can do beyond the least.
#[derive(Clone, Copy, Debug, Default)]
pub struct Capabilities {
    /// `plan` wants to be asked about destroying too.
    pub plan_destroy: bool,
    /// Finds what a lost call made: `recover` works.
    pub recover: bool,
    /// `read_many` asks for many objects at once. Otherwise each is read by itself.
    pub reads_many: bool,
}

/// The signature of a provider's function.
#[derive(Clone, Debug)]
pub struct FunctionSignature {
    /// One line.
    pub summary: String,
    /// At length.
    pub description: String,
    /// Positional parameters: name, type, allows null, allows unknown, description.
    pub parameters: Vec<FunctionParameter>,
    /// The parameter that takes all further arguments.
    pub variadic: Option<FunctionParameter>,
    /// Of the result.
    pub return_type: Type,
    /// Why not to use it any more.
    pub deprecation: Option<String>,
}

/// A parameter of a provider's function.
#[derive(Clone, Debug)]
pub struct FunctionParameter {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Whether null may be passed.
    pub allow_null: bool,
    /// Whether unknown may be passed; otherwise the result is unknown without a call.
    pub allow_unknown: bool,
    /// At length.
    pub description: String,
}

/// A problem that a provider reports, at a path inside the configuration it was given.
#[derive(Clone, Debug)]
pub struct AttributeDiagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// A title.
    pub summary: String,
    /// Whole sentences.
    pub detail: String,
    /// Where in the configuration value; empty for the whole block.
    pub path: Path,
}

impl AttributeDiagnostic {
    /// An error about the whole block.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            summary: summary.into(),
            detail: detail.into(),
            path: Path::new(),
        }
    }

    /// A warning about the whole block.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(summary, detail) }
    }

    /// The same, about the value at `path`.
    #[must_use]
    pub fn at(mut self, path: Path) -> Self {
        self.path = path;
        self
    }
}

/// Problems that a provider reports.
pub type ProviderDiagnostics = Vec<AttributeDiagnostic>;

/// Whether one of them is an error.
pub fn has_errors(diagnostics: &[AttributeDiagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// A provider's answer to a call that went well.
#[derive(Clone, Debug)]
pub struct Answered<T> {
    /// What was asked for.
    pub answer: T,
    /// What came with it; none is an error.
    pub warnings: ProviderDiagnostics,
}

/// An answer, or what is wrong.
pub type Answer<T> = Result<Answered<T>, ProviderDiagnostics>;

impl<T> Answered<T> {
    /// The answer made into another.
    pub fn map<U>(self, made: impl FnOnce(T) -> U) -> Answered<U> {
        Answered { answer: made(self.answer), warnings: self.warnings }
    }
}

impl<T> From<T> for Answered<T> {
    fn from(answer: T) -> Self {
        Self { answer, warnings: Vec::new() }
    }
}

/// What a provider keeps for itself beside an object's state.
pub type Private = Arc<[u8]>;

/// Names one attempt of one effect, so that a call lost on the way can be found again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Token(pub String);

/// An object as a provider knows it.
#[derive(Clone, Debug)]
pub struct ObjectState {
    /// Conforms to the resource type's schema.
    pub value: Value,
    /// The provider's own.
    pub private: Private,
    /// What names it; conforms to the type's [`IdentitySchema`]. `None` where the type has none.
    pub identity: Option<Value>,
}

impl ObjectState {
    /// An object of a type without identities.
    pub fn new(value: Value, private: Private) -> Self {
        Self { value, private, identity: None }
    }
}

/// Asks to configure a provider.
#[derive(Clone, Debug)]
pub struct ConfigureRequest {
    /// Conforms to the provider's schema. May have unknown parts during a plan.
    pub config: Value,
}

/// Asks to read an object.
#[derive(Clone, Debug)]
pub struct ReadRequest {
    /// The resource type.
    pub ty: Arc<str>,
    /// The object as last known.
    pub prior: ObjectState,
    /// What its module tells the provider (`provider_meta`).
    pub meta: Option<Value>,
}

/// Asks to read data.
#[derive(Clone, Debug)]
pub struct DataRequest {
    /// The data source.
    pub ty: Arc<str>,
    /// What the configuration says.
    pub config: Value,
    /// What its module tells the provider (`provider_meta`).
    pub meta: Option<Value>,
}

/// Asks to plan a change.
#[derive(Clone, Debug)]
pub struct PlanRequest {
    /// The resource type.
    pub ty: Arc<str>,
    /// The object as it is; null for a creation.
    pub prior: Value,
    /// What the configuration says; null for a destruction.
    pub config: Value,
    /// Configuration over prior, computed attributes kept (`ProposedNewState`).
    pub proposed: Value,
    /// The provider's own, from the prior object.
    pub private: Private,
    /// What names the prior object.
    pub identity: Option<Value>,
    /// What its module tells the provider (`provider_meta`).
    pub meta: Option<Value>,
}

/// A planned change.
#[derive(Clone, Debug, Default)]
pub struct Planned {
    /// The object as it will be; unknown where only the effect will tell.
    pub value: Option<Value>,
    /// Paths whose change takes a new object.
    pub requires_replace: Vec<Path>,
    /// Handed back to `apply`.
    pub private: Option<Private>,
    /// What will name the object.
    pub identity: Option<Value>,
    /// Whether the legacy type system's tolerances hold for this answer.
    pub legacy_type_system: bool,
    /// Problems.
    pub diagnostics: ProviderDiagnostics,
}

/// Asks to make a planned change real.
#[derive(Clone, Debug)]
pub struct ApplyRequest {
    /// The resource type.
    pub ty: Arc<str>,
    /// The object as it is; null for a creation.
    pub prior: Value,
    /// What was planned; null for a destruction.
    pub planned: Value,
    /// What the configuration says; null for a destruction.
    pub config: Value,
    /// What `plan` gave.
    pub private: Private,
    /// What `plan` said will name the object.
    pub identity: Option<Value>,
    /// What its module tells the provider (`provider_meta`).
    pub meta: Option<Value>,
    /// Names this attempt.
    pub token: Token,
}

/// How an effect ended.
#[derive(Clone, Debug)]
pub enum ApplyOutcome {
    /// As asked. The new object; a null value after a destruction.
    Done {
        /// The object as it is now.
        state: ObjectState,
        /// Warnings.
        diagnostics: ProviderDiagnostics,
        /// Whether the legacy type system's tolerances hold for this answer.
        legacy_type_system: bool,
    },
    /// It failed, and this is what is there now (a null value for nothing).
    Failed {
        /// The object as far as it got.
        state: ObjectState,
        /// What went wrong.
        diagnostics: ProviderDiagnostics,
    },
    /// Nobody knows whether it happened: the call was lost.
    Unknown {
        /// What is known of the failure.
        error: String,
    },
}

/// What became of a lost call.
#[derive(Clone, Debug)]
pub enum Recovered {
    /// It made this object.
    Found(ObjectState),
    /// It did nothing.
    Nothing,
    /// The provider cannot tell.
    Unsupported,
}

/// An object found by its id.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The resource type, which may be another than asked for.
    pub ty: Arc<str>,
    /// What is known of it so far; it is read next.
    pub state: ObjectState,
}

/// Asks to carry an object over from another resource type (tfplugin `MoveResourceState`).
#[derive(Clone, Debug)]
pub struct MoveRequest {
    /// Which provider the object was of.
    pub source_provider: ProviderAddr,
    /// Which type.
    pub source_type: Arc<str>,
    /// Of that type's state.
    pub source_schema_version: u64,
    /// Attributes as JSON.
    pub source_state: Arc<[u8]>,
    /// The provider's own.
    pub source_private: Private,
    /// What named it: the version of the identity's schema, and a JSON object.
    pub source_identity: Option<(u64, Arc<[u8]>)>,
    /// The type that it becomes.
    pub target_type: Arc<str>,
}

/// State brought to the current schema version.
#[derive(Clone, Debug)]
pub struct Upgraded {
    /// Conforms to the current schema.
    pub value: Value,
}

/// An opened ephemeral resource.
#[derive(Clone, Debug)]
pub struct EphemeralResult {
    /// Conforms to its schema.
    pub value: Value,
    /// Handed back to renew and close.
    pub private: Private,
    /// When to renew, if ever.
    pub renew_at: Option<std::time::SystemTime>,
}
