//! Source files and places in them.

use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use unicode_segmentation::UnicodeSegmentation as _;

/// A file of a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A half-open range of bytes in a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Which file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `file`.
    pub const fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end }
    }

    /// From the start of `self` to the end of `other`.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self::new(self.file, self.start.min(other.start), self.end.max(other.end))
    }

    /// The empty span at the end of this one.
    #[must_use]
    pub const fn end_point(self) -> Self {
        Self::new(self.file, self.end, self.end)
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}..{}", self.file.0, self.start, self.end)
    }
}

/// A place in a file as people count it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 1, in grapheme clusters.
    pub column: u32,
    /// From 0, in bytes from the start of the file.
    pub byte: u32,
}

/// The whole lines around a span, for showing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The lines, without the last line's end.
    pub code: String,
    /// Number of the first line, from 1.
    pub start_line: u32,
    /// Byte offset in `code` where the subject starts.
    pub highlight_start: usize,
    /// Byte offset in `code` where the subject ends.
    pub highlight_end: usize,
}

/// A part of a file that has a name: a block by its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// All of it.
    pub span: Span,
    /// What it is called: `resource "null_resource" "a"`.
    pub title: String,
}

/// Snippets beyond this many bytes are cut.
const LONGEST_SNIPPET: u32 = 4000;

/// The path and bytes of one file.
pub struct SourceFile {
    path: String,
    bytes: Arc<[u8]>,
    lines: OnceLock<Vec<u32>>,
    outline: OnceLock<Vec<Section>>,
}

impl SourceFile {
    /// The path as it is shown to people: relative to where the command runs, with `/`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether it may be shown. The value of a variable, which is no file, may be a secret.
    pub fn is_shown(&self) -> bool {
        !self.path.starts_with("<value for ")
    }

    /// The content, byte for byte.
    pub fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let ends = self.bytes.iter().enumerate().filter(|(_, b)| **b == b'\n');
            std::iter::once(0).chain(ends.map(|(i, _)| i as u32 + 1)).collect()
        })
    }

    /// Line and column of a byte offset; past the end counts as the end.
    pub fn position(&self, offset: u32) -> Position {
        let byte = offset.min(self.bytes.len() as u32);
        let lines = self.lines();
        let line = lines.partition_point(|start| *start <= byte).saturating_sub(1);
        let head = &self.bytes[lines[line] as usize..byte as usize];
        let head = String::from_utf8_lossy(head);
        let head = head.strip_prefix('\u{feff}').unwrap_or(&head);
        let column = head.graphemes(true).count() as u32 + 1;
        Position { line: line as u32 + 1, column, byte }
    }

    /// The text of `start..end`, with U+FFFD for what is not UTF-8.
    pub fn text(&self, start: u32, end: u32) -> String {
        let end = (end as usize).min(self.bytes.len());
        let start = (start as usize).min(end);
        String::from_utf8_lossy(&self.bytes[start..end]).into_owned()
    }

    /// Cuts lines that nobody wrote by hand (minified JSON, a file of brackets) down to what is
    /// around the subject, so that an error stays readable.
    fn window(&self, start: u32, end: u32, subject: Span) -> (u32, u32) {
        if end - start <= LONGEST_SNIPPET {
            return (start, end);
        }
        let around = LONGEST_SNIPPET / 4;
        let boundary = |at: u32| {
            let continues = |at: u32| self.bytes.get(at as usize).is_some_and(|b| b & 0xc0 == 0x80);
            (at..end).find(|at| !continues(*at)).unwrap_or(end)
        };
        let from = boundary(subject.start.saturating_sub(around).max(start));
        let to = subject.end.min(subject.start.saturating_add(2 * around)).saturating_add(around);
        (from, boundary(to.min(end)))
    }

    /// The innermost section that holds byte `at`. `read` gives the sections in the order of their
    /// starts, and is asked once, since it most likely has to parse the file.
    pub fn section(&self, at: u32, read: impl FnOnce() -> Vec<Section>) -> Option<&Section> {
        let sections = self.outline.get_or_init(read);
        let before = sections.partition_point(|section| section.span.start <= at);
        sections.get(..before)?.iter().rev().find(|section| at < section.span.end)
    }

    /// The bounds of a line, without its end.
    fn line(&self, index: usize) -> Option<(u32, u32)> {
        let lines = self.lines();
        let start = *lines.get(index)?;
        let mut end = lines.get(index + 1).copied().unwrap_or(self.bytes.len() as u32);
        if lines.get(index + 1).is_some() {
            end -= 1;
            if end > start && self.bytes.get(end as usize - 1) == Some(&b'\r') {
                end -= 1;
            }
        }
        Some((start, end))
    }

    /// The lines that `context` touches, with `subject` marked. As Terraform has it, empty lines
    /// are left out, and a span that ends with a line's end touches the next line too.
    pub fn snippet(&self, subject: Span, context: Option<Span>) -> Snippet {
        let len = self.bytes.len() as u32;
        // An empty span shows what it stands before.
        let widen = |start: u32, end: u32| (start, end.max(start.saturating_add(1)));
        let (from, to) = context.map_or((subject.start, subject.end), |c| {
            (c.start.min(subject.start), c.end.max(subject.end))
        });
        let (from, to) = widen(from.min(len), to.min(len));
        let first = self.lines().partition_point(|start| *start <= from).saturating_sub(1);
        let mut shown: Option<(u32, u32)> = None;
        let mut code = String::new();
        for (start, end) in (first..).map_while(|index| self.line(index)) {
            if start > to {
                break;
            }
            let touches = |at: u32| start <= at && at < end;
            let inside = |at: u32| from <= at && at < to;
            if start < end && (touches(from) || touches(to) || inside(start) || inside(end)) {
                let before = shown.map_or(start, |(before, _)| before);
                shown = Some((before, end));
                if start > before {
                    code.push('\n');
                }
                if end - before > LONGEST_SNIPPET {
                    break;
                }
                code.push_str(&self.text(start, end));
            }
        }
        let (mut start, end) = shown.unwrap_or_default();
        if end - start > LONGEST_SNIPPET {
            let (from, to) = self.window(start, end, subject);
            code = self.text(from, to);
            start = from;
        }
        let (highlight, highlight_end) = widen(subject.start, subject.end);
        let offset = |at: u32| {
            let at = code.len().min(at.saturating_sub(start) as usize);
            code.floor_char_boundary(at)
        };
        Snippet {
            start_line: first as u32 + 1,
            highlight_start: offset(highlight),
            highlight_end: offset(highlight_end),
            code,
        }
    }
}

/// Every file that a run has read. Files are added and never removed, from any thread.
#[derive(Default)]
pub struct SourceMap {
    files: RwLock<Vec<Arc<SourceFile>>>,
}

impl SourceMap {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file. The caller has checked that it is smaller than 4 GiB.
    pub fn add(&self, path: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> FileId {
        let file = SourceFile {
            path: path.into(),
            bytes: bytes.into(),
            lines: OnceLock::new(),
            outline: OnceLock::new(),
        };
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        files.push(Arc::new(file));
        FileId(files.len() as u32 - 1)
    }

    /// The file with that id; `None` if the id is another map's.
    pub fn get(&self, id: FileId) -> Option<Arc<SourceFile>> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        files.get(id.0 as usize).cloned()
    }

    /// `path:line,column` of the start of a span, as diagnostics print it.
    pub fn describe(&self, span: Span) -> String {
        self.get(span.file).map_or_else(String::new, |file| {
            let at = file.position(span.start);
            format!("{}:{},{}", file.path, at.line, at.column)
        })
    }
}

impl fmt::Debug for SourceMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_list().entries(files.iter().map(|file| &file.path)).finish()
    }
}
