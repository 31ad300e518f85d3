//! Plugins that do wrong: a clear error that names the provider, the call and what it was about;
//! the rest goes on, and the state is as it was.

use std::path::Path;

use groma_tests::trial::{PROVIDER, Trial, words};
use serde_json::Value;

const PLUGIN: &str = env!("CARGO_BIN_EXE_terraform-provider-trial");

/// Each call, the command that makes it, and what an error about it names.
const CALLS: &[(&str, &str, &str)] = &[
    ("GetProviderSchema", "plan", "Failed to load plugin schemas"),
    ("ValidateProviderConfig", "plan", "provider \"trial\""),
    ("ValidateResourceConfig", "plan", "resource \"trial_thing\""),
    ("ValidateDataResourceConfig", "plan", "data \"trial_thing\" \"read\""),
    ("ValidateEphemeralResourceConfig", "plan", "ephemeral \"trial_thing\" \"opened\""),
    ("ConfigureProvider", "plan", "provider \"trial\""),
    ("UpgradeResourceState", "plan", "trial_thing."),
    ("ReadResource", "plan", "trial_thing."),
    ("PlanResourceChange", "plan", "trial_thing."),
    ("ImportResourceState", "plan", "trial_thing.imported"),
    ("MoveResourceState", "plan", "trial_thing.moved"),
    ("ReadDataSource", "plan", "data.trial_thing.read"),
    ("OpenEphemeralResource", "plan", "ephemeral.trial_thing.opened"),
    ("CloseEphemeralResource", "plan", "ephemeral.trial_thing.opened"),
    ("CallFunction", "plan", "provider::trial::hello"),
    ("ApplyResourceChange", "apply -auto-approve", "trial_thing."),
];

/// Calls whose answers have no value in them.
const NO_VALUE: [&str; 6] = [
    "ValidateProviderConfig",
    "ValidateResourceConfig",
    "ValidateDataResourceConfig",
    "ValidateEphemeralResourceConfig",
    "ConfigureProvider",
    "CloseEphemeralResource",
];

const KINDS: [&str; 6] = ["crash-before", "panic", "status", "garbage", "msgpack", "wrong-type"];

#[test]
fn every_fault_of_every_call_is_told() {
    let begun = Trial::begun(Path::new(PLUGIN));
    let before = begun.state();
    let mut wrong = Vec::new();
    for (call, line, about) in CALLS {
        for kind in KINDS {
            if NO_VALUE.contains(call) && matches!(kind, "msgpack" | "wrong-type") {
                continue;
            }
            let trial = begun.copy();
            let fault = format!("{kind}@{call}");
            let output = trial.groma(line, &[("TRIAL_FAULT", &fault)]);
            let said = words(&format!("{}{}", output.stdout, output.stderr));
            let mut parts = vec!["Error:", PROVIDER, call, about];
            if matches!(kind, "panic" | "status") {
                parts.push("out of luck");
            }
            let missing: Vec<&str> =
                parts.into_iter().filter(|part| !said.contains(part)).collect();
            let state = trial.state();
            let kept = if *call == "ApplyResourceChange" {
                // What is of other providers is done.
                let other = state.iter().find(|resource| resource["type"] == "terraform_data");
                let input = |other: &Value| other["instances"][0]["attributes"]["input"].clone();
                other.map(input).is_some_and(|input| input["value"] == 2)
            } else {
                state == before
            };
            if output.code != 1 || !missing.is_empty() || !kept {
                wrong.push(format!(
                    "{fault}: exit code {}, without {missing:?}, state kept: {kept}\n{said}",
                    output.code
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_plugin_that_cannot_be_reached_says_why() {
    let begun = Trial::begun(Path::new(PLUGIN));
    let mut wrong = Vec::new();
    for (handshake, why) in [
        ("say:hello", "it printed \"hello\""),
        ("say:", "it printed \"\""),
        ("say:1|4|unix|/x|grpc", "version 4 of the provider protocol"),
        ("say:2|6|unix|/x|grpc", "version 2 of go-plugin's handshake"),
        ("say:1|5|unix|/x|netrpc", "it serves \"netrpc\""),
        ("say:1|5|unix|/x", "it serves \"netrpc\""),
        ("say:1|6|quic|x|grpc", "it listens at \"quic:x\""),
        ("say:1|6|unix|/nowhere|grpc", "No such file or directory"),
        ("say:1|6|unix|/x|grpc|***", "not in base64"),
        ("exit", "exit status: 3"),
        ("exit", "panic: out of luck before the handshake"),
        ("closed", "The plugin of"),
        ("open", "everybody on this machine can connect"),
        ("stranger", "certificate"),
    ] {
        let output = begun.groma("plan", &[("TRIAL_HANDSHAKE", handshake)]);
        let said = words(&format!("{}{}", output.stdout, output.stderr));
        let told = ["Error:", PROVIDER, why].iter().all(|part| said.contains(part));
        if output.code != 1 || !told {
            wrong.push(format!("{handshake}: exit code {}: {said}", output.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_plugin_that_says_nothing_is_not_waited_for_for_ever() {
    let trial = Trial::new(Path::new(PLUGIN));
    let variables = [("TRIAL_HANDSHAKE", "silent"), ("GROMA_PLUGIN_START_TIMEOUT", "1")];
    let output = trial.groma("plan", &variables);
    let said = words(&output.stderr);
    assert_eq!(output.code, 1, "{said}");
    assert!(said.contains("it has not said within 1 s how to reach it"), "{said}");
}

#[test]
fn plugins_may_listen_otherwise() {
    let begun = Trial::begun(Path::new(PLUGIN));
    for handshake in ["tcp", "tls"] {
        let trial = begun.copy();
        trial.groma("apply -auto-approve", &[("TRIAL_HANDSHAKE", handshake)]).success();
        trial.groma("plan -detailed-exitcode", &[("TRIAL_HANDSHAKE", handshake)]).success();
    }
}

/// As much as terraform takes: a schema of 64 MB, and any answer else.
#[test]
fn answers_may_be_large() {
    let begun = Trial::begun(Path::new(PLUGIN));
    for fault in ["huge-5@GetProviderSchema", "huge-5@ReadResource", "huge-70@ReadResource"] {
        begun.groma("plan", &[("TRIAL_FAULT", fault)]).success();
    }
    let output = begun.groma("plan", &[("TRIAL_FAULT", "huge-70@GetProviderSchema")]);
    let said = words(&output.stderr);
    assert_eq!(output.code, 1, "{said}");
    assert!(said.contains("GetProviderSchema") && said.contains(PROVIDER), "{said}");
}
