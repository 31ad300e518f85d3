//! The configuration of a plan, read again from what the plan carries.

use std::sync::Arc;

use groma_config::Config;
use groma_config::source::SnapshotSource;
use groma_engine::Plan;

use crate::commands::Invocation;
use crate::error::CommandError;
use crate::modules;

/// Reads the configuration from the plan's snapshot, never from the directory.
///
/// # Errors
/// The snapshot does not hold a configuration that can be read, which a plan that was written by
/// this version never does.
pub fn configuration(plan: &Plan, invocation: &Invocation) -> Result<Arc<Config>, CommandError> {
    let source = SnapshotSource::new(Arc::clone(&plan.provenance.snapshot));
    let (config, diagnostics) = modules::load_planned(&source, plan, invocation);
    if diagnostics.has_errors() {
        return Err(diagnostics.into());
    }
    Ok(Arc::new(config))
}
