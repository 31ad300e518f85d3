//! Strings and templates.

use super::{check, check_error};

#[test]
fn joins_parts() {
    check(r#""""#, r#""""#);
    check(r#""a${1}b${true}c""#, r#""a1btruec""#);
    check(r#""${"a"}-${s}""#, r#""a-text""#);
    check(r#""${0.1}${1e3}""#, r#""0.11000""#);
    check(r#""$${x} %%{y} \t\u00e9""#, "\"${x} %{y} \\té\"");
}

#[test]
fn a_single_interpolation_keeps_its_type() {
    check(r#""${1}""#, "1");
    check(r#""${[1]}""#, "[1]");
    check(r#""${null}""#, "null");
    check(r#""${"${n}"}""#, "3");
}

#[test]
fn refuses_what_is_no_string() {
    check_error(
        r#""a${null}""#,
        "Invalid template interpolation value [null] The expression result is null. Cannot \
         include a null value in a string template.",
    );
    check_error(
        r#""a${[]}${{}}""#,
        "Invalid template interpolation value [[]] Cannot include the given value in a string \
         template: string required.\n\
         Invalid template interpolation value [{}] Cannot include the given value in a string \
         template: string required.",
    );
}

#[test]
fn directives() {
    check(r#""%{if true}a%{else}b%{endif}""#, r#""a""#);
    check(r#""x%{if false}a%{endif}y""#, r#""xy""#);
    check(r#""%{for x in ["a", "b"]}${x},%{endfor}""#, r#""a,b,""#);
    check(r#""%{for i, x in ["a", "b"]}${i}${x}%{endfor}""#, r#""0a1b""#);
    check(r#""%{for k, v in {a = 1, b = 2}}${k}=${v} %{endfor}""#, r#""a=1 b=2 ""#);
    check("\"a %{~ if true ~} b %{~ endif ~} c\"", r#""abc""#);
}

#[test]
fn heredocs() {
    check("<<EOT\na ${n}\n  b\nEOT\n", r#""a 3\n  b\n""#);
    check("<<-EOT\n    a\n      ${s}\n    EOT\n", r#""a\n  text\n""#);
    check("<<-EOT\n  %{ for x in list ~}\n  ${x}\n  %{ endfor ~}\n  EOT\n", r#""  a\n  b\n""#);
}

#[test]
fn unknown_parts_leave_the_prefix() {
    check(r#""web-${unknown_string}-x""#, r#"unknown string not null prefix "web-""#);
    check(r#""${unknown_string}!""#, "unknown string not null");
    check(r#""${unknown_string}""#, "unknown string");
    check(
        r#""a-${secret}-${unknown_string}""#,
        r#"sensitive(unknown string not null prefix "a-hush-")"#,
    );
}

#[test]
fn marks_flow_into_the_whole() {
    check(r#""a${secret}""#, r#"sensitive("ahush")"#);
    check(r#""a${ephemeral}""#, r#"ephemeral("agone")"#);
    check(r#""%{for x in secret_list}${x}%{endfor}""#, r#"sensitive("12")"#);
}
