//! docs/differences.md says what is true: each row is held to it.

use std::path::Path;

use groma_tests::registry::Registry;
use groma_tests::server::{Answer, Server};
use groma_tests::styled::styled;
use groma_tests::terminal::{ENTER, INTERRUPT};
use groma_tests::{Output, Workdir, groma_binary};

/// One check for each row of the tables, in their order.
const DIFFERENCES: &[(&str, fn())] = &[
    ("`&&`", || {
        evaluates("false && length(keys(jsondecode(\"{\"))) > 0", "false");
        let work = with(
            "resource \"terraform_data\" \"a\" {}\noutput \"o\" {\n  value = terraform_data.a.id == \
             \"x\" && false\n}\n",
        );
        let shown = work.groma(["plan"]).success().stdout;
        assert!(shown.contains("+ o = false"), "{shown}");
    }),
    ("`element(list, -1)`", || evaluates("element([1, 2, 3], -1)", "3")),
    ("an infinite number", || refuses("output \"o\" {\n  value = 1 / 0\n}\n", "inf")),
    ("an output of a called module", || {
        let work = with(
            "module \"m\" {\n  source = \"./m\"\n}\nresource \"terraform_data\" \"a\" {\n  input = \
             module.m.o\n}\n",
        );
        let output = "output \"o\" {\n  value     = \"s3cret\"\n  sensitive = true\n}\n";
        work.write("m/main.tf", output);
        let shown = work.groma(["plan"]).success().stdout;
        assert!(shown.contains("(sensitive value)") && !shown.contains("s3cret"), "{shown}");
    }),
    ("`textencodebase64` of IBM", || {
        refuses("output \"o\" {\n  value = textencodebase64(\"a\", \"IBM037\")\n}\n", "IBM037");
        refuses("output \"o\" {\n  value = textencodebase64(\"a\", \"HZ-GB-2312\")\n}\n", "HZ-");
    }),
    ("`setproduct` of more than 134,217,728", || {
        let much = "output \"o\" {\n  value = length(setproduct(range(1000), range(1000), \
                    range(1000)))\n}\n";
        refuses(much, "setproduct");
    }),
    ("a number of over a million digits", || {
        refuses("output \"o\" {\n  value = \"${1e99999999}x\"\n}\n", "the number has over");
    }),
    ("`fmt` of a block's label", || formats("x \"a$b\" \"c%d\" {}\n")),
    ("`fmt` of an index", || formats("a = b[true][null]\n")),
    ("nesting in a file", || {
        let nested = |depth| {
            let (open, close) = ("[".repeat(depth), "]".repeat(depth));
            format!("output \"o\" {{\n  value = length({open}{close})\n}}\n")
        };
        with(&nested(900)).groma(["validate"]).success();
        refuses(&nested(1100), "Nesting too deep");
    }),
    ("errors in a file", || {
        let output = with(&"=\n".repeat(300)).groma(["validate", "-json"]);
        let all = output.json()["diagnostics"].as_array().map_or(0, Vec::len);
        assert_eq!(all, 200, "{}", output.stdout);
    }),
    ("`init`", || {
        with("output \"o\" {\n  value = 1\n}\n").groma(["plan"]).success();
    }),
    ("`init -reconfigure`", || {
        let work = with("resource \"terraform_data\" \"a\" {}\n");
        let record = "{\"version\": 3, \"backend\": {\"type\": \"s3\", \"config\": {}}}";
        work.write(".terraform/terraform.tfstate", record);
        assert_eq!(work.groma(["plan"]).code, 1);
        work.groma(["init", "-reconfigure"]).success();
        work.groma(["plan"]).success();
    }),
    ("`init` where what is locked is installed", || {
        let (registry, work) = published("");
        init(&registry, &work).success();
        registry.server.take_requests();
        init(&registry, &work).success();
        assert_eq!(registry.server.take_requests().len(), 0);
    }),
    ("a version that a network mirror has no package of", || {
        let (registry, work) = published("  network_mirror {\n    url = \"HERE/mirror/\"\n  }\n");
        let package = "/mirror/registry.example.test/acme/x/1.0.0.json";
        registry.set(package, Answer::status(404));
        let said = init(&registry, &work).success().stdout;
        assert!(said.contains("(self-signed, key ID "), "{said}");
    }),
    ("a registry that redirects", || {
        let (registry, work) = published("");
        let versions = "/v1/providers/acme/x/versions";
        registry.set(versions, Answer::redirect("http://127.0.0.1/versions"));
        let output = init(&registry, &work);
        assert_eq!(output.code, 1, "{}", output.stdout);
        assert!(output.stderr.contains("insecure URL"), "{}", output.stderr);
        let plain = Server::start_plain(|_| Answer::status(404));
        let rc = format!(
            "host \"registry.example.test\" {{\n  services = {{\n    \"providers.v1\" = \
             \"{}\"\n  }}\n}}\ncredentials \"registry.example.test\" {{\n  token = \
             \"s3cret\"\n}}\n",
            plain.url("/")
        );
        work.write("rc", rc);
        let output = init(&registry, &work);
        assert!(output.stderr.contains("sent only over"), "{}", output.stderr);
        assert_eq!(plain.take_requests().len(), 0);
    }),
    ("a state file that was not imported", || {
        let work = with("resource \"terraform_data\" \"a\" {}\n");
        work.groma(["apply", "-auto-approve"]).success();
        let state = work.groma(["state", "pull"]).success().stdout;
        let other = with("resource \"terraform_data\" \"a\" {}\n");
        other.write("terraform.tfstate", state);
        let output = other.groma(["plan"]);
        assert_eq!(output.code, 1, "{}", output.stdout);
        assert!(output.stderr.contains("init -migrate-state"), "{}", output.stderr);
        other.groma(["init", "-migrate-state"]).success();
        assert!(other.groma(["plan"]).success().stdout.contains("No changes."));
    }),
    ("`-refresh-only` with a computed number", || {
        let work = with("output \"o\" {\n  value = sum([1, 2])\n}\n");
        work.groma(["apply", "-auto-approve"]).success();
        work.groma(["plan", "-refresh-only", "-detailed-exitcode"]).success();
    }),
    ("`-refresh-only` where only outputs change", || {
        let work = with("output \"o\" {\n  value = 1\n}\n");
        work.groma(["apply", "-auto-approve"]).success();
        work.write("main.tf", "locals {\n}\n");
        let planned = work.groma(["plan", "-refresh-only"]).success().stdout;
        assert!(planned.contains("save these new output values"), "{planned}");
        work.groma(["apply", "-refresh-only", "-auto-approve"]).success();
        assert_eq!(work.groma(["output", "-json"]).success().stdout.trim(), "{}");
    }),
    ("`-target`, where an instance goes", || {
        let count = |count: usize| {
            format!(
                "resource \"terraform_data\" \"a\" {{\n  count = {count}\n}}\nresource \
                 \"terraform_data\" \"b\" {{\n  depends_on = [terraform_data.a]\n}}\n"
            )
        };
        let work = with(&count(2));
        work.groma(["apply", "-auto-approve"]).success();
        work.write("main.tf", count(1));
        work.groma(["apply", "-target=terraform_data.b", "-auto-approve"]).success();
        let left = work.groma(["state", "list"]).success().stdout;
        assert_eq!(left, "terraform_data.a[0]\nterraform_data.b\n");
    }),
    ("the planned values of a replacement", || {
        let password =
            |length| format!("resource \"random_password\" \"a\" {{\n  length = {length}\n}}\n");
        let work = with(&password(8));
        work.groma(["apply", "-auto-approve"]).success();
        work.write("main.tf", password(9));
        work.groma(["plan", "-out=p"]).success();
        let plan = work.groma(["show", "-json", "p"]).success().json();
        let planned = &plan["planned_values"]["root_module"]["resources"][0];
        assert_eq!(planned["sensitive_values"]["result"], true, "{planned}");
    }),
    ("commands about the state alone", || {
        let work = with("resource \"terraform_data\" \"a\" {}\n");
        work.groma(["apply", "-auto-approve"]).success();
        work.write("main.tf", "variable \"v\" {\n  default = tolist([])\n}\n");
        assert_eq!(work.groma(["plan"]).code, 1);
        assert_eq!(work.groma(["state", "list"]).success().stdout, "terraform_data.a\n");
        work.groma(["taint", "terraform_data.a"]).success();
        work.write("main.tf", "locals {\n  a = )\n}\n");
        work.groma(["state", "list"]).success();
        work.write("main.tf", "terraform {\n  backend \"local\" {\n    path = )\n  }\n}\n");
        assert_eq!(work.groma(["state", "list"]).code, 1);
    }),
    ("`-state`", || {
        let output = with("").groma(["plan", "-state=x"]);
        assert_eq!(output.code, 1);
        assert!(output.stderr.contains("-state"), "{}", output.stderr);
    }),
    ("`terraform_remote_state` of a `local` backend", || {
        let work = with("output \"o\" {\n  value = 2\n}\n");
        work.groma(["apply", "-auto-approve"]).success();
        work.write("terraform.tfstate", "");
        let data = "data \"terraform_remote_state\" \"own\" {\n  backend = \"local\"\n  config = { path \
                    = \"../terraform.tfstate\" }\n}\noutput \"o\" {\n  value = \
                    data.terraform_remote_state.own.outputs.o\n}\n";
        work.write("other/main.tf", data);
        let said = work.groma(["-chdir=other", "apply", "-auto-approve"]).success().stdout;
        assert!(said.contains("o = 2"), "{said}");
    }),
    ("`apply -input=false`", || {
        let output = with("output \"o\" {\n  value = 1\n}\n").groma(["apply", "-input=false"]);
        assert_eq!(output.code, 1);
        assert!(output.stderr.contains("Approval required"), "{}", output.stderr);
    }),
    ("Ctrl-C once during `local-exec`", || {
        let work = interrupted(1);
        assert!(work.groma(["plan"]).success().stdout.contains("No changes."));
    }),
    ("Ctrl-C twice", || {
        let work = interrupted(2);
        assert!(work.groma(["plan"]).success().stdout.contains("is tainted"));
    }),
    ("history of `console`", || {
        let work = with("locals {\n  a = 1\n}\n");
        let mut terminal = work.terminal(&groma_binary(), ["console"]);
        terminal.expect("> ").send("1 + 1").send(ENTER).expect("2\r\n").expect("> ");
        terminal.send("exit").send(ENTER);
        assert_eq!(terminal.end().0, 0);
        let kept = std::fs::read_to_string(work.path().join(".groma/console_history"));
        assert!(kept.is_ok_and(|history| history.contains("1 + 1")));
    }),
    ("a Git repository", || {
        let library = library();
        let work = calling(&source(&library));
        work.groma(["get"]).success();
        assert!(work.path().join(".terraform/modules/a/.git/shallow").exists());
    }),
    ("passwords, tokens and keys", || {
        let output = calling("https://user:hunter2@127.0.0.1:1/x.zip").groma(["get"]);
        let said = output.stdout + &output.stderr;
        assert!(said.contains("https://redacted@127.0.0.1:1/x.zip"), "{said}");
        assert_eq!(said.matches("hunter2").count(), 0, "{said}");
    }),
    ("symbolic links in a package", || {
        let library = library();
        std::os::unix::fs::symlink("/etc/passwd", library.path().join("link")).expect("a link");
        commit(&library);
        let output = calling(&source(&library)).groma(["get"]);
        assert_eq!(output.code, 1);
        assert!(output.stderr.contains("has a symbolic link, \"link\""), "{}", output.stderr);
    }),
    ("a server that leads to a path", || {
        let server =
            Server::start_plain(|_| Answer::status(204).header("X-Terraform-Get", "file:///etc"));
        let output = calling(&server.url("/x")).groma(["get"]);
        assert_eq!(output.code, 1);
        assert!(output.stderr.contains("leads to"), "{}", output.stderr);
    }),
    ("a module that calls itself", || {
        refuses("module \"m\" {\n  source = \"./\"\n}\n", "Module calls itself");
    }),
    ("files whose names begin with a dot", || {
        let library = library();
        library.write(".hidden", "x");
        commit(&library);
        let source = source(&library);
        let work = calling(&source);
        work.write("other.tf", format!("module \"b\" {{\n  source = {source:?}\n}}\n"));
        work.groma(["get"]).success();
        for name in ["a", "b"] {
            let hidden = work.path().join(".terraform/modules").join(name).join(".hidden");
            assert!(hidden.exists(), "{name}");
        }
    }),
    ("modules that were installed before", || {
        let library = library();
        let work = calling(&source(&library));
        work.write("other.tf", "module \"b\" {\n  source = \"/nowhere\"\n}\n");
        assert_eq!(work.groma(["get"]).code, 1);
        let again = work.groma(["get"]);
        assert_eq!(again.stdout.matches(" for a...").count(), 0, "{}", again.stdout);
        assert!(again.stdout.contains(" for b..."), "{}", again.stdout);
    }),
    ("colours", || {
        let work = with("output \"o\" {\n  value = 1\n}\n");
        assert!(!work.groma(["plan"]).success().stdout.contains('\x1b'));
    }),
    ("refreshing in a pipe", || {
        let work = with("resource \"terraform_data\" \"a\" {}\n");
        work.groma(["apply", "-auto-approve"]).success();
        assert!(!work.groma(["plan"]).success().stdout.contains("Refreshing"));
    }),
    ("progress on a terminal", || {
        let work = with("resource \"terraform_data\" \"a\" {}\n");
        let terminal = work.colored_terminal(&groma_binary(), ["apply", "-auto-approve"]);
        let (code, sent) = terminal.end_sent();
        assert!(code == 0 && sent.contains("1 planned, 1 in progress (0s)"), "{sent}");
        assert_eq!(styled(&sent).matches("1 planned").count(), 0, "{sent}");
    }),
    ("`version` and `providers`", || {
        let work = with("resource \"terraform_data\" \"a\" {}\n");
        let said = work.groma(["version"]).success().stdout;
        assert!(said.contains("Terraform v1.11.4\n") && said.contains("+ groma v"), "{said}");
        let said = work.groma(["providers"]).success().stdout;
        assert!(said.contains("Served by:"), "{said}");
    }),
    ("source snippets", || {
        let work = with("output \"o\" {\n  value = var.missing\n}\n");
        let output = work.groma(["plan"]);
        assert!(output.stderr.contains("   2:   value = var.missing\n"), "{}", output.stderr);
        assert!(output.stderr.contains("^^^^^^^^^^^"), "{}", output.stderr);
    }),
    ("`graph -type`, `graph -plan`", || {
        let work = with("resource \"terraform_data\" \"a\" {\n  count = 2\n}\n");
        work.groma(["plan", "-out=plan"]).success();
        let drawn = work.groma(["graph", "-plan=plan"]).success().stdout;
        assert!(drawn.contains("terraform_data.a (expand)"), "{drawn}");
        assert!(!drawn.contains("(close)"), "{drawn}");
        assert!(drawn.contains("(refresh)") && drawn.contains("(made)"), "{drawn}");
    }),
    ("errors of syntax", || {
        let work = with("locals {\n  a = )\n}\nlocals {\n  b = [1 2]\n}\n");
        let output = work.groma(["plan"]);
        assert!(output.stderr.contains("on main.tf line 2, in locals"), "{}", output.stderr);
        assert!(output.stderr.contains("on main.tf line 5, in locals"), "{}", output.stderr);
    }),
    ("errors without a place", || {
        let text = "locals {\n  a = local.b\n  b = local.a\n}\n";
        refuses(text, "local.a refers to local.b at main.tf:2,7");
    }),
    ("a sensitive variable", || {
        let rule = "condition     = var.v == \"x\"\n    error_message = \"Not ${var.v}.\"";
        let text = format!(
            "variable \"v\" {{\n  default   = \"hush\"\n  sensitive = true\n  validation {{\n    \
             {rule}\n  }}\n}}\n"
        );
        let output = with(&text).groma(["plan"]);
        assert!(output.stderr.contains("Invalid value for variable"), "{}", output.stderr);
        let said = output.stdout.clone() + &output.stderr;
        assert_eq!(said.matches("hush").count(), 0, "{said}");
    }),
    ("an attribute that forces", || {
        let text =
            |v| format!("resource \"terraform_data\" \"a\" {{\n  triggers_replace = {v}\n}}\n");
        let work = with(&text(1));
        work.groma(["apply", "-auto-approve"]).success();
        work.write("main.tf", text(2));
        let shown = work.groma(["plan"]).success().stdout;
        let cause = "# replaced because of triggers_replace, at main.tf:2";
        assert!(shown.contains(cause), "{shown}");
    }),
    ("what `init` finds", || {
        let work = with("output \"o\" {\n  value      = 1\n  depends_on = [\"local.a\"]\n}\n");
        let output = work.groma(["init"]);
        let said = output.stdout + &output.stderr;
        assert_eq!(said.matches("Quoted references are deprecated").count(), 1, "{said}");
        assert_eq!(said.matches("similar warning").count(), 0, "{said}");
    }),
    ("a variable whose default was planned", || {
        let work = with("variable \"v\" {\n  default = 1\n}\noutput \"o\" {\n  value = var.v\n}\n");
        work.groma(["plan", "-out=plan"]).success();
        let output = work.groma(["apply", "-var=v=2", "plan"]);
        assert_eq!(output.code, 1);
        assert!(output.stderr.contains("specifies its default"), "{}", output.stderr);
    }),
    ("a reference to a deprecated attribute", || {
        let work = with(
            "resource \"random_string\" \"a\" {\n  length = 1\n}\nresource \"terraform_data\" \"b\" \
             {\n  count = 2\n  input = random_string.a.number\n}\n",
        );
        let said = work.groma(["plan", "-json"]).success().stdout;
        assert_eq!(said.matches("The attribute \\\"number\\\" is deprecated").count(), 1, "{said}");
    }),
    ("`plantimestamp()` that reaches", || {
        let work = with("output \"o\" {\n  value = plantimestamp()\n}\n");
        let said = work.groma(["plan"]).success().stdout;
        assert!(said.contains("Warning: Plan depends on when it was made"), "{said}");
        assert!(said.contains("\n - output o\n"), "{said}");
    }),
    ("`identity` in an", || {
        let import = "resource \"terraform_data\" \"a\" {}\nimport {\n  to = terraform_data.a\n  \
                      identity = { id = \"x\" }\n}\n";
        refuses(import, "Invalid import identity argument");
    }),
    ("backends other", || {
        refuses("terraform {\n  backend \"s3\" {}\n}\noutput \"o\" {\n  value = 1\n}\n", "\"s3\"");
    }),
    ("modules from S3", || {
        for (source, name) in [
            ("s3::https://s3.amazonaws.com/b/k.zip", "Amazon S3"),
            ("gcs::https://www.googleapis.com/storage/v1/b/k.zip", "Google Cloud Storage"),
            ("hg::https://127.0.0.1:1/x", "Mercurial"),
        ] {
            let output = calling(source).groma(["get"]);
            assert_eq!(output.code, 1, "{}", output.stdout);
            assert!(output.stderr.contains(name), "{}", output.stderr);
        }
    }),
    ("`checksum=file:URL`", || {
        let source = "https://127.0.0.1:1/x.zip?checksum=file:https://127.0.0.1:1/SUMS";
        let output = calling(source).groma(["get"]);
        assert_eq!(output.code, 1);
        let said = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("invalid checksum: files with checksums cannot be used"), "{said}");
    }),
    ("`-backend-config` of", || {
        let work = with("output \"o\" {\n  value = 1\n}\n");
        let output = work.groma(["init", "-backend-config=a=b"]);
        assert_eq!(output.code, 1, "{}", output.stdout);
        assert!(output.stderr.contains("Unsupported option"), "{}", output.stderr);
    }),
    ("provisioners other", || {
        let block = "resource \"terraform_data\" \"a\" {\n  provisioner \"remote-exec\" {\n    \
                     inline = [\"x\"]\n  }\n}\n";
        refuses(block, "remote-exec");
    }),
    ("`test`, `modules`, `login`, `logout`", || {
        for command in ["test", "modules", "login", "logout"] {
            let output = with("").groma([command]);
            assert_eq!(output.code, 1, "{}", output.stdout);
            assert!(output.stderr.contains("one of Terraform's"), "{}", output.stderr);
        }
    }),
    ("plan files that Terraform wrote", || {
        let work = with("output \"o\" {\n  value = 1\n}\n");
        work.write("its.plan", b"PK\x03\x04, as archives begin");
        let output = work.groma(["apply", "its.plan"]);
        assert_eq!(output.code, 1, "{}", output.stdout);
        assert!(output.stderr.contains("plan of Terraform's"), "{}", output.stderr);
    }),
];

/// A registry with one provider, and a configuration that needs it. `methods` come before the
/// registry itself; HERE is the server.
fn published(methods: &str) -> (Registry, Workdir) {
    let mut registry = Registry::start();
    registry.publish("acme/x", "1.0.0", &["linux_amd64"], b"#!/bin/sh\n");
    let rc = format!(
        "host \"registry.example.test\" {{\n  services = {{\n    \"providers.v1\" = \
         \"HERE/v1/providers/\"\n  }}\n}}\nprovider_installation {{\n{methods}  direct {{}}\n}}\n"
    );
    let work = with(
        "terraform {\n  required_providers {\n    x = {\n      source = \
         \"registry.example.test/acme/x\"\n    }\n  }\n}\n",
    );
    work.write("rc", rc.replace("HERE", &registry.server.url("")));
    (registry, work)
}

fn init(registry: &Registry, work: &Workdir) -> Output {
    let rc = work.path().join("rc").display().to_string();
    let authority = registry.server.authority().display().to_string();
    let env = [("TF_CLI_CONFIG_FILE", &*rc), ("SSL_CERT_FILE", &authority)];
    work.run_with(&groma_binary(), ["init"], env)
}

fn with(text: &str) -> Workdir {
    let work = Workdir::new();
    work.write("main.tf", text);
    work
}

/// A module in a repository.
fn library() -> Workdir {
    let library = with("locals {\n  a = 1\n}\n");
    library.run(Path::new("git"), ["init", "--quiet"]).success();
    commit(&library);
    library
}

fn commit(repository: &Workdir) {
    let git = Path::new("git");
    repository.run(git, ["add", "--all"]).success();
    let author = ["-c", "user.name=n", "-c", "user.email=e"];
    let commit = ["commit", "--quiet", "--message", "x"];
    repository.run(git, author.into_iter().chain(commit)).success();
}

fn source(repository: &Workdir) -> String {
    format!("git::file://{}", repository.path().display())
}

fn calling(source: &str) -> Workdir {
    with(&format!("module \"a\" {{\n  source = {source:?}\n}}\n"))
}

fn evaluates(expression: &str, expected: &str) {
    let work = with(&format!("output \"o\" {{\n  value = {expression}\n}}\n"));
    work.groma(["apply", "-auto-approve"]).success();
    assert_eq!(work.groma(["output", "-json", "o"]).success().stdout.trim(), expected);
}

fn refuses(text: &str, names: &str) {
    let output = with(text).groma(["apply", "-auto-approve"]);
    assert_eq!(output.code, 1, "{}", output.stdout);
    assert!(output.stderr.to_lowercase().contains(&names.to_lowercase()), "{}", output.stderr);
}

/// Neither takes anything from the text nor adds to it.
fn formats(text: &str) {
    let work = Workdir::new();
    work.write("x.tf", text);
    let output = work.groma(["fmt", "-check", "x.tf"]);
    assert_eq!((output.code, output.stdout.as_str()), (0, ""), "{text}");
}

/// What an apply leaves behind that is interrupted while its provisioner runs: once, after which
/// the provisioner is let go on, or twice.
fn interrupted(times: usize) -> Workdir {
    let work = with(
        "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \
         \"trap '' INT; echo ready; read line < pipe; true\"\n  }\n}\n",
    );
    work.run(Path::new("mkfifo"), ["pipe"]).success();
    let mut terminal = work.terminal(&groma_binary(), ["apply", "-auto-approve"]);
    terminal.expect("(local-exec): ready");
    for _ in 0..times {
        terminal.send(INTERRUPT).expect("nterrupt");
    }
    if times == 1 {
        terminal.expect("Gracefully shutting down...");
        let pipe = std::fs::OpenOptions::new().write(true).open(work.path().join("pipe"));
        drop(pipe.expect("the provisioner reads"));
    }
    terminal.end();
    work
}

#[test]
fn every_difference_is_one() {
    let text = include_str!("../../docs/differences.md");
    let rows: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| Where |"))
        .collect();
    assert_eq!(rows.len(), DIFFERENCES.len(), "each row has its check");
    for (row, (name, check)) in rows.iter().zip(DIFFERENCES) {
        assert!(row.starts_with(&format!("| {name}")), "{row} should begin with {name}");
        println!("{name}");
        check();
    }
}
