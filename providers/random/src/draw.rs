//! Fair draws from random bytes.

use groma_provider_api::native::{Randomness, RandomnessError};

/// A number below `bound`, each equally likely. 0 if the bound is 0.
pub(crate) fn below(source: &dyn Randomness, bound: u64) -> Result<u64, RandomnessError> {
    if bound <= 1 {
        return Ok(0);
    }
    // Draws from the incomplete last round are thrown away, as they would favour small numbers.
    let fair = u64::MAX - u64::MAX % bound;
    loop {
        let mut bytes = [0; 8];
        source.fill(&mut bytes)?;
        let drawn = u64::from_le_bytes(bytes);
        if drawn < fair {
            return Ok(drawn % bound);
        }
    }
}

/// An index into something of that length.
pub(crate) fn index(source: &dyn Randomness, length: usize) -> Result<usize, RandomnessError> {
    Ok(below(source, length as u64)? as usize)
}

/// One of them. The first, where there is none to choose.
pub(crate) fn one_of<'a>(
    source: &dyn Randomness,
    words: &[&'a str],
) -> Result<&'a str, RandomnessError> {
    Ok(words.get(index(source, words.len())?).copied().unwrap_or_default())
}

/// Brings them into random order.
pub(crate) fn shuffle<T>(source: &dyn Randomness, items: &mut [T]) -> Result<(), RandomnessError> {
    for last in (1..items.len()).rev() {
        items.swap(last, index(source, last + 1)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use groma_provider_api::native::testing::CountingRandomness;

    use super::{below, shuffle};

    #[test]
    fn draws_below_the_bound() {
        let source = CountingRandomness::default();
        for bound in [1, 2, 3, 10, u64::MAX] {
            for _ in 0..100 {
                assert!(below(&source, bound).unwrap() < bound);
            }
        }
        assert_eq!(below(&source, 0).unwrap(), 0);
    }

    #[test]
    fn shuffles_without_loss() {
        let mut items: Vec<u32> = (0..50).collect();
        shuffle(&CountingRandomness::default(), &mut items).unwrap();
        assert_ne!(items, (0..50).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<_>>());
    }
}
