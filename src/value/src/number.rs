//! Numbers: binary floats of 512 bits, as cty has them, with small integers unboxed.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use num_bigint::BigInt;

/// A number of 512 bits of mantissa, rounded to nearest even, or an infinity.
///
/// Integers that fit an `i64` are kept as such, so that counting costs no allocation; the two
/// representations are equal, ordered and hashed alike.
#[derive(Clone)]
pub struct Number(pub(crate) Repr);

#[derive(Clone)]
pub(crate) enum Repr {
    Small(i64),
    Big(Arc<Big>),
}

pub(crate) struct Big {
    pub(crate) mantissa: BigInt,
    pub(crate) exponent: i64,
}

/// Text that is not a number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a number is required")]
pub struct ParseNumberError;

impl Number {
    /// The value if it is a whole number that fits.
    pub fn to_i64(&self) -> Option<i64> {
        todo!()
    }

    /// The nearest double.
    pub fn to_f64(&self) -> f64 {
        todo!()
    }

    /// The number nearest to a double; `None` for NaN.
    pub fn from_f64(_value: f64) -> Option<Self> {
        todo!()
    }

    /// Whether it is whole.
    pub fn is_integer(&self) -> bool {
        todo!()
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Repr::Small(value))
    }
}

/// Go's `big.Float` parse: decimal with exponent.
impl FromStr for Number {
    type Err = ParseNumberError;

    fn from_str(_text: &str) -> Result<Self, Self::Err> {
        todo!()
    }
}

/// Go's `big.Float.Text('f', -1)`: the shortest decimal that reads back the same, no exponent.
impl fmt::Display for Number {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        todo!()
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, _other: &Self) -> std::cmp::Ordering {
        todo!()
    }
}

impl std::hash::Hash for Number {
    fn hash<H: std::hash::Hasher>(&self, _state: &mut H) {
        todo!()
    }
}
