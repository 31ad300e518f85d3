//! The engine: what is to be done to make the world as the configuration says, and doing it.
//!
//! | Module | Holds |
//! |---|---|
//! | [`plan`](Plan) | a plan as data: what it was made from, what it will do, and why |
//! | [`options`](Options) | what a caller asks for: mode, targets, variables, parallelism |
//! | [`directives`](Directives) | per-instance exceptions that a rollout asks for |
//! | [`event`](Event) | what happens meanwhile, for people and machines to follow |
//!
//! **Invariants:** the engine does no I/O but through the traits handed to it, never reads the
//! environment, and never prints. An apply decides nothing: it does what its plan says, or fails.

mod apply;
mod checks;
mod console;
mod digest;
mod directives;
mod ephemeral;
mod evaluation;
mod event;
mod functions;
mod graph;
mod host;
mod instance;
mod meta;
mod options;
mod outcome;
mod plan;
mod planning;
mod pool;
mod provision;
mod report;
mod underway;
mod validate;
mod walk;

pub use apply::{ApplyInput, apply};
pub use console::{Answer, Console};
pub use digest::{Coverage, Derivation, Digest, Lint, Uncovered, covers};
pub use directives::{Directive, DirectiveScope, Directives};
pub use event::{
    Counts, Event, Events, IdValue, IgnoreEvents, ObjectId, Operation, ProvisionedStatus,
};
pub use graph::{dot, dot_of_applying, dot_of_planning};
pub use options::{Options, PlanMode, VariableSource, VariableValue};
pub use outcome::{Cancel, Outcome};
pub use plan::{
    Action, ActionReason, Importing, InstanceChange, Origin, OutputChange, Place, Plan,
    PlanFileError, PlannedObject, PlannedOutput, PlannedVariable, Prior, Provenance,
    ProviderRecord, RelevantAttribute, RelevantResource, ReplaceCause, TypeKey, TypeRecord,
    read_plan, write_plan,
};
pub use planning::{PlanInput, Recording, import, plan};
pub use pool::Factories;
pub use provision::{Command, LocalExec, Provision};
pub use validate::validate;
