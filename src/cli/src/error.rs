//! How a command fails: one place turns an error into text and an exit code.

use std::process::ExitCode;

use groma_diag::{Diagnostic, Diagnostics, SourceMap};

use crate::terminal::Terminal;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub struct CommandError {
    /// What to say. Empty when everything has been said.
    pub diagnostics: Diagnostics,
    /// Exit status of the process.
    pub code: u8,
    /// The command whose help tells more.
    pub help: Option<&'static str>,
}

impl CommandError {
    /// An error with a title and sentences.
    pub fn new(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Diagnostics::from(Diagnostic::error(summary, detail)).into()
    }

    /// A failure of which everything has been said.
    pub fn silent(code: u8) -> Self {
        Self { diagnostics: Diagnostics::new(), code, help: None }
    }

    /// The same, of a command line that `command`'s help explains.
    pub fn with_help(self, command: &'static str) -> Self {
        Self { help: Some(command), ..self }
    }

    /// Says it and gives the exit code.
    pub fn report(self, terminal: Terminal, sources: &SourceMap) -> ExitCode {
        terminal.diagnostics(&self.diagnostics, sources);
        if let Some(command) = self.help {
            let text = "For more help on using this command, run:";
            terminal.eprint(&format!("\n{text}\n  groma {command} -help\n"));
        }
        ExitCode::from(self.code)
    }
}

impl From<Diagnostics> for CommandError {
    fn from(diagnostics: Diagnostics) -> Self {
        Self { diagnostics, code: 1, help: None }
    }
}

impl From<Diagnostic> for CommandError {
    fn from(diagnostic: Diagnostic) -> Self {
        Diagnostics::from(diagnostic).into()
    }
}
