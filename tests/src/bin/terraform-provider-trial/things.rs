//! What the provider has: things, which are files of a directory, and one each of all else.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use groma_provider_api::native::{
    CallResult, DataSource, EphemeralType, Function, Native, Object, ResourceType, Rules,
    SystemRandomness, uuid,
};
use groma_provider_api::{
    ApplyRequest, Attribute, AttributeDiagnostic, Capabilities, EphemeralResult, FunctionParameter,
    FunctionSignature, MoveRequest, ObjectState, PlanRequest, Planned, Private,
    ProviderDiagnostics, Schema,
};
use groma_provider_plugin::serve::Service;
use groma_value::{Type, Value};
use serde_json::{Value as Json, json};

/// The provider, with its objects in `store`.
pub fn service(store: PathBuf) -> Service {
    let things = Native::new()
        .resource(Thing { store, schema: schema() })
        .data(Lookup)
        .ephemeral(Token)
        .function(Hello);
    Service::new(Arc::new(things), Capabilities::default())
}

fn schema() -> Schema {
    Schema::of(
        "A file in the store.",
        [
            ("id", Attribute::new(Type::String).computed()),
            ("name", Attribute::new(Type::String).required()),
            ("size", Attribute::new(Type::Number).optional()),
        ],
    )
}

fn failed(what: &str, error: &impl ToString) -> ProviderDiagnostics {
    vec![AttributeDiagnostic::error(what, error.to_string())]
}

struct Thing {
    store: PathBuf,
    schema: Schema,
}

impl Thing {
    fn write(&self, object: &Object) -> Result<(), ProviderDiagnostics> {
        let content = json!({"name": object.str("name"), "size": object.int("size")});
        let path = self.store.join(object.str("id").unwrap_or_default());
        fs::write(path, content.to_string()).map_err(|error| failed("Not written", &error))
    }

    /// The object of that id, null if there is none.
    fn find(&self, id: &str) -> Result<Value, ProviderDiagnostics> {
        let Ok(content) = fs::read(self.store.join(id)) else {
            return Ok(Value::null(self.schema.block.implied_type()));
        };
        let content: Json =
            serde_json::from_slice(&content).map_err(|error| failed("Not readable", &error))?;
        let size = content["size"].as_i64().map_or(Value::null(Type::Number), Value::from);
        let name = Value::from(content["name"].as_str().unwrap_or_default());
        Ok(Value::object_of([("id", Value::from(id)), ("name", name), ("size", size)]))
    }
}

#[async_trait]
impl ResourceType for Thing {
    fn name(&self) -> &'static str {
        "trial_thing"
    }

    fn schema(&self) -> Schema {
        self.schema.clone()
    }

    fn plan(&self, request: PlanRequest) -> Planned {
        Rules::new().keep(&["id"]).replace(&["name"]).plan(&self.schema.block, &request)
    }

    async fn read(&self, prior: ObjectState) -> Result<ObjectState, ProviderDiagnostics> {
        let value = self.find(Object::new(&prior.value).str("id").unwrap_or_default())?;
        Ok(ObjectState { value, ..prior })
    }

    async fn create(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        let mut object = Object::new(&request.planned);
        let name = object.str("name").unwrap_or_default();
        // Two of one name are two objects.
        let id = format!("{name}-{}", uuid(&SystemRandomness)?);
        object.set("id", Value::string(id));
        self.write(&object)?;
        Ok(object.into_value())
    }

    async fn update(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        self.write(&Object::new(&request.planned))?;
        Ok(request.planned)
    }

    async fn delete(&self, request: ApplyRequest) -> Result<(), ProviderDiagnostics> {
        let object = Object::new(&request.prior);
        let path = self.store.join(object.str("id").unwrap_or_default());
        fs::remove_file(path).map_err(|error| failed("Not removed", &error))
    }

    async fn import(&self, id: &str) -> Result<Value, ProviderDiagnostics> {
        self.find(id)
    }

    async fn move_state(&self, _request: MoveRequest) -> Result<ObjectState, ProviderDiagnostics> {
        Ok(ObjectState::new(self.find("moved")?, Private::default()))
    }
}

struct Lookup;

#[async_trait]
impl DataSource for Lookup {
    fn name(&self) -> &'static str {
        "trial_thing"
    }

    fn schema(&self) -> Schema {
        schema()
    }

    async fn read(&self, config: &Value) -> Result<Value, ProviderDiagnostics> {
        let mut object = Object::new(config);
        object.set("id", object.get("name"));
        Ok(object.into_value())
    }
}

struct Token;

#[async_trait]
impl EphemeralType for Token {
    fn name(&self) -> &'static str {
        "trial_thing"
    }

    fn schema(&self) -> Schema {
        schema()
    }

    async fn open(&self, config: &Value) -> Result<EphemeralResult, ProviderDiagnostics> {
        let mut object = Object::new(config);
        object.set("id", object.get("name"));
        let value = object.into_value();
        // To be renewed at once.
        let renew_at = Some(SystemTime::now());
        Ok(EphemeralResult { value, private: Private::default(), renew_at })
    }
}

struct Hello;

impl Function for Hello {
    fn name(&self) -> &'static str {
        "hello"
    }

    fn signature(&self) -> FunctionSignature {
        let name = FunctionParameter {
            name: "name".to_owned(),
            ty: Type::String,
            allow_null: false,
            allow_unknown: false,
            description: String::new(),
        };
        FunctionSignature {
            summary: "Greets.".to_owned(),
            description: String::new(),
            parameters: vec![name],
            variadic: None,
            return_type: Type::String,
            deprecation: None,
        }
    }

    fn call(&self, args: &[Value]) -> CallResult {
        let name = args.first().and_then(Value::as_str).map_or("", |name| name.as_str());
        Ok(Value::string(format!("Hello, {name}!")))
    }
}
