//! Function calls.

use super::{check, check_error, eval};

#[test]
fn calls() {
    check("upper(s)", r#""TEXT""#);
    check("core::upper(s)", r#""TEXT""#);
    check("max(1, 2, 3)", "3");
    check("max([1, 2]...)", "2");
    check("max(5, [1, 2]...)", "5");
    check("upper(secret)", r#"sensitive("HUSH")"#);
    check("max(secret_list...)", "sensitive(2)");
}

#[test]
fn try_takes_the_first_that_works() {
    check("try(object.nope, object.a)", "1");
    check("try(object.a, 1 / [])", "1");
    check("try([][0], upper([]), \"x\")", r#""x""#);
    check("try(unknown_string, 1)", "unknown dynamic");
    check("try([1, unknown], 1)", "unknown dynamic");
    check("try([][0], [1]...)", "1");
    check_error(
        "try(object.nope, [][0])",
        "Error in function call [try(] Call to function \"try\" failed: no expression succeeded:\n\
         - Unsupported attribute\n  This object does not have an attribute named \"nope\".\n\
         - Invalid index\n  The given key does not identify an element in this collection value: \
         the collection has no elements.\n\
         \nAt least one expression must produce a successful result.",
    );
    check_error(
        "try()",
        "Error in function call [try(] Call to function \"try\" failed: at least one argument is \
         required.",
    );
}

#[test]
fn can_says_whether_it_works() {
    check("can(object.a)", "true");
    check("can(object.nope)", "false");
    check("can(unknown_string)", "unknown bool");
    check("can(unknown_object.nope)", "false");
}

#[test]
fn wrong_arguments() {
    check_error(
        "upper()",
        "Not enough function arguments [)] Function \"upper\" expects 1 argument(s). Missing \
         value for \"str\".",
    );
    check_error(
        "upper(s, n)",
        "Too many function arguments [n] Function \"upper\" expects only 1 argument(s).",
    );
    check_error(
        "upper(null)",
        "Invalid function argument [null] Invalid value for \"str\" parameter: argument must not \
         be null.",
    );
    check_error(
        "upper([s])",
        "Invalid function argument [[] Invalid value for \"str\" parameter: string required.",
    );
    check_error(
        "max(1...)",
        "Invalid expanding argument value [1] The expanding argument (indicated by ...) must be \
         of a tuple, list, or set type.",
    );
    check_error(
        "max(null...)",
        "Invalid expanding argument value [null] The expanding argument (indicated by ...) must \
         not be null.",
    );
    let (_, diags) = eval("upper(null)");
    let call = diags.iter().next().and_then(|error| error.function_call.as_ref());
    assert_eq!(call.map(|call| &*call.called_as), Some("upper"));
}

#[test]
fn unknown_functions() {
    check_error(
        "uppper(s)",
        "Call to unknown function [uppper] There is no function named \"uppper\". Did you mean \
         \"upper\"?",
    );
    check_error(
        "foo::bar(s)",
        "Unknown provider function [foo::bar] The function namespace \"foo\" is not valid. \
         Provider function calls must use the \"provider::\" namespace prefix.",
    );
    check_error(
        "provider::x(s)",
        "Unknown provider function [provider::x] The function call must include the provider \
         name after the \"provider::\" prefix.",
    );
    check_error(
        "provider::x::y(s)",
        "Unknown provider function [provider::x::y] There is no function named \
         \"provider::x::y\". Ensure that provider name \"x\" is declared in this module's \
         required_providers block, and that this provider offers a function named \"y\".",
    );
    check_error("type(s)", "Call to unknown function [type] There is no function named \"type\".");
}
