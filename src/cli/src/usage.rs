//! What is wrong with a command line, in Terraform's words.

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::Command;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use groma_diag::{Diagnostic, Diagnostics, SourceMap};
use groma_lang::eval::suggest;
use groma_render::diagnostic::render_all;
use groma_render::style::Style;

use crate::argv::command_path;

/// Commands of Terraform that this version does not have, and why.
const MISSING: &[(&str, &str)] = &[
    ("login", "no service that takes credentials is supported yet"),
    ("logout", "no service that takes credentials is supported yet"),
    ("modules", "modules are not listed yet; \"groma get\" finds them"),
    ("stacks", "stacks of HCP Terraform are not supported"),
    ("test", "tests of configurations cannot be run yet"),
];

/// The text for standard error. `args` are the normalised arguments that `error` is about.
pub fn explain(error: &Error, args: &[OsString], root: &Command, style: Style) -> String {
    let path = command_path(args, root).map(|(_, path)| path).unwrap_or_default();
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let (summary, detail) = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            return no_command(context(ContextKind::InvalidSubcommand), &path, root);
        }
        ErrorKind::UnknownArgument => match context(ContextKind::InvalidArg) {
            Some(flag) if flag.starts_with('-') => (
                "Failed to parse command-line flags",
                format!("flag provided but not defined: -{}", flag.trim_start_matches('-')),
            ),
            _ => (
                "Too many command line arguments",
                "To specify a working directory, use the global -chdir flag.".to_owned(),
            ),
        },
        // Only the name of a group of commands, such as `groma state`.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return error.to_string(),
        ErrorKind::MissingRequiredArgument => ("Too few command line arguments", sentence(error)),
        _ => ("Failed to parse command-line flags", sentence(error)),
    };
    let diagnostic = Diagnostic::error(summary, detail);
    let mut text = render_all(&Diagnostics::from(diagnostic), &SourceMap::new(), style, false);
    let command: String = path.iter().map(|word| format!(" {word}")).collect();
    let _ = write!(text, "\nFor more help on using this command, run:\n  groma{command} -help\n");
    text
}

/// The first paragraph of clap's message, with flags as they are written here.
fn sentence(error: &Error) -> String {
    let text = error.to_string();
    let text = text.split("\n\n").next().unwrap_or_default();
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace("'--", "'-") + "."
}

fn no_command(name: Option<&str>, path: &[String], root: &Command) -> String {
    let name = name.unwrap_or_default();
    let parent = path.iter().try_fold(root, |command, word| command.find_subcommand(word));
    let parent = parent.unwrap_or(root);
    let known = parent.get_subcommands().map(Command::get_name);
    let place: String = path.iter().map(|word| format!(" {word}")).collect();
    let missing = MISSING.iter().find(|(missing, _)| *missing == name).map(|(_, why)| *why);
    let why = match suggest(name, known) {
        _ if path.is_empty() && missing.is_some() => {
            let why = missing.unwrap_or_default();
            format!(" It is one of Terraform's that this version does not have: {why}.")
        }
        Some(name) => format!(" Did you mean \"{name}\"?"),
        None => String::new(),
    };
    let which = if path.is_empty() {
        "top-level commands".to_owned()
    } else {
        format!("{} commands", path.join(" "))
    };
    format!(
        "Groma has no command named \"{}{name}\".{why}\n\nTo see all of Groma's {which}, run:\n  \
         groma{place} -help\n\n",
        path.iter().map(|word| format!("{word} ")).collect::<String>(),
    )
}

#[cfg(test)]
mod tests;
