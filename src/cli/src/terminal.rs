//! Standard output and error: the only place that prints.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use groma_diag::{Diagnostics, Severity, SourceMap};
use groma_render::diagnostic::render_all;
use groma_render::style::{Color, Style};
use terminal_size::{Height, Width, terminal_size_of};

use crate::environment::Environment;

/// Prose is wrapped here when nobody says how wide the reader's window is, as Terraform does.
const PIPE_COLUMNS: usize = 78;

/// What somebody is asked.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// What is asked for.
    pub title: &'a str,
    /// More about it, line by line.
    pub description: &'a str,
}

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
        let style = |terminal: bool, size| {
            let width = if terminal { columns(size, env) } else { PIPE_COLUMNS };
            Style { color: terminal && colors, width }
        };
        Self {
            out: style(io::stdout().is_terminal(), terminal_size_of(io::stdout())),
            err: style(io::stderr().is_terminal(), terminal_size_of(io::stderr())),
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
    /// input. What is said next is set off from the answer.
    pub fn ask(self, question: &Question<'_>) -> io::Result<Option<String>> {
        let Question { title, description } = question;
        let title = self.out.paint(Color::Bold, title);
        let answer = self.out.paint(Color::Bold, "Enter a value:");
        let mut prompt = format!("{title}\n");
        for line in description.lines() {
            prompt.push_str("  ");
            prompt.push_str(line);
            prompt.push('\n');
        }
        let line = self.read_line(&format!("{prompt}\n  {answer} "))?;
        self.print("\n");
        Ok(line)
    }

    /// Reads one line after `prompt`, as [`Terminal::ask`] does.
    pub fn read_line(self, prompt: &str) -> io::Result<Option<String>> {
        self.print(prompt);
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim_end().to_owned()))
    }
}

/// How wide a window is; where it does not say, as the environment does.
fn columns(size: Option<(Width, Height)>, env: &Environment) -> usize {
    let told = || env.get("COLUMNS").and_then(|columns| columns.parse().ok());
    let wide = size.map(|(Width(columns), _)| usize::from(columns)).filter(|columns| *columns > 0);
    wide.or_else(told).unwrap_or(PIPE_COLUMNS)
}
