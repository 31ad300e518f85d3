//! An answer, which is read up to a limit.

use std::io::{self, Read as _, Write};

use reqwest::StatusCode;
use reqwest::header::HeaderName;
use url::Url;

use super::HttpError;
use super::error::{innermost, shown};

/// An answer, of whatever status. Its body is still to be read.
#[derive(Debug)]
pub struct Response {
    inner: reqwest::blocking::Response,
    url: Url,
}

impl Response {
    pub(super) fn new(inner: reqwest::blocking::Response, url: Url) -> Self {
        Self { inner, url }
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.inner.status()
    }

    /// `404 Not Found`
    pub fn status_line(&self) -> String {
        let status = self.inner.status();
        status.canonical_reason().map_or_else(
            || status.as_str().to_owned(),
            |reason| format!("{} {reason}", status.as_str()),
        )
    }

    /// Where it came from, after redirects.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The host that it came from, with its port if that is not the usual one.
    pub fn host(&self) -> String {
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}{port}", self.url.host_str().unwrap_or_default())
    }

    /// A header, if it is there once and is text.
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        self.inner.headers().get(name)?.to_str().ok()
    }

    /// All values of a header.
    pub fn headers(&self, name: &HeaderName) -> impl Iterator<Item = &str> {
        self.inner.headers().get_all(name).iter().filter_map(|value| value.to_str().ok())
    }

    /// The body.
    ///
    /// # Errors
    /// It is larger than `limit` bytes, or breaks off.
    pub fn bytes(self, limit: u64) -> Result<Vec<u8>, HttpError> {
        let mut bytes = Vec::new();
        self.save(&mut bytes, limit)?;
        Ok(bytes)
    }

    /// Writes the body, as it comes. Gives its size in bytes.
    ///
    /// # Errors
    /// It is larger than `limit` bytes, breaks off, or cannot be written.
    pub fn save(mut self, to: &mut impl Write, limit: u64) -> Result<u64, HttpError> {
        let too_large = || HttpError::TooLarge { url: shown(&self.url), limit };
        if self.inner.content_length().is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let mut buffer = vec![0; 1 << 16];
        let mut size = 0;
        loop {
            let read = match self.inner.read(&mut buffer) {
                Ok(0) => return Ok(size),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(broken(&self.url, &error)),
            };
            size += read as u64;
            if size > limit {
                return Err(too_large());
            }
            to.write_all(buffer.get(..read).unwrap_or_default()).map_err(HttpError::Write)?;
        }
    }
}

fn broken(url: &Url, error: &io::Error) -> HttpError {
    HttpError::Transport { url: shown(url), problem: innermost(error), temporary: true }
}
