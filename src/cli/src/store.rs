//! Opening the state: which store, which state in it, and its lock.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use groma_diag::{Diagnostic, Diagnostics, SourceMap};
use groma_state::{
    DanglingIntent, Lock, LockInfo, RunMeta, Snapshot, State, StateError, StateKey, StateStore,
    Stored, lock_within,
};
use groma_state_sqlite::SqliteStore;

use crate::args::LockArgs;
use crate::backend::{self, TerraformStates};
use crate::commands::Invocation;
use crate::commands::version::TERRAFORM_VERSION;
use crate::environment::Environment;
use crate::error::CommandError;
use crate::project::Project;
use crate::terminal::Terminal;

/// A state in a store.
#[derive(Clone)]
pub struct StateAccess {
    /// The store.
    pub store: Arc<dyn StateStore>,
    /// Which state.
    pub key: StateKey,
    /// Who works with it.
    pub actor: Actor,
    /// What Terraform has of it.
    terraform: Option<TerraformStates>,
    /// Where to say what was found beside a state: a lock that was taken over, changes of which
    /// nobody knows the outcome.
    terminal: Terminal,
}

/// Who works with a state.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The user's name.
    pub user: String,
    /// The host's name.
    pub host: String,
}

impl Actor {
    fn of(env: &Environment) -> Self {
        let user = env.get("USER").or_else(|| env.get("LOGNAME")).unwrap_or("unknown");
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
        let host = host.as_deref().map(str::trim).or_else(|| env.get("HOSTNAME"));
        Self { user: user.to_owned(), host: host.unwrap_or("localhost").to_owned() }
    }
}

/// Where the database is.
pub fn database(env: &Environment, directory: &std::path::Path) -> PathBuf {
    directory.join(env.path("GROMA_DATA_DIR").unwrap_or_else(|| ".groma".into())).join("state.db")
}

impl StateAccess {
    /// The state of the selected workspace of the root module that the command works on.
    ///
    /// # Errors
    /// The state is elsewhere by the configuration, or the workspace's name is not one.
    pub fn open(invocation: &Invocation) -> Result<Self, CommandError> {
        Self::selected(invocation, backend::of_invocation(invocation)?)
    }

    /// The same for configuration that has been read.
    ///
    /// # Errors
    /// The state is elsewhere by the configuration, or the workspace's name is not one.
    pub fn of_project(invocation: &Invocation, project: &Project) -> Result<Self, CommandError> {
        Self::selected(invocation, backend::of_project(invocation, project)?)
    }

    fn selected(
        invocation: &Invocation,
        terraform: Option<TerraformStates>,
    ) -> Result<Self, CommandError> {
        let workspace = crate::workspace::selected(&invocation.env, &invocation.place.directory)?;
        Ok(Self {
            store: Arc::new(SqliteStore::new(database(
                &invocation.env,
                &invocation.place.directory,
            ))),
            key: StateKey::new(invocation.place.stack.as_str(), workspace.name),
            actor: Actor::of(&invocation.env),
            terraform,
            terminal: invocation.terminal,
        })
    }

    /// The state of another workspace.
    #[must_use]
    pub fn of_workspace(mut self, workspace: &str) -> Self {
        self.key.workspace = workspace.into();
        self
    }

    /// What Terraform has of the states of this root module.
    pub fn terraform(&self) -> Option<&TerraformStates> {
        self.terraform.as_ref()
    }

    /// The newest state; `None` if there never was one. Says aside what runs left unfinished.
    ///
    /// # Errors
    /// It cannot be read, or is still where Terraform keeps it: work with an empty state would
    /// take everything for new.
    pub async fn read(&self) -> Result<Option<Stored>, CommandError> {
        let stored = self.read_silently().await?;
        let unfinished = self.unfinished().await?;
        self.terminal.diagnostics_aside(&unfinished, &SourceMap::new());
        Ok(stored)
    }

    /// The same for whoever says by other means what is [unfinished](Self::unfinished).
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn read_silently(&self) -> Result<Option<Stored>, CommandError> {
        let stored = self.stored().await?;
        if stored.is_none()
            && let Some(terraform) = &self.terraform
            && let Some((file, snapshot)) = terraform.find(&self.key.workspace)?
        {
            return Err(backend::only_terraform(&file, &snapshot));
        }
        Ok(stored)
    }

    /// A warning of the changes that runs have begun and not lived to see the outcome of, if there
    /// are any.
    ///
    /// # Errors
    /// They cannot be read.
    pub async fn unfinished(&self) -> Result<Diagnostics, CommandError> {
        let dangling = self.store.dangling(&self.key).await.map_err(state_error)?;
        Ok(unfinished(&dangling).into_iter().collect())
    }

    /// The workspaces of this root module.
    ///
    /// # Errors
    /// They cannot be read, or Terraform keeps them elsewhere.
    pub async fn workspaces(&self) -> Result<Vec<String>, CommandError> {
        if let Some(terraform) = &self.terraform
            && self.store.versions(&self.key).await.map_err(state_error)?.is_empty()
        {
            terraform.refuse_former()?;
        }
        self.store.workspaces(&self.key.stack).await.map_err(state_error)
    }

    /// The newest state in the database, whatever there is besides.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn stored(&self) -> Result<Option<Stored>, CommandError> {
        self.store.read(&self.key).await.map_err(state_error)
    }

    /// The newest state alone.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn snapshot(&self) -> Result<Option<Snapshot>, CommandError> {
        Ok(self.read().await?.map(|stored| stored.snapshot))
    }

    /// What a run of `command` is to be recorded as.
    pub fn meta(&self, command: &str, commit: Option<String>) -> RunMeta {
        RunMeta {
            command: command.to_owned(),
            actor: format!("{}@{}", self.actor.user, self.actor.host),
            commit,
            started: SystemTime::now(),
            terraform_version: TERRAFORM_VERSION.to_owned(),
        }
    }

    /// Does `work` under the state's lock, unless the user asked for none. The lock is released
    /// however the work ends.
    ///
    /// # Errors
    /// The lock is another's, or what `work` fails with.
    pub async fn locked<T, F>(
        &self,
        args: &LockArgs,
        operation: &str,
        work: impl FnOnce(Option<Lock>) -> F,
    ) -> Result<T, CommandError>
    where
        F: Future<Output = Result<T, CommandError>>,
    {
        if !args.lock {
            return work(None).await;
        }
        let lock = self.take_lock(args.lock_timeout, operation).await?;
        let result = work(Some(lock.clone())).await;
        let released = self.store.unlock(&self.key, &lock.id).await;
        match (result, released) {
            (Ok(value), Ok(())) => Ok(value),
            (Ok(_), Err(error)) => Err(state_error(error)),
            (Err(error), _) => Err(error),
        }
    }

    /// Changes the state by hand, under its lock, as one run. Nothing is written if `edit` gives
    /// back the same state; `None` if there is no state yet.
    ///
    /// # Errors
    /// The state cannot be locked, read or written, or what `edit` fails with.
    pub async fn edit<T>(
        &self,
        args: &LockArgs,
        command: &str,
        edit: impl FnOnce(&State) -> Result<(State, T), CommandError>,
    ) -> Result<Option<T>, CommandError> {
        self.locked(args, command, |lock| async move {
            let Some(stored) = self.read().await? else { return Ok(None) };
            let before = &stored.snapshot.state;
            let (after, result) = edit(before)?;
            let changes = before.diff(&after).map_err(|error| {
                CommandError::new("Failed to write the state", format!("{error}."))
            })?;
            if !changes.is_empty() {
                let meta = self.meta(command, None);
                let run = self.store.begin_run(&self.key, lock.as_ref(), meta).await;
                let run = run.map_err(state_error)?;
                run.record(changes).await.map_err(state_error)?;
                run.close().await.map_err(state_error)?;
            }
            Ok(Some(result))
        })
        .await
    }

    async fn take_lock(&self, timeout: Duration, operation: &str) -> Result<Lock, CommandError> {
        let Actor { user, host } = &self.actor;
        let info = LockInfo::new(operation, user, host, TERRAFORM_VERSION);
        let lock = lock_within(&*self.store, &self.key, info, timeout).await;
        let lock = lock.map_err(|error| lock_error(&error))?;
        if let Some(gone) = &lock.taken_over {
            self.terminal.diagnostics_aside(&taken_over(gone).into(), &SourceMap::new());
        }
        Ok(lock)
    }
}

fn unfinished(dangling: &[DanglingIntent]) -> Option<Diagnostic> {
    if dangling.is_empty() {
        return None;
    }
    let list: Vec<String> = dangling.iter().map(|intent| format!("  - {intent}")).collect();
    Some(Diagnostic::warning(
        "Changes whose outcome is not known",
        format!(
            "A run began these changes and ended before it knew what became of them:\n\n{}\n\nThe \
             state has what was there before. Look at the objects themselves: one that was created \
             after all is in no state, so that the next apply would create another; bring it in with \
             \"groma import\".",
            list.join("\n")
        ),
    ))
}

fn taken_over(gone: &LockInfo) -> Diagnostic {
    Diagnostic::warning(
        "Lock of an ended process taken over",
        format!(
            "The process that held the state's lock has ended without releasing it.\n\nLock \
             Info:\n{gone}"
        ),
    )
}

fn lock_error(error: &StateError) -> CommandError {
    let info = match error {
        StateError::Locked { info, .. } => format!("Lock Info:\n{info}\n"),
        _ => String::new(),
    };
    CommandError::new(
        "Error acquiring the state lock",
        format!(
            "Error message: {error}\n{info}\nGroma acquires a state lock to protect the state from being \
             written by multiple users at the same time. Please resolve the issue above and try \
             again. For most commands, you can disable locking with the \"-lock=false\" flag, but \
             this is not recommended."
        ),
    )
}

/// A store's error as a diagnostic.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub fn state_error(error: StateError) -> CommandError {
    let summary = match &error {
        StateError::Locked { .. } => "The state is locked",
        _ => "Error with the state",
    };
    let mut detail = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        detail.push_str(": ");
        detail.push_str(&cause.to_string());
        source = cause.source();
    }
    detail.push('.');
    Diagnostic::error(summary, detail).into()
}
