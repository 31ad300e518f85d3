//! One GET, with redirects and retries.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use url::{Origin, Url};

use super::error::shown;
use super::{Client, Host, HttpError, Response, Token};

/// As many as Go's programs follow.
const MAX_REDIRECTS: usize = 10;
/// The first pause before another attempt; each is twice as long as the one before.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest pause, whatever a server asks for.
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// A request that is still to be made.
#[derive(Debug)]
#[must_use = "nothing is asked until it is sent"]
pub struct Get<'c> {
    client: &'c Client,
    url: Url,
    token: Option<(Host, Token)>,
    headers: Vec<(HeaderName, HeaderValue)>,
    retries: Option<u32>,
    timeout: Option<Duration>,
    redirects: usize,
    plain: bool,
}

impl<'c> Get<'c> {
    pub(super) fn new(client: &'c Client, url: Url) -> Self {
        Self {
            client,
            url,
            token: None,
            headers: Vec::new(),
            retries: None,
            timeout: None,
            redirects: MAX_REDIRECTS,
            plain: false,
        }
    }

    /// Shows the service the token for `host`, if there is one.
    ///
    /// # Errors
    /// The program that knows tokens fails.
    pub fn token_of(mut self, host: &Host) -> Result<Self, HttpError> {
        let token = self.client.settings().credentials.token(host)?;
        self.token = token.map(|token| (host.clone(), token));
        Ok(self)
    }

    /// Whether a token will be shown.
    pub fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Adds a header.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Asks as a service is asked: the whole answer has to come within the time that settings
    /// allow, and where the service is not well, it is asked again as often as they say.
    pub fn as_service(mut self) -> Self {
        let settings = self.client.settings();
        self.retries = Some(settings.retries);
        self.timeout = Some(settings.timeout);
        self
    }

    /// How long the whole answer may take. Without, it may take any time that it goes on.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout = Some(time);
        self
    }

    /// How many redirects are followed; 10 without.
    pub fn redirects(mut self, count: usize) -> Self {
        self.redirects = count;
        self
    }

    /// Lets the URL be an `http` one, where whoever wrote it may say so: what is fetched is
    /// checked by other means.
    pub fn allow_plain(mut self) -> Self {
        self.plain = true;
        self
    }

    /// Asks.
    ///
    /// # Errors
    /// There is no answer, or none that helps after as many attempts as there may be. Without
    /// retries every answer is given, of whatever status.
    pub fn send(self) -> Result<Response, HttpError> {
        let Some(retries) = self.retries else { return self.follow() };
        let mut attempts = 0;
        loop {
            attempts += 1;
            let (why, wait) = match self.follow() {
                Ok(response) if is_temporary(response.status()) => {
                    let (status, host) = (response.status_line(), response.host());
                    let why = format!("{status} returned from {host}");
                    (why, asked_for(&response))
                }
                Err(error @ HttpError::Transport { temporary: true, .. }) => {
                    (error.to_string(), None)
                }
                other => return other,
            };
            if attempts > retries {
                return Err(HttpError::Exhausted { attempts, why });
            }
            let usual = PAUSE.saturating_mul(1 << (attempts - 1).min(5));
            (self.client.settings().pause)(wait.unwrap_or(usual).min(MAX_PAUSE));
        }
    }

    /// One attempt: to where redirects lead.
    fn follow(&self) -> Result<Response, HttpError> {
        let mut url = self.url.clone();
        self.admit(&url)?;
        let home = url.origin();
        for _ in 0..=self.redirects {
            let response = self.ask(&url, &home)?;
            let Some(next) = redirected(&response, &url)? else {
                return Ok(Response::new(response, url));
            };
            if url.scheme() == "https" && next.scheme() != "https" {
                return Err(refused(&next, "the redirect leads from https to an insecure URL"));
            }
            self.admit(&next)?;
            url = next;
        }
        Err(refused(&url, &format!("stopped after {} redirects", self.redirects)))
    }

    fn admit(&self, url: &Url) -> Result<(), HttpError> {
        match url.scheme() {
            "https" => Ok(()),
            "http" if self.plain => Ok(()),
            "http" => Err(HttpError::url(url, "only https URLs are used for this")),
            _ => Err(HttpError::url(url, "its scheme is neither https nor http")),
        }
    }

    fn ask(&self, url: &Url, home: &Origin) -> Result<reqwest::blocking::Response, HttpError> {
        let mut request = self.client.connections()?.get(url.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(time) = self.timeout {
            request = request.timeout(time);
        }
        if let Some((host, token)) = &self.token
            && url.origin() == *home
        {
            if url.scheme() != "https" {
                let problem = "a token is configured for it, which is sent only over https";
                return Err(HttpError::url(url, problem));
            }
            let header = token.header().ok_or_else(|| HttpError::Token(host.clone()))?;
            request = request.header(AUTHORIZATION, header);
        }
        request.send().map_err(|error| HttpError::transport(url, &error))
    }
}

/// Where a redirect leads, if it is one.
fn redirected(response: &reqwest::blocking::Response, url: &Url) -> Result<Option<Url>, HttpError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.headers().get(LOCATION) else { return Ok(None) };
    let location = location.to_str().ok().and_then(|location| url.join(location).ok());
    location.map(Some).ok_or_else(|| refused(url, "the redirect leads to no valid URL"))
}

fn refused(url: &Url, problem: &str) -> HttpError {
    HttpError::Redirect { url: shown(url), problem: problem.to_owned() }
}

/// Whether a server may answer otherwise later.
fn is_temporary(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS
        || (status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED)
}

/// How long the server asks to be left alone.
fn asked_for(response: &Response) -> Option<Duration> {
    let busy = [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE];
    let header = response.header(&RETRY_AFTER).filter(|_| busy.contains(&response.status()));
    header?.parse().ok().map(Duration::from_secs)
}
