//! Case by Unicode's simple mappings: every character becomes one character, whatever is around
//! it. So `ß` stays in upper case and a final `Σ` becomes `σ`.

/// Every letter in lower case.
pub(super) fn lower(text: &str) -> String {
    text.chars().map(lower_char).collect()
}

/// Every letter in upper case.
pub(super) fn upper(text: &str) -> String {
    text.chars().map(upper_char).collect()
}

/// The first letter of every word in title case.
pub(super) fn title(text: &str) -> String {
    let mut after_separator = true;
    text.chars()
        .map(|c| {
            let first = std::mem::replace(&mut after_separator, is_separator(c));
            if first { title_char(c) } else { c }
        })
        .collect()
}

fn lower_char(c: char) -> char {
    // The full mapping adds a combining dot.
    if c == '\u{130}' { 'i' } else { single(c, c.to_lowercase()) }
}

fn upper_char(c: char) -> char {
    // These have a full mapping to several characters, and a simple one besides.
    match c {
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => offset(c, 8),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => offset(c, 9),
        _ => single(c, c.to_uppercase()),
    }
}

/// Title case differs from upper case for digraphs, and Georgian has none.
fn title_char(c: char) -> char {
    match c {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => c,
        _ => upper_char(c),
    }
}

fn offset(c: char, by: u32) -> char {
    char::from_u32(c as u32 + by).unwrap_or(c)
}

fn single(c: char, mut mapped: impl ExactSizeIterator<Item = char>) -> char {
    if mapped.len() == 1 { mapped.next().unwrap_or(c) } else { c }
}

/// Between words: anything but letters, digits and underscores in ASCII, white space beyond.
fn is_separator(c: char) -> bool {
    if c.is_ascii() { !(c.is_ascii_alphanumeric() || c == '_') } else { c.is_whitespace() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_becomes_one() {
        assert_eq!(upper("straße ǆ ᾳ ŉ"), "STRAßE Ǆ ᾼ ŉ");
        assert_eq!(lower("ΟΔΟΣ İ"), "οδοσ i");
        assert_eq!(title("hello-world foo_bar ǆ 1a é.a"), "Hello-World Foo_bar ǅ 1a É.A");
    }
}
