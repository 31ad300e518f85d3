//! Writing.

use std::collections::HashMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use groma_addr::{InstanceKey, Mode, ModuleInstance, Resource, ResourceInstance};
use groma_value::{to_json, type_to_json};
use serde_json::Value as Json;

use super::{StateFileError, paths_to_json, pretty};
use crate::{Attributes, CheckResult, DeposedKey, InstanceState, Object, Snapshot, State};

type Result<T> = std::result::Result<T, StateFileError>;

/// Writes a state file, byte for byte as Terraform 1.11 lays it out.
pub fn write(snapshot: &Snapshot) -> Result<Vec<u8>> {
    let mut out = Compact::default();
    out.open('{');
    out.member("version", |out| out.raw("4"));
    out.member("terraform_version", |out| out.string(&snapshot.terraform_version));
    out.member("serial", |out| out.raw(&snapshot.serial.to_string()));
    out.member("lineage", |out| out.string(&snapshot.lineage));
    out.try_member("outputs", |out| write_outputs(&snapshot.state, out))?;
    out.try_member("resources", |out| write_resources(&snapshot.state, out))?;
    out.member("check_results", |out| match snapshot.state.checks() {
        Some(checks) if !checks.is_empty() => write_checks(checks, out),
        _ => out.raw("null"),
    });
    out.close('}');
    let mut bytes = pretty(&out.0);
    bytes.push(b'\n');
    Ok(bytes)
}

/// Compact JSON in the making. Commas come by themselves.
#[derive(Default)]
struct Compact(Vec<u8>);

impl Compact {
    fn raw(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    fn bytes(&mut self, json: &[u8]) {
        self.0.extend_from_slice(json);
    }

    fn string(&mut self, text: &str) {
        self.raw(&Json::from(text).to_string());
    }

    fn open(&mut self, bracket: char) {
        self.comma();
        self.0.push(bracket as u8);
    }

    fn close(&mut self, bracket: char) {
        self.0.push(bracket as u8);
    }

    /// A comma unless this is the first of its object or array, or the value of a member.
    fn comma(&mut self) {
        if !matches!(self.0.last(), None | Some(b'{' | b'[' | b':')) {
            self.0.push(b',');
        }
    }

    fn name(&mut self, name: &str) {
        self.comma();
        self.string(name);
        self.0.push(b':');
    }

    fn member(&mut self, name: &str, value: impl FnOnce(&mut Self)) {
        self.name(name);
        value(self);
    }

    fn try_member(
        &mut self,
        name: &str,
        value: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        self.name(name);
        value(self)
    }
}

fn write_outputs(state: &State, out: &mut Compact) -> Result<()> {
    out.open('{');
    for (name, output) in state.outputs() {
        let ty = output.value.ty();
        let value = to_json(&output.value, &ty)?;
        out.name(name);
        out.open('{');
        out.member("value", |out| out.bytes(&value));
        out.member("type", |out| out.raw(&type_to_json(&ty).to_string()));
        if output.sensitive {
            out.member("sensitive", |out| out.raw("true"));
        }
        out.close('}');
    }
    out.close('}');
    Ok(())
}

fn write_checks(checks: &[CheckResult], out: &mut Compact) {
    out.open('[');
    for check in checks {
        out.open('{');
        out.member("object_kind", |out| out.string(check.kind.as_str()));
        out.member("config_addr", |out| out.string(&check.config_addr));
        out.member("status", |out| out.string(check.status.as_str()));
        out.name("objects");
        if check.objects.is_empty() {
            out.raw("null");
        } else {
            out.open('[');
            for object in &check.objects {
                out.open('{');
                out.member("object_addr", |out| out.string(&object.object_addr));
                out.member("status", |out| out.string(object.status.as_str()));
                if !object.failure_messages.is_empty() {
                    let messages = Json::from(object.failure_messages.clone());
                    out.member("failure_messages", |out| out.raw(&messages.to_string()));
                }
                out.close('}');
            }
            out.close(']');
        }
        out.close('}');
    }
    out.close(']');
}

/// The instances of one resource that share a provider: what a file has as one resource.
struct Group<'a> {
    module: String,
    resource: &'a Resource,
    instances: Vec<(&'a ResourceInstance, &'a InstanceState)>,
}

/// In Terraform's order: modules by their text, so that `module.a[10]` is before `module.a[1]`.
fn groups(state: &State) -> Vec<Group<'_>> {
    let mut modules: HashMap<&ModuleInstance, String> = HashMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (addr, instance) in state.instances() {
        let same = groups.last_mut().filter(|group| {
            group.instances.last().is_some_and(|(last, other)| {
                last.resource == addr.resource
                    && last.module == addr.module
                    && other.provider == instance.provider
            })
        });
        if let Some(group) = same {
            group.instances.push((addr, instance));
            continue;
        }
        let module = modules.entry(&addr.module).or_insert_with(|| addr.module.to_string());
        groups.push(Group {
            module: module.clone(),
            resource: &addr.resource,
            instances: vec![(addr, instance)],
        });
    }
    // Resources order by mode (data first), type, name.
    groups.sort_by(|a, b| (&a.module, a.resource).cmp(&(&b.module, b.resource)));
    for group in &mut groups {
        // Texts before numbers; within a kind they are sorted.
        group.instances.sort_by_key(|(addr, _)| match addr.key {
            InstanceKey::None => 0,
            InstanceKey::Str(_) => 1,
            InstanceKey::Int(_) => 2,
        });
    }
    groups
}

fn write_resources(state: &State, out: &mut Compact) -> Result<()> {
    out.open('[');
    for group in groups(state) {
        let Some((addr, instance)) = group.instances.first() else { continue };
        out.open('{');
        if !group.module.is_empty() {
            out.member("module", |out| out.string(&group.module));
        }
        let mode = match addr.resource.mode {
            Mode::Data => "data",
            Mode::Managed => "managed",
            Mode::Ephemeral => {
                return Err(StateFileError::new(
                    "Invalid resource mode in state",
                    format!("The ephemeral resource {addr} cannot be stored in a state."),
                ));
            }
        };
        out.member("mode", |out| out.string(mode));
        out.member("type", |out| out.string(&addr.resource.ty));
        out.member("name", |out| out.string(&addr.resource.name));
        out.member("provider", |out| out.string(&instance.provider.to_string()));
        out.name("instances");
        out.open('[');
        for (addr, instance) in &group.instances {
            if let Some(object) = &instance.current {
                write_object(&addr.key, None, object, out)?;
            }
            for (deposed, object) in &instance.deposed {
                write_object(&addr.key, Some(*deposed), object, out)?;
            }
        }
        out.close(']');
        out.close('}');
    }
    out.close(']');
    Ok(())
}

fn write_object(
    key: &InstanceKey,
    deposed: Option<DeposedKey>,
    object: &Object,
    out: &mut Compact,
) -> Result<()> {
    out.open('{');
    match key {
        InstanceKey::None => {}
        InstanceKey::Int(index) => out.member("index_key", |out| out.raw(&index.to_string())),
        InstanceKey::Str(key) => out.member("index_key", |out| out.string(key)),
    }
    if object.is_tainted() {
        out.member("status", |out| out.string("tainted"));
    }
    if let Some(deposed) = deposed {
        out.member("deposed", |out| out.string(&deposed.to_string()));
    }
    out.member("schema_version", |out| out.raw(&object.schema_version.to_string()));
    match &object.attributes {
        Attributes::Json(json) => out.member("attributes", |out| out.bytes(json)),
        Attributes::Flat(flat) => {
            let flat: serde_json::Map<String, Json> =
                flat.iter().map(|(k, v)| (k.clone(), Json::from(v.as_str()))).collect();
            out.member("attributes_flat", |out| out.raw(&Json::from(flat).to_string()));
        }
    }
    let paths = paths_to_json(&object.sensitive_paths)?;
    out.member("sensitive_attributes", |out| out.raw(&paths));
    if let Some(identity) = &object.identity {
        let version = identity.schema_version.to_string();
        out.member("identity_schema_version", |out| out.raw(&version));
        out.member("identity", |out| out.bytes(&identity.json));
    }
    if !object.private.is_empty() {
        let private = BASE64_STANDARD.encode(&object.private);
        out.member("private", |out| out.string(&private));
    }
    if !object.dependencies.is_empty() {
        out.name("dependencies");
        out.open('[');
        for dependency in object.dependencies.all() {
            out.comma();
            out.string(&dependency.to_string());
        }
        out.close(']');
    }
    if object.create_before_destroy {
        out.member("create_before_destroy", |out| out.raw("true"));
    }
    if let Some(inner) = object.extra.as_deref().and_then(|e| e.strip_prefix(b"{")) {
        out.comma();
        out.bytes(inner.strip_suffix(b"}").unwrap_or(inner));
    }
    out.close('}');
    Ok(())
}
