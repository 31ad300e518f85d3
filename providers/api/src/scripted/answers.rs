//! What the scripted provider answers when left alone.
//!
//! An object's private data is a trace: `p` for each time that it was planned, `a` for each time
//! that it was applied.

use std::sync::Arc;

use groma_value::{Path, PathStep, Type, Value};

use super::{Scripted, lock};
use crate::native::Object;
use crate::{
    ApplyOutcome, ApplyRequest, Block, EphemeralResult, Imported, MoveRequest, ObjectState,
    PlanRequest, Planned, Private, ReadRequest, Upgraded,
};

fn traced(private: &Private, step: u8) -> Private {
    private.iter().copied().chain([step]).collect()
}

impl Scripted {
    fn block(&self, ty: &str) -> &Block {
        &self.0.schema.resources[ty].block
    }

    /// What is configured, with what only the effect will tell unknown.
    pub(super) fn planned(&self, request: &PlanRequest) -> Planned {
        let private = Some(traced(&request.private, b'p'));
        let identity = self.identity(&request.ty, &request.proposed);
        if request.config.is_null() {
            return Planned { value: Some(request.config.clone()), private, ..Planned::default() };
        }
        let block = self.block(&request.ty);
        let proposed = block.strip_write_only(&request.proposed);
        let changed = !request.prior.is_null() && !request.prior.raw_equals(&proposed);
        let mut planned = Object::new(&proposed);
        let config = Object::new(&request.config);
        for (name, attribute) in &block.attributes {
            let made = attribute.computed && config.is_null(name);
            let anew = request.prior.is_null() || (changed && **name == *"made");
            if made && anew {
                planned.set(name, Value::unknown(attribute.ty.clone()));
            }
        }
        let value = planned.into_value();
        let value = Self::nested_unknown(request, value);
        let kind = Path::new().attr("kind");
        let replaces = !request.prior.is_null()
            && request
                .prior
                .at_path(&kind)
                .zip(value.at_path(&kind))
                .is_some_and(|(was, is)| was.equals(is).as_bool() != Some(true));
        let requires_replace = if replaces { vec![kind] } else { Vec::new() };
        Planned { value: Some(value), requires_replace, private, identity, ..Planned::default() }
    }

    /// `settings.out` is told by the effect where there are settings.
    fn nested_unknown(request: &PlanRequest, value: Value) -> Value {
        let out = Path::new().attr("settings").attr("out");
        let known = |value: &Value| value.at_path(&out).is_some_and(|out| !out.is_null());
        if value.at_path(&out).is_none() || known(&request.prior) {
            return value;
        }
        let mut object = Object::new(&value);
        let mut settings = Object::new(&object.get("settings"));
        settings.set("out", Value::unknown(Type::String));
        object.set("settings", settings.into_value());
        object.into_value()
    }

    /// Makes the change in the world.
    pub(super) fn applied(&self, request: &ApplyRequest) -> ApplyOutcome {
        let mut world = lock(&self.0.world);
        let private = traced(&request.private, b'a');
        let done = |value: Value| ApplyOutcome::Done {
            state: ObjectState {
                identity: self.identity(&request.ty, &value),
                ..ObjectState::new(value, Arc::clone(&private))
            },
            diagnostics: Vec::new(),
            legacy_type_system: false,
        };
        let old = Object::new(&request.prior).str("id").map(str::to_owned);
        if request.planned.is_null() {
            old.and_then(|id| world.objects.remove(&id));
            return done(request.planned.clone());
        }
        let planned = Object::new(&request.planned);
        let id = old.unwrap_or_else(|| {
            let name = planned.str("name").expect("a name").to_owned();
            let made = world.made.entry(name.clone()).or_default();
            *made += 1;
            format!("{name}-{made}")
        });
        let value = request
            .planned
            .transform(|path, part| if part.is_known() { part } else { told(&planned, &id, path) });
        world.objects.insert(id, value.clone());
        done(value)
    }

    /// The object as the world has it.
    pub(super) fn found(&self, request: &ReadRequest) -> ObjectState {
        let id = Object::new(&request.prior.value).str("id").unwrap_or_default().to_owned();
        let found = lock(&self.0.world).objects.get(&id).cloned();
        let gone = || Value::null(self.block(&request.ty).implied_type());
        let private = Arc::clone(&request.prior.private);
        let value = found.unwrap_or_else(gone);
        ObjectState {
            identity: self.identity(&request.ty, &value),
            ..ObjectState::new(value, private)
        }
    }

    /// What names an object: its name, if its type is one with names.
    fn identity(&self, ty: &str, value: &Value) -> Option<Value> {
        let ty = self.0.schema.identities.get(ty)?.ty();
        let mut identity = Object::new(&Value::null(ty));
        identity.set("name", Object::new(value).get("name"));
        (!value.is_null()).then(|| identity.into_value())
    }

    /// A stored identity; version 0 had its `name` as `called`.
    pub(super) fn upgraded_identity(&self, ty: &str, version: u64, json: &[u8]) -> Value {
        let stored: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(json).expect("stored identities are JSON");
        let name = stored.get(if version == 0 { "called" } else { "name" });
        let mut identity = Object::new(&Value::null(self.0.schema.identities[ty].ty()));
        identity.set("name", Value::from(name.and_then(|name| name.as_str()).expect("a name")));
        identity.into_value()
    }

    /// The id of the object of that name.
    pub(super) fn id_of(&self, name: &str) -> String {
        let world = lock(&self.0.world);
        let mut objects = world.objects.iter();
        let found = objects.find(|(_, value)| Object::new(value).str("name") == Some(name));
        found.map_or_else(|| "?".to_owned(), |(id, _)| id.clone())
    }

    /// Stored attributes as an object; version 0 of a thing had its `value` as `old_value`.
    pub(super) fn upgraded(&self, ty: &str, version: u64, json: &[u8]) -> Upgraded {
        let mut stored: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(json).expect("stored attributes are JSON");
        if let Some(value) = stored.remove("old_value").filter(|_| version == 0) {
            stored.insert("value".to_owned(), value);
        }
        Upgraded { value: fitted(self.block(ty), &stored) }
    }

    /// An object of the world by its id, with nothing more than that known of it.
    pub(super) fn imported(&self, ty: &str, id: &str) -> Vec<Imported> {
        let mut object = Object::new(&fitted(self.block(ty), &serde_json::Map::new()));
        object.set("id", Value::from(id));
        let state = ObjectState::new(object.into_value(), Arc::from(*b"i"));
        vec![Imported { ty: ty.into(), state }]
    }

    /// What both types have.
    pub(super) fn moved(&self, request: &MoveRequest) -> ObjectState {
        let stored: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(&request.source_state).expect("stored attributes are JSON");
        let value = fitted(self.block(&request.target_type), &stored);
        ObjectState::new(value, traced(&request.source_private, b'm'))
    }

    pub(super) fn data(config: &Value) -> Value {
        let mut object = Object::new(config);
        let name = object.str("name").unwrap_or_default().to_owned();
        object.set("value", Value::string(format!("data of {name}")));
        object.into_value()
    }

    pub(super) fn opened(config: &Value) -> EphemeralResult {
        let mut object = Object::new(config);
        let name = object.str("name").unwrap_or_default().to_owned();
        object.set("value", Value::string(format!("secret of {name}")));
        let private = Arc::from(name.as_bytes());
        EphemeralResult { value: object.into_value(), private, renew_at: None }
    }

    /// The provider's name, which its types begin with.
    pub fn name(&self) -> &str {
        &self.0.name
    }
}

/// What an effect tells of an attribute.
fn told(planned: &Object, id: &str, path: &Path) -> Value {
    match path.0.last() {
        Some(PathStep::Attr(name)) if name.as_str() == "id" => Value::from(id),
        Some(PathStep::Attr(name)) if name.as_str() == "made" => {
            Value::string(format!("made of {}", planned.str("value").unwrap_or("nothing")))
        }
        _ => Value::string(format!("told{path}")),
    }
}

/// The attributes that a schema has, null where there are none.
fn fitted(block: &Block, stored: &serde_json::Map<String, serde_json::Value>) -> Value {
    let mut object = Object::new(&block.empty_value());
    for (name, attribute) in &block.attributes {
        if let Some(json) = stored.get(&**name) {
            let json = serde_json::to_vec(json).expect("JSON is written");
            let value = groma_value::from_json(&json, &attribute.ty).expect("it fits the schema");
            object.set(name, value);
        }
    }
    for (name, nested) in &block.blocks {
        if let Some(json) = stored.get(&**name) {
            let json = serde_json::to_vec(json).expect("JSON is written");
            let value = groma_value::from_json(&json, &nested.implied_type());
            object.set(name, value.expect("it fits the schema"));
        }
    }
    object.into_value()
}
