//! Quoted text and what it stands for, both ways.

use std::borrow::Cow;

use super::node::Decode;

/// A string as native syntax writes it: in quotes, with nothing in it that would be evaluated.
pub fn quote(text: &str) -> String {
    format!("\"{}\"", escape(text))
}

/// Text as it is written between the quotes of native syntax: what [`decode_text`] would decode to
/// it, with nothing that starts a template sequence.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '$' | '%' => {
                out.push(c);
                if text.get(at + 1..).is_some_and(|rest| rest.starts_with('{')) {
                    out.push(c);
                }
            }
            _ if is_printable(c) => out.push(c),
            _ => {
                let code = u32::from(c);
                let escape = if code < 0x1_0000 {
                    format!("\\u{code:04x}")
                } else {
                    format!("\\U{code:08x}")
                };
                out.push_str(&escape);
            }
        }
    }
    out
}

/// Whether a character has a shape: the standard library's escapes leave such alone, unless it
/// is a combining one at the start.
fn is_printable(c: char) -> bool {
    let text = format!("a{c}");
    text.escape_debug().eq(text.chars()) || matches!(c, '\'' | '"' | '\\')
}

/// The string that the text of a literal stands for. Bad escapes, which the parser has
/// reported, stay as they are; bytes that are not UTF-8 become U+FFFD.
pub(super) fn decode_text(text: &[u8], decode: Decode) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(text);
    if decode == Decode::Verbatim || !text.contains(['\\', '$', '%']) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find(['\\', '$', '%']) {
        let (plain, tail) = rest.split_at(at);
        out.push_str(plain);
        let (decoded, used) = decode_one(tail, decode);
        out.push_str(&decoded);
        rest = tail.get(used..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// What the escape at the start of `tail` stands for, and its length.
fn decode_one(tail: &str, decode: Decode) -> (Cow<'static, str>, usize) {
    let hex = |digits: usize| {
        let code = tail.get(2..2 + digits)?;
        let code = u32::from_str_radix(code, 16).ok()?;
        Some((Cow::Owned(char::from_u32(code)?.to_string()), 2 + digits))
    };
    let simple = |text: &'static str| (Cow::Borrowed(text), 2);
    let bytes = tail.as_bytes();
    match (bytes.first(), bytes.get(1)) {
        (Some(b'$'), Some(b'$')) if bytes.get(2) == Some(&b'{') => (Cow::Borrowed("${"), 3),
        (Some(b'%'), Some(b'%')) if bytes.get(2) == Some(&b'{') => (Cow::Borrowed("%{"), 3),
        (Some(b'\\'), Some(escape)) if decode == Decode::Quoted => match escape {
            b'n' => simple("\n"),
            b'r' => simple("\r"),
            b't' => simple("\t"),
            b'"' => simple("\""),
            b'\\' => simple("\\"),
            b'u' => hex(4).unwrap_or(("\\".into(), 1)),
            b'U' => hex(8).unwrap_or(("\\".into(), 1)),
            _ => ("\\".into(), 1),
        },
        (Some(b'$'), _) => ("$".into(), 1),
        (Some(b'%'), _) => ("%".into(), 1),
        _ => ("\\".into(), 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_what_decodes_to_the_same() {
        let check = |text: &str, expected: &str| {
            assert_eq!(quote(text), expected);
            let inside = expected.trim_start_matches('"').as_bytes();
            let inside = inside.strip_suffix(b"\"").unwrap_or(inside);
            assert_eq!(decode_text(inside, Decode::Quoted), text);
        };
        check("a b", r#""a b""#);
        check("\n\r\t\\'\u{7}", r#""\n\r\t\\'\u0007""#);
        check("${x} %{y} $$ %", r#""$${x} %%{y} $$ %""#);
        check("é\u{200b}😀\u{e0001}", "\"é\\u200b😀\\U000e0001\"");
    }
}
