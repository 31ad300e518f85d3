//! What a whole state may be replaced by.

use crate::{Result, Snapshot, StateError};

impl Snapshot {
    /// Refuses to replace `self` by `new` where that would lose something: another lineage, an
    /// older serial, or a different state with the same serial. As in Terraform, a state without
    /// a lineage may replace any, and be replaced by any.
    pub fn check_replace(&self, new: &Self) -> Result<()> {
        if self.lineage.is_empty() || new.lineage.is_empty() {
            return Ok(());
        }
        if self.lineage != new.lineage {
            return Err(StateError::UnrelatedLineage {
                new: new.lineage.clone(),
                existing: self.lineage.clone(),
            });
        }
        if new.serial < self.serial {
            return Err(StateError::OlderSerial { new: new.serial, existing: self.serial });
        }
        if new.serial == self.serial && !self.state.diff(&new.state)?.is_empty() {
            return Err(StateError::SameSerial { serial: new.serial });
        }
        Ok(())
    }

    /// The serial of a state after it was replaced by `new`, as Terraform counts: the next after
    /// that of `new` if it differs from what was there; that of `new` itself if nothing was there
    /// (`first`), or nothing but serial and lineage differs.
    pub const fn serial_after_replace(new: &Self, first: bool, differs: bool) -> u64 {
        if first || !differs { new.serial } else { new.serial + 1 }
    }
}
