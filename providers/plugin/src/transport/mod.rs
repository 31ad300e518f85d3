//! Connections to a plugin: a Unix socket in a directory that only this user enters, or TCP; with
//! TLS where the plugin wants it.

mod pinned;
mod signatures;
mod tls;

use std::io;
use std::sync::Arc;

use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;
pub(crate) use tonic::transport::Channel;
use tonic::transport::{Endpoint, Uri};
use tower::service_fn;

pub(crate) use self::pinned::Pinned;
pub(crate) use self::tls::Identity;
use crate::process::{Address, Handshake};

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("its certificate cannot be used: {0}")]
    Tls(#[from] rustls::Error),
    #[error("it does not take connections: {}", chain(.0))]
    Transport(#[from] tonic::transport::Error),
}

/// Connects now, and again when the connection is lost while the plugin lives.
pub(crate) async fn connect(
    handshake: Handshake,
    identity: Option<&Identity>,
) -> Result<Channel, ConnectError> {
    let tls = handshake.certificate.map(|certificate| tls::config(certificate, identity));
    let tls = tls.transpose()?.map(|config| TlsConnector::from(Arc::new(config)));
    let address = Arc::new(handshake.address);
    let connector = service_fn(move |_: Uri| {
        let (address, tls) = (Arc::clone(&address), tls.clone());
        async move { io::Result::Ok(TokioIo::new(open(&address, tls).await?)) }
    });
    // The name is not looked up; HTTP wants one.
    Ok(Endpoint::from_static("http://localhost").connect_with_connector(connector).await?)
}

/// A connection of whichever kind.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

async fn open(address: &Address, tls: Option<TlsConnector>) -> io::Result<Box<dyn Duplex>> {
    let plain: Box<dyn Duplex> = match address {
        Address::Unix(path) => Box::new(UnixStream::connect(path).await?),
        Address::Tcp(to) => {
            let stream = TcpStream::connect(to).await?;
            stream.set_nodelay(true)?;
            Box::new(stream)
        }
    };
    let Some(connector) = tls else { return Ok(plain) };
    // go-plugin's certificates are all made for this name.
    let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
    Ok(Box::new(connector.connect(name, plain).await?))
}

/// An error with what caused it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.ends_with(&more) {
            text.push_str(&format!(": {more}"));
        }
        cause = error.source();
    }
    text
}
