//! Randomness from the runtime's `crypto.getRandomValues`. The only file that draws any.

use contract::{Nonce, token::TokenId};
use room::SessionId;

/// Numbers below 2^53 survive JavaScript.
const SAFE_BITS: u64 = (1 << 53) - 1;

/// The runtime gave no randomness.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the runtime gave no randomness: it does so only inside an event")]
pub(crate) struct NoRandomness;

fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// 53 random bits.
pub(crate) fn entropy() -> Result<u64, NoRandomness> {
    Ok(u64::from_le_bytes(bytes()?) & SAFE_BITS)
}

/// A session id that was never used before.
pub(crate) fn session() -> Result<SessionId, NoRandomness> {
    entropy().map(SessionId)
}

/// The nonce of one signed request.
pub(crate) fn nonce() -> Result<Nonce, NoRandomness> {
    bytes().map(Nonce::new)
}

/// The id of a token that is made here.
pub(crate) fn token_id() -> Result<TokenId, NoRandomness> {
    bytes().map(TokenId::new)
}

/// The id that follows one request through all logs.
pub(crate) fn request_id() -> Result<String, NoRandomness> {
    Ok(format!("{:016x}", u64::from_le_bytes(bytes()?)))
}
