//! `-var` and `-var-file`, in the order in which they were given.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};

/// One `-var` or `-var-file`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VarArg {
    /// `name=value`
    Value(String),
    /// A `.tfvars` or `.tfvars.json` file.
    File(PathBuf),
}

/// All of them; a later one wins over an earlier one, of either kind.
#[derive(Clone, Debug, Default)]
pub struct VarArgs(pub Vec<VarArg>);

impl FromArgMatches for VarArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let values = matches.get_many::<String>("var").into_iter().flatten();
        let value_at = matches.indices_of("var").into_iter().flatten();
        let files = matches.get_many::<PathBuf>("var-file").into_iter().flatten();
        let file_at = matches.indices_of("var-file").into_iter().flatten();
        let values = value_at.zip(values.map(|text| VarArg::Value(text.clone())));
        let files = file_at.zip(files.map(|path| VarArg::File(path.clone())));
        let mut all: Vec<(usize, VarArg)> = values.chain(files).collect();
        all.sort_by_key(|(at, _)| *at);
        Ok(Self(all.into_iter().map(|(_, arg)| arg).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for VarArgs {
    fn augment_args(command: Command) -> Command {
        command
            .arg(
                Arg::new("var")
                    .long("var")
                    .value_name("NAME=VALUE")
                    .action(ArgAction::Append)
                    .allow_hyphen_values(true)
                    .help("Set an input variable of the root module"),
            )
            .arg(
                Arg::new("var-file")
                    .long("var-file")
                    .value_name("FILE")
                    .action(ArgAction::Append)
                    .value_parser(value_parser!(PathBuf))
                    .help("Read input variables from a file, besides terraform.tfvars and *.auto.tfvars"),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
