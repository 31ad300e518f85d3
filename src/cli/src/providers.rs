//! What serves a source: a native provider of this program, or a plugin.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use groma_addr::Provider;
use groma_config::Module;
use groma_config::version::Version;
use groma_engine::Factories;
use groma_fetch::Requirements;
use groma_fetch::packages::Package;
use groma_provider_api::Factory;
use groma_provider_api::native::{Clock, Randomness, SystemClock, SystemRandomness};
use groma_provider_plugin::Located;
use groma_render::schemas::Schemas;
use groma_state::Snapshot;

use crate::commands::Invocation;
use crate::error::CommandError;
use crate::installation::{self, Installation, Service};
use crate::project::Project;
use crate::remote_state::LocalStates;
use crate::store::StateAccess;

/// The host that names native providers explicitly. It is never contacted.
const NATIVE_HOST: &str = "groma.dev";

/// What makes every native provider, by its own source and by the explicit one. Relative paths in
/// resources are relative to the directory that the command works in.
pub fn native(invocation: &Invocation) -> Factories {
    let directory = &invocation.place.directory;
    let random: Arc<dyn Randomness> = Arc::new(SystemRandomness);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let states = LocalStates::new(invocation.place.clone(), invocation.env.clone());
    let all: [Arc<dyn Factory>; 5] = [
        Arc::new(groma_provider_core::factory(&random, vec![Arc::new(states)])),
        Arc::new(groma_provider_local::factory(directory)),
        Arc::new(groma_provider_null::factory(&random)),
        Arc::new(groma_provider_random::factory(&random)),
        Arc::new(groma_provider_time::factory(&clock)),
    ];
    let mut factories = Factories::new();
    for factory in all {
        let source = factory.metadata().source;
        factories.insert(explicit(&source), Arc::clone(&factory));
        factories.insert(source, factory);
    }
    factories
}

/// The version that each native provider emulates.
pub fn native_versions(factories: &Factories) -> BTreeMap<Provider, Version> {
    let versions = factories.iter().filter_map(|(source, factory)| {
        Some((source.clone(), factory.metadata().version.parse().ok()?))
    });
    versions.collect()
}

/// What serves each source.
pub struct Served {
    /// Those that a configuration uses, and those that its state may.
    pub factories: Factories,
    /// Those of the first that are served by plugins.
    pub plugins: Requirements,
}

/// What serves each source that a configuration uses, and each that its state may.
///
/// # Errors
/// A real provider is needed that is not installed, or not as the lock file has it.
pub fn serving(invocation: &Invocation, project: &Project) -> Result<Factories, CommandError> {
    Ok(served(invocation, project)?.factories)
}

/// The same, with which of them are plugins.
///
/// # Errors
/// As [`serving`].
pub fn served(invocation: &Invocation, project: &Project) -> Result<Served, CommandError> {
    let installation = Installation::load(invocation, project)?;
    let requirements = installation::requirements(project);
    let mut factories = native(invocation);
    let plugins = plugins(&installation, &requirements, &native_versions(&factories));
    let mut packages = installation.packages(&plugins)?;
    packages.extend(installation.other_packages(&requirements));
    add(&mut factories, packages, invocation)?;
    Ok(Served { factories, plugins })
}

/// What of the requirements is served by plugins.
pub fn plugins(
    installation: &Installation,
    requirements: &Requirements,
    natives: &BTreeMap<Provider, Version>,
) -> Requirements {
    requirements.filter(|source, constraints| {
        installation.service(source, constraints, natives.get(source)) == Service::Plugin
    })
}

/// What serves each source that may stand in a state or a plan of the directory.
///
/// # Errors
/// The lock file cannot be read.
pub fn available(invocation: &Invocation) -> Result<Factories, CommandError> {
    let installation = Installation::beside(invocation)?;
    let mut factories = native(invocation);
    let packages = installation.other_packages(&Requirements::default());
    add(&mut factories, packages, invocation)?;
    Ok(factories)
}

fn add(
    factories: &mut Factories,
    packages: Vec<Package>,
    invocation: &Invocation,
) -> Result<(), CommandError> {
    for package in packages {
        let factory = invocation.plugins()?.factory(located(&package));
        factories.insert(package.source, Arc::new(factory));
    }
    Ok(())
}

fn located(package: &Package) -> Located {
    Located {
        source: package.source.clone(),
        version: package.version.as_ref().map(ToString::to_string).unwrap_or_default(),
        path: package.executable.clone(),
        package: package.hash.as_ref().map(ToString::to_string),
    }
}

/// Starts the plugins that the lock file in the directory selects, while the configuration is still
/// being read. Whatever is wrong with them is told once it is known that they are needed.
pub fn begin(invocation: &Invocation) {
    let Some(installation) = Installation::at_hand(invocation) else { return };
    let Ok(plugins) = invocation.plugins() else { return };
    let plugins = Arc::clone(plugins);
    invocation.threads.begin(async move {
        let find = move || installation.other_packages(&Requirements::default());
        let found = tokio::task::spawn_blocking(find).await.unwrap_or_default();
        for package in found {
            let factory = plugins.factory(located(&package));
            tokio::spawn(async move { factory.begin().await });
        }
    });
}

/// The schemas of those providers that are `wanted`.
///
/// # Errors
/// A provider does not give its schema.
pub async fn schemas(
    factories: &Factories,
    wanted: impl Fn(&Provider) -> bool,
) -> Result<Schemas, CommandError> {
    let mut asked = tokio::task::JoinSet::new();
    for (source, factory) in factories.iter().filter(|(source, _)| wanted(source)) {
        let (source, instance) = (source.clone(), factory.instantiate());
        asked.spawn(async move { (source, instance.schema().await) });
    }
    let mut schemas = Schemas::default();
    for (source, answer) in asked.join_all().await {
        let schema = answer.map_err(|problems| {
            let detail: Vec<String> =
                problems.into_iter().map(|p| format!("{}: {}", p.summary, p.detail)).collect();
            CommandError::new(
                "Failed to load plugin schemas",
                format!(
                    "Error while loading schemas for plugin components: Failed to obtain provider \
                     schema: Could not load the schema for provider {source}: {}.",
                    detail.join("; ")
                ),
            )
        })?;
        schemas.insert(source, schema);
    }
    Ok(schemas)
}

/// The current state, with the schemas that it takes to show it.
///
/// # Errors
/// The state cannot be read, or a provider of what is in it does not give its schema.
pub fn state_with_schemas(
    invocation: &Invocation,
) -> Result<(Option<Snapshot>, Schemas), CommandError> {
    let access = StateAccess::open(invocation)?;
    let factories = available(invocation)?;
    invocation.block_on(async {
        let snapshot = access.snapshot().await?;
        let used = used_in(snapshot.as_ref());
        let schemas = schemas(&factories, |source| used.contains(source)).await?;
        Ok((snapshot, schemas))
    })
}

/// `groma.dev/groma/NAME`
pub fn explicit(source: &Provider) -> Provider {
    Provider::new(NATIVE_HOST, "groma", source.ty.clone())
}

/// Whether a source names a native provider explicitly: `groma.dev/groma/NAME`.
pub fn is_explicit(source: &Provider) -> bool {
    &*source.host == NATIVE_HOST && &*source.namespace == "groma"
}

/// The sources that a configuration uses, sorted.
pub fn used(project: &Project) -> BTreeSet<Provider> {
    project.config.modules.iter().flat_map(|module| used_by(module).cloned()).collect()
}

/// The sources that a module needs for itself: not those that it only passes on.
pub fn used_by(module: &Module) -> impl Iterator<Item = &Provider> {
    let required = module.required_providers.values().map(|required| &required.source);
    let configured = module.providers.values().map(|block| &block.source);
    let managed = module.resources.values().map(|block| &block.source);
    required.chain(configured).chain(managed)
}

/// The sources of what is in a state.
fn used_in(snapshot: Option<&Snapshot>) -> BTreeSet<Provider> {
    let instances = snapshot.into_iter().flat_map(|snapshot| snapshot.state.instances());
    instances.map(|(_, instance)| instance.provider.provider.clone()).collect()
}
