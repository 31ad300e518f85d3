//! The plugin's process: started, watched, ended.

mod handshake;
mod output;
mod spawner;

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

pub(crate) use self::handshake::{Address, COOKIE, Handshake};
use self::handshake::{HandshakeError, VERSIONS};
pub use self::output::{Level, LogSink};
pub(crate) use self::output::{Output, Tail};
pub(crate) use self::spawner::Spawner;
use crate::transport::ConnectError;

/// How long it may take to end that is reached no more, and until what it said last is read.
const GRACE: Duration = Duration::from_secs(1);
/// How long it may take to end once it was told to.
const END: Duration = Duration::from_secs(2);
/// A line that is longer is no handshake.
const LONGEST_LINE: u64 = 64 << 10;

/// Which program to start, and how.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// The provider's address, for errors.
    pub(crate) provider: Arc<str>,
    /// The plugin's binary.
    pub(crate) path: PathBuf,
    /// Words before it: a command that ends with this process and becomes the binary. None where
    /// the caller sees to that.
    pub(crate) launcher: Vec<std::ffi::OsString>,
    /// What the plugin finds in its environment.
    pub(crate) env: Vec<(std::ffi::OsString, std::ffi::OsString)>,
    /// The directory that it works in.
    pub(crate) directory: PathBuf,
    /// How long it may take until it listens.
    pub(crate) patience: Duration,
}

/// Why there is no plugin to talk to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("its program {path} cannot be started: {error}")]
    Spawn { path: PathBuf, error: std::io::Error },
    #[error("no private directory for its socket: {0}")]
    Directory(std::io::Error),
    #[error("{0}")]
    Handshake(HandshakeError),
    #[error("it ended ({0}) before it said how to reach it")]
    Ended(String),
    #[error("it has not said within {} s how to reach it", .0.as_secs())]
    TimedOut(Duration),
    #[error("no certificate to show it: {0}")]
    Identity(String),
    #[error("it listens where everybody on this machine can connect, and has no certificate")]
    Unprotected,
    #[error("{0}")]
    Connect(ConnectError),
}

/// A plugin that listens.
pub(crate) struct Process {
    child: Mutex<Child>,
    /// Reads its standard error, to the end.
    errors: Mutex<Option<JoinHandle<()>>>,
    /// Where goes what it prints.
    pub(crate) output: Output,
    /// Where its socket is. Gone with it.
    _directory: tempfile::TempDir,
}

impl Process {
    /// Starts a plugin and waits until it listens. With the certificate of an identity, in PEM,
    /// the plugin serves nobody else, and has a certificate itself.
    pub(crate) async fn start(
        program: &Program,
        spawner: &Spawner,
        sink: &Arc<dyn LogSink>,
        identity: Option<&str>,
    ) -> Result<(Self, Handshake), (StartError, Arc<Tail>)> {
        let name = program.path.file_name().unwrap_or_default();
        let output = Output::new(&name.to_string_lossy(), sink);
        let failed = |error| (error, Arc::clone(output.tail()));
        // Nobody else can enter it, so that who connects to the socket is who may.
        let directory = tempfile::Builder::new()
            .prefix("groma-plugin")
            .tempdir()
            .map_err(|error| failed(StartError::Directory(error)))?;
        let mut command = command(program, directory.path());
        if let Some(pem) = identity {
            command.env("PLUGIN_CLIENT_CERT", pem);
        }
        let mut child = spawner
            .spawn(command)
            .await
            .map_err(|error| failed(StartError::Spawn { path: program.path.clone(), error }))?;
        let stderr = child.stderr.take();
        let mut errors = stderr.map(|stderr| tokio::spawn(output.clone().follow(stderr)));
        let patience = program.patience;
        let handshake = timeout(patience, first_line(&mut child)).await;
        let handshake = handshake.unwrap_or(Err(StartError::TimedOut(patience)));
        if let Err(StartError::Ended(_)) = &handshake {
            heard(&mut errors).await;
        }
        let (handshake, stdout) = handshake.map_err(failed)?;
        // A plugin that prints more must not wait for a reader.
        tokio::spawn(output.clone().follow(stdout));
        let (child, errors) = (Mutex::new(child), Mutex::new(errors));
        Ok((Self { child, errors, output, _directory: directory }, handshake))
    }

    /// How it ended, if it has.
    pub(crate) async fn ended(&self) -> Option<String> {
        let status = self.child.lock().await.try_wait();
        status.ok().flatten().map(describe)
    }

    /// How it ended, if it does now: it is reached no more. What it said last has been read then.
    pub(crate) async fn ends(&self) -> Option<String> {
        let status = timeout(GRACE, self.child.lock().await.wait()).await.ok()?.ok()?;
        heard(&mut *self.errors.lock().await).await;
        Some(describe(status))
    }

    /// Waits for it to end, and ends it and its children if it takes too long.
    pub(crate) async fn end(&self) {
        let mut child = self.child.lock().await;
        if timeout(END, child.wait()).await.is_ok() {
            return;
        }
        kill_group(&child);
        // It has been killed: what this could say is known.
        let _: std::io::Result<()> = child.kill().await;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        kill_group(self.child.get_mut());
    }
}

/// Waits until everything is read. Children of the plugin may keep its standard error open.
async fn heard(errors: &mut Option<JoinHandle<()>>) {
    if let Some(reading) = errors.take() {
        // It only reads, and goes on if it is not done.
        let _: Result<_, Elapsed> = timeout(GRACE, reading).await;
    }
}

/// It leads a group of its own, so that Ctrl-C reaches it only when it is told to stop.
fn kill_group(child: &Child) {
    // Gone once it has been waited for, and then its number may be another's.
    let Some(id) = child.id().and_then(|id| i32::try_from(id).ok()) else { return };
    if let Some(group) = rustix::process::Pid::from_raw(id) {
        // It may have ended by itself, which is what is wanted.
        let _: rustix::io::Result<()> =
            rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

fn command(program: &Program, directory: &Path) -> Command {
    let mut words = program.launcher.iter();
    let mut command = match words.next() {
        Some(launcher) => {
            let mut command = Command::new(launcher);
            command.args(words).arg(&program.path);
            command
        }
        None => Command::new(&program.path),
    };
    let env = program.env.iter().filter(|(name, _)| !name.to_string_lossy().starts_with("PLUGIN_"));
    command
        .env_clear()
        .envs(env.map(|(name, value)| (name, value)))
        .env(COOKIE.0, COOKIE.1)
        .env(VERSIONS.0, VERSIONS.1)
        .env("TMPDIR", directory)
        .env("PLUGIN_UNIX_SOCKET_DIR", directory)
        .current_dir(&program.directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    command
}

/// The handshake, and what is to be read after it.
async fn first_line(child: &mut Child) -> Result<(Handshake, BufReader<ChildStdout>), StartError> {
    let Some(stdout) = child.stdout.take() else {
        return Err(StartError::Handshake(HandshakeError::NoHandshake(String::new())));
    };
    let mut reader = BufReader::new(stdout);
    let mut line = Vec::new();
    let mut limited = tokio::io::AsyncReadExt::take(&mut reader, LONGEST_LINE);
    let read = limited.read_until(b'\n', &mut line).await;
    if read.is_err() || line.is_empty() {
        let status = child.wait().await.map_or_else(|error| error.to_string(), describe);
        return Err(StartError::Ended(status));
    }
    let line = String::from_utf8_lossy(&line);
    Ok((handshake::parse(&line).map_err(StartError::Handshake)?, reader))
}

/// `exit status: 1`, `signal: 9 (SIGKILL)`
fn describe(status: ExitStatus) -> String {
    status.to_string()
}
