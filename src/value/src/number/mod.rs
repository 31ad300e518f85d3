//! Numbers: binary floats with a precision each, as cty has them, with small integers unboxed.
//!
//! cty keeps a number as Go's `big.Float`, and what Terraform prints depends on the *precision*
//! that the number came with: `1/3` has 155 digits (literals have 512 bits), `log(10, 2)` has 17
//! (a double's 53), and `length(a)/length(b)` has 20 (counts have 64). Negative zero and the
//! infinities can be seen as well. So all of this is kept.

#![expect(
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "bit counts, lengths and exponents are far below 2^63"
)]

mod arith;
mod elementary;
mod float;
mod format;
mod parse;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use num_bigint::{BigInt, BigUint, Sign};

pub use self::arith::ArithmeticError;
pub use self::parse::ParseNumberError;

/// Precision of what is parsed: literals, JSON, conversions from string.
pub(crate) const PARSED: u32 = 512;
/// Precision of what was a machine integer.
const INTEGER: u32 = 64;
/// Precision of what was a double.
const DOUBLE: u32 = 53;
/// The largest binary exponent (of a mantissa in 0.5..1); beyond it is infinity.
const MAX_EXPONENT: i64 = i32::MAX as i64;
/// The smallest binary exponent; below it is zero.
const MIN_EXPONENT: i64 = i32::MIN as i64;

/// A binary float with its own precision (512 bits for what is parsed), rounded to nearest even,
/// or an infinity.
///
/// Integers that fit an `i64` are kept as such, so that counting costs no allocation. Equality,
/// order and hash go by the numeric value alone: neither the precision nor the sign of zero
/// matters to them.
#[derive(Clone)]
pub struct Number(Repr);

#[derive(Clone)]
enum Repr {
    /// Every whole number that fits, but for negative zero.
    Small {
        value: i64,
        precision: u32,
    },
    NegativeZero {
        precision: u32,
    },
    Infinity {
        negative: bool,
        precision: u32,
    },
    /// Every other number.
    Big(Arc<Big>),
}

/// `±mantissa × 2^exponent`, the mantissa odd.
struct Big {
    negative: bool,
    mantissa: BigUint,
    exponent: i64,
    precision: u32,
}

/// A finite number taken apart. The mantissa may have trailing zero bits, and is 0 for zero.
struct Parts {
    negative: bool,
    mantissa: BigUint,
    exponent: i64,
}

impl Parts {
    /// The exponent of the bit above the highest one set.
    fn top(&self) -> i64 {
        self.exponent + self.mantissa.bits() as i64
    }
}

/// Shortens `mantissa` to at most `precision` bits, to nearest even; `sticky` says that something
/// nonzero lies below the lowest bit (the mantissa is then longer than the precision).
fn round_bits(mantissa: &mut BigUint, exponent: &mut i64, sticky: bool, precision: u64) {
    let bits = mantissa.bits();
    if bits <= precision {
        return;
    }
    let drop = bits - precision;
    let half = mantissa.bit(drop - 1);
    let below = sticky || mantissa.trailing_zeros().is_some_and(|zeros| zeros < drop - 1);
    let odd = mantissa.bit(drop);
    *mantissa >>= drop;
    *exponent += drop as i64;
    if half && (below || odd) {
        *mantissa += 1u32;
    }
}

impl Number {
    /// 0
    pub const ZERO: Self = Self::small(0, INTEGER);
    /// Beyond every other number.
    pub const INFINITY: Self = Self(Repr::Infinity { negative: false, precision: DOUBLE });
    /// Below every other number.
    pub const NEG_INFINITY: Self = Self(Repr::Infinity { negative: true, precision: DOUBLE });

    const fn small(value: i64, precision: u32) -> Self {
        Self(Repr::Small { value, precision })
    }

    const fn infinity(negative: bool, precision: u32) -> Self {
        Self(Repr::Infinity { negative, precision })
    }

    const fn zero(negative: bool, precision: u32) -> Self {
        if negative { Self(Repr::NegativeZero { precision }) } else { Self::small(0, precision) }
    }

    /// Rounds to `precision` and brings into the one form that each value has.
    fn rounded(parts: Parts, sticky: bool, precision: u32) -> Self {
        let Parts { negative, mut mantissa, mut exponent } = parts;
        round_bits(&mut mantissa, &mut exponent, sticky, precision.into());
        let Some(zeros) = mantissa.trailing_zeros() else {
            return Self::zero(negative, precision);
        };
        mantissa >>= zeros;
        exponent += zeros as i64;
        let top = exponent + mantissa.bits() as i64;
        if top > MAX_EXPONENT {
            return Self::infinity(negative, precision);
        }
        if top < MIN_EXPONENT {
            return Self::zero(negative, precision);
        }
        if exponent >= 0 && top <= 64 {
            let magnitude = i128::try_from(&(&mantissa << exponent)).unwrap_or(i128::MAX);
            let value = if negative { -magnitude } else { magnitude };
            if let Ok(value) = i64::try_from(value) {
                return Self::small(value, precision);
            }
        }
        Self(Repr::Big(Arc::new(Big { negative, mantissa, exponent, precision })))
    }

    /// `None` for an infinity.
    fn parts(&self) -> Option<Parts> {
        Some(match &self.0 {
            Repr::Small { value, .. } => Parts {
                negative: *value < 0,
                mantissa: BigUint::from(value.unsigned_abs()),
                exponent: 0,
            },
            Repr::NegativeZero { .. } => {
                Parts { negative: true, mantissa: BigUint::ZERO, exponent: 0 }
            }
            Repr::Infinity { .. } => return None,
            Repr::Big(big) => Parts {
                negative: big.negative,
                mantissa: big.mantissa.clone(),
                exponent: big.exponent,
            },
        })
    }

    /// The bits of mantissa that the number was made with, which say how it is printed and how
    /// precise what is computed from it will be.
    pub fn precision(&self) -> u32 {
        match &self.0 {
            Repr::Small { precision, .. }
            | Repr::NegativeZero { precision }
            | Repr::Infinity { precision, .. } => *precision,
            Repr::Big(big) => big.precision,
        }
    }

    /// The same number at another precision, rounded if that is less.
    #[must_use]
    pub fn with_precision(&self, precision: u32) -> Self {
        if precision == self.precision() {
            return self.clone();
        }
        match self.parts() {
            Some(parts) => Self::rounded(parts, false, precision),
            None => Self::infinity(self.is_negative(), precision),
        }
    }

    /// Whether it is neither infinity.
    pub const fn is_finite(&self) -> bool {
        !matches!(self.0, Repr::Infinity { .. })
    }

    /// Whether it has a minus sign. Negative zero has.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Small { value, .. } => *value < 0,
            Repr::NegativeZero { .. } => true,
            Repr::Infinity { negative, .. } => *negative,
            Repr::Big(big) => big.negative,
        }
    }

    /// Whether it is zero, of either sign.
    pub const fn is_zero(&self) -> bool {
        matches!(self.0, Repr::Small { value: 0, .. } | Repr::NegativeZero { .. })
    }

    /// Whether its text, which has no exponent, is over a million characters long.
    pub fn is_overlong(&self) -> bool {
        // Bits: a decimal digit stands for 3.3 of them, or one behind the point.
        const LONGEST: u64 = 3_000_000;
        match &self.0 {
            Repr::Small { .. } | Repr::NegativeZero { .. } | Repr::Infinity { .. } => false,
            Repr::Big(big) => {
                big.exponent.unsigned_abs().saturating_add(big.mantissa.bits()) > LONGEST
            }
        }
    }

    /// Whether it is whole. Infinities are not.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Small { .. } | Repr::NegativeZero { .. } => true,
            Repr::Infinity { .. } => false,
            Repr::Big(big) => big.exponent >= 0,
        }
    }

    /// The value if it is a whole number that fits.
    pub const fn to_i64(&self) -> Option<i64> {
        match self.0 {
            Repr::Small { value, .. } => Some(value),
            Repr::NegativeZero { .. } => Some(0),
            Repr::Infinity { .. } | Repr::Big(_) => None,
        }
    }

    /// The value if it is a whole number that fits.
    pub fn to_u64(&self) -> Option<u64> {
        match &self.0 {
            Repr::Small { value, .. } => u64::try_from(*value).ok(),
            Repr::NegativeZero { .. } => Some(0),
            Repr::Infinity { .. } => None,
            Repr::Big(big) if big.negative || big.exponent < 0 || big.exponent > 63 => None,
            Repr::Big(big) => u64::try_from(&big.mantissa << big.exponent).ok(),
        }
    }

    /// The number taken apart, `mantissa × 2^exponent`; `None` for an infinity.
    pub fn decompose(&self) -> Option<(BigInt, i64)> {
        let parts = self.parts()?;
        let sign = if parts.negative { Sign::Minus } else { Sign::Plus };
        Some((BigInt::from_biguint(sign, parts.mantissa), parts.exponent))
    }

    /// The value if it is a whole number. `None` too above `2^1_000_000`, which no caller wants
    /// written out.
    pub fn to_bigint(&self) -> Option<BigInt> {
        let parts = self.parts()?;
        if !(0..=1_000_000).contains(&parts.exponent) {
            return None;
        }
        let sign = if parts.negative { Sign::Minus } else { Sign::Plus };
        Some(BigInt::from_biguint(sign, parts.mantissa << parts.exponent))
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::small(value, INTEGER)
    }
}

impl From<i32> for Number {
    fn from(value: i32) -> Self {
        Self::small(value.into(), INTEGER)
    }
}

impl From<u32> for Number {
    fn from(value: u32) -> Self {
        Self::small(value.into(), INTEGER)
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        i64::try_from(value).map_or_else(|_| Self::from(BigInt::from(value)), Self::from)
    }
}

impl From<usize> for Number {
    fn from(value: usize) -> Self {
        Self::from(value as u64)
    }
}

/// At the precision that holds it exactly, 64 bits at least.
impl From<BigInt> for Number {
    fn from(value: BigInt) -> Self {
        let (sign, mantissa) = value.into_parts();
        let precision = u32::try_from(mantissa.bits()).unwrap_or(u32::MAX).max(INTEGER);
        let parts = Parts { negative: sign == Sign::Minus, mantissa, exponent: 0 };
        Self::rounded(parts, false, precision)
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
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Some(a), Some(b)) = (self.to_i64(), other.to_i64()) {
            return a.cmp(&b);
        }
        let sign = |n: &Self| if n.is_zero() { 0 } else { 1 - 2 * i32::from(n.is_negative()) };
        sign(self).cmp(&sign(other)).then_with(|| {
            let magnitude = match (self.parts(), other.parts()) {
                (None, None) => Ordering::Equal,
                (None, _) => Ordering::Greater,
                (_, None) => Ordering::Less,
                (Some(a), Some(b)) => compare_magnitudes(&a, &b),
            };
            if self.is_negative() { magnitude.reverse() } else { magnitude }
        })
    }
}

fn compare_magnitudes(a: &Parts, b: &Parts) -> Ordering {
    a.top().cmp(&b.top()).then_with(|| {
        // With equal tops the exponents are no further apart than the mantissas are long.
        let least = a.exponent.min(b.exponent);
        (&a.mantissa << (a.exponent - least)).cmp(&(&b.mantissa << (b.exponent - least)))
    })
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Repr::Small { value, .. } => value.hash(state),
            Repr::NegativeZero { .. } => 0i64.hash(state),
            Repr::Infinity { negative, .. } => negative.hash(state),
            Repr::Big(big) => {
                big.negative.hash(state);
                big.exponent.hash(state);
                big.mantissa.hash(state);
            }
        }
    }
}

#[cfg(test)]
mod tests;
