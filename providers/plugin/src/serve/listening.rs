//! Where a plugin listens, the line that says so, and the connections that it takes.

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tempfile::NamedTempFile;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::control::Control;
use super::{Client, ServeError, tls};
use crate::transport::{Duplex, Identity};

/// What kind of address to listen at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// A socket in the client's directory.
    #[default]
    Unix,
    /// A port of the loopback interface, where there are no Unix sockets.
    Tcp,
}

/// Whether connections are protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// If the client shows a certificate; then nobody else is served (go-plugin's AutoMTLS).
    #[default]
    WhenAsked,
    /// Always; without a certificate of the client, anybody is served.
    Always,
}

/// How to listen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Where.
    pub network: Network,
    /// How protected.
    pub tls: Tls,
}

/// A server that takes connections, and does not answer yet.
pub struct Listening {
    listener: Listener,
    tls: Option<TlsAcceptor>,
    line: String,
}

enum Listener {
    /// The socket's file is gone once this is.
    Unix(NamedTempFile<UnixListener>),
    Tcp(TcpListener),
}

/// A call, as HTTP/2 has it.
pub type Request = http::Request<Incoming>;

/// The answer to a call.
pub type Response = http::Response<tonic::body::Body>;

/// What answers the calls of the provider service.
pub trait Answer: Clone + Send + Sync + 'static {
    /// Answers a call.
    fn answer(&self, request: Request) -> impl Future<Output = Response> + Send;
}

impl Listening {
    /// Listens for that client. Nobody else on this machine can connect to a socket, whose
    /// directory is the client's own, and to a port only with the client's certificate, if it has
    /// one.
    ///
    /// # Errors
    /// There is nowhere to listen, or no protection.
    pub async fn open(client: &Client, offer: Offer) -> Result<Self, ServeError> {
        let identity = match (&client.certificate, offer.tls) {
            (None, Tls::WhenAsked) => None,
            (Some(_), _) | (_, Tls::Always) => Some(Identity::new()?),
        };
        let (listener, address) = match offer.network {
            Network::Unix => unix(client.directory.as_deref())?,
            Network::Tcp => tcp().await?,
        };
        let mut line = format!("1|6|{address}|grpc|");
        let mut acceptor = None;
        if let Some(identity) = &identity {
            STANDARD_NO_PAD.encode_string(&identity.certificate, &mut line);
            let config = tls::config(identity, client.certificate.clone())?;
            acceptor = Some(TlsAcceptor::from(Arc::new(config)));
        }
        Ok(Self { listener, tls: acceptor, line })
    }

    /// What to print on standard output, as a line, for the client to connect.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// Answers until the client asks the plugin to end.
    ///
    /// # Errors
    /// No more connections can be taken.
    pub async fn serve(self, answer: impl Answer) -> io::Result<()> {
        let (end, mut ended) = watch::channel(false);
        let mut connections = JoinSet::new();
        loop {
            let stream = tokio::select! {
                stream = self.listener.accept() => stream?,
                // The sender is here, so that this means that it has said so.
                _ = ended.wait_for(|ended| *ended) => break,
            };
            let (tls, answer) = (self.tls.clone(), answer.clone());
            connections.spawn(connection(stream, tls, answer, Control::new(end.clone())));
            while connections.try_join_next().is_some() {}
        }
        // What is in flight is answered; the client kills whom it finds too slow.
        connections.join_all().await;
        Ok(())
    }
}

impl Listener {
    async fn accept(&self) -> io::Result<Box<dyn Duplex>> {
        Ok(match self {
            Self::Unix(socket) => Box::new(socket.as_file().accept().await?.0),
            Self::Tcp(port) => {
                let stream = port.accept().await?.0;
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
        })
    }
}

/// A socket in `directory`, and its address in the handshake.
fn unix(directory: Option<&Path>) -> io::Result<(Listener, String)> {
    let mut name = tempfile::Builder::new();
    name.prefix("plugin");
    let bind = |path: &Path| UnixListener::bind(path);
    let socket = match directory {
        Some(directory) => name.make_in(directory, bind)?,
        None => name.make(bind)?,
    };
    let path = socket.path().to_str();
    let path = path.ok_or_else(|| io::Error::other("the socket's path is no text"))?;
    let address = format!("unix|{path}");
    Ok((Listener::Unix(socket), address))
}

async fn tcp() -> io::Result<(Listener, String)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = format!("tcp|{}", listener.local_addr()?);
    Ok((Listener::Tcp(listener), address))
}

/// Answers on one connection until it or the server ends. Whatever goes wrong with it, the client
/// sees too, and says it.
async fn connection(
    stream: Box<dyn Duplex>,
    tls: Option<TlsAcceptor>,
    answer: impl Answer,
    control: Control,
) {
    let stream: Box<dyn Duplex> = match tls {
        None => stream,
        Some(tls) => match tls.accept(stream).await {
            Ok(stream) => Box::new(stream),
            Err(_) => return,
        },
    };
    let mut ended = control.ended();
    let service = hyper::service::service_fn(move |request| {
        let (answer, control) = (answer.clone(), control.clone());
        async move { Ok::<_, Infallible>(control.answer(request, answer).await) }
    });
    let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = ended.wait_for(|ended| *ended) => {}
    }
    connection.as_mut().graceful_shutdown();
    // It fails if the client is gone, and then nobody waits for the rest.
    let _: hyper::Result<()> = connection.await;
}
