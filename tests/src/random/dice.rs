//! Numbers from a seed: the same on every machine, in every version.

/// A generator of pseudo-random numbers (SplitMix64), good enough to choose among cases.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Starts from `seed`; seeds that are close give series that are not.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// Whether something happens that does so `percent` times of a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`, which are not none.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn a_seed_gives_the_same_series_everywhere() {
        let mut dice = Dice::new(7);
        let series: Vec<usize> = (0..5).map(|_| dice.below(100)).collect();
        let mut again = Dice::new(7);
        assert_eq!(series, (0..5).map(|_| again.below(100)).collect::<Vec<_>>());
        assert_ne!(series, (0..5).map(|_| Dice::new(8).below(100)).collect::<Vec<_>>());
    }
}
