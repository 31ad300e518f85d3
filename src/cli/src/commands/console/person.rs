//! A person at the console: line editing, history, entries of several lines.

use std::cell::Cell;
use std::path::Path;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{Context, Editor, Helper};

use super::entry::is_open;
use crate::terminal::Terminal;

/// Reads entries from a terminal.
pub struct Person {
    editor: Editor<Typed, DefaultHistory>,
    terminal: Terminal,
}

impl Person {
    /// With the history of former times, if there is one.
    ///
    /// # Errors
    /// The terminal cannot be used.
    pub fn new(terminal: Terminal, history: &Path) -> Result<Self, ReadlineError> {
        let mut editor = Editor::new()?;
        editor.set_helper(Some(Typed::default()));
        // There is none at first, and a console without one is better than none.
        let _ = editor.load_history(history);
        Ok(Self { editor, terminal })
    }

    /// The next entry, of as many lines as it takes; `None` when the person leaves.
    ///
    /// Ctrl-C takes back what was typed, and leaves if that is nothing. Ctrl-D leaves.
    ///
    /// # Errors
    /// The terminal cannot be read.
    pub fn entry(&mut self) -> Result<Option<String>, ReadlineError> {
        let mut entry = String::new();
        loop {
            self.typed(false);
            match self.editor.readline(if entry.is_empty() { "> " } else { ": " }) {
                Ok(line) => entry.push_str(&line),
                Err(ReadlineError::Interrupted) if !entry.is_empty() => {
                    self.terminal.print("(multi-line entry canceled)\n");
                    entry.clear();
                    continue;
                }
                Err(ReadlineError::Interrupted) if self.has_typed() => continue,
                Err(ReadlineError::Interrupted | ReadlineError::Eof) => return Ok(None),
                Err(error) => return Err(error),
            }
            if !is_open(&entry) {
                break;
            }
            entry.push('\n');
        }
        if !entry.trim().is_empty() {
            // A history that is full or cannot grow is no reason to stop.
            let _ = self.editor.add_history_entry(entry.trim_end());
        }
        if entry.contains('\n') {
            // A heredoc ends with a whole line.
            entry.push('\n');
        }
        Ok(Some(entry))
    }

    /// Keeps the history for the next time, if it can be kept.
    pub fn leave(mut self, history: &Path) {
        if history.parent().is_some_and(|folder| std::fs::create_dir_all(folder).is_ok()) {
            let _ = self.editor.save_history(history);
        }
    }

    fn typed(&self, anything: bool) {
        if let Some(typed) = self.editor.helper() {
            typed.0.set(anything);
        }
    }

    fn has_typed(&self) -> bool {
        self.editor.helper().is_some_and(|typed| typed.0.get())
    }
}

/// Whether there is anything on the line: an interruption does not say what it interrupted. The
/// editor asks for a hint after each key, which is how this comes to know.
#[derive(Default)]
struct Typed(Cell<bool>);

impl Hinter for Typed {
    type Hint = String;

    fn hint(&self, line: &str, _: usize, _: &Context<'_>) -> Option<String> {
        self.0.set(!line.is_empty());
        None
    }
}

impl Completer for Typed {
    type Candidate = String;
}

impl Highlighter for Typed {}
impl Validator for Typed {}
impl Helper for Typed {}
