//! What every store must do, as a suite of tests that each store runs.

mod content;
mod intents;
mod locks;
mod runs;
mod workspaces;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use groma_addr::{AbsResource, Provider, ProviderConfig, ResourceInstance, Target, parse_target};

pub use content::*;
pub use intents::*;
pub use locks::*;
pub use runs::*;
pub use workspaces::*;

use crate::{
    Change, Closed, Intent, IntentAction, LockInfo, Object, Run, RunMeta, State, StateKey,
    StateStore, Stored,
};

/// A place to keep states in, empty at first, that can be opened again and again.
pub trait Fixture {
    /// Opens it as another process would. What an earlier one made durable is there.
    fn open(&self) -> Arc<dyn StateStore>;
}

/// Makes a test of each function of the suite. Takes an expression that gives a new
/// [`Fixture`].
#[macro_export]
macro_rules! conformance_tests {
    ($fixture:expr) => {
        $crate::conformance_tests!(@ $fixture;
            a_state_never_written_is_none,
            changes_make_a_version,
            no_change_makes_no_version,
            what_goes_is_gone,
            every_part_of_an_object_is_kept,
            outputs_and_checks_are_kept,
            unchanged_outputs_make_no_version,
            old_versions_stay,
            versions_say_who_and_what,
            states_are_apart,
            a_dead_run_leaves_its_version_open,
            only_one_run_at_a_time,
            many_tasks_write_at_once,
            finishing_stores_the_result,
            intents_of_a_dead_run_dangle,
            a_finished_intent_is_no_more,
            a_run_in_progress_has_no_dangling_intents,
            a_lock_is_exclusive,
            a_lock_is_released_by_its_id,
            a_lost_lock_stops_the_run,
            workspaces_come_and_go,
            replacing_makes_one_version,
            replacing_refuses_what_would_lose_something,
            the_secret_stays,
        );
    };
    (@ $fixture:expr; $($name:ident,)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                $crate::conformance::$name(&$fixture).await;
            }
        )*
    };
}

fn key() -> StateKey {
    StateKey::new("infra/net", "default")
}

fn meta(command: &str) -> RunMeta {
    RunMeta {
        command: command.to_owned(),
        actor: "ada".to_owned(),
        commit: Some("c0ffee".to_owned()),
        started: SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_123),
        terraform_version: "1.11.4".to_owned(),
    }
}

fn lock_info(operation: &str) -> LockInfo {
    LockInfo::new(operation, "ada", "host.invalid", "1.11.4")
}

fn addr(text: &str) -> ResourceInstance {
    match parse_target(text).expect("an address") {
        Target::Instance(instance) => instance,
        Target::Resource(AbsResource { module, resource }) => {
            resource.absolute(module).instance(groma_addr::InstanceKey::None)
        }
        Target::Module(_) => panic!("{text} is a module"),
    }
}

fn provider() -> Arc<ProviderConfig> {
    Arc::new("provider[\"terraform.io/builtin/terraform\"]".parse().expect("a provider"))
}

fn other_provider() -> Arc<ProviderConfig> {
    Arc::new(ProviderConfig {
        module: groma_addr::Module::root().child("m"),
        provider: Provider::implied("null"),
        alias: Some("x".into()),
    })
}

fn object(json: &str) -> Object {
    Object::new(0, json.as_bytes())
}

/// Sets the current object of an instance.
fn set(address: &str, json: &str) -> Change {
    Change::Object {
        addr: addr(address),
        deposed: None,
        provider: provider(),
        object: Some(object(json)),
    }
}

/// Takes the current object of an instance away.
fn unset(address: &str) -> Change {
    Change::Object { addr: addr(address), deposed: None, provider: provider(), object: None }
}

fn intent(address: &str) -> Intent {
    Intent {
        addr: addr(address),
        deposed: None,
        provider: provider(),
        action: IntentAction::Create,
        planned: Some(Arc::from(*b"{\"a\":1}")),
        token: "token-1".into(),
    }
}

/// Runs once: begins, records, closes.
async fn run(store: &dyn StateStore, changes: Vec<Change>) -> Closed {
    let run = begin(store, "apply").await;
    run.record(changes).await.expect("record");
    run.close().await.expect("close")
}

async fn begin(store: &dyn StateStore, command: &str) -> Box<dyn Run> {
    store.begin_run(&key(), None, meta(command)).await.expect("begin")
}

async fn read(store: &dyn StateStore) -> Stored {
    store.read(&key()).await.expect("read").expect("a state")
}

/// The state's instances with their attributes, one a line.
fn show(state: &State) -> String {
    let mut out = String::new();
    for (addr, instance) in state.instances() {
        let current = instance.current.iter().map(|object| (None, object));
        let deposed = instance.deposed.iter().map(|(key, object)| (Some(*key), object));
        for (key, object) in current.chain(deposed) {
            let key = key.map_or_else(String::new, |key| format!(" deposed {key}"));
            let json = String::from_utf8_lossy(object.json().expect("json")).into_owned();
            out.extend([&addr.to_string(), &*key, " ", &json, "\n"]);
        }
    }
    out
}
