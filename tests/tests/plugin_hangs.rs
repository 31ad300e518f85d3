//! Plugins that do not answer: they are waited for, as terraform waits, until somebody has enough.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use groma_tests::trial::{Trial, words};
use rustix::process::{Pid, Signal, kill_process};

const PLUGIN: &str = env!("CARGO_BIN_EXE_terraform-provider-trial");

/// Long enough for any machine; what takes longer never ends.
const LIMIT: Duration = Duration::from_mins(2);

/// Runs the command until the plugin hangs, then interrupts it as often as it takes. Gives what it
/// said and its exit code.
fn interrupted(trial: &Trial, line: &str, fault: &str) -> (String, Option<i32>) {
    let tell = trial.path().join("tell");
    let status = std::process::Command::new("mkfifo").arg(&tell).status();
    assert!(status.expect("mkfifo runs").success());
    let tell = tell.display().to_string();
    let variables = [("TRIAL_FAULT", fault), ("TRIAL_TELL", &*tell)];
    let mut command = trial.command(line, &variables);
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let stdout = child.stdout.take().expect("a pipe");
    let out = std::thread::spawn(move || {
        let mut text = String::new();
        BufReader::new(stdout).read_to_string(&mut text).expect("text");
        text
    });
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    // Ends once the plugin hangs.
    std::fs::read(&tell).expect("a pipe can be read");
    interrupt(&child);
    let mut said = String::new();
    while !said.contains("Gracefully shutting down") {
        let read = stderr.read_line(&mut said).expect("text");
        assert!(read > 0, "it ended by itself: {said}");
    }
    interrupt(&child);
    let (send, ended) = mpsc::channel();
    let id = pid(&child);
    let waiting = std::thread::spawn(move || {
        let status = child.wait().expect("it can be waited for");
        // Nobody waits any more if it took too long.
        let _ = send.send(());
        status
    });
    let in_time = ended.recv_timeout(LIMIT).is_ok();
    if !in_time {
        kill_process(id, Signal::KILL).expect("it runs");
    }
    let status = waiting.join().expect("no panic");
    stderr.read_to_string(&mut said).expect("text");
    said.push_str(&out.join().expect("no panic"));
    assert!(in_time, "it did not end: {said}");
    (words(&said), status.code())
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).expect("a process's number")).expect("is not 0")
}

fn interrupt(child: &Child) {
    kill_process(pid(child), Signal::INT).expect("it runs");
}

#[test]
fn a_plan_can_be_ended() {
    let begun = Trial::begun(Path::new(PLUGIN));
    let before = begun.state();
    for call in ["ReadResource", "PlanResourceChange", "ReadDataSource", "ConfigureProvider"] {
        let trial = begun.copy();
        let (said, code) = interrupted(&trial, "plan", &format!("hang-before@{call}"));
        assert_eq!(code, Some(1), "{call}: {said}");
        assert_eq!(trial.state(), before, "{call}");
    }
}

#[test]
fn an_apply_can_be_ended_and_what_hangs_is_on_record() {
    let begun = Trial::begun(Path::new(PLUGIN));
    for fault in ["hang-before@ApplyResourceChange#3", "hang-after@ApplyResourceChange#3"] {
        let trial = begun.copy();
        let (said, code) = interrupted(&trial, "apply -auto-approve", fault);
        assert_eq!(code, Some(1), "{fault}: {said}");
        let next = trial.groma("plan", &[]).success();
        let told = words(&next.stdout);
        assert!(told.contains("Changes whose outcome is not known"), "{fault}: {told}");
        assert!(told.contains("- trial_thing."), "{fault}: {told}");
    }
}
