//! Laws that hold for every value.

use groma_value::{
    Marks, Number, Str, Type, Value, convert, decode_json, encode_json, from_json, from_msgpack,
    to_json, to_msgpack, unify,
};
use proptest::prelude::*;

fn number() -> impl Strategy<Value = Number> {
    let decimal = "-?[0-9]{1,40}(\\.[0-9]{1,40})?(e-?[0-9]{1,3})?";
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<f64>()
            .prop_filter_map("a number", Number::from_f64)
            .prop_filter("finite", Number::is_finite),
        decimal.prop_map(|text| text.parse::<Number>().unwrap()),
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::from),
        number().prop_map(Value::number),
        any::<String>().prop_map(Value::string),
        Just(Value::null(Type::String)),
        Just(Value::null(Type::list(Type::Number))),
    ]
}

/// Wholly known values without marks.
fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 48, 6, |inner| {
        let items = || prop::collection::vec(inner.clone(), 0..5);
        let named = || prop::collection::vec(("[a-d]{1,2}", inner.clone()), 0..5);
        let strings = || prop::collection::vec("[a-z]{0,3}", 0..5);
        let owned = |texts: Vec<String>| texts.into_iter().map(Value::string).collect::<Vec<_>>();
        prop_oneof![
            items().prop_map(Value::tuple),
            named().prop_map(Value::object_of),
            strings().prop_map(move |texts| Value::list(Type::String, owned(texts))),
            strings().prop_map(move |texts| Value::set(Type::String, owned(texts))),
            prop::collection::vec(number().prop_map(Value::number), 0..5)
                .prop_map(|items| Value::set(Type::Number, items)),
            prop::collection::vec(("[a-d]", number().prop_map(Value::number)), 0..4).prop_map(
                |named| {
                    let named = named.into_iter().map(|(k, v)| (Str::from(k), v));
                    Value::map(Type::Number, named.collect::<Vec<_>>())
                }
            ),
        ]
    })
}

/// Any value: parts may be unknown or marked.
fn any_value() -> impl Strategy<Value = Value> {
    let unknown = prop_oneof![
        Just(Value::unknown(Type::String)),
        Just(Value::dynamic()),
        number().prop_map(|n| Value::unknown(Type::Number).refine().number_min(n, true).done()),
    ];
    let marked = value().prop_map(|v| v.with_marks(Marks::SENSITIVE));
    let part = prop_oneof![4 => value(), 1 => unknown, 1 => marked];
    prop::collection::vec(("[a-f]", part), 0..5).prop_map(Value::object_of)
}

fn feed(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.feed(&mut |part| bytes.extend_from_slice(part));
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn numbers_print_what_they_parse(number in number()) {
        let text = number.to_string();
        let back: Number = text.parse().unwrap();
        prop_assert_eq!(back.with_precision(number.precision()).to_string(), text);
        if number.precision() == 512 {
            prop_assert_eq!(back, number);
        }
    }

    #[test]
    fn short_decimals_print_as_they_are(digits in 1u64..10_000_000_000_000_000, places in 1usize..16) {
        let text = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = text.split_at(text.len() - places);
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        let text = format!("{whole}{point}{fraction}");
        prop_assert_eq!(text.parse::<Number>().unwrap().to_string(), text);
    }

    #[test]
    fn arithmetic_agrees_with_integers(a in any::<i32>(), b in any::<i32>()) {
        // Through fractions, so that the general path is taken and not the one for integers.
        let half: Number = "0.5".parse().unwrap();
        let (x, y) = (Number::from(a).mul(&half).unwrap(), Number::from(b).mul(&half).unwrap());
        let (a, b) = (i64::from(a), i64::from(b));
        prop_assert_eq!(x.add(&y).unwrap().add(&x.add(&y).unwrap()).unwrap(), Number::from(a + b));
        let quarter = x.mul(&y).unwrap();
        prop_assert_eq!(quarter.mul(&Number::from(4)).unwrap(), Number::from(a * b));
        if b != 0 {
            prop_assert_eq!(Number::from(a).rem(&Number::from(b)).unwrap(), Number::from(a % b));
            prop_assert_eq!(x.rem(&y).unwrap().add(&x.rem(&y).unwrap()).unwrap(), Number::from(a % b));
        }
    }

    #[test]
    fn order_of_numbers_is_total(a in number(), b in number(), c in number()) {
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        if a <= b && b <= c {
            prop_assert!(a <= c);
        }
        prop_assert_eq!(a < b, b.sub(&a).unwrap() > Number::ZERO || a.to_f64() < b.to_f64());
    }

    #[test]
    fn doubles_round_trip(double in any::<f64>()) {
        if let Some(number) = Number::from_f64(double) {
            prop_assert_eq!(number.to_f64().to_bits(), double.to_bits());
        }
    }

    #[test]
    fn doubles_print_in_as_few_digits_as_can_be(double in -1e15f64..1e15) {
        // The digits may differ from the standard library's where two decimals are equally near.
        let text = Number::from_f64(double).unwrap().to_string();
        prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), double.to_bits());
        prop_assert_eq!(text.len(), double.to_string().len());
    }

    #[test]
    fn json_round_trips(value in value()) {
        for ty in [value.ty(), Type::Dynamic] {
            let back = from_json(&to_json(&value, &ty).unwrap(), &ty).unwrap();
            // Numbers lose the precision that they were made with, but print alike.
            prop_assert_eq!(format!("{back:?}"), format!("{value:?}"));
        }
    }

    #[test]
    fn json_is_what_serde_reads(value in value()) {
        let json = encode_json(&value).unwrap();
        prop_assert!(serde_json::from_slice::<&serde_json::value::RawValue>(&json).is_ok());
        let decoded = decode_json(&json).unwrap();
        prop_assert_eq!(encode_json(&decoded).unwrap(), json);
    }

    #[test]
    fn msgpack_round_trips(value in any_value()) {
        let (value, _) = value.unmark_deep();
        for ty in [value.ty(), Type::Dynamic] {
            let back = from_msgpack(&to_msgpack(&value, &ty).unwrap(), &ty).unwrap();
            prop_assert!(back.raw_equals(&value), "{:?} became {:?}", value, back);
        }
    }

    #[test]
    fn no_bytes_make_the_readers_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let ty = Type::object([("a", Type::Dynamic), ("b", Type::list(Type::Number))]);
        let _ = from_msgpack(&bytes, &ty);
        let _ = from_msgpack(&bytes, &Type::Dynamic);
        let _ = from_json(&bytes, &ty);
        let _ = decode_json(&bytes);
    }

    #[test]
    fn conversion_is_idempotent(
        value in any_value(),
        ty in prop_oneof![
            Just(Type::map(Type::Dynamic)),
            Just(Type::map(Type::String)),
            Just(Type::Dynamic),
        ],
    ) {
        if let Ok(once) = convert(&value, &ty) {
            let twice = convert(&once, &ty).unwrap();
            prop_assert!(twice.raw_equals(&once));
            prop_assert_eq!(once.marks_deep(), value.marks_deep());
        }
    }

    #[test]
    fn a_unified_type_is_convertible_to(a in any_value(), b in any_value()) {
        if let Some(ty) = unify(&[a.ty(), b.ty()]) {
            for value in [a, b] {
                // By type it is possible; a string may still be no number.
                prop_assert!(groma_value::possible(&value.ty(), &ty, true));
            }
        }
    }

    #[test]
    fn sets_are_sorted_without_duplicates(items in prop::collection::vec(number(), 0..8)) {
        let values: Vec<Value> = items.iter().cloned().map(Value::number).collect();
        let reversed: Vec<Value> = values.iter().rev().cloned().collect();
        let set = Value::set(Type::Number, values.clone());
        prop_assert_eq!(set.equals(&Value::set(Type::Number, reversed)).as_bool(), Some(true));
        let again = Value::set(Type::Number, set.as_slice().unwrap().to_vec());
        prop_assert!(again.raw_equals(&set));
        for value in &values {
            prop_assert_eq!(set.has_element(value).as_bool(), Some(true));
        }
        prop_assert!(set.as_slice().unwrap().is_sorted_by(|a, b| a.as_number() <= b.as_number()));
    }

    #[test]
    fn equality_is_an_equivalence(a in value(), b in value()) {
        prop_assert_eq!(a.equals(&a).as_bool(), Some(true));
        prop_assert_eq!(a.equals(&b).as_bool(), b.equals(&a).as_bool());
        prop_assert!(a.raw_equals(&a));
        prop_assert_eq!(feed(&a) == feed(&b), a.raw_equals(&b));
    }

    #[test]
    fn marks_come_off_and_go_back(value in any_value()) {
        let (bare, marks) = value.unmark_deep_with_paths();
        prop_assert!(bare.marks_deep().is_empty());
        prop_assert!(bare.mark_with_paths(&marks).raw_equals(&value));
    }

    #[test]
    fn every_part_is_at_its_path(value in any_value()) {
        let mut wrong = None;
        value.walk(|path, part| {
            if !value.at_path(path).is_some_and(|found| found.raw_equals(part)) {
                wrong = Some(path.clone());
            }
            std::ops::ControlFlow::Continue(())
        });
        prop_assert_eq!(wrong, None);
    }
}
