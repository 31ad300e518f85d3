//! The real hashicorp/aws does under `groma` what it does under the real `terraform`: the cases in
//! `tests/aws`, each planned and applied by both against a cloud of its own, which moto plays.
//!
//! A case is of the same form as those of the corpus. The provider and its configuration are there
//! already; a case that wants others has a `provider.tf` in its first step, with `ENDPOINT` for the
//! address of the cloud.

use std::path::Path;

use groma_tests::aws::Clouds;
use groma_tests::fixture::Case;
use groma_tests::parity::{Tools, on_so_many_threads, summary};
use groma_tests::{parts, terraform};

/// Cases at once: they wait for the provider, which waits ten seconds for each instance.
const AT_ONCE: usize = 4;

/// Cases at the end of which each tool plans no change on the other's state, at least.
const CROSSED: usize = 40;

/// What `GROMA_CASE` says: only cases with that in their names.
fn part() -> String {
    #[expect(clippy::disallowed_methods, reason = "a switch of the tests, not of the program")]
    std::env::var("GROMA_CASE").unwrap_or_default()
}

fn cases() -> Vec<Case> {
    let part = part();
    let mut cases = Case::read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("aws"));
    cases.retain(|case| case.name.contains(&part));
    cases
}

#[test]
fn aws_is_what_it_is_under_terraform() {
    let (oracle, mirror, moto) = match (terraform(), parts::mirror(), parts::moto()) {
        (Ok(oracle), Ok(mirror), Ok(moto)) => (oracle, mirror, moto),
        (Err(missing), ..) | (_, Err(missing), _) | (.., Err(missing)) => return missing.skip(),
    };
    let clouds = Clouds::new(Tools::new(&oracle), &mirror, &moto);
    let cases = cases();
    let verdicts = on_so_many_threads(AT_ONCE, &cases, |case| {
        clouds.compare(case).unwrap_or_else(|error| panic!("{}: {error}", case.name))
    });
    let crossed = verdicts.iter().filter(|verdict| verdict.crossed).count();
    let wrong: Vec<String> = cases
        .iter()
        .zip(verdicts)
        .filter(|(_, verdict)| !verdict.problems.is_empty())
        .map(|(case, verdict)| format!("{}:\n{}", case.name, summary(&verdict.problems)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    if part().is_empty() {
        assert!(crossed >= CROSSED, "only {crossed} cases end in what the other tool can plan");
    }
}
