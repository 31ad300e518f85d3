//! What `terraform state …` does to a state, as pure functions, with its rules and wording.
//!
//! Each gives a new state; [`State::diff`](crate::State::diff) tells the changes to record.

mod mv;
mod select;

use std::sync::Arc;

use groma_addr::{AbsResource, Provider, ProviderConfig, ResourceInstance, Target};

pub use mv::{Moved, mv, mv_out};
pub use select::{Filter, list, matching};

use crate::{InstanceState, Object, ObjectStatus, State};

/// Why a state cannot be changed so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{summary}: {detail}")]
pub struct OpError {
    /// A title.
    pub summary: String,
    /// Whole sentences.
    pub detail: String,
}

impl OpError {
    fn new(summary: &str, detail: String) -> Self {
        Self { summary: summary.to_owned(), detail }
    }
}

/// `state rm`: forgets all that the targets match. Gives the new state and what it forgot, in the
/// order of the targets; an error if that is nothing.
pub fn rm(state: &State, targets: &[Target]) -> Result<(State, Vec<ResourceInstance>), OpError> {
    let removed: Vec<ResourceInstance> =
        targets.iter().flat_map(|t| matching(state, t)).map(|(addr, _)| addr.clone()).collect();
    if removed.is_empty() {
        return Err(OpError::new(
            "Invalid target address",
            "No matching objects found. To view the available instances, use \"groma state \
             list\". Please modify the address to reference a specific instance."
                .to_owned(),
        ));
    }
    let mut new = state.clone();
    for addr in &removed {
        new.set_instance(addr.clone(), None);
    }
    Ok((new, removed))
}

/// `state replace-provider`: hands all objects of one provider to another, with the same
/// configuration's module and alias. Gives the new state and the resources concerned.
pub fn replace_provider(
    state: &State,
    from: &Provider,
    to: &Provider,
) -> (State, Vec<AbsResource>) {
    let mut new = state.clone();
    let mut resources: Vec<AbsResource> = Vec::new();
    for (addr, instance) in state.instances().filter(|(_, i)| i.provider.provider == *from) {
        let provider = Arc::new(ProviderConfig {
            provider: to.clone(),
            ..ProviderConfig::clone(&instance.provider)
        });
        new.set_instance(addr.clone(), Some(InstanceState { provider, ..instance.clone() }));
        let resource = addr.containing();
        if resources.last() != Some(&resource) {
            resources.push(resource);
        }
    }
    (new, resources)
}

/// `taint` and `untaint`: says that the current object of an instance must be replaced, or need
/// not. `None` if there is no such object.
pub fn set_status(state: &State, addr: &ResourceInstance, status: ObjectStatus) -> Option<State> {
    let instance = state.instance(addr)?;
    let current = Object { status, ..instance.current.clone()? };
    let mut new = state.clone();
    let instance = InstanceState { current: Some(current), ..instance.clone() };
    new.set_instance(addr.clone(), Some(instance));
    Some(new)
}

#[cfg(test)]
mod tests;
