//! What comes from elsewhere and means harm.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use groma_tests::server::{Answer, Server};

use crate::world::{Repository, World, call, tarball, words};

/// What `get` says of a source that it refuses.
#[track_caller]
fn refused(source: &str, server: Option<&Server>) -> String {
    let world = World::new(&call("a", source), server);
    let output = world.groma(&["get"]);
    assert_eq!(output.code, 1, "{}", output.stdout);
    let modules = world.work.path().join(".terraform/modules");
    let left = std::fs::read_dir(modules).into_iter().flatten().flatten();
    let left: Vec<_> = left.map(|entry| entry.file_name()).collect();
    assert!(left.iter().all(|name| name == "modules.json"), "{left:?}");
    words(&(output.stdout + &output.stderr))
}

#[test]
fn servers_lead_to_no_place_on_this_disk() {
    for target in [
        "file:///etc",
        "/../etc",
        "file::/etc",
        "FILE:///etc",
        "git::file:///etc",
        "./x/../..",
        "../../x",
    ] {
        let server = Server::start(move |request| match request.path.as_str() {
            "/x?terraform-get=1" => Answer::status(204).header("X-Terraform-Get", target),
            _ => Answer::status(404),
        });
        let said = refused(&server.url("/x"), Some(&server));
        assert!(said.contains("which is not a place to download from"), "{target}: {said}");
    }
}

#[test]
fn redirects_lead_to_no_place_on_this_disk() {
    let server = Server::start(|_| Answer::redirect("file:///etc/passwd"));
    let said = refused(&server.url("/x.zip"), Some(&server));
    assert!(!said.contains("root:"), "{said}");
    let plain = Server::start_plain(|_| Answer::ok(tarball(&[])));
    let to = plain.url("/x.tar.gz");
    let server = Server::start(move |_| Answer::redirect(&to));
    let said = refused(&server.url("/x.tar.gz"), Some(&server));
    assert!(said.contains("from https to an insecure URL"), "{said}");
}

#[test]
fn references_are_no_options() {
    let repository = Repository::new();
    let witness = repository.dir.path().join("witness");
    let url = repository.url();
    let said = refused(&format!("{url}?ref=--upload-pack=touch+{}", witness.display()), None);
    assert!(said.contains("invalid Git reference"), "{said}");
    let said = refused(&format!("git::ext::touch {}", witness.display()), None);
    assert!(said.contains("transport \"ext\" not allowed"), "{said}");
    assert!(!witness.exists());
}

#[test]
fn repositories_do_not_lead_out() {
    let repository = Repository::new();
    std::os::unix::fs::symlink("/etc/passwd", repository.dir.path().join("link.tf"))
        .expect("a link");
    repository.commit("v3");
    let said = refused(&repository.url(), None);
    assert!(said.contains("a symbolic link, \"link.tf\", to \"/etc/passwd\""), "{said}");
}

#[test]
fn secrets_are_not_told() {
    let server = Server::start(|_| Answer::status(403));
    let with = |path: &str| server.url(path).replace("://", "://user:hunter2@");
    for source in [
        format!("git::{}?sshkey=aHVudGVyMg==", with("/x.git")),
        format!("git::{}", with("/x.git")),
        with("/x.zip"),
        with("/x"),
        format!("{}?token=hunter2", server.url("/x.zip")),
    ] {
        let said = refused(&source, Some(&server));
        assert!(!said.contains("hunter2") && !said.contains("aHVudGVyMg"), "{said}");
        assert!(said.contains("redacted"), "{said}");
    }
}

#[test]
fn modules_in_a_circle_end() {
    let repository = Repository::new();
    let url = repository.url();
    repository.write("newer.tf", &(call("x", &url) + &call("y", &url)));
    repository.commit("v3");
    let world = World::new(&call("a", &url), None);
    let output = world.groma(&["get"]);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("Module calls itself"), "{}", output.stderr);
    let local = World::new(&(call("x", "./") + &call("y", "./")), None);
    assert!(local.groma(&["plan"]).stderr.contains("Module calls itself"));
}

#[test]
fn answers_without_an_end_are_given_up() {
    // A header that does not stop. Whoever reads it all takes all memory.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let Ok(mut connection) = connection else { return };
            let mut request = [0; 1024];
            let _ = connection.read(&mut request);
            let _ = connection.write_all(b"HTTP/1.1 200 OK\r\nX-Much: ");
            while connection.write_all(&[b'x'; 1 << 12]).is_ok() {}
        }
    });
    let said = refused(&format!("http://127.0.0.1:{port}/x.zip"), None);
    assert!(said.contains("Failed to download module"), "{said}");
}
