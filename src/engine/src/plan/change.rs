//! One change: of an object, or of an output value.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_addr::{Ident, ProviderConfig, ResourceInstance};
use groma_diag::Position;
use groma_provider_api::Private;
use groma_state::{Dependencies, DeposedKey};
use groma_value::{Path, Value};
use serde::{Deserialize, Serialize};

use super::{Action, ActionReason};
use crate::Derivation;

/// What will be done to one object.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InstanceChange {
    /// Whose object.
    pub addr: ResourceInstance,
    /// Where the object was in the state before `moved` took effect; equal to `addr` if there.
    pub prev_run_addr: ResourceInstance,
    /// Which object: `None` for the current one.
    pub deposed: Option<DeposedKey>,
    /// Who does it.
    pub provider: Arc<ProviderConfig>,
    /// What.
    pub action: Action,
    /// Why.
    pub reason: ActionReason,
    /// The object as it is, after the refresh. Null if there is none.
    ///
    /// Of the type's schema, with the marks that its state and its schema put on it.
    pub before: Value,
    /// The object as it will be, unknown in part. Null if there will be none.
    ///
    /// Of the type's schema, with the marks of the configuration and of the schema; write-only
    /// attributes are null.
    pub after: Value,
    /// What could not be changed in place. Paths into `before` and `after`.
    pub required_replace: Vec<Path>,
    /// Why those values changed, and where that is written.
    pub replace_causes: Vec<ReplaceCause>,
    /// The object is first brought under management.
    pub importing: Option<Importing>,
    /// A `resource` block written for an import that had none.
    pub generated_config: Option<Arc<str>>,
    /// The provider's own, from planning to applying.
    pub private: Private,
    /// What each attribute with unknown parts comes from.
    pub unknown_from: BTreeMap<String, Derivation>,
    /// The provisioners that the change runs, and what their arguments come from.
    pub provisioners: Option<Derivation>,
    /// What goes into the state with the object once it is made.
    pub object: PlannedObject,
    /// Where the decision stands in the configuration: the resource block, or what removed it.
    pub origin: Origin,
}

impl InstanceChange {
    /// A change of the current object at `addr`, where it always was, from `before` to `after`:
    /// without a reason, and with nothing that only some changes have.
    pub(crate) fn new(
        addr: ResourceInstance,
        provider: Arc<ProviderConfig>,
        action: Action,
        before: Value,
        after: Value,
        object: PlannedObject,
    ) -> Self {
        Self {
            prev_run_addr: addr.clone(),
            addr,
            deposed: None,
            provider,
            action,
            reason: ActionReason::None,
            before,
            after,
            required_replace: Vec::new(),
            replace_causes: Vec::new(),
            importing: None,
            generated_config: None,
            private: Private::default(),
            unknown_from: BTreeMap::new(),
            provisioners: None,
            object,
            origin: Origin::default(),
        }
    }
}

/// What a state keeps of an object besides its attributes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlannedObject {
    /// Of the schema when the change was planned.
    pub schema_version: u64,
    /// Everything that the object depends on. Stored apart, as many share it.
    #[serde(skip)]
    pub dependencies: Dependencies,
    /// Whether its replacement is to be made before it is destroyed.
    pub create_before_destroy: bool,
    /// What names it at its provider; unknown where only the effect will tell.
    pub identity: Option<Value>,
}

/// Why an object must be replaced.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReplaceCause {
    /// The attribute, if one caused it; empty for a trigger, a taint or a request.
    pub path: Path,
    /// Where the value, or the trigger, is written.
    pub place: Option<Place>,
    /// The reference in `replace_triggered_by` that changed, as written.
    pub trigger: Option<String>,
}

/// Where something is written, independent of any [`SourceMap`](groma_diag::SourceMap), so that
/// it can be stored and shown later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The file's path, as shown to people.
    pub file: Arc<str>,
    /// The first character.
    pub start: Position,
    /// One past the last character.
    pub end: Position,
}

/// Where a change comes from in the configuration.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Origin {
    /// The header of the resource block, or of the `removed` block.
    pub place: Option<Place>,
    /// Whether a `removed` block, rather than its absence, takes the object out.
    pub removed_block: bool,
    /// Whether a directive holds the object as it is.
    pub held: bool,
}

/// An import that is part of a plan.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Importing {
    /// What the provider knows the object by: its id, or its identity as text.
    pub id: String,
    /// Its identity, if it is imported by that.
    pub identity: Option<Value>,
}

/// What will become of an output value of the root module.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OutputChange {
    /// Its name.
    pub name: Ident,
    /// Create, update, delete or nothing.
    pub action: Action,
    /// Null if there was none. Marked sensitive if it was stored so.
    pub before: Value,
    /// Null if there will be none. With marks.
    pub after: Value,
    /// Whether it is, or was, declared sensitive.
    pub sensitive: bool,
    /// What it comes from, if any of it is unknown.
    pub unknown_from: Option<Derivation>,
}

impl InstanceChange {
    /// Whether it was moved from another address.
    pub fn is_moved(&self) -> bool {
        self.addr != self.prev_run_addr
    }

    /// Whether the current object at the address comes to be, or changes.
    pub(crate) fn makes_current(&self) -> bool {
        self.action.makes() && self.deposed.is_none()
    }

    /// Whether it changes the state but not the object: a move, an import with nothing to change.
    pub fn is_bookkeeping(&self) -> bool {
        self.action == Action::NoOp && (self.is_moved() || self.importing.is_some())
    }
}

impl OutputChange {
    /// Whether it is declared sensitive now, whatever it was before.
    pub fn is_declared_sensitive(&self) -> bool {
        self.after.marks().sensitive()
    }
}
