//! The search for repetitions, as Go's `compress/flate` does it at level 6: hash chains over a
//! sliding window, and each match is put off in case the next byte begins a longer one.

use super::bits::Bits;
use super::block::{self, Token};

/// How far back a match may be.
const WINDOW: usize = 1 << 15;
const MASK: usize = WINDOW - 1;
/// The shortest match that is looked for, and the longest.
const SHORTEST: usize = 4;
const LONGEST: usize = 258;
/// A block has so many tokens.
const BLOCK: usize = 1 << 14;
const HASH_BITS: u32 = 17;
/// A match of so many bytes is not put off.
const LAZY: usize = 16;
/// A match of so many bytes ends the search.
const NICE: usize = 128;
/// So many candidates are tried.
const CHAIN: usize = 128;
/// The shortest match is not worth it from further away.
const NEAR: usize = 4096;
/// Positions are taken down before they reach this.
const HIGHEST: usize = 1 << 24;

/// `bytes` as a stream of DEFLATE, ended by an empty block for a flush and one for the end.
pub(super) fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        compressor.step(false);
        rest = &rest[compressor.fill(rest)..];
    }
    compressor.step(true);
    block::write_stored(&mut compressor.bits, &[], false);
    block::write_stored(&mut compressor.bits, &[], true);
    compressor.bits.finish()
}

struct Compressor {
    bits: Bits,
    tokens: Vec<Token>,
    /// Twice [`WINDOW`].
    window: Vec<u8>,
    /// How much of the window is filled, and how far it is worked off.
    end: usize,
    at: usize,
    /// Where the block began; nothing if that has left the window.
    block_start: Option<usize>,
    /// The last position of each hash, and for each position the one before with the same hash;
    /// all more by `base`, so that 0 is none.
    heads: Vec<u32>,
    previous: Vec<u32>,
    base: usize,
    /// The last position that had the hash of the current one. Stays what it was where the text
    /// is too short for a hash.
    head: usize,
    /// The match of the byte before.
    length: usize,
    offset: usize,
    /// Whether the byte before is neither written nor part of a match.
    pending: bool,
}

impl Compressor {
    fn new() -> Self {
        Self {
            bits: Bits::default(),
            tokens: Vec::with_capacity(BLOCK),
            window: vec![0; 2 * WINDOW],
            end: 0,
            at: 0,
            block_start: Some(0),
            heads: vec![0; 1 << HASH_BITS],
            previous: vec![0; WINDOW],
            base: 1,
            head: 0,
            length: SHORTEST - 1,
            offset: 0,
            pending: false,
        }
    }

    /// Takes in what there is room for, and gives how much that is.
    fn fill(&mut self, bytes: &[u8]) -> usize {
        if self.at >= 2 * WINDOW - (SHORTEST + LONGEST) {
            self.window.copy_within(WINDOW.., 0);
            self.at -= WINDOW;
            self.end -= WINDOW;
            self.block_start = self.block_start.and_then(|start| start.checked_sub(WINDOW));
            self.base += WINDOW;
            if self.base > HIGHEST {
                let delta = self.base - 1;
                self.base = 1;
                self.head = self.head.saturating_sub(delta);
                for position in self.heads.iter_mut().chain(&mut self.previous) {
                    *position = position.saturating_sub(delta as u32);
                }
            }
        }
        let count = bytes.len().min(self.window.len() - self.end);
        self.window[self.end..self.end + count].copy_from_slice(&bytes[..count]);
        self.end += count;
        count
    }

    /// Notes the position `at`, and gives the one before with the same hash.
    fn insert(&mut self, at: usize) -> usize {
        let word = self.window[at..at + SHORTEST]
            .iter()
            .fold(0u32, |word, byte| word << 8 | u32::from(*byte));
        let hash = (word.wrapping_mul(0x1e35_a7bd) >> (32 - HASH_BITS)) as usize;
        let before = self.heads[hash];
        self.previous[at & MASK] = before;
        self.heads[hash] = (at + self.base) as u32;
        before as usize
    }

    /// Works off the window as far as matches can be judged, or to its end.
    fn step(&mut self, to_end: bool) {
        if self.end - self.at < SHORTEST + LONGEST && !to_end {
            return;
        }
        let hashable = self.end.saturating_sub(SHORTEST - 1);
        loop {
            let ahead = self.end - self.at;
            if ahead < SHORTEST + LONGEST {
                if !to_end {
                    return;
                }
                if ahead == 0 {
                    self.flush();
                    return;
                }
            }
            if self.at < hashable {
                self.head = self.insert(self.at);
            }
            let (before, before_offset) = (self.length, self.offset);
            (self.length, self.offset) = (SHORTEST - 1, 0);
            let nearest = self.head.checked_sub(self.base);
            let in_window = nearest.filter(|nearest| *nearest >= self.at.saturating_sub(WINDOW));
            if let Some(nearest) = in_window
                && ahead > before
                && before < LAZY
                && let Some((length, offset)) = self.find(nearest, ahead)
            {
                (self.length, self.offset) = (length, offset);
            }
            if before >= SHORTEST && self.length <= before {
                self.take(before, before_offset, hashable);
            } else {
                self.put_off();
            }
        }
    }

    /// The match of the byte before is the better one.
    fn take(&mut self, length: usize, offset: usize, hashable: usize) {
        self.tokens.push(Token::Match { length: (length - 3) as u32, offset: (offset - 1) as u32 });
        let next = self.at + length - 1;
        self.at += 1;
        while self.at < next {
            if self.at < hashable {
                self.insert(self.at);
            }
            self.at += 1;
        }
        self.pending = false;
        self.length = SHORTEST - 1;
        if self.tokens.len() == BLOCK {
            self.write_block(self.at);
        }
    }

    /// The byte before is a literal; this one waits.
    fn put_off(&mut self) {
        if self.pending {
            self.tokens.push(Token::Literal(self.window[self.at - 1]));
            if self.tokens.len() == BLOCK {
                self.write_block(self.at);
            }
        }
        self.at += 1;
        self.pending = true;
    }

    fn flush(&mut self) {
        if std::mem::take(&mut self.pending) {
            self.tokens.push(Token::Literal(self.window[self.at - 1]));
        }
        if !self.tokens.is_empty() {
            self.write_block(self.at);
        }
    }

    fn write_block(&mut self, end: usize) {
        let stored = self.block_start.and_then(|start| self.window.get(start..end));
        block::write(&mut self.bits, &self.tokens, stored);
        self.block_start = Some(end);
        self.tokens.clear();
    }

    /// The longest match among the candidates, the nearest of the longest, by length and offset.
    fn find(&self, nearest: usize, ahead: usize) -> Option<(usize, usize)> {
        let most = ahead.min(LONGEST);
        let here = &self.window[self.at..self.at + most];
        let nice = most.min(NICE);
        let least = self.at.checked_sub(WINDOW);
        let mut best = None;
        let mut length = SHORTEST - 1;
        let mut candidate = nearest;
        for _ in 0..CHAIN {
            let there = &self.window[candidate..];
            if there.get(length) == here.get(length) {
                let same = here.iter().zip(there).take_while(|(a, b)| a == b).count();
                let offset = self.at - candidate;
                if same > length && (same > SHORTEST || offset <= NEAR) {
                    length = same;
                    best = Some((length, offset));
                    if same >= nice {
                        break;
                    }
                }
            }
            if Some(candidate) == least {
                // Its entry has been written over.
                break;
            }
            let Some(before) = (self.previous[candidate & MASK] as usize).checked_sub(self.base)
            else {
                break;
            };
            if least.is_some_and(|least| before < least) {
                break;
            }
            candidate = before;
        }
        best
    }
}
