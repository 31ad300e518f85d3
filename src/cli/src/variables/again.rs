//! Values of variables that are given when a saved plan is applied.
//!
//! The plan has the values that it was made with, which cannot be changed; only ephemeral ones, that
//! no plan keeps, are given again.

use std::collections::BTreeMap;

use groma_addr::Ident;
use groma_config::inputs::{InputSource, InputValue};
use groma_diag::{Diagnostic, Diagnostics};
use groma_engine::{Plan, VariableValue};
use groma_lang::eval::brief;
use groma_value::{Marks, Value};

use super::{collect, value};
use crate::args::VarArgs;
use crate::commands::Invocation;
use crate::project::Project;

/// The ephemeral values that a saved plan needs, with what is wrong with these and the others.
pub fn again(
    project: &Project,
    args: &VarArgs,
    invocation: &Invocation,
    plan: &Plan,
) -> (BTreeMap<Ident, VariableValue>, Diagnostics) {
    let (given, mut diags) = collect(project, args, invocation);
    let declared = project.config.root().map(|root| &root.variables);
    let planned: BTreeMap<_, _> = plan.variables.iter().map(|v| (v.name.clone(), v)).collect();
    let mut values = BTreeMap::new();
    for (name, input) in given {
        let Some(variable) = declared.and_then(|all| all.get(&name)) else { continue };
        let was = planned.get(&name);
        if !variable.ephemeral {
            let was = was.and_then(|was| was.value.as_ref());
            diags.extend(changed(&name, was, &input, variable.sensitive));
        } else if !was.is_some_and(|was| was.ephemeral) {
            diags.push(not_planned(&name, &input));
        } else if input.value.is_null() {
            diags.push(Diagnostic::error(
                "Ephemeral variable must be set for apply",
                format!(
                    "The ephemeral input variable {:?} was set during the planning phase, and so \
                     must be set again during the apply phase.",
                    &*name
                ),
            ));
        } else {
            values.insert(name, value(input));
        }
    }
    for variable in plan.variables.iter().filter(|v| v.ephemeral && !values.contains_key(&v.name)) {
        diags.push(Diagnostic::error(
            "No value for required variable",
            format!(
                "The ephemeral input variable {:?} was set during the plan phase, and so must also \
                 be set during the apply phase.",
                &*variable.name
            ),
        ));
    }
    (values, diags)
}

/// That another value was given than the plan has: an error if it was given for this run alone.
fn changed(
    name: &str,
    was: Option<&Value>,
    input: &InputValue,
    sensitive: bool,
) -> Option<Diagnostic> {
    if was.is_some_and(|was| was.raw_equals(&input.value)) {
        return None;
    }
    let shown = |value: &Value| {
        let marks = if sensitive { Marks::SENSITIVE } else { Marks::NONE };
        brief(&value.clone().with_marks(marks))
    };
    let planned = was.map_or_else(|| "its default".to_owned(), shown);
    let (from, span, fails) = match input.source {
        // What is there for all commands was not given to this one.
        InputSource::File(_) => return None,
        InputSource::Environment if was.is_none() => return None,
        InputSource::Environment => ("an environment variable", None, false),
        InputSource::Argument => ("a CLI argument", None, true),
        InputSource::NamedFile(span) => {
            ("a .tfvars file passed through -var-file argument", Some(span), was.is_some())
        }
    };
    let values = format!(
        "because a saved plan includes the variable values that were set when it was created. The \
         saved plan specifies {planned} as the value whereas during apply the value {} was set by \
         {from}. To declare an ephemeral variable which is not saved in the plan file, use \
         ephemeral = true.",
        shown(&input.value)
    );
    let diagnostic = if fails {
        Diagnostic::error(
            "Can't change variable when applying a saved plan",
            format!(
                "The variable {name} cannot be set using the -var and -var-file options when \
                 applying a saved plan file, {values}"
            ),
        )
    } else {
        Diagnostic::warning(
            "Ignoring variable when applying a saved plan",
            format!(
                "The variable {name} cannot be overriden when applying a saved plan file, {values}"
            ),
        )
    };
    Some(diagnostic.at_opt(span))
}

fn not_planned(name: &str, input: &InputValue) -> Diagnostic {
    let span = match input.source {
        InputSource::File(span) | InputSource::NamedFile(span) => Some(span),
        InputSource::Environment | InputSource::Argument => None,
    };
    let text = format!(
        "The ephemeral input variable {name:?} was not set during the planning phase, and so must \
         remain unset during the apply phase."
    );
    Diagnostic::error("Ephemeral variable was not set during planning", text).at_opt(span)
}
