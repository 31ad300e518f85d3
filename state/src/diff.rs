//! What differs between two states.

use groma_addr::{ModuleInstance, ResourceInstance};

use crate::v4::StateFileError;
use crate::{Change, InstanceState, Output, Outputs, State};

impl State {
    /// The changes that make `self` into `new`, in the order of addresses.
    pub fn diff(&self, new: &Self) -> Result<Vec<Change>, StateFileError> {
        let mut changes = Vec::new();
        // Both are sorted, so one pass over both tells what is where.
        let mut old_iter = self.instances().peekable();
        let mut new_iter = new.instances().peekable();
        loop {
            let order = match (old_iter.peek(), new_iter.peek()) {
                (None, None) => break,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some((old, _)), Some((new, _))) => old.cmp(new),
            };
            let old = if order.is_le() { old_iter.next() } else { None };
            let new = if order.is_ge() { new_iter.next() } else { None };
            let Some((addr, _)) = old.or(new) else { break };
            diff_instance(addr, old.map(|o| o.1), new.map(|n| n.1), &mut changes);
        }
        diff_outputs(self.outputs(), new.outputs(), &mut changes)?;
        diff_modules(self, new, &mut changes)?;
        if self.checks() != new.checks() {
            changes.push(Change::Checks(new.checks().cloned()));
        }
        Ok(changes)
    }
}

fn diff_instance(
    addr: &ResourceInstance,
    old: Option<&InstanceState>,
    new: Option<&InstanceState>,
    changes: &mut Vec<Change>,
) {
    let Some(provider) = new.or(old).map(|instance| &instance.provider) else { return };
    let same_provider = old.is_none_or(|old| old.provider == *provider);
    let deposed = |of: Option<&InstanceState>| {
        of.map(|o| o.deposed.keys().copied().collect::<Vec<_>>()).unwrap_or_default()
    };
    let mut keys = deposed(old);
    keys.extend(deposed(new));
    keys.sort_unstable();
    keys.dedup();
    for key in std::iter::once(None).chain(keys.into_iter().map(Some)) {
        let before = old.and_then(|old| old.object(key));
        let after = new.and_then(|new| new.object(key));
        if before != after || (after.is_some() && !same_provider) {
            changes.push(Change::Object {
                addr: addr.clone(),
                deposed: key,
                provider: provider.clone(),
                object: after.cloned(),
            });
        }
    }
}

fn diff_outputs(
    old: &Outputs,
    new: &Outputs,
    changes: &mut Vec<Change>,
) -> Result<(), StateFileError> {
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        changes.push(Change::Output { name: name.clone(), output: None });
    }
    for (name, output) in new {
        if !same_output(old.get(name), Some(output))? {
            changes.push(Change::Output { name: name.clone(), output: Some(output.clone()) });
        }
    }
    Ok(())
}

fn diff_modules(old: &State, new: &State, changes: &mut Vec<Change>) -> Result<(), StateFileError> {
    let none = Outputs::new();
    let of = |state: &State, module: &ModuleInstance| {
        state.module_outputs().get(module).unwrap_or(&none).clone()
    };
    let gone = old.module_outputs().keys().filter(|m| !new.module_outputs().contains_key(*m));
    for module in gone.chain(new.module_outputs().keys()) {
        let mut differences = Vec::new();
        let after = of(new, module);
        diff_outputs(&of(old, module), &after, &mut differences)?;
        if !differences.is_empty() {
            changes.push(Change::ModuleOutputs { module: module.clone(), outputs: after });
        }
    }
    Ok(())
}

/// Whether two outputs are stored alike: type, value and sensitivity.
pub(crate) fn same_output(a: Option<&Output>, b: Option<&Output>) -> Result<bool, StateFileError> {
    match (a, b) {
        (None, None) => Ok(true),
        (Some(a), Some(b)) => Ok(a.sensitive == b.sensitive && a.encode()? == b.encode()?),
        _ => Ok(false),
    }
}
