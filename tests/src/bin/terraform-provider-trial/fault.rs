//! What goes wrong at a call: `KIND@CALL`, or `KIND@CALL#2` at the second one of that name.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use groma_provider_plugin::serve::{Answer, Request, Response, Service};
use http_body_util::{BodyExt as _, Full};
use tonic::Status;
use tonic::body::Body;

use crate::{end, variable};

/// Does what the provider does, but for one call.
#[derive(Clone)]
pub struct Trial {
    service: Service,
    fault: Option<Arc<Fault>>,
}

struct Fault {
    kind: Kind,
    call: String,
    nth: usize,
    seen: AtomicUsize,
}

#[derive(Clone, Copy)]
enum Kind {
    /// The program is killed before it does anything.
    CrashBefore,
    /// The program is killed once the work is done, before it has answered.
    CrashAfter,
    /// The program says why it ends, as Go's do.
    Panic,
    /// There is no answer, nor any work.
    HangBefore,
    /// There is no answer, but the work is done.
    HangAfter,
    /// An error of gRPC in place of an answer.
    Status,
    /// An answer that is no message.
    Garbage,
    /// A value in the answer that is no MessagePack.
    Msgpack,
    /// A value in the answer of another type.
    WrongType,
    /// An answer of so many megabytes.
    Huge(usize),
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("there is no fault {text:?}");
        let (kind, call) = text.split_once('@').ok_or_else(wrong)?;
        let (call, nth) = call.split_once('#').unwrap_or((call, "1"));
        let kind = match kind {
            "crash-before" => Kind::CrashBefore,
            "crash-after" => Kind::CrashAfter,
            "panic" => Kind::Panic,
            "hang-before" => Kind::HangBefore,
            "hang-after" => Kind::HangAfter,
            "status" => Kind::Status,
            "garbage" => Kind::Garbage,
            "msgpack" => Kind::Msgpack,
            "wrong-type" => Kind::WrongType,
            huge => {
                let size = huge.strip_prefix("huge-").and_then(|size| size.parse().ok());
                Kind::Huge(size.ok_or_else(wrong)?)
            }
        };
        let nth = nth.parse().map_err(|_| wrong())?;
        Ok(Self { kind, call: call.to_owned(), nth, seen: AtomicUsize::new(0) })
    }
}

impl Trial {
    /// With the fault that the environment names.
    pub fn new(service: Service) -> Result<Self, String> {
        let fault = variable("TRIAL_FAULT").map(|text| text.parse()).transpose()?;
        Ok(Self { service, fault: fault.map(Arc::new) })
    }

    /// The fault, if it is this call's turn.
    fn due(&self, request: &Request) -> Option<&Fault> {
        let call = request.uri().path().rsplit('/').next()?;
        let fault = self.fault.as_deref().filter(|fault| fault.call == call)?;
        (fault.seen.fetch_add(1, Ordering::SeqCst) + 1 == fault.nth).then_some(fault)
    }
}

impl Answer for Trial {
    async fn answer(&self, request: Request) -> Response {
        let Some(fault) = self.due(&request) else { return self.service.answer(request).await };
        let early =
            matches!(fault.kind, Kind::CrashBefore | Kind::Panic | Kind::HangBefore | Kind::Status);
        let answer = if early { None } else { Some(self.service.answer(request).await) };
        if let Some(path) = variable("TRIAL_TELL") {
            std::fs::write(path, &fault.call).expect("somebody wants to know");
        }
        let call = &*fault.call;
        match (fault.kind, answer) {
            (Kind::CrashBefore | Kind::CrashAfter, _) => std::process::abort(),
            (Kind::Panic, _) => {
                eprintln!("panic: out of luck\n\ngoroutine 1 [running]:");
                end(2)
            }
            (Kind::HangBefore | Kind::HangAfter, _) => std::future::pending().await,
            (Kind::Status, _) | (_, None) => Status::internal("out of luck").into_http(),
            (Kind::Garbage, Some(answer)) => tampered(answer, &[0xff; 20]).await,
            (Kind::Msgpack, Some(answer)) => tampered(answer, &value(call, &[0xc1])).await,
            (Kind::WrongType, Some(answer)) => tampered(answer, &value(call, &[0x90])).await,
            // A field that nobody knows.
            (Kind::Huge(size), Some(answer)) => {
                tampered(answer, &field(1000, &vec![0; size << 20])).await
            }
        }
    }
}

/// The answer with more at the end of its message, where a field says what holds of it.
async fn tampered(answer: Response, more: &[u8]) -> Response {
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.expect("an answer of this program");
    let trailers = body.trailers().cloned();
    let framed = body.to_bytes();
    // A flag and the length are before the message.
    let message = [framed.get(5..).unwrap_or_default(), more].concat();
    let length = u32::try_from(message.len()).expect("less than 4 GB");
    let framed = [&[0], &length.to_be_bytes()[..], &message].concat();
    let body = Full::new(Bytes::from(framed));
    let body = body.with_trailers(std::future::ready(trailers.map(Ok)));
    Response::from_parts(parts, Body::new(body))
}

/// The field of that call's answer that has a value in it, with this one.
fn value(call: &str, msgpack: &[u8]) -> Vec<u8> {
    let value = field(1, msgpack);
    match call {
        "GetProviderSchema" => field(2, &[field(1, b"trial_thing"), field(2, msgpack)].concat()),
        "ImportResourceState" => field(1, &[field(1, b"trial_thing"), field(2, &value)].concat()),
        "OpenEphemeralResource" => field(3, &value),
        _ => field(1, &value),
    }
}

/// A field of bytes, as protocol buffers have it.
fn field(number: usize, content: &[u8]) -> Vec<u8> {
    let mut bytes = varint((number << 3) | 2);
    bytes.extend(varint(content.len()));
    bytes.extend(content);
    bytes
}

fn varint(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}
