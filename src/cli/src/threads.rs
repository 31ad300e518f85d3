//! The threads that a command works on.

use std::fmt;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

use crate::error::CommandError;

/// Made when a command first needs them, so that one that never does starts at once, and kept to
/// its end: what was begun in one piece of work goes on in the next.
#[derive(Default)]
pub struct Threads(OnceLock<Runtime>);

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Threads").finish_non_exhaustive()
    }
}

impl Threads {
    /// Runs asynchronous work to its end.
    ///
    /// # Errors
    /// Threads cannot be started, or what `work` fails with.
    pub fn block_on<T>(
        &self,
        work: impl Future<Output = Result<T, CommandError>>,
    ) -> Result<T, CommandError> {
        self.runtime()?.block_on(work)
    }

    fn runtime(&self) -> Result<&Runtime, CommandError> {
        if let Some(runtime) = self.0.get() {
            return Ok(runtime);
        }
        let made = Builder::new_multi_thread().enable_all().build().map_err(|error| {
            CommandError::new("Failed to start", format!("Threads cannot be started: {error}."))
        })?;
        Ok(self.0.get_or_init(|| made))
    }

    /// Begins work that nobody waits for. Without threads it is not done.
    pub fn begin(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Ok(runtime) = self.runtime() {
            runtime.spawn(work);
        }
    }

    /// The same for work that cannot fail, if there are threads at all.
    pub fn finish(&self, work: impl Future<Output = ()>) {
        if let Some(runtime) = self.0.get() {
            runtime.block_on(work);
        }
    }
}
