//! What a provider is: schemas, and one trait shaped like tfplugin 6 plus what that lacks.
//!
//! Native providers and plugin processes are the same to the engine. **Invariant:** values that
//! cross this boundary carry no marks; the engine takes them off and puts them back.

pub mod native;
mod provider;
mod schema;
mod types;

pub use provider::{Factory, Provider};
pub use schema::{Attribute, Block, DescriptionKind, NestedBlock, NestedType, Nesting, Schema};
pub use types::{
    ApplyOutcome, ApplyRequest, AttributeDiagnostic, Capabilities, ConfigureRequest,
    EphemeralResult, FunctionParameter, FunctionSignature, Imported, Metadata, MoveRequest,
    ObjectState, PlanRequest, Planned, Private, ProviderDiagnostics, ProviderSchema, ReadRequest,
    Recovered, Token, Upgraded,
};
