//! An exchange with the host, whatever is asked: a request with its signature, and a bounded answer, within a time limit.
//!
//! What crosses the border to JavaScript costs as much as the work itself, so it is little: a request is made in one piece.

use std::{collections::BTreeMap, pin::pin, time::Duration};

use contract::HEADER_REQUEST_ID;
use futures_util::future::{Either, select};
use js_sys::{JSON, Promise, Uint8Array};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, AbortSignal, Headers, ReadableStreamGetReaderOptions,
    ReadableStreamReaderMode, RequestInit, Response,
};
use worker::{Delay, Method};

use crate::host_client::HostError;

/// How long one exchange may take. The room counts it as lost a few seconds later.
pub(crate) const TIME_LIMIT: Duration = Duration::from_secs(10);

/// How much of an answer is read at once that does not say how long it is.
const READ_AT_ONCE_BYTES: usize = 64 * 1024;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &RequestInit) -> Result<Promise, JsValue>;

    /// A body as the platform keeps it.
    type Body;

    #[wasm_bindgen(catch, method, js_name = getReader)]
    fn reader(this: &Body, options: &ReadableStreamGetReaderOptions) -> Result<Reader, JsValue>;

    type Reader;

    /// Reads into an array that is then the platform's: all of it, or less if nothing follows. The platform's own, not the
    /// Web's, which has no way to wait for more than the next piece.
    #[wasm_bindgen(catch, method, js_name = readAtLeast)]
    fn read_at_least(this: &Reader, bytes_min: u32, into: &Uint8Array) -> Result<Promise, JsValue>;

    type Piece;

    /// Absent, or empty, if nothing was left.
    #[wasm_bindgen(method, getter)]
    fn value(this: &Piece) -> Option<Uint8Array>;
}

/// A request to the host.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: &'a Method,
    pub(crate) url: &'a str,
    /// The headers that sign it.
    pub(crate) signed: Vec<(&'static str, String)>,
    /// The id under which it is followed.
    pub(crate) request_id: Option<&'a str>,
    pub(crate) body: Option<Vec<u8>>,
}

/// What came back. Nothing of it is believed yet.
pub(crate) struct Incoming {
    pub(crate) status: u16,
    headers: Headers,
    pub(crate) body: Vec<u8>,
}

impl Incoming {
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).ok().flatten()
    }
}

/// Does something that is ended by a real abort after the time limit, or when it has failed. All that `work` awaits is
/// within the limit, the platform's hashing as well as the host.
pub(crate) async fn in_time<T>(
    work: impl AsyncFnOnce(&AbortSignal) -> Result<T, HostError>,
) -> Result<T, HostError> {
    // Not `AbortSignal.timeout`: its timer cannot be stopped, and keeps the object in memory long after the answer.
    let controller = AbortController::new().map_err(not_reached)?;
    let signal = controller.signal();
    let outcome = match select(pin!(work(&signal)), Delay::from(TIME_LIMIT)).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(((), _)) => Err(HostError::TimedOut),
    };
    if outcome.is_err() {
        // Dropping the future does not stop the request.
        controller.abort();
    }
    outcome
}

/// Sends a request, and reads its answer, of whose body there may be so many bytes.
pub(crate) async fn send(
    request: Outgoing<'_>,
    bytes_max: usize,
    signal: &AbortSignal,
) -> Result<Incoming, HostError> {
    let head = request.head();
    let head = head.map_err(|error| HostError::Unreachable(error.into()))?;
    let init = JSON::parse(&head).map_err(not_reached)?;
    let init: RequestInit = init.unchecked_into();
    init.set_signal(Some(signal));
    if let Some(body) = request.body {
        // The platform has its own then, and this one is free before the host has answered.
        init.set_body(&Uint8Array::from(body.as_slice()));
    }
    let response = fetch(request.url, &init).map_err(not_reached)?;
    let response = JsFuture::from(response).await.map_err(not_reached)?;
    let response: Response = response.unchecked_into();
    let headers = response.headers();
    let body = read_bounded(&response, &headers, bytes_max).await?;
    Ok(Incoming {
        status: response.status(),
        headers,
        body,
    })
}

impl Outgoing<'_> {
    /// All but the body, as JSON.
    fn head(&self) -> serde_json::Result<String> {
        #[derive(Serialize)]
        struct Head<'a> {
            method: &'a str,
            headers: BTreeMap<&'static str, &'a str>,
            redirect: &'static str,
        }
        let signed = self
            .signed
            .iter()
            .map(|(name, value)| (*name, value.as_str()));
        let request_id = self.request_id.map(|id| (HEADER_REQUEST_ID, id));
        let head = Head {
            method: self.method.as_ref(),
            headers: signed.chain(request_id).collect(),
            // Never followed: signatures cover the path, and only the host's own word counts.
            redirect: "manual",
        };
        serde_json::to_string(&head)
    }
}

/// Reads an answer's body, and not more than so many bytes of it, whatever it says of its length. If that is true it is read
/// in one piece: every other one is a promise.
async fn read_bounded(
    response: &Response,
    headers: &Headers,
    bytes_max: usize,
) -> Result<Vec<u8>, HostError> {
    let declared = headers.get("content-length").ok().flatten();
    let declared: Option<usize> = declared.and_then(|length| length.parse().ok());
    if declared.is_some_and(|length| length > bytes_max) {
        // A HEAD may declare the length of a body that does not follow; it is within the bound as well.
        return Err(HostError::TooLarge { bytes_max });
    }
    let mut bytes = Vec::new();
    // Most answers have none.
    let Some(body) = response.body().filter(|_| declared != Some(0)) else {
        return Ok(bytes);
    };
    let options = ReadableStreamGetReaderOptions::new();
    options.set_mode(ReadableStreamReaderMode::Byob);
    let body: Body = body.unchecked_into();
    let reader = body.reader(&options).map_err(not_reached)?;
    loop {
        // One more than there should be, to see that nothing follows.
        let left = bytes_max + 1 - bytes.len();
        let wanted = declared
            .map_or(READ_AT_ONCE_BYTES, |length| length + 1)
            .min(left);
        let wanted = u32::try_from(wanted).unwrap_or(u32::MAX);
        let into = Uint8Array::new_with_length(wanted);
        let piece = reader.read_at_least(wanted, &into).map_err(not_reached)?;
        let piece: Piece = JsFuture::from(piece)
            .await
            .map_err(not_reached)?
            .unchecked_into();
        let piece = piece
            .value()
            .map(|piece| piece.to_vec())
            .unwrap_or_default();
        let is_last = piece.len() < wanted as usize;
        if bytes.is_empty() {
            bytes = piece;
        } else {
            bytes.extend(piece);
        }
        if bytes.len() > bytes_max {
            return Err(HostError::TooLarge { bytes_max });
        }
        if is_last {
            return Ok(bytes);
        }
    }
}

fn not_reached(error: JsValue) -> HostError {
    HostError::Unreachable(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_says_who_signed_it_and_follows_nobody_elsewhere() {
        let request = Outgoing {
            method: &Method::Put,
            url: "https://host.example/snapshots/a",
            signed: vec![("x-glossator-key", "a\"b".to_owned())],
            request_id: Some("0a"),
            body: None,
        };
        let head: serde_json::Value = serde_json::from_str(&request.head().unwrap()).unwrap();
        let expected = serde_json::json!({
            "method": "PUT",
            "headers": { "x-glossator-key": "a\"b", "x-request-id": "0a" },
            "redirect": "manual",
        });
        assert_eq!(head, expected);
    }
}
