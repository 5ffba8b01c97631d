//! What the Worker asks an object: the requests that pass between the two, in one place.
//!
//! The Worker makes them from nothing, so no header of a visitor can reach an object under one of these names.

use contract::{EdgeOrder, HEADER_NONCE, HEADER_REQUEST_ID, Nonce, is_request_id};
use room::{Protocol, glossator::SUBPROTOCOL};
use worker::{Headers, Method, Request, RequestInit, Response, Result};

use crate::refusal::Close;

/// The visitor's name.
const HEADER_USER: &str = "x-glossator-user";
/// What the socket shall speak: the name of our subprotocol, or nothing.
const HEADER_PROTOCOL: &str = "sec-websocket-protocol";

/// Objects are addressed by name; the URL's authority means nothing.
const BASE: &str = "https://room.invalid";

/// A request to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Inside {
    /// Accept a socket of this user.
    Sync { user: String, protocol: Protocol },
    /// Say how the room is.
    Report,
    /// Carry out an order of the host.
    Order { order: EdgeOrder, nonce: Nonce },
}

impl Inside {
    /// Writes the request.
    pub(crate) fn write(&self, request_id: &str) -> Result<Request> {
        let headers = Headers::new();
        headers.set(HEADER_REQUEST_ID, request_id)?;
        let (method, path) = match self {
            Self::Sync { user, protocol } => {
                headers.set("upgrade", "websocket")?;
                if let Some(name) = subprotocol_of(*protocol) {
                    headers.set(HEADER_PROTOCOL, name)?;
                }
                // Header values are bytes of Latin-1; JSON's escapes carry every name through.
                headers.set(HEADER_USER, &ascii_json(user))?;
                (Method::Get, "/sync".to_owned())
            }
            Self::Report => (Method::Get, "/report".to_owned()),
            Self::Order { order, nonce } => {
                headers.set(HEADER_NONCE, &nonce.to_string())?;
                (Method::Post, format!("/orders/{}", order.name()))
            }
        };
        let mut init = RequestInit::new();
        init.with_method(method).with_headers(headers);
        Request::new_with_init(&format!("{BASE}{path}"), &init)
    }

    /// Reads what `write` wrote; absent for anything else.
    pub(crate) fn read(request: &Request) -> Option<Self> {
        let header = |name: &str| request.headers().get(name).ok().flatten();
        let path = request.path();
        match path.as_str() {
            "/sync" => Some(Self::Sync {
                user: serde_json::from_str(&header(HEADER_USER)?).ok()?,
                protocol: match header(HEADER_PROTOCOL).as_deref() {
                    None => Protocol::Stock,
                    Some(SUBPROTOCOL) => Protocol::Glossator,
                    Some(_) => return None,
                },
            }),
            "/report" => Some(Self::Report),
            path => Some(Self::Order {
                order: EdgeOrder::parse(path.strip_prefix("/orders/")?)?,
                nonce: Nonce::parse(&header(HEADER_NONCE)?).ok()?,
            }),
        }
    }
}

/// The name under which the answer to an upgrade says that this is spoken.
pub(crate) fn subprotocol_of(protocol: Protocol) -> Option<&'static str> {
    match protocol {
        Protocol::Stock => None,
        Protocol::Glossator => Some(SUBPROTOCOL),
    }
}

/// The status with which an object refuses a socket; the body says how it shall be closed.
const REFUSED: u16 = 409;

/// Refuses a socket. The Worker closes it in the object's stead.
pub(crate) fn refuse(close: &Close) -> Result<Response> {
    Ok(Response::from_json(close)?.with_status(REFUSED))
}

/// Reads what `refuse` wrote; absent for any other answer.
pub(crate) async fn read_refusal(mut response: Response) -> Option<Close> {
    if response.status_code() != REFUSED {
        return None;
    }
    response.json().await.ok()
}

/// The id under which a request is followed, if it has a usable one.
pub(crate) fn request_id(headers: &Headers) -> Option<String> {
    headers
        .get(HEADER_REQUEST_ID)
        .ok()
        .flatten()
        .filter(|id| is_request_id(id))
}

/// A JSON string of ASCII characters only.
fn ascii_json(text: &str) -> String {
    let mut json = String::from("\"");
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte @ b' '..=b'~') if byte != b'"' && byte != b'\\' => json.push(char::from(byte)),
            Ok(_) | Err(_) => json.push_str(&format!("\\u{unit:04x}")),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_passes_through_a_header_as_ascii() {
        for name in ["anonymous", "Zoë \"Q\" \\ 🎓", "日本"] {
            let json = ascii_json(name);
            assert!(json.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), name);
        }
    }
}
