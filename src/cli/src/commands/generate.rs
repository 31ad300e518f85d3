//! `-generate-config-out`: resource blocks for imports that had none.

use std::fmt::Write as _;
use std::path::Path;

use groma_diag::Diagnostic;
use groma_engine::Plan;

use crate::args::PlanningArgs;
use crate::error::CommandError;

/// Refuses what cannot work, before any work is done.
///
/// # Errors
/// The plan is of a kind that imports nothing, or the file is there already.
pub fn check(path: &Path, planning: &PlanningArgs) -> Result<(), CommandError> {
    if planning.destroy || planning.refresh_only {
        return Err(CommandError::new(
            "Invalid generate-config-out flag",
            "Config can only be generated during a normal plan operation, and not during a \
             refresh-only or destroy plan.",
        ));
    }
    if path.exists() {
        return Err(CommandError::new(
            "Target generated file already exists",
            "Groma can only write generated config into a new file. Either choose a different \
             target location or move all existing configuration out of the target file, delete it \
             and try again.",
        ));
    }
    Ok(())
}

/// The warning of a plan for which configuration was generated.
pub fn experimental() -> Diagnostic {
    Diagnostic::warning(
        "Config generation is experimental",
        "Generating configuration during import is currently experimental, and the generated \
         configuration format may change in future versions.",
    )
}

/// Writes the blocks that the plan has; nothing if it has none. Whether it has any.
///
/// # Errors
/// The file cannot be written.
pub fn write(plan: &Plan, path: &Path) -> Result<bool, CommandError> {
    let mut text = String::new();
    for change in &plan.changes {
        let (Some(config), Some(import)) = (&change.generated_config, &change.importing) else {
            continue;
        };
        if text.is_empty() {
            text.push_str(
                "# __generated__ by Groma\n# Please review these resources and move them into \
                 your main configuration files.\n",
            );
        }
        let _ = write!(text, "\n# __generated__ by Groma from {:?}\n{config}", import.id);
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    if text.is_empty() {
        return Ok(false);
    }
    crate::files::write_new(path, text.as_bytes()).map_err(|error| {
        CommandError::new(
            "Failed to create target generated file",
            format!(
                "Groma could not create the generated file ({}) in the target directory: {error}.",
                path.display()
            ),
        )
    })?;
    Ok(true)
}
