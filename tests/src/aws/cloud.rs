//! A stand-in for AWS on this machine: a process that ends with the test.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The source of what runs: what it does decides what a case comes to.
pub(super) const SOURCE: &str = include_str!("../../aws/cloud.py");

/// A cloud of its own, with nothing in it but what every account has.
pub struct Cloud {
    process: Child,
    port: u16,
}

impl Cloud {
    /// Starts it, and waits until it takes requests.
    ///
    /// # Errors
    /// Python or moto is not as it should be.
    pub fn start(python: &Path) -> io::Result<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("aws/cloud.py");
        let mut process = Command::new(python)
            .arg(script)
            // It ends when this pipe does, however this process ends.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut said = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut said)?;
        }
        let port = said.trim().parse().map_err(io::Error::other)?;
        Ok(Self { process, port })
    }

    /// Where it is, for the configuration of a provider.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address())
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Forgets all that was made.
    ///
    /// # Errors
    /// It is there no more.
    pub fn reset(&self) -> io::Result<()> {
        self.ask("POST", "reset", "").map(drop)
    }

    /// The requests since the last reset that may have changed something.
    ///
    /// # Errors
    /// It is there no more.
    pub fn recording(&self) -> io::Result<String> {
        self.ask("GET", "recording", "")
    }

    /// Makes what was recorded, with the identifiers that it had.
    ///
    /// # Errors
    /// It is there no more, or could not.
    pub fn replay(&self, recording: &str) -> io::Result<()> {
        self.ask("POST", "replay", recording).map(drop)
    }

    /// A request of HTTP/1.0, whose answer ends with the connection.
    fn ask(&self, method: &str, path: &str, body: &str) -> io::Result<String> {
        let mut connection = TcpStream::connect(self.address())?;
        let length = body.len();
        write!(
            connection,
            "{method} /tests/{path} HTTP/1.0\r\nContent-Length: {length}\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        let (head, content) = answer.split_once("\r\n\r\n").unwrap_or_default();
        if head.split(' ').nth(1) == Some("200") {
            Ok(content.to_owned())
        } else {
            Err(io::Error::other(format!("{method} {path}: {answer}")))
        }
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // Nothing is lost if it cannot be waited for.
        drop(self.process.wait());
    }
}
