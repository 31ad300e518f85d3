//! States for people: `show` and `state show`.

use std::fmt::Write as _;

use groma_addr::{Mode, ResourceInstance};
use groma_state::{InstanceState, Object, State};

use super::json::ModuleTree;
use super::{object_value, outputs};
use crate::change::{self, Canvas, Relevant};
use crate::schemas::Schemas;
use crate::style::Style;

/// Every object, module by module, then the outputs.
pub fn state_text(state: &State, schemas: &Schemas, style: Style) -> String {
    if state.instances().len() == 0 && state.outputs().is_empty() {
        return "The state file is empty. No resources are represented.\n".to_owned();
    }
    let mut tree = ModuleTree::default();
    for (addr, instance) in state.instances() {
        for text in objects(addr, instance, schemas, style) {
            tree.push(&addr.module, text);
        }
    }
    let mut out = String::new();
    module_text(&tree, true, &mut out);
    if !state.outputs().is_empty() {
        let _ = write!(out, "\n\nOutputs:\n\n{}", outputs::state_outputs(state.outputs(), style));
    }
    out
}

/// An empty line stands between objects and another before each module's, but none before the very
/// first: of a module, or of each of its children if it has none of its own.
fn module_text(module: &ModuleTree<String>, mut first: bool, out: &mut String) {
    if !module.resources.is_empty() && !first {
        out.push('\n');
    }
    for text in &module.resources {
        if !std::mem::take(&mut first) {
            out.push('\n');
        }
        out.push_str(text);
    }
    // By the text of the address, as Terraform sorts them.
    let mut children: Vec<_> =
        module.children.iter().map(|(addr, child)| (addr.to_string(), child)).collect();
    children.sort_by(|a, b| a.0.cmp(&b.0));
    for (_, child) in children {
        module_text(child, first, out);
    }
}

/// The object of one instance; deposed ones only if there is no current one.
pub fn instance_text(
    addr: &ResourceInstance,
    instance: &InstanceState,
    schemas: &Schemas,
    style: Style,
) -> String {
    let shown = if instance.current.is_some() { 1 } else { instance.deposed.len() };
    objects(addr, instance, schemas, style).take(shown).collect::<Vec<_>>().join("\n")
}

/// The current object, then deposed ones.
fn objects(
    addr: &ResourceInstance,
    instance: &InstanceState,
    schemas: &Schemas,
    style: Style,
) -> impl Iterator<Item = String> {
    let note = |object: &Object| if object.is_tainted() { " (tainted)" } else { "" }.to_owned();
    let current = instance.current.iter().map(move |object| (object, note(object)));
    let deposed = instance.deposed.iter();
    let deposed = deposed.map(|(key, object)| (object, format!(" (deposed object {key})")));
    current.chain(deposed).map(move |(object, note)| {
        format!("# {addr}:{note}\n{}", object_text(addr, instance, object, schemas, style))
    })
}

fn object_text(
    addr: &ResourceInstance,
    instance: &InstanceState,
    object: &Object,
    schemas: &Schemas,
    style: Style,
) -> String {
    let resource = &addr.resource;
    let keyword = match resource.mode {
        Mode::Data => "data",
        Mode::Managed => "resource",
        Mode::Ephemeral => "ephemeral",
    };
    let schema = schemas.resource(&instance.provider.provider, resource);
    let value = object_value(object, schema.map(|schema| &**schema));
    let node = match schema {
        Some(schema) => {
            change::block(&schema.block, Some(&value), Some(&value), &[], Relevant::ALL)
        }
        None => change::output(Some(&value), Some(&value)),
    };
    let canvas = Canvas { style, symbols: false, unchanged: true };
    let body = change::draw(&node, canvas);
    format!("{keyword} {:?} {:?} {body}\n", &*resource.ty, &*resource.name)
}
