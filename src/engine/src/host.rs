//! What functions see of the outside: the files of a source, the time of the plan.

use std::sync::Arc;
use std::time::SystemTime;

use groma_config::source::{EntryKind, path};
use groma_config::{Source, SourceError};
use groma_lang::functions::{Host, HostError};

/// Files of a source, and the times that a plan and its apply give.
pub(crate) struct SourceHost {
    source: Arc<dyn Source>,
    home: Option<String>,
    planned: SystemTime,
    /// When the apply began; `None` while planning.
    applied: Option<SystemTime>,
}

impl SourceHost {
    pub(crate) fn new(source: Arc<dyn Source>, home: Option<String>, planned: SystemTime) -> Self {
        Self { source, home, planned, applied: None }
    }

    /// While applying, `timestamp()` and `uuid()` give values.
    pub(crate) fn applying(mut self, now: SystemTime) -> Self {
        self.applied = Some(now);
        self
    }

    fn glob(
        &self,
        dir: &str,
        prefix: &str,
        pattern: &[&str],
        found: &mut Vec<String>,
    ) -> Result<(), HostError> {
        let Some((first, rest)) = pattern.split_first() else { return Ok(()) };
        let entries = match self.source.list(dir) {
            Ok(entries) => entries,
            Err(SourceError::NotFound(_) | SourceError::NotDir(_)) => return Ok(()),
            Err(error) => return Err(other(error)),
        };
        if *first == "**" {
            self.glob(dir, prefix, rest, found)?;
        }
        for entry in entries.iter() {
            let full = path::join(dir, &entry.name);
            let shown = format!("{prefix}{}", entry.name);
            let inner = format!("{shown}/");
            match entry.kind {
                EntryKind::Dir if *first == "**" => self.glob(&full, &inner, pattern, found)?,
                EntryKind::Dir if !rest.is_empty() && matches(first, &entry.name) => {
                    self.glob(&full, &inner, rest, found)?;
                }
                EntryKind::File if *first == "**" && rest.is_empty() => found.push(shown),
                EntryKind::File if rest.is_empty() && matches(first, &entry.name) => {
                    found.push(shown);
                }
                EntryKind::File | EntryKind::Dir | EntryKind::Other => {}
            }
        }
        Ok(())
    }
}

fn other(error: SourceError) -> HostError {
    match error {
        SourceError::NotFound(path) => HostError::NotFound(path),
        SourceError::NotFile(path) => HostError::NotRegular(path),
        error => HostError::Other(error.to_string()),
    }
}

impl Host for SourceHost {
    fn read_file(&self, path: &str) -> Result<Vec<u8>, HostError> {
        self.source.read(path).map(|bytes| bytes.to_vec()).map_err(other)
    }

    fn file_exists(&self, path: &str) -> Result<bool, HostError> {
        match self.source.kind(path) {
            Ok(Some(EntryKind::File)) => Ok(true),
            Ok(Some(EntryKind::Dir | EntryKind::Other)) => {
                Err(HostError::NotRegular(path.to_owned()))
            }
            Ok(None) => Ok(false),
            Err(error) => Err(other(error)),
        }
    }

    fn fileset(&self, dir: &str, pattern: &str) -> Result<Vec<String>, HostError> {
        let mut found = Vec::new();
        for pattern in alternatives(pattern) {
            let parts: Vec<&str> = pattern.split('/').filter(|part| *part != ".").collect();
            self.glob(dir, "", &parts, &mut found)?;
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    fn absolute(&self, path: &str) -> String {
        path::join(self.source.cwd(), path)
    }

    fn home(&self) -> Option<String> {
        self.home.clone()
    }

    fn plan_timestamp(&self) -> Option<SystemTime> {
        Some(self.planned)
    }

    fn now(&self) -> Option<SystemTime> {
        self.applied
    }

    fn random(&self, len: usize) -> Option<Vec<u8>> {
        self.applied?;
        let mut bytes = Vec::with_capacity(len + 16);
        while bytes.len() < len {
            bytes.extend_from_slice(uuid::Uuid::new_v4().as_bytes());
        }
        bytes.truncate(len);
        Some(bytes)
    }
}

/// The patterns that `{a,b}` in a pattern stands for.
fn alternatives(pattern: &str) -> Vec<String> {
    let Some(open) = pattern.find('{') else { return vec![pattern.to_owned()] };
    let Some(close) = pattern[open..].find('}').map(|at| open + at) else {
        return vec![pattern.to_owned()];
    };
    let choices = pattern[open + 1..close].split(',');
    choices
        .flat_map(|choice| {
            alternatives(&format!("{}{choice}{}", &pattern[..open], &pattern[close + 1..]))
        })
        .collect()
}

/// Whether a name matches one part of a pattern: `*`, `?`, `[a-z]`, `[^a]`, `\x`.
fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p, n));
            p += 1;
            continue;
        }
        if let Some(width) = matches_one(&pattern[p.min(pattern.len())..], name[n]) {
            p += width;
            n += 1;
            continue;
        }
        let Some((at, from)) = star else { return false };
        star = Some((at, from + 1));
        (p, n) = (at + 1, from + 1);
    }
    pattern[p.min(pattern.len())..].iter().all(|c| *c == '*')
}

/// How much of the pattern the character matches; `None` if it does not.
fn matches_one(pattern: &[char], c: char) -> Option<usize> {
    match pattern {
        [] => None,
        ['?', ..] => Some(1),
        ['\\', escaped, ..] => (*escaped == c).then_some(2),
        ['[', rest @ ..] => {
            let (negated, rest) = match rest {
                ['^' | '!', rest @ ..] => (true, rest),
                rest => (false, rest),
            };
            let close = rest.iter().skip(1).position(|c| *c == ']')? + 1;
            let class = &rest[..close];
            let mut at = 0;
            let mut found = false;
            while at < class.len() {
                if class.get(at + 1) == Some(&'-') && at + 2 < class.len() {
                    found |= (class[at]..=class[at + 2]).contains(&c);
                    at += 3;
                } else {
                    found |= class[at] == c;
                    at += 1;
                }
            }
            (found != negated).then_some(1 + usize::from(negated) + close + 1)
        }
        [literal, ..] => (*literal == c).then_some(1),
    }
}
