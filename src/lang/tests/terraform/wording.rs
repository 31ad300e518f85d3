//! Error messages against the real terraform: what it says, we say too, at the same line.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_diag::SourceMap;
use groma_lang::syntax::parse_file;

use crate::oracle::random::Random;
use crate::oracle::{self, generate};

fn ours(text: &[u8]) -> Vec<(usize, String)> {
    let map = SourceMap::new();
    let bytes: Arc<[u8]> = text.into();
    let file = map.add("main.tf", Arc::clone(&bytes));
    let (_, diagnostics) = parse_file(file, "main.tf", bytes);
    let source = map.get(file).expect("the file");
    diagnostics
        .iter()
        .map(|d| {
            let at = d.subject.map_or(0, |span| span.start);
            (source.position(at).line as usize, d.summary.clone())
        })
        .collect()
}

#[test]
fn first_errors_are_the_same() {
    if !oracle::available() {
        return;
    }
    let mut random = Random::new(7);
    let texts: Vec<_> = (0..2000)
        .map(|seed| {
            let text = generate::file(&mut Random::new(seed));
            generate::mutate(&mut random, &text)
        })
        .collect();
    let theirs = oracle::errors(&texts);
    let (mut refused, mut same) = (0, 0);
    let mut pairs: BTreeMap<(String, String), (usize, String)> = BTreeMap::new();
    for (text, theirs) in texts.iter().zip(&theirs) {
        let Some(first) = theirs.iter().min_by_key(|(line, _)| *line) else { continue };
        refused += 1;
        let ours = ours(text);
        if ours.contains(first) {
            same += 1;
        } else {
            let first_ours = ours.first().cloned().unwrap_or_default();
            let entry = pairs
                .entry((first.1.clone(), first_ours.1))
                .or_insert((0, format!("{first:?} {ours:?}\n{}", String::from_utf8_lossy(text))));
            entry.0 += 1;
        }
    }
    for ((theirs, ours), (count, example)) in &pairs {
        println!("== {count} {theirs} / {ours}\n{example}\n");
    }
    println!("{same} of {refused}");
    assert!(same * 100 >= refused * 97, "{same} of {refused}");
}
