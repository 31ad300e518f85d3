//! Values for variables that are not declared.

use groma_diag::{Diagnostic, Diagnostics};

use super::{InputSource, Raw};

/// Counts values in files, of which the first few are named.
#[derive(Default)]
pub(super) struct Undeclared {
    in_files: usize,
}

/// How many are named one by one.
const NAMED: usize = 2;

impl Undeclared {
    /// A value on the command line is an error, one in a file a warning; the environment is
    /// shared between configurations.
    pub(super) fn note(&mut self, name: &str, raw: &Raw, diags: &mut Diagnostics) {
        let summary = "Value for undeclared variable";
        match raw {
            Raw::Text { source: InputSource::Environment, .. } => {}
            Raw::Text { .. } => {
                let detail = format!(
                    "A variable named {name:?} was assigned on the command line, but the root \
                     module does not declare a variable of that name. To use this value, add a \
                     \"variable\" block to the configuration."
                );
                diags.push(Diagnostic::error(summary, detail));
            }
            Raw::Expr { file, .. } => {
                self.in_files += 1;
                if self.in_files > NAMED {
                    return;
                }
                let detail = format!(
                    "The root module does not declare a variable named {name:?} but a value was \
                     found in file {file:?}. If you meant to use this value, add a \"variable\" \
                     block to the configuration.\n\nTo silence these warnings, use TF_VAR_... \
                     environment variables to provide certain \"global\" settings to all \
                     configurations in your organization. To reduce the verbosity of these \
                     warnings, use the -compact-warnings option."
                );
                diags.push(Diagnostic::warning(summary, detail));
            }
        }
    }

    /// Says how many were not named.
    pub(super) fn summarize(&self, diags: &mut Diagnostics) {
        if let Some(others) = self.in_files.checked_sub(NAMED).filter(|others| *others > 0) {
            let detail = format!(
                "In addition to the other similar warnings shown, {others} other variable(s) \
                 defined without being declared."
            );
            diags.push(Diagnostic::warning("Values for undeclared variables", detail));
        }
    }
}
