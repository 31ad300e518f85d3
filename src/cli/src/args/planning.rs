//! What a plan is asked for.

use clap::{ArgAction, Args};
use groma_addr::{Mode, ResourceInstance, Target, parse_resource_instance, parse_target};
use groma_diag::{Diagnostic, Diagnostics};
use groma_engine::PlanMode;

/// The flags that `plan`, `apply`, `destroy` and `refresh` share.
#[derive(Args, Clone, Debug)]
pub struct PlanningArgs {
    /// Plan to destroy everything that is managed
    #[arg(long)]
    pub destroy: bool,
    /// Plan only to take note of what changed outside
    #[arg(long)]
    pub refresh_only: bool,
    /// Read the objects that are managed before planning
    #[arg(long, default_value_t = true, action = ArgAction::Set)]
    pub refresh: bool,
    /// Replace this resource instance; may be given several times
    #[arg(long, value_name = "ADDRESS")]
    pub replace: Vec<String>,
    /// Plan only for this module, resource or instance, and what it depends on; may be given
    /// several times
    #[arg(long, value_name = "ADDRESS")]
    pub target: Vec<String>,
    /// How many objects may be worked on at once; as many as each provider takes, if not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub parallelism: Option<u16>,
    /// Ask for input variables that have no value
    #[arg(long, default_value_t = true, action = ArgAction::Set)]
    pub input: bool,
    /// Of experimental builds of Terraform
    #[arg(long, hide = true)]
    pub allow_deferral: bool,
    /// Print JSON lines
    #[arg(long)]
    pub json: bool,
}

impl PlanningArgs {
    /// The kind of plan.
    ///
    /// # Errors
    /// Flags that exclude each other.
    pub fn mode(&self) -> Result<PlanMode, Diagnostics> {
        let error = |title: &str, what: &str| Diagnostic::error(title, what).into();
        match (self.destroy, self.refresh_only) {
            (true, true) => Err(error(
                "Incompatible plan mode options",
                "The -destroy and -refresh-only options are mutually-exclusive.",
            )),
            (false, true) if !self.refresh => Err(error(
                "Incompatible refresh options",
                "It doesn't make sense to use -refresh-only at the same time as -refresh=false, \
                 because Terraform would have nothing to do.",
            )),
            (true, _) => Ok(PlanMode::Destroy),
            (_, true) => Ok(PlanMode::RefreshOnly),
            _ => Ok(PlanMode::Normal),
        }
    }

    /// What may not be asked for at all, or not together, though each is right by itself.
    ///
    /// # Errors
    /// `-allow-deferral`, or `-replace` with a mode in which nothing is replaced.
    pub fn check(&self, mode: PlanMode) -> Result<(), Diagnostics> {
        if self.allow_deferral {
            let what =
                "The -allow-deferral flag is only valid in experimental builds of Terraform.";
            return Err(Diagnostic::error("Failed to parse command-line flags", what).into());
        }
        if mode == PlanMode::Normal || self.replace.is_empty() {
            return Ok(());
        }
        let what = "Forcing resource instance replacement (with -replace=...) is allowed only in \
                    normal planning mode.";
        Err(Diagnostic::error("Unsupported plan mode", what).into())
    }

    /// The addresses of `-target`.
    ///
    /// # Errors
    /// Every one that is not an address.
    pub fn targets(&self) -> Result<Vec<Target>, Diagnostics> {
        all(&self.target, |text| {
            parse_target(text).map_err(|error| {
                Diagnostic::error(format!("Invalid target {text:?}"), error.message)
            })
        })
    }

    /// The addresses of `-replace`.
    ///
    /// # Errors
    /// Every one that is not the address of one instance.
    pub fn replacements(&self) -> Result<Vec<ResourceInstance>, Diagnostics> {
        all(&self.replace, |text| {
            let invalid = |detail: String| {
                Diagnostic::error(format!("Invalid force-replace address {text:?}"), detail)
            };
            let addr = parse_resource_instance(text).map_err(|error| invalid(error.message))?;
            if addr.resource.mode == Mode::Managed {
                return Ok(addr);
            }
            let detail = "Only managed resources can be used with the -replace=... option.";
            Err(invalid(detail.to_owned()))
        })
    }
}

fn all<T>(
    texts: &[String],
    parse: impl Fn(&str) -> Result<T, Diagnostic>,
) -> Result<Vec<T>, Diagnostics> {
    let mut diags = Diagnostics::new();
    let mut out = Vec::with_capacity(texts.len());
    for text in texts {
        match parse(text) {
            Ok(value) => out.push(value),
            Err(diagnostic) => diags.push(diagnostic),
        }
    }
    if diags.has_errors() { Err(diags) } else { Ok(out) }
}
