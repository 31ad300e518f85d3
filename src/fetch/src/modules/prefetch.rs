//! Fetching ahead: what the walk will want is fetched by other threads while it waits for the first.
//!
//! The walk asks for modules one after the other, in the order in which they are told. As soon as it
//! wants something that is not there, everything that can be known to be wanted is fetched in the
//! background, several at once: what the root calls, then what each of those calls, as it comes.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Scope;

use groma_config::modules::ModuleSource;
use groma_config::source::path;
use groma_config::{DirSource, ModuleCall, Source, load_calls};

use super::fetch::{Fetched, Packages};
use super::installed::ModulesDir;
use super::limits::Limits;
use super::manifest::Manifest;
use super::registry::{Choice, Registries};
use super::tree;

/// How many are fetched at once.
const THREADS: usize = 8;
/// How many calls are followed: somebody may call modules in a circle.
const MAX_CALLS: usize = 10_000;
/// How deep.
const MAX_DEPTH: usize = 64;

/// What is known before the walk begins.
pub(super) struct Plan<'a> {
    pub source: &'a dyn Source,
    pub root: &'a Path,
    pub dir: &'a ModulesDir,
    pub packages: &'a Packages,
    pub registries: &'a Registries,
    /// As it was before.
    pub manifest: &'a Manifest,
    pub upgrade: bool,
}

/// The queue, and who works on it.
pub(super) struct Prefetch<'a> {
    plan: Plan<'a>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    calls: usize,
    started: bool,
    ended: bool,
}

/// A call to follow.
struct Job {
    key: String,
    depth: usize,
    call: ModuleCall,
    caller: Caller,
    /// Whether the calling module is replaced, and with it what it calls.
    replaced: bool,
}

/// A directory of a module.
#[derive(Clone)]
enum Caller {
    /// Of the source, as a path.
    Source(String),
    /// A directory inside of a package, wherever that is by now.
    Fetched(Arc<Fetched>, String),
}

impl<'a> Prefetch<'a> {
    /// Nothing begins yet.
    pub(super) fn new(plan: Plan<'a>) -> Self {
        Self { plan, state: Mutex::default(), changed: Condvar::new() }
    }

    /// Begins, unless it has begun.
    pub(super) fn start<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>) {
        if std::mem::replace(&mut self.state().started, true) {
            return;
        }
        self.follow(&Caller::Source(".".to_owned()), "", 0, false);
        for _ in 0..THREADS {
            let work = std::thread::Builder::new().name("modules".to_owned());
            // With fewer, or none, the walk fetches for itself.
            drop(work.spawn_scoped(scope, || self.work()));
        }
    }

    /// Ends, and whatever is under way with it.
    pub(super) fn end(&self, limits: &Limits) {
        let mut state = self.state();
        state.ended = true;
        state.jobs.clear();
        limits.cancel();
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        loop {
            let mut state = self.state();
            let job = loop {
                if state.ended {
                    return;
                }
                match state.jobs.pop_front() {
                    Some(job) => break job,
                    None => {
                        state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                    }
                }
            };
            drop(state);
            self.call(&job);
        }
    }

    /// Adds the calls of a module.
    fn follow(&self, caller: &Caller, key: &str, depth: usize, replaced: bool) {
        if depth > MAX_DEPTH {
            return;
        }
        let calls = match caller {
            Caller::Source(dir) => load_calls(self.plan.source, dir),
            Caller::Fetched(package, dir) => {
                package.with(|path| load_calls(&DirSource::new(path, path), dir))
            }
        };
        let mut state = self.state();
        for call in calls {
            state.calls += 1;
            if state.ended || state.calls > MAX_CALLS {
                return;
            }
            let dot = if key.is_empty() { "" } else { "." };
            let key = format!("{key}{dot}{}", call.name);
            let caller = caller.clone();
            state.jobs.push_back(Job { key, depth: depth + 1, call, caller, replaced });
        }
        self.changed.notify_all();
    }

    /// Fetches what a call wants, if it is not there, then follows what that calls. What goes
    /// wrong is told when the walk asks for it.
    fn call(&self, job: &Job) {
        let Plan { root, packages, registries, manifest, upgrade, .. } = self.plan;
        let source = &job.call.source_addr;
        let recorded = manifest.get(&job.key).filter(|record| {
            !upgrade && !job.replaced && record.source == source.to_string() && {
                let version = job.call.version.as_ref();
                version.is_none_or(|(constraints, _)| {
                    record.version.as_ref().is_some_and(|version| constraints.admits(version))
                })
            }
        });
        let replaced = recorded.is_none();
        match source {
            ModuleSource::Local(local) => {
                let caller = match &job.caller {
                    Caller::Source(dir) => Caller::Source(path::join(dir, local)),
                    Caller::Fetched(package, dir) => {
                        let dir = path::join(dir, local);
                        if dir.starts_with("..") {
                            return;
                        }
                        Caller::Fetched(package.clone(), dir)
                    }
                };
                self.follow(&caller, &job.key, job.depth, replaced);
            }
            _ if recorded.is_some_and(|record| root.join(&record.dir).is_dir()) => {
                if let Some(record) = recorded {
                    let caller = Caller::Source(record.dir.clone());
                    self.follow(&caller, &job.key, job.depth, false);
                }
            }
            ModuleSource::Registry { package, subdir } => {
                let constraints = job.call.version.as_ref().map(|(c, _)| c.clone());
                let Ok(available) = registries.available(package) else { return };
                let choice = available.choose(&constraints.unwrap_or_default());
                let Choice::Version(version) = choice else { return };
                let Ok(location) = registries.location(package, &version) else { return };
                let (address, inside) = &*location;
                let subdir = joined(inside.as_deref(), subdir.as_deref());
                self.fetch(packages, job, address, &subdir);
            }
            ModuleSource::Remote { package, subdir } => {
                self.fetch(packages, job, package, subdir.as_deref().unwrap_or(""));
            }
        }
    }

    fn fetch(&self, packages: &Packages, job: &Job, address: &str, subdir: &str) {
        let Ok(fetched) = packages.get(address, &self.plan.dir.package(&job.key)) else { return };
        if let Ok(dir) = fetched.with(|package| tree::expand(package, subdir)) {
            let dir = if dir.is_empty() { ".".to_owned() } else { dir };
            self.follow(&Caller::Fetched(fetched, dir), &job.key, job.depth, true);
        }
    }
}

/// A directory inside of another.
pub(super) fn joined(outer: Option<&str>, inner: Option<&str>) -> String {
    match (outer, inner) {
        (Some(outer), Some(inner)) => path::join(outer, inner),
        (outer, inner) => outer.or(inner).unwrap_or_default().to_owned(),
    }
}
