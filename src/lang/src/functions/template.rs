//! `templatefile` and `templatestring`, which the evaluator renders.

use groma_value::{Fields, Type, Value, convert};

use super::filesystem::source_text;
use super::{Call, Function, FunctionError, Parameter, RenderError, returns};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "templatefile",
        "Reads a file and renders it as a template with the given variables.",
        &[Parameter::string("path").marked(), Parameter::any("vars")],
        |_| Ok(Type::Dynamic),
        templatefile,
    )
    .nullable(),
    Function::new(
        "templatestring",
        "Renders a string that comes from elsewhere as a template with the given variables.",
        &[
            Parameter::string("template")
                .described("A reference to the string that holds the template.")
                .marked(),
            Parameter::any("vars").described("The variables that the template may use.").dynamic(),
        ],
        returns::string,
        templatestring,
    ),
];

/// The variables, from the argument at 1.
fn variables<'a>(call: &Call<'a>) -> Result<&'a Fields, FunctionError> {
    let vars = call.value(1)?.as_fields();
    vars.ok_or_else(|| FunctionError::argument(1, "invalid vars value: must be a map"))
}

fn refuse_nested(call: &Call<'_>, name: &str) -> Result<(), FunctionError> {
    if call.context.templates.may_render() {
        return Ok(());
    }
    Err(FunctionError::new(format!(
        "cannot recursively call {name} from inside another template function"
    )))
}

fn templatefile(call: &Call<'_>) -> Result<Value, FunctionError> {
    refuse_nested(call, "templatefile")?;
    let source = source_text(call)?;
    let context = &call.context;
    let path = call.text(0)?;
    let rendered = context.templates.render(path, &source, variables(call)?, context.host);
    let result = rendered.map_err(|error| match error {
        RenderError::Variables(message) => FunctionError::argument(1, message),
        RenderError::Syntax(message) | RenderError::Failed(message) => FunctionError::new(message),
    })?;
    Ok(result.with_marks(call.value(0)?.marks()))
}

fn templatestring(call: &Call<'_>) -> Result<Value, FunctionError> {
    refuse_nested(call, "templatestring")?;
    let source = call.text(0)?;
    let context = &call.context;
    let name = "<templatestring argument>";
    let rendered = context.templates.render(name, source, variables(call)?, context.host);
    let result = rendered.map_err(|error| match error {
        RenderError::Syntax(message) => {
            FunctionError::argument(0, format!("invalid template: {message}"))
        }
        RenderError::Variables(message) => FunctionError::argument(1, message),
        RenderError::Failed(message) => FunctionError::new(message),
    })?;
    let result = convert(&result, &Type::String).map_err(|error| {
        FunctionError::new(format!("invalid template result: {}", error.message))
    })?;
    Ok(result.with_marks(call.value(0)?.marks()))
}
