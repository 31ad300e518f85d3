//! What a provider is: schemas, and one trait shaped like tfplugin 6 plus what that lacks.
//!
//! Native providers and plugin processes are the same to the engine. **Invariant:** values that
//! cross this boundary carry no marks; the engine takes them off and puts them back.

mod coerce;
mod identity;
pub mod native;
pub mod objchange;
mod provider;
mod schema;
mod schema_json;
mod schemas;
#[cfg(feature = "testing")]
pub mod scripted;
mod secrets;
mod types;

pub use identity::{IdentityAttribute, IdentitySchema, ImportTarget};
pub use provider::{Factory, Provider};
pub use schema::{Attribute, Block, DescriptionKind, NestedBlock, NestedType, Nesting, Schema};
pub use schema_json::{ProviderSchemaJson, SchemaJson};
pub use schemas::Schemas;
pub use types::{
    Answer, Answered, ApplyOutcome, ApplyRequest, AttributeDiagnostic, Capabilities,
    ConfigureRequest, DataRequest, EphemeralResult, FunctionParameter, FunctionSignature, Imported,
    Metadata, MoveRequest, ObjectState, PlanRequest, Planned, Private, ProviderDiagnostics,
    ProviderSchema, ReadRequest, Recovered, Token, Upgraded, has_errors,
};
