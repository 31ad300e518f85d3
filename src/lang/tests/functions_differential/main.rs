//! Every function against the real terraform: values, types, what is unknown, what is sensitive,
//! and errors.
//!
//! A case is a line of a file under `cases`: an expression that may use the names of
//! [`oracle::PREAMBLE`]. `!` before it asks whether the value is sensitive as well; `~` says that
//! both must refuse it, each in its own words.

mod oracle;
mod ours;

use std::path::Path;

/// One expression, and what to compare.
struct Case {
    /// Where it is written.
    place: String,
    expression: String,
    /// Whether the sensitivity of the value is compared.
    marks: bool,
    /// Whether it must be an error whose words do not matter.
    refused: bool,
}

/// What came of an expression, in a form that both sides can be brought into.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    /// The first error.
    Error(String),
    Value {
        /// In JSON, as plans have it: what is unknown is null, or left out of an object.
        json: String,
        /// The paths of what is unknown.
        unknown: Vec<String>,
        /// In JSON. Only of what is known.
        ty: Option<String>,
        /// If asked for.
        sensitive: Option<bool>,
    },
}

/// The files that the cases read.
const FILES: &[(&str, &[u8])] = &[
    ("a.txt", b"hello"),
    ("b.bin", b"\xff\xfe"),
    ("bom.txt", b"\xef\xbb\xbfabc"),
    ("d/x.txt", b"x"),
    ("d/e/y.txt", b"y"),
    ("t.tmpl", b"Hi ${name}!%{ for x in l }[${x}]%{ endfor }"),
    ("t2.tmpl", b"${templatefile(\"t.tmpl\",{})}"),
    ("t3.tmpl", b"${a}"),
    ("t4.tmpl", b"${upper(nope)}"),
    ("t5.tmpl", b"${"),
    ("rec.tmpl", b"${templatefile(\"rec.tmpl\",{})}"),
    ("rsa1.pem", include_bytes!("files/rsa-pkcs1.pem")),
    ("rsa8.pem", include_bytes!("files/rsa-pkcs8.pem")),
    ("rsassh.pem", include_bytes!("files/rsa-openssh.pem")),
    ("ts.tmpl", b"${templatestring(\"a\",{})}"),
];

fn cases() -> Vec<Case> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/functions_differential/cases");
    let mut paths: Vec<_> = std::fs::read_dir(dir)
        .expect("the cases are there")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("cases are UTF-8");
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for (line, text) in text.lines().enumerate() {
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let (marks, refused) = (text.starts_with('!'), text.starts_with('~'));
            let expression = text.trim_start_matches(['!', '~']).to_owned();
            cases.push(Case { place: format!("{name}:{}", line + 1), expression, marks, refused });
        }
    }
    cases
}

#[test]
fn functions_are_those_of_terraform() {
    if !oracle::available() {
        return;
    }
    let cases = cases();
    let theirs = oracle::outcomes(&cases);
    let mut differences = Vec::new();
    for (case, theirs) in cases.iter().zip(theirs) {
        let ours = ours::outcome(case);
        let same = match (&ours, &theirs) {
            (Outcome::Error(_), Outcome::Error(_)) if case.refused => true,
            _ => !case.refused && ours == theirs,
        };
        if !same {
            differences.push(format!(
                "{} {}\n    ours:   {ours:?}\n    theirs: {theirs:?}",
                case.place, case.expression
            ));
        }
    }
    assert!(
        differences.is_empty(),
        "{} of {} differ:\n{}",
        differences.len(),
        cases.len(),
        differences.join("\n")
    );
}
