//! A program at a terminal: typed to and read from, as a person does.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::workdir::Workdir;

/// Ctrl-C.
pub const INTERRUPT: &str = "\x03";
/// Ctrl-D.
pub const END: &str = "\x04";
/// Enter.
pub const ENTER: &str = "\r";
/// The key for the entry before.
pub const UP: &str = "\x1b[A";

/// A pseudo-terminal with a program at it.
pub struct Terminal {
    child: Child,
    keyboard: File,
    /// All that was shown, without colours and movements.
    shown: String,
    /// All that was sent.
    sent: Vec<u8>,
    /// How much of it has been expected already.
    passed: usize,
    /// Bytes of a character or an escape sequence that is not complete.
    pending: Vec<u8>,
}

impl Workdir {
    /// Starts a program here at a terminal of its own, without colours.
    ///
    /// # Panics
    /// If there are no pseudo-terminals, or the program does not start.
    pub fn terminal<S: AsRef<OsStr>>(
        &self,
        program: &Path,
        args: impl IntoIterator<Item = S>,
    ) -> Terminal {
        let mut command = at_terminal(self, program, args);
        command.env("NO_COLOR", "1");
        Terminal::start(command, 100)
    }

    /// The same with colours, at a window so wide that no prose has to be broken.
    ///
    /// # Panics
    /// If there are no pseudo-terminals, or the program does not start.
    pub fn colored_terminal<S: AsRef<OsStr>>(
        &self,
        program: &Path,
        args: impl IntoIterator<Item = S>,
    ) -> Terminal {
        let mut command = at_terminal(self, program, args);
        command.env_remove("NO_COLOR").env("TF_IN_AUTOMATION", "");
        Terminal::start(command, 500)
    }
}

/// Makes the terminal the controlling one, so that Ctrl-C becomes a signal.
fn at_terminal<S: AsRef<OsStr>>(
    dir: &Workdir,
    program: &Path,
    args: impl IntoIterator<Item = S>,
) -> Command {
    let mut command = dir.command(Path::new("setsid"), ["--ctty"]);
    command.arg(program).args(args).env("TERM", "xterm");
    command
}

impl Terminal {
    fn start(mut command: Command, columns: u16) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
            .expect("a pseudo-terminal");
        grantpt(&master).and_then(|()| unlockpt(&master)).expect("the terminal is ours");
        let size = Winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).expect("a window");
        let name = ptsname(&master, Vec::new()).expect("a name");
        let slave = OpenOptions::new()
            .read(true)
            .write(true)
            .open(OsStr::from_bytes(name.as_bytes()))
            .expect("the other end");
        let end = || Stdio::from(slave.try_clone().expect("a handle"));
        command.stdin(end()).stdout(end()).stderr(end());
        let child = command.spawn().expect("setsid is there");
        Self {
            child,
            keyboard: File::from(master),
            shown: String::new(),
            sent: Vec::new(),
            passed: 0,
            pending: Vec::new(),
        }
    }

    /// Types.
    ///
    /// # Panics
    /// If the terminal is gone.
    pub fn send(&mut self, keys: &str) -> &mut Self {
        self.keyboard.write_all(keys.as_bytes()).expect("the program reads");
        self
    }

    /// Waits until `text` is shown after what was expected before.
    ///
    /// # Panics
    /// If the program ends without showing it.
    #[track_caller]
    pub fn expect(&mut self, text: &str) -> &mut Self {
        loop {
            let rest = self.shown.get(self.passed..).unwrap_or_default();
            if let Some(at) = rest.find(text) {
                self.passed += at + text.len();
                return self;
            }
            assert!(self.read(), "ended without showing {text:?}:\n{}", self.shown);
        }
    }

    /// Waits until the program has ended; gives its exit code and all that was shown.
    ///
    /// # Panics
    /// If it cannot be waited for.
    #[track_caller]
    pub fn end(mut self) -> (i32, String) {
        while self.read() {}
        let status = self.child.wait().expect("it was started");
        (status.code().unwrap_or(-1), std::mem::take(&mut self.shown))
    }

    /// Waits until the program has ended; gives its exit code and all that it sent, as it is.
    ///
    /// # Panics
    /// If it cannot be waited for.
    #[track_caller]
    pub fn end_sent(mut self) -> (i32, String) {
        while self.read() {}
        let status = self.child.wait().expect("it was started");
        (status.code().unwrap_or(-1), String::from_utf8_lossy(&self.sent).into_owned())
    }

    /// Reads what is shown next; whether there was anything.
    #[track_caller]
    fn read(&mut self) -> bool {
        // Only so that a program that waits for ever fails its test.
        let patience = Timespec { tv_sec: 30, tv_nsec: 0 };
        let mut waiting = [PollFd::new(&self.keyboard, PollFlags::IN)];
        let ready = poll(&mut waiting, Some(&patience)).expect("the terminal is there");
        assert!(ready > 0, "nothing more is shown:\n{}", self.shown);
        let mut buffer = [0; 4096];
        // The end of a pseudo-terminal is an error.
        let Ok(count @ 1..) = self.keyboard.read(&mut buffer) else { return false };
        let read = buffer.get(..count).unwrap_or_default();
        self.sent.extend_from_slice(read);
        self.pending.extend_from_slice(read);
        let (text, rest) = plain(&self.pending);
        self.shown.push_str(&text);
        self.pending = rest;
        true
    }
}

impl Drop for Terminal {
    /// Leaves no process behind when a test fails.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The text without escape sequences, and the bytes at the end that are part of something longer.
fn plain(bytes: &[u8]) -> (String, Vec<u8>) {
    let mut text = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte != b'\x1b' {
            text.push(byte);
            at += 1;
            continue;
        }
        let rest = bytes.get(at + 1..).unwrap_or_default();
        let length = match rest.first() {
            None => None,
            Some(b'[') => {
                rest.iter().skip(1).position(|b| (b'@'..=b'~').contains(b)).map(|n| n + 3)
            }
            Some(_) => Some(2),
        };
        let Some(length) = length else { break };
        at += length;
    }
    let mut rest = bytes.get(at..).unwrap_or_default().to_vec();
    if let Err(error) = std::str::from_utf8(&text)
        && error.error_len().is_none()
        && rest.is_empty()
    {
        rest = text.split_off(error.valid_up_to());
    }
    (String::from_utf8_lossy(&text).into_owned(), rest)
}
