//! `fmt` against the real terraform: the same texts refused, the same bytes for the others.

use std::sync::Arc;

use crate::oracle::random::Random;
use crate::oracle::{self, Verdict, generate};
use groma_diag::SourceMap;
use groma_lang::syntax::format;

fn ours(text: &[u8]) -> Verdict {
    let map = SourceMap::new();
    let text: Arc<[u8]> = text.into();
    let file = map.add("main.tf", Arc::clone(&text));
    format(file, &text).map_or(Verdict::Refused, Verdict::Formatted)
}

fn show(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Refused => "refused".into(),
        Verdict::Formatted(text) => String::from_utf8_lossy(text).into_owned(),
    }
}

/// Whether terraform's layout has fewer words than ours: it loses labels with a bare `$` or `%`
/// and keys like that of `a[true]`, and ours does not.
fn loses_code(text: &[u8], theirs: &Verdict) -> bool {
    let words = |text: &[u8]| text.iter().filter(|b| b.is_ascii_graphic()).count();
    let squeezed: Vec<u8> = text.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
    let has = |part: &[u8]| squeezed.windows(part.len()).any(|window| window == part);
    let suspect =
        [&b"$"[..], b"%", b"[true]", b"[false]", b"[null]", b"[/*"].iter().any(|p| has(p));
    match (ours(text), theirs) {
        (Verdict::Formatted(ours), Verdict::Formatted(theirs)) => {
            suspect && words(theirs) < words(&ours)
        }
        _ => false,
    }
}

/// Compares all texts; reports the shortest ones that differ.
fn compare(texts: &[Vec<u8>]) {
    let theirs = oracle::judge(texts);
    let mut different: Vec<_> =
        texts.iter().zip(&theirs).filter(|(text, theirs)| ours(text) != **theirs).collect();
    different.retain(|(text, theirs)| !loses_code(text, theirs));
    // Terraform takes the bytes EF BB with no third one for a name.
    different.retain(|(text, _)| {
        !(text.windows(2).any(|pair| pair == b"\xef\xbb") && std::str::from_utf8(text).is_err())
    });
    different.sort_by_key(|(text, _)| text.len());
    let refused = theirs.iter().filter(|verdict| **verdict == Verdict::Refused).count();
    println!("{} texts, {refused} refused, {} differ", texts.len(), different.len());
    let report: Vec<_> = different
        .iter()
        .take(5)
        .map(|(text, theirs)| {
            let input = String::from_utf8_lossy(text);
            let (theirs, ours) = (show(theirs), show(&ours(text)));
            format!("--- {input:?}\n--- terraform\n{theirs}\n--- ours\n{ours}\n")
        })
        .collect();
    let report = report.concat();
    assert!(different.is_empty(), "{} of {} differ:\n{report}", different.len(), texts.len());
}

/// A number from the environment, to look further than CI does.
#[expect(clippy::disallowed_methods, reason = "a setting of this test alone")]
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn seeds() -> u64 {
    setting("GROMA_SEEDS").unwrap_or(1500)
}

fn first_seed() -> u64 {
    setting("GROMA_FIRST_SEED").unwrap_or(0)
}

#[test]
fn written_files() {
    if !oracle::available() {
        return;
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/terraform/fmt");
    let files = std::fs::read_dir(folder).expect("the folder of cases");
    let texts: Vec<_> =
        files.map(|file| std::fs::read(file.expect("an entry").path()).expect("a file")).collect();
    assert!(!texts.is_empty());
    compare(&texts);
    let mut random = Random::new(first_seed());
    let mutated: Vec<_> = (0..seeds())
        .map(|index| generate::mutate(&mut random, &texts[index as usize % texts.len()]))
        .collect();
    compare(&mutated);
}

#[test]
fn generated_files() {
    if !oracle::available() {
        return;
    }
    let range = first_seed()..first_seed() + seeds();
    let valid: Vec<_> = range.map(|seed| generate::file(&mut Random::new(seed))).collect();
    compare(&valid);
    let mut random = Random::new(first_seed());
    let broken: Vec<_> = valid.iter().map(|text| generate::mutate(&mut random, text)).collect();
    compare(&broken);
}
