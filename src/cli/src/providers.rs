//! The native providers of this binary.

use std::path::Path;
use std::sync::Arc;

use groma_provider_api::Factory;
use groma_provider_api::native::{Clock, Randomness, SystemClock, SystemRandomness};
use groma_render::schemas::Schemas;

use crate::error::CommandError;

/// Every native provider. Relative paths in resources are relative to `directory`.
pub fn native(directory: &Path) -> Vec<Arc<dyn Factory>> {
    let random: Arc<dyn Randomness> = Arc::new(SystemRandomness);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    vec![
        Arc::new(groma_provider_core::factory(&random)),
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
        schemas.insert(source, schema);
    }
    Ok(schemas)
}
