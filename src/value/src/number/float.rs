//! Doubles.

use num_bigint::BigUint;

use super::elementary::{ln, pow};
use super::{DOUBLE, Number, Parts, Repr, round_bits};

/// The exponent of the smallest subnormal double.
const SUBNORMAL: i64 = -1074;

impl Number {
    /// The nearest double.
    #[expect(clippy::cast_precision_loss, reason = "rounding to nearest even is what is wanted")]
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Repr::Small { value, .. } => *value as f64,
            Repr::NegativeZero { .. } => -0.0,
            Repr::Infinity { negative: false, .. } => f64::INFINITY,
            Repr::Infinity { negative: true, .. } => f64::NEG_INFINITY,
            Repr::Big(big) => {
                let magnitude = magnitude_to_f64(big.mantissa.clone(), big.exponent);
                if big.negative { -magnitude } else { magnitude }
            }
        }
    }

    /// The double that is exactly this number.
    pub fn to_f64_exact(&self) -> Option<f64> {
        if let Repr::Big(big) = &self.0
            && big.mantissa.bits() > DOUBLE.into()
        {
            return None;
        }
        let double = self.to_f64();
        Self::from_f64(double).filter(|back| back == self).map(|_| double)
    }

    /// The number that a double is, at a double's precision; `None` for NaN.
    pub fn from_f64(value: f64) -> Option<Self> {
        if value.is_nan() {
            return None;
        }
        let negative = value.is_sign_negative();
        if value.is_infinite() {
            return Some(Self::infinity(negative, DOUBLE));
        }
        let bits = value.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        let biased = (bits >> 52 & 0x7ff) as i64;
        let (mantissa, exponent) = if biased == 0 {
            (fraction, SUBNORMAL)
        } else {
            (fraction | 1 << 52, biased + SUBNORMAL - 1)
        };
        let parts = Parts { negative, mantissa: BigUint::from(mantissa), exponent };
        Some(Self::rounded(parts, false, DOUBLE))
    }

    /// `self` to the power `exponent`, computed in doubles as Terraform's `pow` does; `None` where
    /// that is not a number.
    pub fn pow(&self, exponent: &Self) -> Option<Self> {
        Self::from_f64(pow(self.to_f64(), exponent.to_f64()))
    }

    /// The logarithm to `base`, computed in doubles as Terraform's `log` does; `None` where that
    /// is not a number.
    pub fn log(&self, base: &Self) -> Option<Self> {
        Self::from_f64(ln(self.to_f64()) / ln(base.to_f64()))
    }
}

pub(super) fn magnitude_to_f64(mut mantissa: BigUint, mut exponent: i64) -> f64 {
    let top = exponent + mantissa.bits() as i64;
    if top > 1024 {
        return f64::INFINITY;
    }
    if top < SUBNORMAL {
        return 0.0;
    }
    let precision = (top - SUBNORMAL).min(DOUBLE.into());
    round_bits(&mut mantissa, &mut exponent, false, precision.unsigned_abs());
    let mantissa = u64::try_from(mantissa).unwrap_or(u64::MAX);
    // Both factors are exact, and so is each product, but for the overflow to infinity.
    #[expect(clippy::cast_precision_loss, reason = "53 bits at most")]
    let mantissa = mantissa as f64;
    let half = exponent / 2;
    mantissa * power_of_two(half) * power_of_two(exponent - half)
}

/// `2^exponent` for an exponent of a normal double.
fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}
