//! `textencodebase64` and `textdecodebase64`: character encodings by their IANA names.
//!
//! The IBM code pages that Terraform has beyond IBM866 are not offered, nor is HZ-GB-2312: they are
//! refused as Terraform refuses names that it does not know.

use encoding_rs::Encoding;
use groma_value::Value;

use super::{decode_base64, encode_base64};
use crate::functions::{Call, FunctionError};

/// How characters become bytes.
#[derive(Clone, Copy)]
enum Charset {
    Ascii,
    Latin1,
    Utf8,
    Utf16 {
        big_endian: bool,
        mark: bool,
    },
    /// One byte each; control characters stand where nothing is defined.
    Windows(&'static Encoding),
    Other(&'static Encoding),
}

struct Named {
    /// Its name in IANA's list.
    name: &'static str,
    /// Its other names there.
    aliases: &'static [&'static str],
    charset: Charset,
}

const fn other(
    name: &'static str,
    aliases: &'static [&'static str],
    encoding: &'static Encoding,
) -> Named {
    Named { name, aliases, charset: Charset::Other(encoding) }
}

const fn windows(name: &'static str, encoding: &'static Encoding) -> Named {
    Named { name, aliases: &[], charset: Charset::Windows(encoding) }
}

const CHARSETS: &[Named] = &[
    Named {
        name: "US-ASCII",
        aliases: &[
            "iso-ir-6",
            "ANSI_X3.4-1968",
            "ANSI_X3.4-1986",
            "ISO_646.irv:1991",
            "ISO646-US",
            "us",
            "IBM367",
            "cp367",
            "csASCII",
            "ASCII",
        ],
        charset: Charset::Ascii,
    },
    Named {
        name: "ISO_8859-1:1987",
        aliases: &[
            "iso-ir-100",
            "ISO_8859-1",
            "ISO-8859-1",
            "latin1",
            "l1",
            "IBM819",
            "CP819",
            "csISOLatin1",
        ],
        charset: Charset::Latin1,
    },
    Named { name: "UTF-8", aliases: &["csUTF8"], charset: Charset::Utf8 },
    Named {
        name: "UTF-16BE",
        aliases: &["csUTF16BE"],
        charset: Charset::Utf16 { big_endian: true, mark: false },
    },
    Named {
        name: "UTF-16LE",
        aliases: &["csUTF16LE"],
        charset: Charset::Utf16 { big_endian: false, mark: false },
    },
    Named {
        name: "UTF-16",
        aliases: &["csUTF16"],
        charset: Charset::Utf16 { big_endian: true, mark: true },
    },
    other(
        "ISO_8859-2:1987",
        &["iso-ir-101", "ISO_8859-2", "ISO-8859-2", "latin2", "l2", "csISOLatin2"],
        encoding_rs::ISO_8859_2,
    ),
    other(
        "ISO_8859-3:1988",
        &["iso-ir-109", "ISO_8859-3", "ISO-8859-3", "latin3", "l3", "csISOLatin3"],
        encoding_rs::ISO_8859_3,
    ),
    other(
        "ISO_8859-4:1988",
        &["iso-ir-110", "ISO_8859-4", "ISO-8859-4", "latin4", "l4", "csISOLatin4"],
        encoding_rs::ISO_8859_4,
    ),
    other(
        "ISO_8859-5:1988",
        &["iso-ir-144", "ISO_8859-5", "ISO-8859-5", "cyrillic", "csISOLatinCyrillic"],
        encoding_rs::ISO_8859_5,
    ),
    other(
        "ISO_8859-6:1987",
        &[
            "iso-ir-127",
            "ISO_8859-6",
            "ISO-8859-6",
            "ECMA-114",
            "ASMO-708",
            "arabic",
            "csISOLatinArabic",
        ],
        encoding_rs::ISO_8859_6,
    ),
    other(
        "ISO_8859-7:1987",
        &[
            "iso-ir-126",
            "ISO_8859-7",
            "ISO-8859-7",
            "ELOT_928",
            "ECMA-118",
            "greek",
            "greek8",
            "csISOLatinGreek",
        ],
        encoding_rs::ISO_8859_7,
    ),
    other(
        "ISO_8859-8:1988",
        &["iso-ir-138", "ISO_8859-8", "ISO-8859-8", "hebrew", "csISOLatinHebrew"],
        encoding_rs::ISO_8859_8,
    ),
    other("ISO_8859-8-I", &["csISO88598I", "ISO-8859-8-I"], encoding_rs::ISO_8859_8_I),
    other(
        "ISO-8859-10",
        &["iso-ir-157", "l6", "ISO_8859-10:1992", "csISOLatin6", "latin6"],
        encoding_rs::ISO_8859_10,
    ),
    other("ISO-8859-13", &["csISO885913"], encoding_rs::ISO_8859_13),
    other(
        "ISO-8859-14",
        &[
            "iso-ir-199",
            "ISO_8859-14:1998",
            "ISO_8859-14",
            "latin8",
            "iso-celtic",
            "l8",
            "csISO885914",
        ],
        encoding_rs::ISO_8859_14,
    ),
    other("ISO-8859-15", &["ISO_8859-15", "Latin-9", "csISO885915"], encoding_rs::ISO_8859_15),
    other(
        "ISO-8859-16",
        &["iso-ir-226", "ISO_8859-16:2001", "ISO_8859-16", "latin10", "l10", "csISO885916"],
        encoding_rs::ISO_8859_16,
    ),
    other("KOI8-R", &["csKOI8R"], encoding_rs::KOI8_R),
    other("KOI8-U", &["csKOI8U"], encoding_rs::KOI8_U),
    other("IBM866", &["cp866", "866", "csIBM866"], encoding_rs::IBM866),
    other("macintosh", &["mac", "csMacintosh"], encoding_rs::MACINTOSH),
    other("Shift_JIS", &["MS_Kanji", "csShiftJIS"], encoding_rs::SHIFT_JIS),
    other(
        "Extended_UNIX_Code_Packed_Format_for_Japanese",
        &["csEUCPkdFmtJapanese", "EUC-JP"],
        encoding_rs::EUC_JP,
    ),
    other("ISO-2022-JP", &["csISO2022JP"], encoding_rs::ISO_2022_JP),
    other("EUC-KR", &["csEUCKR"], encoding_rs::EUC_KR),
    other("GBK", &["CP936", "MS936", "windows-936", "csGBK"], encoding_rs::GBK),
    other("GB18030", &["csGB18030"], encoding_rs::GB18030),
    other("Big5", &["csBig5"], encoding_rs::BIG5),
    windows("windows-874", encoding_rs::WINDOWS_874),
    windows("windows-1250", encoding_rs::WINDOWS_1250),
    windows("windows-1251", encoding_rs::WINDOWS_1251),
    windows("windows-1252", encoding_rs::WINDOWS_1252),
    windows("windows-1253", encoding_rs::WINDOWS_1253),
    windows("windows-1254", encoding_rs::WINDOWS_1254),
    windows("windows-1255", encoding_rs::WINDOWS_1255),
    windows("windows-1256", encoding_rs::WINDOWS_1256),
    windows("windows-1257", encoding_rs::WINDOWS_1257),
    windows("windows-1258", encoding_rs::WINDOWS_1258),
    // Latin 5 is windows-1254 but for the control characters.
    other(
        "ISO_8859-9:1989",
        &["iso-ir-148", "ISO_8859-9", "ISO-8859-9", "latin5", "l5", "csISOLatin5"],
        encoding_rs::WINDOWS_1254,
    ),
];

fn find(call: &Call<'_>) -> Result<&'static Named, FunctionError> {
    let wanted = call.text(1)?.as_str();
    let is = |name: &str| name.eq_ignore_ascii_case(wanted);
    let found = CHARSETS.iter().find(|c| is(c.name) || c.aliases.iter().any(|alias| is(alias)));
    found.ok_or_else(|| {
        FunctionError::argument(
            1,
            format!(
                "{wanted:?} is not a supported IANA encoding name or alias in this Terraform \
                 version"
            ),
        )
    })
}

/// A string as Base64 of its bytes in an encoding.
pub(super) fn encode(call: &Call<'_>) -> Result<Value, FunctionError> {
    let text = call.text(0)?.as_str();
    let named = find(call)?;
    let bytes = encode_text(text, named.charset).ok_or_else(|| {
        FunctionError::argument(
            0,
            format!(
                "the given string contains characters that cannot be represented in {}",
                named.name
            ),
        )
    })?;
    Ok(Value::string(encode_base64(&bytes)))
}

/// A string from Base64 of its bytes in an encoding.
pub(super) fn decode(call: &Call<'_>) -> Result<Value, FunctionError> {
    let named = find(call)?;
    let wrong = |message: String| FunctionError::argument(0, message);
    let bytes = decode_base64(call.text(0)?).map_err(|offset| {
        wrong(format!("the given value is has an invalid base64 symbol at offset {offset}"))
    })?;
    let text = decode_text(&bytes, named.charset);
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Err(wrong(format!(
            "the given string contains symbols that are not defined for {}",
            named.name
        )));
    }
    Ok(Value::string(text))
}

fn encode_text(text: &str, charset: Charset) -> Option<Vec<u8>> {
    match charset {
        Charset::Ascii => text.is_ascii().then(|| text.as_bytes().to_vec()),
        Charset::Latin1 => text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect(),
        Charset::Utf8 => Some(text.as_bytes().to_vec()),
        Charset::Utf16 { big_endian, mark } => {
            let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
            let bytes = units
                .flat_map(|unit| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() });
            Some(bytes.collect())
        }
        Charset::Windows(_) if text.chars().any(is_c1) => None,
        Charset::Windows(encoding) | Charset::Other(encoding) => {
            let (bytes, _, unmappable) = encoding.encode(text);
            (!unmappable).then(|| bytes.into_owned())
        }
    }
}

/// What is not defined becomes U+FFFD.
fn decode_text(bytes: &[u8], charset: Charset) -> String {
    let replace = |c: char, wrong: bool| if wrong { char::REPLACEMENT_CHARACTER } else { c };
    match charset {
        Charset::Ascii => {
            bytes.iter().map(|byte| replace(char::from(*byte), !byte.is_ascii())).collect()
        }
        Charset::Latin1 => bytes.iter().map(|byte| char::from(*byte)).collect(),
        Charset::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
        Charset::Utf16 { big_endian, mark } => decode_utf16(bytes, big_endian, mark),
        Charset::Windows(encoding) => {
            let (text, _) = encoding.decode_without_bom_handling(bytes);
            text.chars().map(|c| replace(c, is_c1(c))).collect()
        }
        Charset::Other(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

const fn is_c1(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9f}')
}

fn decode_utf16(bytes: &[u8], mut big_endian: bool, mark: bool) -> String {
    let mut bytes = bytes;
    if mark {
        match bytes {
            [0xfe, 0xff, rest @ ..] => (bytes, big_endian) = (rest, true),
            [0xff, 0xfe, rest @ ..] => (bytes, big_endian) = (rest, false),
            _ => {}
        }
    }
    let units = bytes.chunks(2).map(|pair| match pair {
        [a, b] if big_endian => u16::from_be_bytes([*a, *b]),
        [a, b] => u16::from_le_bytes([*a, *b]),
        // Half of a unit is nothing that is defined.
        _ => 0xfffd,
    });
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
