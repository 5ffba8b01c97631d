//! What the Worker asks an object: the requests that pass between the two, in one place.
//!
//! The Worker makes them from nothing, so no header of a visitor can reach an object under one of these names.

use contract::{EdgeOrder, HEADER_NONCE, HEADER_REQUEST_ID, Nonce, is_request_id};
use js_sys::Uint8Array;
use room::{Protocol, glossator::SUBPROTOCOL};
use serde::Serialize;
use web_sys::RequestInit;
use worker::{Headers, Request, Response, Result};

use crate::{door::Visitor, refusal::Close};

/// The visitor's name.
const HEADER_USER: &str = "x-glossator-user";
/// What the visitor proved that they may do, as JSON.
const HEADER_AUTHORITY: &str = "x-glossator-authority";
/// What the socket shall speak: the name of our subprotocol, or nothing.
const HEADER_PROTOCOL: &str = "sec-websocket-protocol";

/// Objects are addressed by name; the URL's authority means nothing.
const BASE: &str = "https://room.invalid";

/// A request to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Inside {
    /// Accept a socket of this person.
    Sync {
        visitor: Visitor,
        protocol: Protocol,
    },
    /// Say how the room is.
    Report,
    /// Say who made and took away what, to this person.
    Authorship { visitor: Visitor },
    /// Carry out an order of the host.
    Order {
        order: EdgeOrder,
        nonce: Nonce,
        body: Vec<u8>,
    },
}

impl Inside {
    /// Writes the request.
    pub(crate) fn write(&self, request_id: &str) -> Result<web_sys::Request> {
        let headers = Headers::new();
        headers.set(HEADER_REQUEST_ID, request_id)?;
        let init = RequestInit::new();
        let path = match self {
            Self::Sync { visitor, protocol } => {
                headers.set("upgrade", "websocket")?;
                if let Some(name) = subprotocol_of(*protocol) {
                    headers.set(HEADER_PROTOCOL, name)?;
                }
                write_visitor(&headers, visitor)?;
                "/sync".to_owned()
            }
            Self::Report => "/report".to_owned(),
            Self::Authorship { visitor } => {
                write_visitor(&headers, visitor)?;
                "/authorship".to_owned()
            }
            Self::Order { order, nonce, body } => {
                headers.set(HEADER_NONCE, &nonce.to_string())?;
                if !body.is_empty() {
                    init.set_body(&Uint8Array::from(body.as_slice()));
                }
                init.set_method("POST");
                format!("/orders/{}", order.name())
            }
        };
        init.set_headers(&headers.0);
        let url = format!("{BASE}{path}");
        Ok(web_sys::Request::new_with_str_and_init(&url, &init)?)
    }

    /// Reads what `write` wrote; absent for anything else.
    pub(crate) async fn read(request: &mut Request) -> Option<Self> {
        let header = |name: &str| request.headers().get(name).ok().flatten();
        let path = request.path();
        match path.as_str() {
            "/sync" => Some(Self::Sync {
                visitor: read_visitor(request.headers())?,
                protocol: match header(HEADER_PROTOCOL).as_deref() {
                    None => Protocol::Stock,
                    Some(SUBPROTOCOL) => Protocol::Glossator,
                    Some(_) => return None,
                },
            }),
            "/authorship" => Some(Self::Authorship {
                visitor: read_visitor(request.headers())?,
            }),
            "/report" => Some(Self::Report),
            path => {
                let order = EdgeOrder::parse(path.strip_prefix("/orders/")?)?;
                Some(Self::Order {
                    order,
                    nonce: Nonce::parse(&header(HEADER_NONCE)?).ok()?,
                    body: match order.body_bytes_max() {
                        0 => Vec::new(),
                        _ => request.bytes().await.ok()?,
                    },
                })
            }
        }
    }
}

/// Header values are bytes of Latin-1; JSON's escapes carry every name through.
fn write_visitor(headers: &Headers, visitor: &Visitor) -> Result<()> {
    headers.set(HEADER_USER, &ascii_json(&visitor.user)?)?;
    headers.set(HEADER_AUTHORITY, &ascii_json(&visitor.authority)?)
}

/// Absent if anything of them is, or cannot be read: nobody comes in without an authority.
fn read_visitor(headers: &Headers) -> Option<Visitor> {
    let header = |name| headers.get(name).ok().flatten();
    Some(Visitor {
        user: serde_json::from_str(&header(HEADER_USER)?).ok()?,
        authority: serde_json::from_str(&header(HEADER_AUTHORITY)?).ok()?,
    })
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

/// JSON of ASCII characters only. Whatever is not ASCII stands within a string, where it can be escaped.
fn ascii_json(value: &impl Serialize) -> Result<String> {
    let json = serde_json::to_string(value)?;
    let mut ascii = String::with_capacity(json.len());
    for unit in json.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte @ b' '..=b'~') => ascii.push(char::from(byte)),
            Ok(_) | Err(_) => ascii.push_str(&format!("\\u{unit:04x}")),
        }
    }
    Ok(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_passes_through_a_header_as_ascii() {
        for name in ["anonymous", "Zoë \"Q\" \\ 🎓", "日本", "a\u{7f}\n\0b"] {
            let json = ascii_json(&name).unwrap();
            assert!(json.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), name);
        }
    }
}
