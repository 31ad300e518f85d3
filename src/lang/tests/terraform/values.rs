//! Strings and templates against the real terraform: the same values of the same texts.

use std::sync::Arc;

use groma_diag::SourceMap;
use groma_lang::eval::{NoScope, evaluate};
use groma_lang::syntax::{parse_expression, parse_file, parse_json_file};

use crate::oracle::{self, random::Random};

fn ours(text: &str) -> String {
    let map = SourceMap::new();
    let bytes: Arc<[u8]> = format!("a = {text}\n").into_bytes().into();
    let file = map.add("main.tf", Arc::clone(&bytes));
    let (body, diagnostics) = parse_file(file, "main.tf", bytes);
    assert!(diagnostics.is_empty(), "{diagnostics:?} of {text:?}");
    let (attributes, _) = body.just_attributes();
    let (value, diagnostics) = evaluate(&attributes[0].expr, &NoScope);
    assert!(diagnostics.is_empty(), "{diagnostics:?} of {text:?}");
    value.as_str().expect("a string").to_string()
}

fn compare(texts: &[String]) {
    assert!(texts.len() > 900, "only {} of the texts are valid", texts.len());
    let theirs = oracle::values(texts);
    for (text, theirs) in texts.iter().zip(theirs) {
        assert_eq!(Some(ours(text).as_str()), theirs.as_str(), "of {text:?}:\n{text}");
    }
}

/// Sequences that evaluate with no scope, with every kind of trimming.
fn sequence(random: &mut Random, quote: &str) -> String {
    let open = random.pick(&["", "", "~"]);
    let close = random.pick(&["", "", "~"]);
    match random.below(4) {
        0 => format!("%{{{open} if true {close}}} A{quote} %{{ else {close}}}no%{{{open} endif }}"),
        1 => format!("%{{ if false {close}}}no%{{{open} endif {close}}}"),
        2 => {
            format!("%{{{open} for x in [1, 2] {close}}} ${{x}} {quote}%{{{open} endfor {close}}}")
        }
        _ => format!("${{{open} \"v\" {close}}}"),
    }
}

#[test]
fn quoted_templates() {
    if !oracle::available() {
        return;
    }
    let mut random = Random::new(1);
    let pieces = [
        " ",
        "  ",
        "a",
        "\\n",
        "\\t",
        " \\\" ",
        "\\\\",
        "$",
        "%",
        "$$",
        "%%",
        "$${",
        "%%{",
        "é",
        "\\u00e9",
        "e\u{301}",
        "\\U0001f600",
        "{",
        "}",
        "$$$${x}",
        "\u{a0}",
        "$ ",
        "~",
    ];
    let texts: Vec<_> = (0..1200)
        .map(|_| {
            let mut text = String::from("\"");
            for _ in 0..random.below(7) {
                if random.one_in(3) {
                    text.push_str(&sequence(&mut random, "\\\""));
                } else {
                    // A sigil and a brace would start a sequence.
                    let piece = random.pick(&pieces);
                    let joined = text.ends_with(['$', '%']) && piece.starts_with('{');
                    text.push_str(if joined { " " } else { piece });
                }
            }
            text.push('"');
            text
        })
        .filter(|text| is_valid(text))
        .collect();
    compare(&texts);
}

fn is_valid(text: &str) -> bool {
    let map = SourceMap::new();
    let bytes: Arc<[u8]> = text.as_bytes().into();
    let file = map.add("main.tf", Arc::clone(&bytes));
    !parse_expression(file, bytes).1.has_errors()
}

#[test]
fn heredocs() {
    if !oracle::available() {
        return;
    }
    let mut random = Random::new(2);
    let texts: Vec<_> = (0..1200)
        .map(|_| {
            let open = random.pick(&["<<", "<<-", "<<-"]);
            let mut text = format!("{open}EOT\n");
            for _ in 0..random.below(6) {
                let indent = random.pick(&["", " ", "  ", "    ", "\t", "\u{3000}", "  \t "]);
                text.push_str(indent);
                for _ in 0..random.below(4) {
                    let sequence = sequence(&mut random, "\"");
                    let piece = random.pick(&["a", " ", "\\n", "\"", "$", "%", "$${", "é"]);
                    text.push_str(if random.one_in(2) { &sequence } else { piece });
                }
                let end = random.pick(&["\n", "\n", "\r\n", " \n", "\n\n"]);
                text.push_str(end);
            }
            text.push_str(random.pick(&["", "  ", "\t"]));
            text.push_str("EOT");
            text
        })
        .filter(|text| is_valid(&format!("{text}\n")))
        .collect();
    compare(&texts);
}

#[test]
fn json_syntax() {
    if !oracle::available() {
        return;
    }
    let seeds = [
        r#"{"a": [1, -2.5e+3, true, null, "x\n\u00e9\ud83d\ude00"], "b": {"c": {}}}"#,
        r#"[{"a": 1}, {"b": "${x}"}]"#,
        r#"{"": "", "//": 0, "é": "\\\"\/"}"#,
    ];
    let pieces = [
        "{", "}", "[", "]", ",", ":", "=", "\"", "\\", "\\u12", "0", "-", ".", "e", "1", "tru",
        "null", "NaN", " ", "\n", "\t", "\u{1}", "é", "\u{feff}", "//", "\"a\":", "\u{7f}",
    ];
    let mut random = Random::new(3);
    let texts: Vec<Vec<u8>> = (0..2000)
        .map(|index| {
            let mut text = seeds[index % seeds.len()].as_bytes().to_vec();
            for _ in 0..random.below(3) {
                let at = random.below(text.len() + 1);
                let len = random.below(3).min(text.len() - at);
                let piece = random.pick(&pieces);
                text.splice(at..at + len, piece.bytes());
            }
            if random.one_in(40) {
                text.push(0xff);
            }
            text
        })
        .collect();
    let refused = oracle::refused_json(&texts);
    for (index, text) in texts.iter().enumerate() {
        let map = SourceMap::new();
        let bytes: Arc<[u8]> = text.as_slice().into();
        let file = map.add("x.json", Arc::clone(&bytes));
        let (body, mut diagnostics) = parse_json_file(file, bytes);
        diagnostics.extend(body.just_attributes().1);
        let shown = String::from_utf8_lossy(text);
        assert_eq!(
            diagnostics.has_errors(),
            refused.contains(&index),
            "of {shown}: {diagnostics:?}"
        );
    }
}
