//! `init -from-module`: a copy of a module to begin with.

use std::fs;
use std::path::Path;

use groma_fetch::modules::{copy_module, redacted};

use super::Invocation;
use crate::error::CommandError;
use crate::modules;

/// Copies the module of a source into the directory, which must have nothing in it.
///
/// # Errors
/// There is something in the directory, or the module cannot be had.
pub fn copy(source: &str, invocation: &Invocation, say: &dyn Fn(&str)) -> Result<(), CommandError> {
    let directory = &invocation.place.directory;
    let data = modules::dir(&invocation.env);
    if super::is_empty(invocation).is_ok_and(|empty| !empty) {
        return Err(CommandError::new(
            "The working directory already contains files. The -from-module option requires an \
             empty directory into which a copy of the referenced module will be placed.\n\nTo \
             initialize the configuration already in this working directory, omit the -from-module \
             option.",
            "",
        ));
    }
    if !holds_only(directory, data.path()) {
        return Err(CommandError::new(
            "Can't populate non-empty directory",
            "The target directory . is not empty, so it cannot be initialized with the \
             -from-module=... option.",
        ));
    }
    say(&format!("Copying configuration from {:?}...\n", redacted(source)));
    let room = directory.join(data.path());
    copy_module(source, directory, &room, modules::tools(invocation))?;
    say("\n");
    Ok(())
}

/// Whether there is nothing in a directory but what leads to one of ours.
fn holds_only(directory: &Path, ours: &str) -> bool {
    let ours = ours.split('/').next().unwrap_or_default();
    let mut entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.all(|entry| entry.file_name() == *ours || entry.file_name() == ".groma")
}
