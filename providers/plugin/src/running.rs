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
        let failed = |(error, tail): (StartError, Arc<Tail>)| not_started(&error, &tail);
        let started = Process::start(program, spawner, sink, None).await.map_err(failed)?;
        if !started.1.is_open_to_others() {
            return Self::connected(started, None).await;
        }
        // Anybody on this machine can connect to such an address, so both sides have to prove who
        // they are. Few plugins listen so, and all others start faster without.
        started.0.end().await;
        let identity = Identity::new().map_err(|error| {
            not_started(&StartError::Identity(error.to_string()), started.0.output.tail())
        })?;
        let started = Process::start(program, spawner, sink, Some(&identity.pem)).await;
        Self::connected(started.map_err(failed)?, Some(&identity)).await
    }

    async fn connected(
        (process, handshake): (Process, Handshake),
        identity: Option<&Identity>,
    ) -> Result<Self, ProviderDiagnostics> {
        let protocol = handshake.protocol;
        if handshake.is_open_to_others() && handshake.certificate.is_none() {
            return Err(not_started(&StartError::Unprotected, process.output.tail()));
        }
        let channel = connect(handshake, identity)
            .await
            .map_err(|error| not_started(&StartError::Connect(error), process.output.tail()))?;
        let client = Client::new(channel, protocol);
        tokio::spawn(client.clone().follow(process.output.clone()));
        Ok(Self { process, client })
    }

    /// Makes a call; one that has no answer says why.
    pub(crate) async fn call<Q, A>(&self, method: Method, request: Q) -> Result<A, NoAnswer>
    where
        Q: Message + Send + Sync + 'static,
        A: Message + Default + Send + Sync + 'static,
    {
        match self.client.call(method, request).await {
            Ok(answer) => Ok(answer),
            Err(error) => Err(NoAnswer { ended: self.ended(&error).await, error }),
        }
    }

    /// How the process ended, if the call failed by that.
    async fn ended(&self, error: &CallError) -> Option<String> {
        if !is_lost(error.status.code()) {
            return None;
        }
        let how = self.process.ended().await?;
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
            Err(error) => Err(NoAnswer { ended: self.ended(&error).await, error }),
        }
    }

    /// Ends the process: asked first, then killed.
    pub(crate) async fn end(&self) {
        // One that hangs does not answer.
        let _: Result<(), Elapsed> = timeout(PATIENCE, self.client.shut_down()).await;
        self.process.end().await;
    }
}

/// Whether nobody knows what the plugin did: it was reached no more.
const fn is_lost(code: Code) -> bool {
    matches!(code, Code::Unavailable | Code::Unknown | Code::Cancelled | Code::Internal)
}

/// A call without an answer.
#[derive(Debug)]
pub(crate) struct NoAnswer {
    pub(crate) error: CallError,
    /// How the process ended, if it did.
    ended: Option<String>,
}

impl NoAnswer {
    /// As terraform says it, with what is known besides.
    pub(crate) fn diagnostic(&self) -> AttributeDiagnostic {
        let Self { error: CallError { method, status }, ended } = self;
        let method = method.name();
        if let Some(how) = ended {
            return AttributeDiagnostic::error(
                "Plugin did not respond",
                format!(
                    "The plugin encountered an error, and failed to respond to the {method} call: \
                     it ended with {how}"
                ),
            );
        }
        match status.code() {
            Code::Unavailable => AttributeDiagnostic::error(
                "Plugin did not respond",
                format!(
                    "The plugin encountered an error, and failed to respond to the {method} call: \
                     {}. The plugin logs may contain more details.",
                    status.message()
                ),
            ),
            Code::Cancelled => AttributeDiagnostic::error(
                "Request cancelled",
                format!("The {method} request was cancelled."),
            ),
            Code::Unimplemented => AttributeDiagnostic::error(
                "Unsupported plugin method",
                format!("The {method} method is not supported by this plugin."),
            ),
            _ => AttributeDiagnostic::error(
                "Plugin error",
                format!(
                    "The plugin returned an unexpected error from {method}: {}",
                    status.message()
                ),
            ),
        }
    }
}

fn not_started(error: &StartError, tail: &Tail) -> ProviderDiagnostics {
    let words = match tail.last_words() {
        Some(words) => format!(" Its last words:\n\n{words}"),
        None => String::new(),
    };
    vec![AttributeDiagnostic::error(
        "Failed to start provider plugin",
        format!("The provider plugin did not start: {error}.{words}"),
    )]
}
