//! Objects, tuples, `for`, splats, indexes and operators.

use super::check;

#[test]
fn operators() {
    check("1 + 2 * 3", "7");
    check("(1 + 2) * 3 - 10 / 4", "6.5");
    check("7 % 3", "1");
    check("-n", "-3");
    check(r#""1" + 1"#, "2");
    check("1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 4", "false");
    check("!true || true", "true");
    check(r#"1 == "1""#, "false");
    check("[1] == [1]", "true");
    check("{a = 1} != {a = 2}", "true");
    check("null == null", "true");
    check(r#"s == "text" ? "yes" : "no""#, r#""yes""#);
}

#[test]
fn objects_and_tuples() {
    check("[1, s, true]", r#"[1, "text", true]"#);
    check(r#"{b = 1, "a" = 2, (s) = 3, 4 = 5}"#, "{4 = 5, a = 2, b = 1, text = 3}");
    check("{a = 1, a = 2}", "{a = 2}");
    check("{true = 1, null = 2}", "{null = 2, true = 1}");
    check("{(secret) = 1}", "sensitive({hush = 1})");
    check(r#"{"${s}-x" = 1}"#, "{text-x = 1}");
}

#[test]
fn access() {
    check("object.a", "1");
    check(r#"object["b"]"#, r#""x""#);
    check("list[1]", r#""b""#);
    check("list.0", r#""a""#);
    check(r#"{1 = "x"}[1]"#, r#""x""#);
    check("[[1, 2], [3]][0][1]", "2");
    check("{a = {b = [1]}}.a.b[n - 3]", "1");
    check("secret_list[0]", "sensitive(1)");
    check("[1, 2][secret_list[0]]", "sensitive(2)");
}

#[test]
fn for_expressions() {
    check("[for x in [1, 2, 3] : x * 2 if x != 2]", "[2, 6]");
    check("[for i, x in list : i]", "[0, 1]");
    check("{for i, x in list : x => i}", "{a = 0, b = 1}");
    check("{for k, v in object : v => k}", "{1 = \"a\", x = \"b\"}");
    check(
        r#"{for x in ["ab", "ac", "b"] : substr(x, 0, 1) => x...}"#,
        r#"{a = ["ab", "ac"], b = ["b"]}"#,
    );
    check("[for x in [[1], [2, 3]] : [for y in x : y + n]]", "[[4], [5, 6]]");
    check("[for x in secret_list : x]", "sensitive([1, 2])");
    check("[for x in [1] : x if secret == \"hush\"]", "sensitive([1])");
    check("[for object in [1] : object]", "[1]");
}

#[test]
fn splats() {
    check("list[*]", r#"tolist(["a", "b"])"#);
    check("[{a = 1}, {a = 2}][*].a", "[1, 2]");
    check("[{a = [1, 2]}, {a = [3]}].*.a.0", "[1, 3]");
    check("[{a = [1, 2]}, {a = [3]}].*.a[0]", "[1, 2]");
    check("[{a = [1, 2]}, {a = [3]}][*].a[0]", "[1, 3]");
    check("object[*].a", "[1]");
    check("nothing[*].a", "[]");
    check("empty_list[*]", "tolist([])");
    check("[[{a = 1}], [{a = 2}, {a = 3}]][*][*].a", "[[1], [2, 3]]");
    check("secret_list[*]", "sensitive(tolist([1, 2]))");
}

#[test]
fn conditionals() {
    check("true ? 1 : 2", "1");
    check(r#"true ? 1 : "a""#, r#""1""#);
    check("false ? null : 2", "2");
    check("true ? null : 2", "null number");
    check("true ? [1] : [1, 2]", "tolist([1])");
    check("true ? {a = 1} : {b = 2}", "tomap({a = 1})");
    check("true ? 1 : secret", r#"sensitive("1")"#);
    check(r#"secret == "hush" ? 1 : 2"#, "sensitive(1)");
    // What is wrong with the result that is not chosen does not count.
    check("true ? 1 : [][0]", "1");
    check("true ? 1 : unknown", "1");
}

#[test]
fn logic_stops_where_one_side_decides() {
    check("false && [][0]", "false");
    check("true || [][0]", "true");
    check("[][0] || true", "true");
    check("unknown_bool && false", "false");
    check("unknown_bool || false", "unknown bool not null");
    check("secret == \"x\" && [][0]", "sensitive(false)");
}
