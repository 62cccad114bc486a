//! What is answered: always 200, always JSON with `func` and `ret_code`.

use std::borrow::Cow;

use hyper::StatusCode;
use serde::Serialize;
use serde_json::Value;

use super::{access::Refusal, code::minor_text};
use crate::answer::{self, Answer};

/// An answer.
pub(super) fn json(content: &impl Serialize) -> Answer {
    answer::json(StatusCode::OK, content)
}

/// A value; our own types can always be written.
pub(super) fn value(content: impl Serialize) -> Value {
    serde_json::to_value(content).unwrap_or_default()
}

/// The answer of `func` when it is not done.
pub(super) fn refused(func: &'static str, refusal: Refusal, version: &str) -> Value {
    let Refusal { fault, words } = refusal;
    value(Refused {
        func,
        last_error: fault.minor,
        message: words.unwrap_or(fault.major.words()),
        message2: minor_text(fault.minor),
        ret_code: fault.major.code(),
        server_version: version,
        // Pages take the length of it even of a fault.
        slots: (func == "pkcs11info").then_some([]),
    })
}

#[derive(Serialize)]
struct Refused<'a> {
    func: &'a str,
    last_error: i32,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message2: Option<Cow<'a, str>>,
    ret_code: u32,
    #[serde(rename = "serverVersion")]
    server_version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    slots: Option<[u8; 0]>,
}
