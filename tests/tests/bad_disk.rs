//! Disks and databases that do not do what they should: it is said, and nothing that was there is
//! lost.

use std::fs::Permissions;
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::Stdio;

use groma_tests::small::{self, CONFIG, applied};
use groma_tests::{Output, Workdir, groma_binary};

#[track_caller]
fn refused(output: &Output, words: &[&str]) {
    small::refused(output, 1..=1, words);
}

#[track_caller]
fn state_is_whole(work: &Workdir) {
    let list = work.groma(["state", "list"]).success();
    assert_eq!((list.stdout.as_str(), list.stderr.as_str()), ("terraform_data.a\n", ""));
    let input = &work.groma(["state", "pull"]).success().json()["resources"][0]["instances"][0];
    assert_eq!(input["attributes"]["input"]["value"], 1);
}

/// Runs groma as somebody who may only read what is in the directory.
fn as_reader(work: &Workdir, line: &str) -> Output {
    let readable = |path: &Path, mode| {
        std::fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
    };
    readable(&work.path().join(".groma/state.db"), 0o444);
    readable(&work.path().join(".groma"), 0o555);
    readable(work.path(), 0o555);
    // Nothing is read-only for root, who runs it as nobody.
    let is_root = std::fs::metadata(work.path()).expect("a directory").uid() == 0;
    let output = if is_root {
        let binary = Workdir::new();
        readable(binary.path(), 0o755);
        std::fs::copy(groma_binary(), binary.path().join("groma")).expect("a copy");
        let program = binary.path().join("groma").to_string_lossy().into_owned();
        let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", &program];
        work.run(Path::new("setpriv"), nobody.into_iter().chain(line.split(' ')))
    } else {
        work.groma(line.split(' '))
    };
    readable(work.path(), 0o755);
    readable(&work.path().join(".groma"), 0o755);
    readable(&work.path().join(".groma/state.db"), 0o644);
    output
}

#[test]
fn a_read_only_disk_can_be_read() {
    let work = applied();
    for line in ["state list", "state pull", "show", "output", "plan -lock=false", "fmt -check"] {
        as_reader(&work, line).success();
    }
    for line in ["plan", "apply -auto-approve", "state rm terraform_data.a"] {
        let output = as_reader(&work, line);
        refused(&output, &["Error acquiring the state lock", "cannot be written: it is read-only"]);
    }
    work.write("main.tf", CONFIG.replace('1', "2"));
    for line in ["apply -auto-approve -lock=false", "taint -lock=false terraform_data.a"] {
        refused(&as_reader(&work, line), &["state.db cannot be written: it is read-only"]);
    }
    refused(&as_reader(&work, "plan -lock=false -out=p"), &["Failed to write plan file"]);
    assert!(!work.path().join("p").exists());
    work.write("main.tf", "locals {\na = 1\n}\n");
    let output = as_reader(&work, "fmt");
    assert_eq!(output.code, 2, "{}", output.stdout);
    assert!(output.stderr.contains("main.tf was left as it was"), "{}", output.stderr);
    state_is_whole(&work);
}

#[test]
fn a_directory_that_takes_no_database_is_named() {
    let work = Workdir::new();
    work.write("main.tf", CONFIG).write(".groma", "a file");
    refused(&work.groma(["apply", "-auto-approve"]), &[".groma/state.db"]);
    assert_eq!(std::fs::read(work.path().join(".groma")).expect("a file"), b"a file");
}

/// Runs groma where no file can grow beyond some sixty kilobytes.
fn on_a_full_disk(work: &Workdir, line: &str) -> Output {
    let script = "trap '' XFSZ; ulimit -f 120; exec \"$0\" \"$@\"";
    let program = groma_binary().to_string_lossy().into_owned();
    let words = ["-c", script, &program].into_iter().chain(line.split(' '));
    work.run(Path::new("sh"), words)
}

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    let work = applied();
    let much = "join(\"\", [for i in range(1000) : format(\"%01000d\", i)])";
    let big = format!("resource \"terraform_data\" \"b\" {{\n  input = {much}\n}}\n");
    work.write("main.tf", format!("{CONFIG}{big}"));
    let output = on_a_full_disk(&work, "apply -auto-approve");
    refused(&output, &["Failed to save state"]);
    assert_eq!(output.stderr.matches("Error: ").count(), 1, "{}", output.stderr);
    state_is_whole(&work);
    refused(&on_a_full_disk(&work, "plan -out=p -lock=false"), &["Failed to write plan file"]);
    let left: Vec<_> = std::fs::read_dir(work.path())
        .expect("a directory")
        .map(|entry| entry.expect("an entry").file_name())
        .filter(|name| name != "main.tf" && name != ".groma")
        .collect();
    assert!(left.is_empty(), "{left:?}");
    work.groma(["apply", "-auto-approve"]).success();
}

/// A run of another process that is in the midst of its work; it ends when the pipe is read.
fn busy() -> (Workdir, std::process::Child, std::fs::File) {
    let work = applied();
    let file = "resource \"local_file\" \"f\" {\n  filename = \"${path.module}/pipe\"\n  content  = \
                format(\"%01000000d\", 0)\n}\n";
    work.write("main.tf", format!("{CONFIG}{file}"));
    work.run(Path::new("mkfifo"), ["pipe"]).success();
    let mut command = work.command(&groma_binary(), ["apply", "-auto-approve"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    // Opens once there is somebody who writes.
    let pipe = std::fs::File::open(work.path().join("pipe")).expect("a pipe");
    (work, child, pipe)
}

#[test]
fn a_run_in_progress_is_not_disturbed() {
    let (work, mut child, mut pipe) = busy();
    for line in [
        "plan",
        "apply -auto-approve",
        "state rm terraform_data.a",
        "taint -lock-timeout=1ms terraform_data.a",
    ] {
        let words = ["Error acquiring the state lock", "Operation: OperationTypeApply", "Who: "];
        refused(&work.groma(line.split(' ')), &words);
    }
    // With no lock, a second run is refused all the same.
    let output = work.groma(["state", "rm", "-lock=false", "terraform_data.a"]);
    refused(&output, &["in progress"]);
    state_is_whole(&work);
    work.groma(["plan", "-lock=false"]).success();
    pipe.read_to_end(&mut Vec::new()).expect("it is written");
    assert!(child.wait().expect("it ends").success());
    let list = work.groma(["state", "list"]).success();
    assert_eq!(list.stdout, "local_file.f\nterraform_data.a\n");
}

#[test]
fn a_database_that_another_process_holds_is_named() {
    let work = applied();
    let database = rusqlite::Connection::open(work.path().join(".groma/state.db"));
    let database = database.expect("a database");
    database.execute_batch("BEGIN EXCLUSIVE").expect("nobody else has it");
    state_is_whole(&work);
    refused(&work.groma(["plan"]), &["Error acquiring the state lock", "state.db"]);
    database.execute_batch("ROLLBACK").expect("it is ours");
    work.groma(["plan"]).success();
}
