//! The same as the real terraform: arithmetic to the digit, conversions, set order, JSON.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use groma_value::{Number, OpError, Type, Value, convert, decode_json, encode_json, type_to_json};

/// What terraform makes of expressions: for each its value's type, and its value as `jsonencode`
/// writes it. `None` if there is no terraform.
fn terraform(expressions: &[String]) -> Option<Vec<(String, String)>> {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut outputs = String::new();
    for (at, e) in expressions.iter().enumerate() {
        let value = format!("{{ v = {e}, json = jsonencode({e}) }}");
        writeln!(outputs, "output \"o{at}\" {{\n  value = {value}\n}}").expect("a string written");
    }
    std::fs::write(dir.path().join("main.tf"), outputs).expect("a file written");
    run(dir.path(), &["apply", "-auto-approve", "-no-color", "-compact-warnings"])?;
    let json = run(dir.path(), &["output", "-json"])?;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let result = (0..expressions.len()).map(|at| {
        let output = &json[format!("o{at}")];
        let ty = output["type"][1]["v"].to_string();
        (ty, output["value"]["json"].as_str().expect("a string").to_owned())
    });
    Some(result.collect())
}

#[expect(clippy::disallowed_methods, reason = "the real terraform must not see the caller's TF_*")]
fn run(dir: &Path, args: &[&str]) -> Option<String> {
    let mut command = Command::new("terraform");
    command.current_dir(dir).args(args).env("CHECKPOINT_DISABLE", "1").env("TF_IN_AUTOMATION", "1");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TF_") {
            command.env_remove(name);
        }
    }
    let output = match command.output() {
        Ok(output) => output,
        Err(_) if std::env::var_os("GROMA_REQUIRE_ALL").is_none_or(|v| v != "1") => {
            eprintln!(
                "skipped: terraform, install with https://developer.hashicorp.com/terraform/install"
            );
            return None;
        }
        Err(error) => panic!("terraform: {error}"),
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).expect("UTF-8"))
}

fn check(cases: Vec<(String, Value)>) {
    let (expressions, ours): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    let Some(theirs) = terraform(&expressions) else { return };
    let mut differences = Vec::new();
    for ((expression, ours), (ty, json)) in expressions.iter().zip(&ours).zip(theirs) {
        let our_type = type_to_json(&ours.ty()).to_string();
        let our_json = String::from_utf8(encode_json(ours).expect("known")).expect("UTF-8");
        if (our_type.as_str(), our_json.as_str()) != (ty.as_str(), json.as_str()) {
            differences.push(format!("{expression}\n  {our_type} {our_json}\n  {ty} {json}"));
        }
    }
    assert!(differences.is_empty(), "ours, then theirs:\n{}", differences.join("\n"));
}

type Operation = fn(&Value, &Value) -> Result<Value, OpError>;

#[test]
fn arithmetic() {
    const NUMBERS: [&str; 18] = [
        "0",
        "1",
        "3",
        "-7",
        "10",
        "0.1",
        "-2.5",
        "1e30",
        "1e-30",
        "123456789012345678901234567890",
        "9223372036854775807",
        "18446744073709551616",
        "3.14159265358979323846264338327950288",
        "1e400",
        "7e-400",
        "2.5e100",
        "9007199254740993",
        "0.333333333333333333333333333",
    ];
    let operations: [(&str, Operation); 8] = [
        ("+", Value::add),
        ("-", Value::sub),
        ("*", Value::mul),
        ("/", Value::div),
        ("%", Value::rem),
        ("<", Value::less_than),
        (">=", Value::greater_than_or_equal_to),
        ("==", |a, b| Ok(a.equals(b))),
    ];
    let literal = |text: &str| Value::number(text.parse::<Number>().expect("a number"));
    let mut cases = Vec::new();
    for a in NUMBERS {
        for b in NUMBERS {
            for (name, operation) in operations {
                // As text, because a number that jsondecode reads has lost its precision.
                let Ok(result) = operation(&literal(a), &literal(b)) else { continue };
                let infinite = result.as_number().is_some_and(|n| !n.is_finite());
                if !infinite {
                    let text = convert(&result, &Type::String).expect("a string");
                    cases.push((format!("tostring(({a}) {name} ({b}))"), text));
                }
            }
        }
    }
    check(cases);
}

#[test]
fn other_precisions() {
    let count = |n: i64| Value::number(n);
    let double = |f: f64| Value::number(Number::from_f64(f).expect("a number"));
    let pow = |x: &str, y: &str| {
        let n = |text: &str| text.parse::<Number>().expect("a number");
        Value::number(n(x).pow(&n(y)).expect("a number"))
    };
    let log = |x: &str, y: &str| {
        let n = |text: &str| text.parse::<Number>().expect("a number");
        Value::number(n(x).log(&n(y)).expect("a number"))
    };
    let list = |n: usize| format!("length([{}])", vec!["1"; n].join(","));
    let mut cases = vec![
        (format!("{}/{}", list(1), list(3)), count(1).div(&count(3)).unwrap()),
        (format!("{}/{}", list(2), list(7)), count(2).div(&count(7)).unwrap()),
        (format!("{}*{}", list(2), list(7)), count(2).mul(&count(7)).unwrap()),
        ("-0".to_owned(), Value::number("0".parse::<Number>().unwrap().neg())),
        ("pow(2, 60) == 1152921504606846976".to_owned(), Value::from(true)),
        ("pow(2, 60) == 1152921504606847000".to_owned(), Value::from(false)),
        ("pow(2, 60) - 1".to_owned(), double(2f64.powi(60)).sub(&number("1")).unwrap()),
        ("log(10, 2) * 1".to_owned(), log("10", "2").mul(&number("1")).unwrap()),
        ("log(10, 2) == log(10, 2) * 1".to_owned(), {
            log("10", "2").equals(&log("10", "2").mul(&number("1")).unwrap())
        }),
        ("log(10, 2) % 1".to_owned(), log("10", "2").rem(&number("1")).unwrap()),
        ("1 / log(10, 2)".to_owned(), number("1").div(&log("10", "2")).unwrap()),
    ];
    for (x, y) in
        [("2", "60"), ("1.1", "37"), ("10", "-5"), ("7", "300"), ("-3", "5"), ("9", "0.5")]
    {
        cases.push((format!("pow({x}, {y})"), pow(x, y)));
    }
    for (x, y) in [("10", "2"), ("50", "10"), ("1000", "10"), ("3", "7"), ("16", "2")] {
        cases.push((format!("log({x}, {y})"), log(x, y)));
    }
    for at in 1..40 {
        let (x, y) = (format!("{at}.{}", at * 37 % 100), format!("{}.{}", at % 7, at * 13 % 10));
        cases.push((format!("log({x}, 7.3)"), log(&x, "7.3")));
        cases.push((format!("pow({x}, {y})"), pow(&x, &y)));
        cases.push((format!("pow({x}, -{y})"), pow(&x, &format!("-{y}"))));
    }
    for text in ["1.5", "-1.5", "0.5", "-0.5", "2.9999999999999999999999", "1e30", "-7"] {
        let n: Number = text.parse().unwrap();
        cases.push((format!("floor({text})"), Value::number(n.floor())));
        cases.push((format!("ceil({text})"), Value::number(n.ceil())));
    }
    check(cases);
}

fn number(text: &str) -> Value {
    Value::number(text.parse::<Number>().expect("a number"))
}

/// Conversions of what JSON is in HCL too: tuples and objects of literals.
#[test]
fn conversions() {
    let any = || Type::Dynamic;
    let (list, set, map) = (Type::list(any()), Type::set(any()), Type::map(any()));
    let sequences = [
        "[]",
        "[1]",
        r#"[1,"a"]"#,
        r#"["b","a","b"]"#,
        "[true,false]",
        r#"[true,"x"]"#,
        "[null,1]",
        "[null,null]",
        "[[1],[2,3]]",
        r#"[[1],["x"]]"#,
        r#"[[],["a"]]"#,
        "[[null],[\"a\",\"b\"]]",
        r#"[{"a":1},{"a":"x"}]"#,
        r#"[{"a":1},{"b":"x"}]"#,
        r#"[{"a":null},{"a":1}]"#,
        "[{},{}]",
        r#"[{"a":[1]},{"a":["x",2]}]"#,
        "[10,9,1000,-1,0.5,-0.5,100]",
        "[1e30,2.5,1e-7]",
        r#"["é","z","\t","\u200b","Z","10","9"]"#,
        "[[10],[1,2],[1],[1,2]]",
        r#"[{"a":10},{"a":9},{"a":1000},{"a":12345678901},{"a":1e-7}]"#,
        r#"[{"a":"é"},{"a":"z"},{"a":"\t"},{"a":"\u200b"},{"a":"\"q"}]"#,
        r#"[{"a":null,"b":1},{"a":"x","b":2}]"#,
        "[[true],[false]]",
        r#"[{"a":1.23456789012},{"a":1.23456789013},{"a":123456789012345}]"#,
        r#"["1",1]"#,
        r#"[{"k":{"x":1}},{"k":{"y":"2"}}]"#,
    ];
    let mappings = [
        "{}",
        r#"{"a":1}"#,
        r#"{"a":1,"b":"x"}"#,
        r#"{"a":null,"b":1}"#,
        r#"{"a":[1],"b":["x"]}"#,
        r#"{"a":[null],"b":["a","b"]}"#,
        r#"{"a":{"x":1},"b":{"x":true}}"#,
        r#"{"a":{"x":1},"b":{"y":2}}"#,
        r#"{"a":[],"b":[1]}"#,
        r#"{"b":"<&>","a":"\u2028"}"#,
    ];
    let mut cases = Vec::new();
    let mut case = |function: &str, json: &str, ty: &Type| {
        let value = decode_json(json.as_bytes()).expect("JSON");
        if let Ok(converted) = convert(&value, ty) {
            cases.push((format!("{function}({json})"), converted));
        }
    };
    for json in sequences {
        case("tolist", json, &list);
        case("toset", json, &set);
    }
    for json in mappings {
        case("tomap", json, &map);
    }
    assert!(cases.len() > 45, "{}", cases.len());
    check(cases);
}

/// What neither converts.
#[test]
fn refusals() {
    let (list, map) = (Type::list(Type::Dynamic), Type::map(Type::Dynamic));
    let refused = [
        ("tolist", r#"[{"a":1},[]]"#, &list),
        ("tolist", r#"[null,{"a":1}]"#, &list),
        ("tolist", "[null,[1]]", &list),
        ("tolist", r#"[{"a":null},{"a":{"b":1}}]"#, &list),
        ("tolist", r#"[[null],[{"a":1}]]"#, &list),
        ("tomap", r#"{"a":1,"b":[]}"#, &map),
    ];
    let mut expressions = Vec::new();
    for (function, json, ty) in refused {
        let value = decode_json(json.as_bytes()).expect("JSON");
        assert!(convert(&value, ty).is_err(), "{json}");
        expressions.push((format!("can({function}({json}))"), Value::from(false)));
    }
    check(expressions);
}

/// What is known of values made from an identity that a plan does not know yet, which is a string
/// and not null.
#[test]
fn unknowns() {
    let id = || Value::unknown(Type::String).refine_not_null();
    let prefixed = || id().refine().full_prefix("foo-").done();
    let number = || convert(&id(), &Type::Number).unwrap();
    let text = |text: &str| Value::from(text);
    let null = || Value::null(Type::Dynamic);
    let pair = |a: Value, b: Value| Value::tuple(vec![a, b]);
    let to = |value: Value, ty: Type| convert(&value, &ty).unwrap();
    let any_list = || Type::list(Type::Dynamic);
    let one = || Value::number(1);
    let cases: Vec<(&str, Value)> = vec![
        ("local.id == null", id().equals(&null())),
        ("local.id != null", id().not_equals(&null())),
        ("local.id == 1", id().equals(&one())),
        ("local.id == \"x\"", id().equals(&text("x"))),
        ("\"foo-${local.id}\" == \"bar-x\"", prefixed().equals(&text("bar-x"))),
        ("\"foo-${local.id}\" == \"foo-x\"", prefixed().equals(&text("foo-x"))),
        ("\"foo-${local.id}\" == null", prefixed().equals(&null())),
        ("[local.id, 1] == [1, 2]", pair(id(), one()).equals(&pair(one(), 2.into()))),
        ("[local.id, 1] == [\"x\", 1]", pair(id(), one()).equals(&pair(text("x"), one()))),
        ("[local.id] == []", Value::tuple(vec![id()]).equals(&Value::tuple(Vec::new()))),
        ("tonumber(local.id) + 1 == null", number().add(&one()).unwrap().equals(&null())),
        ("-tonumber(local.id) == null", number().neg().unwrap().equals(&null())),
        ("tonumber(local.id) * 0", number().mul(&Value::number(0)).unwrap()),
        ("tonumber(local.id) > 0", number().greater_than(&Value::number(0)).unwrap()),
        ("length(toset([local.id]))", Value::set(Type::String, vec![id()]).length()),
        ("length(toset([local.id, \"x\"])) > 2", {
            let set = to(pair(id(), text("x")), Type::set(Type::Dynamic));
            set.length().greater_than(&2.into()).unwrap()
        }),
        ("toset([local.id]) == toset([\"x\"])", {
            let set = |v: Value| Value::set(Type::String, vec![v]);
            set(id()).equals(&set(text("x")))
        }),
        ("toset([{ a = local.id }]) == toset([{ a = \"x\" }])", {
            let object = |v: Value| Value::object_of([("a", v)]);
            let set = |v: Value| Value::set(v.ty(), vec![v]);
            set(object(id())).equals(&set(object(text("x"))))
        }),
        ("tolist([local.id, 1])[1]", to(pair(id(), one()), any_list()).index(&one()).unwrap()),
        ("tolist([local.id, 1])[0]", to(pair(id(), one()), any_list()).index(&0.into()).unwrap()),
        ("tobool(local.id) == \"true\"", to(id(), Type::Bool).equals(&text("true"))),
        ("jsondecode(local.id) == 1", Value::dynamic().equals(&one())),
        ("[jsondecode(local.id)] == [1]", {
            Value::tuple(vec![Value::dynamic()]).equals(&Value::tuple(vec![one()]))
        }),
        ("[jsondecode(local.id)] == [1, 2]", {
            Value::tuple(vec![Value::dynamic()]).equals(&pair(one(), 2.into()))
        }),
        ("jsondecode(local.id).a == null", Value::dynamic().get_attr("a").unwrap().equals(&null())),
    ];

    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut config = String::from(
        "resource \"terraform_data\" \"a\" {}\nlocals {\n  id = terraform_data.a.id\n}\n",
    );
    for (at, (expression, _)) in cases.iter().enumerate() {
        writeln!(config, "output \"o{at}\" {{\n  value = {expression}\n}}")
            .expect("a string written");
    }
    std::fs::write(dir.path().join("main.tf"), config).expect("a file written");
    if run(dir.path(), &["init", "-no-color"]).is_none() {
        return;
    }
    run(dir.path(), &["plan", "-no-color", "-out=plan"]);
    let plan = run(dir.path(), &["show", "-json", "plan"]).expect("a plan");
    let plan: serde_json::Value = serde_json::from_str(&plan).expect("JSON");
    for (at, (expression, ours)) in cases.iter().enumerate() {
        let change = &plan["output_changes"][format!("o{at}")];
        let theirs = if change["after_unknown"] == serde_json::Value::Bool(true) {
            "unknown".to_owned()
        } else {
            change["after"].to_string()
        };
        let ours = if ours.is_known() { format!("{ours:?}") } else { "unknown".to_owned() };
        assert_eq!(ours, theirs, "{expression}");
    }
}
