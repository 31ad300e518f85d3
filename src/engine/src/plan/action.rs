//! What is done to an object, and why.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What is done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Action {
    /// Nothing.
    NoOp,
    /// A new object.
    Create,
    /// A data source is read, during apply.
    Read,
    /// A change in place.
    Update,
    /// A new object after the old one is destroyed.
    DeleteThenCreate,
    /// A new object before the old one is destroyed.
    CreateThenDelete,
    /// The object is destroyed.
    Delete,
    /// The object is left alone and no longer known of.
    Forget,
    /// A new object, while the old one is left alone and no longer known of.
    CreateThenForget,
    /// An ephemeral resource is opened. Never part of a plan's changes; used in events.
    Open,
    /// An ephemeral resource is renewed.
    Renew,
    /// An ephemeral resource is closed.
    Close,
}

impl Action {
    /// Whether an old object makes way for a new one.
    pub const fn is_replace(self) -> bool {
        matches!(self, Self::DeleteThenCreate | Self::CreateThenDelete | Self::CreateThenForget)
    }

    /// Whether the object of the address comes to be, or changes.
    pub const fn makes(self) -> bool {
        matches!(self, Self::Create | Self::Update) || self.is_replace()
    }

    /// Whether an object is destroyed.
    pub const fn destroys(self) -> bool {
        matches!(self, Self::Delete | Self::DeleteThenCreate | Self::CreateThenDelete)
    }

    /// Whether it changes something, in the world or in the state. A read does not count.
    pub const fn is_change(self) -> bool {
        !matches!(self, Self::NoOp | Self::Read | Self::Open | Self::Renew | Self::Close)
    }

    /// The `actions` of plan JSON.
    pub const fn json(self) -> &'static [&'static str] {
        match self {
            Self::NoOp => &["no-op"],
            Self::Create => &["create"],
            Self::Read => &["read"],
            Self::Update => &["update"],
            Self::DeleteThenCreate => &["delete", "create"],
            Self::CreateThenDelete => &["create", "delete"],
            Self::Delete => &["delete"],
            Self::Forget => &["forget"],
            Self::CreateThenForget => &["create", "forget"],
            Self::Open => &["open"],
            Self::Renew => &["renew"],
            Self::Close => &["close"],
        }
    }
}

/// The words of plan JSON, with `/` between: `delete/create`.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.json().join("/"))
    }
}

/// Why an action was chosen, where the action alone does not say it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum ActionReason {
    /// The action says it all.
    #[default]
    None,
    /// Replaced: the object is tainted.
    ReplaceBecauseTainted,
    /// Replaced: `-replace`.
    ReplaceByRequest,
    /// Replaced: `replace_triggered_by`.
    ReplaceByTriggers,
    /// Replaced: the provider cannot change that in place.
    ReplaceBecauseCannotUpdate,
    /// Destroyed: the resource is not in the configuration.
    DeleteBecauseNoResourceConfig,
    /// Destroyed: the key does not fit what the resource repeats by.
    DeleteBecauseWrongRepetition,
    /// Destroyed: the index is outside of `count`.
    DeleteBecauseCountIndex,
    /// Destroyed: the key is not in `for_each`.
    DeleteBecauseEachKey,
    /// Destroyed: the module instance is gone.
    DeleteBecauseNoModule,
    /// Destroyed: it was moved to an address that is not in the configuration.
    DeleteBecauseNoMoveTarget,
    /// Read during apply: its configuration is not known yet.
    ReadBecauseConfigUnknown,
    /// Read during apply: what it depends on is about to change.
    ReadBecauseDependencyPending,
    /// Read during apply: it belongs to a `check`.
    ReadBecauseCheckNested,
}

impl ActionReason {
    /// The `action_reason` of plan JSON.
    pub const fn json(self) -> Option<&'static str> {
        Some(match self {
            Self::None => return None,
            Self::ReplaceBecauseTainted => "replace_because_tainted",
            Self::ReplaceByRequest => "replace_by_request",
            Self::ReplaceByTriggers => "replace_by_triggers",
            Self::ReplaceBecauseCannotUpdate => "replace_because_cannot_update",
            Self::DeleteBecauseNoResourceConfig => "delete_because_no_resource_config",
            Self::DeleteBecauseWrongRepetition => "delete_because_wrong_repetition",
            Self::DeleteBecauseCountIndex => "delete_because_count_index",
            Self::DeleteBecauseEachKey => "delete_because_each_key",
            Self::DeleteBecauseNoModule => "delete_because_no_module",
            Self::DeleteBecauseNoMoveTarget => "delete_because_no_move_target",
            Self::ReadBecauseConfigUnknown => "read_because_config_unknown",
            Self::ReadBecauseDependencyPending => "read_because_dependency_pending",
            Self::ReadBecauseCheckNested => "read_because_check_nested",
        })
    }
}
