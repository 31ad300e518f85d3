//! "Did you mean": the name that a misspelt one is closest to.

/// The name among `known` that `given` most likely stands for: at most two edits away, and the
/// closest of those.
pub fn suggest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (distance(given, name), name))
        .filter(|(distance, name)| *distance < 3 && *distance < name.chars().count())
        .min()
        .map(|(_, name)| name)
}

/// The edit distance (Levenshtein), counted in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn finds_the_closest_name() {
        let names = ["upper", "lower", "substr", "abs"];
        assert_eq!(suggest("uper", names), Some("upper"));
        assert_eq!(suggest("lowre", names), Some("lower"));
        assert_eq!(suggest("nonesuch", names), None);
        assert_eq!(suggest("", names), None);
    }
}
