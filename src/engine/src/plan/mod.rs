//! A plan: immutable data that says what will be done, why, and what it was made from.
//!
//! An apply reads nothing else: not the configuration's [source](Provenance::files), which is in
//! here by content, nor the environment. Renderers read it too; it holds everything that
//! Terraform's plan JSON has, in our own terms.

mod action;
mod change;
mod file;
mod provenance;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use groma_addr::{AbsResource, Ident, ModuleInstance, ResourceInstance, Target};
use groma_diag::Diagnostics;
use groma_state::{CheckResult, State};
use groma_value::{Path, Type, Value};
use serde::{Deserialize, Serialize};

pub use action::{Action, ActionReason};
pub use change::{
    Importing, InstanceChange, Origin, OutputChange, Place, PlannedObject, ReplaceCause,
};
pub use file::{PlanFileError, read_plan, write_plan};
pub use provenance::{Prior, Provenance, ProviderRecord};

use crate::{Directives, Lint, PlanMode};

/// What will be done, why, and what that was worked out from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "all but one are members of a plan's JSON")]
pub struct Plan {
    /// Ordinary, destroying or refreshing only.
    pub mode: PlanMode,
    /// Whether there is anything to apply, and nothing in the way.
    pub applyable: bool,
    /// Whether applying it makes the world as the configuration says: not if it was limited to
    /// targets.
    pub complete: bool,
    /// Whether planning failed. Then the plan holds what was worked out until then, to be shown
    /// and never applied.
    pub errored: bool,
    /// Whether what went wrong leaves nothing that is worth showing: it came before anything was
    /// planned, or is why the rest is not what was meant.
    pub abandoned: bool,
    /// When planning began: what `plantimestamp()` gives.
    pub timestamp: SystemTime,
    /// What it was made from.
    pub provenance: Provenance,
    /// The state that it was made against.
    pub prior: Prior,
    /// `-target`
    pub targets: Vec<Target>,
    /// `-replace`
    pub force_replace: Vec<ResourceInstance>,
    /// What a rollout asked for.
    pub directives: Directives,
    /// The root module's input variables, in name order.
    pub variables: Vec<PlannedVariable>,
    /// Every instance, no-ops included, in the order of their addresses; deposed objects after
    /// the current one.
    pub changes: Vec<InstanceChange>,
    /// Objects that were found changed outside of Terraform, in the order of their addresses.
    pub drift: Vec<InstanceChange>,
    /// The root module's outputs, in name order, unchanged ones included.
    pub outputs: Vec<OutputChange>,
    /// The outputs of all other module instances as planned, for `terraform show` and for later
    /// directives.
    pub module_outputs: BTreeMap<ModuleInstance, BTreeMap<Ident, PlannedOutput>>,
    /// Results of conditions as far as they could be decided.
    pub checks: Vec<CheckResult>,
    /// Attributes that the plan's changes may have come from, sorted.
    pub relevant_attributes: Vec<RelevantAttribute>,
    /// Why no later plan will match it, if so.
    pub lints: Vec<Lint>,
    /// The types of all objects in it and in its states.
    pub types: BTreeMap<TypeKey, TypeRecord>,
    /// Warnings, and the errors if planning failed.
    #[serde(skip)]
    pub diagnostics: Diagnostics,
}

/// An output value of a module instance as planned.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlannedOutput {
    /// May be unknown in part. With marks.
    pub value: Value,
    /// Whether it is declared sensitive.
    pub sensitive: bool,
}

/// An input variable of the root module.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlannedVariable {
    /// Its name.
    pub name: Ident,
    /// As given, before its conversion to the variable's type; `None` for an ephemeral one, whose
    /// value is asked for again when the plan is applied, and for one that was not given.
    pub value: Option<Value>,
    /// What it is if none is given, converted; `None` if one must be given.
    pub default: Option<Value>,
    /// Whether a value was given, rather than the default taken.
    pub given: bool,
    /// Whether it is ephemeral and was given.
    pub ephemeral: bool,
}

impl PlannedVariable {
    /// What is told of it: the value that was given, or the default. Of an ephemeral one that was
    /// given, only the default is known.
    pub fn shown(&self) -> Option<&Value> {
        self.value.as_ref().or(self.default.as_ref())
    }
}

/// An attribute of a resource or of one instance, that some expression which feeds a change
/// refers to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RelevantAttribute {
    /// Whose. An instance's where the reference named one.
    pub resource: RelevantResource,
    /// Which attribute; empty for the whole object.
    pub attribute: Path,
}

/// The subject of a [`RelevantAttribute`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RelevantResource {
    /// All instances.
    Resource(AbsResource),
    /// One instance.
    Instance(ResourceInstance),
}

/// Names a type of object across all providers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TypeKey {
    /// The provider.
    pub provider: groma_addr::Provider,
    /// Managed or data.
    pub mode: groma_addr::Mode,
    /// The name of the type.
    pub ty: Ident,
}

/// What a reader of states and plans must know of a type.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TypeRecord {
    /// Of the schema when the plan was made.
    pub schema_version: u64,
    /// What the schema implies.
    pub ty: Type,
    /// What must not be shown, of an object with every block absent: attributes outside nested
    /// blocks. Values carry these marks already.
    pub sensitive: Arc<[Path]>,
}

impl Plan {
    /// The states before and after the refresh; the same one if nothing was refreshed.
    pub fn states(&self) -> (&State, &State) {
        (&self.prior.before_refresh, &self.prior.state)
    }

    /// Whether anything but no-ops is planned, root outputs included.
    pub fn has_changes(&self) -> bool {
        let counts =
            |change: &InstanceChange| change.action != Action::NoOp || change.is_bookkeeping();
        self.changes.iter().any(counts)
            || self.outputs.iter().any(|output| output.action != Action::NoOp)
    }
}
