//! Numbers and strings of JSON.

/// What a string stands for.
pub(super) enum Decoded {
    /// The characters between the quotes.
    AsItStands,
    /// Something else, for the escapes in it.
    Text(String),
}

/// Whether text is a number by the grammar of JSON.
pub(super) fn is_number(text: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_digit()).count();
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits(text);
    if whole == 0 || (whole > 1 && text.first() == Some(&b'0')) {
        return false;
    }
    let mut rest = text.get(whole..).unwrap_or_default();
    if let Some(fraction) = rest.strip_prefix(b".") {
        let len = digits(fraction);
        if len == 0 {
            return false;
        }
        rest = fraction.get(len..).unwrap_or_default();
    }
    let Some(exponent) = rest.strip_prefix(b"e").or(rest.strip_prefix(b"E")) else {
        return rest.is_empty();
    };
    let exponent = exponent.strip_prefix(b"+").or(exponent.strip_prefix(b"-")).unwrap_or(exponent);
    !exponent.is_empty() && digits(exponent) == exponent.len()
}

/// Decodes a string with its quotes, or says at which byte it is wrong. Half of a surrogate pair
/// becomes U+FFFD, as do bytes that are not UTF-8.
pub(super) fn decode(quoted: &[u8]) -> Result<Decoded, usize> {
    let [b'"', inside @ .., b'"'] = quoted else {
        return Err(quoted.len().saturating_sub(1));
    };
    if !inside.contains(&b'\\') {
        return match std::str::from_utf8(inside) {
            Ok(_) => Ok(Decoded::AsItStands),
            Err(_) => Ok(Decoded::Text(String::from_utf8_lossy(inside).into_owned())),
        };
    }
    let mut out = String::with_capacity(inside.len());
    let mut at = 0;
    while let Some(rest) = inside.get(at..).filter(|rest| !rest.is_empty()) {
        let plain = rest.iter().position(|b| *b == b'\\').unwrap_or(rest.len());
        out.push_str(&String::from_utf8_lossy(rest.get(..plain).unwrap_or_default()));
        at += plain;
        if let Some(escape) = rest.get(plain..).filter(|escape| !escape.is_empty()) {
            let (c, len) = unescape(escape).ok_or(at + 2)?;
            out.push(c);
            at += len;
        }
    }
    Ok(Decoded::Text(out))
}

fn unescape(text: &[u8]) -> Option<(char, usize)> {
    let c = match text.get(1)? {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        c @ (b'"' | b'\\' | b'/') => char::from(*c),
        b'u' => return unicode(text),
        _ => return None,
    };
    Some((c, 2))
}

fn unicode(text: &[u8]) -> Option<(char, usize)> {
    let first = hex(text)?;
    if let Some(c) = char::from_u32(first) {
        return Some((c, 6));
    }
    let second = text.get(6..).filter(|rest| rest.starts_with(b"\\u")).and_then(hex);
    match second {
        Some(second @ 0xdc00..=0xdfff) if first < 0xdc00 => {
            let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            Some((char::from_u32(code)?, 12))
        }
        _ => Some((char::REPLACEMENT_CHARACTER, 6)),
    }
}

fn hex(text: &[u8]) -> Option<u32> {
    let digits = text.get(2..6).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}
