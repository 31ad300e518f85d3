//! Which element of a list or set before is which after.

use groma_value::{Fields, Value};

use super::compute::Change;

type Pair = (Option<usize>, Option<usize>);

fn items(side: Option<&Value>) -> &[Value] {
    side.and_then(Value::as_slice).unwrap_or_default()
}

/// By position.
pub(super) fn by_index(change: Change<'_>) -> impl Iterator<Item = Pair> + use<> {
    let (before, after) = (items(change.before).len(), items(change.after).len());
    (0..before.max(after)).map(move |i| ((i < before).then_some(i), (i < after).then_some(i)))
}

/// By content: equal elements first, then what only went, then what only came.
pub(super) fn as_sets(change: Change<'_>) -> impl Iterator<Item = Pair> + use<> {
    let (before, after) = (items(change.before), items(change.after));
    let mut taken = vec![false; after.len()];
    let mut pairs: Vec<Pair> = Vec::with_capacity(before.len() + after.len());
    for (i, old) in before.iter().enumerate() {
        // A set is sorted, so an element that stayed is usually near where it was.
        let near = i.min(after.len());
        let found =
            (near..after.len()).chain(0..near).find(|j| !taken[*j] && equal(old, &after[*j]));
        if let Some(j) = found {
            taken[j] = true;
        }
        pairs.push((Some(i), found));
    }
    let came = taken.into_iter().enumerate().filter(|(_, taken)| !taken);
    pairs.extend(came.map(|(j, _)| (None, Some(j))));
    pairs.into_iter()
}

/// By position if there are as many as before and not just in another order; else by longest common
/// subsequence. Then between common elements, what went comes before what came, and an object that
/// went and one that came at the same place are the same, changed.
pub(super) fn by_similarity(change: Change<'_>, is_object: impl Fn(&Value) -> bool) -> Vec<Pair> {
    let (before, after) = (items(change.before), items(change.after));
    if before.len() == after.len() && !is_reordered(before, after, equal) {
        return by_index(change).collect();
    }
    let mut pairs = Vec::with_capacity(before.len().max(after.len()));
    let (mut i, mut j) = (0, 0);
    let end = (before.len(), after.len());
    for (ci, cj) in common(before, after, equal).into_iter().chain([end]) {
        while i < ci {
            if j < cj && is_object(&before[i]) && is_object(&after[j]) {
                pairs.push((Some(i), Some(j)));
                j += 1;
            } else {
                pairs.push((Some(i), None));
            }
            i += 1;
        }
        pairs.extend((j..cj).map(|j| (None, Some(j))));
        if ci < before.len() {
            pairs.push((Some(ci), Some(cj)));
        }
        (i, j) = (ci + 1, cj + 1);
    }
    pairs
}

/// Whether each element is also, somewhere, among the others.
pub(super) fn is_reordered<T>(before: &[T], after: &[T], equal: impl Fn(&T, &T) -> bool) -> bool {
    before.iter().all(|element| after.iter().any(|other| equal(element, other)))
}

/// Whether two values are the same as JSON, in which what is not known is null, or not there.
fn equal(before: &Value, after: &Value) -> bool {
    let is_nothing = |value: &Value| value.is_null() || !value.is_known();
    if is_nothing(before) || is_nothing(after) {
        return is_nothing(before) && is_nothing(after);
    }
    if let (Some(before), Some(after)) = (before.as_slice(), after.as_slice()) {
        return before.len() == after.len()
            && before.iter().zip(after).all(|(before, after)| equal(before, after));
    }
    if let (Some(before), Some(after)) = (before.as_fields(), after.as_fields()) {
        let known =
            |fields: &'_ Fields| fields.iter().filter(|(_, value)| value.is_known()).count();
        return known(before) == known(after)
            && before.iter().filter(|(_, value)| value.is_known()).all(|(name, value)| {
                after.get(name).is_some_and(|other| other.is_known() && equal(value, other))
            });
    }
    before.unmark_deep().0.raw_equals(&after.unmark_deep().0)
}

/// Beyond this many cells the table of a common subsequence is not worth its memory: what lies
/// between the common ends is then shown as gone and come.
const LARGEST_TABLE: usize = 4_000_000;

/// Index pairs of a longest common subsequence, in order: of several, the one that the table leads
/// to from its end, each of its elements at its first place.
pub(super) fn common<T>(
    before: &[T],
    after: &[T],
    equal: impl Fn(&T, &T) -> bool,
) -> Vec<(usize, usize)> {
    let head = before.iter().zip(after).take_while(|(b, a)| equal(b, a)).count();
    let (rest_before, rest_after) = (&before[head..], &after[head..]);
    let tail = rest_before.iter().rev().zip(rest_after.iter().rev());
    let tail = tail.take_while(|(b, a)| equal(b, a)).count();
    let (rows, columns) = (rest_before.len() - tail, rest_after.len() - tail);
    let middle = longest(rows, columns, |i, j| equal(&rest_before[i], &rest_after[j]));
    let middle = middle.into_iter().map(|i| &rest_before[i]);
    let common = before[..head].iter().chain(middle).chain(&rest_before[rows..]);
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    for element in common {
        i += before[i..].iter().take_while(|b| !equal(b, element)).count();
        j += after[j..].iter().take_while(|a| !equal(element, a)).count();
        pairs.push((i, j));
        (i, j) = (i + 1, j + 1);
    }
    pairs
}

/// The rows of the textbook table that a longest common subsequence is made of.
fn longest(rows: usize, columns: usize, same: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let width = columns + 1;
    if rows == 0 || columns == 0 || (rows + 1).saturating_mul(width) > LARGEST_TABLE {
        return Vec::new();
    }
    let mut length = vec![0u32; (rows + 1) * width];
    let mut matches = vec![false; rows * columns];
    for i in 0..rows {
        for j in 0..columns {
            let is_same = same(i, j);
            matches[i * columns + j] = is_same;
            length[(i + 1) * width + j + 1] = if is_same {
                length[i * width + j] + 1
            } else {
                length[i * width + j + 1].max(length[(i + 1) * width + j])
            };
        }
    }
    let (mut i, mut j) = (rows, columns);
    let mut found = Vec::new();
    while i > 0 && j > 0 {
        if matches[(i - 1) * columns + j - 1] {
            (i, j) = (i - 1, j - 1);
            found.push(i);
        } else if length[(i - 1) * width + j] > length[i * width + j - 1] {
            i -= 1;
        } else {
            j -= 1;
        }
    }
    found.reverse();
    found
}
