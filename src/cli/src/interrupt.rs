//! Ctrl-C: once, to finish what is in flight and save; twice, to stop now.

use groma_engine::Cancel;

use crate::terminal::Terminal;

/// Turns signals into requests to end, for as long as the runtime lives.
pub fn listen(cancel: &Cancel, terminal: Terminal) {
    let cancel = cancel.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_err() {
            return;
        }
        terminal.eprint(
            "\nInterrupt received.\nPlease wait for Groma to exit or data loss may occur.\n\
             Gracefully shutting down...\n",
        );
        cancel.stop();
        if tokio::signal::ctrl_c().await.is_ok() {
            terminal.eprint(
                "\nTwo interrupts received. Stopping now. What was under way is known to the \
                 state as unfinished.\n",
            );
            cancel.stop_now();
        }
    });
}
