//! Expectations are what Terraform 1.11.4 did with the same state.

use std::sync::Arc;

use groma_addr::{parse_resource_instance, parse_target};

use super::*;
use crate::Change;

const ALL: &[&str] = &[
    "data.t.d",
    "n.n",
    "t.cnt[0]",
    "t.cnt[1]",
    "t.cnt[2]",
    "t.key[\"a\"]",
    "t.key[\"b\"]",
    "t.one",
    "module.c[0].t.in",
    "module.c[1].t.in",
    "module.k[\"a\"].t.q",
    "module.m.t.in",
    "module.m.t.in2[0]",
    "module.m.t.in2[1]",
    "module.m.module.x[0].t.deep",
];

fn state(addresses: &[&str]) -> State {
    let mut state = State::default();
    for text in addresses {
        let json = format!("{{\"id\":\"id of {}\"}}", text.replace('"', "'"));
        state.apply(Change::Object {
            addr: parse_resource_instance(text).unwrap(),
            deposed: None,
            provider: Arc::new("provider[\"a/b\"].x".parse().unwrap()),
            object: Some(Object::new(0, json.into_bytes())),
        });
    }
    state
}

fn target(text: &str) -> Target {
    parse_target(text).unwrap()
}

fn addresses(state: &State) -> Vec<String> {
    state.instances().map(|(addr, _)| addr.to_string()).collect()
}

#[test]
fn the_order_is_terraforms() {
    let mut shuffled = ALL.to_vec();
    shuffled.reverse();
    assert_eq!(addresses(&state(&shuffled)), ALL);
}

/// `added` has taken the place of `gone`, and the user is told of `moves`.
fn check_mv(from: &str, to: &str, gone: &[&str], added: &[&str], moves: &[(&str, &str)]) {
    let before = state(ALL);
    let moved = match mv(&before, &target(from), &target(to)) {
        Ok(moved) => moved,
        Err(error) => panic!("{from} to {to}: {error}"),
    };
    let mut expected: Vec<&str> = ALL.iter().copied().filter(|a| !gone.contains(a)).collect();
    expected.extend(added);
    assert_eq!(addresses(&moved.source), addresses(&state(&expected)), "{from} to {to}");
    let told: Vec<(&str, &str)> = moved.moves.iter().map(|(a, b)| (&**a, &**b)).collect();
    assert_eq!(told, moves);
    for (old, new) in gone.iter().zip(added) {
        let object = |state: &State, text: &str| {
            state.object(&parse_resource_instance(text).unwrap(), None).cloned()
        };
        assert_eq!(object(&moved.destination, new), object(&before, old));
    }
    // To another state it is the same.
    let out = mv_out(&before, &State::default(), &target(from), &target(to)).unwrap();
    assert_eq!(addresses(&out.destination), addresses(&state(added)));
    assert_eq!(out.source.instances().len(), ALL.len() - gone.len());
}

fn check_mv_error(from: &str, to: &str, expected: &str) {
    let error = mv(&state(ALL), &target(from), &target(to)).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn moves_instances() {
    let one = |from, to| check_mv(from, to, &[from], &[to], &[(from, to)]);
    one("t.one", "t.two");
    one("t.one", "t.one[0]");
    one("t.one", "t.cnt");
    one("t.one", "t.cnt[7]");
    one("t.one", "t.key[\"z\"]");
    one("t.one", "module.new[0].t.one");
    one("t.one", "module.m[\"k\"].t.in[\"x\"]");
    one("t.one", "module.m.t.in2");
    one("t.cnt[1]", "t.single");
    one("t.cnt[1]", "t.cnt[5]");
    one("data.t.d", "data.t.e");
    one("module.m.t.in", "t.in");
    one("module.c[0].t.in", "module.c[1].t.in[3]");
}

#[test]
fn moves_resources() {
    check_mv(
        "t.cnt",
        "module.z.t.cnt2",
        &["t.cnt[0]", "t.cnt[1]", "t.cnt[2]"],
        &["module.z.t.cnt2[0]", "module.z.t.cnt2[1]", "module.z.t.cnt2[2]"],
        &[("t.cnt", "module.z.t.cnt2")],
    );
}

#[test]
fn moves_modules() {
    let all_of_m =
        ["module.m.t.in", "module.m.t.in2[0]", "module.m.t.in2[1]", "module.m.module.x[0].t.deep"];
    for to in ["module.z", "module.z.module.y", "module.z[\"q\"]", "module.m.module.z", "module.c"]
    {
        let added = all_of_m.map(|address| address.replacen("module.m", to, 1));
        check_mv(
            "module.m",
            to,
            &all_of_m,
            &added.each_ref().map(|a| &**a),
            &[("module.m", to), ("module.m.module.x[0]", &format!("{to}.module.x[0]"))],
        );
    }
    let deep = &["module.m.module.x[0].t.deep"];
    check_mv(
        "module.m.module.x[0]",
        "module.zz",
        deep,
        &["module.zz.t.deep"],
        &[("module.m.module.x[0]", "module.zz")],
    );
    let c = &["module.c[0].t.in"];
    check_mv("module.c[0]", "module.c", c, &["module.c.t.in"], &[("module.c[0]", "module.c")]);
}

#[test]
fn refuses_moves() {
    const THERE: &str =
        "there is already a resource instance at that address in the current state.";
    let there = |to: &str| format!("Invalid target address: Cannot move to {to}: {THERE}");
    check_mv_error("t.cnt[1]", "t.cnt[2]", &there("t.cnt[2]"));
    check_mv_error("t.cnt[1]", "t.one", &there("t.one"));
    check_mv_error("t.one", "t.one", &there("t.one"));
    check_mv_error("module.c[0].t.in", "module.c[1].t.in", &there("module.c[1].t.in"));
    for to in ["t.key", "t.one"] {
        check_mv_error(
            "t.cnt",
            to,
            &format!(
                "Invalid target address: Cannot move to {to}: there is already a resource at that \
             address in the current state."
            ),
        );
    }
    check_mv_error(
        "t.cnt",
        "t.x[0]",
        "Invalid target address: Cannot move t.cnt to t.x[0]: the source is a whole resource (not \
         a resource instance) so the target must also be a whole resource.",
    );
    check_mv_error(
        "t.one",
        "n.z",
        "Invalid state move request: Cannot move t.one to n.z: resource types don't match.",
    );
    check_mv_error(
        "data.t.d",
        "t.e",
        "Invalid state move request: Cannot move data.t.d to t.e: a data resource can be moved \
         only to another data resource address.",
    );
    check_mv_error(
        "t.one",
        "data.t.x",
        "Invalid state move request: Cannot move t.one to data.t.x: a managed resource can be \
         moved only to another managed resource address.",
    );
    for from in ["t.none", "module.m.t.none", "module.c", "module.none", "module.m.module.x"] {
        let to = if from.ends_with('e') && from.contains("t.") { "n.z" } else { "module.z" };
        check_mv_error(
            from,
            to,
            &format!(
                "Invalid source address: Cannot move {from}: does not match anything in the current \
             state."
            ),
        );
    }
    for from in ["t.cnt[9]", "t.one[0]"] {
        check_mv_error(
            from,
            "t.z",
            &format!("Invalid source address: The current state does not contain {from}."),
        );
    }
    for to in ["module.c[1]", "module.m"] {
        check_mv_error("module.m", to, "Error moving state: destination module already exists");
    }
    check_mv_error(
        "module.m",
        "t.foo",
        "Invalid target address: Cannot move module.m to t.foo: the target must also be a module.",
    );
    check_mv_error(
        "t.one",
        "module.foo",
        "Invalid target address: Cannot move t.one to module.foo: the target must also be a \
         resource instance.",
    );
}

#[test]
fn moves_take_outputs_of_modules_along() {
    let mut before = state(ALL);
    let output = crate::Output { value: true.into(), sensitive: false };
    let Target::Module(module) = target("module.m.module.x[0]") else { unreachable!() };
    before.apply(Change::ModuleOutputs { module, outputs: [("o".into(), output)].into() });
    let after = mv(&before, &target("module.m"), &target("module.z")).unwrap().source;
    let modules: Vec<String> = after.module_outputs().keys().map(ToString::to_string).collect();
    assert_eq!(modules, ["module.z.module.x[0]"]);
}

fn check_rm(targets: &[&str], expected: &[&str]) {
    let targets: Vec<Target> = targets.iter().map(|text| target(text)).collect();
    let (after, removed) = rm(&state(ALL), &targets).unwrap();
    let removed: Vec<String> = removed.iter().map(ToString::to_string).collect();
    assert_eq!(removed, expected);
    let left: Vec<&str> = ALL.iter().copied().filter(|a| !expected.contains(a)).collect();
    assert_eq!(addresses(&after), left);
}

#[test]
fn forgets() {
    check_rm(&["t.one"], &["t.one"]);
    check_rm(&["t.cnt"], &["t.cnt[0]", "t.cnt[1]", "t.cnt[2]"]);
    check_rm(&["t.cnt[1]", "t.one"], &["t.cnt[1]", "t.one"]);
    check_rm(&["module.c"], &["module.c[0].t.in", "module.c[1].t.in"]);
    check_rm(&["module.c[0]", "t.none"], &["module.c[0].t.in"]);
    check_rm(
        &["module.m"],
        &["module.m.t.in", "module.m.t.in2[0]", "module.m.t.in2[1]", "module.m.module.x[0].t.deep"],
    );
    for text in ["t.none", "t.cnt[9]", "module.none"] {
        assert_eq!(
            rm(&state(ALL), &[target(text)]).unwrap_err().to_string(),
            "Invalid target address: No matching objects found. To view the available instances, \
             use \"groma state list\". Please modify the address to reference a specific \
             instance."
        );
    }
}

fn check_list(targets: &[&str], id: Option<&str>, expected: &[&str]) {
    let state = state(ALL);
    let targets = targets.iter().map(|text| target(text)).collect();
    let filter = Filter { targets, id: id.map(ToOwned::to_owned) };
    let found = list(&state, &filter).unwrap();
    assert_eq!(found.iter().map(|(addr, _)| addr.to_string()).collect::<Vec<_>>(), expected);
}

#[test]
fn lists() {
    check_list(&[], None, ALL);
    check_list(&["t.cnt[1]"], None, &["t.cnt[1]"]);
    check_list(&["module.c"], None, &["module.c[0].t.in", "module.c[1].t.in"]);
    check_list(&["module.m.module.x"], None, &["module.m.module.x[0].t.deep"]);
    check_list(&["module.c[1]", "t.one"], None, &["module.c[1].t.in", "t.one"]);
    check_list(&["t.one", "t.one"], None, &["t.one", "t.one"]);
    check_list(&[], Some("id of t.cnt[1]"), &["t.cnt[1]"]);
    check_list(&["module.c"], Some("id of t.cnt[1]"), &[]);
    check_list(&[], Some("none"), &[]);
}

#[test]
fn lists_nothing_unknown() {
    for (text, expected) in [
        (
            "t.none",
            "Unknown resource: The current state contains no resource t.none. If you've just \
             added this resource to the configuration, you must run \"groma apply\" first to \
             create the resource's entry in the state.",
        ),
        (
            "module.none",
            "Unknown module: The current state contains no module at module.none. If you've just \
             added this module to the configuration, you must run \"groma apply\" first to \
             create the module's entry in the state.",
        ),
        (
            "t.cnt[9]",
            "Unknown resource instance: The current state contains no resource instance t.cnt[9]. \
             If you've just added its resource to the configuration or have changed the count or \
             for_each arguments, you must run \"groma apply\" first to update the resource's \
             entry in the state.",
        ),
    ] {
        let filter = Filter { targets: vec![target(text)], id: None };
        assert_eq!(list(&state(ALL), &filter).unwrap_err().to_string(), expected);
    }
}

#[test]
fn replaces_providers() {
    let before = state(ALL);
    let (from, to) = ("a/b".parse().unwrap(), "c/d".parse().unwrap());
    let (after, resources) = replace_provider(&before, &from, &to);
    assert_eq!(resources.len(), 11);
    for (_, instance) in after.instances() {
        assert_eq!(instance.provider.to_string(), "provider[\"registry.terraform.io/c/d\"].x");
    }
    let (same, none) = replace_provider(&after, &from, &to);
    assert!(none.is_empty());
    assert!(same.diff(&after).unwrap().is_empty());
}

#[test]
fn taints() {
    let before = state(ALL);
    let one = parse_resource_instance("t.one").unwrap();
    let tainted = set_status(&before, &one, ObjectStatus::Tainted).unwrap();
    assert!(tainted.object(&one, None).unwrap().is_tainted());
    let back = set_status(&tainted, &one, ObjectStatus::Ready).unwrap();
    assert!(back.diff(&before).unwrap().is_empty());
    let none = parse_resource_instance("t.none").unwrap();
    assert!(set_status(&before, &none, ObjectStatus::Tainted).is_none());
}
