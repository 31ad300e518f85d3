//! Colours, or none.

use std::fmt::{self, Display};

/// Whether output goes to a terminal that shows colours, and how wide that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Write ANSI escapes.
    pub color: bool,
    /// Columns to wrap prose at; 0 not to wrap.
    pub width: usize,
}

impl Style {
    /// No colours, no wrapping: for pipes and tests.
    pub const PLAIN: Self = Self { color: false, width: 0 };

    /// `text` in `color`, if colours are on.
    pub fn paint<T: Display>(self, color: Color, text: T) -> Painted<T> {
        Painted { color: self.color.then_some(color), text }
    }
}

/// What a colour means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// Deletions and errors.
    Red,
    /// Additions and success.
    Green,
    /// Changes and warnings.
    Yellow,
    /// Reads.
    Cyan,
    /// What can be skipped.
    Dim,
    /// What stands out.
    Bold,
    /// A replacement, and what forces one.
    BoldRed,
    /// Good news.
    BoldGreen,
    /// The title of a note.
    BoldCyan,
    /// A warning's title.
    BoldYellow,
    /// What the line points at.
    Underline,
}

impl Color {
    const fn code(self) -> &'static str {
        match self {
            Self::Red => "31",
            Self::Green => "32",
            Self::Yellow => "33",
            Self::Cyan => "36",
            Self::Dim => "90",
            Self::Bold => "1",
            Self::BoldRed => "1;31",
            Self::BoldGreen => "1;32",
            Self::BoldCyan => "1;36",
            Self::BoldYellow => "1;33",
            Self::Underline => "4",
        }
    }
}

/// Text with its colour.
pub struct Painted<T> {
    color: Option<Color>,
    text: T,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.color {
            Some(color) => write!(f, "\x1b[{}m{}\x1b[0m", color.code(), self.text),
            None => self.text.fmt(f),
        }
    }
}

/// Breaks prose into lines of at most `width` columns. Lines that begin with a space are kept as
/// they are: they are quotations.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        if width == 0 || line.starts_with(' ') || line.chars().count() <= width {
            lines.push(line.to_owned());
            continue;
        }
        let mut current = String::new();
        for word in line.split(' ') {
            if !current.is_empty() && current.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut current));
            }
            if !current.is_empty() {
                current.push(' ');
            }
            current.push_str(word);
        }
        lines.push(current);
    }
    lines
}
