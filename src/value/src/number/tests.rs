use super::Number;

fn n(text: &str) -> Number {
    text.parse().unwrap()
}

#[test]
fn prints_as_terraform_does() {
    let third = n("1").div(&n("3")).unwrap();
    let expected = format!("0.{}5", "3".repeat(154));
    assert_eq!(third.to_string(), expected);
    let count = |n: i64| Number::from(n);
    assert_eq!(count(1).div(&count(3)).unwrap().to_string(), "0.33333333333333333334");
    assert_eq!(Number::from_f64(2f64.powi(60)).unwrap().to_string(), "1152921504606847000");
    for text in
        ["0", "-0", "1", "-17", "0.1", "123456789012345678901234567890", "1152921504606846976"]
    {
        assert_eq!(n(text).to_string(), text);
    }
    // Not `assert_eq`, which would print a million digits.
    assert!(n("1e20000").to_string() == format!("1{}", "0".repeat(20000)));
    assert!(n("1e1000000").to_string() == format!("1{}", "0".repeat(1_000_000)));
    assert!(n("25e-20000").to_string() == format!("0.{}25", "0".repeat(19998)));
    assert!(n("25e-200").to_string() == format!("0.{}25", "0".repeat(198)));
}

#[test]
fn parses_as_go_does() {
    assert_eq!(n("1p4"), Number::from(16));
    assert_eq!(n("5."), n("+5"));
    assert_eq!(n(".5").to_string(), "0.5");
    assert_eq!(n("-inf").to_string(), "-Inf");
    assert_eq!(n("1e700000000").to_string(), "+Inf");
    assert_eq!(n("-1e-700000000").to_string(), "-0");
    assert_eq!(n("0e99999999999"), Number::ZERO);
    for bad in
        ["", ".", "-", "0x10", "1_0", " 5", "5 ", "1e", "1e999999999999", "1e-3000000000", "e5"]
    {
        assert!(bad.parse::<Number>().is_err(), "{bad}");
    }
    let long = "1".repeat(100_000);
    assert_eq!(n(&long).to_string().len(), 100_000);
}

#[test]
fn remainders() {
    for (a, b, expected) in [
        ("-5", "3", "-2"),
        ("5", "-3", "2"),
        ("5.5", "2", "1.5"),
        ("5", "0", "5"),
        ("-4", "2", "0"),
    ] {
        assert_eq!(n(a).rem(&n(b)).unwrap().to_string(), expected, "{a} % {b}");
    }
}

#[test]
fn whole_parts() {
    for (text, floor, ceil, trunc) in [
        ("-0.5", "-1", "0", "0"),
        ("2.5", "2", "3", "2"),
        ("-2.5", "-3", "-2", "-2"),
        ("7", "7", "7", "7"),
        ("-0", "0", "0", "0"),
    ] {
        let number = n(text);
        let all = [number.floor(), number.ceil(), number.trunc()].map(|n| n.to_string());
        assert_eq!(all, [floor, ceil, trunc], "{text}");
    }
}

#[test]
fn doubles_round_trip() {
    for double in [0.1, -2.5e300, 5e-324, f64::MAX, f64::MIN_POSITIVE / 3.0, -0.0, 1e22] {
        let number = Number::from_f64(double).unwrap();
        assert_eq!(number.to_f64().to_bits(), double.to_bits());
        assert_eq!(number.to_f64_exact(), Some(double));
    }
    assert_eq!(n("0.1").to_f64_exact(), None);
    assert!(n("1e400").to_f64().is_infinite());
    assert!(n("1e-400").to_f64().abs() < f64::MIN_POSITIVE);
}

#[test]
fn order_goes_by_value() {
    let mut all: Vec<Number> =
        ["inf", "1e400", "9223372036854775808", "2", "1.5", "0", "-0.5", "-3", "-1e30", "-inf"]
            .map(n)
            .into();
    all.reverse();
    assert!(all.is_sorted_by(|a, b| a < b));
    assert_eq!(n("-0"), Number::ZERO);
}

#[test]
fn far_apart_sums_do_not_hang() {
    let huge = n("1e600000000");
    assert_eq!(huge.add(&n("1")).unwrap(), huge);
    assert_eq!(huge.sub(&n("1e-600000000")).unwrap(), huge);
    assert!(huge.rem(&n("7")).is_ok());
}
