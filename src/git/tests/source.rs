//! Commits of small repositories, read as sources.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use git2::{Oid, Signature, Time};
use groma_config::source::{EntryKind, glob};
use groma_config::{LocalModules, Source, SourceError, load_config};
use groma_diag::SourceMap;
use groma_git::{GitError, GitSource, Repository};

const FILE: i32 = 0o100_644;
const EXECUTABLE: i32 = 0o100_755;
const LINK: i32 = 0o120_000;

/// Commits files (path, mode, content) on top of `HEAD`.
fn commit(repository: &git2::Repository, message: &str, files: &[(&str, i32, &str)]) -> Oid {
    let parent = repository.head().ok().and_then(|head| head.peel_to_commit().ok());
    let base = parent.as_ref().map(|parent| parent.tree().expect("tree"));
    let mut update = git2::build::TreeUpdateBuilder::new();
    for (path, mode, content) in files {
        let blob = repository.blob(content.as_bytes()).expect("blob");
        let mode = match *mode {
            LINK => git2::FileMode::Link,
            EXECUTABLE => git2::FileMode::BlobExecutable,
            _ => git2::FileMode::Blob,
        };
        update.upsert(*path, blob, mode);
    }
    let empty = repository.treebuilder(None).expect("builder").write().expect("tree");
    let base = base.unwrap_or_else(|| repository.find_tree(empty).expect("tree"));
    let tree = update.create_updated(repository, &base).expect("tree");
    let tree = repository.find_tree(tree).expect("tree");
    let time = Time::new(1_700_000_000, 60);
    let who = Signature::new("Ada", "ada@example.com", &time).expect("signature");
    let parents: Vec<_> = parent.iter().collect();
    repository.commit(Some("HEAD"), &who, &who, message, &tree, &parents).expect("commit")
}

struct Fixture {
    _dir: tempfile::TempDir,
    repository: Arc<Repository>,
}

fn fixture() -> Fixture {
    let dir = tempfile::tempdir().expect("directory");
    let inner = git2::Repository::init_bare(dir.path()).expect("repository");
    let first = commit(
        &inner,
        "Begin\n\nMore.",
        &[
            ("infra/main.tf", FILE, "module \"a\" {\n  source = \"../modules/a\"\n}\n"),
            ("modules/a/main.tf", FILE, "output \"x\" {\n  value = 1\n}\n"),
            ("run.sh", EXECUTABLE, "#!/bin/sh\n"),
            ("infra/link.tf", LINK, "../modules/a/main.tf"),
            ("infra/dir", LINK, "../modules"),
            ("infra/loop", LINK, "loop"),
            ("infra/out", LINK, "../../etc/passwd"),
            ("infra/absolute", LINK, "/etc/passwd"),
            ("infra/nowhere", LINK, "missing"),
        ],
    );
    let target = inner.find_object(first, None).expect("object");
    inner.tag_lightweight("v1", &target, false).expect("tag");
    commit(&inner, "Change", &[("infra/main.tf", FILE, "locals {}\n")]);
    let repository = Arc::new(Repository::open(dir.path()).expect("repository"));
    Fixture { _dir: dir, repository }
}

fn source(fixture: &Fixture, revision: &str, subdir: &str) -> GitSource {
    let commit = fixture.repository.commit(revision).expect("commit");
    GitSource::new(Arc::clone(&fixture.repository), &commit, subdir).expect("source")
}

#[test]
fn finds_commits() {
    let fixture = fixture();
    let tagged = fixture.repository.commit("v1").expect("commit");
    assert_eq!(tagged.summary, "Begin");
    assert_eq!(tagged.author, "Ada <ada@example.com>");
    assert_eq!(
        tagged.time.duration_since(std::time::UNIX_EPOCH).expect("time").as_secs(),
        1_700_000_000
    );
    for revision in ["HEAD~1", &tagged.id.to_string(), &tagged.id.short()] {
        assert_eq!(fixture.repository.commit(revision).expect(revision), tagged);
    }
    assert_ne!(fixture.repository.commit("HEAD").expect("commit"), tagged);
}

#[test]
fn says_what_is_not_there() {
    let fixture = fixture();
    let missing = fixture.repository.commit("nope").expect_err("no such revision");
    assert_eq!(missing.to_string(), "the revision \"nope\" does not exist in the repository");
    let tree = fixture.repository.commit("HEAD:infra").expect_err("no commit");
    assert!(matches!(tree, GitError::NotCommit(_)), "{tree}");
    let commit = fixture.repository.commit("v1").expect("commit");
    let subdir = GitSource::new(Arc::clone(&fixture.repository), &commit, "none").err();
    assert!(matches!(subdir, Some(GitError::NoSuchDirectory { .. })));
    let empty = tempfile::tempdir().expect("directory");
    let none = Repository::open(empty.path()).err();
    assert!(matches!(none, Some(GitError::NotRepository { .. })));
}

#[test]
fn reads_files_and_links() {
    let fixture = fixture();
    let source = source(&fixture, "v1", "infra");
    let read =
        |path: &str| source.read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let module = "output \"x\" {\n  value = 1\n}\n";
    assert_eq!(read("../modules/a/main.tf").as_deref(), Ok(module));
    assert_eq!(read("link.tf").as_deref(), Ok(module));
    assert_eq!(read("dir/a/main.tf").as_deref(), Ok(module));
    assert_eq!(read("/groma/source/modules/a/main.tf").as_deref(), Ok(module));
    assert!(matches!(read("loop"), Err(SourceError::Loop(_))));
    assert!(matches!(read("out"), Err(SourceError::Outside(..))));
    assert!(matches!(read("absolute"), Err(SourceError::Outside(..))));
    assert!(matches!(read("/etc/passwd"), Err(SourceError::Outside(..))));
    assert!(matches!(read("nowhere"), Err(SourceError::NotFound(_))));
    assert!(matches!(read("dir"), Err(SourceError::NotFile(_))));
    assert!(matches!(read("main.tf/x"), Err(SourceError::NotDir(_))));
}

#[test]
fn lists_directories() {
    let fixture = fixture();
    let source = source(&fixture, "v1", "infra");
    let entries = source.list(".").expect("entries");
    let shown: Vec<_> = entries.iter().map(|entry| (&*entry.name, entry.kind)).collect();
    assert_eq!(
        shown,
        [
            ("absolute", EntryKind::Other),
            ("dir", EntryKind::Dir),
            ("link.tf", EntryKind::File),
            ("loop", EntryKind::Other),
            ("main.tf", EntryKind::File),
            ("nowhere", EntryKind::Other),
            ("out", EntryKind::Other),
        ]
    );
    assert_eq!(glob(&source, ".", "dir/**").expect("files"), ["dir/a/main.tf"]);
    assert_eq!(source.root(), "/groma/source/infra");
}

#[test]
fn loads_configurations_of_any_commit() {
    let fixture = fixture();
    let load = |revision: &str| {
        let source = source(&fixture, revision, "infra");
        let (config, diags) = load_config(&source, &LocalModules, &Arc::new(SourceMap::new()));
        (config.modules.len(), diags.has_errors())
    };
    // `link.tf` is configuration of the root too.
    assert_eq!(load("v1"), (2, false));
    assert_eq!(load("HEAD"), (1, false));
}

#[test]
fn is_shared_between_threads() {
    let fixture = fixture();
    let source = source(&fixture, "v1", "infra");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert!(source.read("link.tf").is_ok());
                    assert!(source.list("dir").is_ok());
                }
            });
        }
    });
}

#[test]
fn materializes_a_tree() {
    let fixture = fixture();
    let source = source(&fixture, "v1", "infra");
    let cache = tempfile::tempdir().expect("directory");
    let root = source.materialize(cache.path()).expect("tree");
    assert_eq!(source.materialize(cache.path()).expect("tree again"), root);
    let read = |path: &Path| fs::read_to_string(path).expect("file");
    assert!(read(&root.join("link.tf")).contains("output"));
    assert!(read(&root.join("../modules/a/main.tf")).contains("output"));
    assert!(fs::metadata(root.join("main.tf")).expect("file").permissions().readonly());
    let left: Vec<_> = fs::read_dir(cache.path()).expect("cache").collect();
    assert_eq!(left.len(), 1, "{left:?}");
}
