//! `groma init` against `terraform init`: what both install from the same mirrors, what they write
//! to the lock file, and what they say.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use groma_tests::{Workdir, groma_binary, terraform};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A mirror of made-up providers, which both tools install from.
struct Mirror {
    dir: Workdir,
}

const X: &str = "registry.terraform.io/acme/x";
const MIRROR: &str =
    "provider_installation {\n  filesystem_mirror {\n    path = \"DIR/mirror\"\n  }\n}\n";

impl Mirror {
    fn new() -> Self {
        let dir = Workdir::new();
        for version in ["1.0.0", "1.2.0", "1.10.0", "2.1.0-beta1"] {
            unpacked(&dir, X, version, "linux_amd64");
        }
        unpacked(&dir, X, "3.0.0", "plan9_arm");
        unpacked(&dir, "example.com/acme/y", "0.1.0", "linux_amd64");
        packed(&dir, "registry.terraform.io/acme/z", "1.0.0");
        dir.write("rc", MIRROR.replace("DIR", &dir.path().display().to_string()));
        let cached = format!("plugin_cache_dir = \"DIR/cache\"\n{MIRROR}");
        dir.write("cached", cached.replace("DIR", &dir.path().display().to_string()));
        dir.write("cache/README", "").write("home/README", "");
        Self { dir }
    }
}

fn unpacked(dir: &Workdir, source: &str, version: &str, platform: &str) {
    let ty = source.rsplit('/').next().expect("a type");
    let package = format!("mirror/{source}/{version}/{platform}");
    let program = format!("{package}/terraform-provider-{ty}_v{version}");
    dir.write(&program, format!("#!/bin/sh\necho {ty} {version}\n"));
    dir.write(&format!("{package}/docs/index.md"), "hello\n");
    let run = fs::Permissions::from_mode(0o755);
    fs::set_permissions(dir.path().join(program), run).expect("permissions");
}

fn packed(dir: &Workdir, source: &str, version: &str) {
    let ty = source.rsplit('/').next().expect("a type");
    let path = format!("mirror/{source}/terraform-provider-{ty}_{version}_linux_amd64.zip");
    dir.write(&path, "");
    let mut archive = ZipWriter::new(File::create(dir.path().join(path)).expect("a file"));
    for (name, mode) in
        [(format!("terraform-provider-{ty}_v{version}"), 0o755), ("a/b".into(), 0o644)]
    {
        let options = SimpleFileOptions::default().unix_permissions(mode);
        archive.start_file(name, options).expect("an entry");
        archive.write_all(b"#!/bin/sh\n").expect("content");
    }
    archive.finish().expect("an archive");
}

/// One step of a story, in one directory.
enum Step<'a> {
    /// The configuration requires these: source and constraint.
    Require(&'a [(&'a str, &'a str)]),
    /// `init` with these arguments and this CLI configuration file.
    Init(&'a str, &'a [&'a str]),
    /// In the lock file, the first is replaced by the second.
    Lock(&'a str, &'a str),
    /// This is removed.
    Remove(&'a str),
}

use Step::{Init, Lock, Remove, Require};

fn configuration(required: &[(&str, &str)]) -> String {
    let mut text = "terraform {\n  required_providers {\n".to_owned();
    for (source, version) in required {
        let name = source.rsplit('/').next().expect("a type");
        let _ = writeln!(text, "    {name} = {{\n      source = \"{source}\"");
        if !version.is_empty() {
            let _ = writeln!(text, "      version = \"{version}\"");
        }
        text.push_str("    }\n");
    }
    text + "  }\n}\n"
}

/// What comes of a story: after each `init` what was said, the lock file, and what is installed.
fn play(program: &Path, steps: &[Step<'_>]) -> String {
    let mirror = Mirror::new();
    let work = Workdir::new();
    let mut out = String::new();
    for step in steps {
        match step {
            Require(required) => {
                work.write("main.tf", configuration(required));
            }
            Lock(from, to) => {
                let path = work.path().join(".terraform.lock.hcl");
                let text = fs::read_to_string(&path).expect("a lock file");
                assert!(text.contains(from), "{text}");
                fs::write(path, text.replace(from, to)).expect("a lock file");
            }
            Remove(path) => {
                let path = work.path().join(path);
                let removed =
                    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
                removed.expect("removed");
            }
            Init(file, args) => {
                let at = |path: &str| mirror.dir.path().join(path).display().to_string();
                let (file, home) = (at(file), at("home"));
                let none = at("none");
                let env = [
                    ("TF_CLI_CONFIG_FILE", &*file),
                    ("HOME", &home),
                    ("XDG_DATA_HOME", &none),
                    ("XDG_DATA_DIRS", &none),
                ];
                let args = ["init", "-no-color"].iter().chain(args.iter());
                let output = work.run_with(program, args, env);
                let said = output.stdout + &output.stderr;
                let _ = writeln!(out, "exit {}\n{}", output.code, settled(&said));
                let lock = fs::read_to_string(work.path().join(".terraform.lock.hcl"));
                out.push_str(&lock.unwrap_or_else(|_| "no lock file\n".into()));
                installed(&work.path().join(".terraform/providers"), &mut out);
            }
        }
    }
    let mirrored = mirror.dir.path().display().to_string();
    out.replace(&mirrored, "MIRROR").replace(&work.path().display().to_string(), "WORK")
}

/// Without what is each tool's own: its name, and where lines break because of its length.
fn settled(said: &str) -> String {
    let said = said.replace("Groma", "Terraform").replace("groma", "terraform");
    let paragraphs = said.split("\n\n").map(|paragraph| {
        let words: Vec<&str> = paragraph.split_whitespace().collect();
        words.join(" ")
    });
    let paragraphs: Vec<String> = paragraphs.filter(|paragraph| !paragraph.is_empty()).collect();
    paragraphs.join("\n")
}

/// Files, links with where they lead, and which of them can be run.
fn installed(directory: &Path, out: &mut String) {
    let mut entries: Vec<PathBuf> = fs::read_dir(directory)
        .into_iter()
        .flat_map(|entries| entries.map(|entry| entry.expect("an entry").path()))
        .collect();
    entries.sort();
    for path in entries {
        let shown = path.display();
        let metadata = path.symlink_metadata().expect("it is there");
        if metadata.is_dir() {
            installed(&path, out);
        } else if let Ok(target) = fs::read_link(&path) {
            let _ = writeln!(out, "{shown} -> {}", target.display());
        } else {
            let runs = metadata.permissions().mode() & 0o111 != 0;
            let _ = writeln!(out, "{shown}{}", if runs { " *" } else { "" });
        }
    }
}

#[track_caller]
fn check(steps: &[Step<'_>]) {
    let terraform = match terraform() {
        Ok(terraform) => terraform,
        Err(missing) => return missing.skip(),
    };
    let (expected, found) = (play(&terraform, steps), play(&groma_binary(), steps));
    let difference = similar::TextDiff::from_lines(&expected, &found);
    assert!(expected == found, "{}", difference.unified_diff().header("terraform", "groma"));
}

#[test]
fn newest_that_is_admitted() {
    for version in ["~> 1", "~> 1.0, != 1.10.0 , >=1, >= 1.0.0, <9", "2.1.0-beta1", ">= 1, 1.0.0"] {
        check(&[Require(&[("acme/x", version)]), Init("rc", &[])]);
    }
    check(&[Require(&[("example.com/acme/y", "")]), Init("rc", &[])]);
}

#[test]
fn none_that_is_admitted() {
    let all = "~> 1.0.0, > 1.0.0, < 1.0.0, >= 1.0.0, <= 1.0.0, != 1.0.0, ~> 1.0, 1.0.0-beta";
    for version in [">= 2.1.0-beta1, < 3.0", "> 5", "3.0.0", "", all] {
        check(&[Require(&[("acme/x", version)]), Init("rc", &[])]);
    }
    check(&[Require(&[("acme/none", "")]), Init("rc", &[])]);
}

#[test]
fn archives_are_unpacked() {
    let zeros = format!("\"zh:{}\"", "0".repeat(64));
    check(&[
        Require(&[("acme/z", "")]),
        Init("rc", &[]),
        Init("rc", &[]),
        Lock("    \"h1:", "    # \"h1:"),
        Lock("  ]\n", &format!("    {zeros},\n  ]\n")),
        Init("rc", &[]),
    ]);
}

#[test]
fn the_lock_holds() {
    check(&[
        Require(&[("acme/x", "1.2.0")]),
        Init("rc", &[]),
        Init("rc", &[]),
        Remove(".terraform"),
        Init("rc", &[]),
        Require(&[("acme/x", "> 1.2, < 2")]),
        Init("rc", &[]),
        Init("rc", &["-upgrade"]),
        Init("rc", &["-upgrade"]),
        Require(&[("acme/x", ">= 1.0")]),
        Init("rc", &[]),
        Init("rc", &["-lockfile=readonly"]),
        Lock("1.10.0", "1.11.0"),
        Init("rc", &[]),
    ]);
}

/// Terraform says so twice.
#[test]
fn a_lock_to_be_left_cannot_be_upgraded() {
    let work = Workdir::new();
    let output = work.groma(["init", "-upgrade", "-lockfile=readonly"]);
    let expected = "\nError: The -upgrade flag conflicts with -lockfile=readonly.\n";
    assert_eq!((output.code, output.stderr.as_str()), (1, expected));
}

#[test]
fn hashes_are_checked() {
    let other = format!("\"zh:{}\",\n    # \"h1:", "0".repeat(64));
    check(&[
        Require(&[("acme/x", "1.2.0")]),
        Init("rc", &[]),
        Lock("\"h1:", "\"h1:aaaa"),
        Init("rc", &[]),
        Remove(".terraform"),
        Init("rc", &[]),
        Lock("\"h1:aaaa", &other),
        Init("rc", &["-lockfile=readonly"]),
        Init("rc", &[]),
    ]);
}

#[test]
fn providers_come_and_go() {
    check(&[
        Require(&[("acme/x", "1.2.0")]),
        Init("rc", &["-lockfile=readonly"]),
        Init("rc", &[]),
        Require(&[]),
        Init("rc", &[]),
        Require(&[("acme/x", "1.0.0")]),
        Init("rc", &[]),
    ]);
}

#[test]
fn the_cache_is_shared() {
    check(&[
        Require(&[("acme/z", "")]),
        Init("cached", &[]),
        Remove(".terraform"),
        Init("cached", &[]),
        Remove(".terraform"),
        Remove(".terraform.lock.hcl"),
        Init("cached", &[]),
    ]);
}

#[test]
fn configuration_that_is_not_there_is_worth_a_warning() {
    let work = Workdir::new();
    work.write("main.tf", "output \"o\" {\n  value = 1\n}\n");
    let env = [("TF_CLI_CONFIG_FILE", "/nonexistent/rc")];
    let output = work.run_with(&groma_binary(), ["init"], env).success();
    let expected = "There are some problems with the CLI configuration:\n\nWarning: Unable to open \
                    CLI configuration file\n\nThe CLI configuration file at \"/nonexistent/rc\" does \
                    not exist.\n";
    assert!(output.stderr.starts_with(expected), "{}", output.stderr);
}

/// The directories of -plugin-dir count until others are given, and an empty one ends it.
#[test]
fn directories_are_remembered() {
    let mirror = Mirror::new();
    let work = Workdir::new();
    work.write("main.tf", configuration(&[("acme/x", "1.0.0")]));
    let directory = format!("-plugin-dir={}", mirror.dir.path().join("mirror").display());
    work.groma(["init", &directory]).success();
    for path in [".terraform/providers", ".terraform.lock.hcl"] {
        let path = work.path().join(path);
        let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        removed.expect("removed");
    }
    let said = work.groma(["init"]).success().stdout;
    assert!(said.contains("- Installed acme/x v1.0.0 (unauthenticated)"), "{said}");
    assert_eq!(work.groma(["init", "-plugin-dir="]).code, 0, "it is installed");
    fs::remove_dir_all(work.path().join(".terraform/providers")).expect("removed");
    work.write("rc", "provider_installation {\n  direct {\n    exclude = [\"acme/*\"]\n  }\n}\n");
    let rc = work.path().join("rc").display().to_string();
    let output = work.run_with(&groma_binary(), ["init"], [("TF_CLI_CONFIG_FILE", &*rc)]);
    assert_eq!(output.code, 1, "{}", output.stdout);
    assert!(output.stderr.contains("was not found in any of the"), "{}", output.stderr);
}

/// What serves a source: natives are neither installed nor locked, unless the version that they
/// emulate is not wanted, or a real one is locked.
#[test]
fn natives_serve_what_they_can() {
    let mirror = Mirror::new();
    unpacked(&mirror.dir, "registry.terraform.io/hashicorp/random", "2.0.0", "linux_amd64");
    let rc = mirror.dir.path().join("rc").display().to_string();
    let init = |work: &Workdir| {
        work.run_with(&groma_binary(), ["init"], [("TF_CLI_CONFIG_FILE", &*rc)]).success().stdout
    };
    let work = Workdir::new();
    work.write("main.tf", configuration(&[("hashicorp/random", ">= 2.0")]));
    let said = init(&work);
    assert!(said.contains("- hashicorp/random is served natively, as v3."), "{said}");
    assert!(!work.path().join(".terraform.lock.hcl").exists());
    work.write("main.tf", configuration(&[("hashicorp/random", "~> 2.0")]));
    let said = init(&work);
    assert!(said.contains("- Installed hashicorp/random v2.0.0 (unauthenticated)"), "{said}");
    work.write("main.tf", configuration(&[("hashicorp/random", ">= 2.0")]));
    let said = init(&work);
    assert!(said.contains("- Using previously-installed hashicorp/random v2.0.0"), "{said}");
    let native = "provider_installation {\n  native {\n    exclude = [\"hashicorp/random\"]\n  }";
    let text = MIRROR.replace("provider_installation {", native);
    mirror.dir.write("rc", text.replace("DIR", &mirror.dir.path().display().to_string()));
    fs::remove_file(work.path().join(".terraform.lock.hcl")).expect("removed");
    let said = init(&work);
    assert!(said.contains("- Installed hashicorp/random v2.0.0 (unauthenticated)"), "{said}");
}
