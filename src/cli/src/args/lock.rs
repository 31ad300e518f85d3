//! `-lock`, `-lock-timeout`, and flags that have no meaning here.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args};

use crate::error::CommandError;

/// How the state is locked.
#[derive(Args, Clone, Debug)]
pub struct LockArgs {
    /// Hold the state's lock while the command runs
    #[arg(long, default_value_t = true, action = ArgAction::Set)]
    pub lock: bool,
    /// How long to wait for the lock, such as 10s or 5m
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = parse_duration)]
    pub lock_timeout: Duration,
}

/// `-ignore-remote-version`, which is about remote backends only: it changes nothing here.
#[derive(Args, Clone, Debug, Default)]
pub struct RemoteVersionArg {
    #[arg(long, hide = true)]
    ignore_remote_version: bool,
}

/// The flags of commands that change the state by hand.
#[derive(Args, Clone, Debug)]
pub struct EditArgs {
    #[command(flatten)]
    pub lock: LockArgs,
    #[command(flatten)]
    pub remote: RemoteVersionArg,
    #[command(flatten)]
    pub legacy: LegacyStateArgs,
}

/// `-target` of commands that Terraform takes it for without any effect.
#[derive(Args, Clone, Debug, Default)]
pub struct NoTargets {
    #[arg(long, value_name = "ADDRESS", hide = true)]
    target: Vec<String>,
}

/// `-test-directory`: where test files are, which are left out so far wherever they are.
#[derive(Args, Clone, Debug, Default)]
pub struct TestDirectoryArg {
    #[arg(long, value_name = "PATH", hide = true)]
    test_directory: Option<PathBuf>,
}

/// Flags of Terraform's local backend. State is in a database here, so they are refused by name.
#[derive(Args, Clone, Debug, Default)]
pub struct LegacyStateArgs {
    #[arg(long, value_name = "PATH", hide = true)]
    state: Option<PathBuf>,
    #[arg(long, value_name = "PATH", hide = true)]
    state_out: Option<PathBuf>,
    #[arg(long, value_name = "PATH", hide = true)]
    backup: Option<PathBuf>,
    #[arg(long, value_name = "PATH", hide = true)]
    backup_out: Option<PathBuf>,
}

impl LegacyStateArgs {
    /// Says so if one was given.
    ///
    /// # Errors
    /// The flag's name, and what to do instead.
    pub fn refuse(&self) -> Result<(), CommandError> {
        let flags = [
            ("-state", &self.state),
            ("-state-out", &self.state_out),
            ("-backup", &self.backup),
            ("-backup-out", &self.backup_out),
        ];
        let given = flags.into_iter().find(|(_, value)| value.is_some());
        given.map_or(Ok(()), |(name, _)| {
            Err(CommandError::new(
                "Unsupported option",
                format!(
                    "The {name} option names a state file, and Groma keeps state in a database. \
                     Bring a state file in with \"groma state push\", and write one with \
                     \"groma state pull\"."
                ),
            ))
        })
    }
}

/// Go's `time.ParseDuration`: `1h30m`, `10s`, `250ms`, `0`.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let bad = || format!("invalid duration {text:?}: use a number and a unit, such as 30s or 5m");
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let mut rest = text;
    let mut total = Duration::ZERO;
    if rest.is_empty() {
        return Err(bad());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(bad)?;
        let number: f64 = rest[..digits].parse().map_err(|_| bad())?;
        rest = &rest[digits..];
        let end = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let unit = match &rest[..end] {
            "ns" => 1e-9,
            "us" | "µs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return Err(bad()),
        };
        total += Duration::try_from_secs_f64(number * unit).map_err(|_| bad())?;
        rest = &rest[end..];
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_gos() {
        assert_eq!(parse_duration("1h30m"), Ok(Duration::from_mins(90)));
        assert_eq!(parse_duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(parse_duration("0"), Ok(Duration::ZERO));
        assert!(parse_duration("10").is_err());
        assert!(parse_duration("").is_err());
        assert!(parse_duration("5 s").is_err());
    }
}
