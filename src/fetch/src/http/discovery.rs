//! Service discovery: a host says in `/.well-known/terraform.json` which services it offers where.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use url::Url;

use super::{Client, Host, HttpError};

const PATH: &str = "/.well-known/terraform.json";
const TIMEOUT: Duration = Duration::from_secs(11);
const MAX_REDIRECTS: usize = 3;
const MAX_SIZE: u64 = 1 << 20;

/// What a host offers.
#[derive(Clone, Debug)]
pub struct HostServices {
    /// What relative URLs are relative to.
    base: Option<Url>,
    services: BTreeMap<String, String>,
}

/// Why it is not known what a host offers.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    /// It cannot be asked.
    #[error("failed to request discovery document: {0}")]
    Request(#[from] HttpError),
    /// It does not say.
    #[error("failed to request discovery document: {0}")]
    Status(String),
    /// It says something else.
    #[error("discovery URL returned an unsupported Content-Type {0:?}")]
    ContentType(String),
    /// It says what cannot be read.
    #[error("failed to decode discovery document as a JSON object: {0}")]
    Json(serde_json::Error),
}

/// Why a service cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServiceError {
    /// The host has no such service.
    #[error("host does not provide a {0} service")]
    Absent(String),
    /// The host has it, but in other versions.
    #[error("host does not support {service} version {version}")]
    OtherVersions {
        /// `providers`
        service: String,
        /// `v1`
        version: String,
        /// Those that it has, sorted.
        offered: Vec<String>,
    },
    /// The host says where, and it cannot be there.
    #[error("invalid service URL for {service}: {problem}")]
    Url {
        /// `providers.v1`
        service: String,
        /// What is wrong.
        problem: String,
    },
}

impl HostServices {
    /// What is known of a host without asking it.
    pub(super) fn of(host: &Host, services: &BTreeMap<String, String>) -> Self {
        Self { base: document(host), services: services.clone() }
    }

    /// Where a service is, named with its version: `providers.v1`. Ends in a slash if the host says
    /// so, which relative URLs go by.
    ///
    /// # Errors
    /// The host does not offer it.
    pub fn url(&self, service: &str) -> Result<Url, ServiceError> {
        let Some(written) = self.services.get(service) else { return Err(self.absent(service)) };
        let invalid = |problem: String| ServiceError::Url { service: service.to_owned(), problem };
        let url = match &self.base {
            Some(base) => base.join(written),
            None => Url::parse(written),
        };
        let mut url = url.map_err(|error| invalid(error.to_string()))?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(invalid(format!("unsupported scheme {}", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            let problem = "embedded username/password information is not permitted";
            return Err(invalid(problem.to_owned()));
        }
        url.set_fragment(None);
        Ok(url)
    }

    fn absent(&self, service: &str) -> ServiceError {
        let (name, version) = service.rsplit_once('.').unwrap_or((service, ""));
        let versions = self.services.keys().filter_map(|id| id.rsplit_once('.'));
        let offered: Vec<String> =
            versions.filter(|(other, _)| *other == name).map(|(_, v)| v.to_owned()).collect();
        if offered.is_empty() {
            return ServiceError::Absent(service.to_owned());
        }
        let (service, version) = (name.to_owned(), version.to_owned());
        ServiceError::OtherVersions { service, version, offered }
    }
}

impl Client {
    /// What a host offers: asked once, unless it is known without.
    ///
    /// # Errors
    /// The host does not say.
    pub fn services(&self, host: &Host) -> Result<Arc<HostServices>, DiscoveryError> {
        let known = || self.shared.services.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(services) = known().get(host) {
            return Ok(Arc::clone(services));
        }
        // Whoever asks for another host meanwhile does not wait; two for the same both ask.
        let services = Arc::new(self.discover(host)?);
        known().insert(host.clone(), Arc::clone(&services));
        Ok(services)
    }

    fn discover(&self, host: &Host) -> Result<HostServices, DiscoveryError> {
        let none = HostServices { base: None, services: BTreeMap::new() };
        let Some(url) = document(host) else { return Ok(none) };
        let request = self.get(url).token_of(host)?;
        let response = request
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .timeout(TIMEOUT)
            .redirects(MAX_REDIRECTS)
            .send()?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(none),
            _ => return Err(DiscoveryError::Status(response.status_line())),
        }
        let kind = response.header(&CONTENT_TYPE).unwrap_or_default().to_owned();
        if kind.split(';').next().map(str::trim) != Some("application/json") {
            return Err(DiscoveryError::ContentType(kind));
        }
        let base = response.url().clone();
        let text = response.bytes(MAX_SIZE)?;
        let all: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(&text).map_err(DiscoveryError::Json)?;
        // Some services are described by objects; none of those that providers and modules need.
        let services = all.into_iter().filter_map(|(id, value)| match value {
            serde_json::Value::String(url) => Some((id, url)),
            _ => None,
        });
        Ok(HostServices { base: Some(base), services: services.collect() })
    }
}

fn document(host: &Host) -> Option<Url> {
    Url::parse(&format!("https://{host}{PATH}")).ok()
}
