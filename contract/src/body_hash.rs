//! The hash of a body that was signed with its head. Who has the body may have it hashed elsewhere, as the Worker does by
//! its platform, which is many times faster at it than WebAssembly; what is compared with what is decided here alone.

use std::{
    convert::Infallible,
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use crate::{
    digest::Digest,
    header::{self, HEADER_BODY_SHA256},
    refusal::Refusal,
};

/// Why a message is not believed, or not yet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unverified<E> {
    /// It is not to be believed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Nobody knows: its body could not be hashed.
    #[error("its body could not be hashed: {0}")]
    Unhashed(E),
}

/// What the head says that the body hashes to.
pub(crate) fn claimed(header: &impl Fn(&str) -> Option<String>) -> Result<Digest, Refusal> {
    let claimed = header::required(header, HEADER_BODY_SHA256)?;
    Digest::parse(&claimed).map_err(|_| Refusal::MalformedHeader {
        name: HEADER_BODY_SHA256,
    })
}

/// Compares a body with what was signed, and says its hash.
pub(crate) async fn compare<E>(
    hash: &impl AsyncFn(&[u8]) -> Result<Digest, E>,
    body: &[u8],
    claimed: Digest,
) -> Result<Digest, Unverified<E>> {
    let sha256 = hash(body).await.map_err(Unverified::Unhashed)?;
    if sha256 == claimed {
        Ok(sha256)
    } else {
        Err(Refusal::WrongBody.into())
    }
}

/// Hashes at once, which nothing can prevent.
pub(crate) async fn hash_here(bytes: &[u8]) -> Result<Digest, Infallible> {
    Ok(Digest::of(bytes))
}

/// What comes of verifying with `hash_here`, which waits for nothing.
pub(crate) fn at_once<T>(
    verifying: impl Future<Output = Result<T, Unverified<Infallible>>>,
) -> Result<T, Refusal> {
    match pin!(verifying).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(verified)) => Ok(verified),
        Poll::Ready(Err(Unverified::Refused(refusal))) => Err(refusal),
        Poll::Ready(Err(Unverified::Unhashed(never))) => match never {},
        Poll::Pending => unreachable!("hashing here waits for nothing"),
    }
}
