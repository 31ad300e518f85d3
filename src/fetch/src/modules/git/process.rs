//! Running `git`: until it ends, or has to be ended.

use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::GitError;
use crate::modules::limits::{Limits, Stop};

/// How often it is looked whether it has to be ended.
const STEP: Duration = Duration::from_millis(50);
/// How often what it writes is measured.
const MEASURED: Duration = Duration::from_secs(1);
/// How long what it said may stay away once it has ended: a program that it started may live on.
const GRACE: Duration = Duration::from_secs(1);
/// What is kept of what it says.
const SAID: usize = 1 << 16;

/// How it ended.
pub(super) struct Ended {
    /// -1 for a signal.
    pub code: i32,
    /// Standard error.
    pub said: String,
}

/// When it has to be ended.
pub(super) struct Watch<'a> {
    pub limits: &'a Limits,
    /// What it writes to.
    pub growing: &'a Path,
}

/// Runs a command to its end.
pub(super) fn run(mut command: Command, watch: &Watch<'_>) -> Result<Ended, GitError> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(start_error)?;
    let hear = said_by(&mut child)?;
    let begun = Instant::now();
    let mut measured = begun;
    loop {
        if let Ok(said) = hear.recv_timeout(STEP) {
            return ended(&mut child, said);
        }
        if child.try_wait()?.is_some() {
            let said = hear.recv_timeout(GRACE).unwrap_or_default();
            return ended(&mut child, said);
        }
        let mut checked = watch.limits.in_time(begun);
        if checked.is_ok() && measured.elapsed() >= MEASURED {
            measured = Instant::now();
            checked = watch.limits.admit_tree(watch.growing);
        }
        if let Err(stop) = checked {
            end(&mut child);
            return Err(stop.into());
        }
    }
}

/// Runs a command that lists something, with zeros between the items, until there is too much.
pub(super) fn list(
    mut command: Command,
    mut each: impl FnMut(&[u8]) -> Result<(), Stop>,
) -> Result<Ended, GitError> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(start_error)?;
    let hear = said_by(&mut child)?;
    if let Some(stdout) = child.stdout.take() {
        let mut items = BufReader::new(stdout);
        let mut item = Vec::new();
        while items.read_until(0, &mut item)? > 0 {
            if let Err(stop) = each(&item) {
                end(&mut child);
                return Err(stop.into());
            }
            item.clear();
        }
    }
    let said = hear.recv_timeout(GRACE).unwrap_or_default();
    ended(&mut child, said)
}

fn start_error(error: io::Error) -> GitError {
    if error.kind() == io::ErrorKind::NotFound { GitError::Missing } else { GitError::Run(error) }
}

fn ended(child: &mut Child, said: String) -> Result<Ended, GitError> {
    Ok(Ended { code: child.wait()?.code().unwrap_or(-1), said })
}

fn end(child: &mut Child) {
    // One that has ended meanwhile cannot be killed.
    let _ = child.kill();
    let _ = child.wait();
}

/// What it writes to standard error, once that is closed.
fn said_by(child: &mut Child) -> Result<Receiver<String>, GitError> {
    let (say, hear) = channel();
    if let Some(stderr) = child.stderr.take() {
        let read = move || {
            // Whoever has given up does not listen.
            let _ = say.send(said(stderr));
        };
        std::thread::Builder::new().name("git".to_owned()).spawn(read)?;
    }
    Ok(hear)
}

fn said(mut from: impl Read) -> String {
    let mut said = Vec::new();
    // What cannot be read was not said.
    let _ = from.by_ref().take(SAID as u64).read_to_end(&mut said);
    let _ = io::copy(&mut from, &mut io::sink());
    String::from_utf8_lossy(&said).into_owned()
}
