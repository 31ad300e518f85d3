//! One block of DEFLATE: stored, or coded by the fixed or by its own Huffman codes, whichever is
//! shortest.

use super::bits::Bits;
use super::huffman::{Code, codes, reverse, total_length};

/// The symbol that ends a block.
const END: usize = 256;
/// The first symbol for a length.
const LENGTHS: usize = 257;
/// The symbols for literals, the end and lengths.
const LITERALS: usize = 286;
const OFFSETS: usize = 30;
/// The longest stored block.
const LONGEST_STORED: usize = 65_535;

const LENGTH_BASE: [u32; 29] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128,
    160, 192, 224, 255,
];
const LENGTH_BITS: [u32; 29] =
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const OFFSET_BASE: [u32; OFFSETS] = [
    0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536,
    2048, 3072, 4096, 6144, 8192, 12288, 16384, 24576,
];
const OFFSET_BITS: [u32; OFFSETS] = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13,
];
/// The order in which the lengths of the codes' own codes are written.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// A byte, or a repetition of earlier ones.
#[derive(Clone, Copy)]
pub(super) enum Token {
    Literal(u8),
    /// `length` is less by 3 than it is, `offset` by 1.
    Match {
        length: u32,
        offset: u32,
    },
}

/// The index of the last base that is not above `value`.
fn code_of(bases: &[u32], value: u32) -> usize {
    bases.partition_point(|base| *base <= value).saturating_sub(1)
}

/// Writes the block of `tokens`; `stored` is the text that they stand for, if it is still there.
pub(super) fn write(bits: &mut Bits, tokens: &[Token], stored: Option<&[u8]>) {
    let mut literals = vec![0u32; LITERALS];
    let mut offsets = vec![0u32; OFFSETS];
    for token in tokens {
        match token {
            Token::Literal(byte) => literals[usize::from(*byte)] += 1,
            Token::Match { length, offset } => {
                literals[LENGTHS + code_of(&LENGTH_BASE, *length)] += 1;
                offsets[code_of(&OFFSET_BASE, *offset)] += 1;
            }
        }
    }
    literals[END] += 1;
    let literal_count = literals.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
    let mut offset_count = offsets.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
    if offset_count == 0 {
        // A code for offsets needs one at least.
        (offsets[0], offset_count) = (1, 1);
    }
    let own = (codes(&literals, 15), codes(&offsets, 15));
    let fixed = (fixed_literals(), fixed_offsets());
    let stored = stored.filter(|stored| stored.len() <= LONGEST_STORED);
    // The same for both codes, so that it only counts against storing.
    let extra = if stored.is_some() { extra_bits(&literals, &offsets) } else { 0 };
    let size = |codes: &(Vec<Code>, Vec<Code>)| {
        total_length(&codes.0, &literals) + total_length(&codes.1, &offsets) + extra
    };
    let fixed_size = 3 + size(&fixed);
    let header = Header::new(&own.0[..literal_count], &own.1[..offset_count]);
    let own_size = header.size() + size(&own);
    if let Some(stored) = stored
        && (stored.len() + 5) * 8 < fixed_size.min(own_size)
    {
        write_stored(bits, stored, false);
        return;
    }
    let (literals, offsets) = if own_size < fixed_size {
        header.write(bits, literal_count, offset_count);
        own
    } else {
        bits.write(0b010, 3);
        fixed
    };
    for token in tokens {
        match token {
            Token::Literal(byte) => bits.code(literals[usize::from(*byte)]),
            Token::Match { length, offset } => {
                let code = code_of(&LENGTH_BASE, *length);
                bits.code(literals[LENGTHS + code]);
                bits.write(length - LENGTH_BASE[code], LENGTH_BITS[code]);
                let code = code_of(&OFFSET_BASE, *offset);
                bits.code(offsets[code]);
                bits.write(offset - OFFSET_BASE[code], OFFSET_BITS[code]);
            }
        }
    }
    bits.code(literals[END]);
}

/// Writes a block of `bytes` as they are.
pub(super) fn write_stored(bits: &mut Bits, bytes: &[u8], last: bool) {
    bits.write(u32::from(last), 3);
    bits.align();
    let length = bytes.len() as u16;
    bits.write(length.into(), 16);
    bits.write((!length).into(), 16);
    bits.bytes(bytes);
}

fn extra_bits(literals: &[u32], offsets: &[u32]) -> usize {
    let of = |counts: &[u32], bits: &[u32]| -> usize {
        counts.iter().zip(bits).map(|(count, bits)| *count as usize * *bits as usize).sum()
    };
    of(&literals[LENGTHS..], &LENGTH_BITS) + of(offsets, &OFFSET_BITS)
}

fn fixed_literals() -> Vec<Code> {
    let code = |symbol: u16| {
        let (bits, length) = match symbol {
            0..144 => (symbol + 48, 8),
            144..256 => (symbol + 256, 9),
            256..280 => (symbol - 256, 7),
            _ => (symbol - 88, 8),
        };
        Code { bits: reverse(bits, length), length: length as u8 }
    };
    (0..LITERALS as u16).map(code).collect()
}

fn fixed_offsets() -> Vec<Code> {
    (0..OFFSETS as u16).map(|symbol| Code { bits: reverse(symbol, 5), length: 5 }).collect()
}

/// The lengths of a block's own codes, run-length coded and then Huffman coded themselves.
struct Header {
    /// Each symbol, and the value and width of what follows it.
    runs: Vec<(usize, u32, u32)>,
    counts: Vec<u32>,
    codes: Vec<Code>,
    /// How many lengths of these codes are written.
    written: usize,
}

impl Header {
    fn new(literals: &[Code], offsets: &[Code]) -> Self {
        let lengths: Vec<u8> = literals.iter().chain(offsets).map(|code| code.length).collect();
        let mut runs = Vec::new();
        for run in lengths.chunk_by(|a, b| a == b) {
            push_run(usize::from(run[0]), run.len(), &mut runs);
        }
        let mut counts = vec![0u32; ORDER.len()];
        for (symbol, _, _) in &runs {
            counts[*symbol] += 1;
        }
        let codes = codes(&counts, 7);
        let used = ORDER.iter().rposition(|symbol| counts[*symbol] > 0);
        Self { runs, counts, codes, written: used.map_or(4, |last| (last + 1).max(4)) }
    }

    fn size(&self) -> usize {
        let extra: u32 = self.runs.iter().map(|(_, _, width)| *width).sum();
        let fields = 3 + 5 + 5 + 4 + 3 * self.written;
        fields + total_length(&self.codes, &self.counts) + extra as usize
    }

    fn write(&self, bits: &mut Bits, literals: usize, offsets: usize) {
        bits.write(0b100, 3);
        bits.write((literals - LENGTHS) as u32, 5);
        bits.write((offsets - 1) as u32, 5);
        bits.write((self.written - 4) as u32, 4);
        for symbol in &ORDER[..self.written] {
            bits.write(self.codes[*symbol].length.into(), 3);
        }
        for (symbol, value, width) in &self.runs {
            bits.code(self.codes[*symbol]);
            bits.write(*value, *width);
        }
    }
}

/// A run of equal lengths: 16 repeats the one before, 17 and 18 are zeros.
fn push_run(length: usize, mut count: usize, runs: &mut Vec<(usize, u32, u32)>) {
    if length == 0 {
        while count >= 11 {
            let run = count.min(138);
            runs.push((18, (run - 11) as u32, 7));
            count -= run;
        }
        if count >= 3 {
            runs.push((17, (count - 3) as u32, 3));
            count = 0;
        }
    } else {
        runs.push((length, 0, 0));
        count -= 1;
        while count >= 3 {
            let run = count.min(6);
            runs.push((16, (run - 3) as u32, 2));
            count -= run;
        }
    }
    runs.extend((0..count).map(|_| (length, 0, 0)));
}
