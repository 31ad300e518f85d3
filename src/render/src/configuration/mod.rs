//! The `configuration` of a plan's JSON: what is written, with constants evaluated and everything
//! else as the references that it makes.

mod as_blocks;
mod expressions;
mod providers;

use groma_addr::{Mode, Resource};
use groma_config::{Config, Module, ModuleCall, Output, Repetition, ResourceBlock, Variable};
use groma_lang::syntax::Traversal;

use crate::json::{Json, Object, known_json};
use crate::schemas::Schemas;
use crate::state::mode_json;
use expressions::{body_json, dependency_string, expression_json, just_attributes_json};
use providers::ProviderConfigs;

/// The `configuration` member.
pub fn configuration_json(config: &Config, schemas: &Schemas) -> Json {
    let mut out = Object::new();
    let providers = ProviderConfigs::new(config, schemas);
    out.set_some("provider_config", providers.json());
    if let Some(root) = config.root() {
        out.set("root_module", Writer { config, schemas, providers: &providers }.module(root));
    }
    out.into()
}

struct Writer<'a> {
    config: &'a Config,
    schemas: &'a Schemas,
    providers: &'a ProviderConfigs,
}

impl Writer<'_> {
    fn module(&self, module: &Module) -> Object {
        let mut out = Object::new();
        let outputs: Object = module
            .outputs
            .iter()
            .map(|(name, output)| (&**name, output_json(output).into()))
            .collect();
        out.set_some("outputs", outputs);
        let all = module.resources.values();
        // Ephemeral ones have no place in a plan.
        let mut resources: Vec<&ResourceBlock> =
            all.filter(|block| block.addr.mode != Mode::Ephemeral).collect();
        // Managed ones first, each kind by the text of its address.
        let rank = |mode| mode != Mode::Managed;
        resources.sort_by_cached_key(|block| (rank(block.addr.mode), block.addr.to_string()));
        let resources: Vec<Object> =
            resources.into_iter().map(|block| self.resource(module, block)).collect();
        out.set_some("resources", resources);
        let calls: Object = module
            .calls
            .iter()
            .map(|(name, call)| (&**name, self.call(module, call).into()))
            .collect();
        out.set_some("module_calls", calls);
        let variables: Object = module
            .variables
            .iter()
            .map(|(name, variable)| (&**name, variable_json(variable).into()))
            .collect();
        out.set_some("variables", variables);
        out
    }

    fn resource(&self, module: &Module, block: &ResourceBlock) -> Object {
        let Resource { mode, ty, name } = &block.addr;
        let mut out = Object::new();
        out.set("address", block.addr.to_string()).set("mode", mode_json(*mode));
        out.set("type", &**ty).set("name", &**name);
        out.set("provider_config_key", self.providers.key(module, &block.provider));
        let provisioners: Vec<Object> = block
            .provisioners
            .iter()
            .map(|provisioner| {
                let mut out = Object::new();
                out.set("type", &*provisioner.ty);
                out.set_some("expressions", just_attributes_json(&provisioner.body));
                out
            })
            .collect();
        out.set_some("provisioners", provisioners);
        let schema = self.schemas.resource(&block.source, &block.addr);
        if let Some(schema) = schema {
            out.set_some("expressions", body_json(&block.body, &schema.block));
        }
        out.set("schema_version", schema.map_or(0, |schema| schema.version));
        repetition_json(&mut out, &block.repetition);
        out.set_some("depends_on", depends_on(&block.depends_on));
        out
    }

    fn call(&self, module: &Module, call: &ModuleCall) -> Object {
        let mut out = Object::new();
        out.set("source", call.source.as_str());
        let child = module.children.get(&call.name).and_then(|id| self.config.module(*id));
        let expressions: Object = call
            .arguments
            .iter()
            .filter(|(name, _)| child.is_none_or(|child| child.variables.contains_key(*name)))
            .map(|(name, attribute)| (&**name, expression_json(&attribute.expr).into()))
            .collect();
        out.set_some("expressions", expressions);
        repetition_json(&mut out, &call.repetition);
        out.set("module", child.map_or_else(Object::new, |child| self.module(child)));
        out.set_some("version_constraint", call.version.as_ref().map(|(v, _)| v.to_string()));
        out.set_some("depends_on", depends_on(&call.depends_on));
        out
    }
}

fn repetition_json(out: &mut Object, repetition: &Repetition) {
    match repetition {
        Repetition::Single => {}
        Repetition::Count(expr) => {
            out.set_some("count_expression", expression_json(expr));
        }
        Repetition::ForEach(expr) => {
            out.set_some("for_each_expression", expression_json(expr));
        }
    }
}

fn depends_on(traversals: &[Traversal]) -> Vec<String> {
    traversals.iter().filter_map(dependency_string).collect()
}

fn output_json(output: &Output) -> Object {
    let mut out = Object::new();
    out.set_some("sensitive", output.sensitive);
    out.set("expression", expression_json(&output.expr));
    out.set_some("depends_on", depends_on(&output.depends_on));
    out.set_some("description", output.description.as_deref());
    out
}

fn variable_json(variable: &Variable) -> Object {
    let mut out = Object::new();
    if let Some(default) = variable.default.as_ref().and_then(known_json) {
        out.set("default", default);
    }
    out.set_some("description", variable.description.as_deref());
    out.set_some("sensitive", variable.sensitive);
    out
}
