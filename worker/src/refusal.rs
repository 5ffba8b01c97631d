//! Refusing an upgrade.
//!
//! To a stock client an HTTP error at the upgrade looks like a lost connection, and it tries again for ever; only a
//! close code of 4400-4499 stops it. So the Worker accepts the socket itself, closes it at once, and wakes no object.

use worker::{Response, WebSocketPair};

use crate::access::Refused;

/// A close code and what it says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Close {
    pub(crate) code: u16,
    pub(crate) reason: &'static str,
}

/// The room's object could not be reached.
pub(crate) const TRY_LATER: Close = Close {
    code: room::close::TRY_LATER,
    reason: "the room cannot be reached; try again",
};
/// The path names no case.
pub(crate) const MALFORMED: Close = Close {
    code: room::close::MALFORMED,
    reason: "this is not a case id",
};

impl From<Refused> for Close {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::SignIn => Self {
                code: room::close::SIGN_IN,
                reason: "sign in",
            },
            Refused::NotAllowed => Self {
                code: room::close::NOT_ALLOWED,
                reason: "not allowed from here",
            },
        }
    }
}

/// Accepts the upgrade and closes it.
pub(crate) fn refuse(close: Close) -> worker::Result<Response> {
    let pair = WebSocketPair::new()?;
    pair.server.accept()?;
    pair.server.close(Some(close.code), Some(close.reason))?;
    Response::from_websocket(pair.client)
}
