//! Following a run: events as lines, as JSON lines, or as a line of progress on a terminal.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime};

use groma_diag::SourceMap;
use groma_engine::{Event, Events};
use groma_render::style::{Color, Style};
use groma_render::ui::{JsonStream, Lines, event_line, version_line};

use crate::args::PlanningArgs;
use crate::commands::Invocation;
use crate::error::CommandError;
use crate::terminal::Terminal;

/// How a run is followed.
pub enum Follower {
    /// By people.
    Text(TextFollower),
    /// By a program.
    Json(JsonFollower),
}

impl Follower {
    /// As the arguments say. Opens the stream, if a program follows.
    pub fn new(args: &PlanningArgs, invocation: &Invocation) -> Self {
        let terminal = invocation.terminal;
        if args.json {
            Self::Json(JsonFollower::new(terminal, invocation.sources.clone(), args.destroy))
        } else {
            Self::Text(TextFollower::new(terminal))
        }
    }

    /// Says why a command failed, if it is a program that has to be told.
    #[must_use]
    pub fn tell(&self, error: CommandError) -> CommandError {
        let Self::Json(follower) = self else { return error };
        for diagnostic in error.diagnostics {
            follower.emit(Event::Diagnostic(diagnostic));
        }
        CommandError::silent(error.code)
    }

    /// Makes way for something else to be shown.
    pub fn clear(&self) {
        if let Self::Text(follower) = self {
            follower.clear();
        }
    }
}

impl Events for Follower {
    fn emit(&self, event: Event) {
        match self {
            Self::Text(follower) => follower.emit(event),
            Self::Json(follower) => follower.emit(event),
        }
    }
}

/// Shows events to people.
pub struct TextFollower {
    terminal: Terminal,
    lines: Lines,
    progress: Mutex<Progress>,
}

/// Prints events as JSON lines.
pub struct JsonFollower {
    terminal: Terminal,
    sources: Arc<SourceMap>,
    /// Whether the command destroys, rather than applies a plan that does.
    destroys: bool,
}

/// What has happened so far, for the line of progress.
struct Progress {
    started: Instant,
    /// Redrawn in place; only on a terminal.
    shown: bool,
    refreshed: usize,
    planned: usize,
    running: usize,
    done: usize,
    drawn: Option<Instant>,
}

/// A line of progress is redrawn this often at most, so that drawing costs nothing.
const REDRAW: std::time::Duration = std::time::Duration::from_millis(100);

impl TextFollower {
    /// Writes to `terminal`; with a line of progress if it is watched.
    pub fn new(terminal: Terminal) -> Self {
        let shown = terminal.watched;
        let progress = Progress {
            started: Instant::now(),
            shown,
            refreshed: 0,
            planned: 0,
            running: 0,
            done: 0,
            drawn: None,
        };
        let lines = if shown { Lines::All } else { Lines::Effects };
        Self { terminal, lines, progress: Mutex::new(progress) }
    }

    /// Clears the line of progress, before something else is shown.
    pub fn clear(&self) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        if progress.drawn.take().is_some() {
            self.terminal.print("\r\x1b[K");
        }
    }
}

impl Progress {
    fn count(&mut self, event: &Event) {
        match event {
            Event::RefreshDone { .. } => self.refreshed += 1,
            Event::PlannedChange(_) => self.planned += 1,
            Event::ApplyStart { .. } => self.running += 1,
            Event::ApplyDone { .. } | Event::ApplyErrored { .. } => {
                self.running = self.running.saturating_sub(1);
                self.done += 1;
            }
            _ => {}
        }
    }

    fn line(&self, style: Style) -> String {
        let seconds = self.started.elapsed().as_secs();
        let mut parts = Vec::new();
        for (count, what) in [
            (self.refreshed, "refreshed"),
            (self.planned, "planned"),
            (self.running, "in progress"),
            (self.done, "done"),
        ] {
            if count > 0 {
                parts.push(format!("{count} {what}"));
            }
        }
        style.paint(Color::Dim, format!("{} ({seconds}s)", parts.join(", "))).to_string()
    }
}

impl Events for TextFollower {
    fn emit(&self, event: Event) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.count(&event);
        let line = event_line(&event, self.lines, self.terminal.out);
        if progress.shown {
            let stale = progress.drawn.is_none_or(|at| at.elapsed() >= REDRAW);
            if line.is_none() && !stale {
                return;
            }
            // Back to the start of the line, and clear it.
            let mut text = "\r\x1b[K".to_owned();
            text.extend(line.map(|line| line + "\n"));
            if stale {
                text.push_str(&progress.line(self.terminal.out));
                progress.drawn = Some(Instant::now());
            }
            self.terminal.print(&text);
        } else if let Some(line) = line {
            self.terminal.print(&(line + "\n"));
        }
    }
}

impl Drop for TextFollower {
    fn drop(&mut self) {
        self.clear();
    }
}

impl JsonFollower {
    /// Opens the stream.
    pub fn new(terminal: Terminal, sources: Arc<SourceMap>, destroys: bool) -> Self {
        terminal.print(&(version_line(SystemTime::now()) + "\n"));
        Self { terminal, sources, destroys }
    }
}

impl Events for JsonFollower {
    fn emit(&self, event: Event) {
        let stream = JsonStream { sources: &self.sources, destroys: self.destroys };
        if let Some(line) = stream.line(&event, SystemTime::now()) {
            self.terminal.print(&(line + "\n"));
        }
    }
}
