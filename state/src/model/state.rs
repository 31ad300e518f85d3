//! A whole state.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use groma_addr::{AbsResource, InstanceKey, ModuleInstance, ResourceInstance};
use serde::{Deserialize, Serialize};

use crate::model::{CheckResult, Dependencies, InstanceState, Outputs};
use crate::{Change, DeposedKey, Object};

/// Everything known of what a configuration made. Cloning copies pointers; the first change
/// after a clone copies the map of what is changed, never the objects.
///
/// An instance with no object, and a module instance with no output, is not in it.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct State {
    instances: Arc<BTreeMap<ResourceInstance, InstanceState>>,
    outputs: Arc<Outputs>,
    module_outputs: Arc<BTreeMap<ModuleInstance, Outputs>>,
    checks: Option<Arc<[CheckResult]>>,
}

/// A state with what identifies it.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Same for all states that came one from another: a random UUID of the first.
    pub lineage: String,
    /// Counts the versions of a lineage that differ.
    pub serial: u64,
    /// The version of Terraform that wrote it, or that we answer as.
    pub terraform_version: String,
    /// The state itself.
    pub state: State,
}

impl State {
    /// The instances, in the order of their addresses.
    pub fn instances(
        &self,
    ) -> impl ExactSizeIterator<Item = (&ResourceInstance, &InstanceState)> + DoubleEndedIterator + Clone
    {
        self.instances.iter()
    }

    /// What is known of one instance.
    pub fn instance(&self, addr: &ResourceInstance) -> Option<&InstanceState> {
        self.instances.get(addr)
    }

    /// The instances of one resource, in the order of their keys.
    pub fn resource<'a>(
        &'a self,
        resource: &'a AbsResource,
    ) -> impl Iterator<Item = (&'a ResourceInstance, &'a InstanceState)> {
        // The keyless instance is the least of its resource.
        self.instances.range(resource.instance(InstanceKey::None)..).take_while(|(addr, _)| {
            addr.resource == resource.resource && addr.module == resource.module
        })
    }

    /// The object of an instance: the current one (no key) or a deposed one.
    pub fn object(&self, addr: &ResourceInstance, key: Option<DeposedKey>) -> Option<&Object> {
        self.instances.get(addr)?.object(key)
    }

    /// The root module's outputs.
    pub fn outputs(&self) -> &Outputs {
        &self.outputs
    }

    /// The outputs of module instances other than the root, as of their last apply. A state file
    /// does not have them.
    pub fn module_outputs(&self) -> &BTreeMap<ModuleInstance, Outputs> {
        &self.module_outputs
    }

    /// Results of conditions; `None` if none were ever evaluated.
    pub fn checks(&self) -> Option<&Arc<[CheckResult]>> {
        self.checks.as_ref()
    }

    /// Whether it has neither objects nor outputs.
    pub fn is_empty(&self) -> bool {
        self.instances.is_empty() && self.outputs.is_empty()
    }

    /// What each object depends on: instances in the order of their addresses, the current object
    /// first.
    pub fn dependencies(&self) -> impl Iterator<Item = &Dependencies> {
        let objects =
            self.instances.values().flat_map(|i| i.current.iter().chain(i.deposed.values()));
        objects.map(|object| &object.dependencies)
    }

    /// The same, to be set.
    pub fn dependencies_mut(&mut self) -> impl Iterator<Item = &mut Dependencies> {
        let instances = Arc::make_mut(&mut self.instances).values_mut();
        let objects = instances.flat_map(|i| i.current.iter_mut().chain(i.deposed.values_mut()));
        objects.map(|object| &mut object.dependencies)
    }

    /// Makes one change.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Object { addr, deposed, provider, object } => {
                let instances = Arc::make_mut(&mut self.instances);
                let Some(object) = object else {
                    Self::drop_object(instances, &addr, deposed);
                    return;
                };
                let instance = instances.entry(addr).or_insert_with(|| InstanceState {
                    provider: provider.clone(),
                    current: None,
                    deposed: BTreeMap::new(),
                });
                instance.provider = provider;
                match deposed {
                    None => instance.current = Some(object),
                    Some(key) => drop(instance.deposed.insert(key, object)),
                }
            }
            Change::Output { name, output } => {
                let outputs = Arc::make_mut(&mut self.outputs);
                match output {
                    Some(output) => drop(outputs.insert(name, output)),
                    None => drop(outputs.remove(&name)),
                }
            }
            Change::ModuleOutputs { module, outputs } => {
                let modules = Arc::make_mut(&mut self.module_outputs);
                if outputs.is_empty() {
                    modules.remove(&module);
                } else {
                    modules.insert(module, outputs);
                }
            }
            Change::Checks(checks) => self.checks = checks,
        }
    }

    /// Sets all that is known of an instance, or forgets it.
    pub(crate) fn set_instance(&mut self, addr: ResourceInstance, instance: Option<InstanceState>) {
        let instances = Arc::make_mut(&mut self.instances);
        match instance.filter(|instance| !instance.is_empty()) {
            Some(instance) => drop(instances.insert(addr, instance)),
            None => drop(instances.remove(&addr)),
        }
    }

    fn drop_object(
        instances: &mut BTreeMap<ResourceInstance, InstanceState>,
        addr: &ResourceInstance,
        deposed: Option<DeposedKey>,
    ) {
        let Some(instance) = instances.get_mut(addr) else { return };
        match deposed {
            None => instance.current = None,
            Some(key) => drop(instance.deposed.remove(&key)),
        }
        if instance.is_empty() {
            instances.remove(addr);
        }
    }
}

/// Collects instances; those without any object are left out.
impl FromIterator<(ResourceInstance, InstanceState)> for State {
    fn from_iter<I: IntoIterator<Item = (ResourceInstance, InstanceState)>>(iter: I) -> Self {
        let instances = iter.into_iter().filter(|(_, instance)| !instance.is_empty()).collect();
        Self { instances: Arc::new(instances), ..Self::default() }
    }
}

/// Counts only: a state is large and partly secret.
impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("instances", &self.instances.len())
            .field("outputs", &self.outputs.len())
            .finish_non_exhaustive()
    }
}
