//! `local-exec` on this machine.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Mutex;

use async_trait::async_trait;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

use super::{Command, Provision};

/// How much of what a command wrote is repeated in the error if it fails.
const KEPT: usize = 8 * 1024;

/// Runs commands as processes of their own, with this process's environment.
#[derive(Clone, Debug)]
pub struct LocalExec {
    dir: PathBuf,
}

impl LocalExec {
    /// Commands run in `dir` unless they say otherwise.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }
}

#[async_trait]
impl Provision for LocalExec {
    async fn local_exec(
        &self,
        command: &Command,
        line: &(dyn Fn(String) + Send + Sync),
    ) -> Result<(), String> {
        let mut argv = command.interpreter.clone();
        if argv.is_empty() {
            let shell = if cfg!(windows) { ["cmd", "/C"] } else { ["/bin/sh", "-c"] };
            argv = shell.map(str::to_owned).to_vec();
        }
        argv.push(command.command.clone());
        let Some((program, arguments)) = argv.split_first() else { return Ok(()) };
        if command.quiet {
            line("local-exec: Executing: Suppressed by quiet=true".to_owned());
        } else {
            let quoted: Vec<String> = argv.iter().map(|word| format!("{word:?}")).collect();
            line(format!("Executing: [{}]", quoted.join(" ")));
        }
        let dir = match &command.working_dir {
            Some(dir) => self.dir.join(dir),
            None => self.dir.clone(),
        };
        let failed = |why: String, output: &str| {
            // Neither may be shown, since either might hold the secret.
            if !command.marks.is_empty() {
                return format!(
                    "Error running command: {why}. The command and its output are withheld, because the configuration has sensitive or ephemeral values."
                );
            }
            format!("Error running command '{}': {why}. Output: {output}", command.command)
        };
        let mut child = tokio::process::Command::new(program)
            .args(arguments)
            .envs(&command.environment)
            .current_dir(dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| failed(error.to_string(), ""))?;
        let kept = Mutex::new(String::new());
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let each = |text: String| {
            if let Ok(mut kept) = kept.lock()
                && kept.len() < KEPT
            {
                kept.push_str(&text);
                kept.push('\n');
            }
            line(text);
        };
        tokio::join!(lines(out, &each), lines(err, &each));
        let status = child.wait().await.map_err(|error| failed(error.to_string(), ""))?;
        if status.success() {
            return Ok(());
        }
        let why = match status.code() {
            Some(code) => format!("exit status {code}"),
            None => "ended by a signal".to_owned(),
        };
        let output = kept.into_inner().unwrap_or_default();
        Err(failed(why, &output))
    }
}

/// Hands on each line, whatever bytes it is made of.
async fn lines<R: AsyncRead + Unpin>(from: Option<R>, each: &(dyn Fn(String) + Send + Sync)) {
    let Some(from) = from else { return };
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    while let Ok(1..) = reader.read_until(b'\n', &mut line).await {
        let text = String::from_utf8_lossy(&line);
        each(text.trim_end_matches(['\r', '\n']).to_owned());
        line.clear();
    }
}
