//! A web server on loopback, over TLS with an authority of its own, for whatever fetches things.
//!
//! Programs believe it once `SSL_CERT_FILE` names the file with the authority's certificate. Its
//! certificate is for `localhost` and `127.0.0.1`, which stand for two hosts where it matters.

use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`
    pub method: String,
    /// With its query: `/v1/x?a=b`.
    pub path: String,
    /// Names are in lower case.
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What is answered.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    truncated: bool,
}

impl Answer {
    /// A status without a body.
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), truncated: false }
    }

    /// 200 with a body.
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..Self::status(200) }
    }

    /// 200 with JSON.
    pub fn json(value: &serde_json::Value) -> Self {
        Self::ok(value.to_string()).header("Content-Type", "application/json")
    }

    /// A redirect.
    pub fn redirect(to: &str) -> Self {
        Self::status(302).header("Location", to)
    }

    /// Its body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same, but the connection ends in the middle of the body.
    #[must_use]
    pub fn truncated(mut self) -> Self {
        self.truncated = true;
        self
    }

    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let reason = match self.status {
            200 => "OK",
            204 => "No Content",
            302 => "Found",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            429 => "Too Many Requests",
            500 => "Internal Server Error",
            501 => "Not Implemented",
            503 => "Service Unavailable",
            _ => "Unknown",
        };
        write!(to, "HTTP/1.1 {} {reason}\r\n", self.status)?;
        for (name, value) in &self.headers {
            write!(to, "{name}: {value}\r\n")?;
        }
        write!(to, "Content-Length: {}\r\nConnection: close\r\n\r\n", self.body.len())?;
        let sent = if self.truncated { self.body.len() / 2 } else { self.body.len() };
        to.write_all(self.body.get(..sent).unwrap_or_default())?;
        to.flush()
    }
}

type Handler = dyn Fn(&Request) -> Answer + Send + Sync;

/// A server, up to the end of its life.
pub struct Server {
    address: SocketAddr,
    scheme: &'static str,
    authority: PathBuf,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    _dir: tempfile::TempDir,
}

struct Shared {
    tls: Option<Arc<ServerConfig>>,
    handler: Box<Handler>,
    requests: Mutex<Vec<Request>>,
    ended: AtomicBool,
}

impl Server {
    /// Starts a server that answers as `handler` does.
    ///
    /// # Panics
    /// The machine has no loopback.
    pub fn start(handler: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        Self::with(true, Box::new(handler))
    }

    /// The same without TLS, for what must not be used.
    ///
    /// # Panics
    /// The machine has no loopback.
    pub fn start_plain(handler: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        Self::with(false, Box::new(handler))
    }

    fn with(tls: bool, handler: Box<Handler>) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let authority = dir.path().join("ca.pem");
        let (config, pem) = certified();
        std::fs::write(&authority, pem).expect("a file");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            tls: tls.then(|| Arc::new(config)),
            handler,
            requests: Mutex::default(),
            ended: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        let thread = std::thread::spawn(move || serve(&listener, &serving));
        let scheme = if tls { "https" } else { "http" };
        Self { address, scheme, authority, shared, thread: Some(thread), _dir: dir }
    }

    /// `localhost:PORT`
    pub fn host(&self) -> String {
        format!("localhost:{}", self.address.port())
    }

    /// The URL of a path, which starts with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.host())
    }

    /// The same by the server's other name.
    pub fn other_url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.address)
    }

    /// The file with the authority's certificate, in PEM.
    pub fn authority(&self) -> &Path {
        &self.authority
    }

    /// What was asked for so far. Forgets it.
    pub fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.shared.requests.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Whoever waits for a connection gets one, and sees that it was the last.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A certificate for this machine, and in PEM that of the authority which signed it.
fn certified() -> (ServerConfig, String) {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let authority = CertifiedIssuer::self_signed(params, key).expect("a certificate");
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let params = CertificateParams::new(names).expect("names");
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, &authority).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .expect("a configuration");
    (config, authority.pem())
}

fn serve(listener: &TcpListener, shared: &Arc<Shared>) {
    for connection in listener.incoming() {
        if shared.ended.load(Ordering::SeqCst) {
            return;
        }
        let Ok(connection) = connection else { continue };
        let shared = Arc::clone(shared);
        // Whoever breaks a connection off has seen enough of it.
        std::thread::spawn(move || drop(talk(connection, &shared)));
    }
}

fn talk(connection: TcpStream, shared: &Shared) -> io::Result<()> {
    let Some(config) = &shared.tls else { return answer(connection, shared).map(drop) };
    let session = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
    let mut stream = answer(StreamOwned::new(session, connection), shared)?;
    stream.conn.send_close_notify();
    stream.flush()
}

fn answer<S: Read + Write>(stream: S, shared: &Shared) -> io::Result<S> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let method = words.next().unwrap_or_default().to_owned();
    let path = words.next().unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let request = Request { method, path, headers };
    let answer = (shared.handler)(&request);
    shared.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    let mut stream = stream.into_inner();
    answer.write(&mut stream)?;
    Ok(stream)
}
