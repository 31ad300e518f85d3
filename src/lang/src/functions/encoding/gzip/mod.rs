//! `base64gzip`: the same bytes as Go's `compress/gzip` at its default level, flushed and closed.
//!
//! The bytes matter: they end up in arguments such as `user_data`, where any other compression of
//! the same text would replace the machine. So this is Go's way through DEFLATE's freedoms: its
//! search for matches, its limits of a block, its Huffman codes.

mod bits;
mod block;
mod deflate;
mod huffman;

/// `bytes` in the gzip format.
pub(super) fn compress(bytes: &[u8]) -> Vec<u8> {
    // Deflate, no flags, no time, no extra flags, unknown system.
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    out.extend(deflate::compress(bytes));
    out.extend(crc32(bytes).to_le_bytes());
    out.extend((bytes.len() as u32).to_le_bytes());
    out
}

/// The checksum that the format has, IEEE 802.3.
fn crc32(bytes: &[u8]) -> u32 {
    let mut table = [0u32; 256];
    for (value, entry) in (0u32..).zip(&mut table) {
        *entry = (0..8).fold(
            value,
            |crc, _| {
                if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
            },
        );
    }
    let crc = bytes
        .iter()
        .fold(u32::MAX, |crc, byte| crc >> 8 ^ table[((crc ^ u32::from(*byte)) & 0xff) as usize]);
    !crc
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn checksums_are_the_standard_ones() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
