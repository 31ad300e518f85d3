//! What `terraform_remote_state` reads by the path of a state file: the database that has the
//! state, where there is one.
//!
//! A root module that was taken over from Terraform leaves its state file behind. Whoever still
//! names that file means the state, not what it was on the day of the move:
//!
//! | The file | Its root module's database | What is read |
//! |---|---|---|
//! | any, or none | has no such state | the file |
//! | none, or empty | has the state | the database |
//! | equals a version in the database | has the state | the database |
//! | anything else | has the state | neither: an error, for both go on from there |

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use groma_config::load_state_blocks;
use groma_diag::SourceMap;
use groma_provider_api::{AttributeDiagnostic, Block, ProviderDiagnostics};
use groma_provider_core::{LocalState, RemoteOutputs, RemoteState};
use groma_state::{Snapshot, StateKey, StateStore as _, v4};
use groma_state_sqlite::SqliteStore;
use groma_value::{Path as ValuePath, Value};

use crate::backend::LocalFiles;
use crate::environment::Environment;
use crate::error::CommandError;
use crate::place::Place;
use crate::store::state_error;

/// States of the local backend: in databases of ours, and in files.
pub struct LocalStates {
    /// What there is on disk.
    files: LocalState,
    /// The same with paths from the root module's directory on, be that on disk or not.
    named: LocalState,
    place: Place,
    env: Environment,
}

/// A root module that keeps the state that a file is, or would be, of.
struct Owner {
    root: PathBuf,
    database: PathBuf,
    key: StateKey,
}

impl LocalStates {
    /// As a command sees them that works in `place`.
    pub fn new(place: Place, env: Environment) -> Self {
        let files = LocalState::new(&place.directory);
        Self { files, named: LocalState::new(place.root()), place, env }
    }

    /// The root module that keeps its state in `file`, if it has a database: it is in the
    /// directory of the file or above.
    fn owner(&self, file: &Path) -> Option<Owner> {
        let file = canonical(file);
        file.ancestors().skip(1).find_map(|root| {
            let (database, stack) = self.place.state_of(root, &self.env);
            if !database.is_file() {
                return None;
            }
            let source = self.place.source_of(root)?;
            let (blocks, _) = load_state_blocks(&*source, &SourceMap::new());
            let workspace = LocalFiles::of_other(root, &blocks)?.workspace_of(&file)?;
            let key = StateKey::new(stack, workspace);
            Some(Owner { root: root.to_owned(), database, key })
        })
    }

    /// The outputs in an owner's database; `None` if it never had the state.
    async fn stored(
        &self,
        owner: &Owner,
        file: &Path,
    ) -> Result<Option<RemoteOutputs>, CommandError> {
        let store = SqliteStore::new(&owner.database);
        let stored = store.read(&owner.key).await.map_err(state_error)?;
        let Some(stored) = stored else { return Ok(None) };
        if let Some(left) = left_behind(file)
            && !is_version(&store, &owner.key, &left).await?
        {
            return Err(ambiguous(owner, file, &left, &stored.snapshot));
        }
        Ok(Some(outputs(&stored.snapshot)))
    }
}

/// The state in a file, if there is any to speak of.
fn left_behind(file: &Path) -> Option<Snapshot> {
    let snapshot = v4::read(&std::fs::read(file).ok()?).ok()?;
    Some(snapshot).filter(|snapshot| !snapshot.state.is_empty())
}

/// Whether a state is one that the database once had, so that the database goes on from there.
async fn is_version(
    store: &SqliteStore,
    key: &StateKey,
    left: &Snapshot,
) -> Result<bool, CommandError> {
    let versions = store.versions(key).await.map_err(state_error)?;
    for info in versions.iter().filter(|info| info.serial == left.serial) {
        let version = store.read_version(key, info.version).await.map_err(state_error)?.snapshot;
        if version.lineage == left.lineage && same_outputs(&version, left) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn ambiguous(owner: &Owner, file: &Path, left: &Snapshot, stored: &Snapshot) -> CommandError {
    let how = if left.lineage == stored.lineage {
        format!("serial {} and {}", left.serial, stored.serial)
    } else {
        "unrelated lineages".to_owned()
    };
    CommandError::new(
        "Two states for one path",
        format!(
            "{} holds a state that the database of {} never had ({how}): it was probably written by \
             Terraform after the state had been brought into the database. In that directory, run \
             \"groma state push\" with the file if it is right, or move it away if the database is.",
            file.display(),
            owner.root.display(),
        ),
    )
}

fn same_outputs(a: &Snapshot, b: &Snapshot) -> bool {
    let (a, b) = (a.state.outputs(), b.state.outputs());
    let same = |name, value: &Value| b.get(name).is_some_and(|b| b.value.raw_equals(value));
    a.len() == b.len() && a.iter().all(|(name, output)| same(name, &output.value))
}

fn outputs(snapshot: &Snapshot) -> RemoteOutputs {
    let all = snapshot.state.outputs().iter();
    all.map(|(name, output)| (name.to_string(), output.value.clone())).collect()
}

/// Absolute, with links followed as far as there is something on disk, and no `..`.
fn canonical(file: &Path) -> PathBuf {
    let clean = groma_config::source::path::clean(&file.to_string_lossy());
    let clean = PathBuf::from(clean);
    for existing in file.ancestors() {
        if let (Ok(real), Ok(rest)) = (existing.canonicalize(), file.strip_prefix(existing)) {
            let joined = real.join(rest);
            return groma_config::source::path::clean(&joined.to_string_lossy()).into();
        }
    }
    clean
}

fn problems(error: CommandError) -> ProviderDiagnostics {
    let all = error.diagnostics.into_iter();
    all.map(|one| {
        AttributeDiagnostic::error(one.summary, one.detail).at(ValuePath::new().attr("config"))
    })
    .collect()
}

#[async_trait]
impl RemoteState for LocalStates {
    fn backend(&self) -> &'static str {
        self.files.backend()
    }

    fn schema(&self) -> Block {
        self.files.schema()
    }

    fn validate(&self, config: &Value) -> ProviderDiagnostics {
        self.files.validate(config)
    }

    async fn outputs(
        &self,
        config: &Value,
        workspace: &str,
    ) -> Result<Option<RemoteOutputs>, ProviderDiagnostics> {
        let file = self.named.path(config, workspace);
        if let Some(owner) = self.owner(&file)
            && let Some(outputs) = self.stored(&owner, &file).await.map_err(problems)?
        {
            return Ok(Some(outputs));
        }
        self.files.outputs(config, workspace).await
    }
}
