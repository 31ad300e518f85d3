//! The suite that every store must pass.

use std::sync::Arc;

use groma_state::StateStore;
use groma_state::conformance::Fixture;
use groma_state_sqlite::SqliteStore;
use tempfile::TempDir;

struct File(TempDir);

impl Fixture for File {
    fn open(&self) -> Arc<dyn StateStore> {
        Arc::new(SqliteStore::new(self.0.path().join("data/state.db")))
    }
}

groma_state::conformance_tests!(File(TempDir::new().expect("a folder")));
