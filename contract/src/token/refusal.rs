//! Why a token is not believed.

use crate::limits::{TOKEN_BYTES_MAX, TOKEN_SKEW_MS};

/// Why a token is refused. Its words never repeat any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// Longer than any that is issued.
    #[error("the token is longer than {TOKEN_BYTES_MAX} bytes")]
    TooLong,
    /// No token at all, or one whose signed words make no sense.
    #[error("the token is malformed")]
    Malformed,
    /// A token, but for something else.
    #[error("a token of this kind is not used here")]
    WrongKind,
    /// Of another version of the format.
    #[error(
        "the token is of a version that is not known here: deploy the Worker first, then the host"
    )]
    OtherVersion,
    /// The key id is not among ours.
    #[error(
        "the token is signed with a key that is not listed here: give the Worker a new key before the host signs with it"
    )]
    UnknownKey,
    /// The signature is not one that the key's owner made for these words.
    #[error(
        "the signature does not fit the token: it was changed on the way, or two keys have one id"
    )]
    WrongSignature,
    /// For another case.
    #[error("the token is for another case")]
    WrongCase,
    /// For another page.
    #[error("the token is for a page of another origin")]
    WrongOrigin,
    /// Of a time to come.
    #[error(
        "the token was issued more than {} s after our clock: check both clocks", TOKEN_SKEW_MS / 1_000
    )]
    NotYetValid,
    /// Of the past.
    #[error("the token has expired")]
    Expired,
    /// For longer than any may be.
    #[error("the token is for longer than any of its kind may be")]
    TooMuchAuthority,
}
