//! Which workspace is selected.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use groma_state::DEFAULT_WORKSPACE;

use crate::environment::Environment;
use crate::error::CommandError;

/// The selected workspace, and who selected it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// Its name.
    pub name: String,
    /// Whether `TF_WORKSPACE` says so, which then cannot be changed by a command.
    pub by_environment: bool,
}

/// Where the name is kept: Terraform's place, so that both tools agree.
fn file(env: &Environment, directory: &Path) -> PathBuf {
    directory.join(env.data_dir()).join("environment")
}

/// The selected workspace.
///
/// # Errors
/// The file cannot be read, or the name in it or in `TF_WORKSPACE` is not one.
pub fn selected(env: &Environment, directory: &Path) -> Result<Selected, CommandError> {
    if let Some(name) = env.get("TF_WORKSPACE") {
        check_name(name)?;
        return Ok(Selected { name: name.to_owned(), by_environment: true });
    }
    let file = file(env, directory);
    let name = match std::fs::read_to_string(&file) {
        Ok(text) => text.trim().to_owned(),
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => {
            return Err(CommandError::new(
                "Failed to read the selected workspace",
                format!("{} cannot be read: {error}.", file.display()),
            ));
        }
    };
    let name = if name.is_empty() { DEFAULT_WORKSPACE.to_owned() } else { name };
    check_name(&name)?;
    Ok(Selected { name, by_environment: false })
}

/// Selects a workspace.
///
/// # Errors
/// The file cannot be written.
pub fn select(env: &Environment, directory: &Path, name: &str) -> Result<(), CommandError> {
    let file = file(env, directory);
    let written = file
        .parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::write(&file, name));
    written.map_err(|error| {
        CommandError::new(
            "Failed to select the workspace",
            format!("{} cannot be written: {error}.", file.display()),
        )
    })
}

/// Refuses names that would not survive in a URL, as Terraform does.
///
/// # Errors
/// The name is empty or has such a character.
pub fn check_name(name: &str) -> Result<(), CommandError> {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_.~$&+:=@!*'();,".contains(c);
    if !name.is_empty() && name.chars().all(safe) {
        return Ok(());
    }
    Err(CommandError::new(
        "Invalid workspace name",
        format!(
            "The workspace name {name:?} is not allowed. The name must contain only URL safe \
             characters, and no path separators."
        ),
    ))
}
