//! The registry protocol: which versions a registry has, and where the package of one is.

use std::collections::BTreeSet;
use std::fmt::Display;

use groma_addr::Provider;
use groma_config::version::{CORE, Version};
use reqwest::StatusCode;
use reqwest::header::{HeaderName, HeaderValue};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::proof::{Release, is_sum};
use super::signature::SigningKey;
use super::{Available, Found, OriginError, Place, Proof};
use crate::Platform;
use crate::http::{Client, Get, Host, Response, ServiceError};

const SERVICE: &str = "providers.v1";
/// The plugin protocols that are spoken here.
const PROTOCOLS: std::ops::RangeInclusive<u64> = 5..=6;
/// Ten times what the provider with the most versions takes.
const MAX_VERSIONS: u64 = 64 << 20;
const MAX_PACKAGE: u64 = 4 << 20;
const MAX_SUMS: u64 = 4 << 20;

#[derive(Deserialize)]
struct Versions {
    #[serde(default)]
    versions: Option<Vec<Listed>>,
    #[serde(default)]
    warnings: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    version: String,
    #[serde(default)]
    protocols: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Package {
    protocols: Option<Vec<String>>,
    os: String,
    arch: String,
    filename: String,
    download_url: String,
    shasum: String,
    shasums_url: String,
    shasums_signature_url: String,
    signing_keys: Option<SigningKeys>,
}

#[derive(Deserialize)]
struct SigningKeys {
    #[serde(default)]
    gpg_public_keys: Option<Vec<SigningKey>>,
}

/// The versions that a provider's registry has.
pub(super) fn versions(client: &Client, provider: &Provider) -> Result<Available, OriginError> {
    let listed = Registry::of(client, provider)?.listed()?;
    let mut versions = BTreeSet::new();
    for one in listed.versions.into_iter().flatten() {
        versions.insert(version(&one.version).map_err(|why| query(provider, &why))?);
    }
    Ok(Available { versions, warnings: listed.warnings.unwrap_or_default() })
}

/// The package that a provider's registry has.
pub(super) fn package(
    client: &Client,
    provider: &Provider,
    version: &Version,
    platform: &Platform,
) -> Result<Found, OriginError> {
    Registry::of(client, provider)?.package(version, platform)
}

/// The provider that once was meant by a type alone, says a registry.
pub(super) fn once_meant(client: &Client, provider: &Provider) -> Option<Provider> {
    #[derive(Deserialize)]
    struct Known {
        id: String,
        #[serde(default)]
        moved_to: Option<String>,
    }
    // The registry knows such providers as those of nobody.
    let nobodys = Provider::new(provider.host.clone(), "-", provider.ty.clone());
    let registry = Registry::of(client, &nobodys).ok()?;
    let response = registry.ask("versions").ok()?;
    let known: Known = registry.read(response, MAX_VERSIONS).ok()?;
    let now = known.moved_to.filter(|id| !id.is_empty()).unwrap_or(known.id);
    let (namespace, ty) = now.split_once('/')?;
    let meant = Provider::new(provider.host.clone(), namespace, ty);
    (meant.ty == provider.ty && meant != *provider).then_some(meant)
}

struct Registry<'a> {
    client: &'a Client,
    provider: &'a Provider,
    host: Host,
    base: Url,
}

impl<'a> Registry<'a> {
    fn of(client: &'a Client, provider: &'a Provider) -> Result<Self, OriginError> {
        let unreachable =
            |why: String| OriginError::Unreachable { provider: provider.clone(), why };
        let host = Host::parse(&provider.host)
            .ok_or_else(|| unreachable("it is not the name of a host".to_owned()))?;
        let services = client.services(&host).map_err(|error| unreachable(error.to_string()))?;
        let no_registry =
            |other_versions| OriginError::NoRegistry { provider: provider.clone(), other_versions };
        let base = services.url(SERVICE).map_err(|error| match error {
            ServiceError::Absent(_) => no_registry(false),
            ServiceError::OtherVersions { .. } => no_registry(true),
            ServiceError::Url { problem, .. } => {
                unreachable(format!("Failed to parse service URL: {problem}"))
            }
        })?;
        Ok(Self { client, provider, host, base })
    }

    fn query(&self, why: &dyn Display) -> OriginError {
        query(self.provider, why)
    }

    fn listed(&self) -> Result<Versions, OriginError> {
        let response = self.ask("versions")?;
        if response.status() == StatusCode::NOT_FOUND {
            return Err(OriginError::Unknown(self.provider.clone()));
        }
        self.read(response, MAX_VERSIONS)
    }

    fn package(&self, version: &Version, platform: &Platform) -> Result<Found, OriginError> {
        let Platform { os, arch } = platform;
        let response = self.ask(&format!("{version}/download/{os}/{arch}"))?;
        if response.status() == StatusCode::NOT_FOUND {
            return Err(OriginError::Platform {
                provider: self.provider.clone(),
                version: version.clone(),
                platform: platform.clone(),
            });
        }
        // What it says is relative to where it was found.
        let base = response.url().clone();
        let package: Package = self.read(response, MAX_PACKAGE)?;
        self.check_protocols(version, &package)?;
        if (&package.os, &package.arch) != (os, arch) {
            return Err(OriginError::Package(format!(
                "registry response to request for {platform} archive has incorrect target {}_{}",
                package.os, package.arch
            )));
        }
        let place = url(&base, &package.download_url, "download URL")?;
        if !is_sum(&package.shasum) {
            let why = format!(
                "registry response includes invalid SHA256 hash {:?}: must be 64 hexadecimal digits",
                package.shasum
            );
            return Err(self.query(&why));
        }
        let sums = url(&base, &package.shasums_url, "SHASUMS URL")?;
        let sums = self.file(sums, "authentication checksums")?;
        let signature = url(&base, &package.shasums_signature_url, "SHASUMS signature URL")?;
        let signature = self.file(signature, "cryptographic signature")?;
        let keys = package.signing_keys.and_then(|keys| keys.gpg_public_keys).unwrap_or_default();
        let (file, sum) = (package.filename, package.shasum);
        let release = Release { file, sum, sums, signature, keys };
        Ok(Found { place: Place::Remote(place), proof: Proof::Release(Box::new(release)) })
    }

    fn check_protocols(&self, version: &Version, package: &Package) -> Result<(), OriginError> {
        let protocols = package.protocols.iter().flatten();
        let protocols: Vec<Version> = protocols
            .map(|text| self::version(text))
            .collect::<Result<_, _>>()
            .map_err(|why| self.query(&why))?;
        if protocols.is_empty() || protocols.iter().any(is_spoken) {
            return Ok(());
        }
        Err(OriginError::Protocol {
            provider: self.provider.clone(),
            version: version.clone(),
            suggestion: self.newest_spoken()?,
        })
    }

    /// The newest version that could be spoken to.
    fn newest_spoken(&self) -> Result<Option<Version>, OriginError> {
        let mut newest = None;
        for one in self.listed()?.versions.into_iter().flatten() {
            let version = version(&one.version).map_err(|why| self.query(&why))?;
            let mut protocols = one.protocols.iter().flatten();
            if protocols.any(|text| self::version(text).is_ok_and(|protocol| is_spoken(&protocol)))
            {
                newest = newest.max(Some(version));
            }
        }
        Ok(newest)
    }

    /// Asks for something about the provider.
    fn ask(&self, path: &str) -> Result<Response, OriginError> {
        let path = format!("{}/{}/{path}", self.provider.namespace, self.provider.ty);
        let url = self.base.join(&path).map_err(|error| self.query(&error))?;
        let request = with_version(self.client.get(url).allow_plain().as_service());
        let request = request.token_of(&self.host).map_err(|error| self.query(&error))?;
        let shown = request.has_token();
        let response = request.send().map_err(|error| self.query(&error))?;
        match response.status() {
            StatusCode::OK | StatusCode::NOT_FOUND => Ok(response),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(OriginError::Unauthorized { host: self.host.to_string(), shown })
            }
            _ => Err(self.query(&response.status_line())),
        }
    }

    fn read<T: DeserializeOwned>(&self, response: Response, limit: u64) -> Result<T, OriginError> {
        let text = response.bytes(limit).map_err(|error| self.query(&error))?;
        serde_json::from_slice(&text).map_err(|error| self.query(&error))
    }

    /// A file of the release, which is for everybody to see.
    fn file(&self, url: Url, what: &str) -> Result<Vec<u8>, OriginError> {
        let failed = |why: &dyn Display| {
            self.query(&format!("failed to retrieve {what} for provider: {why}"))
        };
        let response = self.client.get(url).allow_plain().as_service().send();
        let response = response.map_err(|error| failed(&error))?;
        if response.status() != StatusCode::OK {
            let (status, from) = (response.status_line(), response.host());
            return Err(failed(&format!("{status} returned from {from}")));
        }
        response.bytes(MAX_SUMS).map_err(|error| failed(&error))
    }
}

/// Says which version of Terraform this is compatible with: registries may go by it.
pub(super) fn with_version(request: Get<'_>) -> Get<'_> {
    let name = HeaderName::from_static("x-terraform-version");
    match HeaderValue::from_str(&CORE.to_string()) {
        Ok(version) => request.header(name, version),
        Err(_) => request,
    }
}

fn query(provider: &Provider, why: &dyn Display) -> OriginError {
    OriginError::Query { provider: provider.clone(), why: why.to_string() }
}

fn version(text: &str) -> Result<Version, String> {
    text.parse().map_err(|_| {
        format!(
            "registry response includes invalid version string {text:?}: invalid specification; \
             required format is three positive integers separated by periods"
        )
    })
}

fn is_spoken(protocol: &Version) -> bool {
    let [major, ..] = protocol.segments();
    PROTOCOLS.contains(&major)
}

fn url(base: &Url, text: &str, what: &str) -> Result<Url, OriginError> {
    let invalid = |why: &dyn Display| {
        OriginError::Package(format!("registry response includes invalid {what}: {why}"))
    };
    let url = base.join(text).map_err(|error| invalid(&error))?;
    if matches!(url.scheme(), "https" | "http") {
        return Ok(url);
    }
    Err(invalid(&"must use http or https scheme"))
}
