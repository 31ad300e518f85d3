//! The module registry protocol: which versions there are of a module, and where each is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use groma_config::modules::RegistryModule;
use groma_config::version::{Constraints, Version};
use reqwest::StatusCode;
use serde::Deserialize;
use url::Url;

use super::fetch::FetchError;
use super::web::{X_TERRAFORM_GET, target};
use crate::http::{Client, DiscoveryError, Host, HttpError, Response, ServiceError};
use crate::requirements::meets;

/// Larger than any list of versions.
const MAX_SIZE: u64 = 32 << 20;
const SERVICE: &str = "modules.v1";

/// Why a registry does not help.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// It has no such module.
    #[error("module not found")]
    NotFound,
    /// Its host name is none.
    #[error("invalid host name {0:?}")]
    Host(String),
    /// It cannot be asked.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// It has no modules.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// It cannot be asked.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// It answers otherwise than registries do.
    #[error("error looking up module versions: {0}")]
    Status(String),
    /// It does not say where a version is.
    #[error("error getting download location for {module:?}: {status} resp:{body}")]
    NoLocation {
        /// The module.
        module: String,
        /// What it answered.
        status: String,
        /// The start of what it said.
        body: String,
    },
    /// It says nothing that can be read.
    #[error("invalid response: {0}")]
    Json(#[from] serde_json::Error),
    /// It lists versions of nothing.
    #[error("the response has no module")]
    Empty,
    /// It says where a version is, and it cannot be there.
    #[error("{0}")]
    Location(FetchError),
    /// Its addresses cannot be asked for.
    #[error("invalid URL: {0}")]
    Url(#[from] url::ParseError),
}

/// The versions of a module that there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Available {
    /// In the registry's order.
    pub versions: Vec<Version>,
    /// What the registry lists as versions and is none.
    pub invalid: Vec<String>,
}

/// What constraints choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// The newest that they admit.
    Version(Version),
    /// None of those that there are; the newest is this.
    Unresolvable(Version),
    /// There are none at all.
    Nothing,
}

impl Available {
    /// The newest version that constraints admit. A prerelease is one only for who names it.
    pub(super) fn choose(&self, constraints: &Constraints) -> Choice {
        let wanted =
            |version: &&Version| version.prerelease().is_none() || meets(constraints, version);
        let newest = self.versions.iter().filter(wanted).max();
        let fits = |version: &&Version| constraints.admits(version);
        match (self.versions.iter().filter(wanted).filter(fits).max(), newest) {
            (Some(version), _) => Choice::Version(version.clone()),
            (None, Some(newest)) => Choice::Unresolvable(newest.clone()),
            (None, None) => Choice::Nothing,
        }
    }
}

/// Where a version is: the address of its package, and the directory inside of it.
pub(super) type Location = (String, Option<String>);

type Slot<T> = Arc<OnceLock<Result<Arc<T>, Arc<RegistryError>>>>;
type Slots<K, T> = Mutex<HashMap<K, Slot<T>>>;

/// What registries have said in this run. May be asked from several threads.
#[derive(Debug)]
pub(super) struct Registries {
    client: Client,
    available: Slots<RegistryModule, Available>,
    locations: Slots<(RegistryModule, String), Location>,
}

impl Registries {
    /// Nothing asked yet.
    pub(super) fn new(client: Client) -> Self {
        Self { client, available: Mutex::default(), locations: Mutex::default() }
    }

    /// The versions of a module.
    pub(super) fn available(
        &self,
        module: &RegistryModule,
    ) -> Result<Arc<Available>, Arc<RegistryError>> {
        once(&self.available, module.clone(), || self.list(module))
    }

    /// Where a version is.
    pub(super) fn location(
        &self,
        module: &RegistryModule,
        version: &Version,
    ) -> Result<Arc<Location>, Arc<RegistryError>> {
        let key = (module.clone(), version.to_string());
        once(&self.locations, key, || self.locate(module, version))
    }

    fn list(&self, module: &RegistryModule) -> Result<Available, RegistryError> {
        let response = self.ask(module, "versions")?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Err(RegistryError::NotFound),
            _ => return Err(RegistryError::Status(response.status_line())),
        }
        let listed: Listed = serde_json::from_slice(&response.bytes(MAX_SIZE)?)?;
        let module = listed.modules.into_iter().next().ok_or(RegistryError::Empty)?;
        let mut available = Available::default();
        for ListedVersion { version } in module.versions {
            match version.parse() {
                Ok(version) => available.versions.push(version),
                Err(_) => available.invalid.push(version),
            }
        }
        Ok(available)
    }

    fn locate(
        &self,
        module: &RegistryModule,
        version: &Version,
    ) -> Result<Location, RegistryError> {
        let response = self.ask(module, &format!("{version}/download"))?;
        let status = response.status();
        if status == StatusCode::NOT_FOUND {
            return Err(RegistryError::NotFound);
        }
        let base = response.url().clone();
        let found = response.header(&X_TERRAFORM_GET).unwrap_or_default().to_owned();
        if found.is_empty() || !matches!(status, StatusCode::OK | StatusCode::NO_CONTENT) {
            let status = response.status_line();
            let body = response.bytes(MAX_SIZE)?;
            let body: String = String::from_utf8_lossy(&body).chars().take(200).collect();
            let module = module.for_display();
            return Err(RegistryError::NoLocation { module, status, body });
        }
        target(&found, Some(&base), "the registry").map_err(RegistryError::Location)
    }

    fn ask(&self, module: &RegistryModule, what: &str) -> Result<Response, RegistryError> {
        let host =
            Host::parse(&module.host).ok_or_else(|| RegistryError::Host(module.host.clone()))?;
        let RegistryModule { namespace, name, system, .. } = module;
        let base = slashed(self.client.services(&host)?.url(SERVICE)?);
        let url = base.join(&format!("{namespace}/{name}/{system}/{what}"))?;
        Ok(self.client.get(url).token_of(&host)?.as_service().send()?)
    }
}

/// Ends in a slash, so that what is joined to it is below it.
fn slashed(mut url: Url) -> Url {
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    url
}

fn once<K: std::hash::Hash + Eq, T>(
    slots: &Slots<K, T>,
    key: K,
    ask: impl FnOnce() -> Result<T, RegistryError>,
) -> Result<Arc<T>, Arc<RegistryError>> {
    let slot = {
        let mut slots = slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(key).or_default())
    };
    slot.get_or_init(|| ask().map(Arc::new).map_err(Arc::new)).clone()
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    modules: Vec<ListedModule>,
}

#[derive(Deserialize)]
struct ListedModule {
    #[serde(default)]
    versions: Vec<ListedVersion>,
}

#[derive(Deserialize)]
struct ListedVersion {
    version: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(constraints: &str, expected: &str) {
        let versions = ["1.0.0", "1.2.0", "1.10.0", "2.0.0-beta1", "0.9.0"];
        let versions = versions.iter().map(|text| text.parse().expect("a version"));
        let available = Available { versions: versions.collect(), invalid: Vec::new() };
        let constraints = match constraints {
            "" => Constraints::default(),
            text => text.parse().expect("constraints"),
        };
        let shown = match available.choose(&constraints) {
            Choice::Version(version) => version.to_string(),
            Choice::Unresolvable(newest) => format!("none of {newest} and older"),
            Choice::Nothing => "none".to_owned(),
        };
        assert_eq!(shown, expected, "{constraints}");
    }

    #[test]
    fn the_newest_that_fits_is_chosen() {
        check("", "1.10.0");
        check("~> 1.0", "1.10.0");
        check("< 1.10", "1.2.0");
        check("> 1.10", "none of 1.10.0 and older");
    }

    #[test]
    fn prereleases_have_to_be_named() {
        check("2.0.0-beta1", "2.0.0-beta1");
        check(">= 2.0.0-beta1", "none of 1.10.0 and older");
        check(">= 1.0", "1.10.0");
    }
}
