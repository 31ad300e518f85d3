//! Writing decimals: the shortest that reads back the same at the number's precision, digit by
//! digit as Go's `big.Float.Text('f', -1)` finds it.

use std::fmt::{self, Write};

use num_bigint::BigUint;

use super::{Number, Parts, Repr};

/// Beyond this binary exponent the leading digits are computed by themselves rather than from
/// the whole expansion, which could have half a billion digits.
const EXACT_EXPONENT: u64 = 8192;

/// `0.digits × 10^point`, with no trailing zero.
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

/// Go's `big.Float.Text('f', -1)`: the shortest decimal that reads back the same, no exponent.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Small { value, precision }
                if *precision >= 64 || value.unsigned_abs() >> *precision == 0 =>
            {
                fmt::Display::fmt(value, f)
            }
            Repr::NegativeZero { .. } => f.write_str("-0"),
            Repr::Infinity { negative, .. } => f.write_str(if *negative { "-Inf" } else { "+Inf" }),
            Repr::Small { .. } | Repr::Big(_) => {
                if let Some(text) = short_decimal(self) {
                    return f.write_str(&text);
                }
                let Some(parts) = self.parts() else { return Ok(()) };
                write_decimal(f, parts.negative, &shortest(&parts, self.precision()))
            }
        }
    }
}

impl Number {
    /// Ten significant digits with an exponent where that is shorter, as Go's `big.Float.String`:
    /// the text that cty orders structures in sets by.
    pub(crate) fn to_short_text(&self) -> String {
        const DIGITS: usize = 10;
        if let Repr::Small { value: -9_999_999_999..=9_999_999_999, .. } = &self.0 {
            return self.to_string();
        }
        let Some(parts) = self.parts().filter(|_| !self.is_zero()) else {
            return self.to_string();
        };
        let mut decimal = expand(parts.mantissa, parts.exponent, 2 * DIGITS);
        decimal.round(DIGITS);
        let sign = if parts.negative { "-" } else { "" };
        let exponent = decimal.point - 1;
        let count = decimal.digits.len();
        let least = if count as i64 >= decimal.point { count.min(DIGITS) } else { DIGITS };
        if (-4..least as i64).contains(&exponent) {
            let mut text = String::new();
            // Writing to a string does not fail.
            let _ = write_decimal(&mut text, parts.negative, &decimal);
            return text;
        }
        let (first, rest) = decimal.digits.split_at(1.min(count));
        let (first, rest) = (String::from_utf8_lossy(first), String::from_utf8_lossy(rest));
        let point = if rest.is_empty() { "" } else { "." };
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        format!("{sign}{first}{point}{rest}e{exponent_sign}{:02}", exponent.unsigned_abs())
    }

    /// Whether both are the same number to cty's `==`: whole numbers by value, others if they print
    /// alike, so that 0.1 from a double is 0.1 from a literal.
    pub fn same_as(&self, other: &Self) -> bool {
        let by_value =
            self.is_integer() || other.is_integer() || self.precision() == other.precision();
        if by_value { self == other } else { self.to_string() == other.to_string() }
    }
}

/// The decimal that the nearest double prints as, if it reads back as the number itself: what
/// somebody wrote as `0.1` is found so in a tenth of the time.
///
/// A decimal that identifies the number among those of 64 bits or more identifies its double too,
/// so that there is none shorter than the double's shortest; and of that length there is but one.
fn short_decimal(number: &Number) -> Option<String> {
    let double = number.to_f64();
    if number.precision() < 64 || !(1e-20..1e21).contains(&double.abs()) {
        return None;
    }
    let text = double.to_string();
    let back: Number = text.parse().ok()?;
    (back.with_precision(number.precision()) == *number).then_some(text)
}

fn write_decimal(f: &mut impl Write, negative: bool, decimal: &Decimal) -> fmt::Result {
    if negative {
        f.write_str("-")?;
    }
    let digits = std::str::from_utf8(&decimal.digits).map_err(|_| fmt::Error)?;
    if decimal.point <= 0 {
        f.write_str("0.")?;
        write_zeros(f, decimal.point.unsigned_abs())?;
        return f.write_str(digits);
    }
    let whole = decimal.point.unsigned_abs() as usize;
    if whole >= digits.len() {
        f.write_str(digits)?;
        return write_zeros(f, (whole - digits.len()) as u64);
    }
    let (whole, fraction) = digits.split_at(whole);
    write!(f, "{whole}.{fraction}")
}

fn write_zeros(f: &mut impl Write, mut count: u64) -> fmt::Result {
    const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
    while count >= ZEROS.len() as u64 {
        f.write_str(ZEROS)?;
        count -= ZEROS.len() as u64;
    }
    f.write_str(&ZEROS[..count as usize])
}

/// The first decimal, digit by digit, that lies between half a unit in the last place below and
/// above the number (the ends count where the mantissa is even).
fn shortest(parts: &Parts, precision: u32) -> Decimal {
    let wanted = u64::from(precision) + 1;
    let bits = parts.mantissa.bits();
    let (mantissa, exponent) = if bits < wanted {
        (&parts.mantissa << (wanted - bits), parts.exponent - (wanted - bits) as i64)
    } else {
        (&parts.mantissa >> (bits - wanted), parts.exponent + (bits - wanted) as i64)
    };
    let places = wanted as usize / 3 + 64;
    let lower = expand(&mantissa - 1u32, exponent, places);
    let upper = expand(&mantissa + 1u32, exponent, places);
    let inclusive = !mantissa.bit(1);
    let mut decimal = expand(mantissa, exponent, places);
    for at in 0..decimal.digits.len() {
        let digit = decimal.digits[at];
        let low = lower.digits.get(at).copied().unwrap_or(b'0');
        let high = upper.digits.get(at).copied().unwrap_or(b'0');
        let down = low != digit || inclusive && at + 1 == lower.digits.len();
        let up = digit != high && (inclusive || digit + 1 < high || at + 1 < upper.digits.len());
        if down && up {
            decimal.round(at + 1);
        } else if down {
            decimal.round_down(at + 1);
        } else if up {
            decimal.round_up(at + 1);
        } else {
            continue;
        }
        break;
    }
    decimal
}

/// The decimal digits of `mantissa × 2^exponent`: all of them, or for a very large or small
/// number the first `places` at least.
fn expand(mantissa: BigUint, exponent: i64, places: usize) -> Decimal {
    let distance = exponent.unsigned_abs();
    let (digits, shift) = if distance > EXACT_EXPONENT {
        leading(mantissa, exponent, places)
    } else if exponent >= 0 {
        (mantissa << distance, 0)
    } else {
        (mantissa * BigUint::from(5u32).pow(distance as u32), exponent)
    };
    let mut digits = digits.to_str_radix(10).into_bytes();
    let point = digits.len() as i64 + shift;
    let end = digits.iter().rposition(|d| *d != b'0').map_or(0, |at| at + 1);
    digits.truncate(end);
    Decimal { digits, point }
}

/// An integer of at least `places` digits and the power of ten that it is to be multiplied with,
/// cut off some hundred bits below what is used of it.
fn leading(mantissa: BigUint, exponent: i64, places: usize) -> (BigUint, i64) {
    let bits = places as u64 * 4 + 128;
    // log10(2) = 0.30103: one more or less is one digit more or less.
    let size = (i128::from(exponent) + i128::from(mantissa.bits())) * 30_103 / 100_000;
    let power = size as i64 - places as i64;
    let (ten, ten_exponent) = power_of_ten(power.unsigned_abs(), bits);
    let shifted = |value: BigUint, by: i64| {
        if by >= 0 { value << by.unsigned_abs() } else { value >> by.unsigned_abs() }
    };
    let digits = if power >= 0 {
        let widen = 2 * bits;
        shifted((mantissa << widen) / ten, exponent - ten_exponent - widen as i64)
    } else {
        shifted(mantissa * ten, exponent + ten_exponent)
    };
    (digits, power)
}

/// `10^power` to `bits` bits, as mantissa and binary exponent.
fn power_of_ten(mut power: u64, bits: u64) -> (BigUint, i64) {
    let cut = |value: &mut BigUint, exponent: &mut i64| {
        let over = value.bits().saturating_sub(bits);
        *value >>= over;
        *exponent += over as i64;
    };
    let (mut result, mut exponent) = (BigUint::from(1u32), power as i64);
    let (mut factor, mut factor_exponent) = (BigUint::from(5u32), 0i64);
    while power > 0 {
        if power & 1 == 1 {
            result *= &factor;
            exponent += factor_exponent;
            cut(&mut result, &mut exponent);
        }
        factor = &factor * &factor;
        factor_exponent *= 2;
        cut(&mut factor, &mut factor_exponent);
        power >>= 1;
    }
    (result, exponent)
}

impl Decimal {
    /// Keeps `count` digits, to nearest even.
    fn round(&mut self, count: usize) {
        let Some(next) = self.digits.get(count) else { return };
        let up = if *next == b'5' && count + 1 == self.digits.len() {
            count > 0 && self.digits[count - 1] % 2 == 1
        } else {
            *next >= b'5'
        };
        if up { self.round_up(count) } else { self.round_down(count) }
    }

    fn round_up(&mut self, count: usize) {
        if count >= self.digits.len() {
            return;
        }
        self.digits.truncate(count);
        while self.digits.last() == Some(&b'9') {
            self.digits.pop();
        }
        if let Some(last) = self.digits.last_mut() {
            *last += 1;
        } else {
            self.digits.push(b'1');
            self.point += 1;
        }
    }

    fn round_down(&mut self, count: usize) {
        self.digits.truncate(count);
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
    }
}
