//! Modules from a registry.

use std::sync::{Arc, Barrier};

use groma_tests::server::{Answer, Request, Server};
use serde_json::json;

use crate::world::{World, call, call_version, compare, compare_errors, files, tarball, words};

/// A registry with a few modules.
fn registry() -> Server {
    Server::start(|request| {
        let versions = |versions: &[&str]| {
            let versions: Vec<_> = versions.iter().map(|v| json!({ "version": v })).collect();
            Answer::json(&json!({ "modules": [{ "versions": versions }] }))
        };
        let lead = |to: &str| Answer::status(204).header("X-Terraform-Get", to);
        match request.path.as_str() {
            "/.well-known/terraform.json" => Answer::json(&json!({ "modules.v1": "/m/" })),
            "/m/a/net/aws/versions" => versions(&["1.0.0", "1.2.0", "2.0.0-beta1", "0.1.0"]),
            "/m/a/net/aws/1.2.0/download" => lead("/pkg/net.tar.gz"),
            "/m/a/net/aws/1.0.0/download" => lead("./../../../../../pkg/net.tgz?archive=tar.gz"),
            "/m/a/net/aws/2.0.0-beta1/download" => lead("/pkg/net.tar.gz//other"),
            "/m/a/empty/aws/versions" => versions(&[]),
            "/m/a/odd/aws/versions" => versions(&["1.0.0", "x"]),
            "/m/a/odd/aws/1.0.0/download" => Answer::status(204),
            "/m/a/led/aws/versions" | "/m/a/self/aws/versions" => versions(&["1.0.0"]),
            "/m/a/led/aws/1.0.0/download" => lead("file:///etc"),
            "/m/a/self/aws/1.0.0/download" => lead("/m/nothing.zip"),
            path if path.starts_with("/pkg/net") => Answer::ok(tarball(&files())),
            _ => Answer::status(404),
        }
    })
}

/// How sources name the server: with a dot in it.
fn host(server: &Server) -> String {
    server.host().replace("localhost", "127.0.0.1")
}

#[test]
fn versions_are_chosen_as_terraform_chooses_them() {
    let server = registry();
    let module = format!("{}/a/net/aws", host(&server));
    let calls = [
        call("newest", &module),
        call_version("older", &module, "< 1.2"),
        call_version("same", &module, "~> 1.0"),
        call_version("beta", &module, "2.0.0-beta1"),
        call_version("inside", &format!("{module}//sub"), "1.2.0"),
    ];
    compare(&calls.concat(), Some(&server), &[&["get"], &["get"], &["get", "-update"]]);
}

#[test]
fn errors_are_those_of_terraform() {
    let server = registry();
    let host = host(&server);
    let all = [
        call_version("a", &format!("{host}/a/net/aws"), "> 3"),
        call_version("a", &format!("{host}/a/net/aws"), ">= 2.0.0-beta1"),
        call("a", &format!("{host}/a/empty/aws")),
        call("a", &format!("{host}/a/nothing/aws")),
        call("a", &format!("{host}/a/self/aws")),
        call_version("a", "./x", "1.0"),
    ];
    compare_errors(&all, Some(&server));
}

#[test]
fn a_directory_that_is_not_there_is_named() {
    let server = registry();
    let source = format!("{}/a/net/aws//nothing", host(&server));
    let output = World::new(&call("a", &source), Some(&server)).groma(&["get"]);
    let said = words(&output.stderr);
    let expected = "The directory .terraform/modules/a/nothing does not exist. The target submodule \
                    nothing does not exist within the target module.";
    assert!(output.code == 1 && said.contains(expected), "{said}");
    assert!(!output.stdout.contains("- a in"), "{}", output.stdout);
}

#[test]
fn a_registry_leads_to_no_place_on_this_disk() {
    let server = registry();
    let world = World::new(&call("a", &format!("{}/a/led/aws", host(&server))), Some(&server));
    let output = world.groma(&["get"]);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("Invalid package location"), "{}", output.stderr);
    assert!(!world.work.path().join(".terraform/modules/a").exists());
}

#[test]
fn a_version_that_is_none_is_passed_over() {
    let server = registry();
    let world = World::new(&call("a", &format!("{}/a/odd/aws", host(&server))), Some(&server));
    let output = world.groma(&["get"]);
    let said = words(&(output.stdout + &output.stderr));
    assert!(said.contains("invalid version string \"x\""), "{said}");
    assert!(said.contains("Failed to retrieve a download URL"), "{said}");
}

#[test]
fn a_registry_is_shown_its_token_and_nobody_else() {
    let server = registry();
    let host = host(&server);
    let world = World::new(&call("a", &format!("{host}/a/net/aws")), Some(&server));
    let token = "s3cr3t-token";
    world.work.write("cli.tfrc", format!("credentials {host:?} {{\n  token = {token:?}\n}}\n"));
    let output = world.work.run_with(
        &groma_tests::groma_binary(),
        ["get"],
        [
            ("SSL_CERT_FILE", &*server.authority().to_string_lossy()),
            ("TF_CLI_CONFIG_FILE", "cli.tfrc"),
        ],
    );
    let said = output.success();
    assert!(!(said.stdout + &said.stderr).contains(token));
    let shown = |request: &Request| request.header("authorization").map(str::to_owned);
    for request in server.take_requests() {
        let expected = (!request.path.starts_with("/pkg/")).then(|| format!("Bearer {token}"));
        assert_eq!(shown(&request), expected, "{}", request.path);
    }
}

#[test]
fn several_are_fetched_at_once_and_told_in_order() {
    const COUNT: usize = 4;
    // Nobody is answered before all have asked.
    let barrier = Arc::new(Barrier::new(COUNT));
    let server = Server::start(move |request| {
        if request.path.starts_with("/pkg/") {
            barrier.wait();
        }
        Answer::ok(tarball(&files()))
    });
    let source = |n: usize| format!("{}//other", server.url(&format!("/pkg/{n}.tar.gz")));
    let main: String = (0..COUNT).rev().map(|n| call(&format!("m{n}"), &source(n))).collect();
    let world = World::new(&main, Some(&server));
    let said = world.groma(&["get"]).success().stdout;
    let expected: String = (0..COUNT)
        .map(|n| {
            let url = server.url(&format!("/pkg/{n}.tar.gz"));
            format!("Downloading {url} for m{n}...\n- m{n} in .terraform/modules/m{n}/other\n")
        })
        .collect();
    assert_eq!(said, expected);
}

#[test]
fn what_many_call_is_fetched_once() {
    let server = Server::start(|_| Answer::ok(tarball(&files())));
    let source = server.url("/all.tar.gz");
    let main: String = (0..20).map(|n| call(&format!("m{n}"), &format!("{source}//sub"))).collect();
    let world = World::new(&main, Some(&server));
    world.groma(&["get"]).success();
    assert_eq!(server.take_requests().len(), 1);
    let installed = std::fs::read_dir(world.work.path().join(".terraform/modules"));
    // And `modules.json`, and nothing that was temporary.
    assert_eq!(installed.expect("a directory").count(), 21);
}
