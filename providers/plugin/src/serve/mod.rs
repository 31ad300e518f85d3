//! The reverse: serves a provider of this program over tfplugin 6, as a plugin that any program
//! with go-plugin's client can drive.
//!
//! In the order of what happens: a [`Client`] says in the environment what it wants, a
//! [`Listening`] server says how it is reached, a [`Service`] answers until the client has it end.

mod client;
mod control;
mod listening;
mod provider;
mod service;
mod tls;

pub use self::client::Client;
pub use self::listening::{Answer, Listening, Network, Offer, Request, Response, Tls};
pub use self::service::Service;

/// Why a provider is not served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Nobody drives it.
    #[error(
        "this command is a plugin: it is run by a program that needs the provider, not by hand. \
         That program sets {variable} in the environment, which is not set as it should be",
        variable = crate::process::COOKIE.0
    )]
    ByHand,
    /// The client sent something that is no certificate.
    #[error("the client's certificate in PLUGIN_CLIENT_CERT cannot be read: {0}")]
    ClientCertificate(String),
    /// The server can have no certificate.
    #[error("no certificate can be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// There is nowhere to listen.
    #[error("no connections can be taken: {0}")]
    Listen(#[from] std::io::Error),
}
