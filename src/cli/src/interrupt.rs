//! Ctrl-C, and its like from other programs: once, to finish what is in flight and save; twice, to
//! stop now.

use std::io;

use groma_engine::Cancel;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::terminal::Terminal;

/// Turns signals into requests to end, for as long as the runtime lives.
pub fn listen(cancel: &Cancel, terminal: Terminal) {
    let cancel = cancel.clone();
    tokio::spawn(async move {
        let Ok(mut requests) = Requests::new() else { return };
        requests.next().await;
        terminal.eprint(
            "\nInterrupt received.\nPlease wait for Groma to exit or data loss may occur.\n\
             Gracefully shutting down...\n",
        );
        cancel.stop();
        requests.next().await;
        terminal.eprint(
            "\nTwo interrupts received. Stopping now. What was under way is known to the state as \
             unfinished.\n",
        );
        cancel.stop_now();
    });
}

/// Requests to end: a person's, and those that supervisors of jobs send first.
#[cfg(unix)]
struct Requests {
    interrupts: Signal,
    terminations: Signal,
}

#[cfg(unix)]
impl Requests {
    fn new() -> io::Result<Self> {
        let interrupts = signal(SignalKind::interrupt())?;
        Ok(Self { interrupts, terminations: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupts.recv() => {}
            _ = self.terminations.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Requests;

#[cfg(not(unix))]
impl Requests {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        // Who cannot listen is never interrupted.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
