//! Characters as users see them: extended grapheme clusters of Unicode 15.0, which Terraform
//! counts by.
//!
//! Later versions of Unicode join the consonants of an Indic conjunct to one cluster. These are
//! taken apart again, so that lengths stay what they were.

use unicode_segmentation::UnicodeSegmentation as _;

/// How many characters there are.
pub(in crate::functions) fn count(text: &str) -> usize {
    if text.is_ascii() && !text.contains('\r') { text.len() } else { characters(text).count() }
}

/// The characters one by one.
pub(in crate::functions) fn characters(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.graphemes(true).flat_map(|cluster| {
        let mut parts = vec![cluster];
        let mut cuts: Vec<usize> =
            cluster.char_indices().skip(1).filter(|(_, c)| is_consonant(*c)).map(|c| c.0).collect();
        while let Some(at) = cuts.pop() {
            let last = parts.len() - 1;
            let (head, tail) = parts[last].split_at(at);
            parts[last] = tail;
            parts.push(head);
        }
        parts.into_iter().rev()
    })
}

/// Unicode's `InCB=Consonant`: letters of the scripts that form conjuncts by a virama.
fn is_consonant(c: char) -> bool {
    matches!(c,
        '\u{915}'..='\u{939}' | '\u{958}'..='\u{95f}' | '\u{978}'..='\u{97f}'
        | '\u{995}'..='\u{9a8}' | '\u{9aa}'..='\u{9b0}' | '\u{9b2}' | '\u{9b6}'..='\u{9b9}'
        | '\u{9dc}' | '\u{9dd}' | '\u{9df}' | '\u{9f0}' | '\u{9f1}'
        | '\u{a95}'..='\u{aa8}' | '\u{aaa}'..='\u{ab0}' | '\u{ab2}' | '\u{ab3}'
        | '\u{ab5}'..='\u{ab9}' | '\u{af9}'
        | '\u{b15}'..='\u{b28}' | '\u{b2a}'..='\u{b30}' | '\u{b32}' | '\u{b33}'
        | '\u{b35}'..='\u{b39}' | '\u{b5c}' | '\u{b5d}' | '\u{b5f}' | '\u{b71}'
        | '\u{c15}'..='\u{c28}' | '\u{c2a}'..='\u{c39}' | '\u{c58}'..='\u{c5a}'
        | '\u{d15}'..='\u{d3a}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_clusters() {
        let list = |text| characters(text).collect::<Vec<_>>();
        assert_eq!(list("ae\u{301}b"), ["a", "e\u{301}", "b"]);
        assert_eq!(list("क्ष"), ["क्", "ष"]);
        assert_eq!(list("क्ष्म"), ["क्", "ष्", "म"]);
        assert_eq!(count("👨‍👩‍👧\r\n"), 2);
    }
}
