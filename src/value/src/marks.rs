//! Marks: what a value must not be used for.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// A set of marks. They flow through every operation into its result.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Marks(u8);

impl Marks {
    /// No marks.
    pub const NONE: Self = Self(0);
    /// Must not be shown.
    pub const SENSITIVE: Self = Self(1);
    /// Must not be stored.
    pub const EPHEMERAL: Self = Self(2);

    /// As a number, for storing.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// From what [`Self::bits`] gave; bits that mean nothing are dropped.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & (Self::SENSITIVE.0 | Self::EPHEMERAL.0))
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether every mark of `other` is here.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the value must not be shown.
    pub const fn sensitive(self) -> bool {
        self.contains(Self::SENSITIVE)
    }

    /// Whether the value must not be stored.
    pub const fn ephemeral(self) -> bool {
        self.contains(Self::EPHEMERAL)
    }

    /// These marks without those of `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl BitOr for Marks {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Marks {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl fmt::Debug for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [(self.sensitive(), "sensitive"), (self.ephemeral(), "ephemeral")];
        f.debug_set().entries(names.iter().filter(|(on, _)| *on).map(|(_, name)| name)).finish()
    }
}
