//! What an upgrade offers in `Sec-WebSocket-Protocol`: subprotocols, and among them, since a browser can send no other
//! header, a ticket or a resume token.

use std::fmt;

use crate::{
    limits::{SUBPROTOCOLS_BYTES_MAX, SUBPROTOCOLS_MAX},
    token::TokenKind,
};

/// What an upgrade offers. `Debug` hides the token.
#[derive(Clone, PartialEq, Eq)]
pub struct Subprotocols<'a> {
    names: Vec<&'a str>,
    token: Option<&'a str>,
}

impl<'a> Subprotocols<'a> {
    /// Reads the header. A token is recognised by the kind that it begins with, and by that alone: nothing of it is
    /// believed here. Anything that is no token stays a subprotocol, whatever it is.
    ///
    /// # Errors
    /// If it is too long, offers too much, or holds more than one token.
    pub fn of(header: Option<&'a str>) -> Result<Self, MalformedSubprotocols> {
        let header = header.unwrap_or_default();
        if header.len() > SUBPROTOCOLS_BYTES_MAX {
            return Err(MalformedSubprotocols);
        }
        let mut offered = Self {
            names: Vec::new(),
            token: None,
        };
        let names = header.split(',').map(|name| name.trim_matches([' ', '\t']));
        for (index, name) in names.filter(|name| !name.is_empty()).enumerate() {
            let is_token = TokenKind::of(name)
                .is_some_and(|kind| matches!(kind, TokenKind::Ticket | TokenKind::Resume));
            if index == SUBPROTOCOLS_MAX || (is_token && offered.token.is_some()) {
                return Err(MalformedSubprotocols);
            }
            if is_token {
                offered.token = Some(name);
            } else {
                offered.names.push(name);
            }
        }
        Ok(offered)
    }

    /// The subprotocols proper, in the order of preference. Only one of them may be chosen: an answer must never repeat
    /// a token.
    pub fn names(&self) -> &[&'a str] {
        &self.names
    }

    /// The ticket or resume token, if there is one.
    pub fn token(&self) -> Option<&'a str> {
        self.token
    }
}

impl fmt::Debug for Subprotocols<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subprotocols")
            .field("names", &self.names)
            .field("token", &self.token.map(|_| ".."))
            .finish()
    }
}

/// The header cannot be an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an upgrade offers at most {SUBPROTOCOLS_MAX} subprotocols in {SUBPROTOCOLS_BYTES_MAX} bytes, one of them a token"
)]
pub struct MalformedSubprotocols;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subprotocols_keep_their_order_and_a_token_is_set_apart() {
        let offered =
            Subprotocols::of(Some(" glossator.v2,ticket.1.k.p.s , glossator.v1,")).unwrap();
        assert_eq!(offered.names(), ["glossator.v2", "glossator.v1"]);
        assert_eq!(offered.token(), Some("ticket.1.k.p.s"));

        let resumed = Subprotocols::of(Some("resume.9.k")).unwrap();
        assert_eq!(resumed.names(), [""; 0]);
        assert_eq!(resumed.token(), Some("resume.9.k"));
    }

    #[test]
    fn what_is_no_token_of_a_browser_is_a_subprotocol() {
        for name in ["ticket", "tickets.1.k", "Ticket.1.k", "client.1.k.p.s", "y"] {
            let offered = Subprotocols::of(Some(name)).unwrap();
            assert_eq!((offered.names(), offered.token()), (&[name][..], None));
        }
        for nothing in [None, Some(""), Some(" , ,")] {
            let offered = Subprotocols::of(nothing).unwrap();
            assert_eq!((offered.names(), offered.token()), (&[][..], None));
        }
    }

    #[test]
    fn two_tokens_or_too_much_of_anything_are_refused() {
        let many = ["y"; SUBPROTOCOLS_MAX + 1].join(",");
        let long = "y".repeat(SUBPROTOCOLS_BYTES_MAX + 1);
        for header in [
            "ticket.1.a,ticket.1.a",
            "ticket.1.a,y,resume.1.a",
            &many,
            &long,
        ] {
            let refused = Subprotocols::of(Some(header));
            assert_eq!(refused, Err(MalformedSubprotocols), "{header}");
        }
    }

    #[test]
    fn debug_does_not_show_a_token() {
        let shown = format!("{:?}", Subprotocols::of(Some("ticket.1.k.secret.s")));
        assert!(!shown.contains("secret"), "{shown}");
    }
}
