//! What all ways of signing in have in common.

use openidconnect::{RedirectUrl, url::Url};

use super::{AuthResult, SignInError};

/// A way of signing in: what somebody brings, and whom it proves them to be.
pub trait Way {
    /// What somebody brings who says who they are.
    type Proof: Send;

    /// Finds out who somebody is.
    ///
    /// # Errors
    /// If the proof proves nothing, or nobody who may come in.
    fn prove(
        &self,
        proof: Self::Proof,
    ) -> impl Future<Output = Result<AuthResult, SignInError>> + Send;
}

/// A way on which people are sent to a provider and come back.
pub trait Elsewhere: Way<Proof = Returned> {
    /// Where to send somebody, and what to remember until they come back.
    ///
    /// # Errors
    /// If the provider cannot be used.
    fn begin(
        &self,
        comes_back_to: &RedirectUrl,
    ) -> impl Future<Output = Result<Departure, SignInError>> + Send;
}

/// Somebody is sent to a provider.
pub struct Departure {
    /// Where.
    pub go: Url,
    /// What the provider sends back with them. Only its hash is stored.
    pub state: String,
    /// What it must repeat in what it signs; empty where nothing is signed.
    pub nonce: String,
    /// Without which its code is worth nothing (PKCE).
    pub verifier: String,
}

/// Somebody came back from a provider, in the browser in which they went.
pub struct Returned {
    /// Exactly the address that they were to come back to.
    pub came_back_to: RedirectUrl,
    /// What the provider gave them.
    pub code: String,
    /// Who it says that it is, if it does (RFC 9207).
    pub issuer: Option<String>,
    /// As in [`Departure`].
    pub nonce: String,
    /// As in [`Departure`].
    pub verifier: String,
}
