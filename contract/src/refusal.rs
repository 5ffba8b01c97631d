//! Why a message that claims to come from the other side is not believed.

use crate::limits::TIME_WINDOW_S;

/// Why a request or an answer is refused. Never says what the right signature would have been.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A header that every signed message has is not there (or there twice).
    #[error("the header {name} is missing: the message is not signed")]
    MissingHeader {
        /// Which one.
        name: &'static str,
    },
    /// A header cannot be read.
    #[error("the header {name} is malformed")]
    MalformedHeader {
        /// Which one.
        name: &'static str,
    },
    /// The key id is not among ours.
    #[error(
        "signed with a key that HOST_KEYS does not list: give the Worker and the host the same HOST_KEYS"
    )]
    UnknownKey,
    /// The message is too old, or from the future.
    #[error(
        "signed {seconds} s away from our clock, more than {TIME_WINDOW_S} s: check both clocks"
    )]
    Stale {
        /// How far.
        seconds: u64,
    },
    /// The signature is not the one that the key makes for this message.
    #[error(
        "the signature does not fit the message: it was changed on the way, or HOST_KEYS differ under one id"
    )]
    WrongSignature,
    /// The body is not the one that was signed.
    #[error("the body is not the one that was signed")]
    WrongBody,
    /// The answer's parts contradict each other, although the signature fits.
    #[error("the answer contradicts itself: {what}")]
    Contradiction {
        /// How.
        what: &'static str,
    },
}
