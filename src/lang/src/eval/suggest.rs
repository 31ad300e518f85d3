//! "Did you mean": the name that a misspelt one is closest to.

use crate::syntax::distance;

/// The name among `known` that `given` most likely stands for: at most two edits away, and the
/// closest of those. (Among names that have an order of their own, as in a schema, the first
/// that is near is better: [`name_suggestion`](crate::syntax::name_suggestion).)
pub fn suggest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (distance(given, name), name))
        .filter(|(distance, name)| *distance < 3 && *distance < name.chars().count())
        .min()
        .map(|(_, name)| name)
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
