//! The shape of expressions and templates.

use super::{shape, template_shape};

fn check(text: &str, expected: &str) {
    assert_eq!(shape(text), expected, "of {text:?}");
}

#[test]
fn literals_and_references() {
    check("null", "null");
    check("12.5e3", "12.5e3");
    check("true.x", "(get true .x)");
    check("a.b[0][\"k\"].0.c", "a.b[0][\"k\"][0].c");
    check("a[b].c[1]", "(get (index a b) .c[1])");
    check("f(a, b...).c", "(get (f... a b) .c)");
    check("provider :: x::f()", "(provider::x::f)");
    check("é-1.ü", "é-1.ü");
}

#[test]
fn operators_bind_as_in_the_specification() {
    check("1 + 2 * 3 - 4", "(- (+ 1 (* 2 3)) 4)");
    check("a || b && c == d", "(|| a (&& b (== c d)))");
    check("1 < 2 == true", "(== (< 1 2) true)");
    check("-1 + !a.b", "(+ (negate 1) (not a.b))");
    check("(\n-\na)", "(paren (negate a))");
    check("a ? b : c ? d : e", "(if a b (if c d e))");
}

#[test]
fn splats() {
    check("a.*.b.0.c[0]", "(get (splat.* a (get @ .b[0].c)) [0])");
    check("a[*].b[0].c", "(splat[*] a (get @ .b[0].c))");
    check("a[*].b[*].c", "(splat[*] a (splat[*] (get @ .b) (get @ .c)))");
    check("a.*", "(splat.* a @)");
    check("f()[*]", "(splat[*] (f) @)");
}

#[test]
fn collections() {
    check("[1, 2,]", "(tuple 1 2)");
    check("{ a = 1, \"b\": 2\n(c) = 3 }", "(object a 1 \"b\" 2 (paren c) 3)");
    check("{ a = 1\n a = 2 }", "(object a 1 a 2)");
    check("[for x in y: x if z]", "(for x in y: x if z)");
    check("{for k, v in\n y:\n k\n =>\n v... if k}", "(for k,v in y: k => v... if k)");
    check("[for\r\n x in y:\r\n x]", "(for x in y: x)");
}

#[test]
fn strings() {
    check(r#""""#, r#""""#);
    check(r#""a\n\u00e9$${x} $x %%{""#, r#""a\né${x} $x %{""#);
    check(r#""${x}""#, "(wrap x)");
    check(r#""a${x}b""#, r#"(tmpl "a" x "b")"#);
    check(r#""$$$${x}""#, r#""$$${x}""#);
    check(r#""a  ${~ x ~}  b ""#, r#"(tmpl "a" x "b ")"#);
    check(r#""%{ if a }\t%{ else }y%{ endif }""#, r#"(tmpl (if a (tmpl "\t") (tmpl "y")))"#);
    check(
        r#""%{ for k, v in m ~} ${k} %{ endfor }""#,
        r#"(tmpl (tfor k,v in m: (tmpl "" k " ")))"#,
    );
    check(r#"a["x\ty"]"#, r#"a["x\\ty"]"#);
}

#[test]
fn heredocs() {
    check("<<EOT\nab\\n$${\n  EOT\n", r#"(tmpl "ab\\n${\n")"#);
    check("<<-EOT\n    a\n      b\n    EOT\n", r#"(tmpl "a\n  b\n")"#);
    check("<<-EOT\n \n    a\n    EOT\n", r#"(tmpl " \na\n")"#);
    check("<<-EOT\n    a\n    ${x}\n    EOT\n", r#"(tmpl "a\n" x "\n")"#);
    check(
        "<<-EOT\n  %{ if a }\n    b\n  %{ endif }\n  EOT\n",
        r#"(tmpl "" (if a (tmpl "\n  b\n") (tmpl)) "\n")"#,
    );
    check("<<EOT\nx ${~ a ~}\n  y\nEOT\n", r#"(tmpl "x" a "  y\n")"#);
    check("<<EOT\nEOT\n", "(tmpl)");
    check("<<EOT\r\na\r\nEOT\r\n", r#"(tmpl "a\r\n")"#);
}

#[test]
fn bare_templates() {
    assert_eq!(template_shape("a ${b} \\n"), r#"(tmpl "a " b " \\n")"#);
    assert_eq!(template_shape("${b}"), "(wrap b)");
    assert_eq!(template_shape(""), "(tmpl)");
    assert_eq!(template_shape("a$"), r#"(tmpl "a$")"#);
}
