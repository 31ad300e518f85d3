//! What makes instances of a plugin: one binary, and the processes that run of it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::{fmt, io};

use groma_addr::Provider as ProviderAddr;
use groma_provider_api::{Capabilities, Factory, Metadata, Provider, ProviderDiagnostics};
use tokio::sync::OnceCell;

use crate::process::{LogSink, Program, Spawner};
use crate::proto;
use crate::provider::{PluginProvider, answered};
use crate::rpc::Method;
use crate::running::Running;
use crate::schemas::Schemas;
use crate::wire::Malformed;

/// How plugins are started, whichever they are.
pub struct Start {
    /// Words before the binary: a command that sees to it that the plugin ends with this process.
    /// None to start the binary itself.
    pub launcher: Vec<OsString>,
    /// What plugins find in their environment.
    pub env: Vec<(OsString, OsString)>,
    /// The directory that they work in.
    pub directory: PathBuf,
    /// Takes what they log.
    pub sink: Arc<dyn LogSink>,
}

/// All plugins of a command. Ends those that still run when it goes.
pub struct Plugins {
    start: Start,
    spawner: Spawner,
    running: Mutex<Vec<Weak<Running>>>,
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
    pub fn new(start: Start) -> io::Result<Arc<Self>> {
        let spawner = Spawner::new()?;
        Ok(Arc::new(Self { start, spawner, running: Mutex::default() }))
    }

    /// Ends what runs: asks every plugin to, and kills the ones that take too long.
    pub async fn end(&self) {
        let running =
            std::mem::take(&mut *self.running.lock().unwrap_or_else(PoisonError::into_inner));
        let mut ends = tokio::task::JoinSet::new();
        for plugin in running.iter().filter_map(Weak::upgrade) {
            ends.spawn(async move { plugin.end().await });
        }
        ends.join_all().await;
    }

    async fn run(&self, path: PathBuf) -> Result<Arc<Running>, ProviderDiagnostics> {
        let program = Program {
            path,
            launcher: self.start.launcher.clone(),
            env: self.start.env.clone(),
            directory: self.start.directory.clone(),
        };
        let running = Running::start(&program, &self.spawner, &self.start.sink).await?;
        let running = Arc::new(running);
        let mut all = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(Arc::downgrade(&running));
        Ok(running)
    }
}

/// One binary that serves a provider.
pub struct PluginFactory {
    binary: Arc<Binary>,
}

/// What the instances of one binary share.
pub(crate) struct Binary {
    source: ProviderAddr,
    version: String,
    path: PathBuf,
    plugins: Arc<Plugins>,
    schemas: OnceCell<Arc<Schemas>>,
    capabilities: OnceLock<Capabilities>,
    /// The process that every instance uses which is not configured, until the first that is
    /// configured takes it: most configurations have one provider configuration, which then costs
    /// one process.
    first: OnceCell<Arc<Running>>,
    taken: AtomicBool,
}

impl PluginFactory {
    /// The binary at `path`, which serves that version of the provider at `source`.
    pub fn new(
        source: ProviderAddr,
        version: String,
        path: PathBuf,
        plugins: Arc<Plugins>,
    ) -> Self {
        let binary = Binary {
            source,
            version,
            path,
            plugins,
            schemas: OnceCell::new(),
            capabilities: OnceLock::new(),
            first: OnceCell::new(),
            taken: AtomicBool::new(false),
        };
        Self { binary: Arc::new(binary) }
    }
}

impl Factory for PluginFactory {
    fn metadata(&self) -> Metadata {
        Metadata {
            source: self.binary.source.clone(),
            version: self.binary.version.clone(),
            // Known once the schema is.
            capabilities: self.binary.capabilities.get().copied().unwrap_or_default(),
        }
    }

    fn instantiate(&self) -> Arc<dyn Provider> {
        Arc::new(PluginProvider::new(Arc::clone(&self.binary)))
    }
}

impl Binary {
    /// The process of instances that are not configured.
    pub(crate) async fn unconfigured(&self) -> Result<&Arc<Running>, ProviderDiagnostics> {
        self.first.get_or_try_init(|| self.plugins.run(self.path.clone())).await
    }

    /// A process to configure, which nobody else configures.
    pub(crate) async fn to_configure(&self) -> Result<Arc<Running>, ProviderDiagnostics> {
        let first = self.unconfigured().await?;
        if !self.taken.swap(true, Ordering::AcqRel) {
            return Ok(Arc::clone(first));
        }
        let running = self.plugins.run(self.path.clone()).await?;
        // Plugins that are several in one look their types up while they answer this.
        declared(&running).await?;
        Ok(running)
    }

    /// What the provider declares.
    pub(crate) async fn schemas(&self) -> Result<&Arc<Schemas>, ProviderDiagnostics> {
        self.schemas.get_or_try_init(|| self.load()).await
    }

    async fn load(&self) -> Result<Arc<Schemas>, ProviderDiagnostics> {
        let running = self.unconfigured().await?;
        let mut answer = declared(running).await?;
        answered(std::mem::take(&mut answer.diagnostics), None)?;
        let schemas = Schemas::new(answer, running.client.protocol)
            .map_err(|Malformed(problem)| self.malformed(Method::GetProviderSchema, &problem))?;
        // Set once: the cell that this fills is.
        let _: Result<(), _> = self.capabilities.set(schemas.capabilities);
        Ok(Arc::new(schemas))
    }

    /// The provider's answer to a call is not what the protocol allows.
    pub(crate) fn malformed(&self, method: Method, problem: &str) -> ProviderDiagnostics {
        vec![groma_provider_api::AttributeDiagnostic::error(
            "Invalid answer of a provider plugin",
            format!(
                "The provider {} {} answered the {} call with what cannot be used: {problem}. This \
                 is a problem of the provider, which should be reported to its developers.",
                self.source,
                self.version,
                method.name()
            ),
        )]
    }
}

/// Asks a plugin what it declares.
async fn declared(running: &Running) -> Result<proto::ProviderSchemas, ProviderDiagnostics> {
    let answer = running.call(Method::GetProviderSchema, proto::Empty {}).await;
    answer.map_err(|error| vec![error.diagnostic()])
}
