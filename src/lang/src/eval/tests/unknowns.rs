//! Values that are not known yet.

use super::check;

#[test]
fn flow_through() {
    check("unknown", "unknown dynamic");
    check("unknown.a.b[0]", "unknown dynamic");
    check("unknown_list[0]", "unknown string");
    check("unknown_object.a", "unknown string");
    check("list[unknown_number]", "unknown string");
    check("[1, \"a\"][unknown_number]", "unknown dynamic");
    check("unknown_number + 1", "unknown number not null");
    check("unknown_string == \"a\"", "unknown bool not null");
    check("unknown_id == null", "false");
    check("[unknown_string]", "[unknown string]");
    check("{a = unknown}", "{a = unknown dynamic}");
    check("{(unknown_string) = 1}", "unknown dynamic");
    check("upper(unknown_string)", "unknown string not null");
}

#[test]
fn conditionals_keep_what_holds_of_both_results() {
    check("unknown_bool ? 1 : 5", "unknown number not null >=1 <=5");
    check("unknown_bool ? 5 : 5", "5");
    check("unknown_bool ? \"a\" : \"b\"", "unknown string not null");
    check("unknown_bool ? null : \"b\"", "unknown string");
    check("unknown_bool ? null : null", "null");
    check("unknown_bool ? list : empty_list", "unknown list of string not null length<=2");
    check("unknown_bool ? {a = 1} : {a = 2}", "unknown object not null");
    check("unknown_bool ? unknown : 1", "unknown dynamic");
    check("unknown_bool ? secret : \"b\"", "sensitive(unknown string not null)");
}

#[test]
fn some_operators_do_not_see_the_marks_of_unknown_operands() {
    check("!unknown_secret_bool", "unknown bool not null");
    check("unknown_secret_bool && true", "unknown bool not null");
    check("false || unknown_secret_bool", "unknown bool not null");
    check("-length(unknown_secret)", "unknown number not null");
    check("unknown_secret_bool == true", "sensitive(unknown bool not null)");
    check("unknown_secret_bool && false", "sensitive(false)");
    check("!(secret == \"x\")", "sensitive(true)");
}

#[test]
fn iteration() {
    check("[for x in unknown_list : x]", "unknown dynamic");
    check("[for x in [1, 2] : x if unknown_bool]", "unknown dynamic");
    check("[for x in [1, 2] : unknown_string]", "[unknown string, unknown string]");
    check("{for x in [1, 2] : unknown_string => x}", "unknown dynamic");
    check("[for x in [1] : x if unknown_secret == \"a\"]", "sensitive(unknown dynamic)");
    check("unknown_list[*]", "unknown list of string not null");
    check("unknown_set[*].a", "unknown list of string not null");
    check("unknown_object[*].a", "unknown dynamic");
    check("unknown_id[*]", "[unknown string not null]");
    check("\"%{for x in unknown_list}${x}%{endfor}\"", "unknown string not null");
}

#[test]
fn expansion() {
    check("max(unknown_list...)", "unknown dynamic");
    check("max(unknown...)", "unknown dynamic");
}

#[test]
fn how_long_text_is_at_least() {
    check("length(\"one-${unknown_id}\") > 3", "true");
    check("length(\"one-${unknown_id}\") < 1", "false");
    check("length(\"one-${unknown_id}\") > 4", "unknown bool not null");
    check("length(unknown_id) == -1", "false");
}

#[test]
fn a_list_of_a_set_is_as_long_as_elements_differ() {
    check("length(tolist(toset([unknown_id])))", "1");
    check("tolist(toset([unknown_id, \"b\"]))", "unknown list of string");
}
