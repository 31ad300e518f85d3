//! What functions see of the outside: the files of a source, the time of the plan.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use groma_config::{Source, host};
use groma_lang::functions::{Host, HostError};

/// Files of a source, and the times that a plan and its apply give.
pub(crate) struct SourceHost {
    source: Arc<dyn Source>,
    home: Option<String>,
    /// When the plan is made; `None` if there is none.
    planned: Option<SystemTime>,
    /// When the apply began; `None` while planning.
    applied: Option<SystemTime>,
    /// Whether anything has asked when the plan is made.
    asked: Arc<AtomicBool>,
}

impl SourceHost {
    pub(crate) fn new(source: Arc<dyn Source>, home: Option<String>, planned: SystemTime) -> Self {
        Self { source, home, planned: Some(planned), applied: None, asked: Arc::default() }
    }

    /// With no plan being made: times are not known.
    pub(crate) fn unplanned(source: Arc<dyn Source>) -> Self {
        Self { source, home: None, planned: None, applied: None, asked: Arc::default() }
    }

    /// Set once something has asked when the plan is made.
    pub(crate) fn asked(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.asked)
    }

    /// While applying, `timestamp()` and `uuid()` give values.
    pub(crate) fn applying(mut self, now: SystemTime) -> Self {
        self.applied = Some(now);
        self
    }
}

impl Host for SourceHost {
    fn read_file(&self, path: &str) -> Result<Vec<u8>, HostError> {
        host::read_file(&*self.source, path)
    }

    fn file_exists(&self, path: &str) -> Result<bool, HostError> {
        host::file_exists(&*self.source, path)
    }

    fn fileset(&self, dir: &str, pattern: &str) -> Result<Vec<String>, HostError> {
        host::fileset(&*self.source, dir, pattern)
    }

    fn absolute(&self, path: &str) -> String {
        host::absolute(&*self.source, path)
    }

    fn home(&self) -> Option<String> {
        self.home.clone()
    }

    fn plan_timestamp(&self) -> Option<SystemTime> {
        self.asked.store(true, Ordering::Relaxed);
        self.planned
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
