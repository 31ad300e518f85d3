//! Writes to a store until it is killed, or measures it.
//!
//! `churn write FILE` makes an intent and finishes it, one object after another, in several tasks
//! at once, and prints the number of each object once it is durable. The crash test kills it.
//!
//! `churn measure FILE COUNT` prints how fast `COUNT` objects are written and read; `churn read
//! FILE` reads alone.

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use groma_addr::{AbsResource, InstanceKey, Mode, ModuleInstance, ProviderConfig, Resource};
use groma_state::{
    Change, Intent, IntentAction, LockInfo, Object, Run, RunMeta, StateError, StateKey, StateStore,
};
use groma_state_sqlite::SqliteStore;
use tokio::task::JoinSet;

fn resource() -> AbsResource {
    Resource::new(Mode::Managed, "t", "a").absolute(ModuleInstance::root())
}

fn provider() -> Arc<ProviderConfig> {
    let provider = groma_addr::Provider::built_in("terraform");
    let module = groma_addr::Module::root();
    Arc::new(ProviderConfig { module, provider, alias: None })
}

fn intent(number: u64) -> Intent {
    Intent {
        addr: resource().instance(InstanceKey::Int(number)),
        deposed: None,
        provider: provider(),
        action: IntentAction::Create,
        planned: None,
        token: format!("token-{number}").into(),
    }
}

fn change(number: u64, padding: &str) -> Change {
    let object = Object {
        dependencies: [resource().config()].into_iter().collect(),
        ..Object::new(0, format!("{{\"id\":\"{number}\",\"text\":\"{padding}\"}}").into_bytes())
    };
    let addr = resource().instance(InstanceKey::Int(number));
    Change::Object { addr, deposed: None, provider: provider(), object: Some(object) }
}

fn key() -> StateKey {
    StateKey::new("", "default")
}

async fn begin(store: &SqliteStore) -> Result<Arc<dyn Run>, StateError> {
    let info = LockInfo::new("apply", "ada", "host", "1.11.4");
    let lock = store.lock(&key(), info).await?;
    let meta = RunMeta {
        command: "apply".to_owned(),
        actor: "ada".to_owned(),
        commit: None,
        started: SystemTime::now(),
        terraform_version: "1.11.4".to_owned(),
    };
    Ok(Arc::from(store.begin_run(&key(), Some(&lock), meta).await?))
}

/// Objects `from`, `from + step`, … for ever.
async fn write(run: Arc<dyn Run>, from: u64, step: usize) -> Result<(), StateError> {
    for number in (from..).step_by(step) {
        let ids = run.begin(vec![intent(number)]).await?;
        say(&format!("begun {number}"));
        for id in ids {
            run.finish(id, vec![change(number, "x")]).await?;
        }
        say(&format!("done {number}"));
    }
    Ok(())
}

/// One line in one write, so that a kill never cuts it in two.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    drop(out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush()));
}

async fn measure(store: &SqliteStore, count: u64) -> Result<(), StateError> {
    let padding = "x".repeat(500);
    let rate = |started: Instant| {
        let micros = started.elapsed().as_micros().max(1);
        u128::from(count) * 1_000_000 / micros
    };
    let run = begin(store).await?;
    let started = Instant::now();
    let ids = run.begin((0..count).map(intent).collect()).await?;
    println!("begin  {} /s", rate(started));

    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for (number, id) in (0..count).zip(ids) {
        let (run, padding) = (run.clone(), padding.clone());
        tasks.spawn(async move { run.finish(id, vec![change(number, &padding)]).await });
    }
    while let Some(result) = tasks.join_next().await {
        result.unwrap_or_else(|error| Err(StateError::Stopped(error.to_string())))?;
    }
    println!("finish {} /s", rate(started));

    let started = Instant::now();
    for number in 0..count {
        run.record(vec![change(number, "x")]).await?;
    }
    run.flush().await?;
    println!("record {} /s", rate(started));
    drop(run);
    read(store).await
}

async fn read(store: &SqliteStore) -> Result<(), StateError> {
    let started = Instant::now();
    let stored = store.read(&key()).await?;
    let instances = stored.map_or(0, |stored| stored.snapshot.state.instances().len());
    println!("read   {instances} in {:?}", started.elapsed());
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    match &args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "write", file] => {
            let run = begin(&SqliteStore::new(*file)).await?;
            let mut tasks = JoinSet::new();
            for from in 0..8 {
                tasks.spawn(write(run.clone(), from, 8));
            }
            while let Some(result) = tasks.join_next().await {
                result??;
            }
        }
        [_, "measure", file, count] => measure(&SqliteStore::new(*file), count.parse()?).await?,
        [_, "read", file] => read(&SqliteStore::new(*file)).await?,
        _ => return Err("usage: churn write FILE | measure FILE COUNT | read FILE".into()),
    }
    Ok(())
}
