//! Every flag of every command that the real terraform has is taken, or refused by name with a
//! reason that docs/differences.md has. The commands and flags are those that its own help lists.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use groma_tests::{Workdir, groma_binary, terraform};

const DIFFERENCES: &str = include_str!("../../docs/differences.md");

/// A flag that neither has: parsing ends there, before anything is done.
const NEITHER: &str = "-neither-has-this";

/// What each command takes besides without its help saying so. That it does is asked of terraform.
const UNDOCUMENTED: &[(&str, &[&str])] = &[
    ("apply", &["allow-deferral", "backup", "input", "state", "state-out"]),
    ("console", &["compact-warnings", "input", "target"]),
    ("destroy", &["allow-deferral", "backup", "compact-warnings", "input", "state", "state-out"]),
    ("fmt", &["list", "write"]),
    ("graph", &["verbose"]),
    ("import", &["compact-warnings", "target"]),
    ("init", &["cloud", "compact-warnings", "target", "var", "var-file"]),
    ("output", &["compact-warnings", "state"]),
    ("plan", &["allow-deferral", "backup", "state", "state-out"]),
    ("refresh", &["allow-deferral", "backup", "destroy", "json", "refresh", "refresh-only"]),
    ("show", &["compact-warnings"]),
    ("state mv", &["backup", "backup-out", "state-out"]),
    ("state push", &["ignore-remote-version"]),
    ("validate", &["compact-warnings"]),
    ("workspace show", &["compact-warnings", "input", "target", "var", "var-file"]),
];

/// Commands that are refused whole, as docs/differences.md says.
const MISSING: [&str; 4] = ["login", "logout", "modules", "test"];

/// What a command needs besides flags.
const NEEDED: &[(&str, &[&str])] = &[
    ("force-unlock", &["id"]),
    ("import", &["a.b", "id"]),
    ("providers mirror", &["dir"]),
    ("state mv", &["a.b", "a.c"]),
    ("state push", &["missing"]),
    ("state replace-provider", &["a/b", "c/d"]),
    ("state rm", &["a.b"]),
    ("state show", &["a.b"]),
    ("taint", &["a.b"]),
    ("untaint", &["a.b"]),
    ("workspace delete", &["w"]),
    ("workspace new", &["w"]),
    ("workspace select", &["w"]),
];

/// A flag with a value that it takes. What is not listed takes `true`, be it a boolean or a path.
fn given(flag: &str) -> String {
    let value = match flag {
        // Terraform looks for these words before it parses flags.
        "no-color" | "compact-warnings" => return format!("-{flag}"),
        "lock-timeout" => "1s",
        "lockfile" => "readonly",
        "module-depth" | "parallelism" | "cloud-run-parallelism" => "1",
        "platform" => "linux_amd64",
        "replace" | "target" => "a.b",
        "type" => "plan",
        "var" => "a=b",
        _ => "true",
    };
    format!("-{flag}={value}")
}

/// The names that a help text lists: of flags, or of commands.
fn listed<'a>(help: &'a str, begin: &str) -> BTreeSet<&'a str> {
    let lines = help.lines().filter(|line| line.starts_with("  "));
    let names = lines.filter_map(|line| {
        let name = line.trim_start().strip_prefix(begin)?;
        let end = name.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(name.len());
        let (name, rest) = name.split_at(end);
        let ends = begin == "-" || rest.starts_with("  ");
        (ends && name.starts_with(|c: char| c.is_ascii_lowercase())).then_some(name)
    });
    names.filter(|name| *name != "help" && *name != "chdir").collect()
}

/// Every command of the real terraform, with the flags that its help lists and those that it hides.
fn commands(work: &Workdir, terraform: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let help = |words: &str| {
        let words = words.split(' ').filter(|word| !word.is_empty()).chain(["-help"]);
        let output = work.run(terraform, words);
        output.stdout + &output.stderr
    };
    let mut commands = BTreeMap::new();
    let all = help("");
    let mut pending: Vec<String> = listed(&all, "").into_iter().map(str::to_owned).collect();
    while let Some(command) = pending.pop() {
        let text = help(&command);
        let inner = text.split_once("ubcommands:").map(|(_, inner)| inner);
        if let Some(inner) = inner {
            pending.extend(listed(inner, "").iter().map(|name| format!("{command} {name}")));
        }
        let hidden = UNDOCUMENTED.iter().find(|(name, _)| *name == command);
        let hidden = hidden.map_or(&[][..], |(_, flags)| flags);
        let mut flags = listed(&text, "-");
        flags.extend(hidden);
        // Of groups of commands, only `providers` is one too.
        if !flags.is_empty() || inner.is_none() {
            commands.insert(command, flags.into_iter().map(str::to_owned).collect());
        }
    }
    commands
}

fn needed(command: &str) -> &'static [&'static str] {
    NEEDED.iter().find(|(name, _)| *name == command).map_or(&[], |(_, words)| words)
}

/// Gives a program all flags of a command, and one that is none; gives what it says.
fn parse(work: &Workdir, program: &Path, command: &str, flags: &BTreeSet<String>) -> String {
    let flags = flags.iter().map(|flag| given(flag)).chain([NEITHER.to_owned()]);
    let needed = needed(command).iter().map(|word| (*word).to_owned());
    let words = command.split(' ').map(str::to_owned).chain(flags).chain(needed);
    let output = work.run(program, words);
    let said = output.stdout + &output.stderr;
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_flag_is_taken_or_refused_with_a_reason() {
    let terraform = match terraform() {
        Ok(terraform) => terraform,
        Err(missing) => return missing.skip(),
    };
    let (work, groma) = (Workdir::new(), groma_binary());
    let refusal = format!("flag provided but not defined: {NEITHER}");
    let commands = commands(&work, &terraform);
    assert!(commands.len() > 35, "{:?}", commands.keys());
    let known = |name: &str| commands.contains_key(name);
    assert!(UNDOCUMENTED.iter().all(|(name, _)| known(name)), "{:?}", commands.keys());
    let (mut taken, mut refused) = (0, 0);
    for (command, flags) in &commands {
        if MISSING.contains(&command.as_str()) {
            let said = parse(&work, &groma, command, flags);
            assert!(said.contains("one of Terraform's"), "groma {command}: {said}");
            assert!(DIFFERENCES.contains(&format!("`{command}`")), "{command}");
            continue;
        }
        // It says nothing of why it does not like its arguments.
        if command != "import" {
            let said = parse(&work, &terraform, command, flags);
            assert!(said.contains(&refusal), "terraform {command} {flags:?}: {said}");
        }
        let said = parse(&work, &groma, command, flags);
        assert!(said.contains(&refusal), "groma {command} {flags:?}: {said}");
        for flag in flags.iter().filter(|flag| is_refused(command, flag)) {
            let reason = format!("`-{flag}`");
            assert!(DIFFERENCES.contains(&reason), "docs/differences.md lacks {reason}");
            refused += 1;
        }
        taken += flags.len();
    }
    println!("{} commands, {taken} flags, {refused} of them refused by name", commands.len());
    assert!(taken > 150 && refused > 10);
}

/// Whether a flag that is parsed is refused for what it asks.
fn is_refused(command: &str, flag: &str) -> bool {
    let work = Workdir::new();
    work.write("main.tf", "output \"o\" {\n  value = 1\n}\n");
    let words = command.split(' ').chain(needed(command).iter().copied());
    let mut words: Vec<String> = words.map(str::to_owned).collect();
    words.insert(command.split(' ').count(), given(flag));
    let output = work.groma(&words);
    if output.stderr.contains("Error: Unsupported command") {
        assert!(DIFFERENCES.contains(&format!("`{command}`")), "{command}");
        return false;
    }
    let refused = output.stderr.contains("Error: Unsupported option");
    assert!(!output.stderr.contains("parse command-line flags") || flag == "allow-deferral");
    assert!(!refused || output.stderr.contains(&format!("-{flag}")), "{}", output.stderr);
    refused
}

#[test]
fn flags_that_change_nothing_in_terraform_change_nothing_here() {
    let work = Workdir::new();
    work.write("main.tf", "variable \"a\" {}\noutput \"o\" {\n  value = 1\n}\n");
    let plain = work.groma(["init"]).success().stdout;
    for flag in ["-var=a=1", "-var-file=missing", "-target=-", "-compact-warnings"] {
        assert_eq!(work.groma(["init", flag]).success().stdout, plain, "{flag}");
    }
    work.groma(["init", "-cloud=false"]).success();
    let both = work.groma(["init", "-cloud=false", "-backend=false"]);
    assert!(both.stderr.contains("Invalid init options"), "{}", both.stderr);
    work.groma(["console", "-target=-"]).success();
    let drawn = |flags: &[&str]| work.groma([&["graph"][..], flags].concat()).success().stdout;
    assert_eq!(drawn(&["-type=plan", "-verbose"]), drawn(&["-type=plan"]));
    let deferred = work.groma(["plan", "-allow-deferral", "-var=a=1"]);
    assert_eq!(deferred.code, 1);
    assert!(deferred.stderr.contains("experimental builds"), "{}", deferred.stderr);
    for line in ["plan -v", "-version -json", "version -version"] {
        assert!(work.groma(line.split(' ')).success().stdout.contains("1.11.4"), "{line}");
    }
}
