//! `state mv`.

use groma_addr::{
    AbsResource, InstanceKey, Mode, ModuleInstance, Resource, ResourceInstance, Target,
};

use super::OpError;
use crate::{Change, Outputs, State};

/// What `state mv` did.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Where the objects were.
    pub source: State,
    /// Where they are now: another state, or the same.
    pub destination: State,
    /// The addresses as given to the user, one pair an object moved: a module, a resource or an
    /// instance.
    pub moves: Vec<(String, String)>,
}

/// One thing to move.
enum Move {
    Module(ModuleInstance, ModuleInstance),
    Resource(AbsResource, AbsResource),
    Instance(ResourceInstance, ResourceInstance),
}

/// `state mv FROM TO` within one state.
pub fn mv(state: &State, from: &Target, to: &Target) -> Result<Moved, OpError> {
    let moves = plan(state, state, from, to)?;
    let mut new = state.clone();
    let pairs = moves.iter().map(names).collect();
    for (addr, target) in moves.iter().flat_map(|m| instances(state, m)) {
        let instance = state.instance(&addr).cloned();
        // What another object has moved to meanwhile stays.
        if new.instance(&addr) == instance.as_ref() {
            new.set_instance(addr, None);
        }
        new.set_instance(target, instance);
    }
    for (module, target) in moves.iter().filter_map(modules) {
        let outputs = state.module_outputs().get(module).cloned();
        new.apply(Change::ModuleOutputs { module: module.clone(), outputs: Outputs::new() });
        let outputs = outputs.unwrap_or_default();
        new.apply(Change::ModuleOutputs { module: target.clone(), outputs });
    }
    Ok(Moved { source: new.clone(), destination: new, moves: pairs })
}

/// `state mv -state-out=…`: to another state.
pub fn mv_out(
    source: &State,
    destination: &State,
    from: &Target,
    to: &Target,
) -> Result<Moved, OpError> {
    let moves = plan(source, destination, from, to)?;
    let (mut left, mut filled) = (source.clone(), destination.clone());
    for (addr, target) in moves.iter().flat_map(|m| instances(source, m)) {
        filled.set_instance(target, source.instance(&addr).cloned());
        left.set_instance(addr, None);
    }
    for (module, target) in moves.iter().filter_map(modules) {
        let outputs = source.module_outputs().get(module).cloned().unwrap_or_default();
        filled.apply(Change::ModuleOutputs { module: target.clone(), outputs });
        left.apply(Change::ModuleOutputs { module: module.clone(), outputs: Outputs::new() });
    }
    Ok(Moved { source: left, destination: filled, moves: moves.iter().map(names).collect() })
}

fn names(one: &Move) -> (String, String) {
    match one {
        Move::Module(from, to) => (from.to_string(), to.to_string()),
        Move::Resource(from, to) => (from.to_string(), to.to_string()),
        Move::Instance(from, to) => (from.to_string(), to.to_string()),
    }
}

fn modules(one: &Move) -> Option<(&ModuleInstance, &ModuleInstance)> {
    if let Move::Module(from, to) = one { Some((from, to)) } else { None }
}

/// Each instance that a move takes along, and where to.
fn instances(state: &State, one: &Move) -> Vec<(ResourceInstance, ResourceInstance)> {
    match one {
        Move::Instance(from, to) => vec![(from.clone(), to.clone())],
        Move::Resource(from, to) => state
            .resource(from)
            .map(|(addr, _)| (addr.clone(), to.instance(addr.key.clone())))
            .collect(),
        Move::Module(from, to) => in_module(state, from)
            .map(|addr| (addr.clone(), ResourceInstance { module: to.clone(), ..addr.clone() }))
            .collect(),
    }
}

fn in_module<'a>(
    state: &'a State,
    module: &'a ModuleInstance,
) -> impl Iterator<Item = &'a ResourceInstance> {
    state.instances().map(|(addr, _)| addr).filter(move |addr| addr.module == *module)
}

fn bad_source(detail: String) -> OpError {
    OpError::new("Invalid source address", detail)
}

fn bad_target(detail: String) -> OpError {
    OpError::new("Invalid target address", detail)
}

fn plan(
    source: &State,
    destination: &State,
    from: &Target,
    to: &Target,
) -> Result<Vec<Move>, OpError> {
    let nothing = |from: &dyn std::fmt::Display| {
        bad_source(format!("Cannot move {from}: does not match anything in the current state."))
    };
    match from {
        Target::Module(from) => {
            let mut modules: Vec<ModuleInstance> = source
                .instances()
                .map(|(addr, _)| &addr.module)
                .filter(|module| from.contains(module))
                .cloned()
                .collect();
            modules.dedup();
            if modules.is_empty() {
                return Err(nothing(from));
            }
            modules.into_iter().map(|module| move_module(destination, from, module, to)).collect()
        }
        Target::Resource(from) => {
            let mut there = source.resource(from).map(|(addr, _)| &addr.key);
            match there.next() {
                None => Err(nothing(from)),
                // Without count and for_each the address means the instance.
                Some(InstanceKey::None) => {
                    Ok(vec![move_instance(destination, from.instance(InstanceKey::None), to)?])
                }
                Some(_) => Ok(vec![move_resource(destination, from, to)?]),
            }
        }
        Target::Instance(from) => {
            if source.instance(from).is_none() {
                return Err(bad_source(format!("The current state does not contain {from}.")));
            }
            Ok(vec![move_instance(destination, from.clone(), to)?])
        }
    }
}

fn move_module(
    destination: &State,
    from: &ModuleInstance,
    module: ModuleInstance,
    to: &Target,
) -> Result<Move, OpError> {
    let Target::Module(to) = to else {
        let to = display(to);
        return Err(bad_target(format!(
            "Cannot move {module} to {to}: the target must also be a module."
        )));
    };
    let inner = module.steps().get(from.steps().len()..).unwrap_or_default();
    let target = ModuleInstance::new(to.steps().iter().chain(inner).cloned());
    if in_module(destination, &target).next().is_some() {
        return Err(OpError::new(
            "Error moving state",
            "destination module already exists".to_owned(),
        ));
    }
    Ok(Move::Module(module, target))
}

fn move_resource(destination: &State, from: &AbsResource, to: &Target) -> Result<Move, OpError> {
    let Target::Resource(to) = to else {
        let (to, why) = (
            display(to),
            match to {
                Target::Instance(_) => {
                    "the source is a whole resource (not a resource instance) so "
                }
                _ => "",
            },
        );
        return Err(bad_target(format!(
            "Cannot move {from} to {to}: {why}the target must also be a whole resource."
        )));
    };
    check_kind(&from.to_string(), &from.resource, &to.to_string(), &to.resource)?;
    if destination.resource(to).next().is_some() {
        return Err(bad_target(format!(
            "Cannot move to {to}: there is already a resource at that address in the current \
             state."
        )));
    }
    Ok(Move::Resource(from.clone(), to.clone()))
}

fn move_instance(
    destination: &State,
    from: ResourceInstance,
    to: &Target,
) -> Result<Move, OpError> {
    let to = match to {
        Target::Instance(to) => to.clone(),
        Target::Resource(to) => to.instance(InstanceKey::None),
        Target::Module(to) => {
            return Err(bad_target(format!(
                "Cannot move {from} to {to}: the target must also be a resource instance."
            )));
        }
    };
    check_kind(&from.to_string(), &from.resource, &to.to_string(), &to.resource)?;
    if destination.instance(&to).is_some() {
        return Err(bad_target(format!(
            "Cannot move to {to}: there is already a resource instance at that address in the \
             current state."
        )));
    }
    Ok(Move::Instance(from, to))
}

/// Only between resources of one kind.
fn check_kind(
    from: &str,
    from_resource: &Resource,
    to: &str,
    to_resource: &Resource,
) -> Result<(), OpError> {
    let why = if from_resource.mode != to_resource.mode {
        match from_resource.mode {
            Mode::Data => "a data resource can be moved only to another data resource address",
            Mode::Managed | Mode::Ephemeral => {
                "a managed resource can be moved only to another managed resource address"
            }
        }
    } else if from_resource.ty != to_resource.ty {
        "resource types don't match"
    } else {
        return Ok(());
    };
    Err(OpError::new("Invalid state move request", format!("Cannot move {from} to {to}: {why}.")))
}

fn display(target: &Target) -> String {
    match target {
        Target::Module(module) => module.to_string(),
        Target::Resource(resource) => resource.to_string(),
        Target::Instance(addr) => addr.to_string(),
    }
}
