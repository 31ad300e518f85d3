//! A provider that does what providers should not, for tests of those who drive it.
//!
//! | Variable | Says |
//! |---|---|
//! | `TRIAL_STORE` | the directory where its objects are, a file each |
//! | `TRIAL_FAULT` | what goes wrong at which call (see `fault`) |
//! | `TRIAL_HANDSHAKE` | what goes wrong before there are calls (see `handshake`) |
//! | `TRIAL_TELL` | a file that the fault's call is written to just before it happens |

mod fault;
mod handshake;
mod things;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let store = PathBuf::from(variable("TRIAL_STORE").unwrap_or_default());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let served = runtime.map_err(|error| error.to_string()).and_then(|runtime| {
        let answer = fault::Trial::new(things::service(store))?;
        runtime.block_on(handshake::serve(answer)).map_err(|error| error.to_string())
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Ends as a Go program does that panics: at once.
#[expect(clippy::disallowed_methods, reason = "nothing is to be closed")]
fn end(code: i32) -> ! {
    std::process::exit(code)
}

fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "this program is told so what to do")]
    std::env::var(name).ok()
}
