//! Providers from registries and network mirrors: `init`, `providers lock` and `providers mirror`
//! against the real terraform and the same server, in what they say, lock, install and mirror.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use groma_tests::registry::{Key, Registry};
use groma_tests::server::Answer;
use groma_tests::{Workdir, groma_binary, parts, terraform};
use serde_json::{Value, json};

const SCRIPT: &[u8] = b"#!/bin/sh\n";
const BOTH: &[&str] = &["linux_amd64", "darwin_arm64"];
const X: &str = "registry.example.test/acme/x";
const Y: &str = "registry.example.test/acme/y";
/// What a registry says of a package.
const PACKAGE: &str = "/v1/providers/acme/x/1.2.0/download/linux/amd64";
const VERSIONS: &str = "/v1/providers/acme/x/versions";
const ARCHIVE: &str = "/files/acme/x/terraform-provider-x_1.2.0_linux_amd64.zip";
const SUMS: &str = "/files/acme/x/terraform-provider-x_1.2.0_SHA256SUMS";
const SIGNATURE: &str = "/files/acme/x/terraform-provider-x_1.2.0_SHA256SUMS.sig";
/// What a network mirror says.
const INDEX: &str = "/mirror/registry.example.test/acme/x/index.json";
const MIRRORED: &str = "/mirror/registry.example.test/acme/x/1.2.0.json";
const DISCOVERY: &str = "/.well-known/terraform.json";

fn registry() -> Registry {
    let mut registry = Registry::start();
    registry.publish("acme/x", "1.0.0", BOTH, SCRIPT);
    registry.publish("acme/x", "1.2.0", BOTH, SCRIPT);
    registry.publish("acme/y", "0.1.0", &["linux_amd64"], SCRIPT);
    registry
}

/// What both tools are told to do.
struct Story<'a> {
    registry: &'a Registry,
    /// More of the CLI configuration file: HERE is the server, DIR the directory of the run.
    rc: String,
    /// Sources with constraints; HERE is the server.
    required: Vec<(&'a str, &'a str)>,
    commands: Vec<Vec<&'a str>>,
    env: Vec<(&'a str, &'a str)>,
    /// After this, what is said is each tool's own, up to the end of the paragraph.
    vague: &'a str,
}

impl<'a> Story<'a> {
    fn new(registry: &'a Registry) -> Self {
        Self {
            registry,
            rc: String::new(),
            required: vec![(X, "1.2.0")],
            commands: vec![vec!["init"]],
            env: Vec::new(),
            vague: "\0",
        }
    }

    fn rc(mut self, rc: &str) -> Self {
        self.rc.push_str(rc);
        self
    }

    fn require(mut self, required: &[(&'a str, &'a str)]) -> Self {
        self.required = required.to_vec();
        self
    }

    fn commands(mut self, commands: &[&[&'a str]]) -> Self {
        self.commands = commands.iter().map(|words| words.to_vec()).collect();
        self
    }

    fn env(mut self, name: &'a str, value: &'a str) -> Self {
        self.env.push((name, value));
        self
    }

    fn vague(mut self, after: &'a str) -> Self {
        self.vague = after;
        self
    }

    fn configuration(&self) -> String {
        let mut text = "terraform {\n  required_providers {\n".to_owned();
        for (source, version) in &self.required {
            let name = source.rsplit('/').next().expect("a type");
            let source = source.replace("HERE", &self.registry.server.host());
            let _ = writeln!(text, "    {name} = {{\n      source = \"{source}\"");
            if !version.is_empty() {
                let _ = writeln!(text, "      version = \"{version}\"");
            }
            text.push_str("    }\n");
        }
        text + "  }\n}\n"
    }

    /// What comes of it: after each command what was said, the lock file, and what is there.
    fn play(&self, program: &Path) -> String {
        let work = Workdir::new();
        let here = self.registry.server.host();
        let dir = work.path().display().to_string();
        let host = "host \"registry.example.test\" {\n  services = {\n    \"providers.v1\" = \
                    \"https://HERE/v1/providers/\"\n  }\n}\n";
        let rc = format!("{host}{}", self.rc).replace("HERE", &here).replace("DIR", &dir);
        work.write("rc", rc).write("root/main.tf", self.configuration());
        work.write("home/README", "").write("cache/README", "");
        let at = |path: &str| work.path().join(path).display().to_string();
        let (rc, home, none, root) = (at("rc"), at("home"), at("none"), at("root"));
        let authority = self.registry.server.authority().display().to_string();
        let mut out = String::new();
        for words in &self.commands {
            if let ["remove", path] = words[..] {
                let path = work.path().join("root").join(path);
                let gone =
                    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
                gone.expect("removed");
                continue;
            }
            let mut args = vec![format!("-chdir={root}")];
            args.extend(words.iter().map(|word| word.replace("HERE", &here).replace("DIR", &dir)));
            // Before any argument that is no flag.
            let command = if words[0] == "providers" { 2 } else { 1 };
            args.insert(1 + command, "-no-color".to_owned());
            let env = [
                ("TF_CLI_CONFIG_FILE", &*rc),
                ("HOME", &home),
                ("XDG_DATA_HOME", &none),
                ("XDG_DATA_DIRS", &none),
                ("SSL_CERT_FILE", &authority),
            ];
            let output = work.run_with(program, args, env.into_iter().chain(self.env.clone()));
            let _ = writeln!(out, "exit {}\n{}", output.code, self.settled(&output.stdout, true));
            let _ = writeln!(out, "{}", self.settled(&output.stderr, false));
            let lock = fs::read_to_string(work.path().join("root/.terraform.lock.hcl"));
            out.push_str(&lock.unwrap_or_else(|_| "no lock file\n".into()));
            for directory in ["root/.terraform/providers", "cache", "mirror"] {
                there(&work.path().join(directory), &mut out);
            }
        }
        out.replace(&dir, "DIR").replace(&here, "HERE")
    }

    /// Without what is each tool's own: its name, where lines break because of its length, and
    /// where there are several providers, which of them comes first. Lists are kept as such.
    fn settled(&self, said: &str, lists: bool) -> String {
        let said = said.replace("Groma", "Terraform").replace("groma", "terraform");
        let mut lines: Vec<String> = Vec::new();
        let mut text = Vec::new();
        for paragraph in said.split("\n\n") {
            let mut words = Vec::new();
            for line in paragraph.lines() {
                if lists && line.trim_start().starts_with("- ") {
                    lines.push(line.to_owned());
                } else {
                    words.extend(line.split_whitespace());
                }
            }
            let paragraph = words.join(" ");
            let known = paragraph.find(self.vague).map(|at| at + self.vague.len());
            text.push(paragraph.split_at(known.unwrap_or(paragraph.len())).0.to_owned());
        }
        if self.required.len() > 1 {
            lines.sort();
        }
        // Terraform takes platforms too as they come.
        let platforms = lines.iter().position(|line| line.starts_with("- Obtained"));
        if let Some(obtained) = platforms.and_then(|at| lines.get_mut(at..)) {
            obtained.sort();
        }
        text.retain(|paragraph| !paragraph.is_empty());
        lines.extend(text);
        lines.join("\n")
    }

    #[track_caller]
    fn check(self) {
        let terraform = match terraform() {
            Ok(terraform) => terraform,
            Err(missing) => return missing.skip(),
        };
        let (expected, found) = (self.play(&terraform), self.play(&groma_binary()));
        let difference = similar::TextDiff::from_lines(&expected, &found);
        assert!(
            expected == found,
            "{}",
            difference.unified_diff().header("terraform", "groma").context_radius(20)
        );
    }
}

/// Files, links with where they lead, which of them can be run, and what is in those of JSON.
fn there(directory: &Path, out: &mut String) {
    let mut entries: Vec<PathBuf> = fs::read_dir(directory)
        .into_iter()
        .flat_map(|entries| entries.map(|entry| entry.expect("an entry").path()))
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            // Terraform leaves what it has downloaded and not believed.
            name != "groma-hashes.json" && !name.starts_with('.')
        })
        .collect();
    entries.sort();
    for path in entries {
        let shown = path.display();
        let metadata = path.symlink_metadata().expect("it is there");
        if metadata.is_dir() {
            there(&path, out);
        } else if let Ok(target) = fs::read_link(&path) {
            let _ = writeln!(out, "{shown} -> {}", target.display());
        } else {
            let runs = metadata.permissions().mode() & 0o111 != 0;
            let _ = writeln!(out, "{shown}{}", if runs { " *" } else { "" });
            if path.extension().is_some_and(|extension| extension == "json") {
                out.push_str(&fs::read_to_string(&path).expect("text"));
            }
        }
    }
}

fn network(more: &str) -> String {
    format!(
        "provider_installation {{\n  network_mirror {{\n    url = \"https://HERE/mirror/\"\n  }}\n\
         {more}}}\n"
    )
}

#[test]
fn registries_are_asked_and_what_they_sign_is_locked() {
    let registry = registry();
    Story::new(&registry)
        .require(&[(X, ">= 1.0")])
        .commands(&[&["init"], &["init"], &["remove", ".terraform"], &["init"]])
        .check();
    Story::new(&registry).require(&[("HERE/acme/y", ""), (X, "")]).check();
    Story::new(&registry)
        .require(&[(X, "1.0.0")])
        .commands(&[&["init"], &["init", "-upgrade"], &["init", "-lockfile=readonly"]])
        .check();
}

#[test]
fn what_is_not_there_is_said() {
    let mut registry = registry();
    registry.publish("acme/other", "1.0.0", &["darwin_arm64"], SCRIPT);
    for (source, version) in [
        (X, "9.0"),
        ("registry.example.test/acme/none", ""),
        ("registry.example.test/acme/other", ""),
    ] {
        Story::new(&registry).require(&[(source, version)]).check();
    }
    // What works is installed all the same.
    Story::new(&registry).require(&[(X, "9.0"), (Y, "")]).check();
    registry.set(VERSIONS, Answer::json(&json!({ "versions": [] })));
    Story::new(&registry).check();
}

#[test]
fn protocols_that_are_not_spoken_are_refused() {
    let mut registry = registry();
    for (version, protocol) in [("1.0.0", "5.0"), ("2.0.0", "4.0"), ("3.0.0", "7.0")] {
        registry.publish("acme/mixed", version, BOTH, SCRIPT);
        let path = Registry::package_path("acme/mixed", version, "linux_amd64");
        registry.edit(&path, |package| package["protocols"] = json!([protocol]));
    }
    registry.edit("/v1/providers/acme/mixed/versions", |versions| {
        versions["versions"][1]["protocols"] = json!(["4.0"]);
        versions["versions"][2]["protocols"] = json!(["7.0"]);
    });
    let mixed = "registry.example.test/acme/mixed";
    for version in ["", "2.0.0", "1.0.0"] {
        Story::new(&registry).require(&[(mixed, version)]).check();
    }
    registry.edit("/v1/providers/acme/mixed/versions", |versions| {
        versions["versions"][0]["protocols"] = json!(["4.0"]);
    });
    Story::new(&registry).require(&[(mixed, "")]).check();
    registry.edit(PACKAGE, |package| package["protocols"] = json!(["4.0"]));
    Story::new(&registry).check();
}

/// What somebody may have meant.
#[test]
fn other_providers_are_suggested() {
    let registry = registry();
    let known = |id: &str, moved_to: &str| Answer::json(&json!({ "id": id, "moved_to": moved_to }));
    for (ty, id, moved_to) in [
        ("a", "acme/a", ""),
        ("b", "acme/b", "other/b"),
        ("c", "acme/c", "other/d"),
        ("d", "d", ""),
        ("e", "hashicorp/e", ""),
    ] {
        registry.set(&format!("/v1/providers/-/{ty}/versions"), known(id, moved_to));
    }
    let host = "host \"registry.terraform.io\" {\n  services = {\n    \"providers.v1\" = \
                \"https://HERE/v1/providers/\"\n  }\n}\n";
    for source in ["a", "b", "c", "d", "e", "f"].map(|ty| format!("hashicorp/{ty}")) {
        Story::new(&registry).rc(host).require(&[(&*source, "")]).check();
    }
    Story::new(&registry).rc(host).require(&[("other/a", "")]).check();
}

/// Something that a registry does wrong, and after what the tools differ in saying so.
type Wrong = (&'static dyn Fn(&Registry), &'static str);

#[track_caller]
fn all_refused(wrong: &[Wrong]) {
    for (spoil, vague) in wrong {
        let registry = registry();
        spoil(&registry);
        let story = Story::new(&registry);
        if vague.is_empty() { story } else { story.vague(vague) }.check();
    }
}

fn edit(registry: &Registry, key: &str, value: Value) {
    registry.edit(PACKAGE, |package| package[key] = value);
}

#[test]
fn packages_are_what_was_signed() {
    all_refused(&[
        (&|r| edit(r, "shasum", json!("0".repeat(64))), ""),
        (&|r| r.set(ARCHIVE, Answer::ok("junk")), ""),
        (&|r| r.sign("acme/x", "1.2.0", "00 other\n"), ""),
        (&|r| r.set(SIGNATURE, Answer::ok(r.key.sign(b"other"))), "openpgp: invalid signature:"),
        (&|r| r.set(SIGNATURE, Answer::ok("garbage")), "error checking signature:"),
        (&|r| r.set(SIGNATURE, Answer::ok("")), ""),
        (&|r| r.set(SIGNATURE, Answer::status(404)), ""),
        (&|r| r.set(SUMS, Answer::status(404)), ""),
        (&|r| edit(r, "signing_keys", json!({ "gpg_public_keys": [] })), ""),
        (&|r| edit(r, "signing_keys", Value::Null), ""),
    ]);
}

#[test]
fn only_the_keys_that_are_named_count() {
    let keys = |keys: &[Value]| json!({ "gpg_public_keys": keys });
    let other = Key::new().armored();
    let registry = registry();
    let own = registry.key.armored();
    let armored = |armored: &str| json!({ "ascii_armor": armored });
    edit(&registry, "signing_keys", keys(&[armored(&other)]));
    Story::new(&registry).check();
    edit(&registry, "signing_keys", keys(&[armored(&other), armored(&own)]));
    Story::new(&registry).check();
    edit(&registry, "signing_keys", keys(&[armored("x")]));
    Story::new(&registry).vague("error decoding signing key:").check();
    let trusted = |signature: &str| json!({ "ascii_armor": own, "trust_signature": signature });
    edit(&registry, "signing_keys", keys(&[trusted("junk")]));
    Story::new(&registry).vague("error decoding trust signature:").check();
    let signature = registry.key.sign_armored(b"whatever");
    edit(&registry, "signing_keys", keys(&[trusted(&signature)]));
    Story::new(&registry).check();
}

#[test]
fn registries_that_are_not_well_are_said_so() {
    let json = |text: &str| Answer::ok(text).header("Content-Type", "application/json");
    let junk = json("junk");
    let registry = registry();
    let set = |path: &str, answer: Answer, vague: &'static str| {
        let before = registry.answer(path);
        registry.set(path, answer);
        let story = Story::new(&registry);
        if vague.is_empty() { story } else { story.vague(vague) }.check();
        registry.set(path, before);
    };
    set(VERSIONS, Answer::status(401), "");
    set(VERSIONS, Answer::status(500), "");
    set(VERSIONS, Answer::status(501), "");
    set(
        VERSIONS,
        junk.clone(),
        "could not query provider registry for registry.example.test/acme/x:",
    );
    set(VERSIONS, json(r#"{"versions": [{"version": "zzz"}]}"#), "");
    set(PACKAGE, Answer::status(403), "");
    set(PACKAGE, junk, "could not query provider registry for registry.example.test/acme/x:");
    set(ARCHIVE, Answer::status(404), "");
    set(ARCHIVE, Answer::ok("x".repeat(1000)).truncated(), "Error while installing");
    for (key, value, vague) in [
        ("shasum", "00", "includes invalid SHA256 hash \"00\":"),
        ("os", "darwin", ""),
        ("download_url", "ftp://x/y", ""),
        ("shasums_url", "ftp://x/y", ""),
    ] {
        let before = registry.answer(PACKAGE);
        edit(&registry, key, json!(value));
        let story = Story::new(&registry);
        if vague.is_empty() { story } else { story.vague(vague) }.check();
        registry.set(PACKAGE, before);
    }
    registry.edit(VERSIONS, |versions| versions["warnings"] = json!(["Hello there", "Again"]));
    Story::new(&registry).check();
}

#[test]
fn hosts_say_where_their_registry_is() {
    let registry = registry();
    let services = |value: Value| Answer::json(&value);
    for (answer, vague) in [
        (Answer::status(404), ""),
        (Answer::status(500), ""),
        (services(json!({ "modules.v1": "/x/" })), ""),
        (services(json!({ "providers.v2": "/x/" })), ""),
        (services(json!({ "providers.v1": "ftp://x/" })), ""),
        (services(json!({ "providers.v1": "/v1/providers" })), ""),
        (Answer::ok("<html>").header("Content-Type", "text/html"), ""),
        (Answer::redirect(DISCOVERY), "failed to request discovery document:"),
    ] {
        registry.set(DISCOVERY, answer);
        let story = Story::new(&registry).require(&[("HERE/acme/x", "")]);
        if vague.is_empty() { story } else { story.vague(vague) }.check();
    }
}

#[test]
fn tokens_are_shown_to_their_registry_alone() {
    let registry = registry();
    let told = |story: Story<'_>| {
        registry.server.take_requests();
        story.play(&groma_binary());
        let line = |request: groma_tests::server::Request| {
            let token = request.header("authorization").unwrap_or("nothing").to_owned();
            format!("{} {token}", request.path)
        };
        registry.server.take_requests().into_iter().map(line).collect::<Vec<_>>()
    };
    let expected: Vec<String> = [
        (VERSIONS, "Bearer s3cret"),
        (PACKAGE, "Bearer s3cret"),
        (SUMS, "nothing"),
        (SIGNATURE, "nothing"),
        (ARCHIVE, "nothing"),
    ]
    .map(|(path, token)| format!("{path} {token}"))
    .to_vec();
    let variable = Story::new(&registry).env("TF_TOKEN_registry_example_test", "s3cret");
    assert_eq!(told(variable), expected);
    let block = "credentials \"registry.example.test\" {\n  token = \"s3cret\"\n}\n";
    assert_eq!(told(Story::new(&registry).rc(block)), expected);
    let without = told(Story::new(&registry));
    assert!(without.iter().all(|line| line.ends_with(" nothing")), "{without:?}");
    registry.set(VERSIONS, Answer::status(401));
    Story::new(&registry).env("TF_TOKEN_registry_example_test", "s3cret").check();
}

#[test]
fn network_mirrors_are_asked() {
    let registry = registry();
    let story = || Story::new(&registry).rc(&network(""));
    story().check();
    story().require(&[(X, "9.0")]).check();
    story().require(&[("registry.example.test/acme/none", "")]).check();
    let archives = registry.answer(MIRRORED);
    let hashes = |hashes: &[&str]| {
        registry.set(MIRRORED, archives.clone());
        registry.edit(MIRRORED, |all| all["archives"]["linux_amd64"]["hashes"] = json!(hashes));
    };
    let zeros = format!("zh:{}", "0".repeat(64));
    for wrong in [&[&*zeros][..], &[&zeros, "h1:aaa="], &["junk"], &["h9:junk"]] {
        hashes(wrong);
        story().check();
    }
    registry.set(MIRRORED, Answer::status(404));
    story().check();
    registry.set(MIRRORED, Answer::json(&json!({ "archives": { "a_b": { "url": "x" } } })));
    story().check();
    registry.set(MIRRORED, archives);
    registry.set(ARCHIVE, Answer::status(404));
    story().check();
    let failed = "for registry.example.test/acme/x: invalid response content from mirror server:";
    for (answer, vague) in [
        (Answer::status(401), ""),
        (Answer::status(500), ""),
        (Answer::status(418), ""),
        (Answer::ok("{}"), "response has invalid Content-Type:"),
        (Answer::ok("junk").header("Content-Type", "application/json"), failed),
        (Answer::json(&json!({})), ""),
    ] {
        registry.set(INDEX, answer);
        let story = story();
        if vague.is_empty() { story } else { story.vague(vague) }.check();
    }
}

/// Hashes that a mirror names are checked, of either kind.
#[test]
fn hashes_of_network_mirrors_count() {
    let registry = registry();
    let sums = String::from_utf8(registry.answer(SUMS).body().to_vec()).expect("text");
    let sum = sums.lines().find(|line| line.ends_with("linux_amd64.zip")).expect("a line");
    let zh = format!("zh:{}", sum.split_whitespace().next().expect("a sum"));
    registry.edit(MIRRORED, |all| all["archives"]["linux_amd64"]["hashes"] = json!([zh]));
    Story::new(&registry).rc(&network("")).check();
}

#[test]
fn methods_are_asked_in_their_order() {
    let registry = registry();
    let both = network("  direct {}\n");
    registry.set(MIRRORED, Answer::json(&json!({ "archives": {} })));
    Story::new(&registry).rc(&both).check();
    Story::new(&registry).rc(&both).require(&[("registry.example.test/acme/none", "")]).check();
    for methods in [
        "direct {\n    exclude = [\"registry.example.test/*/*\"]\n  }\n",
        "",
        "filesystem_mirror {\n    path = \"DIR/home\"\n  }\n  direct {}\n",
        "filesystem_mirror {\n    path = \"DIR/home\"\n  }\n  network_mirror {\n    url = \
         \"https://HERE/mirror/\"\n    include = [\"registry.example.test/acme/none\"]\n  }\n",
    ] {
        let rc = format!("provider_installation {{\n  {methods}}}\n");
        Story::new(&registry).rc(&rc).check();
    }
}

#[test]
fn what_root_modules_share_is_downloaded_once() {
    let registry = registry();
    let cached = "plugin_cache_dir = \"DIR/cache\"\n";
    let again: &[&[&str]] = &[
        &["init"],
        &["remove", ".terraform"],
        &["init"],
        &["remove", ".terraform"],
        &["remove", ".terraform.lock.hcl"],
        &["init"],
    ];
    Story::new(&registry).rc(cached).commands(again).check();
    let trusted = format!("{cached}plugin_cache_may_break_dependency_lock_file = true\n");
    Story::new(&registry).rc(&trusted).commands(again).check();
}

#[test]
fn locks_are_for_all_platforms() {
    let registry = registry();
    let lock: &[&str] = &["providers", "lock"];
    Story::new(&registry).require(&[(X, ">= 1.0"), (Y, "")]).commands(&[lock, lock]).check();
    let platforms: &[&str] =
        &["providers", "lock", "-platform=darwin_arm64", "-platform=linux_amd64"];
    Story::new(&registry).commands(&[platforms, platforms, &["init"]]).check();
    Story::new(&registry).rc(&network("")).commands(&[&["init"], lock]).check();
    Story::new(&registry)
        .require(&[(X, ""), (Y, "")])
        .commands(&[&["providers", "lock", X]])
        .check();
    for arguments in [
        &["-platform=windows_amd64"][..],
        &["-platform=junk"],
        &["-net-mirror=https://HERE/mirror/"],
        &["-net-mirror=http://HERE/mirror/"],
        &["-net-mirror=https://HERE", "-fs-mirror=x"],
        &["acme/zzz"],
    ] {
        let command = [lock, arguments].concat();
        Story::new(&registry).commands(&[&command]).check();
    }
    Story::new(&registry).require(&[(X, "9.0")]).commands(&[lock]).check();
    Story::new(&registry).require(&[]).commands(&[lock]).check();
    let cached = "plugin_cache_dir = \"DIR/cache\"\n";
    let with_cache: &[&str] = &["providers", "lock", "-enable-plugin-cache"];
    Story::new(&registry).rc(cached).commands(&[with_cache, with_cache, lock]).check();
}

#[test]
fn mirrors_are_filled() {
    let registry = registry();
    let mirror: &[&str] = &["providers", "mirror", "DIR/mirror"];
    let both: &[&str] =
        &["providers", "mirror", "-platform=linux_amd64", "-platform=darwin_arm64", "DIR/mirror"];
    Story::new(&registry).require(&[(X, ">= 1.0"), (Y, "")]).commands(&[mirror, both]).check();
    let lock: &[&str] = &["providers", "lock"];
    Story::new(&registry).commands(&[lock, mirror]).check();
    Story::new(&registry).require(&[(X, "")]).commands(&[mirror]).check();
    let other = &["providers", "mirror", "-platform=windows_amd64", "DIR/mirror"];
    let vague = "cannot search";
    Story::new(&registry).commands(&[other]).vague(vague).check();
    Story::new(&registry).require(&[(X, "9.0")]).commands(&[mirror]).vague(vague).check();
    for arguments in [&["providers", "mirror"][..], &["providers", "mirror", "a", "b"]] {
        Story::new(&registry).commands(&[arguments]).check();
    }
    registry.set(SIGNATURE, Answer::ok(registry.key.sign(b"other")));
    Story::new(&registry).commands(&[mirror]).vague("openpgp: invalid signature:").check();
}

/// What a mirror was filled with is what a network mirror serves.
#[test]
fn a_filled_mirror_can_be_served() {
    let registry = registry();
    let work = Workdir::new();
    let story = Story::new(&registry);
    let rc = format!(
        "host \"registry.example.test\" {{\n  services = {{\n    \"providers.v1\" = \
         \"{}\"\n  }}\n}}\n",
        registry.server.url("/v1/providers/")
    );
    work.write("rc", rc).write("main.tf", story.configuration());
    let rc = work.path().join("rc").display().to_string();
    let authority = registry.server.authority().display().to_string();
    let env = [("TF_CLI_CONFIG_FILE", &*rc), ("SSL_CERT_FILE", &authority)];
    work.run_with(&groma_binary(), ["providers", "mirror", "out"], env).success();
    let folder = work.path().join("out/registry.example.test/acme/x");
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_str().expect("text");
        let content = fs::read(&path).expect("a file");
        let answer = Answer::ok(content).header("Content-Type", "application/json");
        registry.set(&format!("/served/registry.example.test/acme/x/{name}"), answer);
    }
    let served = network("").replace("/mirror/", "/served/");
    Story::new(&registry).rc(&served).check();
}

/// A real provider, published under another name, plans and applies.
#[test]
fn what_was_downloaded_runs() {
    let mirror = match parts::mirror() {
        Ok(mirror) => mirror,
        Err(missing) => return missing.skip(),
    };
    let binary = mirror.join(
        "registry.terraform.io/hashicorp/null/2.1.2/linux_amd64/terraform-provider-null_v2.1.2_x4",
    );
    let mut registry = Registry::start();
    let program = fs::read(binary).expect("the binary");
    for version in ["2.1.2", "2.2.0"] {
        registry.publish("acme/null", version, &["linux_amd64"], &program);
    }
    let work = Workdir::new();
    let source = format!("{}/acme/null", registry.server.host());
    work.write(
        "main.tf",
        format!(
            "terraform {{\n  required_providers {{\n    null = {{\n      source = \"{source}\"\n    \
             }}\n  }}\n}}\n\nresource \"null_resource\" \"a\" {{}}\n"
        ),
    );
    let authority = registry.server.authority().display().to_string();
    let env = [("SSL_CERT_FILE", &*authority)];
    let said = work.run_with(&groma_binary(), ["init"], env).success().stdout;
    let installed =
        format!("- Installed {source} v2.2.0 (self-signed, key ID {})", registry.key.id());
    assert!(said.contains(&installed), "{said}");
    let applied = work.groma(["apply", "-auto-approve"]).success().stdout;
    assert!(applied.contains("1 added, 0 changed, 0 destroyed"), "{applied}");
}
