//! A provider whose answers a test scripts. For tests only: what goes wrong here panics.
//!
//! Left alone it behaves well: it plans what is configured, makes objects, keeps them in a world
//! of its own, and reads them back from there. A test looks at the calls that it got, changes its
//! world behind the engine's back, holds calls at a [`Gate`], and replaces any answer.
//!
//! | Module | Holds |
//! |---|---|
//! | `schema` | types of objects with every kind of attribute and block |
//! | `script` | answers that are replaced, calls that are held |
//! | `answers` | what it answers when left alone |

mod answers;
mod schema;
mod script;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use groma_addr::Provider as ProviderAddr;
use groma_value::Value;

pub use script::Gate;
use script::{Flight, Scripts};

use crate::native::Object;
use crate::{
    Answer, ApplyOutcome, ApplyRequest, Capabilities, ConfigureRequest, DataRequest,
    EphemeralResult, Factory, ImportTarget, Imported, Metadata, MoveRequest, ObjectState,
    PlanRequest, Planned, Private, Provider, ProviderDiagnostics, ProviderSchema, ReadRequest,
    Upgraded,
};

/// The provider, and what makes it: all instances and clones are one.
///
/// Its types are `NAME_thing` (every kind of attribute and block), `NAME_plain` (`name`, `value`,
/// `id`), `NAME_named` (the same, whose objects have their name as identity), the data source `NAME_data` and the ephemeral `NAME_secret`.
#[derive(Clone)]
pub struct Scripted(Arc<Shared>);

struct Shared {
    name: String,
    schema: Arc<ProviderSchema>,
    metadata: Mutex<Metadata>,
    pure: Mutex<bool>,
    world: Mutex<World>,
    calls: Mutex<Vec<String>>,
    scripts: Mutex<Scripts>,
    flight: Mutex<Flight>,
}

/// The objects that there are, and how many of each name there have been.
#[derive(Default)]
struct World {
    objects: BTreeMap<String, Value>,
    made: BTreeMap<String, u32>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Scripted {
    /// The provider that `NAME_…` types belong to without an entry in `required_providers`.
    pub fn new(name: &str) -> Self {
        let capabilities = Capabilities { plan_destroy: true, ..Capabilities::default() };
        let source = ProviderAddr::implied(name);
        let metadata = Metadata { source, version: "1.0.0".to_owned(), capabilities };
        Self(Arc::new(Shared {
            name: name.to_owned(),
            schema: Arc::new(schema::things(name)),
            metadata: Mutex::new(metadata),
            pure: Mutex::default(),
            world: Mutex::default(),
            calls: Mutex::default(),
            scripts: Mutex::default(),
            flight: Mutex::default(),
        }))
    }

    /// What it says of itself from now on.
    pub fn describe(&self, change: impl FnOnce(&mut Metadata)) {
        change(&mut lock(&self.0.metadata));
    }

    /// Its types have no effect outside.
    pub fn be_pure(&self) {
        *lock(&self.0.pure) = true;
    }

    /// The calls since this was last asked for, in the order in which they came:
    ///
    /// `configure REGION`, `plan create NAME`, `plan update ID`, `plan delete ID`, `create NAME`,
    /// `update ID`, `delete ID`, `read ID`, `upgrade VERSION ID`, `upgrade identity VERSION NAME`,
    /// `import ID`, `move ID`,
    /// `data NAME`, `open NAME`, `renew NAME`, `close NAME`, `stop`.
    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.0.calls))
    }

    /// The same, those only that begin with one of `kinds`.
    pub fn calls_of(&self, kinds: &[&str]) -> Vec<String> {
        let mut calls = self.calls();
        calls.retain(|call| kinds.iter().any(|kind| call.starts_with(kind)));
        calls
    }

    /// Changes an attribute of an object in the world.
    pub fn change(&self, id: &str, attribute: &str, value: Value) {
        let mut world = lock(&self.0.world);
        let object = world.objects.get_mut(id).expect("the object is there");
        let mut changed = Object::new(object);
        changed.set(attribute, value);
        *object = changed.into_value();
    }

    /// An object of the world.
    pub fn object(&self, id: &str) -> Value {
        lock(&self.0.world).objects.get(id).expect("the object is there").clone()
    }

    /// Takes an object out of the world.
    pub fn vanish(&self, id: &str) {
        lock(&self.0.world).objects.remove(id).expect("the object is there");
    }

    /// The ids of all objects in the world.
    pub fn ids(&self) -> Vec<String> {
        lock(&self.0.world).objects.keys().cloned().collect()
    }

    fn note(&self, call: &str) {
        lock(&self.0.calls).push(call.to_owned());
    }
}

impl Factory for Scripted {
    fn metadata(&self) -> Metadata {
        lock(&self.0.metadata).clone()
    }

    fn instantiate(&self) -> Arc<dyn Provider> {
        Arc::new(self.clone())
    }
}

/// What a call is about: its name in the log.
fn name_of(value: &Value) -> String {
    let object = Object::new(value);
    let text = |name: &str| object.str(name).map(str::to_owned);
    text("id").or_else(|| text("name")).unwrap_or_else(|| "?".to_owned())
}

#[async_trait]
impl Provider for Scripted {
    async fn schema(&self) -> Result<Arc<ProviderSchema>, ProviderDiagnostics> {
        Ok(Arc::clone(&self.0.schema))
    }

    async fn validate_resource(&self, _: &str, config: &Value) -> ProviderDiagnostics {
        let name = Object::new(config).str("name").unwrap_or("?").to_owned();
        self.answered(|s| &s.validate, &name, config, Vec::new())
    }

    async fn configure(&self, request: ConfigureRequest) -> ProviderDiagnostics {
        let region = Object::new(&request.config).str("region").unwrap_or("?").to_owned();
        let call = format!("configure {region}");
        self.enter(&call).await;
        self.answered(|s| &s.configure, &call, &request.config, Vec::new())
    }

    fn is_pure(&self, _: &str) -> bool {
        *lock(&self.0.pure)
    }

    async fn upgrade(&self, ty: &str, version: u64, json: &[u8]) -> Answer<Upgraded> {
        let answer = self.upgraded(ty, version, json);
        let call = format!("upgrade {version} {}", name_of(&answer.value));
        self.enter(&call).await;
        self.answered(|s| &s.upgrade, &call, &version, Ok(answer.into()))
    }

    async fn upgrade_identity(&self, ty: &str, version: u64, json: &[u8]) -> Answer<Value> {
        let answer = self.upgraded_identity(ty, version, json);
        self.enter(&format!("upgrade identity {version} {}", name_of(&answer))).await;
        Ok(answer.into())
    }

    async fn read(&self, request: ReadRequest) -> Answer<ObjectState> {
        let call = format!("read {}", name_of(&request.prior.value));
        self.enter(&call).await;
        let answer = self.found(&request);
        self.answered(|s| &s.read, &call, &request, Ok(answer.into()))
    }

    async fn plan(&self, request: PlanRequest) -> Planned {
        let call = match (request.prior.is_null(), request.config.is_null()) {
            (_, true) => format!("plan delete {}", name_of(&request.prior)),
            (true, false) => format!("plan create {}", name_of(&request.config)),
            (false, false) => format!("plan update {}", name_of(&request.prior)),
        };
        self.enter(&call).await;
        let answer = self.planned(&request);
        self.answered(|s| &s.plan, &call, &request, answer)
    }

    async fn apply(&self, request: ApplyRequest) -> ApplyOutcome {
        let call = match (request.prior.is_null(), request.planned.is_null()) {
            (_, true) => format!("delete {}", name_of(&request.prior)),
            (true, false) => format!("create {}", name_of(&request.planned)),
            (false, false) => format!("update {}", name_of(&request.prior)),
        };
        let _flying = self.take_off();
        self.enter(&call).await;
        let answer = self.applied(&request);
        self.answered(|s| &s.apply, &call, &request, answer)
    }

    async fn import(&self, ty: &str, target: &ImportTarget) -> Answer<Vec<Imported>> {
        let id = match target {
            ImportTarget::Id(id) => id.clone(),
            ImportTarget::Identity(identity) => self.id_of(&name_of(identity)),
        };
        let call = format!("import {id}");
        self.enter(&call).await;
        let answer = self.imported(ty, &id);
        self.answered(|s| &s.import, &call, &*id, Ok(answer.into()))
    }

    async fn move_state(&self, request: MoveRequest) -> Answer<ObjectState> {
        let answer = self.moved(&request);
        let call = format!("move {}", name_of(&answer.value));
        self.enter(&call).await;
        self.answered(|s| &s.moved, &call, &request, Ok(answer.into()))
    }

    async fn read_data(&self, request: DataRequest) -> Answer<Value> {
        let config = &request.config;
        let call = format!("data {}", Object::new(config).str("name").unwrap_or("?"));
        self.enter(&call).await;
        let answer = Self::data(config);
        self.answered(|s| &s.data, &call, config, Ok(answer.into()))
    }

    async fn open(&self, _: &str, config: &Value) -> Answer<EphemeralResult> {
        let call = format!("open {}", Object::new(config).str("name").unwrap_or("?"));
        self.enter(&call).await;
        let answer = Self::opened(config);
        self.answered(|s| &s.open, &call, config, Ok(answer.into()))
    }

    async fn renew(&self, _: &str, private: Private) -> Answer<EphemeralResult> {
        let call = format!("renew {}", String::from_utf8_lossy(&private));
        self.enter(&call).await;
        let value = Value::dynamic();
        let answer = EphemeralResult { value, private: Arc::clone(&private), renew_at: None };
        self.answered(|s| &s.renew, &call, &private, Ok(answer.into()))
    }

    async fn close(&self, _: &str, private: Private) -> ProviderDiagnostics {
        let call = format!("close {}", String::from_utf8_lossy(&private));
        self.enter(&call).await;
        self.answered(|s| &s.close, &call, &private, Vec::new())
    }

    async fn stop(&self) {
        self.enter("stop").await;
    }
}
