//! `templatefile` and `templatestring`. What is expected is what the real terraform says.

use std::sync::Arc;
use std::time::SystemTime;

use groma_diag::{Diagnostics, SourceMap};
use groma_value::{Marks, Type, Value};

use super::show;
use crate::eval::{MapScope, evaluate};
use crate::functions::{Host, HostError};
use crate::syntax::parse_expression;

struct Files;

impl Host for Files {
    fn read_file(&self, path: &str) -> Result<Vec<u8>, HostError> {
        let text = match path {
            "a.tpl" => "hi ${name} ${x.y}\n",
            "bad.tpl" => "a ${",
            "wrap.tpl" => "${v}",
            "nested.tpl" => "x ${templatefile(\"a.tpl\", {})}",
            "for.tpl" => "x %{for i in v}${i},%{endfor}\n",
            "wrong.tpl" => "${nope(1)} ${1 + []}",
            "lines.tpl" => "a\n${v.x}\n${v.y}",
            _ => return Err(HostError::NotFound(path.to_owned())),
        };
        Ok(text.into())
    }

    fn file_exists(&self, _: &str) -> Result<bool, HostError> {
        Ok(false)
    }

    fn fileset(&self, _: &str, _: &str) -> Result<Vec<String>, HostError> {
        Ok(Vec::new())
    }

    fn absolute(&self, path: &str) -> String {
        path.to_owned()
    }

    fn home(&self) -> Option<String> {
        None
    }

    fn plan_timestamp(&self) -> Option<SystemTime> {
        None
    }

    fn now(&self) -> Option<SystemTime> {
        None
    }

    fn random(&self, _: usize) -> Option<Vec<u8>> {
        None
    }
}

fn eval(source: &str) -> (Value, Diagnostics) {
    let scope = MapScope::new(&Files)
        .with("t", "hi ${name}".into())
        .with("bad", "${".into())
        .with("wrap", "${a}".into())
        .with("lines", "x\ny${a.c}".into())
        .with("nested", "${templatestring(a, {})} ${templatefile(a, {})}".into())
        .with("object", Value::object_of([("x", Value::from("${a}"))]))
        .with("list", Value::list(Type::String, vec!["${a}".into()]))
        .with("zero", 0.into())
        .with("nothing", Value::null(Type::Dynamic))
        .with("secret", Value::from("${a}").with_marks(Marks::SENSITIVE))
        .with("unknown", Value::unknown(Type::String));
    let file = SourceMap::new().add("test", source.as_bytes());
    let (expr, problems) = parse_expression(file, Arc::from(source.as_bytes()));
    assert!(problems.is_empty(), "{problems:#?}");
    evaluate(&expr, &scope)
}

#[track_caller]
fn check(source: &str, expected: &str) {
    let (value, diags) = eval(source);
    assert!(diags.is_empty(), "{source}: {diags:#?}");
    assert_eq!(show(&value), expected, "{source}");
}

/// Checks the one diagnostic of a call: what it says, and that it names the function.
#[track_caller]
fn check_error(source: &str, expected: &str) {
    let (_, diags) = eval(source);
    let details: Vec<_> = diags.iter().map(|d| d.detail.as_str()).collect();
    assert_eq!(details, [expected], "{source}");
    assert!(diags.iter().all(|diagnostic| diagnostic.function_call.is_some()));
}

#[test]
fn files_are_rendered() {
    check(r#"templatefile("a.tpl", {name = 1, x = {y = 2}})"#, r#""hi 1 2\n""#);
    check(r#"templatefile("wrap.tpl", {v = [1]})"#, "[1]");
    check(r#"templatefile("for.tpl", {v = [1, 2]})"#, r#""x 1,2,\n""#);
    check(r#"templatefile("for.tpl", tomap({v = [1]}))"#, r#""x 1,\n""#);
    check(r#"templatefile("wrap.tpl", {v = unknown})"#, "unknown string");
    check(r#"templatefile("wrap.tpl", {v = secret})"#, r#"sensitive("${a}")"#);
    check("templatefile(unknown, {})", "unknown dynamic");
}

#[test]
fn files_are_wrong() {
    check_error(
        r#"templatefile("bad.tpl", {})"#,
        "Call to function \"templatefile\" failed: bad.tpl:1,5-5: Missing expression; Expected \
         the start of an expression, but found the end of the file..",
    );
    check_error(
        r#"templatefile("a.tpl", {name = 1})"#,
        "Invalid value for \"vars\" parameter: vars map does not contain key \"x\", referenced at \
         a.tpl:1,14-15.",
    );
    check_error(
        r#"templatefile("a.tpl", {name = 1, x = {}})"#,
        "Call to function \"templatefile\" failed: a.tpl:1,15-17: Unsupported attribute; This \
         object does not have an attribute named \"y\"..",
    );
    check_error(
        r#"templatefile("lines.tpl", {v = {x = 1}})"#,
        "Call to function \"templatefile\" failed: lines.tpl:3,4-6: Unsupported attribute; This \
         object does not have an attribute named \"y\"..",
    );
    check_error(
        r#"templatefile("wrap.tpl", {v = null})"#,
        "Call to function \"templatefile\" failed: wrap.tpl:1,1-5: Template result is null; The \
         result of the template is null, which is not a valid result for a templatestring call..",
    );
    check_error(
        r#"templatefile("nested.tpl", {})"#,
        "Call to function \"templatefile\" failed: nested.tpl:1,5-18: Error in function call; \
         Call to function \"templatefile\" failed: cannot recursively call templatefile from \
         inside another template function..",
    );
    let (_, diags) = eval(r#"templatefile("wrong.tpl", {})"#);
    let detail = &diags.iter().next().unwrap().detail;
    assert!(detail.starts_with(
        "Call to function \"templatefile\" failed: wrong.tpl:1,3-7: Call to unknown function; "
    ));
    assert!(detail.ends_with(", and 1 other diagnostic(s)."));
    check_error(
        r#"templatefile("a.tpl", [1])"#,
        "Invalid value for \"vars\" parameter: invalid vars value: must be a map.",
    );
    check_error(
        r#"templatefile("a.tpl", {"1x" = 1})"#,
        "Invalid value for \"vars\" parameter: invalid template variable name \"1x\": must start \
         with a letter, followed by zero or more letters, digits, and underscores.",
    );
    check_error(
        "templatefile(null, {})",
        "Invalid value for \"path\" parameter: argument must not be null.",
    );
}

#[test]
fn strings_are_rendered() {
    check(r#"templatestring(t, {name = "x"})"#, r#""hi x""#);
    check("templatestring(wrap, {a = true})", r#""true""#);
    check("templatestring(object.x, {a = 1})", r#""1""#);
    check("templatestring(list[zero], {a = 1})", r#""1""#);
    check("[for x in list : templatestring(x, {a = 1})]", r#"["1"]"#);
    check("templatestring(secret, {a = 1})", r#"sensitive("1")"#);
    check("templatestring(unknown, {})", "unknown string not null");
    check("templatestring(wrap, {a = unknown})", "unknown string not null");
    check(r#"templatestring(wrap, {a = 1, "é" = 2, a-b = 3, for = 4})"#, r#""1""#);
}

#[test]
fn strings_are_wrong() {
    check_error(
        "templatestring(bad, {})",
        "Invalid value for \"template\" parameter: invalid template: <templatestring \
         argument>:1,3-3: Missing expression; Expected the start of an expression, but found the \
         end of the file..",
    );
    check_error(
        "templatestring(t, {})",
        "Invalid value for \"vars\" parameter: vars map does not contain key \"name\", referenced \
         at <templatestring argument>:1,6-10.",
    );
    check_error(
        "templatestring(lines, {a = {}})",
        "Call to function \"templatestring\" failed: <templatestring argument>:2,5-7: Unsupported \
         attribute; This object does not have an attribute named \"c\"..",
    );
    check_error(
        "templatestring(wrap, {a = [1]})",
        "Call to function \"templatestring\" failed: invalid template result: string required.",
    );
    check_error(
        r#"templatestring(nested, {a = "x"})"#,
        "Call to function \"templatestring\" failed: <templatestring argument>:1,3-18: Error in \
         function call; Call to function \"templatestring\" failed: cannot recursively call \
         templatestring from inside another template function., and 1 other diagnostic(s).",
    );
}

#[test]
fn a_template_string_comes_from_elsewhere() {
    let check = |argument: &str, expected: &str| {
        check_error(
            &format!("templatestring({argument}, {{}})"),
            &format!("Invalid value for \"template\" parameter: {expected}."),
        );
    };
    for argument in ["nothing", "object", "zero", "object[*]"] {
        check(argument, "invalid template value: a string is required");
    }
    for argument in ["upper(t)", "(t)", "null", "1", "true ? t : t", "[t][0]", "t + 1"] {
        check(
            argument,
            "invalid template expression: must be a direct reference to a single string from \
             elsewhere, containing valid Terraform template syntax",
        );
    }
    check(
        r#""x""#,
        "invalid template expression: templatestring is only for rendering templates retrieved \
         dynamically from elsewhere, and so does not support providing a literal template; \
         consider using a template string expression instead",
    );
    check(
        r#""hello ${t}""#,
        "invalid template expression: templatestring is only for rendering templates retrieved \
         dynamically from elsewhere; to render an inline template, consider using a plain \
         template string expression",
    );
    check(
        r#""${t}""#,
        "invalid template expression: templatestring is only for rendering templates retrieved \
         dynamically from elsewhere; to treat the inner expression as template syntax, write the \
         reference expression directly without any template interpolation syntax",
    );
}
