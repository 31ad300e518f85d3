//! Real providers do under `groma` what they do under the real `terraform`: the cases in
//! `tests/providers`, which are of the same form as those of the corpus, with providers installed
//! from a mirror.

use std::path::Path;

use groma_tests::fixture::Case;
use groma_tests::parity::{Tools, on_threads, summary};
use groma_tests::{parts, terraform};

/// What cases write for the directory of the mirror.
const MIRROR: &str = "MIRROR";

fn cases(mirror: &Path) -> Vec<Case> {
    #[expect(clippy::disallowed_methods, reason = "a switch of the tests, not of the program")]
    let part = std::env::var("GROMA_CASE").unwrap_or_default();
    let mirror = mirror.to_str().expect("a path in UTF-8");
    let mut cases = Case::read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("providers"));
    cases.retain(|case| case.name.contains(&part));
    for step in cases.iter_mut().flat_map(|case| &mut case.steps) {
        for (_, content) in &mut step.files {
            *content = content.replace(MIRROR, mirror);
        }
    }
    cases
}

#[test]
fn real_providers_are_driven_as_terraform_drives_them() {
    let (oracle, mirror) = match (terraform(), parts::mirror()) {
        (Ok(oracle), Ok(mirror)) => (oracle, mirror),
        (Err(missing), _) | (_, Err(missing)) => return missing.skip(),
    };
    let tools = Tools::new(&oracle);
    let cases = cases(&mirror);
    let results = on_threads(&cases, |case| tools.compare(case));
    let wrong: Vec<String> = cases
        .iter()
        .zip(results)
        .filter_map(|(case, result)| match result {
            Ok(none) if none.is_empty() => None,
            Ok(some) => {
                Some(format!("{}: {} differences\n{}", case.name, some.len(), summary(&some)))
            }
            Err(surprise) => Some(format!("{}: the oracle: {surprise}", case.name)),
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
