//! Random configurations and transitions do in `groma` what they do in the real `terraform`.
//!
//! `GROMA_SEEDS=n` runs so many seeds, 300 by default; `GROMA_SEED=n` starts at that one. A
//! difference is made small and printed as a case: put it under `tests/corpus/random/` and mend
//! what it shows.

use groma_tests::parity::{Tools, on_threads, setting, summary};
use groma_tests::random::{Scenario, generate, shrink};
use groma_tests::terraform;

/// Making small takes many runs; the seeds after these are only named.
const SHRUNK: usize = 3;

#[test]
fn random_configurations_are_equal() {
    let oracle = match terraform() {
        Ok(oracle) => oracle,
        Err(missing) => return missing.skip(),
    };
    let tools = Tools::new(&oracle);
    let first = setting("GROMA_SEED").unwrap_or(1);
    let seeds: Vec<u64> =
        (first..first + setting("GROMA_SEEDS").unwrap_or(300)).map(|seed| seed as u64).collect();
    let results = on_threads(&seeds, |seed| tools.differences(&generate(*seed).case()));
    let mut differing = Vec::new();
    for (seed, found) in seeds.iter().zip(results) {
        if let Some(first) = found.first() {
            differing.push((*seed, first.subject()));
        }
    }
    let named: Vec<String> =
        differing.iter().map(|(seed, subject)| format!("{seed}: {subject}")).collect();
    // Making small takes a while.
    eprintln!("{} of {} seeds differ:\n{}", differing.len(), seeds.len(), named.join("\n"));
    let mut report = Vec::new();
    for (seed, subject) in differing.iter().take(SHRUNK) {
        let still = |scenario: &Scenario| {
            let found = tools.differences(&scenario.case());
            found.first().is_some_and(|first| first.subject() == *subject)
        };
        let small = shrink(generate(*seed), still);
        let found = tools.differences(&small.case());
        report.push(format!("{}\n{}", summary(&found), small.case()));
    }
    assert!(differing.is_empty(), "{}", report.join("\n\n"));
}
