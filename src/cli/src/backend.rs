//! Where a root module says that its state is: its `backend` or `cloud` block, and the files of
//! Terraform's `local` backend.

use std::path::{Path, PathBuf};

use groma_config::{Backend, Config, Module, load_root};
use groma_diag::{Diagnostic, Span};
use groma_lang::eval::{NoScope, evaluate};
use groma_lang::syntax::BodySchema;
use groma_state::{DEFAULT_WORKSPACE, Snapshot};

use crate::commands::Invocation;
use crate::error::CommandError;
use crate::project::Project;

/// Terraform's own name for a state file.
const STATE_FILE: &str = "terraform.tfstate";

/// Where Terraform's `local` backend keeps the states of a root module: what is to be imported
/// before ours can begin, and what other root modules name them by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalFiles {
    /// The file of the default workspace.
    path: PathBuf,
    /// The folder of the other workspaces.
    workspaces: PathBuf,
}

impl LocalFiles {
    /// Of a root module in `root`, by its `backend` block if it has one.
    ///
    /// # Errors
    /// An argument of the block cannot be understood.
    fn new(root: &Path, backend: Option<&Backend>) -> Result<Self, CommandError> {
        let (path, workspaces) = match backend {
            Some(backend) => arguments(backend)?,
            None => (None, None),
        };
        Ok(Self {
            path: root.join(path.as_deref().unwrap_or(STATE_FILE)),
            workspaces: root.join(workspaces.as_deref().unwrap_or("terraform.tfstate.d")),
        })
    }

    /// Of another root module, whose state is in a file if it is anywhere that Terraform would
    /// name by a path. `None` if its configuration cannot be read or keeps its state elsewhere.
    pub fn of_other(root: &Path, module: &Module) -> Option<Self> {
        let elsewhere = module.cloud.is_some()
            || module.backend.as_ref().is_some_and(|backend| &*backend.ty != "local");
        if elsewhere { None } else { Self::new(root, module.backend.as_ref()).ok() }
    }

    /// The file of a workspace.
    pub fn file(&self, workspace: &str) -> PathBuf {
        if workspace == DEFAULT_WORKSPACE {
            self.path.clone()
        } else {
            self.workspaces.join(workspace).join(STATE_FILE)
        }
    }

    /// Whose state `file` holds.
    pub fn workspace_of(&self, file: &Path) -> Option<String> {
        if file == self.path {
            return Some(DEFAULT_WORKSPACE.to_owned());
        }
        let below = file.strip_prefix(&self.workspaces).ok()?;
        let workspace = below.parent()?.to_str()?;
        let is_one = below.file_name()? == STATE_FILE && below.components().count() == 2;
        is_one.then(|| workspace.to_owned())
    }

    /// The workspaces that have a file, the default one first.
    pub fn workspaces(&self) -> Vec<String> {
        let mut named: Vec<String> = std::fs::read_dir(&self.workspaces)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        named.sort();
        named.insert(0, DEFAULT_WORKSPACE.to_owned());
        named.retain(|workspace| self.file(workspace).is_file());
        named
    }

    /// The state in the file of a workspace; `None` if there is no file, or nothing in it.
    ///
    /// # Errors
    /// The file cannot be read, or is no state file that we know.
    pub fn read(&self, workspace: &str) -> Result<Option<Snapshot>, CommandError> {
        let path = self.file(workspace);
        if !path.is_file() {
            return Ok(None);
        }
        let snapshot = crate::commands::state::read_state_file(&path)?;
        Ok(Some(snapshot).filter(|snapshot| !snapshot.state.is_empty()))
    }
}

/// `path` and `workspace_dir`, neither of which may refer to anything.
fn arguments(backend: &Backend) -> Result<(Option<String>, Option<String>), CommandError> {
    let schema = BodySchema::new().optional("path").optional("workspace_dir");
    let (content, problems) = backend.body.content(&schema);
    if problems.has_errors() {
        return Err(problems.into());
    }
    let text = |name: &str| {
        let Some(attribute) = content.attr(name) else { return Ok(None) };
        let (value, problems) = evaluate(&attribute.expr, &NoScope);
        if problems.has_errors() {
            return Err(CommandError::from(problems));
        }
        match value.as_str() {
            Some(text) if text.is_empty() => Err(wrong(name, "must not be empty", attribute.span)),
            Some(text) => Ok(Some(text.to_string())),
            None if value.is_null() => Ok(None),
            None => Err(wrong(name, "must be a string", attribute.span)),
        }
    };
    Ok((text("path")?, text("workspace_dir")?))
}

fn wrong(name: &str, how: &str, span: Span) -> CommandError {
    let detail = format!("The argument {name:?} of the backend {how}.");
    Diagnostic::error("Invalid backend configuration", detail).at(span).into()
}

/// The files of the root module that a command works on, once it is sure that its state is not
/// elsewhere. `None` if the module is not on disk, which Terraform could not work with.
///
/// # Errors
/// The configuration cannot be read, or the state is elsewhere.
pub fn of_invocation(invocation: &Invocation) -> Result<Option<LocalFiles>, CommandError> {
    if !invocation.place.on_disk {
        return Ok(None);
    }
    let (source, _) = invocation.place.source()?;
    let (module, problems) = load_root(&*source, &invocation.sources);
    if problems.has_errors() {
        return Err(problems.into());
    }
    of_module(invocation, &module)
}

/// The same for configuration that has been read.
///
/// # Errors
/// The state is elsewhere.
pub fn of_project(
    invocation: &Invocation,
    project: &Project,
) -> Result<Option<LocalFiles>, CommandError> {
    project.config.root().map_or(Ok(None), |module| of_module(invocation, module))
}

fn of_module(invocation: &Invocation, module: &Module) -> Result<Option<LocalFiles>, CommandError> {
    refuse_elsewhere(module)?;
    let files = LocalFiles::new(&invocation.place.root(), module.backend.as_ref())?;
    Ok(invocation.place.on_disk.then_some(files))
}

/// Refuses configuration whose state is elsewhere: planning against an empty state would plan to
/// create everything once more.
///
/// # Errors
/// There is a `backend` other than `local`, or a `cloud` block.
pub fn refuse(config: &Config) -> Result<(), CommandError> {
    config.root().map_or(Ok(()), |root| refuse_elsewhere(root))
}

fn refuse_elsewhere(root: &Module) -> Result<(), CommandError> {
    let refused = |what: String, span| {
        Err(CommandError::from(
            Diagnostic::error(
                "Unsupported backend",
                format!(
                    "The state of this configuration is kept in {what}, which this version of Groma \
                     cannot read. Nothing was done, because work with an empty state would take \
                     everything for new. To bring the state here, run \"terraform state pull\", \
                     remove the block, and give what was pulled to \"groma state push\"."
                ),
            )
            .at(span),
        ))
    };
    if let Some(cloud) = &root.cloud {
        return refused("HCP Terraform (the cloud block)".to_owned(), cloud.span);
    }
    match &root.backend {
        Some(backend) if &*backend.ty != "local" => {
            refused(format!("the {:?} backend", &*backend.ty), backend.span)
        }
        _ => Ok(()),
    }
}

/// What is said where only Terraform's file has a state.
pub fn only_terraform(file: &Path, snapshot: &Snapshot) -> CommandError {
    CommandError::new(
        "State of Terraform found",
        format!(
            "{} holds {} resource instances, and there is no state of Groma's yet. Run \"groma \
             init -migrate-state\" to import it; the file is left as it is. To begin with an empty \
             state instead, move the file away.",
            file.display(),
            snapshot.state.instances().len(),
        ),
    )
}
