//! The network mirror protocol: files beside the archives say what there is.

use std::collections::BTreeMap;
use std::fmt::Display;

use groma_addr::Provider;
use groma_config::version::Version;
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::registry::with_version;
use super::{Available, Found, OriginError, Place, Proof};
use crate::http::{Client, Host};
use crate::{Hash, Platform};

const MAX_REDIRECTS: usize = 5;
const MAX_INDEX: u64 = 16 << 20;

#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    versions: Option<BTreeMap<String, serde_json::Value>>,
}

#[derive(Deserialize)]
struct Archives {
    #[serde(default)]
    archives: Option<BTreeMap<String, Archive>>,
}

#[derive(Deserialize)]
struct Archive {
    #[serde(default)]
    url: String,
    #[serde(default, alias = "Hashes")]
    hashes: Option<Vec<String>>,
}

/// The versions that a mirror has.
pub(super) fn versions(
    client: &Client,
    mirror: &str,
    provider: &Provider,
) -> Result<Available, OriginError> {
    let mirror = Mirror { client, url: mirror, provider };
    let Some((index, _)) = mirror.ask::<Index>("index.json")? else {
        return Err(OriginError::NotFound { provider: provider.clone(), searched: Vec::new() });
    };
    // Terraform too does not mind versions that are none.
    let versions = index.versions.unwrap_or_default().into_keys();
    let versions = versions.filter_map(|text| text.parse().ok()).collect();
    Ok(Available { versions, warnings: Vec::new() })
}

/// The package that a mirror has; the inner error says that it lists none of that version.
pub(super) fn package(
    client: &Client,
    mirror: &str,
    provider: &Provider,
    version: &Version,
    platform: &Platform,
) -> Result<Result<Found, OriginError>, OriginError> {
    let mirror = Mirror { client, url: mirror, provider };
    let Some((archives, base)) = mirror.ask::<Archives>(&format!("{version}.json"))? else {
        let why = format!(
            "provider mirror does not have archive index for previously-reported {provider} \
             version {version}"
        );
        return Ok(Err(mirror.failed(&why)));
    };
    let mut archives = archives.archives.unwrap_or_default();
    let Some(archive) = archives.remove(&platform.to_string()) else {
        return Ok(Err(OriginError::Platform {
            provider: provider.clone(),
            version: version.clone(),
            platform: platform.clone(),
        }));
    };
    let url = base.join(&archive.url).map_err(|error| {
        mirror.failed(&format!("provider mirror returned invalid URL {:?}: {error}", archive.url))
    })?;
    let hash = |text: &String| {
        Hash::parse(text).ok_or_else(|| {
            mirror.failed(&format!(
                "provider mirror returned invalid provider hash {text:?}: hash string must start \
                 with a scheme keyword followed by a colon"
            ))
        })
    };
    let hashes = archive.hashes.unwrap_or_default();
    let hashes: Vec<Hash> = hashes.iter().map(hash).collect::<Result<_, _>>()?;
    let proof = if hashes.is_empty() { Proof::None } else { Proof::Hashes(hashes) };
    Ok(Ok(Found { place: Place::Remote(url), proof }))
}

struct Mirror<'a> {
    client: &'a Client,
    url: &'a str,
    provider: &'a Provider,
}

impl Mirror<'_> {
    fn failed(&self, why: &dyn Display) -> OriginError {
        let (url, provider) = (self.url.to_owned(), self.provider.clone());
        OriginError::Mirror { url, provider, why: why.to_string() }
    }

    /// A file about the provider, and where it was found; none, if there is no such file.
    fn ask<T: DeserializeOwned>(&self, file: &str) -> Result<Option<(T, Url)>, OriginError> {
        let Provider { host, namespace, ty } = self.provider;
        let base = Url::parse(self.url).map_err(|error| self.failed(&error))?;
        let path = format!("{}/{namespace}/{ty}/{file}", ascii(host));
        let url = base.join(&path).map_err(|error| self.failed(&error))?;
        let port = base.port().map(|port| format!(":{port}")).unwrap_or_default();
        let name = base.host_str().unwrap_or_default();
        let request = self.client.get(url).as_service().redirects(MAX_REDIRECTS);
        let mut request = with_version(request);
        if let Some(host) = Host::parse(&format!("{name}{port}")) {
            request = request.token_of(&host).map_err(|error| {
                self.failed(&format!("failed to determine request credentials: {error}"))
            })?;
        }
        let response = request.send().map_err(|error| self.failed(&error))?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                let host = response.host();
                return Err(OriginError::Unauthorized { host, shown: true });
            }
            status => {
                let why = format!("server returned unsuccessful status {}", status.as_u16());
                return Err(self.failed(&why));
            }
        }
        let kind = response.header(&CONTENT_TYPE).unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some("application/json") {
            let why = "response has invalid Content-Type: must be application/json";
            return Err(self.failed(&why));
        }
        let url = response.url().clone();
        let text = response.bytes(MAX_INDEX).map_err(|error| self.failed(&error))?;
        let content = serde_json::from_slice(&text).map_err(|error| {
            self.failed(&format!("invalid response content from mirror server: {error}"))
        })?;
        Ok(Some((content, url)))
    }
}

/// A host as mirrors name folders after it: in Punycode.
fn ascii(host: &str) -> String {
    Host::parse(host).map_or_else(|| host.to_owned(), |host| host.to_string())
}
