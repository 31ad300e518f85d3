//! Characters and names.

/// The length of the UTF-8 character at the start of `text`, as loosely as HCL takes it
/// (surrogates and overlong forms pass); 0 if there is none.
pub(in crate::syntax) fn utf8_len(text: &[u8]) -> usize {
    let len = match text.first() {
        Some(0x00..=0x7f) => 1,
        Some(0xc0..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf7) => 4,
        _ => return 0,
    };
    match text.get(1..len) {
        Some(tail) if tail.iter().all(|b| matches!(b, 0x80..=0xbf)) => len,
        _ => 0,
    }
}

/// The length of the identifier at the start of `text`; 0 if there is none.
pub(in crate::syntax) fn identifier_len(text: &[u8]) -> usize {
    let mut len = 0;
    loop {
        match text.get(len) {
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') => len += 1,
            Some(b'0'..=b'9' | b'-') if len > 0 => len += 1,
            Some(0x80..) => match wide_char(&text[len..]) {
                Some(c) if unicode_ident::is_xid_start(c) => len += c.len_utf8(),
                Some(c) if len > 0 && unicode_ident::is_xid_continue(c) => len += c.len_utf8(),
                _ => return len,
            },
            _ => return len,
        }
    }
}

fn wide_char(text: &[u8]) -> Option<char> {
    let bytes = text.get(..utf8_len(text))?;
    std::str::from_utf8(bytes).ok()?.chars().next()
}
