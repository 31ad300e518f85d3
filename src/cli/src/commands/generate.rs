//! `-generate-config-out`: resource blocks for imports that had none.

use std::fmt::Write as _;
use std::path::Path;

use groma_engine::Plan;

use crate::error::CommandError;

/// Refuses a file that is there already, before any work is done.
///
/// # Errors
/// It is there.
pub fn check(path: &Path) -> Result<(), CommandError> {
    if path.exists() {
        return Err(CommandError::new(
            "Target generated file already exists",
            format!(
                "Terraform can only write generated config into a new file. Either choose a \
                 different target location or move all existing configuration out of the target \
                 file, delete it and try again. The file is {}.",
                path.display()
            ),
        ));
    }
    Ok(())
}

/// Writes the blocks that the plan has; nothing if it has none.
///
/// # Errors
/// The file cannot be written.
pub fn write(plan: &Plan, path: &Path) -> Result<(), CommandError> {
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
        return Ok(());
    }
    crate::files::write_new(path, text.as_bytes()).map_err(|error| {
        CommandError::new(
            "Failed to write generated config",
            format!("{} cannot be written: {error}.", path.display()),
        )
    })
}
