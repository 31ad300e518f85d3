//! Modules from Git repositories.

use groma_tests::server::{Answer, Server};

use crate::world::{Repository, World, call, compare, compare_errors};

#[test]
fn repositories_are_installed_in_order() {
    let repository = Repository::new();
    let url = repository.url();
    let id = repository.git(&["rev-parse", "v1"]);
    let calls = [
        ("whole", url.clone()),
        ("tagged", format!("{url}?ref=v1")),
        ("again", format!("{url}?ref=v1")),
        ("commit", format!("{url}?ref={id}")),
        ("shallow", format!("{url}?ref=v2&depth=1")),
        ("inside", format!("{url}//sub?ref=v1")),
        ("pattern", format!("{url}//su*")),
        ("short", repository.dir.path().display().to_string()),
    ];
    let main: String = calls.iter().map(|(name, source)| call(name, source)).collect();
    let outcome = compare(&main, None, &[&["get"], &["get"], &["get", "-update"]]);
    let Some(outcome) = outcome else { return };
    assert!(outcome.succeeded && outcome.said.len() == 18, "{:#?}", outcome.said);
}

#[test]
fn what_changes_is_installed_anew() {
    let repository = Repository::new();
    let url = repository.url();
    let Ok(oracle) = groma_tests::terraform() else { return };
    let main = |reference: &str| call("a", &format!("{url}//sub?ref={reference}"));
    // Each tool takes up what the other has installed.
    let world = World::new(&main("v1"), None);
    let ours = groma_tests::groma_binary();
    let first = world.outcome(&ours, &["get"]);
    assert!(first.succeeded, "{}", first.wrong);
    assert!(world.outcome(&oracle, &["get"]).said.is_empty());
    assert_eq!(world.outcome(&oracle, &["get"]).manifest, first.manifest);
    world.work.write("main.tf", main("v2"));
    let changed = world.run(&ours, &["plan"]);
    assert!(changed.stderr.contains("Module source has changed"), "{}", changed.stderr);
    let second = world.outcome(&oracle, &["get"]);
    assert_eq!(second.said.len(), 3, "{:#?}", second.said);
    assert!(world.outcome(&ours, &["get"]).said.is_empty());
    world.run(&ours, &["plan"]).success();
}

#[test]
fn errors_are_those_of_terraform() {
    let repository = Repository::new();
    let url = repository.url();
    let sources = [
        format!("{url}?ref=nothing"),
        format!("{url}//nothing"),
        "git::file:///nowhere/at/all".to_owned(),
        "/nowhere/at/all".to_owned(),
        "github.com/x".to_owned(),
        "x/y".to_owned(),
        "foo::https://127.0.0.1/x".to_owned(),
    ];
    compare_errors(&sources.map(|source| call("a", &source)), None);
}

#[test]
fn commands_say_what_is_not_installed() {
    let repository = Repository::new();
    let world = World::new(&call("a", &repository.url()), None);
    for command in [&["plan"][..], &["validate"], &["providers"], &["init", "-get=false"]] {
        let output = world.groma(command);
        assert_eq!(output.code, 1, "{command:?}");
        assert!(output.stderr.contains("Module not installed"), "{}", output.stderr);
        assert!(output.stderr.contains("Run \"groma init\" to install"), "{}", output.stderr);
    }
    world.groma(&["init"]).success();
    world.groma(&["plan"]).success();
    std::fs::remove_dir_all(world.work.path().join(".terraform/modules/a")).expect("a directory");
    let output = world.groma(&["plan"]);
    assert!(
        output.stderr.contains("local cache directory .terraform/modules/a"),
        "{}",
        output.stderr
    );
    world.groma(&["init"]).success();
    world.groma(&["plan"]).success();
}

#[test]
fn repositories_come_over_https() {
    let repository = Repository::new();
    repository.git(&["update-server-info"]);
    let served = Server::start(move |request| {
        repository.answer(request, "/x/y.git").unwrap_or_else(|| Answer::status(404))
    });
    let main = call("a", &format!("git::{}//sub?ref=v1", served.url("/x/y.git")));
    compare(&main, Some(&served), &[&["get"]]);
}

#[test]
fn a_module_is_a_start() {
    let repository = Repository::new();
    let world = World::new("", None);
    std::fs::remove_file(world.work.path().join("main.tf")).expect("a file");
    let source = format!("-from-module={}?ref=v1", repository.url());
    world.groma(&["init", &source]).success();
    let main = std::fs::read_to_string(world.work.path().join("main.tf")).expect("a file");
    assert!(main.contains("output \"top\""), "{main}");
    assert!(!world.work.path().join(".git").exists());
    let again = world.groma(&["init", &source]);
    assert!(again.stderr.contains("already contains files"), "{}", again.stderr);
    let inside = World::new("", None);
    std::fs::remove_file(inside.work.path().join("main.tf")).expect("a file");
    let source = format!("-from-module={}//sub", repository.url());
    let refused = inside.groma(&["init", &source]);
    assert!(refused.stderr.contains("references parent directory"), "{}", refused.stderr);
}

#[test]
fn passwords_do_not_stay() {
    let (inner, outer) = (Repository::new(), Repository::new());
    let id = inner.git(&["rev-parse", "v1"]);
    outer.write(".gitmodules", "[submodule \"in\"]\n\tpath = in\n\turl = ../inner.git\n");
    outer.git(&["add", ".gitmodules"]);
    outer.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{id},in")]);
    outer.commit_as_it_is("v3");
    for repository in [&inner, &outer] {
        repository.git(&["update-server-info"]);
    }
    let server = Server::start(move |request| {
        if request.header("authorization") != Some("Basic dXNlcjpodW50ZXIy") {
            return Answer::status(401).header("WWW-Authenticate", "Basic realm=\"x\"");
        }
        let found = inner.answer(request, "/x/inner.git");
        found
            .or_else(|| outer.answer(request, "/x/outer.git"))
            .unwrap_or_else(|| Answer::status(404))
    });
    let url = server.url("/x/outer.git").replace("://", "://user:hunter2@");
    let world = World::new(&call("a", &format!("git::{url}")), Some(&server));
    world.groma(&["get"]).success();
    let module = world.work.path().join(".terraform/modules/a");
    assert!(module.join("in/main.tf").exists());
    let found = world.work.run(
        std::path::Path::new("grep"),
        ["--recursive", "--files-with-matches", "hunter2", ".terraform/modules/a"],
    );
    assert_eq!((found.code, &*found.stdout), (1, ""));
}
