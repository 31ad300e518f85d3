//! Standard Base64 with padding. Decoding is as lenient as Go's: line breaks do not count, nor do
//! the bits that the last character has too many.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The text of `bytes`.
pub(in crate::functions) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            if at <= chunk.len() {
                let index = (group >> (18 - 6 * at) & 63) as usize;
                out.push(char::from(ALPHABET[index]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

/// The bytes that `text` stands for, or the offset of what is wrong, as Go counts it.
pub(in crate::functions) fn decode(text: &str) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut symbols =
        text.bytes().enumerate().filter(|(_, byte)| !matches!(byte, b'\r' | b'\n')).peekable();
    let (mut group, mut count) = (0u32, 0u32);
    while let Some((at, byte)) = symbols.next() {
        if byte == b'=' {
            if count < 2 {
                return Err(at);
            }
            if count == 2 {
                match symbols.next() {
                    Some((_, b'=')) => {}
                    Some((next, _)) => return Err(next.saturating_sub(1)),
                    None => return Err(text.len()),
                }
            }
            if let Some((next, _)) = symbols.peek() {
                return Err(*next);
            }
            let bytes = group << (24 - 6 * count);
            out.extend_from_slice(&bytes.to_be_bytes()[1..count as usize]);
            return Ok(out);
        }
        group = group << 6 | symbol(byte).ok_or(at)?;
        count += 1;
        if count == 4 {
            out.extend_from_slice(&group.to_be_bytes()[1..]);
            (group, count) = (0, 0);
        }
    }
    if count == 0 { Ok(out) } else { Err(text.len().saturating_sub(count as usize)) }
}

fn symbol(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_go_reads() {
        assert_eq!(decode("aGVs\r\nbG8=").as_deref(), Ok(b"hello".as_slice()));
        assert_eq!(decode("aGVsbG9=").as_deref(), Ok(b"hello".as_slice()));
        assert_eq!(decode("aGVsbG8"), Err(4));
        assert_eq!(decode("!"), Err(0));
        assert_eq!(decode("YQ=x"), Err(2));
        assert_eq!(decode("YQ=="), Ok(vec![b'a']));
        assert_eq!(decode("YQ==YQ=="), Err(4));
    }

    proptest! {
        #[test]
        fn round_trips(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)), Ok(bytes));
        }
    }
}
