//! Text formats: Base64, CSV, gzip, JSON, character sets, URLs, YAML.

mod base64;
mod charset;
mod csv;
mod gzip;
mod json;
mod yaml;

use std::fmt::Write as _;

use groma_value::{Type, Value};

pub(super) use self::base64::{decode as decode_base64, encode as encode_base64};
use super::sensitive::redact;
use super::{Call, Function, FunctionError, Parameter, returns};

const STR: Parameter = Parameter::string("str");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "base64decode",
        "Decodes Base64 to a string, which must be UTF-8.",
        &[STR.marked()],
        returns::string,
        base64decode,
    ),
    Function::new(
        "base64encode",
        "Encodes the UTF-8 bytes of a string in Base64.",
        &[STR],
        returns::string,
        |call| Ok(Value::string(encode_base64(call.text(0)?.as_bytes()))),
    ),
    Function::new(
        "base64gzip",
        "Compresses the UTF-8 bytes of a string with gzip and encodes the result in Base64.",
        &[STR],
        returns::string,
        |call| Ok(Value::string(encode_base64(&gzip::compress(call.text(0)?.as_bytes())))),
    ),
    Function::new(
        "csvdecode",
        "Reads CSV whose first line names the columns, and gives a list with an object per line.",
        &[STR],
        csv::ty,
        csv::decode,
    ),
    Function::new(
        "jsondecode",
        "Reads JSON and gives the value that it stands for.",
        &[STR],
        json::decoded_type,
        json::decode,
    )
    .nullable(),
    Function::new(
        "jsonencode",
        "Writes a value as JSON.",
        &[Parameter::any("val").dynamic().nullable().unknown()],
        returns::string,
        json::encode,
    ),
    Function::new(
        "textdecodebase64",
        "Decodes Base64 to a string that is in a given character encoding.",
        &[
            Parameter::string("source").described("The Base64 text."),
            Parameter::string("encoding").described("The IANA name of the character encoding."),
        ],
        returns::string,
        charset::decode,
    ),
    Function::new(
        "textencodebase64",
        "Encodes a string in a given character encoding and then in Base64.",
        &[
            Parameter::string("string").described("The text to encode."),
            Parameter::string("encoding").described("The IANA name of the character encoding."),
        ],
        returns::string,
        charset::encode,
    ),
    Function::new(
        "urlencode",
        "Writes a string so that it can stand in the query of a URL.",
        &[STR],
        returns::string,
        |call| Ok(Value::string(url_query(call.text(0)?))),
    ),
    Function::new(
        "yamldecode",
        "Reads a YAML document and gives the value that it stands for.",
        &[Parameter::string("src")],
        |_| Ok(Type::Dynamic),
        yaml::decode,
    )
    .nullable(),
    Function::new(
        "yamlencode",
        "Writes a value as YAML, in block style.",
        &[Parameter::any("value").dynamic().nullable().unknown()],
        returns::string,
        yaml::encode,
    ),
];

fn base64decode(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (text, marks) = (call.text(0)?, call.value(0)?.marks());
    let bytes = decode_base64(text).map_err(|_| {
        FunctionError::new(format!("failed to decode base64 data {}", redact(text, marks)))
    })?;
    let text = String::from_utf8(bytes).map_err(|_| {
        FunctionError::new("the result of decoding the provided string is not valid UTF-8")
    })?;
    Ok(Value::string(text).with_marks(marks))
}

/// As Go's `url.QueryEscape`: a space is a plus sign.
fn url_query(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
