//! Values of the root module's input variables: collected, and asked for.

mod again;

use std::collections::BTreeMap;

use groma_addr::Ident;
use groma_config::inputs::{InputArg, InputSource, InputSources, InputValue, collect_inputs};
use groma_config::{Module, Variable};
use groma_diag::{Diagnostic, Diagnostics};
use groma_engine::{VariableSource, VariableValue};
use groma_lang::eval::{NoScope, evaluate};
use groma_value::Value;

use crate::args::{VarArg, VarArgs};
use crate::commands::Invocation;
use crate::error::CommandError;
use crate::project::{Project, directory_source};
use crate::terminal::Question;

pub use again::again;

/// The values by name, with warnings and errors. With `asking`, a person is asked for what is
/// required and not given.
///
/// # Errors
/// The person's answer cannot be read.
pub fn gather(
    project: &Project,
    args: &VarArgs,
    invocation: &Invocation,
    asking: bool,
) -> Result<(BTreeMap<Ident, VariableValue>, Diagnostics), CommandError> {
    let (mut values, mut diags) = given(project, args, invocation);
    if let Some(root) = project.config.root()
        && !diags.has_errors()
    {
        require(root, &mut values, invocation, asking, &mut diags)?;
    }
    Ok((values, diags))
}

/// The same, with an unknown value for what is required and not given: to look around with.
pub fn gather_unset_as_unknown(
    project: &Project,
    args: &VarArgs,
    invocation: &Invocation,
) -> (BTreeMap<Ident, VariableValue>, Diagnostics) {
    let (mut values, diags) = given(project, args, invocation);
    let variables = project.config.root().into_iter().flat_map(|root| &root.variables);
    for (name, _) in variables.filter(|(_, variable)| variable.default.is_none()) {
        let unset = || VariableValue { value: Value::dynamic(), source: VariableSource::Caller };
        values.entry(name.clone()).or_insert_with(unset);
    }
    (values, diags)
}

/// What the environment, files and arguments give.
fn given(
    project: &Project,
    args: &VarArgs,
    invocation: &Invocation,
) -> (BTreeMap<Ident, VariableValue>, Diagnostics) {
    let (given, diags) = collect(project, args, invocation);
    (given.into_iter().map(|(name, input)| (name, value(input))).collect(), diags)
}

fn value(input: InputValue) -> VariableValue {
    let source = match input.source {
        InputSource::Environment => VariableSource::Environment,
        InputSource::Argument => VariableSource::Argument,
        InputSource::File(span) | InputSource::NamedFile(span) => VariableSource::File(span),
    };
    VariableValue { value: input.value, source }
}

fn collect(
    project: &Project,
    args: &VarArgs,
    invocation: &Invocation,
) -> (BTreeMap<Ident, InputValue>, Diagnostics) {
    let Some(root) = project.config.root() else { return Default::default() };
    // Files of the command line are the caller's, wherever the configuration comes from.
    let files = directory_source(&invocation.place.started_in, &invocation.place.started_in);
    let args: Vec<InputArg> = args
        .0
        .iter()
        .map(|arg| match arg {
            VarArg::Value(text) => InputArg::Value(text.clone()),
            VarArg::File(path) => InputArg::File(path.to_string_lossy().into_owned()),
        })
        .collect();
    let from = InputSources {
        config: &*project.inputs,
        files: &*files,
        environment: &invocation.env.input_variables(),
        args: &args,
    };
    collect_inputs(root, from, &invocation.sources)
}

/// Asks for what is missing, or says that it is.
fn require(
    root: &Module,
    values: &mut BTreeMap<Ident, VariableValue>,
    invocation: &Invocation,
    asking: bool,
    diags: &mut Diagnostics,
) -> Result<(), CommandError> {
    for (name, variable) in &root.variables {
        if variable.default.is_some() || values.contains_key(name) {
            continue;
        }
        if asking && invocation.terminal.interactive {
            let value = ask(variable, invocation, diags)?;
            values
                .insert(name.clone(), VariableValue { value, source: VariableSource::Interactive });
            continue;
        }
        let diagnostic = Diagnostic::error(
            "No value for required variable",
            format!(
                "The root module input variable {:?} is not set, and has no default value. Use a \
                 -var or -var-file command line argument to provide a value for this variable.",
                &**name
            ),
        );
        diags.push(diagnostic.at(variable.span));
    }
    Ok(())
}

fn ask(
    variable: &Variable,
    invocation: &Invocation,
    diags: &mut Diagnostics,
) -> Result<Value, CommandError> {
    let question = Question {
        title: &format!("var.{}", variable.name),
        description: variable.description.as_deref().unwrap_or_default(),
    };
    let answer = invocation
        .terminal
        .ask(&question)
        .map_err(|error| CommandError::new("Failed to read the answer", format!("{error}.")))?;
    let answer = answer.ok_or_else(|| {
        CommandError::new(
            "No value for required variable",
            format!("The input ended before a value for var.{} was given.", variable.name),
        )
    })?;
    if !variable.parse_as_expression {
        return Ok(Value::string(answer));
    }
    let source = format!("<value for var.{}>", variable.name);
    let file = invocation.sources.add(source, answer.as_bytes());
    let (expr, problems) = groma_lang::syntax::parse_expression(file, answer.as_bytes().into());
    diags.extend(problems);
    let (value, problems) = evaluate(&expr, &NoScope);
    diags.extend(problems);
    Ok(value)
}
