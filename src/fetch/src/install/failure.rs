//! Providers that could not be installed, and how that is said.

use groma_addr::Provider;
use groma_config::version::{CORE, Constraints, Version};
use groma_diag::{Diagnostic, Diagnostics};

use crate::Platform;
use crate::origin::OriginError;
use crate::requirements::normalized;

/// A provider that could not be installed.
#[derive(Debug)]
pub struct Failure {
    /// Which.
    pub provider: Provider,
    /// In which versions it was wanted.
    pub constraints: Constraints,
    /// The version that was selected, if it came so far.
    pub version: Option<Version>,
    /// Why.
    pub problem: Problem,
}

/// Why a provider could not be installed.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// It cannot be had from where it comes from.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// Its registry does not have it.
    #[error("{}", OriginError::Unknown(.provider.clone()))]
    Unknown {
        /// Which.
        provider: Provider,
        /// The one that may have been meant.
        suggestion: Option<Provider>,
    },
    /// No version fits.
    #[error("{0}")]
    Version(String),
    /// The package is not what it should be, or cannot be kept.
    #[error("{0}")]
    Package(String),
}

/// What did not work, with what was to be said besides.
#[derive(Debug, Default)]
pub struct Failures {
    /// What registries want to be said.
    pub warnings: Diagnostics,
    /// One for each provider that could not be installed.
    pub failures: Vec<Failure>,
}

impl Failures {
    /// As `init` says it.
    pub fn into_diagnostics(self) -> Diagnostics {
        let mut all = self.warnings;
        for failure in &self.failures {
            all.push(failure.diagnostic());
        }
        all
    }

    /// As it is said in one sentence.
    pub fn listed(&self) -> String {
        let line = |failure: &Failure| format!("\n- {}: {}", failure.provider, failure.problem);
        let mut sorted: Vec<&Failure> = self.failures.iter().collect();
        sorted.sort_by_key(|failure| &failure.provider);
        let lines: String = sorted.into_iter().map(line).collect();
        format!("some providers could not be installed:{lines}")
    }
}

impl Failure {
    fn diagnostic(&self) -> Diagnostic {
        let Some(version) = &self.version else { return self.unavailable() };
        match &self.problem {
            Problem::Origin(OriginError::Protocol { suggestion, .. }) => {
                self.incompatible(version, suggestion.as_ref())
            }
            Problem::Origin(OriginError::Platform { platform, .. }) => {
                self.for_other_platforms(version, platform)
            }
            problem => Diagnostic::error(
                "Failed to install provider",
                format!(
                    "Error while installing {} v{version}: {problem}",
                    self.provider.for_display()
                ),
            ),
        }
    }

    /// It is not known which versions there are, or none of them fits.
    fn unavailable(&self) -> Diagnostic {
        let summary = "Failed to query available provider packages";
        let shown = self.provider.for_display();
        let problem = &self.problem;
        let told =
            format!("Could not retrieve the list of available versions for provider {shown}");
        match problem {
            Problem::Origin(OriginError::NotFound { searched, .. }) => {
                let lines: String = searched.iter().map(|path| format!("\n  - {path}")).collect();
                Diagnostic::error(summary, format!("{told}: {problem}\n{lines}"))
            }
            Problem::Unknown { suggestion, .. } => {
                let advice = match suggestion {
                    Some(meant) => format!(
                        "Did you intend to use {}? If so, you must specify that source address in \
                         each module which requires that provider.",
                        meant.for_display()
                    ),
                    None => "All modules should specify their required_providers so that external \
                             consumers will get the correct providers when using a module."
                        .to_owned(),
                };
                Diagnostic::error(
                    summary,
                    format!(
                        "{told}: {problem}\n\n{advice} To see which modules are currently depending \
                         on {shown}, run the following command:\n    groma providers"
                    ),
                )
            }
            Problem::Origin(OriginError::NoRegistry { other_versions, .. }) => {
                self.no_registry(*other_versions)
            }
            _ => Diagnostic::error(
                summary,
                format!(
                    "{told}: {problem}\n\nTo see which modules are currently depending on {shown} \
                     and what versions are specified, run the following command:\n    groma \
                     providers"
                ),
            ),
        }
    }

    fn no_registry(&self, other_versions: bool) -> Diagnostic {
        let compatible = if other_versions {
            " that is compatible with this Groma version, but it may be compatible with a different \
             Groma version"
        } else {
            ""
        };
        Diagnostic::error(
            "Invalid provider registry host",
            format!(
                "The host {:?} given in provider source address {:?} does not offer a Terraform \
                 provider registry{compatible}.",
                &*self.provider.host,
                self.provider.to_string()
            ),
        )
    }

    fn for_other_platforms(&self, version: &Version, platform: &Platform) -> Diagnostic {
        let detail = format!(
            "Provider {} v{version} does not have a package available for your current platform, \
             {platform}.\n\nProvider releases are separate from Groma CLI releases, so not all \
             providers are available for all platforms. Other versions of this provider may have \
             different platforms supported.",
            self.provider
        );
        Diagnostic::error("Incompatible provider version", detail)
    }

    /// It speaks a protocol that is not spoken here.
    fn incompatible(&self, version: &Version, suggestion: Option<&Version>) -> Diagnostic {
        let summary = "Incompatible provider version";
        let provider = &self.provider;
        let Some(other) = suggestion else {
            let detail = format!("No compatible versions of provider {provider} were found.");
            return Diagnostic::error(summary, detail);
        };
        let newer = version > other;
        let advice = if newer {
            format!(
                "You need to downgrade to v{other} or earlier. Select it with the following \
                 constraint:"
            )
        } else {
            format!(
                "Provider version {other} is the latest compatible version. Select it with the \
                 following version constraint:"
            )
        };
        let otherwise = if newer {
            "\nAlternatively, upgrade to the latest version of Groma for compatibility with newer \
             provider releases."
        } else {
            ""
        };
        let shown = provider.to_string();
        Diagnostic::error(
            summary,
            format!(
                "Provider {shown:?} v{version} is not compatible with Groma {CORE}.\n{advice}\n\t\
                 version = \"{other}\"\n\nGroma checked all of the plugin versions matching the \
                 given constraint:\n\t{}\n\nConsult the documentation for this provider for more \
                 information on compatibility between provider and Groma versions.{otherwise}\n",
                normalized(&self.constraints)
            ),
        )
    }
}
