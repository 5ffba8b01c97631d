//! Tokens: by what they hold, people come in. There are three kinds.
//!
//! - A **ticket** is issued by the host to a page for one case: good for one opening (or one renewal) within 60 s, and
//!   then for an authority of at most 15 min.
//! - A **resume token** is handed out by the room to who is in: it continues the authority of the ticket, to the same
//!   end and no longer, so that a socket that was cut comes back without the host.
//! - A **client token** is issued by the host to a program (`?token=`): it may be used again, for at most 24 h, and is
//!   listed and revoked by its id.
//!
//! Every token is an upper limit. What changed since it was issued is known to the room, and counts.
//!
//! # The text
//!
//! `kind.1.key.payload.signature`, of at most `TOKEN_BYTES_MAX` bytes: characters that a header's token and a URL's
//! query both take as they are. `kind` is `ticket`, `resume` or `client`, and `1` the version of the format. `payload`
//! and `signature` are base64url without padding, in the one spelling that an encoder writes. The payload is lines of
//! UTF-8, in this order:
//!
//! | ticket            | resume            | client            |
//! |-------------------|-------------------|-------------------|
//! | id                | id                | id                |
//! | case              | case              | case              |
//! | role              | role              | role              |
//! | issued            | granted           | issued            |
//! | open until        |                   |                   |
//! | authority until   | authority until   | authority until   |
//! | origin            | origin            |                   |
//! | user              | user              | user              |
//! | name              | name              | name              |
//! | region, if known  | region, if known  | region, if known  |
//!
//! What is not known of the region is a line less, so that a token without one is the same as before there were any.
//! Times are milliseconds since the Unix epoch. No field can hold a line break.
//!
//! # The signature
//!
//! It covers `glossator-token`, a line break, and the text in front of its last dot, character by character: kind,
//! version, key and payload are all in it, and nothing is written anew in order to be verified. No field names an
//! algorithm. Tickets and client tokens are signed with Ed25519 by a key that the host alone has, and verified by the
//! key of that id among `TICKET_PUBLIC_KEYS`: here, or by whoever is handed the [`Claim`] of a [`Sealed`] token, as the
//! Worker hands it to the platform at its door. Resume tokens are made and read by the Worker alone, so they carry an
//! HMAC-SHA-256 under a secret of its own, `RESUME_KEYS`: a key that the host had could not make them, and one that
//! signs with Ed25519 would put the signing, and a second key pair, into the Worker, for nobody else to verify. An id
//! in one list means nothing in the other.
//!
//! # What is left to the room
//!
//! A token proves what was said when it was made. The room knows what has happened since, and judges:
//!
//! - whether a ticket is used for the first time: it keeps [`Ticket::id`] until [`Ticket::spent_until_ms`];
//! - whether a client token has been revoked, by its id;
//! - whether the person's authority was changed at or after [`Ticket::issued_ms`], [`Resume::granted_ms`] or
//!   [`ClientToken::issued_ms`]: all these and the times of changes are by the host's clock;
//! - whether a ticket or a resume token is older than the room's storage: what a room without memory did not hear of
//!   may have changed, so that its bearer has to fetch a new ticket (4500).

mod client;
mod envelope;
mod keys;
mod kind;
mod lines;
mod refusal;
mod resume;
mod sealed;
mod span;
mod ticket;

pub use client::ClientToken;
pub use keys::{ResumeKeys, TicketKeys, TicketSigner};
pub use kind::{MalformedTokenId, TokenId, TokenKind};
pub use refusal::TokenRefusal;
pub use resume::Resume;
pub use sealed::{Claim, Sealed};
pub use ticket::Ticket;
