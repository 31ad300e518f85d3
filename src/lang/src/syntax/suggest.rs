//! "Did you mean …?"

/// The first of the names that is one or two typing mistakes away from what was given, as HCL
/// chooses it: an edit distance below three.
pub fn name_suggestion<'a>(
    given: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    names.into_iter().find(|name| distance(given, name) < 3)
}

/// The number of characters to insert, remove or replace.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(&b) {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = *cell;
            left = replaced.min(left + 1).min(*cell + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_what_is_near() {
        assert_eq!(name_suggestion("cuont", ["for_each", "count"]), Some("count"));
        assert_eq!(name_suggestion("counting", ["for_each", "count"]), None);
        assert_eq!(name_suggestion("", ["if"]), Some("if"));
    }
}
