//! Close codes: a contract with every client, written in SPEC section 8.
//!
//! 4400-4499 are final: clients stop. Any other code makes them come back.

/// The frame, or what it asks for, is not well formed.
pub const MALFORMED: u16 = 4400;
/// No authority was shown.
pub const SIGN_IN: u16 = 4401;
/// The authority does not reach so far.
pub const NOT_ALLOWED: u16 = 4403;
/// The case was deleted.
pub const GONE: u16 = 4404;
/// The frame, or the document with it, would be too large.
pub const TOO_LARGE: u16 = 4409;
/// The client speaks a version of our protocol that this room does not.
pub const OTHER_VERSION: u16 = 4426;
/// Too much, again.
pub const TOO_MANY: u16 = 4429;
/// The room failed, or its storage cannot be read.
pub const FAILED: u16 = 1011;
/// The room starts afresh: come back and resync.
pub const RESTART: u16 = 1012;
/// Not now: come back later.
pub const TRY_LATER: u16 = 1013;
/// The authority has ended or changed: come back with a new ticket.
pub const AUTHORITY_ENDED: u16 = 4500;

/// What a close says: its code and a reason of at most 123 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Close {
    /// One of this file's codes.
    pub code: u16,
    /// For people who read logs; never holds content.
    pub reason: &'static str,
}

impl Close {
    /// A close with this code and reason.
    pub const fn new(code: u16, reason: &'static str) -> Close {
        assert!(reason.len() <= 123, "a close reason has at most 123 bytes");
        Close { code, reason }
    }
}
