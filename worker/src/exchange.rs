//! The two halves of an exchange with the host, whatever is asked: a request with its signature, and a bounded answer.

use contract::HEADER_REQUEST_ID;
use futures_util::StreamExt;
use js_sys::Uint8Array;
use worker::{Headers, Method, Request, RequestInit, RequestRedirect};

use crate::host_client::HostError;

/// A request to the host with the headers that sign it.
pub(crate) fn signed_request(
    url: &str,
    method: Method,
    signed: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
    request_id: Option<&str>,
) -> Result<Request, HostError> {
    let headers = Headers::new();
    let named = signed.iter().map(|(name, value)| (*name, value.as_str()));
    let request_id = request_id.map(|id| (HEADER_REQUEST_ID, id));
    for (name, value) in named.chain(request_id) {
        headers.set(name, value).map_err(HostError::Unreachable)?;
    }
    let mut init = RequestInit::new();
    // A redirect is never followed: signatures cover the path, and only the host's own word counts.
    init.with_method(method)
        .with_headers(headers)
        .with_redirect(RequestRedirect::Manual);
    if let Some(body) = body {
        init.with_body(Some(Uint8Array::from(body.as_slice()).into()));
    }
    Request::new_with_init(url, &init).map_err(HostError::Unreachable)
}

/// Reads an answer's body of at most so many bytes.
pub(crate) async fn read_bounded(
    response: &mut worker::Response,
    bytes_max: usize,
) -> Result<Vec<u8>, HostError> {
    let declared = response.headers().get("content-length").ok().flatten();
    if declared
        .and_then(|length| length.parse().ok())
        .is_some_and(|length: usize| length > bytes_max)
    {
        // A HEAD may declare the length of a body that does not follow; it is within the bound as well.
        return Err(HostError::TooLarge { bytes_max });
    }
    let mut body = Vec::new();
    // A response without a body has no stream.
    let Ok(mut chunks) = response.stream() else {
        return Ok(body);
    };
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(HostError::Unreachable)?;
        if body.len() + chunk.len() > bytes_max {
            return Err(HostError::TooLarge { bytes_max });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
