//! TLS with a plugin whose certificate the handshake on its standard output names.
//!
//! go-plugin's keys are on P-521, and Python's framework has RSA keys of 1,024 bits; both are beyond
//! what rustls takes by itself.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, Error, SupportedProtocolVersion};

use super::pinned::Pinned;
use super::signatures;

/// What the other side knows this one by (go-plugin's AutoMTLS).
pub(crate) struct Identity {
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) key: PrivateKeyDer<'static>,
    /// The certificate, for a plugin's environment.
    pub(crate) pem: String,
}

impl Identity {
    /// A key and a certificate of its own, made for one run.
    ///
    /// # Errors
    /// There is no randomness.
    pub(crate) fn new() -> Result<Self, rcgen::Error> {
        let rcgen::CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
        Ok(Self { pem: cert.pem(), certificate: cert.der().clone(), key })
    }
}

/// How to talk to the plugin that has this certificate, and to show it `identity` if it has been
/// told of one.
pub(super) fn config(
    certificate: Vec<u8>,
    identity: Option<&Identity>,
) -> Result<ClientConfig, Error> {
    let certificate = CertificateDer::from(certificate);
    let versions: &[&SupportedProtocolVersion] = if signatures::has_rsa_key(&certificate) {
        // TLS 1.3 asks for RSA-PSS, which cannot be verified with keys as short as theirs.
        &[&rustls::version::TLS12]
    } else {
        rustls::ALL_VERSIONS
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Pinned::new(certificate);
    let builder = ClientConfig::builder_with_provider(Arc::<CryptoProvider>::clone(&provider))
        .with_protocol_versions(versions)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match identity {
        None => builder.with_no_client_auth(),
        Some(identity) => builder
            .with_client_auth_cert(vec![identity.certificate.clone()], identity.key.clone_key())?,
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(config)
}
