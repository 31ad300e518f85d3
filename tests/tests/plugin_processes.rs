//! The processes of plugins: as few as will do, and none that outlives what started it, however that
//! ends. Nothing is timed: where something is to come about, it is waited for.

#![cfg(target_os = "linux")]

use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use groma_tests::terminal::{INTERRUPT, Terminal};
use groma_tests::{Workdir, groma_binary, parts};

const REQUIRED: &str = r#"
terraform {
  required_providers {
    null = {
      source  = "hashicorp/null"
      version = "2.1.2"
    }
  }
}
"#;

/// Its provisioner says `ready`, and goes on when something opens the pipe for writing.
const SLOW: &str = r#"
resource "null_resource" "a" {
  provisioner "local-exec" {
    command = "trap '' INT; echo ready; read line < pipe; echo released"
  }
}
"#;

/// A directory where the real provider is installed and serves a configuration; none, if there is
/// no such binary.
fn installed(content: &str) -> Option<Workdir> {
    let mirror = match parts::mirror() {
        Ok(mirror) => mirror,
        Err(missing) => {
            missing.skip();
            return None;
        }
    };
    let dir = Workdir::new();
    let path = mirror.to_string_lossy();
    let mirror = format!("provider_installation {{ filesystem_mirror {{ path = {path:?} }} }}\n");
    // A block of one line has no blocks in it.
    let mirror = mirror.replace("{ ", "{\n").replace(" }", "\n}");
    dir.write("cli.tfrc", mirror).write("main.tf", format!("{REQUIRED}{content}"));
    let config = dir.path().join("cli.tfrc").display().to_string();
    dir.run_with(&groma_binary(), ["init"], [("TF_CLI_CONFIG_FILE", &*config)]).success();
    dir.run(Path::new("mkfifo"), ["pipe"]).success();
    Some(dir)
}

/// The plugins that work in a directory.
fn plugins(dir: &Workdir) -> Vec<u32> {
    let own = fs::canonicalize(dir.path()).expect("the directory");
    let processes = fs::read_dir("/proc").expect("processes").filter_map(Result::ok);
    let found = processes.filter(|process| {
        // Those that end meanwhile, and those of others, cannot be read.
        let of = |name: &str| fs::read_link(process.path().join(name)).unwrap_or_default();
        let name = of("exe");
        let name = name.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with("terraform-provider-null") && of("cwd") == own
    });
    found.filter_map(|process| process.file_name().to_str()?.parse().ok()).collect()
}

/// An apply that has started its plugin and waits.
fn waiting(dir: &Workdir) -> Terminal {
    let mut terminal = dir.terminal(&groma_binary(), ["apply", "-auto-approve"]);
    terminal.expect("(local-exec): ready");
    terminal
}

/// Lets the provisioner go on.
fn release(dir: &Workdir) {
    OpenOptions::new().write(true).open(dir.path().join("pipe")).expect("somebody reads");
}

#[test]
fn one_process_does_for_a_plan_and_its_apply() {
    let Some(dir) = installed(SLOW) else { return };
    let mut terminal = waiting(&dir);
    assert_eq!(plugins(&dir).len(), 1);
    release(&dir);
    terminal.expect("Apply complete!");
    assert_eq!(terminal.end().0, 0);
    assert_eq!(plugins(&dir).len(), 0);
}

#[test]
fn none_is_left_after_a_plan_or_an_error() {
    let Some(dir) = installed("resource \"null_resource\" \"a\" {}\n") else { return };
    assert_eq!(dir.groma(["plan", "-detailed-exitcode"]).code, 2);
    assert_eq!(plugins(&dir).len(), 0);
    dir.write("more.tf", "resource \"null_resource\" \"b\" { triggers = 1 }\n");
    assert_eq!(dir.groma(["plan"]).code, 1);
    assert_eq!(plugins(&dir).len(), 0);
    dir.write("more.tf", "resource {");
    assert_eq!(dir.groma(["plan"]).code, 1);
    assert_eq!(plugins(&dir).len(), 0);
}

#[test]
fn none_is_left_after_an_interruption() {
    let Some(dir) = installed(SLOW) else { return };
    let mut terminal = waiting(&dir);
    terminal.send(INTERRUPT).expect("Gracefully shutting down...");
    assert_eq!(plugins(&dir).len(), 1, "Ctrl-C is not for the plugin");
    release(&dir);
    terminal.expect("(local-exec): released");
    assert_eq!((terminal.end().0, plugins(&dir).len()), (0, 0));
}

#[test]
fn none_is_left_after_two_interruptions() {
    let Some(dir) = installed(SLOW) else { return };
    let mut terminal = waiting(&dir);
    terminal.send(INTERRUPT).expect("Gracefully shutting down...");
    terminal.send(INTERRUPT).expect("Two interrupts received.");
    assert_eq!((terminal.end().0, plugins(&dir).len()), (1, 0));
}

#[test]
fn none_is_left_when_groma_is_killed() {
    let Some(dir) = installed(SLOW) else { return };
    let mut command = dir.command(&groma_binary(), ["apply", "-auto-approve"]);
    let mut groma = command.stdout(Stdio::piped()).spawn().expect("groma starts");
    let said = BufReader::new(groma.stdout.take().expect("it is piped"));
    let ready = said.lines().map_while(Result::ok).any(|line| line.contains("(local-exec): ready"));
    assert!(ready && plugins(&dir).len() == 1);
    groma.kill().expect("it runs");
    groma.wait().expect("it ends");
    // The kernel kills them, which takes as long as it takes.
    while !plugins(&dir).is_empty() {
        std::thread::yield_now();
    }
    release(&dir);
}
