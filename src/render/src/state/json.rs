//! `show -json` of a state, and the parts that a plan's JSON shares with it.

use std::collections::BTreeMap;

use groma_addr::{InstanceKey, Mode, ModuleInstance, ResourceInstance};
use groma_state::{CheckResult, CheckableKind, Outputs, Snapshot, State};
use groma_value::{Marks, Value, type_to_json};

use super::object_value;
use crate::json::{Json, Object, known_json, sensitive_json};
use crate::schemas::Schemas;

/// The document of `show -json` (format 1.0).
pub fn state_json(snapshot: Option<&Snapshot>, schemas: &Schemas) -> Json {
    let mut out = Object::new();
    out.set("format_version", "1.0");
    let Some(snapshot) = snapshot else { return out.into() };
    let state = &snapshot.state;
    if state.instances().len() == 0 && state.outputs().is_empty() {
        return out.into();
    }
    out.set("terraform_version", snapshot.terraform_version.as_str());
    out.set("values", values_json(state, schemas));
    if let Some(checks) = state.checks() {
        out.set_some("checks", checks_json(checks));
    }
    out.into()
}

/// `values`: outputs, and the tree of modules.
pub(crate) fn values_json(state: &State, schemas: &Schemas) -> Json {
    let mut out = Object::new();
    out.set_some("outputs", outputs_members(state.outputs()));
    let mut tree = ModuleTree::default();
    for (addr, instance) in state.instances() {
        if addr.resource.mode == Mode::Ephemeral {
            continue;
        }
        let schema = schemas.resource(&instance.provider.provider, &addr.resource);
        let current = instance.current.iter().map(|object| (None, object));
        let deposed = instance.deposed.iter().map(|(key, object)| (Some(*key), object));
        for (key, object) in current.chain(deposed) {
            let value = object_value(object, schema.map(|schema| &**schema));
            let mut json = ResourceJson::new(addr, &instance.provider.provider.to_string());
            json.values(object.schema_version, &value);
            let mut depends: Vec<String> =
                object.dependencies.all().iter().map(ToString::to_string).collect();
            depends.sort_unstable();
            json.object.set_some("depends_on", depends);
            json.object.set_some("tainted", object.is_tainted());
            json.object.set_some("deposed_key", key.map(|key| key.to_string()));
            tree.push(&addr.module, json.object);
        }
    }
    out.set("root_module", tree.into_json());
    out.into()
}

fn outputs_members(outputs: &Outputs) -> Object {
    outputs
        .iter()
        .map(|(name, output)| {
            let mut member = Object::new();
            member.set("sensitive", output.sensitive);
            member.set("value", known_json(&output.value).unwrap_or(Json::Null));
            member.set("type", Json::Raw(type_to_json(&output.value.ty()).to_string()));
            (&**name, member.into())
        })
        .collect()
}

/// One entry of `resources`.
pub(crate) struct ResourceJson {
    pub(crate) object: Object,
}

impl ResourceJson {
    /// With its address in all its parts.
    pub(crate) fn new(addr: &ResourceInstance, provider: &str) -> Self {
        let mut object = Object::new();
        object.set("address", addr.to_string());
        object.set("mode", mode_json(addr.resource.mode));
        object.set("type", &*addr.resource.ty);
        object.set("name", &*addr.resource.name);
        if let Some(index) = key_json(&addr.key) {
            object.set("index", index);
        }
        object.set("provider_name", provider);
        Self { object }
    }

    /// With its values, and which of them must not be shown.
    pub(crate) fn values(&mut self, schema_version: u64, value: &Value) {
        self.object.set("schema_version", schema_version);
        self.object.set_some("values", known_json(value));
        self.object.set("sensitive_values", sensitive_json(value));
    }
}

/// `managed`, `data`
pub(crate) const fn mode_json(mode: Mode) -> &'static str {
    match mode {
        Mode::Managed => "managed",
        Mode::Data => "data",
        Mode::Ephemeral => "ephemeral",
    }
}

/// A number or a string; `None` for an instance without a key.
pub(crate) fn key_json(key: &InstanceKey) -> Option<Json> {
    match key {
        InstanceKey::None => None,
        InstanceKey::Int(index) => Some((*index).into()),
        InstanceKey::Str(key) => Some((&**key).into()),
    }
}

/// Resources by module instance, nested as modules are.
pub(crate) struct ModuleTree<T = Object> {
    pub(crate) resources: Vec<T>,
    pub(crate) children: BTreeMap<ModuleInstance, ModuleTree<T>>,
}

impl<T> Default for ModuleTree<T> {
    fn default() -> Self {
        Self { resources: Vec::new(), children: BTreeMap::new() }
    }
}

impl<T> ModuleTree<T> {
    /// Adds a resource of `module`.
    pub(crate) fn push(&mut self, module: &ModuleInstance, resource: T) {
        let mut node = self;
        let steps = module.steps();
        for depth in 1..=steps.len() {
            let at = ModuleInstance::new(steps[..depth].iter().cloned());
            node = node.children.entry(at).or_default();
        }
        node.resources.push(resource);
    }
}

impl ModuleTree {
    /// The `root_module`.
    pub(crate) fn into_json(self) -> Json {
        self.module_json(None).into()
    }

    fn module_json(self, addr: Option<&ModuleInstance>) -> Object {
        let mut out = Object::new();
        out.set_some("resources", self.resources);
        if let Some(addr) = addr {
            out.set("address", addr.to_string());
        }
        // By the text of the address, as Terraform sorts them.
        let mut children: Vec<_> =
            self.children.into_iter().map(|(addr, tree)| (addr.to_string(), addr, tree)).collect();
        children.sort_by(|a, b| a.0.cmp(&b.0));
        let children: Vec<Object> =
            children.into_iter().map(|(_, addr, tree)| tree.module_json(Some(&addr))).collect();
        out.set_some("child_modules", children);
        out
    }
}

/// `checks`: results of conditions.
pub fn checks_json(checks: &[CheckResult]) -> Json {
    let mut out: Vec<(String, Json)> = checks
        .iter()
        .map(|check| {
            let mut object = Object::new();
            object.set("address", check_address(check.kind, &check.config_addr, false));
            object.set("status", check.status.as_str());
            let instances: Vec<Object> =
                check.objects.iter().map(|one| check_object(check, one)).collect();
            object.set_some("instances", instances);
            (check.config_addr.to_string(), object.into())
        })
        .collect();
    out.sort_by(|a, b| a.0.cmp(&b.0));
    Json::Array(out.into_iter().map(|(_, json)| json).collect())
}

fn check_object(check: &CheckResult, one: &groma_state::CheckObject) -> Object {
    let mut object = Object::new();
    object.set("address", check_address(check.kind, &one.object_addr, true));
    object.set("status", one.status.as_str());
    let problems = one.failure_messages.iter().map(|message| {
        let mut problem = Object::new();
        problem.set("message", message.as_str());
        problem
    });
    object.set_some("problems", problems.collect::<Vec<_>>());
    object
}

/// The address of a checkable object in its parts. An instance's has only what its resource's
/// lacks: its display form, its module instance and its key.
fn check_address(kind: CheckableKind, addr: &str, instance: bool) -> Object {
    let mut out = Object::new();
    out.set("to_display", addr);
    let (module, rest) = split_module(addr);
    if instance {
        out.set_some("module", module);
        if let Ok(addr) = groma_addr::parse_resource_instance(addr)
            && kind == CheckableKind::Resource
            && let Some(key) = key_json(&addr.key)
        {
            out.set("instance_key", key);
        }
        return out;
    }
    let kind_name = match kind {
        CheckableKind::Resource => "resource",
        CheckableKind::Output => "output_value",
        CheckableKind::Check => "check",
        CheckableKind::Variable => "var",
    };
    out.set("kind", kind_name);
    out.set_some("module", module);
    if kind == CheckableKind::Resource {
        let (mode, rest) =
            rest.strip_prefix("data.").map_or(("managed", rest), |rest| ("data", rest));
        let (ty, name) = rest.split_once('.').unwrap_or((rest, ""));
        out.set("mode", mode).set("type", ty).set("name", name);
    } else {
        out.set("name", rest.split_once('.').map_or(rest, |(_, name)| name));
    }
    out
}

/// `module.a.module.b` and what follows. Keys may hold any character, so brackets are skipped.
fn split_module(addr: &str) -> (&str, &str) {
    let mut end = 0;
    while let Some(rest) = addr[end..].strip_prefix("module.") {
        let mut quoted = false;
        let mut escaped = false;
        let mut depth = 0;
        let stop = rest.char_indices().find(|(_, c)| {
            match c {
                '\\' if quoted && !escaped => {
                    escaped = true;
                    return false;
                }
                '"' if !escaped => quoted = !quoted,
                '[' if !quoted => depth += 1,
                ']' if !quoted => depth -= 1,
                '.' if !quoted && depth == 0 => return true,
                _ => {}
            }
            escaped = false;
            false
        });
        let Some((stop, _)) = stop else { return (addr, "") };
        end += "module.".len() + stop + 1;
    }
    (addr[..end].trim_end_matches('.'), &addr[end..])
}

/// A value with the mark of a sensitive output.
pub(crate) fn output_value(value: &Value, sensitive: bool) -> Value {
    value.clone().with_marks(if sensitive { Marks::SENSITIVE } else { Marks::NONE })
}

#[cfg(test)]
mod tests {
    use super::split_module;

    #[test]
    fn modules_are_split_off() {
        assert_eq!(split_module("a.b"), ("", "a.b"));
        assert_eq!(split_module("module.x.check.b"), ("module.x", "check.b"));
        assert_eq!(
            split_module("module.x[\"a.\\\"]\"].module.y[0].a.b"),
            ("module.x[\"a.\\\"]\"].module.y[0]", "a.b")
        );
    }
}
