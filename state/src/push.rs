//! What a whole state may be replaced by.

use crate::{Result, Snapshot, StateError};

impl Snapshot {
    /// Refuses to replace `self` by `new` where that would lose something: another lineage, an
    /// older serial, or a different state with the same serial.
    pub fn check_replace(&self, new: &Self) -> Result<()> {
        if !self.lineage.is_empty() && !new.lineage.is_empty() && self.lineage != new.lineage {
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
}
