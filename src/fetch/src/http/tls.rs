//! Whose certificates are believed: those that Go's programs believe on the same machine.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

/// Where the certificates of authorities are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roots {
    /// `SSL_CERT_FILE`, instead of the system's file.
    pub file: Option<PathBuf>,
    /// `SSL_CERT_DIR`, instead of the system's directories.
    pub directories: Option<Vec<PathBuf>>,
}

/// How to talk over TLS.
///
/// # Errors
/// The system's certificates cannot be used at all.
pub(super) fn config(roots: &Roots) -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::<CryptoProvider>::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    system::believing(builder, provider, roots)
}

/// The certificates of a file; those that cannot be read do not count, as a system may have some of
/// kinds that nobody uses any more.
fn certificates(file: &std::path::Path) -> Option<Vec<CertificateDer<'static>>> {
    let text = std::fs::read(file).ok()?;
    Some(CertificateDer::pem_slice_iter(&text).filter_map(Result::ok).collect())
}

/// Files and directories.
#[cfg(not(any(target_vendor = "apple", windows)))]
mod system {
    use std::path::PathBuf;
    use std::sync::Arc;

    use rustls::client::WantsClientCert;
    use rustls::crypto::CryptoProvider;
    use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};

    use super::{Roots, certificates};

    /// The bundles of distributions; the first that there is counts.
    const FILES: &[&str] = &[
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/pki/tls/cacert.pem",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ];
    const DIRECTORIES: &[&str] = &["/etc/ssl/certs", "/etc/pki/tls/certs"];

    #[expect(clippy::unnecessary_wraps, reason = "other systems may refuse")]
    pub(super) fn believing(
        builder: ConfigBuilder<ClientConfig, WantsVerifier>,
        _: Arc<CryptoProvider>,
        roots: &Roots,
    ) -> Result<ClientConfig, String> {
        let believed: ConfigBuilder<ClientConfig, WantsClientCert> =
            builder.with_root_certificates(store(roots));
        Ok(believed.with_no_client_auth())
    }

    fn store(roots: &Roots) -> RootCertStore {
        let mut store = RootCertStore::empty();
        let own = roots.file.clone().map(|file| vec![file]);
        let files = own.unwrap_or_else(|| FILES.iter().map(PathBuf::from).collect());
        if let Some(found) = files.iter().find_map(|file| certificates(file)) {
            store.add_parsable_certificates(found);
        }
        // The system's bundle holds what is in the system's directories.
        if !store.is_empty() && roots.file.is_none() && roots.directories.is_none() {
            return store;
        }
        let system = || DIRECTORIES.iter().map(PathBuf::from).collect();
        for directory in roots.directories.clone().unwrap_or_else(system) {
            let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
            for entry in entries {
                store.add_parsable_certificates(certificates(&entry.path()).unwrap_or_default());
            }
        }
        store
    }
}

/// What the system itself believes, and the files besides.
#[cfg(any(target_vendor = "apple", windows))]
mod system {
    use std::sync::Arc;

    use rustls::crypto::CryptoProvider;
    use rustls::{ClientConfig, ConfigBuilder, WantsVerifier};
    use rustls_platform_verifier::Verifier;

    use super::{Roots, certificates};

    pub(super) fn believing(
        builder: ConfigBuilder<ClientConfig, WantsVerifier>,
        provider: Arc<CryptoProvider>,
        roots: &Roots,
    ) -> Result<ClientConfig, String> {
        let extra = roots.file.as_deref().and_then(certificates).unwrap_or_default();
        let verifier =
            Verifier::new_with_extra_roots(extra, provider).map_err(|error| error.to_string())?;
        let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
        Ok(builder.with_no_client_auth())
    }
}
