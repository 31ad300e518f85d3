//! What goes wrong between here and a server.

use std::error::Error;
use std::path::PathBuf;

use url::Url;

use super::Host;

/// Why there is no answer, or not a whole one.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Requests cannot be made at all.
    #[error("HTTP cannot be used: {0}")]
    Unusable(String),
    /// A URL that requests are not made to.
    #[error("cannot use {url:?}: {problem}")]
    Url {
        /// Without what might be secret.
        url: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// There is no connection, or it broke.
    #[error("Get {url:?}: {problem}")]
    Transport {
        /// Without what might be secret.
        url: String,
        /// What the system or the library says.
        problem: String,
        /// Whether another attempt could go better.
        temporary: bool,
    },
    /// Redirects lead on and on, or where they may not.
    #[error("Get {url:?}: {problem}")]
    Redirect {
        /// Where the last one led, without what might be secret.
        url: String,
        /// Why it was not followed.
        problem: String,
    },
    /// The server is not well, and has not become better.
    #[error("{}, please try again later: {why}", after(*.attempts))]
    Exhausted {
        /// How often it was asked.
        attempts: u32,
        /// `503 Service Unavailable returned from HOST`, or why there was no connection.
        why: String,
    },
    /// The answer is larger than such answers are.
    #[error("the response from {url:?} is larger than {limit} bytes")]
    TooLarge {
        /// Without what might be secret.
        url: String,
        /// In bytes.
        limit: u64,
    },
    /// What was received cannot be written.
    #[error("the response cannot be written: {0}")]
    Write(std::io::Error),
    /// A token cannot be had from a program.
    #[error("the credentials helper {} failed for {host}: {problem}", .program.display())]
    Helper {
        /// The program.
        program: PathBuf,
        /// The host that a token was asked for.
        host: Host,
        /// What went wrong.
        problem: String,
    },
    /// A token is not of the kind that a header can hold.
    #[error("the token for {0} has characters that tokens cannot have")]
    Token(Host),
}

fn after(attempts: u32) -> String {
    match attempts {
        0 | 1 => "the request failed".to_owned(),
        more => format!("the request failed after {more} attempts"),
    }
}

impl HttpError {
    pub(super) fn url(url: &Url, problem: &'static str) -> Self {
        Self::Url { url: shown(url), problem }
    }

    pub(super) fn transport(url: &Url, error: &reqwest::Error) -> Self {
        let problem = if error.is_timeout() {
            "the server took too long to answer".to_owned()
        } else {
            innermost(error)
        };
        // A certificate does not become better.
        let temporary = !caused_by::<rustls::Error>(error);
        Self::Transport { url: shown(url), problem, temporary }
    }
}

/// A URL without the parts that may hold secrets.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Only URLs that cannot have them refuse.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

/// The cause at the bottom: what is above it says little more than "request failed".
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

fn caused_by<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(<dyn Error>::is::<E>)
}

/// An error, what caused it, and so on. What an I/O error wraps counts as its cause, which it does
/// not by itself.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error: &&'a (dyn Error + 'static)| {
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        wrapped.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
    })
}
