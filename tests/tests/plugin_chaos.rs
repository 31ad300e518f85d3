//! Plugins that are killed anywhere in the work, with what they have done known or not: nothing is
//! lost of which nobody hears.

use std::path::Path;

use groma_tests::random::dice::Dice;
use groma_tests::trial::{Trial, address, words};

const PLUGIN: &str = env!("CARGO_BIN_EXE_terraform-provider-trial");

const ROUNDS: u64 = 50;

/// Every call of a plan and an apply; those that change something are more likely.
const CALLS: [&str; 20] = [
    "GetProviderSchema",
    "ValidateProviderConfig",
    "ValidateResourceConfig",
    "ValidateDataResourceConfig",
    "ValidateEphemeralResourceConfig",
    "ConfigureProvider",
    "UpgradeResourceState",
    "ReadResource",
    "PlanResourceChange",
    "ImportResourceState",
    "MoveResourceState",
    "ReadDataSource",
    "OpenEphemeralResource",
    "RenewEphemeralResource",
    "CloseEphemeralResource",
    "CallFunction",
    "ApplyResourceChange",
    "ApplyResourceChange",
    "ApplyResourceChange",
    "ApplyResourceChange",
];

#[test]
fn nothing_is_lost_silently() {
    let begun = Trial::begun(Path::new(PLUGIN));
    let mut wrong = Vec::new();
    let mut unknown = 0;
    for seed in 0..ROUNDS {
        let mut dice = Dice::new(seed);
        let kind = dice.pick(&["crash-before", "crash-after"]);
        let fault = format!("{kind}@{}#{}", dice.pick(&CALLS), dice.below(6) + 1);
        match round(&begun.copy(), &fault) {
            Ok(lost) => unknown += usize::from(lost),
            Err(problem) => wrong.push(format!("round {seed}, {fault}: {problem}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(unknown > 0, "no round left an object that the state does not have");
}

/// Whether there are objects whose outcome is not known, all of which were told of.
fn round(trial: &Trial, fault: &str) -> Result<bool, String> {
    let hit = trial.path().join("hit");
    let tell = hit.display().to_string();
    let variables = [("TRIAL_FAULT", fault), ("TRIAL_TELL", &*tell)];
    let output = trial.groma("apply -auto-approve", &variables);
    let said = words(&format!("{}{}", output.stdout, output.stderr));
    if !hit.exists() {
        // It was called less often.
        return if output.code == 0 { Ok(false) } else { Err(format!("failed: {said}")) };
    }
    let call = fault.split(['@', '#']).nth(1).unwrap_or_default();
    // What is only kept open for a while may go without anybody minding.
    let minded = call != "RenewEphemeralResource";
    if minded && (output.code != 1 || !said.contains("Error:") || !said.contains(call)) {
        return Err(format!("exit code {}: {said}", output.code));
    }
    let next = trial.groma("plan", &[]);
    let told = words(&format!("{}{}", next.stdout, next.stderr));
    if next.code != 0 {
        return Err(format!("the next run fails: {told}"));
    }
    let state = trial.state();
    let ids: Vec<&str> = state
        .iter()
        .filter_map(|resource| resource["instances"].as_array())
        .flatten()
        .filter_map(|instance| instance["attributes"]["id"].as_str())
        .collect();
    let mut unknown = false;
    for (id, name) in trial.objects() {
        // These were there before, and whose they are is not decided before they are in the state.
        if ids.contains(&&*id) || id == "imported" || id == "moved" {
            continue;
        }
        unknown = true;
        let address = address(&name);
        if !said.contains(&format!("call for {address} was lost")) {
            return Err(format!("nothing was said of {address}, which is {id}: {said}"));
        }
        if !told.contains(&format!("- {address}: create")) {
            return Err(format!("the next run says nothing of {address}, which is {id}: {told}"));
        }
    }
    // With the plugin well again, all is made.
    let output = trial.groma("apply -auto-approve", &[]);
    if output.code != 0 {
        return Err(format!("cannot be repaired: {}{}", output.stdout, output.stderr));
    }
    let output = trial.groma("plan -detailed-exitcode", &[]);
    if output.code != 0 {
        return Err(format!("is not repaired: {}{}", output.stdout, output.stderr));
    }
    Ok(unknown)
}
