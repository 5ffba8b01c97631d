//! Refusing an upgrade.
//!
//! To a stock client an HTTP error at the upgrade looks like a lost connection, and it tries again for ever; only a
//! close code of 4400-4499 stops it. So the Worker accepts the socket itself, closes it at once, and wakes no object.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use worker::{Response, WebSocketPair};

use crate::access::Refused;

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
/// The path names no case.
pub(crate) const MALFORMED: Close = Close::new(room::close::MALFORMED, "this is not a case id");

impl From<Refused> for Close {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::SignIn => Self::new(room::close::SIGN_IN, "sign in"),
            Refused::NotAllowed => Self::new(room::close::NOT_ALLOWED, "not allowed from here"),
        }
    }
}

/// Accepts the upgrade and closes it.
pub(crate) fn refuse(close: Close) -> worker::Result<Response> {
    let pair = WebSocketPair::new()?;
    pair.server.accept()?;
    pair.server.close(Some(close.code), Some(&*close.reason))?;
    Response::from_websocket(pair.client)
}
