//! States for people: `show` and `state show`.

use std::fmt::Write as _;

use groma_addr::{Mode, ResourceInstance};
use groma_state::{InstanceState, Object, State};

use super::{object_value, outputs};
use crate::change::{self, Canvas};
use crate::schemas::Schemas;
use crate::style::{Color, Style};

/// Every object, then the outputs.
pub fn state_text(state: &State, schemas: &Schemas, style: Style) -> String {
    let mut out = String::new();
    if state.instances().len() == 0 && state.outputs().is_empty() {
        return "The state file is empty. No resources are represented.\n".to_owned();
    }
    for (addr, instance) in state.instances() {
        out.push_str(&instance_text(addr, instance, schemas, style));
        out.push('\n');
    }
    if !state.outputs().is_empty() {
        let _ = write!(out, "\nOutputs:\n\n{}", outputs::state_outputs(state.outputs(), style));
    }
    out
}

/// The objects of one instance: the current one, then deposed ones.
pub fn instance_text(
    addr: &ResourceInstance,
    instance: &InstanceState,
    schemas: &Schemas,
    style: Style,
) -> String {
    let mut out = String::new();
    let mut one = |object: &Object, note: String| {
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = writeln!(out, "{}", style.paint(Color::Bold, format!("# {addr}:{note}")));
        out.push_str(&object_text(addr, instance, object, schemas, style));
    };
    if let Some(object) = &instance.current {
        one(object, if object.is_tainted() { " (tainted)".to_owned() } else { String::new() });
    }
    for (key, object) in &instance.deposed {
        one(object, format!(" (deposed object {key})"));
    }
    out
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
        Some(schema) => change::block(&schema.block, Some(&value), Some(&value), &[]),
        None => change::output(Some(&value), Some(&value)),
    };
    let canvas = Canvas { style, symbols: false };
    let body = change::draw(&node, canvas, 0);
    format!("{keyword} {:?} {:?} {body}\n", &*resource.ty, &*resource.name)
}
