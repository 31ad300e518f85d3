//! Bits in DEFLATE's order: the low ones first.

use super::huffman::Code;

/// A sequence of bits that is being written.
#[derive(Default)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    pending: u64,
    count: u32,
}

impl Bits {
    /// The low `count` bits of `value`.
    pub(super) fn write(&mut self, value: u32, count: u32) {
        self.pending |= u64::from(value) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.pending as u8);
            self.pending >>= 8;
            self.count -= 8;
        }
    }

    pub(super) fn code(&mut self, code: Code) {
        self.write(code.bits.into(), code.length.into());
    }

    /// Fills the byte that is begun.
    pub(super) fn align(&mut self) {
        if self.count > 0 {
            self.bytes.push(self.pending as u8);
            (self.pending, self.count) = (0, 0);
        }
    }

    /// Whole bytes, at a byte's boundary.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.align();
        self.bytes.extend_from_slice(bytes);
    }

    /// All that was written.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.align();
        self.bytes
    }
}
