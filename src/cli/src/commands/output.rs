//! `groma output`

use std::process::ExitCode;

use groma_diag::Diagnostic;
use groma_render::state::{output_raw, outputs_json, outputs_text, value_text};
use groma_state::Outputs;

use super::{Invocation, Outcome};
use crate::args::LegacyStateArgs;
use crate::error::CommandError;
use crate::store::StateAccess;

/// Show output values of the root module
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Only this output
    name: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print a string, number or bool as it is
    #[arg(long)]
    raw: bool,
    #[command(flatten)]
    legacy: LegacyStateArgs,
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    args.legacy.refuse()?;
    if args.raw && args.json {
        return Err(CommandError::new(
            "Invalid output format",
            "The -raw and -json options are mutually-exclusive.",
        ));
    }
    if args.raw && args.name.is_none() {
        return Err(CommandError::new(
            "Output name required",
            "You must give the name of a single output value when using the -raw option.",
        ));
    }
    let access = StateAccess::open(invocation)?;
    let snapshot = invocation.block_on(access.snapshot())?;
    let outputs = snapshot.map(|snapshot| snapshot.state.outputs().clone()).unwrap_or_default();
    match &args.name {
        // Where there is none at all, that is what is said.
        Some(name) if args.json || !outputs.is_empty() => one(args, name, &outputs, invocation),
        _ => all(args, &outputs, invocation),
    }
}

fn all(args: &Args, outputs: &Outputs, invocation: &Invocation) -> Outcome {
    let terminal = invocation.terminal;
    if args.json {
        terminal.print(&format!("{}\n", outputs_json(outputs).indented()));
    } else if outputs.is_empty() {
        let warning = Diagnostic::warning(
            "No outputs found",
            "The state file either has no outputs defined, or all the defined outputs are empty. \
             Please define an output in your configuration with the `output` keyword and run \
             `groma refresh` for it to become available. If you are using interpolation, please \
             verify the interpolated value is not empty. You can use the `groma console` command \
             to assist.",
        );
        terminal.diagnostics(&warning.into(), &invocation.sources);
    } else {
        terminal.print(&outputs_text(outputs));
    }
    Ok(ExitCode::SUCCESS)
}

fn one(args: &Args, name: &str, outputs: &Outputs, invocation: &Invocation) -> Outcome {
    let Some(output) = outputs.get(name) else {
        return Err(CommandError::new(
            format!("Output {name:?} not found"),
            "The output variable requested could not be found in the state file. If you recently \
             added this to your configuration, be sure to run `groma apply`, since the state won't \
             be updated with new output variables until that command is run.",
        ));
    };
    let text = if args.json {
        let ty = output.value.ty();
        let json = groma_value::to_json(&output.value, &ty)
            .map_err(|error| CommandError::new("Invalid output value", error.to_string()))?;
        String::from_utf8_lossy(&json).into_owned() + "\n"
    } else if args.raw {
        output_raw(output).map_err(|why| {
            CommandError::new(
                "Unsupported value for raw output",
                format!(
                    "The -raw option only supports strings, numbers, and boolean values, but output \
                     value {name:?} is {}: {why}.\n\nUse the -json option for machine-readable \
                     representations of output values that have complex types.",
                    output.value.ty().friendly_name()
                ),
            )
        })?
    } else {
        value_text(&output.value) + "\n"
    };
    invocation.terminal.print(&text);
    Ok(ExitCode::SUCCESS)
}
