//! The native providers of this binary, and which of them serves a source.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use groma_addr::Provider;
use groma_config::Module;
use groma_config::version::Version;
use groma_diag::{Diagnostic, Diagnostics};
use groma_engine::Factories;
use groma_provider_api::Factory;
use groma_provider_api::native::{Clock, Randomness, SystemClock, SystemRandomness};
use groma_render::schemas::Schemas;

use crate::commands::Invocation;
use crate::error::CommandError;
use crate::project::Project;
use crate::remote_state::LocalStates;

/// The host that names native providers explicitly. It is never contacted.
const NATIVE_HOST: &str = "groma.dev";

/// Every native provider. Relative paths in resources are relative to the directory that the
/// command works in.
pub fn native(invocation: &Invocation) -> Vec<Arc<dyn Factory>> {
    let directory = &invocation.place.directory;
    let random: Arc<dyn Randomness> = Arc::new(SystemRandomness);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let states = LocalStates::new(invocation.place.clone(), invocation.env.clone());
    vec![
        Arc::new(groma_provider_core::factory(&random, vec![Arc::new(states)])),
        Arc::new(groma_provider_local::factory(directory)),
        Arc::new(groma_provider_null::factory(&random)),
        Arc::new(groma_provider_random::factory(&random)),
        Arc::new(groma_provider_time::factory(&clock)),
    ]
}

/// The schemas of all native providers.
///
/// # Errors
/// A provider does not give its schema.
pub async fn schemas(factories: &[Arc<dyn Factory>]) -> Result<Schemas, CommandError> {
    let mut schemas = Schemas::default();
    for factory in factories {
        let source = factory.metadata().source;
        let schema = factory.instantiate().schema().await.map_err(|problems| {
            let detail: Vec<String> =
                problems.into_iter().map(|p| format!("{}: {}", p.summary, p.detail)).collect();
            CommandError::new(
                "Failed to load plugin schemas",
                format!("The provider {source} gave no schema: {}", detail.join("; ")),
            )
        })?;
        schemas.insert(explicit(&source), schema.clone());
        schemas.insert(source, schema);
    }
    Ok(schemas)
}

/// `groma.dev/groma/NAME`
pub fn explicit(source: &Provider) -> Provider {
    Provider::new(NATIVE_HOST, "groma", source.ty.clone())
}

/// Whether a source names a native provider explicitly: `groma.dev/groma/NAME`.
pub fn is_explicit(source: &Provider) -> bool {
    &*source.host == NATIVE_HOST && &*source.namespace == "groma"
}

/// What serves each source that a configuration uses.
///
/// # Errors
/// A source that no native provider serves, in a version that the configuration admits.
pub fn serving(
    project: &Project,
    natives: Vec<Arc<dyn Factory>>,
) -> Result<Factories, CommandError> {
    let mut by_source = BTreeMap::new();
    for factory in natives {
        let source = factory.metadata().source;
        by_source.insert(explicit(&source), factory.clone());
        by_source.insert(source, factory);
    }
    let mut diagnostics = locked(project)?;
    let mut missing = BTreeMap::new();
    for module in &project.config.modules {
        for required in module.required_providers.values() {
            let Some(factory) = by_source.get(&required.source) else {
                missing.entry(required.source.clone()).or_insert(Some(required.span));
                continue;
            };
            let version = factory.metadata().version;
            if let Some((constraints, span)) = &required.version
                && let Ok(version) = version.parse::<Version>()
                && !constraints.admits(&version)
            {
                diagnostics.push(
                    other_version(&required.source, &version.to_string(), &constraints.to_string())
                        .at(*span),
                );
            }
        }
        for config in module.provider_configs.values() {
            if !by_source.contains_key(&config.provider) {
                missing.entry(config.provider.clone()).or_insert(None);
            }
        }
    }
    for (source, span) in missing {
        diagnostics.push(not_native(&source).at_opt(span));
    }
    if diagnostics.has_errors() { Err(diagnostics.into()) } else { Ok(by_source) }
}

fn not_native(source: &Provider) -> Diagnostic {
    Diagnostic::error(
        "Provider not available",
        format!(
            "The provider {source} is not one of the native providers of this version of Groma, and \
             provider plugins cannot be run yet. Native are terraform (built in) and hashicorp's \
             local, null, random and time."
        ),
    )
}

fn other_version(source: &Provider, emulated: &str, constraint: &str) -> Diagnostic {
    Diagnostic::error(
        "Provider version not available",
        format!(
            "The native provider for {source} emulates version {emulated}, which the constraint \
             {constraint:?} does not admit, and provider plugins cannot be run yet. Admit that \
             version to use the native provider."
        ),
    )
}

/// Entries of the dependency lock file name real binaries, which cannot be run yet.
fn locked(project: &Project) -> Result<Diagnostics, CommandError> {
    use groma_config::Source as _;
    use groma_config::SourceError;
    const LOCK_FILE: &str = ".terraform.lock.hcl";
    let mut diagnostics = Diagnostics::new();
    let bytes = match project.source.read(LOCK_FILE) {
        Ok(bytes) => bytes,
        Err(SourceError::NotFound(_)) => return Ok(diagnostics),
        Err(error) => {
            return Err(CommandError::new(
                "Failed to read the dependency lock file",
                format!("{LOCK_FILE}: {error}."),
            ));
        }
    };
    let file = project.config.sources.add(LOCK_FILE, bytes.clone());
    let (body, problems) = groma_lang::syntax::parse_file(file, LOCK_FILE, bytes);
    diagnostics.extend(problems);
    let schema = groma_lang::syntax::BodySchema::new().block("provider", &["source"]);
    let (content, _, _) = body.partial_content(&schema);
    for block in content.blocks_of("provider") {
        let source = block.labels.first().map(|label| label.text.to_string()).unwrap_or_default();
        let hashes = groma_lang::syntax::BodySchema::new().optional("hashes");
        let (content, _, _) = block.body.partial_content(&hashes);
        if content.attr("hashes").is_some() {
            diagnostics.push(
                Diagnostic::error(
                    "Locked provider not available",
                    format!(
                        "The dependency lock file has hashes for {source}, so only that binary may \
                         serve it, and provider plugins cannot be run yet. Remove the entry to use \
                         the native provider."
                    ),
                )
                .at(block.def_span),
            );
        }
    }
    Ok(diagnostics)
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
