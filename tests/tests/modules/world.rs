//! Two directories with the same configuration, one for each tool, and what they come to.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use groma_tests::server::{Answer, Request, Server};
use groma_tests::{Output, Workdir, groma_binary, terraform};

/// What a tool has said and made.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    pub succeeded: bool,
    /// Standard output, line by line.
    pub said: Vec<String>,
    /// What is wrong: words only, since lines are broken differently.
    pub wrong: String,
    /// `modules.json`
    pub manifest: String,
    /// Every file of every module with its content; those whose names begin with a dot are left
    /// out, of which Terraform leaves some out too.
    pub files: BTreeMap<String, String>,
}

/// Runs commands in a directory that believes the server.
pub struct World {
    pub work: Workdir,
    authority: Option<PathBuf>,
}

impl World {
    pub fn new(main: &str, server: Option<&Server>) -> Self {
        let work = Workdir::new();
        work.write("main.tf", main);
        Self { work, authority: server.map(|server| server.authority().to_owned()) }
    }

    pub fn run(&self, program: &Path, args: &[&str]) -> Output {
        let authority = self.authority.as_ref().map(|path| path.to_string_lossy().into_owned());
        let mut env = vec![("GIT_CONFIG_GLOBAL", "/dev/null"), ("NO_COLOR", "1")];
        if let Some(authority) = &authority {
            env.extend([("SSL_CERT_FILE", &**authority), ("GIT_SSL_CAINFO", &**authority)]);
        }
        self.work.run_with(program, args.iter().copied(), env)
    }

    pub fn groma(&self, args: &[&str]) -> Output {
        self.run(&groma_binary(), args)
    }

    pub fn outcome(&self, program: &Path, args: &[&str]) -> Outcome {
        let output = self.run(program, args);
        let modules = self.work.path().join(".terraform/modules");
        let manifest = fs::read_to_string(modules.join("modules.json")).unwrap_or_default();
        let mut files = BTreeMap::new();
        list(&modules, &modules, &mut files);
        Outcome {
            succeeded: output.code == 0,
            said: output.stdout.lines().map(str::to_owned).collect(),
            wrong: words(&output.stderr).trim().to_owned(),
            manifest,
            files,
        }
    }
}

/// Files of modules by path.
fn list(root: &Path, dir: &Path, found: &mut BTreeMap<String, String>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if name.starts_with('.') || name == "modules.json" {
            continue;
        }
        let shown = path.strip_prefix(root).expect("a path inside").display().to_string();
        if path.is_symlink() {
            let target = fs::read_link(&path).expect("a link");
            found.insert(shown, format!("> {}", target.display()));
        } else if path.is_dir() {
            list(root, &path, found);
        } else {
            found.insert(shown, fs::read_to_string(&path).expect("text"));
        }
    }
}

/// The words of errors, without the lines of configuration that are shown with them.
pub fn words(text: &str) -> String {
    let text = plain(text);
    let shown = |line: &&str| {
        let line = line.trim_start_matches(['│', '╷', '╵', ' ']).trim();
        let number = line.split(':').next().unwrap_or_default();
        let is_code = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let is_caret = !line.is_empty() && line.bytes().all(|b| b == b'^' || b == b' ');
        let is_place = line.starts_with("on ") && line.contains(" line ");
        !is_code && !is_caret && !is_place
    };
    let words = text.lines().filter(shown).flat_map(str::split_whitespace);
    let words: Vec<&str> = words.filter(|word| !["│", "╷", "╵"].contains(word)).collect();
    words.join(" ")
}

/// A text without what colours it.
fn plain(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| plain + part.split_once('m').map_or(part, |(_, rest)| rest))
}

/// Runs the same in two directories, and holds one outcome to the other.
#[track_caller]
pub fn compare(main: &str, server: Option<&Server>, commands: &[&[&str]]) -> Option<Outcome> {
    let (outcome, differences) = compared(main, server, commands)?;
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    outcome
}

/// The same for one command and several configurations that it fails for.
#[track_caller]
pub fn compare_errors<S: AsRef<str>>(all: &[S], server: Option<&Server>) {
    let mut differences = Vec::new();
    for main in all {
        let Some((outcome, found)) = compared(main.as_ref(), server, &[&["get"]]) else { return };
        assert!(outcome.is_some_and(|outcome| !outcome.succeeded), "{}", main.as_ref());
        differences.extend(found);
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// What the first tool comes to at last, and where the other comes to something else.
fn compared(
    main: &str,
    server: Option<&Server>,
    commands: &[&[&str]],
) -> Option<(Option<Outcome>, Vec<String>)> {
    let oracle = match terraform() {
        Ok(oracle) => oracle,
        Err(missing) => {
            missing.skip();
            return None;
        }
    };
    let (theirs, ours) = (World::new(main, server), World::new(main, server));
    let mut last = None;
    let mut differences = Vec::new();
    for command in commands {
        let expected = theirs.outcome(&oracle, command);
        let mut actual = ours.outcome(&groma_binary(), command);
        if !actual.succeeded {
            // What is there after a failure is for each to say.
            actual.manifest.clone_from(&expected.manifest);
            actual.files.clone_from(&expected.files);
        }
        if actual != expected {
            differences.push(format!("{command:?} of {main}\n{actual:#?}\nand not\n{expected:#?}"));
        }
        last = Some(actual);
    }
    Some((last, differences))
}

/// A call of a module.
pub fn call(name: &str, source: &str) -> String {
    format!("module {name:?} {{\n  source = {source:?}\n}}\n")
}

/// A call of a registry's module.
pub fn call_version(name: &str, source: &str, version: &str) -> String {
    format!("module {name:?} {{\n  source  = {source:?}\n  version = {version:?}\n}}\n")
}

/// A module that is packed: `main.tf`, one in `sub` that calls the one beside it, and another.
pub fn files() -> Vec<(&'static str, String)> {
    vec![
        ("main.tf", "output \"top\" {\n  value = path.module\n}\n".to_owned()),
        ("sub/main.tf", call("other", "../other")),
        ("other/main.tf", "locals {\n  a = 1\n}\n".to_owned()),
    ]
}

/// An archive of files, as `tar` and `gzip` pack it.
pub fn tarball(files: &[(&str, String)]) -> Vec<u8> {
    let packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut archive = tar::Builder::new(packed);
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, text.as_bytes()).expect("room");
    }
    archive.into_inner().and_then(flate2::write::GzEncoder::finish).expect("an archive")
}

/// The same as `zip` packs it.
pub fn zipped(files: &[(&str, String)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).expect("an entry");
        archive.write_all(text.as_bytes()).expect("room");
    }
    archive.finish().expect("an archive").into_inner()
}

/// A repository with [`files`] tagged `v1`, and a newer commit on `main`.
pub struct Repository {
    pub dir: tempfile::TempDir,
}

impl Repository {
    pub fn new() -> Self {
        let repository = Self { dir: tempfile::tempdir().expect("a directory") };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        for (name, text) in files() {
            repository.write(name, &text);
        }
        repository.commit("v1");
        repository.write("newer.tf", "locals {\n  b = 2\n}\n");
        repository.commit("v2");
        repository
    }

    pub fn url(&self) -> String {
        format!("git::file://{}", self.dir.path().display())
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("directories");
        fs::write(path, text).expect("a file");
    }

    pub fn commit(&self, tag: &str) {
        self.git(&["add", "--all"]);
        self.commit_as_it_is(tag);
    }

    /// Commits what is in the index.
    pub fn commit_as_it_is(&self, tag: &str) {
        self.git(&["commit", "--quiet", "--message", tag]);
        self.git(&["tag", tag]);
    }

    pub fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=n", "-c", "user.email=e"])
            .args(args)
            .current_dir(self.dir.path())
            .output()
            .expect("git starts");
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// What a web server has to answer so that the repository can be cloned from it: the protocol
    /// that needs nothing but files.
    pub fn answer(&self, request: &Request, below: &str) -> Option<Answer> {
        let path = request.path.split('?').next()?.strip_prefix(below)?;
        let file = self.dir.path().join(".git").join(path.trim_start_matches('/'));
        Some(fs::read(file).map_or_else(|_| Answer::status(404), Answer::ok))
    }
}
