//! What a plugin prints: hclog's JSON lines on standard error, and whatever a crash leaves.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};

/// Bytes of output that are kept for an error.
const KEPT: usize = 64 << 10;
/// A longer line is cut into several.
const LONGEST_LINE: u64 = 64 << 10;

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Everything that happens.
    Trace,
    /// What helps to find a mistake.
    Debug,
    /// What happens in the large.
    Info,
    /// What may be wrong.
    Warn,
    /// What is wrong.
    Error,
}

/// Takes what plugins say.
pub trait LogSink: Send + Sync {
    /// One line of the program `plugin`, without its end.
    fn line(&self, plugin: &str, level: Level, message: &str);
}

/// The last lines that a plugin printed.
#[derive(Default)]
pub(crate) struct Tail(Mutex<Lines>);

#[derive(Default)]
struct Lines {
    lines: VecDeque<String>,
    bytes: usize,
}

impl Tail {
    fn push(&self, line: &str) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.bytes += line.len();
        kept.lines.push_back(line.to_owned());
        while kept.bytes > KEPT
            && let Some(first) = kept.lines.pop_front()
        {
            kept.bytes -= first.len();
        }
    }

    /// What explains how the plugin ended: a crash from its first line on, otherwise the last few
    /// lines that are no log. Nothing if there is nothing of the sort.
    pub(crate) fn last_words(&self) -> Option<String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines: Vec<&str> = kept.lines.iter().map(String::as_str).collect();
        let is_crash = |line: &&str| {
            line.starts_with("panic:")
                || line.starts_with("fatal error:")
                || line.starts_with("Traceback (most recent call last)")
        };
        let said: Vec<&str> = match lines.iter().position(is_crash) {
            Some(at) => lines[at..].iter().take(40).copied().collect(),
            None => last_plain(&lines),
        };
        (!said.is_empty()).then(|| said.join("\n"))
    }
}

/// The last few lines that are no log.
fn last_plain<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let plain: Vec<&str> = lines.iter().filter(|line| entry(line).is_none()).copied().collect();
    plain[plain.len().saturating_sub(10)..].to_vec()
}

/// Where the lines of one plugin go.
#[derive(Clone)]
pub(crate) struct Output {
    plugin: Arc<str>,
    tail: Arc<Tail>,
    sink: Arc<dyn LogSink>,
}

impl Output {
    /// Of the program `plugin`.
    pub(super) fn new(plugin: &str, sink: &Arc<dyn LogSink>) -> Self {
        Self { plugin: plugin.into(), tail: Arc::default(), sink: Arc::clone(sink) }
    }

    /// The last of them.
    pub(crate) const fn tail(&self) -> &Arc<Tail> {
        &self.tail
    }

    /// Takes a line, with its end or without.
    pub(crate) fn line(&self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        let text = text.trim_end();
        if text.is_empty() {
            return;
        }
        self.tail.push(text);
        match entry(text) {
            Some((level, message)) => self.sink.line(&self.plugin, level, &message),
            None => self.sink.line(&self.plugin, Level::Warn, text),
        }
    }

    /// Takes the lines of a piece, the first of which may be begun. Leaves one that is not ended.
    pub(crate) fn pieces(&self, begun: &mut Vec<u8>, piece: &[u8]) {
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            begun.extend_from_slice(part);
            if part.ends_with(b"\n") || begun.len() as u64 >= LONGEST_LINE {
                self.line(&std::mem::take(begun));
            }
        }
    }

    /// Reads to the end, line by line.
    pub(super) async fn follow(self, from: impl AsyncRead + Unpin + Send) {
        let mut reader = BufReader::new(from);
        let mut line = Vec::new();
        loop {
            line.clear();
            let mut limited = (&mut reader).take(LONGEST_LINE);
            match limited.read_until(b'\n', &mut line).await {
                Ok(0) | Err(_) => return,
                Ok(_) => self.line(&line),
            }
        }
    }
}

/// An hclog entry as one line: its message and whatever else it says.
fn entry(line: &str) -> Option<(Level, String)> {
    #[derive(Deserialize)]
    struct Entry {
        #[serde(rename = "@level")]
        level: String,
        #[serde(rename = "@message")]
        message: String,
        #[serde(flatten)]
        more: serde_json::Map<String, serde_json::Value>,
    }
    let Entry { level, mut message, more } = serde_json::from_str(line).ok()?;
    let level = match &*level {
        "trace" => Level::Trace,
        "debug" => Level::Debug,
        "info" => Level::Info,
        "warn" => Level::Warn,
        _ => Level::Error,
    };
    for (name, value) in more.iter().filter(|(name, _)| *name != "@timestamp") {
        message.push_str(&format!(" {}={value}", name.trim_start_matches('@')));
    }
    Some((level, message))
}

#[cfg(test)]
mod tests {
    use super::{Level, Tail, entry};

    #[test]
    fn log_entries_are_told_from_other_output() {
        let line =
            r#"{"@level":"debug","@message":"reading","@module":"aws","@timestamp":"x","n":1}"#;
        assert_eq!(entry(line), Some((Level::Debug, "reading module=\"aws\" n=1".to_owned())));
        assert_eq!(entry("panic: oh"), None);
        assert_eq!(entry("{}"), None);
    }

    #[test]
    fn a_crash_is_shown_from_its_first_line() {
        let tail = Tail::default();
        assert_eq!(tail.last_words(), None);
        tail.push("starting");
        assert_eq!(tail.last_words().as_deref(), Some("starting"));
        tail.push("panic: no");
        tail.push("goroutine 1");
        assert_eq!(tail.last_words().as_deref(), Some("panic: no\ngoroutine 1"));
    }

    #[test]
    fn lines_come_in_pieces() {
        #[derive(Default)]
        struct Kept(std::sync::Mutex<Vec<String>>);
        impl super::LogSink for Kept {
            fn line(&self, _: &str, _: Level, message: &str) {
                self.0.lock().unwrap().push(message.to_owned());
            }
        }
        let kept = std::sync::Arc::new(Kept::default());
        let sink: std::sync::Arc<dyn super::LogSink> = kept.clone();
        let output = super::Output::new("x", &sink);
        let mut begun = Vec::new();
        for piece in ["a\nb", "c", "\n\nd\ne"] {
            output.pieces(&mut begun, piece.as_bytes());
        }
        assert_eq!(
            (&**kept.0.lock().unwrap(), &*begun),
            (&["a", "bc", "d"].map(String::from)[..], &b"e"[..])
        );
    }

    #[test]
    fn only_the_end_is_kept() {
        let tail = Tail::default();
        for number in 0..100_000 {
            tail.push(&format!("line {number}"));
        }
        let said = tail.last_words().unwrap();
        assert!(said.ends_with("line 99999") && said.len() < super::KEPT, "{said}");
    }
}
