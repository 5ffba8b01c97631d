//! Refusing an upgrade.
//!
//! To a stock client an HTTP error at the upgrade looks like a lost connection, and it tries again for ever; only a
//! close code of 4400-4499 stops it. So the Worker accepts the socket itself, closes it at once, and wakes no object.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use worker::{Response, WebSocket, WebSocketPair};

/// A close code and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Close {
    pub(crate) code: u16,
    /// At most 123 bytes.
    pub(crate) reason: Cow<'static, str>,
}

impl Close {
    pub(crate) const fn new(code: u16, reason: &'static str) -> Self {
        Self {
            code,
            reason: Cow::Borrowed(reason),
        }
    }
}

/// The room's object could not be reached.
pub(crate) const TRY_LATER: Close = Close::new(
    room::close::TRY_LATER,
    "the room cannot be reached; try again",
);
/// The client speaks our protocol, and none of its versions is spoken here.
pub(crate) const OTHER_VERSION: Close = Close::new(
    room::close::OTHER_VERSION,
    "too old or too new: reload the page",
);
/// The path names no case.
pub(crate) const MALFORMED: Close = Close::new(room::close::MALFORMED, "this is not a case id");

/// Accepts the upgrade, with what it chooses of the subprotocols offered, and closes it.
pub(crate) fn refuse(close: Close, chosen: Option<&str>) -> worker::Result<Response> {
    let pair = WebSocketPair::new()?;
    pair.server.accept()?;
    pair.server.close(Some(close.code), Some(&*close.reason))?;
    switch_protocols(pair.client, chosen)
}

/// The answer that opens a socket.
pub(crate) fn switch_protocols(
    client: WebSocket,
    chosen: Option<&str>,
) -> worker::Result<Response> {
    let response = Response::from_websocket(client)?;
    if let Some(chosen) = chosen {
        response.headers().set("sec-websocket-protocol", chosen)?;
    }
    Ok(response)
}
