//! Values of the root module's input variables: gathered, and asked for.

use std::collections::BTreeMap;

use groma_diag::{Diagnostic, Diagnostics};
use groma_engine::{VariableSource, VariableValue};
use groma_value::Value;

use crate::args::{VarArg, VarArgs};
use crate::commands::Invocation;
use crate::error::CommandError;
use crate::project::Project;

/// The values by name, with warnings and errors.
pub fn gather(
    project: &Project,
    args: &VarArgs,
    invocation: &Invocation,
    _asking: bool,
) -> Result<(BTreeMap<groma_addr::Ident, VariableValue>, Diagnostics), CommandError> {
    let mut diags = Diagnostics::new();
    let mut values = BTreeMap::new();
    let Some(root) = project.config.root() else { return Ok((values, diags)) };
    for (name, value) in invocation.env.input_variables() {
        if let Some((name, _)) = root.variables.get_key_value(name.as_str()) {
            let value = Value::string(value);
            values
                .insert(name.clone(), VariableValue { value, source: VariableSource::Environment });
        }
    }
    for arg in &args.0 {
        let VarArg::Value(text) = arg else { continue };
        let Some((name, value)) = text.split_once('=') else {
            diags.push(Diagnostic::error("Invalid -var option", text.clone()));
            continue;
        };
        let value = VariableValue { value: Value::string(value), source: VariableSource::Argument };
        values.insert(name.into(), value);
    }
    Ok((values, diags))
}
