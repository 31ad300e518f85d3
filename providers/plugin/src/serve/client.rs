//! What the client that started this program as a plugin says of itself, in the environment.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::ServeError;
use crate::process::COOKIE;

/// Who wants to be served, and how.
#[derive(Clone, Debug)]
pub struct Client {
    /// The one certificate that it will show; none if it does not want TLS.
    pub(super) certificate: Option<CertificateDer<'static>>,
    /// Where sockets are to be made; the system's place for temporary files if it does not say.
    pub(super) directory: Option<PathBuf>,
}

impl Client {
    /// Reads it from the environment, which `look_up` gives.
    ///
    /// The versions of the protocol that it speaks are not looked at: like go-plugin's, this server
    /// says which it speaks, and the client says what is wrong with that.
    ///
    /// # Errors
    /// No client started this program, or one whose certificate cannot be read.
    pub fn from_env(look_up: impl Fn(&str) -> Option<OsString>) -> Result<Self, ServeError> {
        if look_up(COOKIE.0).as_deref() != Some(OsStr::new(COOKIE.1)) {
            return Err(ServeError::ByHand);
        }
        let given = |name| look_up(name).filter(|value| !value.is_empty());
        let certificate = given("PLUGIN_CLIENT_CERT").map(|pem| {
            CertificateDer::from_pem_slice(pem.as_encoded_bytes())
                .map_err(|error| ServeError::ClientCertificate(error.to_string()))
        });
        let directory = given("PLUGIN_UNIX_SOCKET_DIR").map(PathBuf::from);
        Ok(Self { certificate: certificate.transpose()?, directory })
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::Client;
    use crate::process::COOKIE;

    fn check(env: &[(&str, &str)]) -> Result<Client, String> {
        let found = |name: &str| env.iter().find(|(key, _)| *key == name);
        Client::from_env(|name| found(name).map(|(_, value)| OsString::from(*value)))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn who_runs_a_plugin_by_hand_is_told_so() {
        let error = check(&[("TF_PLUGIN_MAGIC_COOKIE", "something")]).unwrap_err();
        assert!(error.contains("not by hand") && error.contains("TF_PLUGIN_MAGIC_COOKIE"));
    }

    #[test]
    fn a_client_says_where_sockets_go_and_who_it_is() {
        let client = check(&[COOKIE, ("PLUGIN_UNIX_SOCKET_DIR", "/run/x")]).unwrap();
        assert_eq!(client.directory, Some("/run/x".into()));
        assert_eq!(client.certificate, None);
        let pem = crate::transport::Identity::new().unwrap().pem;
        let client = check(&[COOKIE, ("PLUGIN_CLIENT_CERT", &pem)]).unwrap();
        assert!(client.certificate.is_some());
        let error = check(&[COOKIE, ("PLUGIN_CLIENT_CERT", "x")]).unwrap_err();
        assert!(error.starts_with("the client's certificate"), "{error}");
    }
}
