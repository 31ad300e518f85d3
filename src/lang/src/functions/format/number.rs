//! Numbers as Go's `big.Int` and `big.Float` format themselves.

#![expect(clippy::cast_possible_wrap, reason = "counts of digits, which are far below 2^63")]

use groma_value::Number;
use num_bigint::BigInt;

use super::verb::Verb;
use crate::functions::FunctionError;

/// A number whose expansion could be longer than this is not written.
const LONGEST: u64 = 1 << 20;
/// What `e` and `f` have unless told otherwise.
const DEFAULT_PRECISION: usize = 6;

/// `0.digits × 10^point`, with no trailing zero; no digits for zero.
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

/// The shortest text that reads back the same, as Go's `Text('g', -1)`.
pub(super) fn shortest(number: &Number) -> String {
    let text = number.to_string();
    if !number.is_finite() {
        return text;
    }
    let (sign, digits) = split_sign(&text);
    format!("{sign}{}", general(&Decimal::parse(digits), None, 'e'))
}

fn split_sign(text: &str) -> (&str, &str) {
    text.strip_prefix('-').map_or(("", text), |digits| ("-", digits))
}

impl Verb<'_> {
    pub(super) fn write_number(&self, number: &Number) -> Result<String, FunctionError> {
        match self.mode {
            'b' | 'd' | 'o' | 'x' | 'X' => {
                let whole = number.decompose().filter(|_| number.is_integer());
                let Some((mantissa, exponent)) = whole else {
                    return Err(self.unsupported("an integer is required"));
                };
                if exponent.unsigned_abs() > LONGEST {
                    return Err(self.unsupported("the number is too large to write"));
                }
                Ok(self.write_integer(&(mantissa << exponent)))
            }
            _ => self.write_float(number),
        }
    }

    fn write_integer(&self, number: &BigInt) -> String {
        let (prefix, base) = match self.mode {
            'b' => ("0b", 2),
            'o' => ("0", 8),
            'x' => ("0x", 16),
            'X' => ("0X", 16),
            _ => ("", 10),
        };
        let prefix = if self.sharp { prefix } else { "" };
        let mut digits = number.magnitude().to_str_radix(base);
        if self.mode == 'X' {
            digits.make_ascii_uppercase();
        }
        let sign = self.sign(number.sign() == num_bigint::Sign::Minus);
        let mut zeros = 0;
        if let Some(precision) = self.precision {
            if precision == 0 && digits == "0" {
                return String::new();
            }
            zeros = precision.saturating_sub(digits.len());
        }
        let length = sign.len() + prefix.len() + zeros + digits.len();
        let missing = self.width.unwrap_or(0).saturating_sub(length);
        let (mut left, mut right) = (0, 0);
        if self.minus {
            right = missing;
        } else if self.zero && self.precision.is_none() {
            zeros = missing;
        } else {
            left = missing;
        }
        let (left, zeros, right) = (" ".repeat(left), "0".repeat(zeros), " ".repeat(right));
        format!("{left}{sign}{prefix}{zeros}{digits}{right}")
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, ..) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        }
    }

    fn write_float(&self, number: &Number) -> Result<String, FunctionError> {
        let (sign, body) = if number.is_finite() {
            (self.sign(number.is_negative()), self.float_digits(number)?)
        } else {
            let sign = match (number.is_negative(), self.space) {
                (true, _) => "-",
                (false, true) => " ",
                (false, false) => "+",
            };
            (sign, "Inf".to_owned())
        };
        let missing = self.width.unwrap_or(0).saturating_sub(sign.len() + body.len());
        Ok(if self.minus {
            format!("{sign}{body}{}", " ".repeat(missing))
        } else if self.zero && number.is_finite() {
            format!("{sign}{}{body}", "0".repeat(missing))
        } else {
            format!("{}{sign}{body}", " ".repeat(missing))
        })
    }

    /// The digits of a finite number, without its sign.
    fn float_digits(&self, number: &Number) -> Result<String, FunctionError> {
        if matches!(self.mode, 'g' | 'G') && self.precision.is_none() {
            let text = number.to_string();
            let exponent = if self.mode == 'G' { 'E' } else { 'e' };
            return Ok(general(&Decimal::parse(split_sign(&text).1), None, exponent));
        }
        let precision = self.precision.unwrap_or(DEFAULT_PRECISION);
        let mut decimal = Decimal::exact(number)
            .ok_or_else(|| self.unsupported("the number is too large to write"))?;
        Ok(match self.mode {
            'f' => {
                decimal.round(decimal.point + precision as i64);
                plain(&decimal, precision)
            }
            'e' | 'E' => {
                decimal.round(1 + precision as i64);
                scientific(&decimal, precision, self.mode)
            }
            mode => {
                let precision = precision.max(1);
                decimal.round(precision as i64);
                general(&decimal, Some(precision), if mode == 'G' { 'E' } else { 'e' })
            }
        })
    }
}

impl Decimal {
    /// From plain decimal digits with an optional point.
    fn parse(text: &str) -> Self {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let all = format!("{whole}{fraction}");
        Self::trimmed(all.into_bytes(), whole.len() as i64)
    }

    /// The exact expansion. `None` if that is too long.
    fn exact(number: &Number) -> Option<Self> {
        let (mantissa, exponent) = number.decompose()?;
        if exponent.unsigned_abs() > LONGEST {
            return None;
        }
        let mantissa = mantissa.magnitude();
        // 2^-n = 5^n × 10^-n
        let (digits, scale) = if exponent >= 0 {
            (mantissa << exponent, 0)
        } else {
            let power = num_bigint::BigUint::from(5u32).pow(exponent.unsigned_abs() as u32);
            (mantissa * power, exponent)
        };
        let digits = digits.to_str_radix(10).into_bytes();
        let point = digits.len() as i64 + scale;
        Some(Self::trimmed(digits, point))
    }

    fn trimmed(mut digits: Vec<u8>, mut point: i64) -> Self {
        let leading = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.drain(..leading);
        point -= leading as i64;
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        if digits.is_empty() {
            point = 0;
        }
        Self { digits, point }
    }

    /// Keeps `count` digits, to nearest even. A negative count leaves them all, as in Go: what is
    /// written of them then are zeros.
    fn round(&mut self, count: i64) {
        let Ok(count) = usize::try_from(count) else { return };
        let Some(next) = self.digits.get(count).copied() else { return };
        let tie = next == b'5' && count + 1 == self.digits.len();
        let up = if tie { count > 0 && self.digits[count - 1] % 2 == 1 } else { next >= b'5' };
        self.digits.truncate(count);
        if up {
            if let Some(at) = self.digits.iter().rposition(|digit| *digit < b'9') {
                self.digits.truncate(at + 1);
                self.digits[at] += 1;
            } else {
                self.digits = vec![b'1'];
                self.point += 1;
            }
        }
        *self = Self::trimmed(std::mem::take(&mut self.digits), self.point);
    }

    /// The digit at `index`, 0 beyond both ends.
    fn at(&self, index: i64) -> char {
        let digit = usize::try_from(index).ok().and_then(|index| self.digits.get(index));
        digit.map_or('0', |digit| char::from(*digit))
    }
}

/// `123.45`
fn plain(decimal: &Decimal, precision: usize) -> String {
    let mut out = String::new();
    if decimal.point > 0 {
        out.extend((0..decimal.point).map(|index| decimal.at(index)));
    } else {
        out.push('0');
    }
    if precision > 0 {
        out.push('.');
        out.extend((0..precision as i64).map(|index| decimal.at(decimal.point + index)));
    }
    out
}

/// `1.2345e+02`
fn scientific(decimal: &Decimal, precision: usize, letter: char) -> String {
    let mut out = String::from(decimal.at(0));
    if precision > 0 {
        out.push('.');
        out.extend((1..=precision as i64).map(|index| decimal.at(index)));
    }
    let exponent = if decimal.digits.is_empty() { 0 } else { decimal.point - 1 };
    let sign = if exponent < 0 { '-' } else { '+' };
    out + &format!("{letter}{sign}{:02}", exponent.unsigned_abs())
}

/// The shorter of both; with no precision all digits there are.
fn general(decimal: &Decimal, precision: Option<usize>, letter: char) -> String {
    let count = decimal.digits.len();
    let mut precision_left = precision.unwrap_or(count);
    let limit = match precision {
        None => DEFAULT_PRECISION as i64,
        Some(most) if most > count && count as i64 >= decimal.point => count as i64,
        Some(most) => most as i64,
    };
    let exponent = decimal.point - 1;
    if count > 0 && !(-4..limit).contains(&exponent) {
        precision_left = precision_left.min(count);
        return scientific(decimal, precision_left.saturating_sub(1), letter);
    }
    if precision_left as i64 > decimal.point {
        precision_left = count;
    }
    let fraction = usize::try_from(precision_left as i64 - decimal.point).unwrap_or(0);
    plain(decimal, fraction)
}
