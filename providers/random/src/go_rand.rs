//! The generator behind a `seed`: Go's `math/rand`, so that a seed gives what it always gave.
//!
//! It is an additive lagged Fibonacci generator, `z[n+607] = z[n] + z[n+334]` modulo 2^64. Go
//! starts it from a table, which is its own state after 7.8 · 10^12 steps from seed 1. The
//! recurrence is linear, so that state is computed here rather than listed: the step count as an
//! exponent of `x`, modulo the characteristic polynomial `x^607 - x^334 - 1`.

use std::sync::LazyLock;

const LENGTH: usize = 607;
const TAP: usize = 273;
/// By how far the second term of the recurrence lies ahead of the first.
const AHEAD: usize = LENGTH - TAP;
const STEPS: u64 = 7_800_000_000_000;

type State = [u64; LENGTH];

/// What every seed is mixed with.
static TABLE: LazyLock<State> = LazyLock::new(|| jump(&seeded(1, 20, 10), STEPS));

/// Go's `rand.Rand` over a seeded source.
pub(crate) struct GoRand {
    state: State,
    tap: usize,
    feed: usize,
}

impl GoRand {
    /// From the checksum of a text (CRC-64 of ISO 3309).
    pub(crate) fn from_text(text: &str) -> Self {
        Self::from_seed(crc64(text.as_bytes()).cast_signed())
    }

    fn from_seed(seed: i64) -> Self {
        const MODULUS: i64 = (1 << 31) - 1;
        let seed = match seed.rem_euclid(MODULUS) {
            0 => 89_482_311,
            seed => seed,
        };
        let mut state = seeded(seed, 40, 20);
        for (word, table) in state.iter_mut().zip(TABLE.iter()) {
            *word ^= table;
        }
        Self { state, tap: 0, feed: AHEAD }
    }

    fn next(&mut self) -> u64 {
        self.tap = (self.tap + LENGTH - 1) % LENGTH;
        self.feed = (self.feed + LENGTH - 1) % LENGTH;
        let sum = self.state[self.feed].wrapping_add(self.state[self.tap]);
        self.state[self.feed] = sum;
        sum
    }

    fn next63(&mut self) -> u64 {
        self.next() & (u64::MAX >> 1)
    }

    /// A number below `bound` (`Intn`), which must not be 0 nor above `i64::MAX`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        let narrow = bound < 1 << 31;
        let bits = if narrow { 31 } else { 63 };
        let mut draw = || if narrow { self.next63() >> 32 } else { self.next63() };
        if bound.is_power_of_two() {
            return draw() & (bound - 1);
        }
        let max = (1u64 << bits) - 1 - (1u64 << bits) % bound;
        loop {
            let drawn = draw();
            if drawn <= max {
                return drawn % bound;
            }
        }
    }

    /// A permutation of the numbers below `count` (`Perm`).
    pub(crate) fn permutation(&mut self, count: usize) -> Vec<usize> {
        let mut order = vec![0; count];
        for i in 0..count {
            let j = self.below(i as u64 + 1) as usize;
            order[i] = order[j];
            order[j] = i;
        }
        order
    }
}

/// A state filled by a multiplicative congruential generator, three draws to a word.
fn seeded(seed: i64, high: u32, middle: u32) -> State {
    let mut x = seed;
    let mut draw = || {
        x = x * 48_271 % ((1 << 31) - 1);
        x.cast_unsigned()
    };
    for _ in 0..20 {
        draw();
    }
    std::array::from_fn(|_| draw() << high ^ draw() << middle ^ draw())
}

/// Where the `n`th term of the recurrence is kept: the state is filled downwards, from the feed.
const fn place(n: u64) -> usize {
    (AHEAD + LENGTH - 1 - (n % LENGTH as u64) as usize) % LENGTH
}

/// The state after so many steps.
fn jump(state: &State, steps: u64) -> State {
    let power = power_of_x(steps);
    let mut terms: Vec<u64> = (0..LENGTH as u64).map(|n| state[place(n)]).collect();
    for n in 0..LENGTH {
        terms.push(terms[n].wrapping_add(terms[n + AHEAD]));
    }
    let mut after = [0; LENGTH];
    for n in 0..LENGTH {
        let term = power.iter().zip(&terms[n..]).map(|(a, z)| a.wrapping_mul(*z));
        after[place(steps + n as u64)] = term.fold(0, u64::wrapping_add);
    }
    after
}

/// `x^exponent` modulo the characteristic polynomial, the coefficient of `x^0` first.
fn power_of_x(exponent: u64) -> Vec<u64> {
    let mut power = vec![0u64; LENGTH];
    power[0] = 1;
    for bit in (0..u64::BITS - exponent.leading_zeros()).rev() {
        let mut square = vec![0u64; 2 * LENGTH];
        let shift = usize::from(exponent >> bit & 1 == 1);
        for (i, a) in power.iter().enumerate().filter(|(_, a)| **a != 0) {
            for (j, b) in power.iter().enumerate() {
                let sum = &mut square[i + j + shift];
                *sum = sum.wrapping_add(a.wrapping_mul(*b));
            }
        }
        for high in (LENGTH..square.len()).rev() {
            let carried = square[high];
            for low in [high - LENGTH, high - TAP] {
                square[low] = square[low].wrapping_add(carried);
            }
        }
        square.truncate(LENGTH);
        power = square;
    }
    power
}

/// CRC-64 with the polynomial of ISO 3309, reflected, as Go's `crc64.ISO`.
fn crc64(bytes: &[u8]) -> u64 {
    const POLYNOMIAL: u64 = 0xD800_0000_0000_0000;
    !bytes.iter().fold(u64::MAX, |crc, byte| {
        (0..8).fold(crc ^ u64::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ POLYNOMIAL } else { crc >> 1 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{GoRand, TABLE, crc64};

    #[test]
    fn gives_what_go_gives() {
        assert_eq!(TABLE[0].cast_signed(), -4_181_792_142_133_755_926);
        let mut random = GoRand::from_seed(1);
        let first: Vec<u64> = (0..3).map(|_| random.next63()).collect();
        let known =
            [5_577_006_791_947_779_410, 8_674_665_223_082_153_551, 6_129_484_611_666_145_821];
        assert_eq!(first, known);
        let mut random = GoRand::from_seed(1);
        let below_100: Vec<u64> = (0..10).map(|_| random.below(100)).collect();
        assert_eq!(below_100, [81, 87, 47, 59, 81, 18, 25, 40, 56, 0]);
    }

    #[test]
    fn permutes() {
        let mut order = GoRand::from_text("seed").permutation(20);
        order.sort_unstable();
        assert_eq!(order, (0..20).collect::<Vec<_>>());
    }

    #[test]
    fn checksums_as_go_does() {
        assert_eq!(crc64(b""), 0);
        assert_eq!(crc64(b"a"), 0x3420_0000_0000_0000);
        assert_eq!(crc64(b"abcd"), 0x3367_76c4_2000_0000);
    }
}
