//! Why providers cannot be had from where they come from, in Terraform's words.

use groma_addr::Provider;
use groma_config::version::Version;

use crate::Platform;
use crate::mirror::SearchError;

/// Why a provider, or a package of it, cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum OriginError {
    /// No method has it.
    #[error("provider {provider} was not found in any of the search locations")]
    NotFound {
        /// Which.
        provider: Provider,
        /// Where it was looked for.
        searched: Vec<String>,
    },
    /// Its registry does not have it.
    #[error("provider registry {host} does not have a provider named {0}", host = .0.host)]
    Unknown(Provider),
    /// Its host is no registry of providers.
    #[error("{}", no_registry(.provider, *.other_versions))]
    NoRegistry {
        /// Which.
        provider: Provider,
        /// Whether it is one by another version of the protocol.
        other_versions: bool,
    },
    /// Its host does not say what it offers.
    #[error("could not connect to {}: {why}", .provider.host)]
    Unreachable {
        /// Which.
        provider: Provider,
        /// Why.
        why: String,
    },
    /// A host wants to know who asks.
    #[error("{}", unauthorized(.host, *.shown))]
    Unauthorized {
        /// The host.
        host: String,
        /// Whether it was shown a token.
        shown: bool,
    },
    /// There is no package for a platform.
    #[error("provider {provider} {version} is not available for {platform}")]
    Platform {
        /// Which.
        provider: Provider,
        /// In which version.
        version: Version,
        /// For which platform.
        platform: Platform,
    },
    /// It speaks a protocol that is not spoken here.
    #[error("provider {provider} {version} is not supported by this version of Terraform")]
    Protocol {
        /// Which.
        provider: Provider,
        /// In which version.
        version: Version,
        /// The newest version that could be spoken to.
        suggestion: Option<Version>,
    },
    /// A registry does not answer, or not as registries do.
    #[error("could not query provider registry for {provider}: {why}")]
    Query {
        /// Which.
        provider: Provider,
        /// Why.
        why: String,
    },
    /// The same of a network mirror.
    #[error("failed to query provider mirror {url} for {provider}: {why}")]
    Mirror {
        /// The mirror.
        url: String,
        /// Which.
        provider: Provider,
        /// Why.
        why: String,
    },
    /// A mirror on disk cannot be searched.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// What a registry says of a package is wrong.
    #[error("{0}")]
    Package(String),
}

impl OriginError {
    /// Whether it says only that something is not there, so that another place may have it.
    pub(super) fn is_absence(&self) -> bool {
        matches!(self, Self::NotFound { .. } | Self::Unknown(_) | Self::Platform { .. })
    }
}

fn no_registry(provider: &Provider, other_versions: bool) -> String {
    let host = &provider.host;
    if other_versions {
        format!(
            "host {host} does not support the provider registry protocol required by this \
             Terraform version, but may be compatible with a different Terraform version"
        )
    } else {
        format!("host {host} does not offer a Terraform provider registry")
    }
}

fn unauthorized(host: &str, shown: bool) -> String {
    if shown {
        format!("host {host} rejected the given authentication credentials")
    } else {
        format!("host {host} requires authentication credentials")
    }
}
