//! Which element of a list or set before is which after.

use groma_value::Value;

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

/// By longest common subsequence; between common elements, what went comes before what came. With
/// `pair`, one that went and one that came at the same place are the same, changed.
pub(super) fn by_similarity(change: Change<'_>, pair: bool) -> Vec<Pair> {
    let (before, after) = (items(change.before), items(change.after));
    let mut pairs = Vec::with_capacity(before.len().max(after.len()));
    let (mut i, mut j) = (0, 0);
    let common = common_subsequence(before, after);
    for (ci, cj) in common.into_iter().chain([(before.len(), after.len())]) {
        while pair && i < ci && j < cj {
            pairs.push((Some(i), Some(j)));
            (i, j) = (i + 1, j + 1);
        }
        pairs.extend((i..ci).map(|i| (Some(i), None)));
        pairs.extend((j..cj).map(|j| (None, Some(j))));
        if ci < before.len() {
            pairs.push((Some(ci), Some(cj)));
        }
        (i, j) = (ci + 1, cj + 1);
    }
    pairs
}

fn equal(before: &Value, after: &Value) -> bool {
    before.unmark_deep().0.raw_equals(&after.unmark_deep().0)
}

/// Beyond this many cells the table of a common subsequence is not worth its memory: what lies
/// between the common ends is then shown as gone and come.
const LARGEST_TABLE: usize = 4_000_000;

/// Index pairs of a longest common subsequence, in order.
fn common_subsequence(before: &[Value], after: &[Value]) -> Vec<(usize, usize)> {
    let head = before.iter().zip(after).take_while(|(b, a)| equal(b, a)).count();
    let (rest_before, rest_after) = (&before[head..], &after[head..]);
    let tail = rest_before.iter().rev().zip(rest_after.iter().rev());
    let tail = tail.take_while(|(b, a)| equal(b, a)).count();
    let middle_before = &rest_before[..rest_before.len() - tail];
    let middle_after = &rest_after[..rest_after.len() - tail];
    let mut pairs: Vec<_> = (0..head).map(|i| (i, i)).collect();
    let middle = longest(middle_before.len(), middle_after.len(), |i, j| {
        equal(&middle_before[i], &middle_after[j])
    });
    pairs.extend(middle.into_iter().map(|(i, j)| (i + head, j + head)));
    pairs.extend((0..tail).rev().map(|k| (before.len() - 1 - k, after.len() - 1 - k)));
    pairs
}

/// The textbook table, from the end, so that the pairs come out in order.
pub(super) fn longest(
    rows: usize,
    columns: usize,
    same: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    let width = columns + 1;
    if rows == 0 || columns == 0 || (rows + 1).saturating_mul(width) > LARGEST_TABLE {
        return Vec::new();
    }
    let mut length = vec![0u32; (rows + 1) * width];
    for i in (0..rows).rev() {
        for j in (0..columns).rev() {
            length[i * width + j] = if same(i, j) {
                length[(i + 1) * width + j + 1] + 1
            } else {
                length[(i + 1) * width + j].max(length[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < rows && j < columns {
        if same(i, j) {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if length[(i + 1) * width + j] >= length[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}
