//! What a fact says, as bytes: equal things are equal bytes, and a flipped bit is found.
//!
//! ```text
//! object: kind 1, flags, schema version, attributes, sensitive paths, private,
//!         [identity version, identity], [extra]
//! output: kind 2, flags, value, type
//! checks: kind 3, JSON
//! ```
//! Numbers are LEB128; byte strings have their length before them; a CRC-32 of all is at the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_state::v4::{paths_from_json, paths_to_json};
use groma_state::{
    Attributes, CheckObject, CheckResult, CheckStatus, CheckableKind, Dependencies, Identity,
    Object, ObjectStatus, Output, Result, StateError,
};

use crate::error::Failure;

const OBJECT: u8 = 1;
const OUTPUT: u8 = 2;
const CHECKS: u8 = 3;

const TAINTED: u8 = 1;
const CREATE_BEFORE_DESTROY: u8 = 2;
const FLAT: u8 = 4;
const IDENTITY: u8 = 8;
const EXTRA: u8 = 16;

const SENSITIVE: u8 = 1;

struct Writer(Vec<u8>);

impl Writer {
    fn new(kind: u8, capacity: usize) -> Self {
        let mut bytes = Vec::with_capacity(capacity + 32);
        bytes.push(kind);
        Self(bytes)
    }

    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number & 0x7F) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn end(mut self) -> Vec<u8> {
        let sum = crc32fast::hash(&self.0);
        self.0.extend_from_slice(&sum.to_le_bytes());
        self.0
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn new(body: &'a [u8], kind: u8) -> Result<Self, Failure> {
        let (bytes, sum) = body.split_last_chunk::<4>().ok_or_else(torn)?;
        if crc32fast::hash(bytes) != u32::from_le_bytes(*sum) {
            return Err(Failure::corrupt("the checksum of a value does not match"));
        }
        let mut reader = Self(bytes);
        if reader.byte()? == kind { Ok(reader) } else { Err(torn()) }
    }

    fn byte(&mut self) -> Result<u8, Failure> {
        let (first, rest) = self.0.split_first().ok_or_else(torn)?;
        self.0 = rest;
        Ok(*first)
    }

    fn number(&mut self) -> Result<u64, Failure> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(torn())
    }

    fn bytes(&mut self) -> Result<&'a [u8], Failure> {
        let len = usize::try_from(self.number()?).map_err(|_| torn())?;
        let (bytes, rest) = self.0.split_at_checked(len).ok_or_else(torn)?;
        self.0 = rest;
        Ok(bytes)
    }

    fn text(&mut self) -> Result<&'a str, Failure> {
        std::str::from_utf8(self.bytes()?).map_err(|_| torn())
    }
}

fn torn() -> Failure {
    Failure::corrupt("a value is not in its format")
}

/// All of an object but its dependencies.
pub(crate) fn encode_object(object: &Object) -> Result<Vec<u8>> {
    let sensitive = paths_to_json(&object.sensitive_paths)?;
    let flat_json;
    let (attributes, flat): (&[u8], _) = match &object.attributes {
        Attributes::Json(json) => (json, 0),
        Attributes::Flat(map) => {
            flat_json = serde_json::to_vec(&**map).map_err(|e| StateError::Io {
                action: "write",
                path: String::new(),
                source: Box::new(e),
            })?;
            (&flat_json, FLAT)
        }
    };
    let capacity = attributes.len() + sensitive.len() + object.private.len();
    let mut out = Writer::new(OBJECT, capacity);
    let flag = |on: bool, flag: u8| if on { flag } else { 0 };
    out.0.push(
        flat | flag(object.is_tainted(), TAINTED)
            | flag(object.create_before_destroy, CREATE_BEFORE_DESTROY)
            | flag(object.identity.is_some(), IDENTITY)
            | flag(object.extra.is_some(), EXTRA),
    );
    out.number(object.schema_version);
    out.bytes(attributes);
    out.bytes(sensitive.as_bytes());
    out.bytes(&object.private);
    if let Some(identity) = &object.identity {
        out.number(identity.schema_version);
        out.bytes(&identity.json);
    }
    if let Some(extra) = &object.extra {
        out.bytes(extra);
    }
    Ok(out.end())
}

/// Reads what [`encode_object`] wrote.
pub(crate) fn decode_object(body: &[u8], dependencies: Dependencies) -> Result<Object, Failure> {
    let mut body = Reader::new(body, OBJECT)?;
    let flags = body.byte()?;
    let schema_version = body.number()?;
    let attributes = body.bytes()?;
    let attributes = if flags & FLAT == 0 {
        Attributes::Json(attributes.into())
    } else {
        let map: BTreeMap<String, String> =
            serde_json::from_slice(attributes).map_err(|_| torn())?;
        Attributes::Flat(Arc::new(map))
    };
    let sensitive_paths = paths_from_json(body.text()?).map_err(|_| torn())?.into();
    let private = body.bytes()?.into();
    let identity = if flags & IDENTITY == 0 {
        None
    } else {
        Some(Identity { schema_version: body.number()?, json: body.bytes()?.into() })
    };
    let extra = if flags & EXTRA == 0 { None } else { Some(body.bytes()?.into()) };
    let status = if flags & TAINTED == 0 { ObjectStatus::Ready } else { ObjectStatus::Tainted };
    Ok(Object {
        status,
        schema_version,
        attributes,
        sensitive_paths,
        identity,
        private,
        dependencies,
        create_before_destroy: flags & CREATE_BEFORE_DESTROY != 0,
        extra,
    })
}

/// An output value.
pub(crate) fn encode_output(output: &Output) -> Result<Vec<u8>> {
    let (value, ty) = output.encode()?;
    let mut out = Writer::new(OUTPUT, value.len() + ty.len());
    out.0.push(if output.sensitive { SENSITIVE } else { 0 });
    out.bytes(&value);
    out.bytes(ty.as_bytes());
    Ok(out.end())
}

/// Reads what [`encode_output`] wrote.
pub(crate) fn decode_output(body: &[u8]) -> Result<Output, Failure> {
    let mut body = Reader::new(body, OUTPUT)?;
    let sensitive = body.byte()? & SENSITIVE != 0;
    let (value, ty) = (body.bytes()?, body.text()?);
    Output::decode(value, ty, sensitive).map_err(|_| torn())
}

/// The results of all conditions.
pub(crate) fn encode_checks(checks: &[CheckResult]) -> Vec<u8> {
    let mut out = Writer::new(CHECKS, 64 * checks.len());
    out.number(checks.len() as u64);
    for check in checks {
        out.bytes(check.kind.as_str().as_bytes());
        out.bytes(check.config_addr.as_bytes());
        out.bytes(check.status.as_str().as_bytes());
        out.number(check.objects.len() as u64);
        for object in &check.objects {
            out.bytes(object.object_addr.as_bytes());
            out.bytes(object.status.as_str().as_bytes());
            out.number(object.failure_messages.len() as u64);
            for message in &object.failure_messages {
                out.bytes(message.as_bytes());
            }
        }
    }
    out.end()
}

/// Reads what [`encode_checks`] wrote.
pub(crate) fn decode_checks(body: &[u8]) -> Result<Arc<[CheckResult]>, Failure> {
    let mut body = Reader::new(body, CHECKS)?;
    let status = |text: &str| CheckStatus::parse(text).ok_or_else(torn);
    let mut checks = Vec::new();
    for _ in 0..body.number()? {
        let kind = CheckableKind::parse(body.text()?).ok_or_else(torn)?;
        let config_addr = body.text()?.into();
        let mut check =
            CheckResult { kind, config_addr, status: status(body.text()?)?, objects: Vec::new() };
        for _ in 0..body.number()? {
            let object_addr = body.text()?.into();
            let status = status(body.text()?)?;
            let failure_messages = (0..body.number()?)
                .map(|_| body.text().map(str::to_owned))
                .collect::<Result<_, _>>()?;
            check.objects.push(CheckObject { object_addr, status, failure_messages });
        }
        checks.push(check);
    }
    Ok(checks.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_flipped_bit_is_found() {
        let object = Object { private: Arc::from([1, 2]), ..Object::new(300, *b"{\"a\":1}") };
        let body = encode_object(&object).unwrap();
        assert_eq!(decode_object(&body, Dependencies::none()).unwrap(), object);
        for at in 0..body.len() {
            for bit in 0..8 {
                let mut torn = body.clone();
                torn[at] ^= 1 << bit;
                assert!(decode_object(&torn, Dependencies::none()).is_err());
            }
            assert!(decode_object(&body[..at], Dependencies::none()).is_err());
        }
    }

    #[test]
    fn numbers_of_any_size() {
        for number in [0, 0x7F, 0x80, u64::from(u32::MAX), u64::MAX] {
            let object = Object::new(number, *b"{}");
            let body = encode_object(&object).unwrap();
            assert_eq!(decode_object(&body, Dependencies::none()).unwrap().schema_version, number);
        }
    }
}
