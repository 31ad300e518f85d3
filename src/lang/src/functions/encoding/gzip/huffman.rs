//! Huffman codes of limited length, built as Go's `compress/flate` builds them: of several codes
//! that are equally short it must be the same.

/// The bits of a symbol, in the order in which they are written. A length of 0 is no code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) bits: u16,
    pub(super) length: u8,
}

/// Codes for symbols of so many occurrences, of at most `limit` bits (15 or fewer).
pub(super) fn codes(occurrences: &[u32], limit: usize) -> Vec<Code> {
    let mut codes = vec![Code::default(); occurrences.len()];
    let mut symbols: Vec<(u32, usize)> = occurrences
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(symbol, count)| (*count, symbol))
        .collect();
    if symbols.len() <= 2 {
        for (bits, (_, symbol)) in symbols.iter().enumerate() {
            codes[*symbol] = Code { bits: bits as u16, length: 1 };
        }
        return codes;
    }
    symbols.sort_unstable();
    let lengths = length_counts(&symbols, limit);
    // The most frequent symbols are at the end and get the short codes.
    let mut bits = 0u16;
    let mut rest = symbols.as_mut_slice();
    for (length, count) in lengths.into_iter().enumerate().skip(1) {
        bits <<= 1;
        let (others, chunk) = rest.split_at_mut(rest.len() - count);
        chunk.sort_unstable_by_key(|(_, symbol)| *symbol);
        for (_, symbol) in chunk {
            codes[*symbol] = Code { bits: reverse(bits, length), length: length as u8 };
            bits += 1;
        }
        rest = others;
    }
    codes
}

/// The low `length` bits in reverse order.
pub(super) fn reverse(bits: u16, length: usize) -> u16 {
    (bits << (16 - length)).reverse_bits()
}

/// How many bits it takes to write all occurrences.
pub(super) fn total_length(codes: &[Code], occurrences: &[u32]) -> usize {
    codes.iter().zip(occurrences).map(|(code, count)| code.length as usize * *count as usize).sum()
}

/// One row of the search for the best lengths.
#[derive(Clone, Copy)]
struct Row {
    /// The weight of the last item of the row.
    last: u64,
    /// The weight of the next symbol to add, and of the next pair from the row below.
    next_symbol: u64,
    next_pair: u64,
    /// How many items are still wanted.
    wanted: usize,
}

const NEVER: u64 = i32::MAX as u64;

/// How many symbols get a code of each length: package-merge with the counts of leaves per row
/// alone (the "boundary" variant). `symbols` are three or more, sorted by occurrences.
fn length_counts(symbols: &[(u32, usize)], limit: usize) -> Vec<usize> {
    let count = symbols.len();
    let limit = limit.min(count - 1);
    let weight = |index: usize| symbols.get(index).map_or(NEVER, |(count, _)| u64::from(*count));
    let pair = weight(0) + weight(1);
    let first = Row { last: weight(1), next_symbol: weight(2), next_pair: pair, wanted: 0 };
    let mut rows = vec![first; limit + 2];
    // leaves[row][below]: how many symbols are left of the last item's ancestor in a row below.
    let mut leaves = vec![vec![0usize; limit + 2]; limit + 2];
    for (row, leaves) in leaves.iter_mut().enumerate().skip(1) {
        leaves[row] = 2;
    }
    rows[0] = Row { last: 0, next_symbol: 0, next_pair: 0, wanted: 0 };
    rows[1].next_pair = NEVER;
    rows[limit].wanted = 2 * count - 4;
    let mut level = limit;
    loop {
        let row = rows[level];
        if row.next_pair == NEVER && row.next_symbol == NEVER {
            // Nothing is left here; never come back.
            rows[level].wanted = 0;
            rows[level + 1].next_pair = NEVER;
            level += 1;
            continue;
        }
        if row.next_symbol < row.next_pair {
            leaves[level][level] += 1;
            rows[level].last = row.next_symbol;
            rows[level].next_symbol = weight(leaves[level][level]);
        } else {
            rows[level].last = row.next_pair;
            let (below, here) = leaves.split_at_mut(level);
            if let (Some(below), Some(here)) = (below.last(), here.first_mut()) {
                here[..level].copy_from_slice(&below[..level]);
            }
            rows[level - 1].wanted = 2;
        }
        rows[level].wanted -= 1;
        if rows[level].wanted == 0 {
            if level == limit {
                break;
            }
            rows[level + 1].next_pair = row.last + rows[level].last;
            level += 1;
        } else {
            while rows[level - 1].wanted > 0 {
                level -= 1;
            }
        }
    }
    let ends = &leaves[limit];
    let mut counts = vec![0];
    counts.extend((1..=limit).rev().map(|level| ends[level] - ends[level - 1]));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_complete_and_limited() {
        let fibonacci = [1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144];
        for limit in [4, 7, 15] {
            let codes = codes(&fibonacci, limit);
            assert!(codes.iter().all(|code| usize::from(code.length) <= limit));
            let kraft: f64 = codes.iter().map(|code| 0.5f64.powi(code.length.into())).sum();
            assert!((kraft - 1.0).abs() < 1e-9, "{kraft}");
        }
    }
}
