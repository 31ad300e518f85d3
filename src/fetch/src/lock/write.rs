//! The lock file as text.

use std::fmt;

use groma_lang::syntax::quote;

use super::{Entry, Lock};
use crate::requirements::normalized;

/// Terraform's, since both tools maintain the file.
const HEADER: &str = "# This file is maintained automatically by \"terraform init\".\n\
                      # Manual edits may be lost in future updates.\n";

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEADER)?;
        for (source, entry) in self.iter() {
            write!(f, "\nprovider {} {{\n{entry}}}\n", quote(&source.to_string()))?;
        }
        Ok(())
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let constraints = normalized(&self.constraints);
        let version = quote(&self.version.to_string());
        if constraints.is_empty() {
            writeln!(f, "  version = {version}")?;
        } else {
            writeln!(f, "  version     = {version}\n  constraints = {}", quote(&constraints))?;
        }
        if self.hashes.is_empty() {
            return Ok(());
        }
        f.write_str("  hashes = [\n")?;
        for hash in &self.hashes {
            writeln!(f, "    {},", quote(hash.as_str()))?;
        }
        f.write_str("  ]\n")
    }
}
