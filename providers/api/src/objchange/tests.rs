//! Merging and comparing, over one schema that has a bit of everything.

use groma_value::{Type, Value};

use super::*;
use crate::{Attribute, Block, NestedBlock, NestedType, Nesting};

fn string() -> Attribute {
    Attribute::new(Type::String)
}

fn nested(nesting: Nesting) -> Attribute {
    let attributes = [("key", string().optional()), ("made", string().optional().computed())];
    let attributes = attributes.map(|(name, attribute)| (name.into(), attribute)).into();
    let nested = NestedType { attributes, nesting };
    Attribute { nested: Some(nested.clone()), ..Attribute::new(nested.implied_type()) }
}

fn inner() -> Block {
    let attributes = [("key", string().optional()), ("made", string().optional().computed())];
    let attributes = attributes.map(|(name, attribute)| (name.into(), attribute)).into();
    Block { attributes, ..Block::default() }
}

/// `name` and `id`, and one more attribute or block.
fn with(name: &str, attribute: Attribute) -> Block {
    let attributes =
        [("name", string().optional()), ("id", string().computed()), (name, attribute)];
    let attributes = attributes.map(|(name, attribute)| (name.into(), attribute)).into();
    Block { attributes, ..Block::default() }
}

fn with_block(nesting: Nesting) -> Block {
    let nested = NestedBlock { nesting, block: inner(), min_items: 0, max_items: 0 };
    let mut block = with("extra", string().optional().computed());
    block.blocks.insert("part".into(), nested);
    block
}

fn s(text: &str) -> Value {
    Value::from(text)
}

fn null() -> Value {
    Value::null(Type::String)
}

fn unknown() -> Value {
    Value::unknown(Type::String)
}

fn part(key: Value, made: Value) -> Value {
    Value::object_of([("key", key), ("made", made)])
}

fn parts(block: &Block, items: Vec<Value>) -> Value {
    let ty = block.blocks["part"].block.implied_type();
    match block.blocks["part"].nesting {
        Nesting::Set => Value::set(ty, items),
        _ => Value::list(ty, items),
    }
}

fn object(name: Value, id: Value, extra: (&str, Value)) -> Value {
    Value::object_of([("name", name), ("id", id), extra])
}

fn with_part(id: Value, part: Value) -> Value {
    Value::object_of([("name", null()), ("id", id), ("extra", null()), ("part", part)])
}

fn shown(found: Vec<Inconsistency>) -> Vec<String> {
    found.into_iter().map(|one| one.to_string()).collect()
}

#[test]
fn computed_attributes_stay_where_not_configured() {
    let block = with("extra", string().optional().computed());
    let prior = object(s("a"), s("1"), ("extra", s("x")));
    let config = object(null(), null(), ("extra", null()));
    let expected = object(null(), s("1"), ("extra", s("x")));
    assert!(proposed_new_state(&block, &prior, &config).raw_equals(&expected));
    let config = object(s("b"), null(), ("extra", unknown()));
    let expected = object(s("b"), s("1"), ("extra", unknown()));
    assert!(proposed_new_state(&block, &prior, &config).raw_equals(&expected));
    let created = proposed_new_state(&block, &Value::null(block.implied_type()), &config);
    assert!(created.raw_equals(&object(s("b"), null(), ("extra", unknown()))));
    let gone = Value::null(block.implied_type());
    assert!(proposed_new_state(&block, &gone, &gone).is_null());
}

#[test]
fn data_sources_compute_later() {
    let block = with("extra", nested(Nesting::List));
    let ty = block.attributes["extra"].ty.element().cloned().unwrap_or(Type::Dynamic);
    let list = |made| ("extra", Value::list(ty.clone(), vec![part(s("k"), made)]));
    let config = object(s("a"), null(), list(null()));
    let expected = object(s("a"), unknown(), list(unknown()));
    assert!(planned_data_object(&block, &config).raw_equals(&expected));
}

#[test]
fn blocks_are_paired_by_index() {
    let block = with_block(Nesting::List);
    let list = |items| parts(&block, items);
    let prior = with_part(s("1"), list(vec![part(s("a"), s("A")), part(s("b"), s("B"))]));
    let config = with_part(
        null(),
        list(vec![part(s("b"), null()), part(s("b"), s("X")), part(s("c"), null())]),
    );
    let expected = with_part(
        s("1"),
        list(vec![part(s("b"), s("A")), part(s("b"), s("X")), part(s("c"), null())]),
    );
    assert!(proposed_new_state(&block, &prior, &config).raw_equals(&expected));
}

#[test]
fn objects_of_a_set_are_paired_by_what_they_could_have_become() {
    let block = with_block(Nesting::Set);
    let set = |items| parts(&block, items);
    let prior = with_part(s("1"), set(vec![part(s("a"), s("A")), part(s("b"), s("B"))]));
    let config = with_part(null(), set(vec![part(s("b"), null()), part(s("c"), null())]));
    let expected = with_part(s("1"), set(vec![part(s("b"), s("B")), part(s("c"), null())]));
    assert!(proposed_new_state(&block, &prior, &config).raw_equals(&expected));
    let unknown_blocks = Value::unknown(block.blocks["part"].implied_type());
    let config = with_part(null(), unknown_blocks.clone());
    let expected = with_part(s("1"), unknown_blocks);
    assert!(proposed_new_state(&block, &prior, &config).raw_equals(&expected));
}

#[test]
fn removing_a_configured_nested_attribute_is_meant() {
    let mut attribute = nested(Nesting::Single);
    attribute = attribute.optional().computed();
    let block = with("extra", attribute.clone());
    let none = Value::null(attribute.ty.clone());
    let config = object(null(), null(), ("extra", none.clone()));
    let configured = object(null(), s("1"), ("extra", part(s("k"), s("m"))));
    let expected = object(null(), s("1"), ("extra", none));
    assert!(proposed_new_state(&block, &configured, &config).raw_equals(&expected));
    let computed = object(null(), s("1"), ("extra", part(null(), s("m"))));
    assert!(proposed_new_state(&block, &computed, &config).raw_equals(&computed));
}

#[test]
fn legacy_blocks_become_ordinary_ones() {
    let block = with_block(Nesting::List);
    let ty = || block.blocks["part"].implied_type();
    let normal = |value| normalise_legacy(&block, &with_part(null(), value));
    assert!(normal(Value::null(ty())).raw_equals(&with_part(null(), parts(&block, Vec::new()))));
    let stub = parts(&block, vec![part(unknown(), unknown())]);
    assert!(normal(Value::unknown(ty())).raw_equals(&with_part(null(), stub)));
    assert!(normalise_legacy(&block, &Value::null(block.implied_type())).is_null());
}

#[test]
fn a_plan_may_only_fill_in_what_is_computed() {
    let block = with("extra", string().optional().computed());
    let none = Value::null(block.implied_type());
    let config = object(s("a"), null(), ("extra", s("x")));
    let check =
        |prior: &Value, planned: Value| shown(assert_plan_valid(&block, prior, &config, &planned));
    assert_eq!(check(&none, object(s("a"), unknown(), ("extra", s("x")))), [""; 0]);
    assert_eq!(
        check(&none, object(s("b"), s("1"), ("extra", s("y")))),
        [
            ".extra: planned value cty.StringVal(\"y\") does not match config value \
             cty.StringVal(\"x\")",
            ".name: planned value cty.StringVal(\"b\") does not match config value \
             cty.StringVal(\"a\")",
        ]
    );
    let prior = object(s("A"), s("1"), ("extra", s("X")));
    assert_eq!(check(&prior, prior.clone()), [""; 0]);
    assert_eq!(check(&prior, none.clone()), [": planned for absence but config wants existence"]);
    let config = object(null(), null(), ("extra", null()));
    assert_eq!(
        shown(assert_plan_valid(&block, &prior, &config, &prior)),
        [".name: planned value cty.StringVal(\"A\") for a non-computed attribute"]
    );
}

#[test]
fn a_plan_says_nothing_of_sensitive_and_write_only_values() {
    let none = Value::null(Type::String);
    let found = |attribute: Attribute, planned: Value| {
        let block = with("extra", attribute);
        let config = object(null(), null(), ("extra", s("secret")));
        let planned = object(null(), none.clone(), ("extra", planned));
        shown(assert_plan_valid(&block, &Value::null(block.implied_type()), &config, &planned))
    };
    assert_eq!(
        found(string().optional().sensitive(), s("x")),
        [".extra: sensitive planned value does not match config value"]
    );
    assert_eq!(found(string().optional().write_only(), null()), [""; 0]);
    assert_eq!(
        found(string().optional().write_only(), s("x")),
        [".extra: planned value for write-only attribute is not null"]
    );
}

#[test]
fn a_plan_has_the_blocks_of_the_configuration() {
    let check = |nesting, planned: Vec<Value>| {
        let block = with_block(nesting);
        let config = with_part(null(), parts(&block, vec![part(s("a"), null())]));
        let planned = with_part(unknown(), parts(&block, planned));
        let none = Value::null(block.implied_type());
        shown(assert_plan_valid(&block, &none, &config, &planned))
    };
    for nesting in [Nesting::List, Nesting::Set] {
        assert_eq!(check(nesting, vec![part(s("a"), s("m"))]), [""; 0]);
    }
    assert_eq!(
        check(Nesting::List, Vec::new()),
        [".part: block count in plan (cty.NumberIntVal(0)) disagrees with count in config \
          (cty.NumberIntVal(1))"]
    );
    assert_eq!(
        check(Nesting::List, vec![part(s("b"), s("m"))]),
        [".part[0].key: planned value cty.StringVal(\"b\") does not match config value \
          cty.StringVal(\"a\")"]
    );
    assert_eq!(check(Nesting::Set, vec![part(s("b"), s("m"))]), [""; 0]);
}

#[test]
fn objects_of_nested_attributes_may_be_null_or_unknown() {
    let block = with("extra", nested(Nesting::List).optional());
    let ty = block.attributes["extra"].ty.element().cloned().unwrap_or(Type::Dynamic);
    let list =
        |items: Vec<Value>| object(null(), null(), ("extra", Value::list(ty.clone(), items)));
    let prior = list(vec![part(s("a"), s("A")), part(s("b"), s("B"))]);
    let config = list(vec![Value::null(ty.clone()), Value::unknown(ty.clone())]);
    let expected = list(vec![Value::null(ty.clone()), part(unknown(), unknown())]);
    assert!(proposed_new_state(&block, &prior, &config).raw_equals(&expected));
}

#[test]
fn nested_attributes_are_planned_one_by_one() {
    let block = with("extra", nested(Nesting::List).optional());
    let ty = block.attributes["extra"].ty.element().cloned().unwrap_or(Type::Dynamic);
    let list = |items: Vec<Value>| ("extra", Value::list(ty.clone(), items));
    let none = Value::null(block.implied_type());
    let config = object(null(), null(), list(vec![part(s("a"), null())]));
    let check = |items| {
        let planned = object(null(), null(), list(items));
        shown(assert_plan_valid(&block, &none, &config, &planned))
    };
    assert_eq!(check(vec![part(s("a"), unknown())]), [""; 0]);
    assert_eq!(
        check(vec![part(s("b"), unknown())]),
        [".extra[0].key: planned value cty.StringVal(\"b\") does not match config value \
          cty.StringVal(\"a\")"]
    );
    assert_eq!(
        check(Vec::new()),
        [".extra: count in plan (cty.NumberIntVal(0)) disagrees with count in config \
          (cty.NumberIntVal(1))"]
    );
}

#[test]
fn what_was_known_is_so() {
    let block = with("extra", Attribute::new(Type::list(Type::String)).optional());
    let list = |items| ("extra", Value::list(Type::String, items));
    let planned = object(s("a"), unknown().refine_not_null(), list(vec![s("x"), unknown()]));
    let check = |actual: Value| shown(assert_object_compatible(&block, &planned, &actual));
    assert_eq!(check(object(s("a"), s("1"), list(vec![s("x"), s("y")]))), [""; 0]);
    assert_eq!(
        check(object(s("b"), null(), list(vec![s("z")]))),
        [
            ".extra[0]: was cty.StringVal(\"x\"), but now cty.StringVal(\"z\")",
            ".extra: element 1 has vanished",
            ".id: final value cty.NullVal(cty.String) does not conform to planning placeholder \
             cty.UnknownVal(cty.String).RefineNotNull()",
            ".name: was cty.StringVal(\"a\"), but now cty.StringVal(\"b\")",
        ]
    );
    assert_eq!(
        check(Value::null(block.implied_type())),
        [": Root object was present, but now absent"]
    );
    assert_eq!(
        check(object(unknown(), s("1"), list(vec![s("x"), s("y"), s("z")]))),
        [".extra: new element 2 has appeared", ".name: was known, but now unknown"]
    );
}

#[test]
fn what_was_planned_of_a_sensitive_attribute_stays_hidden() {
    let block = with("extra", string().optional().sensitive());
    let of = |extra| object(null(), null(), ("extra", s(extra)));
    assert_eq!(
        shown(assert_object_compatible(&block, &of("a"), &of("b"))),
        [".extra: inconsistent values for sensitive attribute"]
    );
}

#[test]
fn sets_may_only_shrink() {
    let set = |items: Vec<Value>| Value::set(Type::String, items);
    let check = |planned: &Value, actual: &Value| shown(assert_value_compatible(planned, actual));
    let planned = set(vec![s("a"), unknown()]);
    assert_eq!(check(&planned, &set(vec![s("a")])), [""; 0]);
    assert_eq!(check(&planned, &set(vec![s("a"), s("b")])), [""; 0]);
    assert_eq!(
        check(&planned, &set(vec![s("a"), s("b"), s("c")])),
        [": length changed from 2 to 3"]
    );
    assert_eq!(
        check(&planned, &set(vec![s("b")])),
        [
            ": planned set element cty.StringVal(\"a\") does not correlate with any element in actual"
        ]
    );
}

#[test]
fn types_of_values_agree() {
    let check = |planned: Value, actual: Value| shown(assert_value_compatible(&planned, &actual));
    assert_eq!(check(Value::dynamic(), Value::from(1)), [""; 0]);
    assert_eq!(check(unknown(), Value::from(1)), [": wrong final value type: string required"]);
}
