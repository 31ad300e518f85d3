//! Opening the state: which store, which state in it, and its lock.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use groma_diag::Diagnostic;
use groma_state::{Lock, LockInfo, RunMeta, Snapshot, StateError, StateKey, StateStore, Stored};
use groma_state_sqlite::SqliteStore;

use crate::args::LockArgs;
use crate::commands::Invocation;
use crate::commands::version::TERRAFORM_VERSION;
use crate::environment::Environment;
use crate::error::CommandError;

/// A state in a store.
#[derive(Clone)]
pub struct StateAccess {
    /// The store.
    pub store: Arc<dyn StateStore>,
    /// Which state.
    pub key: StateKey,
    /// Who works with it.
    pub actor: Actor,
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
    /// The database cannot be opened, or the workspace's name is not one.
    pub fn open(invocation: &Invocation) -> Result<Self, CommandError> {
        let workspace = crate::workspace::selected(&invocation.env, &invocation.place.directory)?;
        Self::open_workspace(invocation, &workspace.name)
    }

    /// The state of another workspace.
    ///
    /// # Errors
    /// The database cannot be opened.
    pub fn open_workspace(invocation: &Invocation, workspace: &str) -> Result<Self, CommandError> {
        let path = database(&invocation.env, &invocation.place.directory);
        let store = SqliteStore::new(path);
        Ok(Self {
            store: Arc::new(store),
            key: StateKey::new(invocation.place.stack.as_str(), workspace),
            actor: Actor::of(&invocation.env),
        })
    }

    /// The newest state; `None` if there never was one.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn read(&self) -> Result<Option<Stored>, CommandError> {
        self.store.read(&self.key).await.map_err(state_error)
    }

    /// The newest state, or an empty one.
    ///
    /// # Errors
    /// It cannot be read.
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

    async fn take_lock(&self, timeout: Duration, operation: &str) -> Result<Lock, CommandError> {
        let Actor { user, host } = &self.actor;
        let info = LockInfo::new(operation, user, host, TERRAFORM_VERSION);
        let deadline = Instant::now() + timeout;
        let mut pause = Duration::from_millis(50);
        loop {
            match self.store.lock(&self.key, info.clone()).await {
                Err(StateError::Locked { .. }) if Instant::now() + pause < deadline => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_secs(2));
                }
                other => return other.map_err(|error| lock_error(&error)),
            }
        }
    }
}

fn lock_error(error: &StateError) -> CommandError {
    let info = match error {
        StateError::Locked { info, .. } => lock_info(info),
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

/// A lock's holder, in Terraform's layout.
fn lock_info(info: &LockInfo) -> String {
    let created = jiff::Timestamp::try_from(info.created).map(|at| at.to_string());
    format!(
        "Lock Info:\n  ID:        {}\n  Path:      {}\n  Operation: {}\n  Who:       {}\n  \
         Version:   {}\n  Created:   {}\n  Info:      {}\n",
        info.id,
        info.path,
        info.operation,
        info.who,
        info.version,
        created.unwrap_or_default(),
        info.info
    )
}

/// A store's error as a diagnostic.
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
