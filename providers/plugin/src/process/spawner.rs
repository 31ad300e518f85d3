//! A thread that starts processes and outlives them.
//!
//! A process can ask to be killed when its parent dies (Linux's parent-death signal), but what
//! counts as the parent is the *thread* that started it: a worker that comes and goes would take
//! its plugins along.

use std::io;
use std::sync::mpsc;

use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

struct Job {
    command: Command,
    runtime: Handle,
    answer: oneshot::Sender<io::Result<Child>>,
}

/// Starts processes from a thread that lives as long as this.
pub(crate) struct Spawner {
    jobs: mpsc::Sender<Job>,
}

impl Spawner {
    /// A new thread.
    ///
    /// # Errors
    /// There can be no more threads.
    pub(crate) fn new() -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        std::thread::Builder::new().name("plugins".to_owned()).spawn(move || {
            for Job { mut command, runtime, answer } in queue {
                let entered = runtime.enter();
                // Whoever asked may be gone: then the child is dropped, which ends it.
                drop(answer.send(command.spawn()));
                drop(entered);
            }
        })?;
        Ok(Self { jobs })
    }

    /// Starts the command.
    ///
    /// # Errors
    /// The system's.
    pub(crate) async fn spawn(&self, command: Command) -> io::Result<Child> {
        let (answer, answered) = oneshot::channel();
        let gone = || io::Error::other("the thread that starts processes has ended");
        self.jobs.send(Job { command, runtime: Handle::current(), answer }).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}
