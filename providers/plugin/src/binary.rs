//! What the instances of one binary share: what it declares, and the processes that run of it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use groma_addr::Provider as ProviderAddr;
use groma_provider_api::{AttributeDiagnostic, Capabilities, ProviderDiagnostics};
use prost::Message as _;
use ring::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use tokio::sync::OnceCell;

use crate::factory::{Located, Starter};
use crate::limits::Limits;
use crate::proto::{self, ProviderSchemas};
use crate::provider::{Wire, answered};
use crate::rpc::Method;
use crate::running::{NoAnswer, Running};
use crate::schemas::{Declared, Trust};
use crate::wire::Malformed;

/// One binary that serves a provider.
pub(crate) struct Binary {
    pub(crate) source: ProviderAddr,
    pub(crate) version: String,
    path: PathBuf,
    /// What its package is, if that is known for sure.
    package: Option<String>,
    starter: Arc<Starter>,
    /// What it declares, as it was kept.
    kept: OnceCell<Option<Arc<Declared>>>,
    /// What it declares, as it said.
    said: OnceLock<Arc<Declared>>,
    /// The process that every instance uses which is not configured, until the first that is
    /// configured takes it: most configurations have one provider configuration, which then costs
    /// one process. Without one, why there is none.
    first: OnceCell<Wire<Arc<Running>>>,
    taken: AtomicBool,
    configured: Mutex<HashMap<Hash, Slot>>,
}

/// Of a configuration: it may have secrets.
type Hash = [u8; SHA256_OUTPUT_LEN];

type Slot = Arc<OnceCell<Arc<Configured>>>;

/// A process that was configured: all that want it configured so use it, an apply what its plan
/// used before.
pub(crate) struct Configured {
    pub(crate) running: Arc<Running>,
    pub(crate) limits: Limits,
    /// What it said of its configuration, which is no error.
    pub(crate) warnings: ProviderDiagnostics,
}

impl Binary {
    pub(crate) fn new(at: Located, starter: Arc<Starter>) -> Self {
        let Located { source, version, path, package } = at;
        Self {
            source,
            version,
            path,
            package,
            starter,
            kept: OnceCell::new(),
            said: OnceLock::new(),
            first: OnceCell::new(),
            taken: AtomicBool::new(false),
            configured: Mutex::default(),
        }
    }

    /// Whether it is the same package.
    pub(crate) fn is_of(&self, at: &Located) -> bool {
        (&self.path, &self.package, &self.version, &self.source)
            == (&at.path, &at.package, &at.version, &at.source)
    }

    /// What the provider can do, as far as it is known.
    pub(crate) fn capabilities(&self) -> Capabilities {
        let kept = || self.kept.get().and_then(Option::as_ref);
        self.said.get().or_else(kept).map(|declared| declared.capabilities).unwrap_or_default()
    }

    /// What the provider declares. Starts it only if that is not known.
    pub(crate) async fn declared(&self) -> Wire<&Arc<Declared>> {
        if let Some(declared) = self.kept().await {
            return Ok(declared);
        }
        self.unconfigured().await?;
        self.said.get().ok_or_else(|| self.malformed(Method::GetProviderSchema, "nothing"))
    }

    async fn kept(&self) -> Option<&Arc<Declared>> {
        let found = self.kept.get_or_init(|| async {
            let (cache, package) = (self.starter.cache.clone()?, self.package.clone()?);
            let read = tokio::task::spawn_blocking(move || cache.get(&package));
            read.await.ok().flatten().map(Arc::new)
        });
        found.await.as_ref()
    }

    /// The process of instances that are not configured. One that does not start is not started
    /// again for each call.
    pub(crate) async fn unconfigured(&self) -> Wire<&Arc<Running>> {
        self.first.get_or_init(|| self.start()).await.as_ref().map_err(Clone::clone)
    }

    /// A process that is configured so.
    pub(crate) async fn configured(&self, request: proto::Configure) -> Wire<Arc<Configured>> {
        let key = hash(&request.encode_to_vec());
        let known = self.slot(key).get().cloned();
        if let Some(known) = known {
            if known.running.is_alive().await {
                return Ok(known);
            }
            self.all_configured().remove(&key);
        }
        let slot = self.slot(key);
        slot.get_or_try_init(|| self.configure(request)).await.cloned()
    }

    fn slot(&self, key: Hash) -> Slot {
        Arc::clone(self.all_configured().entry(key).or_default())
    }

    fn all_configured(&self) -> std::sync::MutexGuard<'_, HashMap<Hash, Slot>> {
        self.configured.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn configure(&self, request: proto::Configure) -> Wire<Arc<Configured>> {
        let running = self.to_configure().await?;
        let answer = running.call(Method::ConfigureProvider, request).await;
        let proto::Problems { diagnostics } =
            answer.map_err(|error: NoAnswer| vec![error.diagnostic()])?;
        let warnings = answered(diagnostics, None)?;
        Ok(Arc::new(Configured { running, limits: Limits::default(), warnings }))
    }

    /// A process to configure, which nobody else configures.
    async fn to_configure(&self) -> Wire<Arc<Running>> {
        let first = self.unconfigured().await?;
        if !self.taken.swap(true, Ordering::AcqRel) {
            return Ok(Arc::clone(first));
        }
        self.start().await
    }

    /// Starts a process and asks it what it declares, unless that is known and it can do without.
    async fn start(&self) -> Wire<Arc<Running>> {
        let running = self.starter.run(&self.source, self.path.clone()).await?;
        let known = self.said.get().or(self.kept().await);
        if known.is_some_and(|declared| declared.optional) {
            return Ok(running);
        }
        let known = known.is_some();
        let answer = running.declared().await.map_err(|error| vec![error.diagnostic()])?;
        if !known {
            let mut answer = answer.to_vec();
            if let Some(identities) = self.identities(&running).await? {
                answer.extend(identities.encode_to_vec());
            }
            self.learn(&running, &answer)?;
        }
        Ok(running)
    }

    /// What names the provider's objects. Most providers do not know the call.
    async fn identities(&self, running: &Running) -> Wire<Option<proto::WithIdentities>> {
        let answer = running.call(Method::GetResourceIdentitySchemas, proto::Empty {}).await;
        let mut answer: proto::IdentitySchemas = match answer {
            Err(error) if error.error.is_unimplemented() => return Ok(None),
            answer => answer.map_err(|error| vec![error.diagnostic()])?,
        };
        answered(std::mem::take(&mut answer.diagnostics), None)?;
        Ok(Some(proto::WithIdentities { identities: Some(answer) }))
    }

    fn learn(&self, running: &Running, answer: &[u8]) -> Wire<()> {
        const METHOD: Method = Method::GetProviderSchema;
        let protocol = running.client.protocol;
        let mut decoded = ProviderSchemas::decode(answer)
            .map_err(|error| self.malformed(METHOD, &error.to_string()))?;
        answered(std::mem::take(&mut decoded.diagnostics), None)?;
        let declared = Declared::new(decoded, protocol, Trust::Unknown)
            .map_err(|Malformed(problem)| self.malformed(METHOD, &problem))?;
        // Who was quicker has learnt the same.
        let _: Result<(), _> = self.said.set(Arc::new(declared));
        if let (Some(cache), Some(package)) = (&self.starter.cache, &self.package) {
            cache.put(package, protocol, answer);
        }
        Ok(())
    }

    /// The provider's answer to a call is not what the protocol allows.
    pub(crate) fn malformed(&self, method: Method, problem: &str) -> ProviderDiagnostics {
        vec![AttributeDiagnostic::error(
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

fn hash(content: &[u8]) -> Hash {
    let mut hash = [0; SHA256_OUTPUT_LEN];
    hash.copy_from_slice(digest(&SHA256, content).as_ref());
    hash
}
