//! Modules from archives on web servers.

use groma_tests::server::{Answer, Server};

use crate::world::{World, call, compare, compare_errors, files, tarball, zipped};

fn server() -> Server {
    Server::start(|request| {
        let path = request.path.split('?').next().unwrap_or_default();
        let host = request.header("host").unwrap_or_default();
        let own = |path: &str| format!("https://{host}{path}");
        match path {
            "/a.zip" | "/b" => Answer::ok(zipped(&files())),
            "/a.tar.gz" | "/a.tgz" => Answer::ok(tarball(&files())),
            "/page" => Answer::ok(format!(
                "<html><head><meta name=\"terraform-get\" content=\"{}\"></head></html>",
                own("/a.zip")
            )),
            "/header" => Answer::status(200).header("X-Terraform-Get", &own("/a.tar.gz")),
            "/inside" => Answer::status(204).header("X-Terraform-Get", &own("/a.zip//other")),
            "/circle" => Answer::status(204).header("X-Terraform-Get", &own("/circle")),
            "/nothing-said" => Answer::ok("<html></html>"),
            "/broken.zip" => Answer::ok("no archive"),
            "/moved.zip" => Answer::redirect("/a.zip"),
            "/a.gz" => Answer::ok("x"),
            _ => Answer::status(404),
        }
    })
}

#[test]
fn archives_are_unpacked() {
    let server = server();
    let url = |path: &str| server.url(path);
    let calls = [
        ("zip", url("/a.zip")),
        ("gzip", url("/a.tar.gz//sub")),
        ("tgz", url("/a.tgz")),
        ("named", url("/b?archive=zip")),
        ("moved", url("/moved.zip")),
        ("forced", format!("https::{}", url("/a.zip"))),
    ];
    let main: String = calls.iter().map(|(name, source)| call(name, source)).collect();
    compare(&main, Some(&server), &[&["get"], &["get"]]);
}

#[test]
fn pages_say_where_archives_are() {
    let server = server();
    for path in ["/header", "/page", "/inside", "/header//sub"] {
        compare(&call("a", &server.url(path)), Some(&server), &[&["get"]]);
    }
}

#[test]
fn errors_are_those_of_terraform() {
    let server = server();
    let paths = ["/nothing.zip", "/nothing", "/nothing-said", "/a.zip//nothing"];
    compare_errors(&paths.map(|path| call("a", &server.url(path))), Some(&server));
}

#[test]
fn other_errors_are_told() {
    let server = server();
    let check = |path: &str, expected: &str| {
        let world = World::new(&call("a", &server.url(path)), Some(&server));
        let output = world.groma(&["get"]);
        let said = crate::world::words(&output.stderr);
        assert!(output.code == 1 && said.contains(expected), "{path}: {said}");
        assert!(!world.work.path().join(".terraform/modules/a").exists());
    };
    check("/broken.zip", "error extracting the package: the archive cannot be read");
    check("/circle", "too many X-Terraform-Get redirects");
    check("/a.gz", "gzip-compressed files can only unarchive to a single file");
    check("/a.zip?checksum=md5:00000000000000000000000000000000", "Checksums did not match");
    check("/a.zip?checksum=x", "invalid checksum");
}

#[test]
fn checksums_are_compared() {
    use sha2::Digest as _;
    let server = server();
    let digest = sha2::Sha256::digest(zipped(&files()));
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let main = call("a", &server.url(&format!("/a.zip?checksum=sha256:{digest}")));
    compare(&main, Some(&server), &[&["get"]]);
}

#[test]
fn servers_are_told_who_it_is() {
    let server = Server::start(|request| match request.header("authorization") {
        Some("Basic dXNlcjpodW50ZXIy") => Answer::ok(zipped(&files())),
        _ => Answer::status(401),
    });
    let world = World::new(&call("a", &server.url("/a.zip")), Some(&server));
    assert_eq!(world.groma(&["get"]).code, 1);
    let file = "machine localhost\nlogin user\npassword hunter2\n";
    world.work.write(".netrc", file);
    let authority = server.authority().to_string_lossy().into_owned();
    let env = [("SSL_CERT_FILE", &*authority), ("NETRC", ".netrc")];
    world.work.run_with(&groma_tests::groma_binary(), ["get"], env).success();
    let source = server.url("/a.zip").replace("://", "://user:hunter2@");
    let world = World::new(&call("a", &source), Some(&server));
    let output = world.groma(&["get"]).success();
    assert!(!(output.stdout + &output.stderr).contains("hunter2"));
}
