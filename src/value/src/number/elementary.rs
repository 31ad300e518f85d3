//! Powers and logarithms of doubles, digit for digit as Go computes them.
//!
//! Terraform's `pow` and `log` go through Go's `math` package, whose last digits differ from those of
//! the platform's library. The methods are public ones, named at each function.

use super::{Number, float::magnitude_to_f64};

/// Go's `math.Pow`: by repeated squaring for the whole part, which rounds differently from a
/// correctly rounded power.
pub(super) fn pow(x: f64, y: f64) -> f64 {
    let (zero, finite) = (x == 0.0 || y == 0.0, x.is_finite() && y.is_finite());
    if zero || !finite || (x < 0.0 && y.fract() != 0.0) || y.abs() >= 9.2e18 {
        return x.powf(y);
    }
    if y.abs().to_bits() == 0.5f64.to_bits() {
        return if y > 0.0 { x.sqrt() } else { 1.0 / x.sqrt() };
    }
    let (mut fraction, mut whole) = (y.abs().fract(), y.abs().trunc());
    let mut result = 1.0;
    if fraction != 0.0 {
        if fraction > 0.5 {
            fraction -= 1.0;
            whole += 1.0;
        }
        result = exp(fraction * ln(x));
    }
    let (mut square, mut square_exponent) = split_exponent(x);
    let mut exponent = 0i64;
    let mut remaining = whole as u64;
    while remaining != 0 {
        if square_exponent.abs() > 1 << 12 {
            exponent += square_exponent;
            break;
        }
        if remaining & 1 == 1 {
            result *= square;
            exponent += square_exponent;
        }
        square *= square;
        square_exponent *= 2;
        if square < 0.5 {
            square += square;
            square_exponent -= 1;
        }
        remaining >>= 1;
    }
    if y < 0.0 {
        result = 1.0 / result;
        exponent = -exponent;
    }
    scale(result, exponent)
}

/// Go's `math.Log`, which is FreeBSD's: the last digit may differ from the platform's.
pub(super) fn ln(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    /// Coefficients of the odd and of the even powers of s².
    const ODD: [f64; 4] = [
        6.666_666_666_666_735e-1,
        2.857_142_874_366_239e-1,
        1.818_357_216_161_805e-1,
        1.479_819_860_511_658_6e-1,
    ];
    const EVEN: [f64; 3] =
        [3.999_999_999_940_942e-1, 2.222_219_843_214_978_4e-1, 1.531_383_769_920_937_3e-1];

    if !x.is_finite() || x <= 0.0 {
        return x.ln();
    }
    let (mut fraction, mut exponent) = split_exponent(x);
    if fraction < std::f64::consts::FRAC_1_SQRT_2 {
        fraction *= 2.0;
        exponent -= 1;
    }
    let f = fraction - 1.0;
    #[expect(clippy::cast_precision_loss, reason = "a double's exponent has 11 bits")]
    let k = exponent as f64;
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let odd = s2 * (ODD[0] + s4 * (ODD[1] + s4 * (ODD[2] + s4 * ODD[3])));
    let even = s4 * (EVEN[0] + s4 * (EVEN[1] + s4 * EVEN[2]));
    let rest = odd + even;
    let half_square = 0.5 * f * f;
    k * LN2_HIGH - ((half_square - (s * (half_square + rest) + k * LN2_LOW)) - f)
}

/// Go's `math.Exp` as it is on processors with fused multiply-add (all of the last ten years):
/// `e^x` by a Taylor series of `x/16`, squared four times. Its last digit differs from a correctly
/// rounded one's in a tenth of all cases.
fn exp(x: f64) -> f64 {
    /// ln 2 as the sum of two doubles, the first of which has trailing zeros.
    const LN2_HIGH: f64 = 0.693_147_180_559_662_956_511_601_805_686_950_683_593_75;
    const LN2_LOW: f64 = 0.282_352_905_630_315_771_225_884_481_750_134_360_255_254_120_68e-12;
    /// 1/8!, 1/7!, … 1/1!
    const TAYLOR: [f64; 8] =
        [1.0 / 40320.0, 1.0 / 5040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0];

    if x.is_nan() || x.abs() > 700.0 {
        return x.exp();
    }
    let exponent = (x * std::f64::consts::LOG2_E).round_ties_even();
    let reduced = exponent.mul_add(-LN2_LOW, exponent.mul_add(-LN2_HIGH, x)) * 0.0625;
    let series = TAYLOR[1..].iter().fold(TAYLOR[0], |sum, term| sum.mul_add(reduced, *term));
    // e^2y - 1 = (e^y - 1)(e^y - 1 + 2), thrice, and the last time without the subtraction.
    let mut less_one = reduced * series;
    for _ in 0..3 {
        less_one *= less_one + 2.0;
    }
    let result = less_one.mul_add(less_one + 2.0, 1.0);
    scale(result, exponent as i64)
}

/// A fraction in 0.5..1 and the power of two that it is to be multiplied with.
fn split_exponent(x: f64) -> (f64, i64) {
    let Some(parts) = Number::from_f64(x).and_then(|n| n.parts()) else { return (x, 0) };
    let exponent = parts.top();
    (scale(x, -exponent), exponent)
}

/// `x * 2^exponent`, rounded once.
fn scale(x: f64, exponent: i64) -> f64 {
    let Some(parts) = Number::from_f64(x).and_then(|n| n.parts()) else { return x };
    let exponent = parts.exponent.saturating_add(exponent.clamp(-10_000, 10_000));
    let magnitude = magnitude_to_f64(parts.mantissa, exponent);
    if parts.negative { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use crate::Number;

    /// Each is what terraform prints, where the platform's library differs in the last digit.
    #[test]
    fn digits_are_those_of_go() {
        let n = |text: &str| text.parse::<Number>().unwrap();
        for (x, y, power) in [
            ("3.0", "5.3209", "345.7120236020462"),
            ("23.0", "-0.66", "0.12625821009151172"),
            ("26.2", "-1.02", "0.03575466249224849"),
            ("2", "60", "1152921504606847000"),
            ("2", "0.5", "1.4142135623730951"),
        ] {
            assert_eq!(n(x).pow(&n(y)).unwrap().to_string(), power);
        }
        assert_eq!(n("3").log(&n("7")).unwrap().to_string(), "0.5645750340535796");
        assert!(n("-8").pow(&n("0.5")).is_none());
    }
}
