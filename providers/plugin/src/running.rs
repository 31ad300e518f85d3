//! A plugin that runs, and what went wrong when a call to it has no answer.

use std::sync::Arc;
use std::time::Duration;

use groma_provider_api::{AttributeDiagnostic, ProviderDiagnostics};
use prost::Message;
use prost::bytes::Bytes;
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use tonic::Code;

use crate::process::{Handshake, LogSink, Process, Program, Spawner, StartError, Tail};
use crate::rpc::{CallError, Client, Method};
use crate::transport::{Identity, connect};

/// How long a plugin may take to hear that it is to end.
const PATIENCE: Duration = Duration::from_secs(2);

/// A process that answers calls.
pub(crate) struct Running {
    /// Whose it is, for errors.
    provider: Arc<str>,
    process: Process,
    pub(crate) client: Client,
}

impl Running {
    /// Starts the program and connects to it.
    pub(crate) async fn start(
        program: &Program,
        spawner: &Spawner,
        sink: &Arc<dyn LogSink>,
    ) -> Result<Self, ProviderDiagnostics> {
        let provider = &program.provider;
        let failed = |(error, tail): (StartError, Arc<Tail>)| not_started(provider, &error, &tail);
        let started = Process::start(program, spawner, sink, None).await.map_err(failed)?;
        if !started.1.is_open_to_others() {
            return Self::connected(provider, started, None).await;
        }
        // Anybody on this machine can connect to such an address, so both sides have to prove who
        // they are. Few plugins listen so, and all others start faster without.
        started.0.end().await;
        let identity = Identity::new().map_err(|error| {
            let error = StartError::Identity(error.to_string());
            not_started(provider, &error, started.0.output.tail())
        })?;
        let started = Process::start(program, spawner, sink, Some(&identity.pem)).await;
        Self::connected(provider, started.map_err(failed)?, Some(&identity)).await
    }

    async fn connected(
        provider: &Arc<str>,
        (process, handshake): (Process, Handshake),
        identity: Option<&Identity>,
    ) -> Result<Self, ProviderDiagnostics> {
        let protocol = handshake.protocol;
        let failed = |error| not_started(provider, &error, process.output.tail());
        if handshake.is_open_to_others() && handshake.certificate.is_none() {
            return Err(failed(StartError::Unprotected));
        }
        let channel = connect(handshake, identity)
            .await
            .map_err(|error| failed(StartError::Connect(error)))?;
        let client = Client::new(channel, protocol);
        tokio::spawn(client.clone().follow(process.output.clone()));
        Ok(Self { provider: Arc::clone(provider), process, client })
    }

    /// Makes a call; one that has no answer says why.
    pub(crate) async fn call<Q, A>(&self, method: Method, request: Q) -> Result<A, NoAnswer>
    where
        Q: Message + Send + Sync + 'static,
        A: Message + Default + Send + Sync + 'static,
    {
        match self.client.call(method, request).await {
            Ok(answer) => Ok(answer),
            Err(error) => Err(self.no_answer(error).await),
        }
    }

    /// Why there is no answer: an error, and how the process ended if it is one of that.
    async fn no_answer(&self, error: CallError) -> NoAnswer {
        let ended = if error.is_lost() { self.ended().await } else { None };
        NoAnswer { provider: Arc::clone(&self.provider), error, ended }
    }

    async fn ended(&self) -> Option<String> {
        let how = self.process.ends().await?;
        Some(match self.process.output.tail().last_words() {
            Some(words) => format!("{how}. Its last words:\n\n{words}"),
            None => format!("{how}."),
        })
    }

    /// Whether it can still be called.
    pub(crate) async fn is_alive(&self) -> bool {
        self.process.ended().await.is_none() && self.client.is_serving().await
    }

    /// Asks it what it declares. Plugins that are several in one look up while they answer which of
    /// them has which type, so that they have to be asked, whether or not it is known.
    pub(crate) async fn declared(&self) -> Result<Bytes, NoAnswer> {
        match self.client.declared().await {
            Ok(answer) => Ok(answer),
            Err(error) => Err(self.no_answer(error).await),
        }
    }

    /// Ends the process: asked first, then killed.
    pub(crate) async fn end(&self) {
        // One that hangs does not answer.
        let _: Result<(), Elapsed> = timeout(PATIENCE, self.client.shut_down()).await;
        self.process.end().await;
    }
}

/// A call without an answer.
#[derive(Debug)]
pub(crate) struct NoAnswer {
    provider: Arc<str>,
    pub(crate) error: CallError,
    /// How the process ended, if it did.
    ended: Option<String>,
}

impl NoAnswer {
    /// As terraform says it, with what is known besides.
    pub(crate) fn diagnostic(&self) -> AttributeDiagnostic {
        let Self { provider, error: CallError { method, status }, ended } = self;
        let method = method.name();
        if let Some(how) = ended {
            return AttributeDiagnostic::error(
                "Plugin did not respond",
                format!(
                    "The plugin of {provider} encountered an error, and failed to respond to the \
                     {method} call: it ended with {how}"
                ),
            );
        }
        match status.code() {
            Code::Unavailable => AttributeDiagnostic::error(
                "Plugin did not respond",
                format!(
                    "The plugin of {provider} encountered an error, and failed to respond to the \
                     {method} call: {}. The plugin logs may contain more details.",
                    status.message()
                ),
            ),
            Code::Cancelled => AttributeDiagnostic::error(
                "Request cancelled",
                format!("The {method} request to {provider} was cancelled."),
            ),
            Code::Unimplemented => AttributeDiagnostic::error(
                "Unsupported plugin method",
                format!("The {method} method is not supported by the plugin of {provider}."),
            ),
            _ => AttributeDiagnostic::error(
                "Plugin error",
                format!(
                    "The plugin of {provider} returned an unexpected error from {method}: {}",
                    status.message()
                ),
            ),
        }
    }
}

fn not_started(provider: &str, error: &StartError, tail: &Tail) -> ProviderDiagnostics {
    let words = match tail.last_words() {
        Some(words) => format!(" Its last words:\n\n{words}"),
        None => String::new(),
    };
    vec![AttributeDiagnostic::error(
        "Failed to start provider plugin",
        format!("The plugin of {provider} did not start: {error}.{words}"),
    )]
}
