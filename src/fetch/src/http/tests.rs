use std::sync::Mutex;

use groma_tests::server::{Answer, Request, Server};
use serde_json::json;

use super::*;

fn host(text: &str) -> Host {
    Host::parse(text).expect("a host")
}

fn url(text: &str) -> Url {
    Url::parse(text).expect("a URL")
}

fn settings(server: &Server) -> Settings {
    let roots = Roots { file: Some(server.authority().to_owned()), directories: Some(Vec::new()) };
    Settings { roots, pause: |_| (), ..Settings::default() }
}

fn with_token(server: &Server) -> Settings {
    let mut settings = settings(server);
    let tokens = [(host(&server.host()), Token::new("s3cret"))];
    settings.credentials.variables = tokens.into();
    settings
}

/// What comes of a request, with `HERE` for the server.
fn outcome(server: &Server, response: Result<Response, HttpError>) -> String {
    let said = match response {
        Ok(response) => {
            let line = response.status_line();
            match response.bytes(20) {
                Ok(body) => format!("{line}: {}", String::from_utf8_lossy(&body)),
                Err(error) => error.to_string(),
            }
        }
        Err(error) => error.to_string(),
    };
    assert!(!said.contains("s3cret"), "{said}");
    said.replace(&server.host(), "HERE").replace(&server.other_url(""), "https://THERE")
}

/// One line for each request: its path, and the token that it showed.
fn asked(server: &Server) -> Vec<String> {
    let line = |request: Request| {
        let token = request.header("authorization").unwrap_or("no token");
        format!("{} {token}", request.path)
    };
    server.take_requests().into_iter().map(line).collect()
}

#[test]
fn answers_are_read_up_to_a_limit() {
    let server = Server::start(|request| match &*request.path {
        "/small" => Answer::ok("hello"),
        "/large" => Answer::ok("x".repeat(21)),
        "/torn" => Answer::ok("0123456789").truncated(),
        _ => Answer::status(404),
    });
    let client = Client::new(settings(&server));
    let get = |path: &str| outcome(&server, client.get(url(&server.url(path))).send());
    assert_eq!(get("/small"), "200 OK: hello");
    assert_eq!(get("/none"), "404 Not Found: ");
    let large = "the response from \"https://HERE/large\" is larger than 20 bytes";
    assert_eq!(get("/large?token=s3cret"), "404 Not Found: ");
    assert_eq!(get("/large"), large);
    let torn = get("/torn");
    assert!(torn.starts_with("Get \"https://HERE/torn\": "), "{torn}");
}

#[test]
fn only_known_authorities_are_believed() {
    let server = Server::start(|_| Answer::ok("hello"));
    let roots = Roots { file: Some("/nonexistent".into()), directories: Some(Vec::new()) };
    let client = Client::new(Settings { roots, ..Settings::default() });
    let said = outcome(&server, client.get(url(&server.url("/x"))).as_service().send());
    assert_eq!(said, "Get \"https://HERE/x\": invalid peer certificate: UnknownIssuer");
}

#[test]
fn redirects_are_followed_without_the_token() {
    let server = Server::start(|request| {
        let port = request.header("host").and_then(|host| host.rsplit_once(':'));
        let port = port.map(|(_, port)| port).unwrap_or_default();
        match &*request.path {
            "/here" => Answer::redirect("/end"),
            "/there" => Answer::redirect(&format!("https://127.0.0.1:{port}/end")),
            "/plain" => Answer::redirect("http://127.0.0.1/end"),
            "/file" => Answer::redirect("file:///etc/passwd"),
            "/round?s3cret" => Answer::redirect("/round?s3cret"),
            "/end" => Answer::ok("end"),
            _ => Answer::status(404),
        }
    });
    let client = Client::new(with_token(&server));
    let get = |path: &str| {
        let request = client.get(url(&server.url(path))).token_of(&host(&server.host()));
        outcome(&server, request.expect("a token").allow_plain().send())
    };
    assert_eq!(get("/here"), "200 OK: end");
    assert_eq!(asked(&server), ["/here Bearer s3cret", "/end Bearer s3cret"]);
    assert_eq!(get("/there"), "200 OK: end");
    assert_eq!(asked(&server), ["/there Bearer s3cret", "/end no token"]);
    let insecure = "the redirect leads from https to an insecure URL";
    assert_eq!(get("/plain"), format!("Get \"http://127.0.0.1/end\": {insecure}"));
    assert_eq!(get("/file"), format!("Get \"file:///etc/passwd\": {insecure}"));
    server.take_requests();
    assert_eq!(get("/round?s3cret"), "Get \"https://HERE/round\": stopped after 10 redirects");
    assert_eq!(asked(&server).len(), 11);
}

#[test]
fn plain_urls_are_for_what_is_checked_otherwise() {
    let server = Server::start_plain(|_| Answer::ok("hello"));
    let client = Client::new(with_token(&server));
    let get = || client.get(url(&server.url("/x")));
    let refused = "cannot use \"http://HERE/x\": only https URLs are used for this";
    assert_eq!(outcome(&server, get().send()), refused);
    assert_eq!(outcome(&server, get().allow_plain().send()), "200 OK: hello");
    let shown = get().token_of(&host(&server.host())).expect("a token").allow_plain();
    let refused = "cannot use \"http://HERE/x\": a token is configured for it, which is sent only \
                   over https";
    assert_eq!(outcome(&server, shown.send()), refused);
    assert_eq!(asked(&server), ["/x no token"]);
}

#[test]
fn services_that_are_not_well_are_asked_again() {
    let failures = Arc::new(Mutex::new(0));
    let left = Arc::clone(&failures);
    let server = Server::start(move |request| {
        let mut left = left.lock().expect("a number");
        if *left == 0 {
            return Answer::ok("well");
        }
        *left -= 1;
        Answer::status(if request.path == "/busy" { 429 } else { 503 })
    });
    let client = Client::new(Settings { retries: 2, ..settings(&server) });
    let get = |path: &str, count| {
        *failures.lock().expect("a number") = count;
        outcome(&server, client.get(url(&server.url(path))).as_service().send())
    };
    assert_eq!(get("/", 2), "200 OK: well");
    assert_eq!(get("/busy", 2), "200 OK: well");
    assert_eq!(
        get("/", 3),
        "the request failed after 3 attempts, please try again later: 503 Service Unavailable \
         returned from HERE"
    );
    *failures.lock().expect("a number") = 1;
    let once = client.get(url(&server.url("/"))).send();
    assert_eq!(outcome(&server, once), "503 Service Unavailable: ");
}

#[test]
fn hosts_say_where_services_are() {
    let server = Server::start(|request| match &*request.path {
        "/.well-known/terraform.json" => Answer::redirect("/moved/there.json"),
        "/moved/there.json" => Answer::json(&json!({
            "providers.v1": "providers/",
            "modules.v2": "/modules/",
            "login.v1": { "client": "x" },
            "odd.v1": "ftp://example.com/",
            "named.v1": "https://me:s3cret@example.com/",
        })),
        _ => Answer::status(404),
    });
    let here = host(&server.host());
    let client = Client::new(with_token(&server));
    let services = client.services(&here).expect("services");
    let url = |service: &str| match services.url(service) {
        Ok(url) => url.to_string().replace(&server.host(), "HERE"),
        Err(error) => error.to_string(),
    };
    assert_eq!(url("providers.v1"), "https://HERE/moved/providers/");
    assert_eq!(url("modules.v1"), "host does not support modules version v1");
    assert_eq!(url("login.v1"), "host does not provide a login.v1 service");
    assert_eq!(url("odd.v1"), "invalid service URL for odd.v1: unsupported scheme ftp");
    assert_eq!(
        url("named.v1"),
        "invalid service URL for named.v1: embedded username/password information is not permitted"
    );
    client.services(&here).expect("services");
    let path = "/.well-known/terraform.json Bearer s3cret";
    assert_eq!(asked(&server), [path, "/moved/there.json Bearer s3cret"]);
}

#[test]
fn hosts_may_be_known_without_asking() {
    let known = host("registry.example.test");
    let services: BTreeMap<String, String> =
        [("providers.v1".to_owned(), "/v1/".to_owned())].into();
    let settings = Settings { services: [(known.clone(), services)].into(), ..Settings::default() };
    let services = Client::new(settings).services(&known).expect("services");
    let url = services.url("providers.v1").expect("a URL");
    assert_eq!(url.as_str(), "https://registry.example.test/v1/");
}

#[test]
fn hosts_that_say_something_else_are_refused() {
    let body = Arc::new(Mutex::new(Answer::status(404)));
    let now = Arc::clone(&body);
    let server = Server::start(move |_| now.lock().expect("an answer").clone());
    let discover = |answer: Answer| {
        *body.lock().expect("an answer") = answer;
        let services = Client::new(settings(&server)).services(&host(&server.host()));
        services.map(|services| services.url("x.v1").is_ok()).map_err(|error| error.to_string())
    };
    assert_eq!(discover(Answer::status(404)), Ok(false));
    let failed = "failed to request discovery document: ";
    assert_eq!(discover(Answer::status(403)), Err(format!("{failed}403 Forbidden")));
    let html = Answer::ok("<html>").header("Content-Type", "text/html");
    let kind = "discovery URL returned an unsupported Content-Type \"text/html\"";
    assert_eq!(discover(html), Err(kind.to_owned()));
    let array = discover(Answer::json(&json!([]))).expect_err("an error");
    assert!(array.starts_with("failed to decode discovery document as a JSON object: "), "{array}");
    let large = discover(Answer::json(&json!("x".repeat(1 << 20)))).expect_err("an error");
    assert!(large.ends_with("is larger than 1048576 bytes"), "{large}");
    let round = discover(Answer::redirect("/.well-known/terraform.json")).expect_err("an error");
    assert!(round.ends_with("stopped after 3 redirects"), "{round}");
}

#[cfg(unix)]
mod helpers {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn know_tokens() {
        let dir = tempfile::tempdir().expect("a directory");
        let program = dir.path().join("terraform-credentials-x");
        let script = "#!/bin/sh\necho \"$@\" >> \"${0%/*}/asked\"\ncase \"$3\" in\n\
                      known) echo '{\"token\": \"s3cret\"}';;\nnone) echo '{}';;\n\
                      odd) echo '{\"token\": 1}';;\n*) exit 3;;\nesac\n";
        std::fs::write(&program, script).expect("a file");
        let run = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&program, run).expect("permissions");
        let helper = Helper::new(program.clone(), vec!["-a".to_owned()]);
        let credentials = Credentials { helper: Some(Arc::new(helper)), ..Credentials::default() };
        let token = |name: &str| match credentials.token(&host(name)) {
            Ok(token) => format!("{:?}", token.is_some()),
            Err(error) => error.to_string().replace(&program.display().to_string(), "PROGRAM"),
        };
        assert_eq!(token("known"), "true");
        assert_eq!(token("known"), "true");
        assert_eq!(token("none"), "false");
        let odd = "its answer is not of the form {\"token\": \"…\"}";
        assert_eq!(token("odd"), format!("the credentials helper PROGRAM failed for odd: {odd}"));
        let ended = "it ended with exit status: 3";
        assert_eq!(token("x"), format!("the credentials helper PROGRAM failed for x: {ended}"));
        let asked = std::fs::read_to_string(dir.path().join("asked")).expect("a file");
        assert_eq!(asked, "-a get known\n-a get none\n-a get odd\n-a get x\n");
    }
}
