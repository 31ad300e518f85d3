//! What is refused, what is not, and in which words.

use std::fmt::Write as _;

use super::{parsed, shape};

fn accepts(text: &str) {
    assert_eq!(parsed(text).1, "", "of {text:?}");
}

fn refuses(text: &str) {
    assert_ne!(parsed(text).1, "", "of {text:?}");
}

/// The summary of each error, with its place.
fn summaries(text: &str) -> Vec<String> {
    let places = parsed(text).1;
    let lines = places.lines().filter(|line| line.starts_with("main.tf"));
    lines.map(|line| line.splitn(3, ": ").take(2).collect::<Vec<_>>().join(": ")).collect()
}

#[test]
fn accepts_what_other_parsers_refuse() {
    accepts("a = [for x in\ny :\nx\nif\nx]\n");
    accepts("a = {for k, v in\ny :\nk\n=>\nv}\n");
    accepts("a = { b = 1, b = 2 }\n");
    accepts("\u{feff}a = 1\n");
    accepts("a = 1e400\n");
    accepts("a = [for\r\n x in y: x]\r\n");
    accepts("a = (\n-\n1)\na2 = (!\ntrue)\n");
    accepts(&format!("a = {}1{}\n", "[".repeat(300), "]".repeat(300)));
    accepts(&format!("a = 1{}\n", " + 1".repeat(900)));
    accepts("a = 1 # c\nb = 2 // c\n/* c */ c = 3 /* c\n */\n");
    accepts("a {}\nb { c = 1 }\nd e \"f\" {\n}\n");
    accepts("null_label \"x\" {\n  a = \"${b}\"\n}");
    accepts("a = <<E\nx\n E\nb = 1\n");
}

#[test]
fn accepts_a_comment_that_is_not_utf8() {
    let (_, file, text) = super::source(b"a = 1 # \xff\xfe\n");
    assert!(super::parse_file(file, "main.tf", text).1.is_empty());
    let (_, file, text) = super::source(b"a = \"\xff\"\n");
    assert!(super::parse_file(file, "main.tf", text).1.has_errors());
}

#[test]
fn refuses_what_other_parsers_accept() {
    refuses("a = \"x\ny\"\n");
    refuses("a = <<E\nx\nE");
    refuses("a = <<E\nx\nE b\n");
    refuses("a = b.0.1\n");
    refuses("a = b.\nc\n");
    refuses("a = b[*\n]\n");
    refuses("a = 1.2.3\n");
    refuses("a = 1e9999999999999999999\n");
    refuses("a = 1e-9999999999\n");
    refuses("a { b = 1\n}\n");
    refuses("a { b = 1, c = 2 }\n");
    refuses("a = 1\na = 2\n");
    refuses("a = \"\\q\"\n");
    refuses("a \"x${1}\" {}\n");
    refuses("a = [for x in y: k => x]\n");
    refuses("a = {for x in y: x}\n");
}

#[test]
fn reports_every_error_of_a_file() {
    let text =
        "a = \nb = 1 2\n\"c\" = 1\nd {\n  e = [1 2]\n  f = )\n  g = 1\n}\nh = 'x'\ni j\nk = 1\n";
    let expected = [
        "main.tf:1,5: Invalid expression",
        "main.tf:2,7: Missing newline after argument",
        "main.tf:3,1: Invalid argument name",
        "main.tf:5,10: Missing item separator",
        "main.tf:6,7: Invalid expression",
        "main.tf:9,5: Invalid character",
        "main.tf:9,5: Invalid expression",
        "main.tf:10,4: Invalid block definition",
    ];
    assert_eq!(summaries(text), expected);
}

#[test]
fn a_missing_quote_does_not_hide_what_follows() {
    let text = "r \"a\" {\n  x = \"foo\n  y = \"${b \"\n  z = )\n}\nq \"b {\n}\nc = 1 2\n";
    let expected = [
        "main.tf:2,11: Invalid multi-line string",
        "main.tf:3,7: Unclosed template interpolation sequence",
        "main.tf:3,13: Invalid multi-line string",
        "main.tf:4,7: Invalid expression",
        "main.tf:6,7: Invalid multi-line string",
        "main.tf:7,1: Argument or block definition required",
        "main.tf:8,7: Missing newline after argument",
    ];
    assert_eq!(summaries(text), expected);
    let text = "a = [\n\"x,\n\"${f([\"y])},\n\"z\"]\nb = 1 2\n";
    let expected = [
        "main.tf:2,4: Invalid multi-line string",
        "main.tf:3,13: Invalid multi-line string",
        "main.tf:5,7: Missing newline after argument",
    ];
    assert_eq!(summaries(text), expected);
    let text = "a = <<E\n${f(\"x)}\n\"\n${\"y}\nE\nb = 1 2\n";
    let expected = [
        "main.tf:2,9: Invalid multi-line string",
        "main.tf:4,6: Invalid multi-line string",
        "main.tf:6,7: Missing newline after argument",
    ];
    assert_eq!(summaries(text), expected);
}

#[test]
fn names_what_is_unclosed() {
    assert_eq!(summaries("a {\n  b = 1\n"), ["main.tf:1,3: Unclosed configuration block"]);
    assert_eq!(summaries("a = [1,\n"), ["main.tf:2,1: Missing expression"]);
    assert_eq!(summaries("a = f(1"), ["main.tf:1,5: Unterminated function call"]);
    assert_eq!(summaries("a = \"${b\""), ["main.tf:1,5: Unclosed template interpolation sequence"]);
    assert_eq!(summaries("a = \"b"), ["main.tf:1,7: Unterminated template string"]);
}

#[test]
fn words_errors_as_terraform_does() {
    assert_eq!(
        shape("[for x y: x]").lines().nth(1),
        Some(
            "main.tf:1,8: Invalid 'for' expression: For expression requires the 'in' keyword \
             after its name declarations."
        )
    );
    assert_eq!(
        parsed("a = \"%{iff b}%{endif}\"\n").1,
        "main.tf:1,8: Invalid template control keyword: \"iff\" is not a valid template control \
         keyword. Did you mean \"if\"?\n\
         main.tf:1,14: Unexpected endif directive: The control directives within this template \
         are unbalanced."
    );
    assert_eq!(
        parsed("a = 1\nb = 2\na = 3\n").1,
        "main.tf:3,1: Attribute redefined: The argument \"a\" was already set at \
         main.tf:1,1-2. Each argument may be set only once."
    );
}

/// Ten million brackets of each sort: an error, no overflow of any stack, on a small stack.
#[test]
fn deep_nesting_is_an_error() {
    let run = || {
        for (open, rest) in [
            ("[", ""),
            ("(", ""),
            ("{a=", ""),
            ("f(", ""),
            ("-", "1"),
            ("\"${", ""),
            ("[for x in ", ""),
            ("a?", ""),
            ("a[*][", ""),
        ] {
            let count = 1_000_000 / open.len();
            let mut text = String::from("a = ");
            (0..count).for_each(|_| text.push_str(open));
            text.push_str(rest);
            let (body, errors) = parsed(&text);
            assert!(errors.contains("Nesting too deep"), "of {open:?}: {errors:.300}");
            let _ = super::first_expr(&body).variables();
        }
        let mut blocks = String::new();
        (0..100_000).for_each(|_| blocks.push_str("b {\n"));
        assert!(parsed(&blocks).1.contains("Nesting too deep"));
        let mut chain = String::from("a = 1");
        (0..100_000).for_each(|_| chain.push_str("+1"));
        assert!(parsed(&chain).1.contains("Nesting too deep"));
    };
    let thread = std::thread::Builder::new().stack_size(512 * 1024).spawn(run);
    thread.expect("a thread").join().expect("no panic");
}

#[test]
fn gives_up_on_hopeless_files() {
    let mut text = String::new();
    (0..10_000).for_each(|i| {
        let _ = writeln!(text, "a{i} = )");
    });
    assert!(parsed(&text).1.lines().count() <= 200);
}
