//! Telling whether the process that holds something is still there.

/// A process, so that another can tell later whether it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    /// Where its id means something: host, boot and process namespace.
    pub(crate) scope: String,
    pub(crate) pid: u32,
    /// When it started, in ticks since boot; 0 where that cannot be told.
    pub(crate) start: u64,
}

impl Process {
    /// This process.
    pub(crate) fn this() -> Self {
        let pid = std::process::id();
        Self {
            scope: scope(),
            pid,
            start: if let Start::At(ticks) = start_of(pid) { ticks } else { 0 },
        }
    }

    /// Whether it has ended for certain. `false` if it runs, or if that cannot be told from
    /// here: another host, another boot, another container.
    pub(crate) fn has_ended(&self) -> bool {
        if self.scope.is_empty() || self.scope != scope() {
            return false;
        }
        match start_of(self.pid) {
            Start::Unknown => !exists(self.pid),
            Start::Gone => true,
            Start::At(ticks) => self.start != 0 && ticks != self.start,
        }
    }

    /// Whether it could be another process of this scope, which we can look at.
    pub(crate) fn is_local(&self) -> bool {
        !self.scope.is_empty() && self.scope == scope()
    }
}

/// When a process started.
enum Start {
    /// There is no `/proc` to look it up.
    Unknown,
    /// There is no such process.
    Gone,
    /// Ticks since boot.
    At(u64),
}

fn start_of(pid: u32) -> Start {
    if !std::path::Path::new("/proc/self/stat").exists() {
        return Start::Unknown;
    }
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return Start::Gone;
    };
    // The second field is a name in parentheses that may hold anything; the start is the 20th
    // after it, the state of the process the first.
    let mut fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_ascii_whitespace();
    if matches!(fields.next(), Some("Z" | "X")) {
        return Start::Gone;
    }
    fields.nth(18).and_then(|start| start.parse().ok()).map_or(Start::Unknown, Start::At)
}

#[cfg(unix)]
fn scope() -> String {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let namespace = std::fs::read_link("/proc/self/ns/pid")
        .map(|link| link.display().to_string())
        .unwrap_or_default();
    format!("{host} {} {namespace}", boot.trim())
}

#[cfg(unix)]
fn exists(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    pid.is_none_or(|pid| {
        !matches!(rustix::process::test_kill_process(pid), Err(rustix::io::Errno::SRCH))
    })
}

#[cfg(not(unix))]
fn scope() -> String {
    String::new()
}

#[cfg(not(unix))]
fn exists(_pid: u32) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_runs() {
        let this = Process::this();
        assert!(!this.has_ended());
        assert!(this.is_local());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_reused_id_is_another_process() {
        let this = Process::this();
        assert!(Process { start: this.start + 1, ..this }.has_ended());
    }

    #[test]
    fn a_process_elsewhere_cannot_be_told() {
        let elsewhere = Process { scope: "other".into(), pid: u32::MAX, start: 1 };
        assert!(!elsewhere.has_ended());
        assert!(!elsewhere.is_local());
    }

    #[cfg(unix)]
    #[test]
    fn an_ended_process_is_gone() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let process = Process { pid: child.id(), start: 0, ..Process::this() };
        child.wait().unwrap();
        assert!(process.has_ended());
    }
}
