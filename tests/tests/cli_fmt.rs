//! `groma fmt` against `terraform fmt`: what is printed, how it ends, and what becomes of the
//! files. What formatting itself does is compared in the language's own tests.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use groma_tests::{Workdir, groma_binary, terraform};

const FLAGS: [&[&str]; 9] = [
    &[],
    &["-diff"],
    &["-list=false"],
    &["-check"],
    &["-check", "-diff"],
    &["-check", "-list=false", "-diff"],
    &["-write=false"],
    &["-write=false", "-diff"],
    &["-recursive"],
];

const FILES: [(&str, &str); 7] = [
    ("main.tf", "a=1"),
    ("good.tf", "b = 1\n"),
    ("some.tfvars", "x={\ny=1}\n"),
    ("inner/deep.tf", "long_name = 1\nc=2\n"),
    (".hidden/main.tf", "d=1\n"),
    ("back.tf~", "e=1\n"),
    ("other.txt", "f=1\n"),
];

/// Everything that there is to see of one run over the files.
fn over_files(program: &Path, flags: &[&str]) -> (i32, String, Vec<String>) {
    let dir = Workdir::new();
    for (name, content) in FILES {
        dir.write(name, content);
    }
    let output = dir.run(program, [&["fmt"], flags].concat());
    let after = FILES.map(|(name, _)| {
        std::fs::read_to_string(dir.path().join(name)).expect("the file is still there")
    });
    (output.code, output.stdout, after.to_vec())
}

fn over_input(program: &Path, flags: &[&str], input: &str) -> (i32, String) {
    let dir = Workdir::new();
    let mut child = dir
        .command(program, [&["fmt"], flags, &["-"]].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("it is read");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn treats_files_as_terraform_does() {
    let terraform = match terraform() {
        Ok(terraform) => terraform,
        Err(missing) => return missing.skip(),
    };
    for flags in FLAGS {
        assert_eq!(
            over_files(&groma_binary(), flags),
            over_files(&terraform, flags),
            "fmt {flags:?}"
        );
    }
}

#[test]
fn treats_standard_input_as_terraform_does() {
    let terraform = match terraform() {
        Ok(terraform) => terraform,
        Err(missing) => return missing.skip(),
    };
    // A last line is always ended, on the way through a terminal's writer.
    let inputs = ["", " ", "\n", "\n\n", "# a", "a=1", "a=1\n", "a = 1\n\n", "a = 1", "a = {\n"];
    for flags in &FLAGS[..8] {
        for input in inputs {
            assert_eq!(
                over_input(&groma_binary(), flags, input),
                over_input(&terraform, flags, input),
                "fmt {flags:?} - of {input:?}"
            );
        }
    }
}
