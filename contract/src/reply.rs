//! Signed replies: the host's answers about cases and their texts, which are about no snapshot.
//!
//! As with answers, "there is none" counts only if the host signed it: a proxy's 404 must not look like a missing case.

use crate::{
    body_hash::{self, Unverified, at_once, hash_here},
    digest::Digest,
    header::{self, HEADER_BODY_SHA256, HEADER_KEY, HEADER_SIGNATURE, HEADER_TIME},
    keys::Keys,
    nonce::Nonce,
    refusal::Refusal,
    request::{Direction, verify_signature, verify_time},
};

/// Which request a reply belongs to. The reply's signature covers all of it.
#[derive(Clone, Copy, Debug)]
pub struct RepliesTo<'a> {
    /// The direction of the reply: the reverse of the request's.
    pub direction: Direction,
    /// The request's method, in upper case.
    pub method: &'a str,
    /// The request's path.
    pub path: &'a str,
    /// The request's nonce.
    pub nonce: Nonce,
}

impl RepliesTo<'_> {
    fn canonical(&self, status: u16, body_sha256: Digest, time: u64) -> String {
        [
            "glossator-reply-v1",
            self.direction.name(),
            self.method,
            self.path,
            &self.nonce.to_string(),
            &status.to_string(),
            &body_sha256.to_string(),
            &time.to_string(),
        ]
        .join("\n")
    }
}

/// Signs a reply of that status and body: the headers to send with it.
pub fn sign_reply(
    keys: &Keys,
    to: &RepliesTo<'_>,
    status: u16,
    body_sha256: Digest,
    time: u64,
) -> Vec<(&'static str, String)> {
    vec![
        (HEADER_KEY, keys.signing_id().to_owned()),
        (HEADER_TIME, time.to_string()),
        (HEADER_BODY_SHA256, body_sha256.to_string()),
        (
            HEADER_SIGNATURE,
            keys.sign(&to.canonical(status, body_sha256, time)),
        ),
    ]
}

/// Verifies a reply, hashing its body here, and says that hash. `header` looks up a header by its lower-case name, as for
/// `verify_request`.
///
/// # Errors
/// If it is unsigned, of another request, time, status or key, or its body is not the one that was signed.
pub fn verify_reply(
    keys: &Keys,
    now: u64,
    to: &RepliesTo<'_>,
    status: u16,
    header: impl Fn(&str) -> Option<String>,
    body: &[u8],
) -> Result<Digest, Refusal> {
    at_once(verify_reply_by(
        hash_here,
        keys,
        (now, status),
        to,
        header,
        body,
    ))
}

/// The same, where `hash` says the SHA-256 of the body. It is asked of nothing whose head is not believed.
///
/// # Errors
/// As `verify_reply`; and if it cannot be hashed, which says nothing about it.
pub async fn verify_reply_by<E>(
    hash: impl AsyncFn(&[u8]) -> Result<Digest, E>,
    keys: &Keys,
    (now, status): (u64, u16),
    to: &RepliesTo<'_>,
    header: impl Fn(&str) -> Option<String>,
    body: &[u8],
) -> Result<Digest, Unverified<E>> {
    let claimed = body_hash::claimed(&header)?;
    let time = header::time(&header)?;
    verify_signature(keys, &header, &to.canonical(status, claimed, time))?;
    verify_time(now, time)?;
    body_hash::compare(&hash, body, claimed).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::TIME_WINDOW_S;

    const NOW: u64 = 1_800_000_000;

    fn to() -> RepliesTo<'static> {
        RepliesTo {
            direction: Direction::HostToEdge,
            method: "GET",
            path: "/cases",
            nonce: Nonce::new([0; 16]),
        }
    }

    fn keys(id: &str) -> Keys {
        Keys::parse(&format!("{id}:{}", "ab".repeat(32))).unwrap()
    }

    fn verify(
        now: u64,
        asked: &RepliesTo<'_>,
        status: u16,
        body: &[u8],
    ) -> Result<Digest, Refusal> {
        let signed = sign_reply(&keys("a"), &to(), 200, Digest::of(b"body"), NOW);
        let header = |name: &str| {
            let found = signed.iter().find(|(found, _)| *found == name);
            found.map(|(_, value)| value.clone())
        };
        verify_reply(&keys("a"), now, asked, status, header, body)
    }

    #[test]
    fn a_signed_reply_is_believed_by_who_asked() {
        assert_eq!(verify(NOW, &to(), 200, b"body"), Ok(Digest::of(b"body")));
    }

    #[test]
    fn a_reply_to_anything_else_is_not_believed() {
        let others = [
            RepliesTo {
                path: "/cases/a",
                ..to()
            },
            RepliesTo {
                method: "POST",
                ..to()
            },
            RepliesTo {
                nonce: Nonce::new([1; 16]),
                ..to()
            },
            RepliesTo {
                direction: Direction::EdgeToHost,
                ..to()
            },
        ];
        for other in others {
            assert_eq!(
                verify(NOW, &other, 200, b"body"),
                Err(Refusal::WrongSignature),
                "{other:?}"
            );
        }
        assert_eq!(
            verify(NOW, &to(), 404, b"body"),
            Err(Refusal::WrongSignature)
        );
        assert_eq!(verify(NOW, &to(), 200, b"bodY"), Err(Refusal::WrongBody));
        let seconds = TIME_WINDOW_S + 1;
        assert_eq!(
            verify(NOW + seconds, &to(), 200, b"body"),
            Err(Refusal::Stale { seconds })
        );
    }

    #[test]
    fn an_unsigned_reply_is_not_believed() {
        let unsigned = verify_reply(&keys("a"), NOW, &to(), 404, |_| None, b"");
        assert_eq!(
            unsigned,
            Err(Refusal::MissingHeader {
                name: HEADER_BODY_SHA256
            })
        );
    }
}
