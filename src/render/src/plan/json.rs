//! `show -json` of a plan: Terraform's format 1.2.

use groma_engine::{
    Action, Importing, InstanceChange, OutputChange, Plan, PlannedVariable, RelevantAttribute,
    RelevantResource,
};
use groma_state::{Change, CheckResult, Snapshot, State};
use groma_value::{Path, PathStep, Value};

use crate::json::{Json, Object, known_json, sensitive_json, unknown_json};
use crate::schemas::Schemas;
use crate::state::{ModuleTree, ResourceJson, checks_json, key_json, mode_json, state_json};

/// The document. `configuration` is the part that describes the configuration.
pub fn plan_json(plan: &Plan, configuration: Json, schemas: &Schemas) -> Json {
    let mut out = Object::new();
    out.set("format_version", "1.2").set("terraform_version", "1.11.4");
    out.set_some("variables", variables(&plan.variables));
    out.set("planned_values", planned_values(plan));
    let drift = plan.drift.iter().map(change_json).collect::<Vec<_>>();
    out.set_some("resource_drift", drift);
    let changes = plan.told().map(change_json).collect::<Vec<_>>();
    out.set_some("resource_changes", changes);
    out.set_some("output_changes", output_changes(&plan.outputs));
    let prior = refreshed(plan);
    if prior.instances().next().is_some() || !prior.outputs().is_empty() {
        let snapshot = Snapshot {
            lineage: plan.prior.lineage.clone(),
            serial: plan.prior.serial,
            terraform_version: "1.11.4".to_owned(),
            state: prior,
        };
        out.set("prior_state", state_json(Some(&snapshot), schemas));
    }
    out.set("configuration", configuration);
    out.set_some("relevant_attributes", relevant(&plan.relevant_attributes));
    out.set_some("checks", checks(&plan.checks));
    out.set("timestamp", timestamp(plan.timestamp));
    out.set("applyable", plan.applyable).set("complete", plan.complete);
    out.set("errored", plan.errored);
    out.into()
}

/// The state after the refresh. Results of conditions are told of the plan alone.
fn refreshed(plan: &Plan) -> State {
    let mut state = plan.prior.state.clone();
    state.apply(Change::Checks(None));
    state
}

fn checks(checks: &[CheckResult]) -> Json {
    checks_json(checks)
}

/// RFC 3339 in UTC, in whole seconds.
fn timestamp(at: std::time::SystemTime) -> String {
    jiff::Timestamp::try_from(at)
        .map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        .unwrap_or_default()
}

fn variables(variables: &[PlannedVariable]) -> Object {
    variables
        .iter()
        .filter_map(|variable| {
            let mut member = Object::new();
            member.set("value", known_json(variable.shown()?)?);
            Some((&*variable.name, Json::from(member)))
        })
        .collect()
}

fn planned_values(plan: &Plan) -> Json {
    let mut out = Object::new();
    let outputs: Object = plan
        .outputs
        .iter()
        .filter(|output| output.action != Action::Delete)
        .map(|output| {
            let mut member = Object::new();
            member.set("sensitive", output.sensitive);
            if output.after.is_wholly_known() {
                let ty = groma_value::type_to_json(&output.after.ty()).to_string();
                member.set("type", Json::Raw(ty));
                member.set("value", known_json(&output.after).unwrap_or(Json::Null));
            }
            (&*output.name, Json::from(member))
        })
        .collect();
    out.set_some("outputs", outputs);
    let mut tree = ModuleTree::default();
    // What is only forgotten is told of, though it has no values.
    let planned =
        |change: &&InstanceChange| change.deposed.is_none() && change.action != Action::Delete;
    let mut changes: Vec<&InstanceChange> = plan.changes.iter().filter(planned).collect();
    // By the text of the address, as Terraform sorts them: `[10]` is before `[1]`.
    changes.sort_by_cached_key(|change| change.addr.to_string());
    for change in changes {
        let provider = change.provider.provider.to_string();
        let mut json = ResourceJson::new(&change.addr, &provider);
        json.values(change.object.schema_version, &change.after);
        tree.push(&change.addr.module, json.object);
    }
    out.set("root_module", tree.into_json());
    out.into()
}

fn change_json(change: &InstanceChange) -> Object {
    let mut out = Object::new();
    out.set("address", change.addr.to_string());
    if change.is_moved() {
        out.set("previous_address", change.prev_run_addr.to_string());
    }
    out.set_some("module_address", change.addr.module.to_string());
    out.set("mode", mode_json(change.addr.resource.mode));
    out.set("type", &*change.addr.resource.ty).set("name", &*change.addr.resource.name);
    if let Some(index) = key_json(&change.addr.key) {
        out.set("index", index);
    }
    out.set("provider_name", change.provider.provider.to_string());
    out.set_some("deposed", change.deposed.map(|key| key.to_string()));
    out.set("change", before_after(change));
    out.set_some("action_reason", change.reason.json());
    out
}

fn before_after(change: &InstanceChange) -> Object {
    let mut out = sides(change.action, &change.before, &change.after);
    if change.action.is_replace() && !change.required_replace.is_empty() {
        let mut paths: Vec<Json> = change.required_replace.iter().map(path_json).collect();
        paths.sort_by_key(ToString::to_string);
        out.set("replace_paths", paths);
    }
    if let Some(import) = &change.importing {
        out.set("importing", importing_json(import));
    }
    out.set_some("generated_config", change.generated_config.as_deref());
    out
}

fn sides(action: Action, before: &Value, after: &Value) -> Object {
    let mut out = Object::new();
    out.set("actions", action.json().to_vec());
    out.set("before", known_json(before).unwrap_or(Json::Null));
    if let Some(after) = known_json(after) {
        out.set("after", after);
    }
    // Told part by part only where there is one.
    let all_known = after.is_wholly_known();
    out.set("after_unknown", if all_known { Object::new().into() } else { unknown_json(after) });
    out.set("before_sensitive", sensitive_json(before));
    out.set("after_sensitive", sensitive_json(after));
    out
}

fn output_changes(outputs: &[OutputChange]) -> Object {
    outputs
        .iter()
        .map(|output| {
            let mut member = Object::new();
            member.set("actions", output.action.json().to_vec());
            member.set("before", known_json(&output.before).unwrap_or(Json::Null));
            // An output is shown whole or not at all.
            let known = output.after.is_wholly_known();
            if known {
                member.set("after", known_json(&output.after).unwrap_or(Json::Null));
                member.set("after_unknown", false);
            } else {
                if let Some(after) = known_json(&output.after) {
                    member.set("after", after);
                }
                member.set("after_unknown", unknown_json(&output.after));
            }
            member.set("before_sensitive", output.sensitive);
            member.set("after_sensitive", output.sensitive);
            (&*output.name, Json::from(member))
        })
        .collect()
}

fn relevant(attributes: &[RelevantAttribute]) -> Vec<Object> {
    attributes
        .iter()
        .map(|relevant| {
            let mut out = Object::new();
            let resource = match &relevant.resource {
                RelevantResource::Resource(resource) => resource.to_string(),
                RelevantResource::Instance(instance) => instance.to_string(),
            };
            out.set("resource", resource).set("attribute", path_json(&relevant.attribute));
            out
        })
        .collect()
}

/// A path as an array of names and indexes.
fn path_json(path: &Path) -> Json {
    let steps = path.0.iter().map(|step| match step {
        PathStep::Attr(name) => Json::Text(name.to_string()),
        PathStep::Key(key) => Json::Text(key.to_string()),
        PathStep::Index(index) => Json::Raw(index.to_string()),
        PathStep::Element(_) => Json::Object(Object::new()),
    });
    Json::Array(steps.collect())
}

/// What an object is imported by.
pub(crate) fn importing_json(import: &Importing) -> Object {
    let mut out = Object::new();
    match &import.identity {
        None => out.set("id", import.id.as_str()),
        Some(identity) => out.set_some("identity", known_json(identity)),
    };
    out
}
