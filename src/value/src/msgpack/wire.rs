//! MessagePack's own encoding of integers, strings, arrays, maps and extensions.

#![expect(clippy::cast_sign_loss, reason = "each cast is in an arm that bounds its value")]

/// A single item, or the header of one with parts.
#[derive(Debug, PartialEq)]
pub(super) enum Item<'a> {
    Nil,
    Bool(bool),
    Int(i64),
    /// Above what [`Item::Int`] holds.
    Uint(u64),
    Float(f64),
    String(&'a [u8]),
    Bytes(&'a [u8]),
    Array(usize),
    Map(usize),
    Extension(u8, &'a [u8]),
}

pub(super) fn write_int(value: i64, out: &mut Vec<u8>) {
    match value {
        -32..=0x7f => out.push(value as u8),
        0x80..=0xff => out.extend([0xcc, value as u8]),
        0x100..=0xffff => write_tagged(0xcd, &(value as u16).to_be_bytes(), out),
        0x1_0000..=0xffff_ffff => {
            write_tagged(0xce, &(value as u32).to_be_bytes(), out);
        }
        0x1_0000_0000.. => write_tagged(0xcf, &value.to_be_bytes(), out),
        -0x80..-32 => write_tagged(0xd0, &(value as i8).to_be_bytes(), out),
        -0x8000..-0x80 => write_tagged(0xd1, &(value as i16).to_be_bytes(), out),
        -0x8000_0000..-0x8000 => write_tagged(0xd2, &(value as i32).to_be_bytes(), out),
        _ => write_tagged(0xd3, &value.to_be_bytes(), out),
    }
}

pub(super) fn write_float(value: f64, out: &mut Vec<u8>) {
    write_tagged(0xcb, &value.to_be_bytes(), out);
}

pub(super) fn write_string(text: &str, out: &mut Vec<u8>) {
    let length = text.len() as u32;
    match length {
        0..32 => out.push(0xa0 | length as u8),
        32..=0xff => out.extend([0xd9, length as u8]),
        0x100..=0xffff => write_tagged(0xda, &(length as u16).to_be_bytes(), out),
        _ => write_tagged(0xdb, &length.to_be_bytes(), out),
    }
    out.extend_from_slice(text.as_bytes());
}

pub(super) fn write_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    let length = bytes.len() as u32;
    match length {
        0..=0xff => out.extend([0xc4, length as u8]),
        0x100..=0xffff => write_tagged(0xc5, &(length as u16).to_be_bytes(), out),
        _ => write_tagged(0xc6, &length.to_be_bytes(), out),
    }
    out.extend_from_slice(bytes);
}

pub(super) fn write_array_header(length: usize, out: &mut Vec<u8>) {
    match length {
        0..16 => out.push(0x90 | length as u8),
        16..=0xffff => write_tagged(0xdc, &(length as u16).to_be_bytes(), out),
        _ => write_tagged(0xdd, &(length as u32).to_be_bytes(), out),
    }
}

pub(super) fn write_map_header(length: usize, out: &mut Vec<u8>) {
    match length {
        0..16 => out.push(0x80 | length as u8),
        16..=0xffff => write_tagged(0xde, &(length as u16).to_be_bytes(), out),
        _ => write_tagged(0xdf, &(length as u32).to_be_bytes(), out),
    }
}

pub(super) fn write_extension(code: u8, body: &[u8], out: &mut Vec<u8>) {
    let length = body.len() as u32;
    match length {
        1 => out.push(0xd4),
        2 => out.push(0xd5),
        4 => out.push(0xd6),
        8 => out.push(0xd7),
        16 => out.push(0xd8),
        0..=0xff => out.extend([0xc7, length as u8]),
        0x100..=0xffff => write_tagged(0xc8, &(length as u16).to_be_bytes(), out),
        _ => write_tagged(0xc9, &length.to_be_bytes(), out),
    }
    out.push(code);
    out.extend_from_slice(body);
}

fn write_tagged(tag: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(bytes);
}

/// Reads items off the front of bytes. `None` where they are no MessagePack, or end too soon.
pub(super) struct Wire<'a>(pub(super) &'a [u8]);

impl<'a> Wire<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn fixed<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// A big-endian number of `N` bytes.
    fn unsigned<const N: usize>(&mut self) -> Option<u64> {
        Some(self.fixed::<N>()?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    fn length<const N: usize>(&mut self) -> Option<usize> {
        usize::try_from(self.unsigned::<N>()?).ok()
    }

    fn extension(&mut self, length: usize) -> Option<Item<'a>> {
        let [code] = self.fixed()?;
        Some(Item::Extension(code, self.take(length)?))
    }

    /// How many parts an array or map has. Each takes a byte at least, so that a false length is
    /// found out before anything is allocated for it.
    fn count(&self, count: usize) -> Option<usize> {
        (count <= self.0.len()).then_some(count)
    }

    pub(super) fn item(&mut self) -> Option<Item<'a>> {
        let [tag] = self.fixed()?;
        Some(match tag {
            0x00..=0x7f => Item::Int(tag.into()),
            0xe0..=0xff => Item::Int(tag.cast_signed().into()),
            0x80..=0x8f => Item::Map(self.count((tag & 0x0f).into())?),
            0x90..=0x9f => Item::Array(self.count((tag & 0x0f).into())?),
            0xa0..=0xbf => Item::String(self.take((tag & 0x1f).into())?),
            0xc0 => Item::Nil,
            0xc1 => return None,
            0xc2 => Item::Bool(false),
            0xc3 => Item::Bool(true),
            0xc4 => self.length::<1>().and_then(|n| self.take(n)).map(Item::Bytes)?,
            0xc5 => self.length::<2>().and_then(|n| self.take(n)).map(Item::Bytes)?,
            0xc6 => self.length::<4>().and_then(|n| self.take(n)).map(Item::Bytes)?,
            0xc7 => self.length::<1>().and_then(|n| self.extension(n))?,
            0xc8 => self.length::<2>().and_then(|n| self.extension(n))?,
            0xc9 => self.length::<4>().and_then(|n| self.extension(n))?,
            0xca => Item::Float(f32::from_be_bytes(self.fixed()?).into()),
            0xcb => Item::Float(f64::from_be_bytes(self.fixed()?)),
            0xcc => unsigned(self.unsigned::<1>()?),
            0xcd => unsigned(self.unsigned::<2>()?),
            0xce => unsigned(self.unsigned::<4>()?),
            0xcf => unsigned(self.unsigned::<8>()?),
            0xd0 => Item::Int(i8::from_be_bytes(self.fixed()?).into()),
            0xd1 => Item::Int(i16::from_be_bytes(self.fixed()?).into()),
            0xd2 => Item::Int(i32::from_be_bytes(self.fixed()?).into()),
            0xd3 => Item::Int(i64::from_be_bytes(self.fixed()?)),
            0xd4 => self.extension(1)?,
            0xd5 => self.extension(2)?,
            0xd6 => self.extension(4)?,
            0xd7 => self.extension(8)?,
            0xd8 => self.extension(16)?,
            0xd9 => self.length::<1>().and_then(|n| self.take(n)).map(Item::String)?,
            0xda => self.length::<2>().and_then(|n| self.take(n)).map(Item::String)?,
            0xdb => self.length::<4>().and_then(|n| self.take(n)).map(Item::String)?,
            0xdc => self.length::<2>().and_then(|n| self.count(n)).map(Item::Array)?,
            0xdd => self.length::<4>().and_then(|n| self.count(n)).map(Item::Array)?,
            0xde => self.length::<2>().and_then(|n| self.count(n)).map(Item::Map)?,
            0xdf => self.length::<4>().and_then(|n| self.count(n)).map(Item::Map)?,
        })
    }
}

fn unsigned<'a>(value: u64) -> Item<'a> {
    i64::try_from(value).map_or(Item::Uint(value), Item::Int)
}
