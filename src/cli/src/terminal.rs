//! Standard output and error: the only place that prints.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use groma_diag::{Diagnostics, Severity, SourceMap};
use groma_render::diagnostic::render_all;
use groma_render::style::Style;

use crate::environment::Environment;

/// Prose is wrapped here when nobody says how wide the reader's window is, as Terraform does.
const PIPE_COLUMNS: usize = 78;

/// Where output goes and how it looks there.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// How standard output looks.
    pub out: Style,
    /// How standard error looks.
    pub err: Style,
    /// Whether somebody watches standard output.
    pub watched: bool,
    /// Whether somebody can answer questions.
    pub interactive: bool,
    /// Whether warnings are a list of their titles (`-compact-warnings`).
    pub compact: bool,
}

impl Terminal {
    /// As the process has them; no colours into a pipe, or with `NO_COLOR`.
    pub fn detect(env: &Environment) -> Self {
        let colors = env.get("NO_COLOR").is_none() && env.get("TERM") != Some("dumb");
        let style = |terminal: bool| {
            let width = if terminal { columns(env) } else { PIPE_COLUMNS };
            Style { color: terminal && colors, width }
        };
        Self {
            out: style(io::stdout().is_terminal()),
            err: style(io::stderr().is_terminal()),
            watched: io::stdout().is_terminal() && env.get("TERM") != Some("dumb"),
            interactive: io::stdin().is_terminal(),
            compact: false,
        }
    }

    /// The same without colours (`-no-color`).
    #[must_use]
    pub fn plain(mut self, plain: bool) -> Self {
        self.out.color &= !plain;
        self.err.color &= !plain;
        self
    }

    /// The same with warnings as a list of their titles (`-compact-warnings`).
    #[must_use]
    pub fn compact(mut self, compact: bool) -> Self {
        self.compact |= compact;
        self
    }

    /// Writes to standard output as it is. A closed pipe ends the output, not the command.
    pub fn print(self, text: &str) {
        let mut out = io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// Writes bytes to standard output.
    pub fn print_bytes(self, bytes: &[u8]) {
        let mut out = io::stdout().lock();
        let _ = out.write_all(bytes).and_then(|()| out.flush());
    }

    /// Writes to standard error as it is.
    pub fn eprint(self, text: &str) {
        let mut err = io::stderr().lock();
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    }

    /// Shows diagnostics: warnings on standard output, errors on standard error.
    pub fn diagnostics(self, diagnostics: &Diagnostics, sources: &SourceMap) {
        let compact = self.compact && !diagnostics.has_errors();
        let of = |severity| -> Diagnostics {
            diagnostics.iter().filter(|d| d.severity == severity).cloned().collect()
        };
        let (warnings, errors) = (of(Severity::Warning), of(Severity::Error));
        if !warnings.is_empty() {
            self.print(&render_all(&warnings, sources, self.out, compact));
        }
        if !errors.is_empty() {
            self.eprint(&render_all(&errors, sources, self.err, false));
        }
    }

    /// Shows diagnostics beside what a command prints for other programs: all on standard error.
    pub fn diagnostics_aside(self, diagnostics: &Diagnostics, sources: &SourceMap) {
        if !diagnostics.is_empty() {
            self.eprint(&render_all(diagnostics, sources, self.err, self.compact));
        }
    }

    /// Asks a question and reads one line, without the space at its end; `None` at the end of the
    /// input.
    pub fn ask(self, prompt: &str) -> io::Result<Option<String>> {
        self.print(prompt);
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim_end().to_owned()))
    }
}

fn columns(env: &Environment) -> usize {
    env.get("COLUMNS").and_then(|c| c.parse().ok()).unwrap_or(80)
}
