//! HTTP as registries, mirrors and archives are asked: one client for everything that is fetched.
//!
//! | Module | Holds |
//! |---|---|
//! | `host` | names of service hosts, as they are compared |
//! | `credentials` | tokens by host, and programs that know them |
//! | `discovery` | which services a host offers, and where |
//! | `request` | one GET with redirects and retries |
//! | `response` | an answer, read up to a limit |
//! | `proxy` | which proxy a URL is asked through |
//! | `tls` | whose certificates are believed |
//!
//! It blocks, and must not be used from asynchronous code: what is fetched is unpacked and hashed
//! as it comes, and whoever fetches several things at once has a thread for each.
//!
//! **Invariants:** a token goes to the service it is for, over TLS, and nowhere a redirect leads;
//! no token and no query of a URL is in an error; no body is read beyond a limit; nothing leads
//! from `https` to `http`.

mod credentials;
mod discovery;
mod error;
mod host;
mod proxy;
mod request;
mod response;
mod tls;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use url::Url;

pub use credentials::{Credentials, Helper, Token};
pub use discovery::{DiscoveryError, HostServices, ServiceError};
pub use error::HttpError;
pub use host::Host;
pub use proxy::Proxies;
pub use request::Get;
pub use response::Response;
pub use tls::Roots;

/// Longer than any answer takes to go on, in the middle of a download.
const IDLE: Duration = Duration::from_mins(1);

/// How the network is used.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the client calls itself.
    pub user_agent: String,
    /// Through which proxies.
    pub proxies: Proxies,
    /// Whose certificates are believed.
    pub roots: Roots,
    /// How often a request that failed is made again (`TF_REGISTRY_DISCOVERY_RETRY`).
    pub retries: u32,
    /// How long a service may take to answer (`TF_REGISTRY_CLIENT_TIMEOUT`).
    pub timeout: Duration,
    /// What services want to be shown.
    pub credentials: Credentials,
    /// Hosts whose services are known without asking (`host` blocks): by service, where.
    pub services: BTreeMap<Host, BTreeMap<String, String>>,
    /// How to wait before a request is made again.
    pub pause: fn(Duration),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: concat!("Groma/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxies: Proxies::default(),
            roots: Roots::default(),
            retries: 1,
            timeout: Duration::from_secs(10),
            credentials: Credentials::default(),
            services: BTreeMap::new(),
            pause,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a server that is overloaded sends no event")]
fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// A client. Clones share its connections and what it knows of hosts.
///
/// Making one costs nothing: threads, certificates and connections come with the first request.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    settings: Settings,
    connections: OnceLock<Result<reqwest::blocking::Client, String>>,
    services: Mutex<BTreeMap<Host, Arc<HostServices>>>,
}

impl Client {
    /// A client that uses the network as `settings` say.
    pub fn new(settings: Settings) -> Self {
        let services = settings
            .services
            .iter()
            .map(|(host, services)| (host.clone(), Arc::new(HostServices::of(host, services))));
        let services = Mutex::new(services.collect());
        Self { shared: Arc::new(Shared { settings, connections: OnceLock::new(), services }) }
    }

    /// A request for what is at `url`.
    pub fn get(&self, url: Url) -> Get<'_> {
        Get::new(self, url)
    }

    fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    fn connections(&self) -> Result<&reqwest::blocking::Client, HttpError> {
        let connections = self.shared.connections.get_or_init(|| connect(self.settings()));
        connections.as_ref().map_err(|problem| HttpError::Unusable(problem.clone()))
    }
}

fn connect(settings: &Settings) -> Result<reqwest::blocking::Client, String> {
    let tls = tls::config(&settings.roots)?;
    let built = reqwest::blocking::Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(&settings.user_agent)
        .no_proxy()
        .proxy(settings.proxies.clone().into_proxy())
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(IDLE / 2)
        .timeout(IDLE)
        .build();
    built.map_err(|error| error::innermost(&error))
}

#[cfg(test)]
mod tests;
