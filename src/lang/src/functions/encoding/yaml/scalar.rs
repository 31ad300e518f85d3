//! What a scalar stands for, by its tag or, if it is plain, by what it looks like.

use groma_time::{Civil, Timestamp};
use groma_value::{Number, Type, Value, convert};

use super::token::Style;
use crate::functions::encoding::decode_base64;

const BINARY_TAG: &str = "tag:yaml.org,2002:binary";
const BOOL_TAG: &str = "tag:yaml.org,2002:bool";
const FLOAT_TAG: &str = "tag:yaml.org,2002:float";
const INT_TAG: &str = "tag:yaml.org,2002:int";
const NULL_TAG: &str = "tag:yaml.org,2002:null";
const STR_TAG: &str = "tag:yaml.org,2002:str";
const TIMESTAMP_TAG: &str = "tag:yaml.org,2002:timestamp";

/// The value of the scalar `text`; an empty tag is none.
pub(super) fn resolve(tag: &str, text: &str, style: Style) -> Result<Value, String> {
    const KNOWN: [&str; 8] =
        ["", STR_TAG, BOOL_TAG, INT_TAG, FLOAT_TAG, NULL_TAG, TIMESTAMP_TAG, BINARY_TAG];
    if !KNOWN.contains(&tag) {
        return Err(format!("unsupported tag {tag:?}"));
    }
    let wrong = || Err(format!("cannot parse {text:?} as {tag}"));
    match tag {
        BINARY_TAG if decode_base64(text).is_err() => {
            Err(format!("cannot parse {text:?} as {tag}: not valid base64"))
        }
        STR_TAG | BINARY_TAG => Ok(Value::string(text)),
        _ if style == Style::Quoted => Ok(Value::string(text)),
        // Terraform takes a block for what it looks like too, and then makes it a string again:
        // `|-` and `0x1f` are "31".
        "" if style == Style::Block => {
            convert(&untagged(text)?, &Type::String).map_err(|error| error.message)
        }
        "" => untagged(text),
        BOOL_TAG => truth(text).map_or_else(wrong, |truth| Ok(Value::bool(truth))),
        NULL_TAG => Ok(Value::null(Type::Dynamic)),
        TIMESTAMP_TAG => timestamp(text).map_or_else(wrong, |time| Ok(Value::string(time))),
        _ => number(text)
            .or_else(|| tagged_number(&text.replace('_', "")))
            .map_or_else(wrong, |number| Ok(Value::number(number))),
    }
}

fn untagged(text: &str) -> Result<Value, String> {
    if let Some(truth) = truth(text) {
        return Ok(Value::bool(truth));
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::null(Type::Dynamic)),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Ok(Value::number(Number::INFINITY));
        }
        "-.inf" | "-.Inf" | "-.INF" => return Ok(Value::number(Number::NEG_INFINITY)),
        ".nan" | ".NaN" | ".NAN" => {
            return Err("floating point NaN is not supported".to_owned());
        }
        _ => {}
    }
    if let Some(time) = timestamp(text) {
        return Ok(Value::string(time));
    }
    Ok(number(text).map_or_else(|| Value::string(text), Value::number))
}

fn truth(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Some(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Some(false)
        }
        _ => None,
    }
}

/// A decimal number, `0x…` or `0o…`.
fn number(text: &str) -> Option<Number> {
    let based = |prefix: &str, base: u32| {
        let digits = text.strip_prefix(prefix)?;
        let valid = !digits.is_empty() && digits.chars().all(|c| c.is_digit(base));
        valid.then(|| u64::from_str_radix(digits, base).ok()).flatten().map(Number::from)
    };
    based("0x", 16)
        .or_else(|| based("0o", 8))
        .or_else(|| if is_decimal(text) { text.parse().ok() } else { None })
}

/// What a tag allows besides: `0b…`, and a sign before a base.
fn tagged_number(text: &str) -> Option<Number> {
    if let Some(number) = number(text) {
        return Some(number);
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (prefix, digits) = digits.split_at_checked(2)?;
    let base = match prefix {
        "0b" | "0B" => 2,
        "0o" | "0O" => 8,
        "0x" | "0X" => 16,
        _ => return None,
    };
    if !digits.starts_with(|c: char| c.is_digit(base)) {
        return None;
    }
    let magnitude = i64::from_str_radix(digits, base).ok()?;
    Some(Number::from(if negative { -magnitude } else { magnitude }))
}

/// `[+-] digits [. digits] [(e|E) [+-] digits]`, with a digit on one side of the point at least.
fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mantissa = digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    mantissa
        && exponent.is_none_or(|exponent| {
            let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            !exponent.is_empty() && digits(exponent)
        })
}

/// A date, with or without a time, in RFC 3339: `2001-1-2`, `2001-1-2T3:4:5.6Z`, `2001-1-2 3:4:5`.
fn timestamp(text: &str) -> Option<String> {
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some(&text[at..])),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = parts.next().filter(|year| year.len() == 4)?;
    let date = [number_of(year, 4)?, number_of(parts.next()?, 2)?, number_of(parts.next()?, 2)?];
    if parts.next().is_some() {
        return None;
    }
    let Some(time) = time else { return moment(date, [0; 3], 0) };
    let (zoned, time) = (!time.starts_with(' '), &time[1..]);
    let zone_at = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (time, zone) = time.split_at(zone_at);
    let offset = match (zoned, zone) {
        (true, "Z") | (false, "") => 0,
        (true, zone) => offset(zone)?,
        (false, _) => return None,
    };
    let (time, fraction) = match time.split_once(['.', ',']) {
        Some((time, fraction)) => (time, Some(fraction)),
        None => (time, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !fraction.is_none_or(digits) {
        return None;
    }
    let mut parts = time.split(':').map(|part| number_of(part, 2));
    let time = [parts.next()??, parts.next()??, parts.next()??];
    if parts.next().is_some() {
        return None;
    }
    moment(date, time, offset)
}

fn moment(date: [i64; 3], time: [i64; 3], offset: i64) -> Option<String> {
    let ([year, month, day], [hour, minute, second]) = (date, time);
    let civil = Civil { year, month, day, hour, minute, second };
    Timestamp::from_civil(civil, offset).map(|time| time.to_string())
}

fn number_of(digits: &str, most: usize) -> Option<i64> {
    let valid = (1..=most).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    valid.then(|| digits.parse().ok()).flatten()
}

/// `+01:30` in seconds.
fn offset(zone: &str) -> Option<i64> {
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (number_of(hours, 2)?, number_of(minutes, 2)?);
    let seconds = hours * 3600 + minutes * 60;
    (hours <= 24 && minutes < 60).then_some(if zone.starts_with('-') { -seconds } else { seconds })
}
