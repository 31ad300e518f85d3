//! All plugins of a command, and what makes instances of one.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use std::{fmt, io};

use groma_addr::Provider as ProviderAddr;
use groma_provider_api::{Factory, Metadata, Provider};

use crate::binary::Binary;
use crate::process::{LogSink, Program, Spawner};
use crate::provider::{PluginProvider, Wire};
use crate::running::Running;
use crate::schemas::cache::Cache;

/// How plugins are started, whichever they are.
pub struct Start {
    /// Words before the binary: a command that sees to it that the plugin ends with this process.
    /// None to start the binary itself.
    pub launcher: Vec<OsString>,
    /// What plugins find in their environment.
    pub env: Vec<(OsString, OsString)>,
    /// The directory that they work in.
    pub directory: PathBuf,
    /// How long one may take until it listens.
    pub patience: Duration,
    /// Takes what they log.
    pub sink: Arc<dyn LogSink>,
    /// Where it is kept what providers declare; none to ask them each time.
    pub cache: Option<PathBuf>,
}

/// Where the binary of a provider is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// Which provider it serves.
    pub source: ProviderAddr,
    /// In which version; empty if it has none.
    pub version: String,
    /// The binary.
    pub path: PathBuf,
    /// The hash of its package, if it was checked: by it is kept what the provider declares.
    pub package: Option<String>,
}

/// All plugins of a command. Ends those that still run when it goes.
pub struct Plugins {
    starter: Arc<Starter>,
    binaries: Mutex<Vec<Arc<Binary>>>,
}

impl fmt::Debug for Plugins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugins").finish_non_exhaustive()
    }
}

impl Plugins {
    /// Ready to start plugins.
    ///
    /// # Errors
    /// There can be no more threads.
    pub fn new(start: Start) -> io::Result<Self> {
        let cache = start.cache.clone().map(Cache::new);
        let starter = Starter { start, spawner: Spawner::new()?, running: Mutex::default(), cache };
        Ok(Self { starter: Arc::new(starter), binaries: Mutex::default() })
    }

    /// What makes instances of that binary. All that are made of the same share processes.
    pub fn factory(&self, at: Located) -> PluginFactory {
        let mut binaries = self.binaries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = binaries.iter().find(|known| known.is_of(&at)) {
            return PluginFactory { binary: Arc::clone(known) };
        }
        let binary = Arc::new(Binary::new(at, Arc::clone(&self.starter)));
        binaries.push(Arc::clone(&binary));
        PluginFactory { binary }
    }

    /// Ends what runs: asks every plugin to, and kills the ones that take too long.
    pub async fn end(&self) {
        let running = std::mem::take(&mut *self.starter.running());
        let mut ends = tokio::task::JoinSet::new();
        for plugin in running.iter().filter_map(Weak::upgrade) {
            ends.spawn(async move { plugin.end().await });
        }
        ends.join_all().await;
    }
}

/// Starts plugins.
pub(crate) struct Starter {
    start: Start,
    spawner: Spawner,
    running: Mutex<Vec<Weak<Running>>>,
    pub(crate) cache: Option<Cache>,
}

impl Starter {
    /// Starts one more process of a binary.
    pub(crate) async fn run(&self, provider: &ProviderAddr, path: PathBuf) -> Wire<Arc<Running>> {
        let program = Program {
            provider: provider.to_string().into(),
            path,
            launcher: self.start.launcher.clone(),
            env: self.start.env.clone(),
            directory: self.start.directory.clone(),
            patience: self.start.patience,
        };
        let running = Running::start(&program, &self.spawner, &self.start.sink).await?;
        let running = Arc::new(running);
        self.running().push(Arc::downgrade(&running));
        Ok(running)
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Vec<Weak<Running>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes instances of one binary.
pub struct PluginFactory {
    binary: Arc<Binary>,
}

impl PluginFactory {
    /// Starts a process before anybody needs it. What is wrong with it is told to who does.
    pub async fn begin(&self) {
        let _: Wire<&Arc<Running>> = self.binary.unconfigured().await;
    }
}

impl Factory for PluginFactory {
    fn metadata(&self) -> Metadata {
        Metadata {
            source: self.binary.source.clone(),
            version: self.binary.version.clone(),
            capabilities: self.binary.capabilities(),
        }
    }

    fn instantiate(&self) -> Arc<dyn Provider> {
        Arc::new(PluginProvider::new(Arc::clone(&self.binary)))
    }
}
