//! Provider plugins: how this program starts them, and where what they log goes.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use groma_provider_plugin::{Level, LogSink, Plugins, Start};

use crate::commands::Invocation;
use crate::environment::Environment;
use crate::error::CommandError;

/// The hidden command that becomes a plugin: `groma launch-plugin PID PROGRAM`.
const LAUNCH: &str = "launch-plugin";

/// Becomes a plugin if the command line says so; nobody but this program does.
pub fn launched(args: &[OsString]) -> Option<ExitCode> {
    let [_, command, parent, program] = args else { return None };
    if command != LAUNCH {
        return None;
    }
    let parent = parent.to_str()?.parse().ok()?;
    let Err(error) = groma_provider_plugin::launch(parent, program);
    // The program that wanted the plugin reads this.
    drop(writeln!(io::stderr(), "{}: {error}", program.display()));
    Some(ExitCode::FAILURE)
}

/// Ready to start plugins in the directory that the command works in.
///
/// # Errors
/// There can be no more threads, or no log.
pub fn start(invocation: &Invocation) -> Result<Arc<Plugins>, CommandError> {
    let failed = |what: &str, error: &io::Error| {
        CommandError::new("Failed to start provider plugins", format!("{what}: {error}."))
    };
    let this = std::env::current_exe().map_err(|error| failed("Where this program is", &error))?;
    let pid = std::process::id().to_string();
    let sink = Log::open(&invocation.env).map_err(|error| failed("The log", &error))?;
    let start = Start {
        launcher: vec![this.into(), LAUNCH.into(), pid.into()],
        env: invocation.env.all().collect(),
        directory: invocation.place.directory.clone(),
        patience: patience(&invocation.env)?,
        sink: Arc::new(sink),
        cache: invocation.env.cache_dir().map(|cache| cache.join("groma/schemas")),
    };
    Plugins::new(start).map(Arc::new).map_err(|error| failed("A thread for them", &error))
}

/// How long a plugin may take until it listens: by default as long as go-plugin gives it.
fn patience(env: &Environment) -> Result<Duration, CommandError> {
    const VARIABLE: &str = "GROMA_PLUGIN_START_TIMEOUT";
    let Some(text) = env.get(VARIABLE) else { return Ok(Duration::from_mins(1)) };
    text.parse().map(Duration::from_secs).map_err(|_| {
        let detail = format!("{VARIABLE} is {text:?}, and must be a whole number of seconds.");
        CommandError::new("Invalid environment variable", detail)
    })
}

/// Where plugins' lines go that matter enough.
struct Log {
    /// The least level that is wanted; none for nothing.
    level: Option<Level>,
    to: Mutex<Box<dyn Write + Send>>,
}

impl Log {
    /// As `TF_LOG`, `TF_LOG_PROVIDER` and `TF_LOG_PATH` say.
    fn open(env: &Environment) -> io::Result<Self> {
        let wanted = env.get("TF_LOG_PROVIDER").or_else(|| env.get("TF_LOG"));
        let level = wanted.and_then(level);
        let to: Box<dyn Write + Send> = match env.path("TF_LOG_PATH").filter(|_| level.is_some()) {
            Some(path) => Box::new(OpenOptions::new().create(true).append(true).open(path)?),
            None => Box::new(io::stderr()),
        };
        Ok(Self { level, to: Mutex::new(to) })
    }
}

impl LogSink for Log {
    fn line(&self, plugin: &str, level: Level, message: &str) {
        if self.level.is_none_or(|least| level < least) {
            return;
        }
        let name = match level {
            Level::Trace => "TRACE",
            Level::Debug => "DEBUG",
            Level::Info => "INFO",
            Level::Warn => "WARN",
            Level::Error => "ERROR",
        };
        let now = groma_time::Timestamp::from_system(std::time::SystemTime::now());
        let mut to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        // A log that cannot be written stops nothing.
        drop(writeln!(to, "{now} [{name}] provider.{plugin}: {message}"));
    }
}

/// `off` and what is no level at all are none; `json` asks for everything.
fn level(name: &str) -> Option<Level> {
    match name.to_ascii_uppercase().as_str() {
        "TRACE" | "JSON" => Some(Level::Trace),
        "DEBUG" => Some(Level::Debug),
        "INFO" => Some(Level::Info),
        "WARN" => Some(Level::Warn),
        "ERROR" => Some(Level::Error),
        _ => None,
    }
}
