//! What the Worker asks an object: the requests that pass between the two, in one place.
//!
//! The Worker makes them from nothing, so no header of a visitor can reach an object under one of these names.

use contract::{EdgeOrder, HEADER_NONCE, HEADER_REQUEST_ID, Nonce, is_request_id};
use worker::{Headers, Method, Request, RequestInit, Response, Result};

use crate::refusal::Close;

/// The visitor's name.
const HEADER_USER: &str = "x-glossator-user";

/// Objects are addressed by name; the URL's authority means nothing.
const BASE: &str = "https://room.invalid";

/// A request to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Inside {
    /// Accept a socket of this user.
    Sync { user: String },
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
            Self::Sync { user } => {
                headers.set("upgrade", "websocket")?;
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
            }),
            "/report" => Some(Self::Report),
            path => Some(Self::Order {
                order: EdgeOrder::parse(path.strip_prefix("/orders/")?)?,
                nonce: Nonce::parse(&header(HEADER_NONCE)?).ok()?,
            }),
        }
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
