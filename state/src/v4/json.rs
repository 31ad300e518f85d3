//! JSON as Go's encoder lays it out.
//!
//! Both functions take valid JSON; with anything else they give the same bytes rearranged, and
//! never fail.

/// Removes blanks outside strings, and escapes what Go escapes for the sake of HTML.
pub fn compact(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len());
    let mut at = 0;
    while let Some(&byte) = json.get(at) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'"' => at = copy_string(json, at, &mut out),
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// Lays JSON out with two spaces a level and no newline at the end, and escapes as [`compact`].
pub fn pretty(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len() * 2);
    let mut depth = 0;
    // An opening bracket whose first element has not come yet.
    let mut opened = false;
    let mut at = 0;
    while let Some(&byte) = json.get(at) {
        if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
            at += 1;
            continue;
        }
        let closes = matches!(byte, b']' | b'}');
        if std::mem::take(&mut opened) && !closes {
            depth += 1;
            new_line(&mut out, depth);
        } else if closes && !out.ends_with(b"[") && !out.ends_with(b"{") {
            depth = usize::saturating_sub(depth, 1);
            new_line(&mut out, depth);
        }
        if byte == b'"' {
            at = copy_string(json, at, &mut out);
            continue;
        }
        out.push(byte);
        at += 1;
        match byte {
            b'[' | b'{' => opened = true,
            b',' => new_line(&mut out, depth),
            b':' => out.push(b' '),
            _ => {}
        }
    }
    out
}

fn new_line(out: &mut Vec<u8>, depth: usize) {
    out.push(b'\n');
    out.extend(std::iter::repeat_n(b' ', depth * 2));
}

/// Copies the string that opens at `start`, and returns where it ends.
fn copy_string(json: &[u8], start: usize, out: &mut Vec<u8>) -> usize {
    let mut at = start + 1;
    let mut plain = start;
    while let Some(&byte) = json.get(at) {
        match byte {
            b'"' => {
                at += 1;
                break;
            }
            b'\\' => at += 2,
            b'<' | b'>' | b'&' | 0xE2 => {
                let (escape, len) = match json.get(at..).unwrap_or_default() {
                    [b'<', ..] => ("\\u003c", 1),
                    [b'>', ..] => ("\\u003e", 1),
                    [b'&', ..] => ("\\u0026", 1),
                    [0xE2, 0x80, 0xA8, ..] => ("\\u2028", 3),
                    [0xE2, 0x80, 0xA9, ..] => ("\\u2029", 3),
                    _ => {
                        at += 1;
                        continue;
                    }
                };
                out.extend_from_slice(json.get(plain..at).unwrap_or_default());
                out.extend_from_slice(escape.as_bytes());
                at += len;
                plain = at;
            }
            _ => at += 1,
        }
    }
    let end = at.min(json.len());
    out.extend_from_slice(json.get(plain..end).unwrap_or_default());
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected_compact: &str, expected_pretty: &str) {
        assert_eq!(String::from_utf8(compact(input.as_bytes())).unwrap(), expected_compact);
        assert_eq!(String::from_utf8(pretty(input.as_bytes())).unwrap(), expected_pretty);
    }

    #[test]
    fn lays_out_as_go_does() {
        check("{ }", "{}", "{}");
        check("[ \n]", "[]", "[]");
        check("[[],{}]", "[[],{}]", "[\n  [],\n  {}\n]");
        check(
            r#"{"a" : [1, {"b":null}],"c":"]}{[,: "}"#,
            r#"{"a":[1,{"b":null}],"c":"]}{[,: "}"#,
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": \"]}{[,: \"\n}",
        );
    }

    #[test]
    fn escapes_as_go_does() {
        let escaped = r#""\u003ca\u003e\u0026\u2028\u2029\"é\\""#;
        check("\"<a>&\u{2028}\u{2029}\\\"é\\\\\"", escaped, escaped);
        check("\"€\"", "\"€\"", "\"€\"");
    }

    #[test]
    fn keeps_going_on_anything() {
        for text in ["\"", "\"\\", "]]", "{", "\"<"] {
            compact(text.as_bytes());
            pretty(text.as_bytes());
        }
    }
}
