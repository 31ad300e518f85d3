//! Verdicts and wording are those of Terraform 1.11.4's `-target` and `import`.

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization as _;

use super::*;

fn check(text: &str, expected: &str) {
    let actual = match parse_target(text) {
        Ok(Target::Module(module)) => format!("module {module}"),
        Ok(Target::Resource(resource)) => format!("resource {resource}"),
        Ok(Target::Instance(instance)) => format!("instance {instance}"),
        Err(error) => format!("{}: {}", error.summary, error.message),
    };
    assert_eq!(actual, expected, "{text}");
}

#[test]
fn reads_addresses() {
    check("module.a", "module module.a");
    check("module.a[0].module.b[\"x\"]", "module module.a[0].module.b[\"x\"]");
    check("a.b", "resource a.b");
    check("a-b.c-d", "resource a-b.c-d");
    check("é.b", "resource é.b");
    check("data.a.b", "resource data.a.b");
    check("ephemeral.a.b", "resource ephemeral.a.b");
    check("resource.a.b", "resource a.b");
    check("resource.var.x", "resource var.x");
    check("locals.x", "resource locals.x");
    check("a.b[0]", "instance a.b[0]");
    check("a.b[1e2]", "instance a.b[100]");
    check("a.b[1.0]", "instance a.b[1]");
    check("a.b[9223372036854775807]", "instance a.b[9223372036854775807]");
    check(" a . b [ 0 ] # c", "instance a.b[0]");
    check("a.b /*c*/\n", "resource a.b");
    check("a.b[\"$${x}\"]", "instance a.b[\"$${x}\"]");
    check("a.b[\"$$x$\"]", "instance a.b[\"$$x$\"]");
    check("a.b[\"e\\u0301\"]", "instance a.b[\"é\"]");
    check("a.b[\"\\U0001F600\\n\\t\\\\\\\"\"]", "instance a.b[\"😀\\n\\t\\\\\\\"\"]");
    let odd = "\\u200b\\u00a0\\u0007é\\U000e0001\u{301}";
    check(&format!("a.b[\"{odd}\"]"), &format!("instance a.b[\"{odd}\"]"));
    check("module.a.module.b[\"q\"].data.x.y[3]", "instance module.a.module.b[\"q\"].data.x.y[3]");
}

#[test]
fn says_what_is_no_traversal() {
    let begin = "Variable name required: Must begin with a variable name.";
    for text in ["", ".a", "1.b", "[0]", "\"x\"", "-"] {
        check(text, begin);
    }
    let dot = "Attribute name required: Dot must be followed by attribute name.";
    for text in ["a.", "a.1", "a..b", "a.b.0", "module.", "module.0"] {
        check(text, dot);
    }
    check("a.*", "Attribute name required: Splat expressions (.*) may not be used here.");
    check("a.b[*]", "Attribute name required: Splat expressions ([*]) may not be used here.");
    let value = "Index value required: Index brackets must contain either a literal number or a \
                 literal string.";
    for text in ["a.b[-1]", "a.b[x]", "a.b[true]", "a.b[<<E", "module.a[x]", "a.b[]"] {
        check(text, value);
    }
    let close = "Unclosed index brackets: Index key must be followed by a closing bracket.";
    for text in ["a.b[0", "a.b[0x1]", "a.b[\"x\""] {
        check(text, close);
    }
    let operator = "Invalid character: Expected an attribute access or an index operator.";
    for text in ["a b", "a.b[0]c", "a.b/", "a.b /* "] {
        check(text, operator);
    }
    check("a.b@", "Invalid character: This character is not used within the language.");
    check(
        "a.b['x']",
        "Invalid character: Single quotes are not valid. Use double quotes (\") to enclose strings.",
    );
}

#[test]
fn says_what_is_no_string() {
    check(
        "a.b[\"x",
        "Unterminated string literal: Unable to find the closing quote mark before the end of the \
         file.",
    );
    check(
        "a.b[\"${x}\"]",
        "Invalid string literal: Template sequences are not allowed in this string. To include a \
         literal \"$\", double it (as \"$$\") to escape it.",
    );
    check(
        "a.b[\"\\q\"]",
        "Invalid escape sequence: The symbol \"q\" is not a valid escape sequence selector.",
    );
    check(
        "a.b[\"\\u12zz\"]",
        "Invalid escape sequence: The \\u escape sequence must be followed by four hexadecimal \
         digits.",
    );
}

#[test]
fn says_what_is_no_address() {
    let short = "Invalid address: Resource specification must include a resource type and name.";
    for text in
        ["a", "module.a.b", "data.a", "module.a.data.x", "data", "resource.a", "ephemeral.x"]
    {
        check(text, short);
    }
    check("a[\"b\"]", "Invalid address: A resource name is required.");
    check("data.x[\"y\"].z", "Invalid address: A resource name is required.");
    check("resource[\"a\"].x", "Invalid address: A resource type name is required.");
    check("data[\"x\"].y", "Invalid address: A data source name is required.");
    check("ephemeral[\"x\"].y", "Invalid address: An ephemeral resource type name is required.");
    check("a.b.c", "Invalid address: Resource instance key must be given in square brackets.");
    check("a.b[1.5].c", "Invalid address: Unexpected extra operators after address.");
    let key = "Invalid address: Invalid resource instance key: value must be a whole number, \
               between -9223372036854775808 and 9223372036854775807.";
    for text in ["a.b[1.5]", "a.b[9223372036854775808]", "a.b[1e400]", "a.b[1e-1]"] {
        check(text, key);
    }
    for word in RESERVED {
        let message = format!(
            "Invalid address: The keyword \"{word}\" is reserved and cannot be used to target a \
             resource address. If you are targeting a resource type that uses a reserved keyword, \
             please prefix your address with \"resource.\"."
        );
        check(&format!("{word}.x.y.z"), &message);
    }
    let module = "Invalid address operator: Prefix \"module.\" must be followed by a module name.";
    for text in ["module", "module[\"x\"]", "module.a[0].module"] {
        check(text, module);
    }
    let name = "Invalid address operator: Module address prefix must be followed by dot and then a \
                name.";
    check("module.a[0][\"x\"].b.c", name);
    check(
        "module.a[1.5].b.c",
        "Invalid address operator: Invalid module index: value must be a whole number, between \
         -9223372036854775808 and 9223372036854775807.",
    );
}

#[test]
fn points_at_the_fault() {
    let span = |text: &str| parse_target(text).map_err(|error| error.span);
    assert_eq!(span("a.b[1.5]"), Err(3..8));
    assert_eq!(span("aa bb"), Err(3..5));
    assert_eq!(span("module.a.var.x"), Err(8..14));
}

#[test]
fn instance_and_module_want_their_own_kind() {
    let message = |result: Result<String, ParseError>| result.unwrap_or_else(|e| e.message);
    let instance = |text| message(parse_resource_instance(text).map(|a| a.to_string()));
    let module = |text| message(parse_module_instance(text).map(|a| a.to_string()));
    assert_eq!(instance("a.b"), "a.b");
    assert_eq!(
        instance("module.a"),
        "A resource instance address is required here. The module path must be followed by a \
         resource instance specification."
    );
    assert_eq!(module("module.a[\"k\"]"), "module.a[\"k\"]");
    assert_eq!(
        module("module.a.b.c"),
        "The module instance address is followed by additional invalid content."
    );
}

fn ident() -> impl Strategy<Value = Ident> {
    "[a-z_é][a-z0-9_é-]{0,6}".prop_map(Ident::from)
}

fn key() -> impl Strategy<Value = InstanceKey> {
    prop_oneof![
        Just(InstanceKey::None),
        (0..=i64::MAX as u64).prop_map(InstanceKey::Int),
        any::<String>().prop_map(|s| InstanceKey::Str(s.nfc().collect::<String>().into())),
        "[$%{\\\\\"\n]{0,6}".prop_map(|s| InstanceKey::Str(s.into())),
    ]
}

fn instance() -> impl Strategy<Value = ResourceInstance> {
    let mode = prop_oneof![Just(Mode::Managed), Just(Mode::Data), Just(Mode::Ephemeral)];
    let modules = prop::collection::vec((ident(), key()), 0..3);
    (modules, mode, ident(), ident(), key())
        .prop_filter("a resource type that starts another reference", |(_, mode, ty, ..)| {
            let taken = ["module", "data", "resource", "ephemeral"];
            *mode != Mode::Managed || !(RESERVED.contains(&&**ty) || taken.contains(&&**ty))
        })
        .prop_map(|(modules, mode, ty, name, key)| {
            let nfc = |text: &Ident| Ident::from(text.nfc().collect::<String>());
            let module = modules
                .into_iter()
                .fold(ModuleInstance::root(), |m, (name, key)| m.child(nfc(&name), key));
            Resource::new(mode, nfc(&ty), nfc(&name)).absolute(module).instance(key)
        })
}

proptest! {
    #[test]
    fn what_is_written_is_read(address in instance()) {
        prop_assert_eq!(parse_resource_instance(&address.to_string()), Ok(address));
    }

    #[test]
    fn never_panics(text in "[a-z.\\[\\]\"\\\\${}%0-9 #/*é\n-]{0,24}") {
        let _ = parse_target(&text);
    }
}
