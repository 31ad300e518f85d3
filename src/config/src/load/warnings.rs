//! What may stand in the root module only, and what may not.

use groma_diag::{Diagnostic, Diagnostics};

use crate::model::Config;

/// Checks what depends on whether a module is the root.
pub(super) fn check_root(config: &Config, diags: &mut Diagnostics) {
    for module in &config.modules {
        if module.parent.is_none() {
            for output in module.outputs.values().filter(|output| output.ephemeral) {
                let detail = "Ephemeral outputs are not allowed in context of a root module";
                let summary = "Ephemeral output not allowed";
                diags.push(Diagnostic::error(summary, detail).at(output.span));
            }
            continue;
        }
        if let Some(backend) = &module.backend {
            let detail = "Any selected backend applies to the entire configuration, so Terraform \
                          expects provider configurations only in the root module.\n\nThis is a \
                          warning rather than an error because it's sometimes convenient to \
                          temporarily call a root module as a child module for testing purposes, \
                          but this backend configuration block will have no effect.";
            let summary = "Backend configuration ignored";
            diags.push(Diagnostic::warning(summary, detail).at(backend.span));
        }
        for import in &module.imports {
            let detail = format!(
                "An import block was detected in \"{}\". Import blocks are only allowed in the \
                 root module.",
                module.path
            );
            let summary = "Invalid import configuration";
            diags.push(Diagnostic::error(summary, detail).at(import.span));
        }
    }
}
