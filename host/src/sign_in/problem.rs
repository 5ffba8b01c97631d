//! Why somebody could not sign in, by what they can do about it.

use crate::store::StoreError;

/// Why a sign-in came to nothing. The words are for the operator's log: they hold no token, address or name.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The person changed their mind.
    #[error("it was cancelled at the provider")]
    Cancelled,
    /// It took too long, was finished before, or was begun in another browser.
    #[error(
        "nothing is known of it: it is too old, was finished before, or was begun in another browser"
    )]
    Expired,
    /// What came back does not prove anything.
    #[error("what the provider said was refused: {0}")]
    Refused(&'static str),
    /// The person may not come in by this way.
    #[error("not allowed by this way: {0}")]
    NotAllowed(&'static str),
    /// More comes back from its network, or begins sessions of one person, than people do.
    #[error("it is done too often, by its network or by one person")]
    TooOften,
    /// The provider, or what is needed for it, cannot be had.
    #[error("the provider cannot be used: {0}")]
    Unavailable(String),
    /// Postgres failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SignInError {
    /// What the page is told, from a fixed list: it has words for each.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Refused(_) => "refused",
            Self::NotAllowed(_) => "not_allowed",
            Self::TooOften | Self::Unavailable(_) | Self::Store(_) => "unavailable",
        }
    }
}
