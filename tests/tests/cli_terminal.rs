//! Groma at a terminal: what is typed, asked and interrupted. Nothing is timed: each step waits
//! for what the one before it shows.

use std::fs::OpenOptions;
use std::path::Path;

use groma_tests::terminal::{END, ENTER, INTERRUPT, Terminal, UP};
use groma_tests::{Workdir, groma_binary};

/// A console in a directory with one local value.
fn console(dir: &Workdir) -> Terminal {
    dir.write("main.tf", "locals {\n  a = { b = 1 }\n}\n");
    let mut terminal = dir.terminal(&groma_binary(), ["console"]);
    terminal.expect("> ");
    terminal
}

/// Types lines, each when it is asked for: by `: ` within an entry.
#[track_caller]
fn enter(terminal: &mut Terminal, lines: &[&str], answer: &str) {
    for (at, line) in lines.iter().enumerate() {
        terminal.send(line).send(ENTER).expect("\r\n");
        if at + 1 < lines.len() {
            terminal.expect(": ");
        }
    }
    terminal.expect(answer).expect("> ");
}

#[test]
fn a_console_answers_entries_of_several_lines() {
    let dir = Workdir::new();
    let mut terminal = console(&dir);
    enter(&mut terminal, &["1 + 1"], "2\r\n");
    enter(&mut terminal, &["[", "local.a.b,", "2]"], "[\r\n  1,\r\n  2,\r\n]\r\n");
    enter(&mut terminal, &["<<-EOT", "  x", "", "  y", "  EOT"], "x\r\n\r\ny\r\n");
    // An empty line ends an entry whatever is open.
    enter(&mut terminal, &["(1 +", ""], "Error: ");
    enter(&mut terminal, &["\"(\""], "\"(\"\r\n");
    enter(&mut terminal, &["help"], "Control-D.\r\n");
    terminal.send("  exit ").send(ENTER);
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn an_error_is_shown_and_the_console_goes_on() {
    let dir = Workdir::new();
    let mut terminal = console(&dir);
    enter(&mut terminal, &["local.missing"], "Error: Reference to undeclared local value");
    enter(&mut terminal, &["1 +* 2"], "Error: ");
    enter(&mut terminal, &["\"open"], "Error: ");
    enter(&mut terminal, &["local.a.b"], "1\r\n");
    terminal.send(END);
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn control_c_takes_back_what_was_typed() {
    let dir = Workdir::new();
    let mut terminal = console(&dir);
    terminal.send("1 + ").expect("1 + ").send(INTERRUPT).expect("> ");
    enter(&mut terminal, &["2 + 2"], "4\r\n");
    terminal.send("[").send(ENTER).expect(": ").send(INTERRUPT);
    terminal.expect("(multi-line entry canceled)\r\n").expect("> ");
    enter(&mut terminal, &["3 + 3"], "6\r\n");
    terminal.send(INTERRUPT);
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn control_d_leaves_from_within_an_entry() {
    let dir = Workdir::new();
    let mut terminal = console(&dir);
    terminal.send("[").send(ENTER).expect(": ").send(END);
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn history_is_recalled_also_in_another_session() {
    let dir = Workdir::new();
    let mut terminal = console(&dir);
    enter(&mut terminal, &["10 + 1"], "11\r\n");
    enter(&mut terminal, &["[", "5]"], "[\r\n  5,\r\n]\r\n");
    terminal.send(UP).expect("5]");
    enter(&mut terminal, &[""], "[\r\n  5,\r\n]\r\n");
    terminal.send(END);
    assert_eq!(terminal.end().0, 0);
    let mut terminal = console(&dir);
    // Up from the second line of that is its first.
    terminal.send(UP).expect("5]").send(UP).send(UP).expect("10 + 1");
    enter(&mut terminal, &[""], "11\r\n");
    terminal.send(END);
    assert_eq!(terminal.end().0, 0);
}

const ONE: &str = "resource \"terraform_data\" \"a\" {\n}\n";

fn objects(dir: &Workdir) -> String {
    dir.groma(["state", "list"]).stdout
}

#[test]
fn only_yes_is_yes() {
    let dir = Workdir::new();
    dir.write("main.tf", ONE);
    for (answer, said) in [
        ("no\r", "Apply cancelled."),
        ("y\r", "Apply cancelled."),
        ("YES\r", "Apply cancelled."),
        (" yes\r", "Apply cancelled."),
        ("\r", "Apply cancelled."),
        (END, "Error: error asking for approval: EOF"),
        (INTERRUPT, "Error: error asking for approval: interrupted"),
    ] {
        let mut terminal = dir.terminal(&groma_binary(), ["apply"]);
        terminal.expect("Only 'yes' will be accepted to approve.").expect("Enter a value: ");
        terminal.send(answer).expect(said);
        assert_eq!((terminal.end().0, objects(&dir).as_str()), (1, ""), "{answer:?}");
    }
    let mut terminal = dir.terminal(&groma_binary(), ["apply"]);
    terminal.expect("Enter a value: ").send("yes").send(ENTER);
    terminal.expect("Apply complete! Resources: 1 added, 0 changed, 0 destroyed.");
    assert_eq!((terminal.end().0, objects(&dir).as_str()), (0, "terraform_data.a\n"));
    let mut terminal = dir.terminal(&groma_binary(), ["destroy"]);
    terminal.expect("There is no undo.").expect("Enter a value: ").send("no").send(ENTER);
    terminal.expect("Destroy cancelled.");
    assert_eq!((terminal.end().0, objects(&dir).as_str()), (1, "terraform_data.a\n"));
}

/// Its provisioner says `ready`, and goes on when something opens the pipe for writing.
const SLOW: &str = r#"
resource "terraform_data" "a" {
  input = "x"
  provisioner "local-exec" {
    command = "trap '' INT; echo ready; read line < pipe; echo released"
  }
}
resource "terraform_data" "b" {
  input = terraform_data.a.output
}
output "b" {
  value = terraform_data.b.output
}
"#;

/// An apply whose provisioner waits.
fn slow(dir: &Workdir) -> Terminal {
    dir.write("main.tf", SLOW);
    dir.run(Path::new("mkfifo"), ["pipe"]).success();
    let mut terminal = dir.terminal(&groma_binary(), ["apply", "-auto-approve"]);
    terminal.expect("(local-exec): ready");
    terminal
}

/// Lets a provisioner go on: one that waits, or the next.
fn release(dir: &Workdir) {
    OpenOptions::new().write(true).open(dir.path().join("pipe")).expect("somebody reads");
}

#[test]
fn control_c_once_finishes_what_is_under_way() {
    let dir = Workdir::new();
    let mut terminal = slow(&dir);
    terminal.send(INTERRUPT).expect("Interrupt received.").expect("Gracefully shutting down...");
    release(&dir);
    terminal.expect("(local-exec): released").expect("Error: execution halted");
    let (code, shown) = terminal.end();
    assert_eq!(code, 1);
    assert!(!shown.contains("terraform_data.b: Creating"), "{shown}");
    assert!(!shown.contains("Apply complete!"), "{shown}");
    assert_eq!(objects(&dir), "terraform_data.a\n");
    let again = dir.groma(["apply", "-auto-approve"]).success().stdout;
    assert!(
        again.contains("Apply complete! Resources: 1 added, 0 changed, 0 destroyed."),
        "{again}"
    );
    assert_eq!(dir.groma(["output", "-raw", "b"]).success().stdout, "x");
}

#[test]
fn control_c_twice_stops_with_what_is_known_saved() {
    let dir = Workdir::new();
    let mut terminal = slow(&dir);
    terminal.send(INTERRUPT).expect("Gracefully shutting down...");
    terminal.send(INTERRUPT).expect("Two interrupts received.");
    assert_eq!(terminal.end().0, 1);
    // Nobody saw its provisioner end.
    let plan = dir.groma(["plan"]).success().stdout;
    assert!(plan.contains("terraform_data.a is tainted, so must be replaced"), "{plan}");
    let mut terminal = dir.terminal(&groma_binary(), ["apply", "-auto-approve"]);
    terminal.expect("(local-exec): ready");
    release(&dir);
    terminal.expect("Apply complete! Resources: 2 added, 0 changed, 1 destroyed.");
    assert_eq!(terminal.end().0, 0);
    assert_eq!(dir.groma(["plan", "-detailed-exitcode"]).code, 0);
}
