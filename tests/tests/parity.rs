//! Every case of the corpus does in `groma` what it does in the real `terraform`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use groma_tests::fixture::Case;
use groma_tests::parity::{Tools, on_threads, summary};
use groma_tests::{terraform, texts, themes};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

const KNOWN: &str = "known.txt";
const KNOWN_TEXTS: &str = "known-text.txt";

/// Cases that differ and why. One that no longer does fails the test, so that the list shrinks.
fn known(list: &str) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(corpus().join(list)).expect("the list of the known");
    themes::known(&text)
}

/// `GROMA_CASE=part` runs only the cases with that in their name.
fn chosen() -> Vec<Case> {
    #[expect(clippy::disallowed_methods, reason = "a switch of the tests, not of the program")]
    let part = std::env::var("GROMA_CASE").unwrap_or_default();
    let mut cases = Case::read_all(&corpus());
    cases.retain(|case| case.name.contains(&part));
    cases
}

/// Runs `compare` over the cases, and holds what differs against a list of the known.
fn hold<D: Send>(
    list: &str,
    compare: impl Fn(&Tools, &Case) -> Result<Vec<D>, String> + Sync,
    summary: impl Fn(&[D]) -> String,
) {
    let oracle = match terraform() {
        Ok(oracle) => oracle,
        Err(missing) => return missing.skip(),
    };
    let tools = Tools::new(&oracle);
    let known = known(list);
    let cases = chosen();
    let mut wrong = Vec::new();
    let results = on_threads(&cases, |case| compare(&tools, case));
    for (case, result) in cases.iter().zip(results) {
        let name = &case.name;
        match result {
            Err(surprise) => wrong.push(format!("{name}: the oracle: {surprise}")),
            Ok(none) if none.is_empty() => {
                if known.contains_key(name) {
                    wrong.push(format!("{name}: is equal now; strike it from corpus/{list}"));
                }
            }
            Ok(_) if known.contains_key(name) => {}
            Ok(some) => {
                wrong.push(format!("{name}: {} differences\n{}", some.len(), summary(&some)));
            }
        }
    }
    let count = wrong.len();
    assert!(wrong.is_empty(), "{count} of {} cases:\n\n{}", cases.len(), wrong.join("\n\n"));
}

#[test]
fn the_corpus_is_equal() {
    hold(KNOWN, Tools::compare, summary);
}

#[test]
fn the_corpus_reads_the_same() {
    hold(KNOWN_TEXTS, texts::compare, summary);
}

#[test]
fn every_case_has_a_theme_and_every_known_one_is_there() {
    let cases = Case::read_all(&corpus());
    for case in &cases {
        let theme = themes::THEMES.iter().any(|(theme, _)| *theme == case.theme);
        assert!(theme, "{}: no theme {}", case.name, case.theme);
    }
    for list in [KNOWN, KNOWN_TEXTS] {
        for name in known(list).keys() {
            assert!(cases.iter().any(|case| case.name == *name), "{list}: there is no case {name}");
        }
    }
}

/// With `GROMA_UPDATE=1`, as `cargo xtask parity` runs it, writes the file instead.
#[test]
fn the_table_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../PARITY.md");
    let table = themes::table(&Case::read_all(&corpus()), &known(KNOWN), &known(KNOWN_TEXTS));
    if groma_tests::parity::setting("GROMA_UPDATE") == Some(1) {
        std::fs::write(&path, &table).expect("PARITY.md can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == table, "PARITY.md is not current: run `cargo xtask parity`");
}
