//! The launcher: what becomes the plugin, and sees to it that it does not outlive its parent.
//!
//! A process that is killed cannot end its children. So a plugin starts as this program, which asks
//! the kernel to be killed with its parent and then becomes the plugin, for which that still holds.

use std::convert::Infallible;
use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Why there is no plugin.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// Nobody would end the plugin.
    #[error("the process that wanted the plugin has ended")]
    Orphan,
    /// The kernel does not do as asked.
    #[error("the parent-death signal cannot be set: {0}")]
    Signal(std::io::Error),
    /// There is no such program, or it cannot be run.
    #[error("{0}")]
    Exec(std::io::Error),
}

/// Becomes `program`, to end when the process `parent` does.
///
/// # Errors
/// It returns only when it cannot.
pub fn launch(parent: u32, program: &OsStr) -> Result<Infallible, LaunchError> {
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))
        .map_err(|error| LaunchError::Signal(error.into()))?;
    // It may have ended before the signal was asked for, and then there is another parent now.
    let now = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get());
    if now.and_then(|pid| u32::try_from(pid).ok()) != Some(parent) {
        return Err(LaunchError::Orphan);
    }
    Err(LaunchError::Exec(Command::new(program).exec()))
}
