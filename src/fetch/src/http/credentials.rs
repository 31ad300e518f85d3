//! What services want to be shown: a token for each host.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::header::HeaderValue;

use super::{Host, HttpError};

/// More than any program that knows tokens says.
const MAX_ANSWER: u64 = 1 << 20;

/// A token, which nothing shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token as it is written.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// `Authorization` with it.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.0)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Tokens by host, from wherever they are kept.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// `TF_TOKEN_…` variables, which come first.
    pub variables: BTreeMap<Host, Token>,
    /// `credentials` blocks; one without a token says that there is none.
    pub configured: BTreeMap<Host, Option<Token>>,
    /// A program that is asked for all other hosts.
    pub helper: Option<Arc<Helper>>,
}

impl Credentials {
    /// The token for a host, if there is one.
    ///
    /// # Errors
    /// The program that is to be asked fails.
    pub fn token(&self, host: &Host) -> Result<Option<Token>, HttpError> {
        if let Some(token) = self.variables.get(host) {
            return Ok(Some(token.clone()));
        }
        if let Some(token) = self.configured.get(host) {
            return Ok(token.clone());
        }
        self.helper.as_ref().map_or(Ok(None), |helper| helper.token(host))
    }
}

/// A program that knows tokens: `terraform-credentials-NAME` of a `credentials_helper` block.
#[derive(Debug)]
pub struct Helper {
    program: PathBuf,
    arguments: Vec<String>,
    /// It is asked once for each host.
    known: Mutex<BTreeMap<Host, Option<Token>>>,
}

impl Helper {
    /// The program with what the block says to hand it.
    pub fn new(program: PathBuf, arguments: Vec<String>) -> Self {
        Self { program, arguments, known: Mutex::default() }
    }

    fn token(&self, host: &Host) -> Result<Option<Token>, HttpError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = known.get(host) {
            return Ok(token.clone());
        }
        let token = self.ask(host).map_err(|problem| HttpError::Helper {
            program: self.program.clone(),
            host: host.clone(),
            problem,
        })?;
        known.insert(host.clone(), token.clone());
        Ok(token)
    }

    /// `PROGRAM ARGUMENT… get HOST`, which answers `{"token": "…"}`, or `{}` where it knows none.
    fn ask(&self, host: &Host) -> Result<Option<Token>, String> {
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .args(["get", host.as_str()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(|error| format!("it cannot be started: {error}"))?;
        let mut answer = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            let read = stdout.take(MAX_ANSWER).read_to_end(&mut answer);
            read.map_err(|error| format!("its answer cannot be read: {error}"))?;
        }
        let status = child.wait().map_err(|error| format!("its end cannot be seen: {error}"))?;
        if !status.success() {
            return Err(format!("it ended with {status}"));
        }
        // Nothing of the answer may be in the error: it may hold a token.
        let answer: serde_json::Value =
            serde_json::from_slice(&answer).map_err(|_| "its answer is no JSON".to_owned())?;
        match answer.get("token") {
            None if answer.is_object() => Ok(None),
            Some(serde_json::Value::String(token)) => Ok(Some(Token::new(token))),
            _ => Err("its answer is not of the form {\"token\": \"…\"}".to_owned()),
        }
    }
}
