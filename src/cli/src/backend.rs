//! Where a root module says that its state is: its `backend` or `cloud` block, the files of
//! Terraform's `local` backend, and what Terraform recorded when it was initialised last.

mod recorded;

use std::path::{Path, PathBuf};

use groma_config::{Backend, Config, StateBlocks, load_state_blocks};
use groma_diag::{Diagnostic, Span};
use groma_lang::eval::{NoScope, evaluate};
use groma_lang::syntax::BodySchema;
use groma_state::{DEFAULT_WORKSPACE, Snapshot};

use crate::commands::Invocation;
use crate::error::CommandError;
use crate::project::Project;

use recorded::{Record, Recorded};

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
        Ok(Self::at(root, path.as_deref(), workspaces.as_deref()))
    }

    /// Of a root module in `root`, with the backend's arguments.
    fn at(root: &Path, path: Option<&str>, workspaces: Option<&str>) -> Self {
        Self {
            path: root.join(path.unwrap_or(STATE_FILE)),
            workspaces: root.join(workspaces.unwrap_or("terraform.tfstate.d")),
        }
    }

    /// Of another root module, whose state is in a file if it is anywhere that Terraform would
    /// name by a path. `None` if its configuration cannot be read or keeps its state elsewhere.
    pub fn of_other(root: &Path, blocks: &StateBlocks) -> Option<Self> {
        let elsewhere = blocks.cloud.is_some()
            || blocks.backend.as_ref().is_some_and(|backend| &*backend.ty != "local");
        if elsewhere { None } else { Self::new(root, blocks.backend.as_ref()).ok() }
    }

    /// The file of a workspace.
    fn file(&self, workspace: &str) -> PathBuf {
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
    fn workspaces(&self) -> Vec<String> {
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
    fn read(&self, workspace: &str) -> Result<Option<Snapshot>, CommandError> {
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

/// What Terraform has of the states of a root module, and what has to be brought here before ours
/// can begin.
///
/// | Its last `init` recorded | The state is |
/// |---|---|
/// | nothing | in the file that the configuration names, or in `terraform.tfstate` |
/// | the `local` backend | in the file that the configuration names, or in the recorded one |
/// | another backend | elsewhere, whatever the configuration says by now |
#[derive(Clone, Debug)]
pub struct TerraformStates {
    configured: LocalFiles,
    /// Read only where there is no state of ours.
    record: Record,
}

impl TerraformStates {
    /// The workspaces that have a state, or may have: `selected` where that cannot be seen.
    pub fn workspaces(&self, selected: &str) -> Vec<String> {
        let mut all = self.configured.workspaces();
        match self.record.read() {
            Ok(Recorded::Local(previous)) => all.extend(previous.workspaces()),
            // Asked for the state of this one, `find` says what is wrong.
            Ok(Recorded::Elsewhere(_)) | Err(_) => all.push(selected.to_owned()),
        }
        all.sort_by_key(|name| (name != DEFAULT_WORKSPACE, name.clone()));
        all.dedup();
        all
    }

    /// Sets aside what Terraform recorded; gives where. `None` if there was nothing.
    ///
    /// # Errors
    /// It cannot be moved.
    pub fn forget_record(&self) -> Result<Option<PathBuf>, CommandError> {
        self.record.set_aside()
    }

    /// Refuses where the states are elsewhere. To be asked where there is no state of ours.
    ///
    /// # Errors
    /// Terraform recorded another backend than `local`.
    pub fn refuse_former(&self) -> Result<(), CommandError> {
        match self.record.read()? {
            Recorded::Elsewhere(backend) => Err(former_backend(&backend)),
            Recorded::Local(_) => Ok(()),
        }
    }

    /// The state of a workspace, with its file; `None` if there is none. To be asked where there
    /// is no state of ours.
    ///
    /// # Errors
    /// The state is elsewhere, or in two files, or the file is no state file that we know.
    pub fn find(&self, workspace: &str) -> Result<Option<(PathBuf, Snapshot)>, CommandError> {
        let previous = match self.record.read()? {
            Recorded::Elsewhere(backend) => return Err(former_backend(&backend)),
            Recorded::Local(files) => files,
        };
        let read = |files: &LocalFiles| {
            let state = files.read(workspace)?;
            Ok::<_, CommandError>(state.map(|state| (files.file(workspace), state)))
        };
        let (now, before) = (read(&self.configured)?, read(&previous)?);
        match (now, before) {
            (Some(now), Some(before)) if !same_file(&now.0, &before.0) => {
                Err(two_states(&now.0, &before.0))
            }
            (now, before) => Ok(now.or(before)),
        }
    }
}

fn same_file(one: &Path, other: &Path) -> bool {
    one == other || one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|o| o == one))
}

/// What Terraform has of the root module that a command works on, once it is sure that the
/// configuration does not say that the state is elsewhere. `None` if the module is not on disk,
/// which Terraform could not work with.
///
/// # Errors
/// The configuration cannot be read, or the state is elsewhere.
pub fn of_invocation(invocation: &Invocation) -> Result<Option<TerraformStates>, CommandError> {
    if !invocation.place.on_disk {
        return Ok(None);
    }
    let (source, _) = invocation.place.source()?;
    let (blocks, problems) = load_state_blocks(&*source, &invocation.sources);
    if problems.has_errors() {
        return Err(problems.into());
    }
    of_blocks(invocation, &blocks)
}

/// The same for configuration that has been read.
///
/// # Errors
/// The state is elsewhere.
pub fn of_project(
    invocation: &Invocation,
    project: &Project,
) -> Result<Option<TerraformStates>, CommandError> {
    of_blocks(invocation, &blocks_of(&project.config))
}

fn of_blocks(
    invocation: &Invocation,
    blocks: &StateBlocks,
) -> Result<Option<TerraformStates>, CommandError> {
    refuse_elsewhere(blocks)?;
    let root = invocation.place.root();
    let configured = LocalFiles::new(&root, blocks.backend.as_ref())?;
    if !invocation.place.on_disk {
        return Ok(None);
    }
    let record = Record::new(&invocation.env, &root);
    Ok(Some(TerraformStates { configured, record }))
}

/// Refuses a root module whose state is elsewhere, before it is read as a whole. What is wrong in
/// it is found when it is.
///
/// # Errors
/// There is a `backend` other than `local`, or a `cloud` block, or no source at all.
pub fn refuse_unread(invocation: &Invocation) -> Result<(), CommandError> {
    let (source, _) = invocation.place.source()?;
    refuse_elsewhere(&load_state_blocks(&*source, &invocation.sources).0)
}

/// Refuses configuration whose state is elsewhere: planning against an empty state would plan to
/// create everything once more.
///
/// # Errors
/// There is a `backend` other than `local`, or a `cloud` block.
pub fn refuse(config: &Config) -> Result<(), CommandError> {
    refuse_elsewhere(&blocks_of(config))
}

fn blocks_of(config: &Config) -> StateBlocks {
    let blocks = |root: &std::sync::Arc<groma_config::Module>| StateBlocks {
        backend: root.backend.clone(),
        cloud: root.cloud.clone(),
    };
    config.root().map(blocks).unwrap_or_default()
}

fn refuse_elsewhere(blocks: &StateBlocks) -> Result<(), CommandError> {
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
    if let Some(cloud) = &blocks.cloud {
        return refused("HCP Terraform (the cloud block)".to_owned(), cloud.span);
    }
    match &blocks.backend {
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

/// What is said where Terraform's last `init` knew of another backend than the configuration.
fn former_backend(backend: &str) -> CommandError {
    CommandError::new(
        "Backend configuration changed",
        format!(
            "Terraform recorded here that the state is kept in the {backend:?} backend, which the \
             configuration does not name any more, and there is no state of Groma's yet. Nothing \
             was done, because work with an empty state would take everything for new.\n\nRun \
             \"terraform init -migrate-state\" to bring the state into a local file, and then \
             \"groma init -migrate-state\" to import it; or give a file that \"terraform state \
             pull\" wrote to \"groma state push\". To begin with an empty state instead, run \
             \"groma init -reconfigure\", which sets the record aside."
        ),
    )
}

fn two_states(now: &Path, before: &Path) -> CommandError {
    CommandError::new(
        "Two states of Terraform found",
        format!(
            "The configuration keeps its state in {}, and kept it in {} when Terraform was \
             initialised last. Both hold resource instances, and there is no state of Groma's yet. \
             Move the one that is not the state away.",
            now.display(),
            before.display()
        ),
    )
}
