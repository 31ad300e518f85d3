//! Verdicts, wording and layout are those of Terraform 1.11.4's `state push`, except where the
//! test says otherwise.

use proptest::prelude::*;

use super::*;
use crate::Snapshot;

const PROVIDER: &str = r#""provider":"provider[\"terraform.io/builtin/terraform\"]""#;

/// A file with these members beside the header.
fn file(members: &str) -> String {
    format!(r#"{{"version":4,"terraform_version":"1.11.4","serial":3,"lineage":"l",{members}}}"#)
}

/// A file with one resource, which has these instances.
fn with_instances(instances: &str) -> String {
    file(&format!(
        r#""outputs":{{}},"resources":[{{"mode":"managed","type":"t","name":"b",{PROVIDER},
        "instances":[{instances}]}}]"#
    ))
}

fn rewrite(text: &str) -> Result<String, StateFileError> {
    let bytes = write(&read(text.as_bytes())?)?;
    Ok(String::from_utf8(bytes).unwrap())
}

fn check_error(text: &str, expected: &str) {
    match read(text.as_bytes()) {
        Ok(_) => panic!("accepted: {text}"),
        Err(error) => assert_eq!(error.to_string(), expected, "{text}"),
    }
}

/// What becomes of the instances of one resource, compact.
fn check_instances(instances: &str, expected: &str) {
    let written = match rewrite(&with_instances(instances)) {
        Ok(written) => written,
        Err(error) => panic!("{error}: {instances}"),
    };
    let written = String::from_utf8(compact(written.as_bytes())).unwrap();
    let (_, rest) = written.split_once("\"instances\":[").unwrap();
    let (actual, _) = rest.split_once("]}],\"check_results\"").unwrap();
    assert_eq!(actual, expected, "{instances}");
}

#[test]
fn refuses_what_is_no_state_file() {
    const NO_VERSION: &str = "Unsupported state file format: The state file does not have a \
        \"version\" attribute, which is required to identify the format version.";
    let not_json = |offset: usize| {
        format!(
            "2 problems:\n\n- Unsupported state file format: The state file could not be parsed \
             as JSON: syntax error at byte offset {offset}.\n- {NO_VERSION}"
        )
    };
    check_error("{", &not_json(1));
    let truncated = r#"{"version":4,"terraform_version":"1.11.4","serial":3"#;
    check_error(truncated, &not_json(52));
    check_error(&truncated.replace(',', ",\n"), &not_json(54));
    check_error(
        "[]",
        &format!(
            "2 problems:\n\n- Unsupported state file format: The version in the state file is \
             array. A positive whole number is required.\n- {NO_VERSION}"
        ),
    );
    check_error("null", NO_VERSION);
    check_error("{}", NO_VERSION);
    let bad_version = |found: &str| {
        format!(
            "Unsupported state file format: The version in the state file is {found}. A positive \
             whole number is required."
        )
    };
    check_error(r#"{"version":"4"}"#, &bad_version("string"));
    check_error(r#"{"version":-1}"#, &bad_version("number -1"));
    check_error(
        r#"{"version":0}"#,
        "Unsupported state file format: The state file uses JSON syntax but has a version number \
         of zero. There was never a JSON-based state format zero, so this state file is invalid \
         and cannot be processed.",
    );
    check_error(
        r#"{"version":5,"terraform_version":"3.0.0"}"#,
        "Unsupported state file format: The state file uses format version 5, which is not \
         supported by Terraform 1.11.4. This state file was created by Terraform 3.0.0.",
    );
    check_error(
        r#"{"version":4,"terraform_version":"x"}"#,
        "Invalid Terraform version string: State file claims to have been written by Terraform \
         version \"x\", which is not a valid version string.",
    );
}

/// Terraform says "no state" of nothing, and upgrades the old versions.
#[test]
fn refuses_nothing_and_old_versions() {
    check_error("", "Unsupported state file format: The state file is empty.");
    for old in 1..=3 {
        check_error(
            &format!(r#"{{"version":{old},"modules":[]}}"#),
            &format!(
                "Unsupported state file format: The state file uses format version {old}, which \
                 only Terraform before 0.12 wrote. Run \"terraform apply -refresh-only\" with a \
                 later version of Terraform once to upgrade it to version 4."
            ),
        );
    }
}

#[test]
fn refuses_bad_resources() {
    check_error(
        &file(r#""resources":[{"mode":"foo","type":"a","name":"b"}]"#),
        "Invalid resource mode in state: State contains a resource with mode \"foo\" (\"a\" \"b\") \
         which is not supported.",
    );
    check_error(
        &file(r#""resources":[{"module":"mod","mode":"managed","type":"a","name":"b"}]"#),
        "Invalid module instance address: A module instance address must begin with \"module.\".",
    );
    let instance = "Invalid resource instance metadata in state: Instance t.b";
    check_error(
        &with_instances(r#"{"deposed":"zz"}"#),
        &format!(
            "{instance} has an object with deposed key \"zz\", which is not correctly formatted."
        ),
    );
    check_error(
        &with_instances(r#"{"status":"foo"}"#),
        &format!("{instance} has invalid status \"foo\"."),
    );
    check_error(
        &with_instances(r#"{"index_key":true}"#),
        "Invalid resource instance metadata in state: Resource t.b has an instance with the \
         invalid instance key true.",
    );
    check_error(
        &with_instances(r#"{"schema_version":-1}"#),
        "Invalid state file format: The state file field \"resources.instances.schema_version\" \
         has invalid value number -1",
    );
    check_error(
        &with_instances("{},{}"),
        "Duplicate resource instance in state: Instance t.b appears multiple times in the state \
         file.",
    );
    check_error(
        &with_instances(r#"{"deposed":"abcdabcd"},{"deposed":"abcdabcd"}"#),
        "Duplicate resource instance in state: Instance t.b deposed object \"abcdabcd\" appears \
         multiple times in the state file.",
    );
    check_error(
        &with_instances(r#"{"dependencies":["xx"]}"#),
        "Invalid address: Resource specification must include a resource type and name.",
    );
    check_error(
        &with_instances(r#"{"dependencies":["a.b[1]"]}"#),
        "Invalid address: A resource address is required. This instance key identifies a specific \
         resource instance, which is not expected here.",
    );
    check_error(
        &with_instances(r#"{"sensitive_attributes":[[{"type":"foo","value":"x"}]]}"#),
        "Unsupported path step: Unsupported path step type \"foo\"",
    );
}

/// Terraform drops a resource whose provider it cannot read, rounds an index, and takes any index.
#[test]
fn refuses_what_would_be_lost() {
    for provider in ["xx", "", r#"module.a[0].provider[\"aws\"]"#, r#"provider[\"aws\"].x[\"k\"]"#]
    {
        let resource = format!(
            r#""resources":[{{"mode":"managed","type":"a","name":"b","provider":"{provider}"}}]"#
        );
        assert!(read(file(&resource).as_bytes()).is_err(), "{provider}");
    }
    for key in ["1.5", "-1", "1e3"] {
        let instance = with_instances(&format!(r#"{{"index_key":{key}}}"#));
        assert!(read(instance.as_bytes()).is_err(), "{key}");
    }
}

#[test]
fn refuses_bad_outputs() {
    check_error(
        &file(r#""outputs":{"a":{"value":1,"type":"foo"}}"#),
        "Invalid output value type in state: The state file has an invalid type specification for \
         output \"a\": invalid primitive type name \"foo\".",
    );
    check_error(
        &file(r#""outputs":{"a":{"value":"x","type":"number"}}"#),
        "Invalid output value saved in state: The state file has an invalid value for output \
         \"a\": a number is required.",
    );
    assert!(read(file(r#""outputs":{"a":{"value":1}}"#).as_bytes()).is_err());
}

#[test]
fn writes_instances_as_terraform_does() {
    const REST: &str = r#""schema_version":0,"attributes":{},"sensitive_attributes":[]"#;
    check_instances("{}", &format!("{{{REST}}}"));
    check_instances(
        r#"{"attributes":{"z":1.0e3,"a":"<\u00e9 \/"}}"#,
        r#"{"schema_version":0,"attributes":{"z":1.0e3,"a":"\u003c\u00e9 \/"},"sensitive_attributes":[]}"#,
    );
    check_instances(
        r#"{"attributes_flat":{"b":"1","a":"<"}}"#,
        r#"{"schema_version":0,"attributes_flat":{"a":"\u003c","b":"1"},"sensitive_attributes":[]}"#,
    );
    let paths = concat!(
        r#"[[{"type":"get_attr","value":"s"},{"type":"index","value":{"value":"a","type":"string"}}],"#,
        r#"[{"type":"index","value":{"value":1,"type":"number"}}],[]]"#
    );
    check_instances(
        &format!(r#"{{"attributes":{{}},"sensitive_attributes":{paths}}}"#),
        &format!(r#"{{"schema_version":0,"attributes":{{}},"sensitive_attributes":{paths}}}"#),
    );
    check_instances(r#"{"private":"eyJ="}"#, &format!(r#"{{{REST},"private":"eyI="}}"#));
    check_instances(
        r#"{"dependencies":["a.c","a.b","module.x[0].data.a.b"],"create_before_destroy":true}"#,
        &format!(
            r#"{{{REST},"dependencies":["a.c","a.b","module.x.data.a.b"],"create_before_destroy":true}}"#
        ),
    );
    let keyed = |key: &str| format!(r#"{{"index_key":{key},{REST}}}"#);
    check_instances(
        r#"{"index_key":"b"},{"index_key":"a"},{},{"index_key":2},{"index_key":10},{"index_key":2,"deposed":"abcdabcd"}"#,
        &[
            format!("{{{REST}}}"),
            keyed("\"a\""),
            keyed("\"b\""),
            keyed("2"),
            format!(r#"{{"index_key":2,"deposed":"abcdabcd",{REST}}}"#),
            keyed("10"),
        ]
        .join(","),
    );
}

/// Terraform drops members that it does not know.
#[test]
fn keeps_members_of_later_versions() {
    check_instances(
        r#"{"later":[1e400,"<"],"identity_schema_version":1,"identity":{"a":1},"also":{}}"#,
        concat!(
            r#"{"schema_version":0,"attributes":{},"sensitive_attributes":[],"#,
            r#""identity_schema_version":1,"identity":{"a":1},"also":{},"later":[1e400,"\u003c"]}"#
        ),
    );
}

#[test]
fn writes_check_results_as_terraform_does() {
    let check = |members: &str| {
        let written = rewrite(&file(members)).unwrap();
        let written = String::from_utf8(compact(written.as_bytes())).unwrap();
        written.split_once("\"check_results\":").unwrap().1.to_owned()
    };
    assert_eq!(check(r#""check_results":null"#), "null}");
    assert_eq!(check(r#""check_results":[]"#), "null}");
    let of = |status: &str, objects: &str| {
        format!(
            r#""check_results":[{{"object_kind":"var","config_addr":"var.x","status":"{status}","objects":{objects}}}]"#
        )
    };
    assert_eq!(
        check(&of("zz", "[]")),
        r#"[{"object_kind":"var","config_addr":"var.x","status":"unknown","objects":null}]}"#
    );
    assert_eq!(
        check(&of("fail", r#"[{"object_addr":"var.x","status":"fail","failure_messages":["a"]}]"#)),
        concat!(
            r#"[{"object_kind":"var","config_addr":"var.x","status":"fail","#,
            r#""objects":[{"object_addr":"var.x","status":"fail","failure_messages":["a"]}]}]}"#
        )
    );
}

#[test]
fn orders_modules_by_their_text() {
    let resource = |module: &str, name: &str| {
        format!(
            r#"{{"module":"{module}","mode":"managed","type":"t","name":"{name}",{PROVIDER},"instances":[{{}}]}}"#
        )
    };
    let modules = ["module.a[1]", "module.a[10]", "module.a[2]", "module.a.module.b"];
    let resources: Vec<String> = modules.iter().map(|module| resource(module, "x")).collect();
    let text = rewrite(&file(&format!(r#""resources":[{}]"#, resources.join(",")))).unwrap();
    let order: Vec<&str> =
        text.lines().filter_map(|line| line.trim().strip_prefix("\"module\": ")).collect();
    assert_eq!(
        order,
        ["\"module.a.module.b\",", "\"module.a[10]\",", "\"module.a[1]\",", "\"module.a[2]\","]
    );
}

#[test]
fn an_empty_state_is_as_terraform_writes_it() {
    let snapshot = Snapshot {
        lineage: "l".to_owned(),
        serial: 0,
        terraform_version: "1.11.4".to_owned(),
        state: crate::State::default(),
    };
    let expected = "{\n  \"version\": 4,\n  \"terraform_version\": \"1.11.4\",\n  \"serial\": 0,\n  \
                    \"lineage\": \"l\",\n  \"outputs\": {},\n  \"resources\": [],\n  \
                    \"check_results\": null\n}\n";
    assert_eq!(String::from_utf8(write(&snapshot).unwrap()).unwrap(), expected);
}

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|b| b.to_string()),
        "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,40})?(e-?[0-9]{1,3})?",
        any::<String>().prop_map(|s| serde_json::Value::from(s).to_string()),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|v| format!("[{}]", v.join(" , "))),
            prop::collection::btree_map("[a-z<é]{1,4}", inner, 0..5).prop_map(|map| {
                let members: Vec<String> =
                    map.iter().map(|(k, v)| format!("{k:?} :\n{v}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    /// Whatever the attributes, nothing of them is lost, and a second time changes nothing.
    #[test]
    fn attributes_survive(attributes in json(), extra in json()) {
        let text = with_instances(&format!(r#"{{"attributes":{{"a":{attributes}}},"x":{extra}}}"#));
        let once = rewrite(&text).unwrap();
        let expected = compact(format!(r#"{{"a":{attributes}}}"#).as_bytes());
        let found = compact(once.as_bytes());
        prop_assert!(found.windows(expected.len()).any(|window| window == expected));
        prop_assert_eq!(rewrite(&once).unwrap(), once);
    }

    /// Broken files are errors, never a panic.
    #[test]
    fn anything_is_survived(
        at in any::<prop::sample::Index>(), len in 0usize..9, with in any::<Vec<u8>>(), cut in any::<bool>(),
    ) {
        let mut bytes = with_instances(concat!(
            r#"{"index_key":"a","deposed":"abcdabcd","status":"tainted","private":"eyI=","#,
            r#""attributes":{"a":[1,{"b":"c"}]},"dependencies":["a.b","module.m.data.c.d"],"#,
            r#""sensitive_attributes":[[{"type":"index","value":{"value":1,"type":"number"}}]]}"#
        ))
        .into_bytes();
        let start = at.index(bytes.len());
        let end = (start + len).min(bytes.len());
        bytes.splice(start..end, with);
        if cut {
            bytes.truncate(start);
        }
        if let Ok(snapshot) = read(&bytes) {
            write(&snapshot).unwrap();
        }
    }

    #[test]
    fn any_bytes_are_survived(bytes in any::<Vec<u8>>()) {
        let _ = read(&bytes);
        let _ = pretty(&bytes);
        let _ = compact(&bytes);
    }
}

/// Depth costs no stack, and is bounded.
#[test]
fn deep_nesting_is_survived() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let attributes = |json: &str| with_instances(&format!(r#"{{"attributes":{{"a":{json}}}}}"#));
    rewrite(&attributes(&nested(990))).unwrap();
    let deep = nested(100_000);
    check_error(
        &deep,
        "Unsupported state file format: The state file has more than 1000 levels of nesting at \
         byte offset 1000.",
    );
    for text in [
        attributes(&deep),
        file(&format!(r#""outputs":{{"a":{{"value":1,"type":{}}}}}"#, nested(990))),
        file(&format!(r#""later":{deep}"#)),
        "[".repeat(100_000),
    ] {
        assert!(read(text.as_bytes()).is_err());
    }
    let dynamic = format!(r#""outputs":{{"a":{{"value":{},"type":"dynamic"}}}}"#, nested(990));
    assert!(read(file(&dynamic).as_bytes()).is_err());
}
