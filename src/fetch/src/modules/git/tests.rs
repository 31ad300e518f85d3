use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::*;

/// A repository with two commits: `v1` is the first.
struct Repository {
    dir: tempfile::TempDir,
}

impl Repository {
    fn new() -> Self {
        let repository = Self { dir: tempfile::tempdir().expect("a directory") };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.write("main.tf", "one");
        repository.commit("v1");
        repository.write("main.tf", "two");
        repository.write("sub/main.tf", "two");
        repository.commit("v2");
        repository
    }

    fn url(&self) -> String {
        format!("file://{}", self.dir.path().display())
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("directories");
        fs::write(path, text).expect("a file");
    }

    fn commit(&self, tag: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", tag]);
        self.git(&["tag", tag]);
    }

    fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=n", "-c", "user.email=e", "-c", "protocol.file.allow=always"])
            .args(args)
            .current_dir(self.dir.path())
            .output()
            .expect("git starts");
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

#[expect(clippy::disallowed_methods, reason = "what the test is run in")]
fn environment() -> Vec<(OsString, OsString)> {
    std::env::vars_os().collect()
}

fn limits() -> Limits {
    Limits::new(1 << 30, 1000, Duration::from_mins(1))
}

/// What an address brings: the files in it, or the error.
fn fetched(address: &str) -> String {
    fetched_with(&Git::new(environment()), address, &limits())
}

fn fetched_with(git: &Git, address: &str, limits: &Limits) -> String {
    let dir = tempfile::tempdir().expect("a directory");
    let into = dir.path().join("package");
    fs::create_dir(&into).expect("a directory");
    let package = Package::parse(&format!("git::{address}")).expect("an address");
    match git.fetch(&package, &into, ".terraform/modules/a", limits) {
        Ok(()) => files(&into),
        Err(error) => error.to_string(),
    }
}

fn files(dir: &Path) -> String {
    let mut found = Vec::new();
    let mut pending = vec![PathBuf::new()];
    while let Some(inside) = pending.pop() {
        for entry in fs::read_dir(dir.join(&inside)).expect("a directory") {
            let name = inside.join(entry.expect("an entry").file_name());
            let path = dir.join(&name);
            if name.starts_with(".git") {
            } else if path.is_dir() {
                pending.push(name);
            } else {
                let text = fs::read_to_string(&path).expect("text");
                found.push(format!("{}={text}", name.display()));
            }
        }
    }
    found.sort();
    found.join(" ")
}

#[test]
fn revisions_of_every_kind_are_fetched() {
    let repository = Repository::new();
    repository.git(&["branch", "feature/a", "v1"]);
    let id = repository.git(&["rev-parse", "v1"]);
    let url = repository.url();
    let newest = "main.tf=two sub/main.tf=two";
    let check = |query: &str, expected: &str| {
        assert_eq!(fetched(&format!("{url}{query}")), expected, "{query}");
    };
    check("", newest);
    check("?ref=main", newest);
    check("?ref=v1", "main.tf=one");
    check("?ref=feature/a", "main.tf=one");
    check(&format!("?ref={id}"), "main.tf=one");
    check(&format!("?ref={}", &id[..8]), "main.tf=one");
    check("?ref=main~1", "main.tf=one");
    check("?depth=1&ref=v1", "main.tf=one");
    check("?depth=2", newest);
}

#[test]
fn only_what_is_checked_out_is_fetched() {
    let repository = Repository::new();
    let dir = tempfile::tempdir().expect("a directory");
    let package = Package::parse(&format!("git::{}", repository.url())).expect("an address");
    Git::new(environment()).fetch(&package, dir.path(), "a", &limits()).expect("a package");
    assert!(dir.path().join(".git/shallow").exists());
}

#[test]
fn what_fails_is_told_as_git_tells_it() {
    let repository = Repository::new();
    let error = fetched(&format!("{}?ref=nothing", repository.url()));
    let expected = "/git exited with 1: error: pathspec 'nothing' did not match any file(s) known \
                    to git\n";
    assert!(error.ends_with(expected), "{error}");
    let error = fetched("file:///nowhere/at/all");
    let expected = "/git exited with 128: Cloning into '.terraform/modules/a'...\nfatal: \
                    '/nowhere/at/all' does not appear to be a git repository\n";
    assert!(error.contains(expected), "{error}");
}

#[test]
fn nothing_is_taken_for_an_option() {
    let repository = Repository::new();
    let witness = repository.dir.path().join("witness");
    let option = format!("--upload-pack=touch {}", witness.display());
    for reference in [option.as_str(), "-c", "--"] {
        let query: String = url::form_urlencoded::byte_serialize(reference.as_bytes()).collect();
        let error = fetched(&format!("{}?ref={query}", repository.url()));
        let expected =
            format!("invalid Git reference {reference:?}: it must not begin with a dash");
        assert_eq!(error, expected);
    }
    let error = fetched("ssh://-oProxyCommand=touch%20x/y");
    assert!(error.starts_with("invalid host name"), "{error}");
    assert!(!witness.exists());
}

#[test]
fn only_known_protocols_are_used() {
    let check = |address: &str, expected: &str| assert_eq!(fetched(address), expected);
    check("ext::sh -c 'touch x'", "transport \"ext\" not allowed");
    check("fd::17", "transport \"fd\" not allowed");
    check("ftp://x.y/z", "transport \"ftp\" not allowed");
    check("https:x", "transport \"https:x\" not allowed");
}

#[test]
fn the_user_may_allow_less() {
    let repository = Repository::new();
    let mut environment = environment();
    environment.push(("GIT_ALLOW_PROTOCOL".into(), "https:ext".into()));
    let git = Git::new(environment);
    assert_eq!(git.allowed(PROTOCOLS), "https");
    let error = fetched_with(&git, &repository.url(), &limits());
    assert!(error.contains("transport 'file' not allowed"), "{error}");
}

#[test]
fn another_repository_is_not_touched() {
    let (repository, other) = (Repository::new(), Repository::new());
    let mut environment = environment();
    environment.push(("GIT_DIR".into(), other.dir.path().join(".git").into()));
    environment.push(("GIT_WORK_TREE".into(), other.dir.path().into()));
    let git = Git::new(environment);
    let address = format!("{}?ref=v1", repository.url());
    assert_eq!(fetched_with(&git, &address, &limits()), "main.tf=one");
    assert_eq!(other.git(&["status", "--short"]), "");
}

#[test]
fn hooks_are_not_run() {
    let repository = Repository::new();
    let templates = tempfile::tempdir().expect("a directory");
    let witness = templates.path().join("witness");
    let hook = templates.path().join("hooks/post-checkout");
    fs::create_dir_all(hook.parent().expect("a directory")).expect("directories");
    fs::write(&hook, format!("#!/bin/sh\ntouch {}\n", witness.display())).expect("a hook");
    let status = Command::new("chmod").arg("+x").arg(&hook).status();
    assert!(status.is_ok_and(|status| status.success()));
    let mut environment = environment();
    environment.push(("GIT_CONFIG_COUNT".into(), "1".into()));
    environment.push(("GIT_CONFIG_KEY_0".into(), "init.templateDir".into()));
    environment.push(("GIT_CONFIG_VALUE_0".into(), templates.path().into()));
    let address = format!("{}?ref=main~1", repository.url());
    assert_eq!(fetched_with(&Git::new(environment), &address, &limits()), "main.tf=one");
    assert!(!witness.exists());
}

#[test]
fn submodules_are_not_read_from_the_disk() {
    let (repository, inner) = (Repository::new(), Repository::new());
    repository.git(&["submodule", "--quiet", "add", &inner.url(), "inner"]);
    repository.commit("v3");
    let error = fetched(&repository.url());
    assert!(error.contains("transport 'file' not allowed"), "{error}");
}

#[test]
fn there_is_an_end_to_it() {
    let repository = Repository::new();
    let git = Git::new(environment());
    let fetch = |limits| fetched_with(&git, &repository.url(), &limits);
    let minute = Duration::from_mins(1);
    assert_eq!(fetch(Limits::new(5, 100, minute)), "the package is larger than 5 bytes");
    assert_eq!(fetch(Limits::new(100, 1, minute)), "the package has more than 1 files");
}

#[test]
fn keys_are_only_for_their_user() {
    use std::os::unix::fs::PermissionsExt as _;
    let file = private_file("S0VZCg==").expect("a file");
    let mode = fs::metadata(file.path()).expect("the file").permissions().mode();
    assert_eq!((mode & 0o777, fs::read(file.path()).ok()), (0o600, Some(b"KEY\n".to_vec())));
    let address = "ssh://git@127.0.0.1:1/x?sshkey=%21";
    assert!(fetched(address).starts_with("the sshkey parameter is not valid Base64"));
}

#[test]
fn a_missing_program_is_named() {
    let git = Git::new([("PATH".into(), "/nowhere".into())]);
    let error = fetched_with(&git, "https://x.y/z", &limits());
    assert_eq!(error, "git must be available and on the PATH");
}

#[test]
fn passwords_are_not_told() {
    let error = fetched("https://user:hunter2@127.0.0.1:1/x.git");
    assert!(error.contains("exited with 128"), "{error}");
    assert_eq!(error.matches("hunter2").count(), 0, "{error}");
}
