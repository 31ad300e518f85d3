//! Every flag of every command that Terraform 1.11 has, in every form that it takes.

use std::ffi::OsString;

use clap::{ArgMatches, CommandFactory as _};
use groma_render::style::Style;

use crate::argv;
use crate::commands::Cli;

/// How a flag is given.
#[derive(Clone, Copy)]
enum Kind {
    Bool,
    /// With a value, such as this one.
    Value(&'static str),
}
use Kind::{Bool, Value};

const PATH: Kind = Value("some/path");
const DURATION: Kind = Value("10s");
const VAR: Kind = Value("a=-b=\"c d\"");
const ADDRESS: Kind = Value("module.m[\"k\"].a.b[0]");

/// A command, the arguments that it needs, and its flags.
type Row = (&'static str, &'static [&'static str], &'static [(&'static str, Kind)]);

const TABLE: &[Row] = &[
    (
        "init",
        &[],
        &[
            ("backend", Bool),
            ("backend-config", PATH),
            ("cloud", Bool),
            ("compact-warnings", Bool),
            ("force-copy", Bool),
            ("from-module", PATH),
            ("get", Bool),
            ("ignore-remote-version", Bool),
            ("input", Bool),
            ("json", Bool),
            ("lock", Bool),
            ("lock-timeout", DURATION),
            ("lockfile", Value("readonly")),
            ("migrate-state", Bool),
            ("no-color", Bool),
            ("plugin-dir", PATH),
            ("reconfigure", Bool),
            ("target", ADDRESS),
            ("test-directory", PATH),
            ("upgrade", Bool),
            ("var", VAR),
            ("var-file", PATH),
        ],
    ),
    (
        "plan",
        &[],
        &[
            ("allow-deferral", Bool),
            ("compact-warnings", Bool),
            ("destroy", Bool),
            ("detailed-exitcode", Bool),
            ("generate-config-out", PATH),
            ("input", Bool),
            ("json", Bool),
            ("lock", Bool),
            ("lock-timeout", DURATION),
            ("no-color", Bool),
            ("out", PATH),
            ("parallelism", Value("3")),
            ("refresh", Bool),
            ("refresh-only", Bool),
            ("replace", ADDRESS),
            ("state", PATH),
            ("target", ADDRESS),
            ("var", VAR),
            ("var-file", PATH),
        ],
    ),
    ("apply", &[], APPLY),
    ("destroy", &[], APPLY),
    (
        "refresh",
        &[],
        &[
            ("compact-warnings", Bool),
            ("input", Bool),
            ("lock", Bool),
            ("lock-timeout", DURATION),
            ("no-color", Bool),
            ("parallelism", Value("3")),
            ("state", PATH),
            ("target", ADDRESS),
            ("var", VAR),
            ("var-file", PATH),
        ],
    ),
    (
        "console",
        &[],
        &[
            ("compact-warnings", Bool),
            ("input", Bool),
            ("plan", Bool),
            ("state", PATH),
            ("target", ADDRESS),
            ("var", VAR),
            ("var-file", PATH),
        ],
    ),
    (
        "fmt",
        &[],
        &[
            ("check", Bool),
            ("diff", Bool),
            ("list", Bool),
            ("no-color", Bool),
            ("recursive", Bool),
            ("write", Bool),
        ],
    ),
    ("force-unlock", &["id"], &[("force", Bool)]),
    ("get", &[], &[("no-color", Bool), ("test-directory", PATH), ("update", Bool)]),
    (
        "graph",
        &[],
        &[
            ("draw-cycles", Bool),
            ("module-depth", Value("-1")),
            ("plan", PATH),
            ("type", Value("plan")),
            ("verbose", Bool),
        ],
    ),
    ("output", &[], &[("json", Bool), ("no-color", Bool), ("raw", Bool), ("state", PATH)]),
    ("providers", &[], &[("test-directory", PATH)]),
    (
        "providers lock",
        &[],
        &[
            ("enable-plugin-cache", Bool),
            ("fs-mirror", PATH),
            ("net-mirror", Value("https://example.com/")),
            ("platform", Value("linux_amd64")),
        ],
    ),
    ("providers mirror", &["dir"], &[("lock-file", Bool), ("platform", Value("linux_amd64"))]),
    ("providers schema", &[], &[("json", Bool)]),
    (
        "import",
        &["a.b", "id"],
        &[
            ("backup", PATH),
            ("compact-warnings", Bool),
            ("config", PATH),
            ("ignore-remote-version", Bool),
            ("input", Bool),
            ("lock", Bool),
            ("lock-timeout", DURATION),
            ("no-color", Bool),
            ("parallelism", Value("3")),
            ("state", PATH),
            ("state-out", PATH),
            ("target", ADDRESS),
            ("var", VAR),
            ("var-file", PATH),
        ],
    ),
    ("metadata functions", &[], &[("json", Bool)]),
    ("show", &[], &[("json", Bool), ("no-color", Bool)]),
    ("state list", &[], &[("id", Value("i-1")), ("state", PATH)]),
    (
        "state mv",
        &["a.b", "a.c"],
        &[
            ("backup", PATH),
            ("dry-run", Bool),
            ("ignore-remote-version", Bool),
            ("lock", Bool),
            ("lock-timeout", DURATION),
            ("state", PATH),
            ("state-out", PATH),
        ],
    ),
    ("state pull", &[], &[]),
    (
        "state push",
        &["file"],
        &[
            ("force", Bool),
            ("ignore-remote-version", Bool),
            ("lock", Bool),
            ("lock-timeout", DURATION),
        ],
    ),
    (
        "state replace-provider",
        &["a/b", "c/d"],
        &[
            ("auto-approve", Bool),
            ("backup", PATH),
            ("ignore-remote-version", Bool),
            ("lock", Bool),
            ("lock-timeout", DURATION),
            ("state", PATH),
        ],
    ),
    (
        "state rm",
        &["a.b"],
        &[
            ("backup", PATH),
            ("dry-run", Bool),
            ("ignore-remote-version", Bool),
            ("lock", Bool),
            ("lock-timeout", DURATION),
            ("state", PATH),
        ],
    ),
    ("state show", &["a.b"], &[("state", PATH)]),
    ("taint", &["a.b"], TAINT),
    ("untaint", &["a.b"], TAINT),
    ("validate", &[], &[("json", Bool), ("no-tests", Bool), ("test-directory", PATH)]),
    ("version", &[], &[("json", Bool)]),
    ("workspace list", &[], &[]),
    (
        "workspace show",
        &[],
        &[("input", Bool), ("target", ADDRESS), ("var", VAR), ("var-file", PATH)],
    ),
    ("workspace new", &["w"], &[("lock", Bool), ("lock-timeout", DURATION), ("state", PATH)]),
    ("workspace select", &["w"], &[("or-create", Bool)]),
    ("workspace delete", &["w"], &[("force", Bool), ("lock", Bool), ("lock-timeout", DURATION)]),
];

const APPLY: &[(&str, Kind)] = &[
    ("allow-deferral", Bool),
    ("auto-approve", Bool),
    ("backup", PATH),
    ("compact-warnings", Bool),
    ("destroy", Bool),
    ("input", Bool),
    ("json", Bool),
    ("lock", Bool),
    ("lock-timeout", DURATION),
    ("no-color", Bool),
    ("parallelism", Value("3")),
    ("refresh", Bool),
    ("refresh-only", Bool),
    ("replace", ADDRESS),
    ("state", PATH),
    ("state-out", PATH),
    ("target", ADDRESS),
    ("var", VAR),
    ("var-file", PATH),
];

const TAINT: &[(&str, Kind)] = &[
    ("allow-missing", Bool),
    ("backup", PATH),
    ("ignore-remote-version", Bool),
    ("lock", Bool),
    ("lock-timeout", DURATION),
    ("state", PATH),
    ("state-out", PATH),
];

fn root() -> clap::Command {
    argv::complete(Cli::command())
}

/// Parses a command line as `main` does; gives what its last command matched.
#[track_caller]
fn matches(words: &[&str]) -> ArgMatches {
    let args = std::iter::once("groma").chain(words.iter().copied()).map(OsString::from);
    let matches = root().try_get_matches_from(argv::normalise(args));
    let mut matches = matches.unwrap_or_else(|error| panic!("{words:?}: {error}"));
    while let Some((_, inner)) = matches.remove_subcommand() {
        matches = inner;
    }
    matches
}

#[track_caller]
fn check(row: &Row, name: &str, flag: &[&str], expected: &str) {
    let (command, needed, _) = row;
    let mut words: Vec<&str> = command.split(' ').collect();
    words.extend(flag);
    words.extend(needed.iter());
    let matches = matches(&words);
    let mut raw = matches.get_raw(&id(command, name)).expect("a value");
    assert_eq!(raw.next_back().and_then(|value| value.to_str()), Some(expected), "{words:?}");
}

/// What clap knows a flag as.
#[track_caller]
fn id(command: &str, name: &str) -> String {
    let root = root();
    let command = command.split(' ').fold(&root, |command, word| {
        command.find_subcommand(word).unwrap_or_else(|| panic!("no command {word}"))
    });
    let arg = command.get_arguments().find(|arg| arg.get_long() == Some(name));
    arg.unwrap_or_else(|| panic!("{} has no -{name}", command.get_name())).get_id().to_string()
}

#[test]
fn every_flag_of_terraform_is_taken_in_every_form() {
    for row in TABLE {
        for (name, kind) in row.2 {
            let (one, two) = (format!("-{name}"), format!("--{name}"));
            match kind {
                Value(value) => {
                    check(row, name, &[&format!("{one}={value}")], value);
                    check(row, name, &[&format!("{two}={value}")], value);
                    check(row, name, &[&one, value], value);
                    check(row, name, &[&two, value], value);
                }
                Bool => {
                    check(row, name, &[&one], "true");
                    check(row, name, &[&two], "true");
                    for value in ["true", "1", "t", "false", "0", "F"] {
                        check(row, name, &[&format!("{one}={value}")], value);
                    }
                    // The last one counts.
                    check(row, name, &[&one, &format!("{one}=false")], "false");
                }
            }
        }
    }
}

#[test]
fn every_command_takes_how_it_looks() {
    for (command, needed, _) in TABLE {
        for (flag, name, expected) in [
            ("-no-color", argv::NO_COLOR, true),
            ("--no-color=false", argv::NO_COLOR, false),
            ("-compact-warnings", argv::COMPACT_WARNINGS, true),
        ] {
            let words = command.split(' ').chain([flag]).chain(needed.iter().copied());
            let args = std::iter::once("groma").chain(words).map(OsString::from);
            let matches = root().try_get_matches_from(argv::normalise(args));
            let matches = matches.unwrap_or_else(|error| panic!("{command} {flag}: {error}"));
            assert_eq!(argv::looks(&matches, name), expected, "{command} {flag}");
        }
    }
}

/// The commands that the real terraform lists, without those that are another's name.
#[test]
fn every_command_is_there_or_refused_with_a_reason() {
    let table: Vec<&str> = TABLE.iter().map(|(command, ..)| *command).collect();
    let main = "init validate plan apply destroy console fmt force-unlock get graph import login \
                logout metadata modules output providers refresh show state taint test untaint \
                version workspace";
    for name in main.split_whitespace() {
        let taken = table.iter().any(|command| command.split(' ').next() == Some(name));
        assert!(taken || explained(name).contains("does not have: "), "{name}");
    }
}

#[test]
fn booleans_mean_what_they_say() {
    for (flag, expected) in [("-lock", true), ("-lock=0", false), ("--lock=False", false)] {
        let matches = matches(&["state", "rm", flag, "a.b"]);
        assert_eq!(matches.get_one::<bool>("lock"), Some(&expected), "{flag}");
    }
    assert_eq!(matches(&["plan"]).get_one::<bool>("destroy"), Some(&false));
    assert_eq!(matches(&["plan"]).get_one::<bool>("refresh"), Some(&true));
}

/// Parses a wrong command line; gives what is said.
#[track_caller]
fn explained(line: &str) -> String {
    let args = std::iter::once("groma").chain(line.split(' ')).map(OsString::from);
    let args = argv::normalise(args);
    let error = root().try_get_matches_from(args.clone()).expect_err("it is wrong");
    assert!(error.use_stderr(), "{line}");
    super::explain(&error, &args, &root(), Style { color: false, width: 78 })
}

#[test]
fn wrong_command_lines_are_explained() {
    let check = |line: &str, expected: &str| assert_eq!(explained(line).trim(), expected, "{line}");
    check(
        "plan -bogus",
        "Error: Failed to parse command-line flags\n\nflag provided but not defined: -bogus\n\nFor \
         more help on using this command, run:\n  groma plan -help",
    );
    check(
        "state mv --bogus=1 a b",
        "Error: Failed to parse command-line flags\n\nflag provided but not defined: -bogus\n\nFor \
         more help on using this command, run:\n  groma state mv -help",
    );
    check(
        "plan extra",
        "Error: Too many command line arguments\n\nTo specify a working directory, use the global \
         -chdir flag.\n\nFor more help on using this command, run:\n  groma plan -help",
    );
    check(
        "bogus",
        "Groma has no command named \"bogus\".\n\nTo see all of Groma's top-level commands, run:\n  \
         groma -help",
    );
    check(
        "stat",
        "Groma has no command named \"stat\". Did you mean \"state\"?\n\nTo see all of Groma's \
         top-level commands, run:\n  groma -help",
    );
    check(
        "state lst",
        "Groma has no command named \"state lst\". Did you mean \"list\"?\n\nTo see all of Groma's \
         state commands, run:\n  groma state -help",
    );
    assert!(explained("login").contains("does not have"));
    assert!(explained("plan -lock=maybe").contains("must be true or false"));
    assert!(explained("state mv a").contains("Too few command line arguments"));
}

#[test]
fn every_command_and_flag_has_help() {
    fn check(command: &clap::Command) {
        assert!(command.get_about().is_some(), "{} has no help", command.get_name());
        for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
            let name = command.get_name();
            assert!(arg.get_help().is_some(), "{} of {name} has no help", arg.get_id());
        }
        command.get_subcommands().filter(|c| c.get_name() != "help").for_each(check);
    }
    check(&root());
    for words in [&["-help"][..], &["help", "plan"], &["plan", "-help"], &["state", "mv", "-h"]] {
        let args = std::iter::once("groma").chain(words.iter().copied()).map(OsString::from);
        let error = root().try_get_matches_from(argv::normalise(args)).expect_err("help");
        assert!(!error.use_stderr(), "{words:?}");
    }
}

#[test]
fn every_shell_gets_completions() {
    for shell in [clap_complete::Shell::Bash, clap_complete::Shell::Zsh, clap_complete::Shell::Fish]
    {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut root(), "groma", &mut script);
        let script = String::from_utf8(script).expect("text");
        for word in ["force-unlock", "replace-provider", "detailed-exitcode"] {
            assert!(script.contains(word), "{shell} lacks {word}");
        }
    }
}
