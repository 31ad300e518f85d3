//! Reading decimals, with the roundings of Go's `big.ParseFloat(text, 10, 512, ToNearestEven)`.

use std::str::FromStr;

use num_bigint::BigUint;

use super::{MAX_EXPONENT, MIN_EXPONENT, Number, PARSED, Parts, round_bits};

/// Text that is not a number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a number is required")]
pub struct ParseNumberError;

/// Digits beyond these can only break a tie, for which it is enough to know that they are there.
const KEPT_DIGITS: usize = 4000;

/// Go's `big.Float` parse: `[sign] digits [. digits] [(e|p) [sign] digits]`, or `Inf`.
impl FromStr for Number {
    type Err = ParseNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(number) = parse_short(text) {
            return Ok(number);
        }
        let negative = text.starts_with('-');
        let rest = text.strip_prefix(['-', '+']).unwrap_or(text).as_bytes();
        if matches!(rest, b"Inf" | b"inf") {
            return Ok(Self::infinity(negative, PARSED));
        }
        let (digits, fraction, rest) = split_mantissa(rest)?;
        let (exponent, binary) = parse_exponent(rest)?;
        let (mantissa, dropped) = parse_mantissa(&digits);
        if mantissa == BigUint::ZERO {
            return Ok(Self::zero(negative, PARSED));
        }
        let scale = dropped - fraction as i64;
        let (two, five) = if binary {
            (exponent.checked_add(scale), Some(scale))
        } else {
            let ten = exponent.checked_add(scale);
            (ten, ten)
        };
        let (Some(exponent), Some(five)) = (two, five) else { return Err(ParseNumberError) };
        let top = exponent.checked_add(mantissa.bits() as i64).ok_or(ParseNumberError)?;
        if !(MIN_EXPONENT..=MAX_EXPONENT).contains(&top) {
            return Err(ParseNumberError);
        }
        Ok(times_power_of_five(Parts { negative, mantissa, exponent }, five))
    }
}

/// Whole numbers of up to 18 digits, which nearly all are.
fn parse_short(text: &str) -> Option<Number> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let short = (1..=18).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let value = if short { text.parse().ok()? } else { return None };
    if value == 0 && text.starts_with('-') {
        return Some(Number::zero(true, PARSED));
    }
    Some(Number::small(value, PARSED))
}

/// All digits, how many of them are behind the point, and what follows them.
fn split_mantissa(text: &[u8]) -> Result<(Vec<u8>, usize, &[u8]), ParseNumberError> {
    let count = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_digit()).count();
    let (whole, mut rest) = text.split_at(count(text));
    let mut digits = whole.to_vec();
    let mut fraction = 0;
    if let [b'.', after @ ..] = rest {
        fraction = count(after);
        digits.extend_from_slice(&after[..fraction]);
        rest = &after[fraction..];
    }
    if digits.is_empty() { Err(ParseNumberError) } else { Ok((digits, fraction, rest)) }
}

/// The exponent, and whether it is one of 2 rather than of 10.
fn parse_exponent(text: &[u8]) -> Result<(i64, bool), ParseNumberError> {
    let (binary, digits) = match text {
        [] => return Ok((0, false)),
        [b'e' | b'E', rest @ ..] => (false, rest),
        [b'p' | b'P', rest @ ..] => (true, rest),
        _ => return Err(ParseNumberError),
    };
    let exponent = std::str::from_utf8(digits)
        .ok()
        .and_then(|digits| digits.parse().ok())
        .ok_or(ParseNumberError)?;
    Ok((exponent, binary))
}

/// The integer that the digits are, and how many decimal places it stands for more.
fn parse_mantissa(digits: &[u8]) -> (BigUint, i64) {
    let start = digits.iter().position(|b| *b != b'0').unwrap_or(digits.len());
    let digits = &digits[start..];
    let (kept, cut) = digits.split_at(digits.len().min(KEPT_DIGITS));
    let mut mantissa = BigUint::parse_bytes(kept, 10).unwrap_or_default();
    if cut.is_empty() {
        return (mantissa, 0);
    }
    mantissa *= 10u32;
    if cut.iter().any(|b| *b != b'0') {
        mantissa += 1u32;
    }
    (mantissa, cut.len() as i64 - 1)
}

/// Go multiplies by a power of five of 64 bits more than the result has, which rounds once more
/// for powers above 5^248. The digits that Terraform prints depend on it, so the same here.
fn times_power_of_five(mut parts: Parts, power: i64) -> Number {
    if power == 0 {
        return Number::rounded(parts, false, PARSED);
    }
    let negative = parts.negative;
    let (five, exponent) = power_of_five(power.unsigned_abs());
    if exponent + five.bits() as i64 > MAX_EXPONENT {
        return if power < 0 {
            Number::zero(negative, PARSED)
        } else {
            Number::infinity(negative, PARSED)
        };
    }
    if power > 0 {
        parts.mantissa *= five;
        parts.exponent += exponent;
        Number::rounded(parts, false, PARSED)
    } else {
        parts.exponent -= exponent;
        super::arith::quotient(parts, &five, PARSED)
    }
}

/// `5^power` as mantissa and binary exponent.
fn power_of_five(mut power: u64) -> (BigUint, i64) {
    const EXACT: u64 = 27;
    if power <= EXACT {
        return (BigUint::from(5u32).pow(power as u32), 0);
    }
    power -= EXACT;
    let (mut result, mut exponent) = (BigUint::from(5u32).pow(EXACT as u32), 0);
    let (mut factor, mut factor_exponent) = (BigUint::from(5u32), 0i64);
    while power > 0 {
        if power & 1 == 1 {
            result *= &factor;
            exponent += factor_exponent;
            round_bits(&mut result, &mut exponent, false, u64::from(PARSED) + 64);
        }
        factor = &factor * &factor;
        factor_exponent *= 2;
        round_bits(&mut factor, &mut factor_exponent, false, u64::from(PARSED) + 128);
        power >>= 1;
    }
    (result, exponent)
}
