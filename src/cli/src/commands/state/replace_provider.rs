//! `groma state replace-provider`

use std::fmt::Write as _;

use groma_addr::{AbsResource, Provider};
use groma_render::style::{Color, Style};
use groma_state::ops;

use super::super::{Invocation, Outcome};
use crate::args::EditArgs;
use crate::error::CommandError;
use crate::store::StateAccess;

/// Hand the resources of one provider to another in the state
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The source of the provider that resources have
    from: String,
    /// The source of the provider that they get
    to: String,
    /// Do not ask
    #[arg(long)]
    auto_approve: bool,
    #[command(flatten)]
    edit: EditArgs,
}

/// What became of it.
enum Done {
    Nothing,
    Cancelled,
    Replaced(usize),
}

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    args.edit.legacy.refuse()?;
    let (from, to) = (provider("from", &args.from)?, provider("to", &args.to)?);
    let access = StateAccess::open(invocation)?;
    let done =
        invocation.block_on(access.edit(&args.edit.lock, "state-replace-provider", |state| {
            let (new, resources) = ops::replace_provider(state, &from, &to);
            if resources.is_empty() {
                return Ok((state.clone(), Done::Nothing));
            }
            invocation.terminal.print(&summary(&from, &to, &resources, invocation.terminal.out));
            if !args.auto_approve && !approved(invocation)? {
                return Ok((state.clone(), Done::Cancelled));
            }
            Ok((new, Done::Replaced(resources.len())))
        }))?;
    let text = match done {
        None => return Err(super::no_state()),
        Some(Done::Nothing) => "No matching resources found.\n".to_owned(),
        Some(Done::Cancelled) => "Cancelled replacing providers.\n".to_owned(),
        Some(Done::Replaced(count)) => {
            format!("\nSuccessfully replaced provider for {count} resources.\n")
        }
    };
    invocation.terminal.print(&text);
    super::DONE
}

fn provider(which: &str, text: &str) -> Result<Provider, CommandError> {
    text.parse().map_err(|error: groma_addr::ParseError| {
        CommandError::new(format!("Invalid \"{which}\" provider \"{text}\""), error.message)
    })
}

fn summary(from: &Provider, to: &Provider, resources: &[AbsResource], style: Style) -> String {
    let mut text = format!(
        "Groma will perform the following actions:\n\n  {} Updating provider:\n    {} {from}\n    \
         {} {to}\n\n{} {} resources:\n\n",
        style.paint(Color::Yellow, "~"),
        style.paint(Color::Red, "-"),
        style.paint(Color::Green, "+"),
        style.paint(Color::Bold, "Changing"),
        resources.len(),
    );
    for resource in resources {
        let _ = writeln!(text, "  {resource}");
    }
    text
}

fn approved(invocation: &Invocation) -> Result<bool, CommandError> {
    let question = invocation.terminal.out.paint(Color::Bold, "Do you want to make these changes?");
    let prompt =
        format!("\n{question}\nOnly 'yes' will be accepted to continue.\n\nEnter a value: ");
    let failed = |why: String| CommandError::new("Error asking for approval", why);
    let answer =
        invocation.terminal.read_line(&prompt).map_err(|error| failed(format!("{error}.")))?;
    let answer = answer.ok_or_else(|| failed("The input ended before an answer.".to_owned()))?;
    Ok(answer == "yes")
}
