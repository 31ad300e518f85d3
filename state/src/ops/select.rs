//! Which instances an address means.

use groma_addr::{ModuleInstance, ResourceInstance, Target};
use serde::Deserialize;

use super::OpError;
use crate::{InstanceState, State};

/// What `state list` shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only what these match, in their order. Empty for all.
    pub targets: Vec<Target>,
    /// Only objects whose attribute `id` is this.
    pub id: Option<String>,
}

/// `state list`: the instances that a filter matches. An error if a target matches nothing.
pub fn list<'a>(
    state: &'a State,
    filter: &'a Filter,
) -> Result<Vec<(&'a ResourceInstance, &'a InstanceState)>, OpError> {
    let mut found = Vec::new();
    if filter.targets.is_empty() {
        found.extend(state.instances());
    }
    for target in &filter.targets {
        let before = found.len();
        found.extend(matching(state, target));
        if found.len() == before {
            return Err(unknown(target));
        }
    }
    if let Some(id) = &filter.id {
        found.retain(|(_, instance)| has_id(instance, id));
    }
    Ok(found)
}

/// The instances that a target means. A module's last step without a key means all its
/// instances.
pub fn matching<'a>(
    state: &'a State,
    target: &'a Target,
) -> Box<dyn Iterator<Item = (&'a ResourceInstance, &'a InstanceState)> + 'a> {
    match target {
        Target::Module(module) => {
            Box::new(state.instances().filter(move |(addr, _)| within(module, &addr.module)))
        }
        Target::Resource(resource) => Box::new(state.resource(resource)),
        Target::Instance(addr) => {
            Box::new(state.instance(addr).map(|instance| (addr, instance)).into_iter())
        }
    }
}

fn within(module: &ModuleInstance, other: &ModuleInstance) -> bool {
    let Some((last, rest)) = module.steps().split_last() else { return true };
    other.steps().starts_with(rest)
        && other.steps().get(rest.len()).is_some_and(|step| {
            step.name == last.name && (last.key.is_none() || step.key == last.key)
        })
}

fn unknown(target: &Target) -> OpError {
    match target {
        Target::Module(module) => OpError::new(
            "Unknown module",
            format!(
                "The current state contains no module at {module}. If you've just added this \
                 module to the configuration, you must run \"groma apply\" first to create \
                 the module's entry in the state."
            ),
        ),
        Target::Resource(resource) => OpError::new(
            "Unknown resource",
            format!(
                "The current state contains no resource {resource}. If you've just added this \
                 resource to the configuration, you must run \"groma apply\" first to create \
                 the resource's entry in the state."
            ),
        ),
        Target::Instance(addr) => OpError::new(
            "Unknown resource instance",
            format!(
                "The current state contains no resource instance {addr}. If you've just added its \
                 resource to the configuration or have changed the count or for_each arguments, \
                 you must run \"groma apply\" first to update the resource's entry in the \
                 state."
            ),
        ),
    }
}

fn has_id(instance: &InstanceState, id: &str) -> bool {
    #[derive(Deserialize)]
    struct WithId {
        id: Option<String>,
    }
    let json = instance.current.as_ref().and_then(|object| object.json());
    json.and_then(|json| serde_json::from_slice::<WithId>(json).ok())
        .is_some_and(|object| object.id.as_deref() == Some(id))
}
