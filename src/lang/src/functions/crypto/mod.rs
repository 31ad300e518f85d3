//! Hashes, UUIDs and decryption.

mod rsa;

use std::fmt::Write as _;

use groma_value::Value;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::encoding::{decode_base64, encode_base64};
use super::filesystem::{clean, expand_home};
use super::{Call, Function, FunctionError, HostError, Parameter, returns};

const STR: Parameter = Parameter::string("str");
const PATH: Parameter = Parameter::string("path");

/// A function that hashes a string with `$digest` and writes the hash by `$encode`.
macro_rules! hash {
    ($name:literal, $description:literal, $digest:ty, $encode:expr) => {
        Function::new($name, $description, &[STR], returns::string, |call| {
            Ok(Value::string($encode(&<$digest>::digest(call.text(0)?.as_bytes()))))
        })
    };
}

/// A function that hashes the content of a file with `$digest` and writes the hash by `$encode`.
macro_rules! file_hash {
    ($name:literal, $description:literal, $digest:ty, $encode:expr) => {
        Function::new($name, $description, &[PATH], returns::string, |call| {
            Ok(Value::string($encode(&<$digest>::digest(file(call)?))))
        })
    };
}

pub(super) const FUNCTIONS: &[Function] = &[
    hash!("base64sha256", "The SHA-256 hash of a string, in Base64.", Sha256, encode_base64),
    hash!("base64sha512", "The SHA-512 hash of a string, in Base64.", Sha512, encode_base64),
    Function::new(
        "bcrypt",
        "A bcrypt hash of a string, different each time, with a cost that is 10 unless given.",
        &[STR],
        returns::string,
        bcrypt,
    )
    .variadic(Parameter::number("cost")),
    file_hash!(
        "filebase64sha256",
        "The SHA-256 hash of a file's content, in Base64.",
        Sha256,
        encode_base64
    ),
    file_hash!(
        "filebase64sha512",
        "The SHA-512 hash of a file's content, in Base64.",
        Sha512,
        encode_base64
    ),
    file_hash!("filemd5", "The MD5 hash of a file's content, in hexadecimal.", Md5, hex),
    file_hash!("filesha1", "The SHA-1 hash of a file's content, in hexadecimal.", Sha1, hex),
    file_hash!("filesha256", "The SHA-256 hash of a file's content, in hexadecimal.", Sha256, hex),
    file_hash!("filesha512", "The SHA-512 hash of a file's content, in hexadecimal.", Sha512, hex),
    hash!("md5", "The MD5 hash of a string, in hexadecimal.", Md5, hex),
    Function::new(
        "rsadecrypt",
        "Decrypts Base64 text that was encrypted with RSA (PKCS #1 v1.5), with a private key in \
         PEM format.",
        &[Parameter::string("ciphertext"), Parameter::string("privatekey")],
        returns::string,
        rsadecrypt,
    ),
    hash!("sha1", "The SHA-1 hash of a string, in hexadecimal.", Sha1, hex),
    hash!("sha256", "The SHA-256 hash of a string, in hexadecimal.", Sha256, hex),
    hash!("sha512", "The SHA-512 hash of a string, in hexadecimal.", Sha512, hex),
    Function::new(
        "uuid",
        "A random UUID, different each time; known at apply only.",
        &[],
        returns::string,
        |call| match random(call)? {
            Some(bytes) => Ok(Value::string(uuid_text(&bytes))),
            None => call.unknown(),
        },
    ),
    Function::new(
        "uuidv5",
        "The UUID of a name within a namespace: `dns`, `url`, `oid`, `x500` or a UUID.",
        &[Parameter::string("namespace"), Parameter::string("name")],
        returns::string,
        uuidv5,
    ),
];

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The content of the file that the argument at 0 names. Other than `file`, these functions give
/// the system's words for what is wrong.
fn file(call: &Call<'_>) -> Result<Vec<u8>, FunctionError> {
    let path = expand_home(call, call.text(0)?)?;
    call.context.host.read_file(&path).map_err(|error| {
        let path = clean(&path);
        FunctionError::new(match error {
            HostError::NotFound(_) => format!("open {path}: no such file or directory"),
            HostError::NotRegular(_) => format!("read {path}: is a directory"),
            HostError::Other(message) => message,
        })
    })
}

/// Sixteen random bytes, if there are any during this phase.
fn random(call: &Call<'_>) -> Result<Option<[u8; 16]>, FunctionError> {
    let Some(bytes) = call.context.host.random(16) else { return Ok(None) };
    let bytes = <[u8; 16]>::try_from(bytes)
        .map_err(|_| FunctionError::new("failed to read random bytes"))?;
    Ok(Some(bytes))
}

fn bcrypt(call: &Call<'_>) -> Result<Value, FunctionError> {
    const LEAST: i64 = 4;
    const MOST: i64 = 31;
    const DEFAULT: i64 = 10;
    if call.args.len() > 2 {
        return Err(FunctionError::new("bcrypt() takes no more than two arguments"));
    }
    let failed =
        |what: String| FunctionError::new(format!("error occurred generating password {what}"));
    let cost = if call.args.len() > 1 { call.integer(1)? } else { DEFAULT };
    // As in Go, a cost that is too low counts as none.
    let cost = if cost < LEAST { DEFAULT } else { cost };
    if cost > MOST {
        return Err(failed(format!(
            "crypto/bcrypt: cost {cost} is outside allowed inclusive range {LEAST}..{MOST}"
        )));
    }
    let password = call.text(0)?.as_bytes();
    if password.len() > 72 {
        return Err(failed("bcrypt: password length exceeds 72 bytes".to_owned()));
    }
    let Some(salt) = random(call)? else { return call.unknown() };
    let hash = bcrypt::hash_with_salt(password, cost.unsigned_abs() as u32, salt)
        .map_err(|error| failed(error.to_string()))?;
    Ok(Value::string(hash.format_for_version(bcrypt::Version::TwoA)))
}

fn rsadecrypt(call: &Call<'_>) -> Result<Value, FunctionError> {
    let text = call.text(0)?.as_str();
    let ciphertext = decode_base64(text).map_err(|_| {
        FunctionError::argument(
            0,
            format!("failed to decode input {text:?}: cipher text must be base64-encoded"),
        )
    })?;
    let key = rsa::PrivateKey::parse(call.text(1)?)
        .map_err(|message| FunctionError::argument(1, message))?;
    let plain = key
        .decrypt(&ciphertext)
        .ok_or_else(|| FunctionError::new("failed to decrypt: crypto/rsa: decryption error"))?;
    Ok(Value::string(String::from_utf8_lossy(&plain).into_owned()))
}

fn uuid_text(bytes: &[u8; 16]) -> String {
    let hex = hex(bytes);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn uuidv5(call: &Call<'_>) -> Result<Value, FunctionError> {
    /// The last part of the first group of the well-known namespaces.
    const NAMESPACES: [(&str, u8); 4] =
        [("dns", 0x10), ("url", 0x11), ("oid", 0x12), ("x500", 0x14)];
    let (namespace, name) = (call.text(0)?.as_str(), call.text(1)?);
    let known = NAMESPACES.iter().find(|(known, _)| *known == namespace);
    let namespace = if let Some((_, last)) = known {
        let mut bytes = *b"\x6b\xa7\xb8\x00\x9d\xad\x11\xd1\x80\xb4\x00\xc0\x4f\xd4\x30\xc8";
        bytes[3] = *last;
        bytes
    } else {
        parse_uuid(namespace).map_err(|problem| {
            FunctionError::new(format!(
                "uuidv5() doesn't support namespace {namespace} ({problem})"
            ))
        })?
    };
    let hash = Sha1::new().chain_update(namespace).chain_update(name.as_bytes()).finalize();
    let mut uuid = [0; 16];
    uuid.copy_from_slice(&hash[..16]);
    uuid[6] = uuid[6] & 0x0f | 0x50;
    uuid[8] = uuid[8] & 0x3f | 0x80;
    Ok(Value::string(uuid_text(&uuid)))
}

/// Plain, in braces, as a URN, or without dashes.
fn parse_uuid(text: &str) -> Result<[u8; 16], String> {
    const FORMAT: &str = "invalid UUID format";
    let dashed = match text.len() {
        32 | 36 => text,
        45 => text
            .get(..9)
            .filter(|prefix| prefix.eq_ignore_ascii_case("urn:uuid:"))
            .map(|_| &text[9..])
            .ok_or_else(|| {
                format!("invalid urn prefix: {:?}", text.get(..9).unwrap_or_default())
            })?,
        38 => text.get(1..37).ok_or(FORMAT)?,
        length => return Err(format!("invalid UUID length: {length}")),
    };
    let bytes = dashed.as_bytes();
    if bytes.len() == 36 && [8, 13, 18, 23].iter().any(|at| bytes[*at] != b'-') {
        return Err(FORMAT.to_owned());
    }
    let digits: Vec<u32> = bytes
        .iter()
        .enumerate()
        .filter(|(at, _)| bytes.len() == 32 || !matches!(at, 8 | 13 | 18 | 23))
        .map(|(_, byte)| char::from(*byte).to_digit(16))
        .collect::<Option<_>>()
        .ok_or(FORMAT)?;
    let mut uuid = [0; 16];
    for (byte, pair) in uuid.iter_mut().zip(digits.chunks(2)) {
        *byte = pair.iter().fold(0, |byte, digit| byte << 4 | *digit as u8);
    }
    Ok(uuid)
}
