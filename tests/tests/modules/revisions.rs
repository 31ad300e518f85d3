//! Modules of configuration that is read from a commit, and modules in plans.

use crate::world::{Repository, World, call};

/// A root module that prints what a remote module says.
fn main(url: &str, reference: &str) -> String {
    let text = "output \"o\" {\n  value = module.a.said\n}\n";
    call("a", &format!("{url}//said?ref={reference}")) + text
}

fn library() -> Repository {
    let repository = Repository::new();
    let said =
        "output \"said\" {\n  value = \"${path.module}: ${file(\"${path.module}/text\")}\"\n}\n";
    repository.write("said/main.tf", said);
    repository.write("said/text", "first");
    repository.commit("said1");
    repository.write("said/text", "second");
    repository.commit("said2");
    repository
}

#[test]
fn a_plan_carries_its_modules() {
    let library = library();
    let world = World::new(&main(&library.url(), "said1"), None);
    world.groma(&["init"]).success();
    world.groma(&["plan", "-out=plan"]).success();
    std::fs::remove_dir_all(world.work.path().join(".terraform")).expect("a directory");
    std::fs::remove_file(world.work.path().join("main.tf")).expect("a file");
    let said = world.groma(&["apply", "plan"]).success().stdout;
    assert!(said.contains("o = \".terraform/modules/a/said: first\""), "{said}");
}

#[test]
fn a_commit_calls_modules() {
    let library = library();
    let world = World::new(&main(&library.url(), "said1"), None);
    let git = |args: &[&str]| {
        let output = std::process::Command::new("git")
            .args(["-c", "user.name=n", "-c", "user.email=e"])
            .args(args)
            .current_dir(world.work.path())
            .output()
            .expect("git starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    git(&["init", "--quiet"]);
    git(&["add", "main.tf"]);
    git(&["commit", "--quiet", "--message", "x"]);
    // What is on disk is not what is planned.
    world.work.write("main.tf", "locals {\n  a = )\n}\n");
    let missing = world.groma(&["plan", "-rev=HEAD"]);
    assert!(missing.stderr.contains("Run \"groma get -rev=HEAD\""), "{}", missing.stderr);
    let said = world.groma(&["get", "-rev=HEAD"]).success().stdout;
    assert!(said.contains("- a in .terraform/modules/a/said\n"), "{said}");
    world.groma(&["plan", "-rev=HEAD", "-out=plan"]).success();
    std::fs::remove_dir_all(world.work.path().join(".terraform")).expect("a directory");
    let said = world.groma(&["apply", "plan"]).success().stdout;
    assert!(said.contains("o = \".terraform/modules/a/said: first\""), "{said}");
}

#[test]
fn another_data_directory_is_used() {
    let library = library();
    let world = World::new(&main(&library.url(), "said2"), None);
    let run = |args: &[&str], dir: &str| {
        world.work.run_with(
            &groma_tests::groma_binary(),
            args.iter().copied(),
            [("TF_DATA_DIR", dir), ("GIT_CONFIG_GLOBAL", "/dev/null")],
        )
    };
    let said = run(&["get"], "data/x").success().stdout;
    assert!(said.contains("- a in data/x/modules/a/said\n"), "{said}");
    run(&["plan", "-out=plan"], "data/x").success();
    // The plan knows where it was, wherever that would be now.
    let said = run(&["apply", "plan"], "elsewhere").success().stdout;
    assert!(said.contains("o = \"data/x/modules/a/said: second\""), "{said}");
}
