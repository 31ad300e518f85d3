//! What happens while planning and applying, as it happens.

use std::sync::Arc;
use std::time::Duration;

use groma_addr::ResourceInstance;
use groma_diag::Diagnostic;
use groma_state::{DeposedKey, Object};
use groma_value::{Marks, Path, Str, Value};
use serde::Deserialize;

use crate::{Action, InstanceChange, OutputChange, PlanMode};

/// Receives events. Called from any thread, in the order in which things happen to one object;
/// must return soon.
pub trait Events: Send + Sync {
    /// Something happened.
    fn emit(&self, event: Event);
}

/// Receives events and does nothing with them.
#[derive(Clone, Copy, Debug, Default)]
pub struct IgnoreEvents;

impl Events for IgnoreEvents {
    fn emit(&self, _: Event) {}
}

/// An object that an event is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObjectId {
    /// Whose.
    pub addr: Arc<ResourceInstance>,
    /// Which: `None` for the current one.
    pub deposed: Option<DeposedKey>,
}

/// An attribute that tells objects of a type apart for people, with its value: `id`, `i-123`.
pub type IdValue = Option<(&'static str, Str)>;

/// What tells an object apart for people: its `id`, or else its `name`; nothing if that is
/// unknown or sensitive.
pub(crate) fn id_value(object: &Value) -> IdValue {
    let text = |name: &'static str| {
        let value = object.attr(name)?;
        if value.marks().contains(Marks::SENSITIVE) {
            return None;
        }
        Some((name, value.as_str()?.clone()))
    };
    text("id").or_else(|| text("name"))
}

/// The same of a stored object, before it is decoded by its schema.
pub(crate) fn stored_id_value(object: &Object) -> IdValue {
    #[derive(Deserialize)]
    struct Named {
        #[serde(default)]
        id: serde_json::Value,
        #[serde(default)]
        name: serde_json::Value,
    }
    let named: Named = serde_json::from_slice(object.json()?).ok()?;
    let text = |name: &'static str, value: &serde_json::Value| {
        let value = Str::from(value.as_str()?);
        let secret = object.sensitive_paths.contains(&Path::default().attr(name));
        (!secret).then_some((name, value))
    };
    text("id", &named.id).or_else(|| text("name", &named.name))
}

/// One thing that happened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// An object is being read.
    RefreshStart {
        /// Which.
        object: ObjectId,
        /// What tells it apart.
        id: IdValue,
    },
    /// An object was read.
    RefreshDone {
        /// Which.
        object: ObjectId,
        /// What tells it apart.
        id: IdValue,
    },
    /// An object was found changed, or gone.
    Drift(Arc<InstanceChange>),
    /// An object is being imported.
    ImportStart {
        /// To where.
        object: ObjectId,
        /// What the provider knows it by.
        id: String,
    },
    /// An object was imported.
    ImportDone {
        /// To where.
        object: ObjectId,
        /// What the provider knows it by.
        id: String,
    },
    /// An object that was imported while planning is being taken in for good.
    AdoptStart {
        /// To where.
        object: ObjectId,
        /// What the provider knows it by.
        id: String,
    },
    /// It was taken in. Whether it is changed as well is told by itself.
    AdoptDone {
        /// To where.
        object: ObjectId,
        /// What the provider knows it by.
        id: String,
    },
    /// A change was planned. No-ops are among them.
    PlannedChange(Arc<InstanceChange>),
    /// Something is being done to an object. A replacement is two of these.
    ApplyStart {
        /// Which.
        object: ObjectId,
        /// What: create, update, delete or read; open, renew, close of an ephemeral resource.
        operation: Operation,
        /// What tells it apart, of the object as it was.
        id: IdValue,
    },
    /// It is still being done.
    ApplyProgress {
        /// Which.
        object: ObjectId,
        /// What.
        operation: Operation,
        /// What tells it apart, of the object as it was.
        id: IdValue,
        /// Since when.
        elapsed: Duration,
    },
    /// It was done.
    ApplyDone {
        /// Which.
        object: ObjectId,
        /// What.
        operation: Operation,
        /// What tells it apart, of the object as it is.
        id: IdValue,
        /// How long it took.
        elapsed: Duration,
    },
    /// It failed. The diagnostics follow by themselves.
    ApplyErrored {
        /// Which.
        object: ObjectId,
        /// What.
        operation: Operation,
        /// How long it took.
        elapsed: Duration,
    },
    /// A provisioner runs for an object.
    ProvisionStart {
        /// Which.
        object: ObjectId,
        /// The provisioner's type: `local-exec`.
        provisioner: Arc<str>,
    },
    /// A provisioner wrote a line.
    ProvisionOutput {
        /// Which.
        object: ObjectId,
        /// The provisioner's type.
        provisioner: Arc<str>,
        /// The line, without its end. Withheld by the engine if it might hold a secret.
        line: String,
    },
    /// A provisioner ended.
    ProvisionDone {
        /// Which.
        object: ObjectId,
        /// The provisioner's type.
        provisioner: Arc<str>,
        /// How.
        status: ProvisionedStatus,
    },
    /// A problem.
    Diagnostic(Diagnostic),
    /// What a finished plan will do, or what an apply did.
    ChangeSummary {
        /// How much of what.
        counts: Counts,
        /// Whether it was done, rather than planned.
        applied: bool,
        /// Of the plan.
        mode: PlanMode,
    },
    /// The root module's outputs: as they will change, or as they are.
    Outputs(Vec<OutputChange>),
    /// The root module's outputs after an apply.
    OutputValues(Vec<(Arc<str>, Value, bool)>),
}

/// What is being done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// A new object is made.
    Create,
    /// The object is changed in place.
    Update,
    /// The object is destroyed.
    Delete,
    /// A data source is read.
    Read,
    /// An ephemeral resource is opened.
    Open,
    /// An ephemeral resource is kept open.
    Renew,
    /// An ephemeral resource is closed.
    Close,
}

impl Operation {
    /// The action that it is, or is half of.
    pub const fn action(self) -> Action {
        match self {
            Self::Create => Action::Create,
            Self::Update => Action::Update,
            Self::Delete => Action::Delete,
            Self::Read => Action::Read,
            Self::Open => Action::Open,
            Self::Renew => Action::Renew,
            Self::Close => Action::Close,
        }
    }
}

/// How a provisioner ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProvisionedStatus {
    /// Well.
    Done,
    /// It failed.
    Errored,
}

/// How much of what. A replacement counts as one added and one destroyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// New objects.
    pub added: u64,
    /// Changes in place.
    pub changed: u64,
    /// Objects destroyed.
    pub removed: u64,
    /// Objects brought under management.
    pub imported: u64,
    /// Objects no longer known of.
    pub forgotten: u64,
}

impl Counts {
    /// Counts a planned change, as Terraform's summary does.
    pub fn count(&mut self, change: &InstanceChange) {
        self.imported += u64::from(change.importing.is_some());
        match change.action {
            Action::Create => self.added += 1,
            Action::Update => self.changed += 1,
            Action::DeleteThenCreate | Action::CreateThenDelete => {
                self.added += 1;
                self.removed += 1;
            }
            Action::Delete => self.removed += 1,
            Action::Forget => self.forgotten += 1,
            Action::CreateThenForget => {
                self.added += 1;
                self.forgotten += 1;
            }
            Action::NoOp | Action::Read | Action::Open | Action::Renew | Action::Close => {}
        }
    }
}
