//! Arithmetic with the precisions that cty gives its results.

use num_bigint::BigUint;
use num_integer::Integer as _;

use super::{Number, Parts, Repr, round_bits};

/// An operation on zeros and infinities that has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArithmeticError {
    /// `Inf + -Inf`
    #[error("can't compute sum of opposing infinities")]
    Sum,
    /// `Inf - Inf`
    #[error("can't subtract infinity from itself")]
    Difference,
    /// `0 * Inf`
    #[error("can't multiply zero by infinity")]
    Product,
    /// `0 / 0`, `Inf / Inf`
    #[error("can't divide zero by zero or infinity by infinity")]
    Quotient,
    /// `% Inf`, `Inf %`
    #[error("can't use modulo with zero and infinity")]
    Remainder,
}

/// What is less than this many bits below a sum's last bit can only break a tie.
const GUARD: i64 = 3;

impl Number {
    /// `self + other`, at the greater of both precisions.
    pub fn add(&self, other: &Self) -> Result<Self, ArithmeticError> {
        let precision = self.precision().max(other.precision());
        if let (Repr::Small { value: a, .. }, Repr::Small { value: b, .. }) = (&self.0, &other.0)
            && let Some(sum) = a.checked_add(*b)
            && fits(sum, precision)
        {
            return Ok(Self::small(sum, precision));
        }
        match (self.parts(), other.parts()) {
            (Some(a), Some(b)) => Ok(sum(a, b, precision)),
            (None, None) if self.is_negative() != other.is_negative() => Err(ArithmeticError::Sum),
            (None, _) => Ok(Self::infinity(self.is_negative(), precision)),
            (_, None) => Ok(Self::infinity(other.is_negative(), precision)),
        }
    }

    /// `self - other`, at the greater of both precisions.
    pub fn sub(&self, other: &Self) -> Result<Self, ArithmeticError> {
        self.add(&other.neg()).map_err(|_| ArithmeticError::Difference)
    }

    /// `self * other`, at the greater of both precisions, or what the product needs up to 512 bits.
    pub fn mul(&self, other: &Self) -> Result<Self, ArithmeticError> {
        let precision = self.precision().max(other.precision());
        if let (Repr::Small { value: a, .. }, Repr::Small { value: b, .. }) = (&self.0, &other.0)
            && let Some(product) = a.checked_mul(*b)
            && product != 0
        {
            let needed = 64 - product.unsigned_abs().leading_zeros() - product.trailing_zeros();
            return Ok(Self::small(product, precision.max(needed)));
        }
        let negative = self.is_negative() != other.is_negative();
        let (Some(a), Some(b)) = (self.parts(), other.parts()) else {
            if self.is_zero() || other.is_zero() {
                return Err(ArithmeticError::Product);
            }
            return Ok(Self::infinity(negative, precision));
        };
        let (mut mantissa, mut exponent) = (a.mantissa * b.mantissa, a.exponent + b.exponent);
        round_bits(&mut mantissa, &mut exponent, false, super::PARSED.into());
        let needed = mantissa.bits() - mantissa.trailing_zeros().unwrap_or(0);
        let precision = precision.max(needed as u32);
        Ok(Self::rounded(Parts { negative, mantissa, exponent }, false, precision))
    }

    /// `self / other`, at the greater of both precisions. Anything but zero over zero is an
    /// infinity, as it is in Terraform.
    pub fn div(&self, other: &Self) -> Result<Self, ArithmeticError> {
        let precision = self.precision().max(other.precision());
        let negative = self.is_negative() != other.is_negative();
        match (self.parts(), other.parts()) {
            (None, None) => Err(ArithmeticError::Quotient),
            (Some(_), Some(_)) if self.is_zero() && other.is_zero() => {
                Err(ArithmeticError::Quotient)
            }
            (None, Some(_)) => Ok(Self::infinity(negative, precision)),
            (Some(_), Some(_)) if other.is_zero() => Ok(Self::infinity(negative, precision)),
            (Some(_), None) => Ok(Self::zero(negative, precision)),
            (Some(a), Some(b)) => {
                let exponent = a.exponent - b.exponent;
                let parts = Parts { negative, mantissa: a.mantissa, exponent };
                Ok(quotient(parts, &b.mantissa, precision))
            }
        }
    }

    /// `self % other` as cty has it: `self - trunc(self / other) * other`, at `self`'s precision;
    /// `self` itself where `other` is zero.
    pub fn rem(&self, other: &Self) -> Result<Self, ArithmeticError> {
        if !self.is_finite() || !other.is_finite() {
            return Err(ArithmeticError::Remainder);
        }
        if other.is_zero() {
            return Ok(self.clone());
        }
        let precision = self.precision();
        if let (Repr::Small { value: a, .. }, Repr::Small { value: b, .. }) = (&self.0, &other.0)
            && precision.min(other.precision()) >= 64
        {
            return Ok(Self::small(a.checked_rem(*b).unwrap_or(0), precision));
        }
        let whole = self.div(other)?.trunc().with_precision(precision);
        let (Some(a), Some(b)) = (whole.parts(), other.parts()) else { return self.mul(other) };
        let negative = a.negative != b.negative;
        let product = Parts {
            negative,
            mantissa: a.mantissa * b.mantissa,
            exponent: a.exponent + b.exponent,
        };
        let product = Self::rounded(product, false, precision);
        self.sub(&product).map(|rest| rest.with_precision(precision))
    }

    /// `-self`. That of zero is negative zero, as in Terraform.
    #[must_use]
    pub fn neg(&self) -> Self {
        self.with_sign(!self.is_negative())
    }

    /// Without its sign.
    #[must_use]
    pub fn abs(&self) -> Self {
        self.with_sign(false)
    }

    fn with_sign(&self, negative: bool) -> Self {
        match self.parts() {
            None => Self::infinity(negative, self.precision()),
            Some(parts) => Self::rounded(Parts { negative, ..parts }, false, self.precision()),
        }
    }

    /// The whole part, toward zero. An infinity stays.
    #[must_use]
    pub fn trunc(&self) -> Self {
        self.to_whole(|_, _| false)
    }

    /// The greatest whole number not above it. An infinity stays.
    #[must_use]
    pub fn floor(&self) -> Self {
        self.to_whole(|negative, rest| negative && rest)
    }

    /// The least whole number not below it. An infinity stays.
    #[must_use]
    pub fn ceil(&self) -> Self {
        self.to_whole(|negative, rest| !negative && rest)
    }

    /// Cuts the fraction off; `away` says, from the sign and whether there was a fraction,
    /// whether to go one further from zero.
    fn to_whole(&self, away: impl Fn(bool, bool) -> bool) -> Self {
        let Some(parts) = self.parts() else { return self.clone() };
        if parts.exponent >= 0 {
            // A whole number loses the sign of its zero alone.
            return if self.is_zero() { Self::zero(false, self.precision()) } else { self.clone() };
        }
        let mut mantissa = &parts.mantissa >> parts.exponent.unsigned_abs();
        if away(parts.negative, true) {
            mantissa += 1u32;
        }
        let negative = parts.negative && mantissa != BigUint::ZERO;
        Self::rounded(Parts { negative, mantissa, exponent: 0 }, false, self.precision())
    }
}

/// Whether a machine integer is exact at `precision`.
const fn fits(value: i64, precision: u32) -> bool {
    precision >= 64 || value.unsigned_abs() >> precision == 0
}

/// The exact sum, rounded once.
fn sum(a: Parts, b: Parts, precision: u32) -> Number {
    if a.mantissa == BigUint::ZERO && b.mantissa == BigUint::ZERO {
        return Number::zero(a.negative && b.negative, precision);
    }
    if a.mantissa == BigUint::ZERO {
        return Number::rounded(b, false, precision);
    }
    if b.mantissa == BigUint::ZERO {
        return Number::rounded(a, false, precision);
    }
    let (mut high, mut low) = if a.top() >= b.top() { (a, b) } else { (b, a) };
    // What lies far below the last bit is stood in for by one bit, not shifted by gigabytes.
    let guard = i64::from(precision) + GUARD;
    if low.top() < high.exponent - guard {
        low.mantissa = BigUint::from(1u32);
        low.exponent = high.exponent - guard;
    }
    let least = high.exponent.min(low.exponent);
    high.mantissa <<= high.exponent - least;
    low.mantissa <<= low.exponent - least;
    let (negative, mantissa) = if high.negative == low.negative {
        (high.negative, high.mantissa + low.mantissa)
    } else if high.mantissa >= low.mantissa {
        (high.negative, high.mantissa - low.mantissa)
    } else {
        (low.negative, low.mantissa - high.mantissa)
    };
    let negative = negative && mantissa != BigUint::ZERO;
    Number::rounded(Parts { negative, mantissa, exponent: least }, false, precision)
}

/// `parts / divisor` (nonzero), rounded once.
pub(super) fn quotient(parts: Parts, divisor: &BigUint, precision: u32) -> Number {
    let wanted = u64::from(precision) + 2 + divisor.bits();
    let shift = wanted.saturating_sub(parts.mantissa.bits());
    let (mantissa, rest) = (parts.mantissa << shift).div_rem(divisor);
    let parts = Parts { mantissa, exponent: parts.exponent - shift as i64, ..parts };
    Number::rounded(parts, rest != BigUint::ZERO, precision)
}
