use super::{CORE, Constraints, Version, canonical};

#[track_caller]
fn check(constraints: &str, version: &str, expected: bool) {
    let constraints: Constraints = constraints.parse().expect("constraints");
    let version: Version = version.parse().expect("version");
    assert_eq!(constraints.admits(&version), expected, "{constraints} admits {version}");
}

#[test]
fn compares() {
    check(">= 1.0", "1.0.0", true);
    check("> 1.0", "1.0.0", false);
    check("1.2", "1.2.0", true);
    check("!= 1.2", "1.2.0", false);
    check(">= 1.0, < 2.0", "2.0.0", false);
    check("<= 1.9", "1.10.0", false);
}

#[test]
fn allows_the_last_segment_to_grow() {
    check("~> 1.2", "1.9.0", true);
    check("~> 1.2", "2.0.0", false);
    check("~> 1.2.3", "1.2.9", true);
    check("~> 1.2.3", "1.3.0", false);
    check("~> 1.2.3", "1.2.2", false);
    check("~> 1", "7.0.0", true);
}

#[test]
fn admits_prereleases_only_by_name() {
    check(">= 1.0", "1.1.0-beta1", false);
    check(">= 1.1.0-alpha", "1.1.0-beta1", true);
    check(">= 1.0.0-alpha", "1.1.0-beta1", false);
    check("1.1.0-beta1", "1.1.0-beta1", true);
    check("!= 1.0", "1.1.0-beta1", true);
    check("~> 1.1.0-beta1", "1.1.0-beta2", true);
}

#[test]
fn orders_prereleases() {
    let mut versions = ["1.0.0", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0-alpha", "1.0.0-1"]
        .map(|text| text.parse::<Version>().expect("version"));
    versions.sort();
    let sorted = versions.map(|version| version.to_string());
    assert_eq!(sorted, ["1.0.0-1", "1.0.0-alpha", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0"]);
}

#[test]
fn is_printed_as_written() {
    for (text, expected) in [("~>1.2,>=1.2.5", "~> 1.2, >= 1.2.5"), ("= 1.0", "1.0")] {
        let constraints: Constraints = text.parse().expect("constraints");
        assert_eq!(constraints.to_string(), expected);
    }
    assert_eq!(CORE.to_string(), "1.11.4");
}

#[test]
fn is_told_in_order() {
    for (text, expected) in [
        (">= 1.0,< 2", ">= 1.0.0, < 2.0.0"),
        ("~>3.1", "~> 3.1"),
        ("= 1.0", "1.0.0"),
        ("~> 1", "~> 1.0"),
        ("~> 1.2.3-beta, >= 1, >= 1.0", ">= 1.0.0, ~> 1.2.3-beta"),
        (
            "!= 1.2, >= 1, ~> 2.0.1, 3, > 4.0.0-beta, <= 1.2.3, < 5",
            ">= 1.0.0, != 1.2.0, <= 1.2.3, ~> 2.0.1, 3.0.0, > 4.0.0-beta, < 5.0.0",
        ),
        (
            "!= 1.0, < 1.0, <= 1.0, ~> 1.0, ~> 1.0.0, = 1.0, >= 1.0, > 1.0",
            "> 1.0.0, >= 1.0.0, 1.0.0, ~> 1.0.0, ~> 1.0, <= 1.0.0, < 1.0.0, != 1.0.0",
        ),
    ] {
        let constraints: Constraints = text.parse().expect("constraints");
        assert_eq!(canonical([&constraints]), expected);
    }
}

#[test]
fn refuses_what_is_no_constraint() {
    for text in ["", "abc", "=> 1.0", ">= 1.x", "1.0,", "1..0", ">= 1.0 < 2.0"] {
        assert!(text.parse::<Constraints>().is_err(), "{text}");
    }
}
