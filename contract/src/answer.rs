//! Signed answers: only they may open an empty room, replace a base or wipe an object. A proxy's own 404 is none.

use crate::{
    base::{Base, Generation},
    body_hash::{self, Unverified, at_once, hash_here},
    case_id::CaseId,
    digest::Digest,
    header::{
        self, HEADER_ATTRIBUTION_BYTES, HEADER_BODY_SHA256, HEADER_GENERATION, HEADER_KEY,
        HEADER_SHA256, HEADER_SIGNATURE, HEADER_TIME, HEADER_VERSION,
    },
    keys::Keys,
    nonce::Nonce,
    refusal::Refusal,
    request::{Direction, verify_signature, verify_time},
};

/// Which request an answer belongs to. The answer's signature covers all of it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The direction of the answer: the reverse of the request's.
    pub direction: Direction,
    /// The case that the request's path names.
    pub case_id: CaseId,
    /// The request's nonce.
    pub nonce: Nonce,
}

/// What the store holds of the case, as the answer tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoredState {
    /// The edge answers: it holds no store.
    NoStore,
    /// The case was never stored.
    Never {
        /// Of the store.
        generation: Generation,
    },
    /// The case was deleted.
    Deleted {
        /// Of the store.
        generation: Generation,
        /// The tombstone's own number.
        version: i64,
    },
    /// These bytes are stored.
    Stored(Base),
}

impl StoredState {
    fn headers(&self) -> [(&'static str, String); 3] {
        let (generation, version, sha256) = match self {
            Self::NoStore => (None, None, None),
            Self::Never { generation } => (Some(generation), None, None),
            Self::Deleted {
                generation,
                version,
            } => (Some(generation), Some(*version), None),
            Self::Stored(base) => (
                Some(&base.generation),
                Some(base.version),
                Some(base.sha256),
            ),
        };
        [
            (
                HEADER_GENERATION,
                generation.map(ToString::to_string).unwrap_or_default(),
            ),
            (
                HEADER_VERSION,
                version
                    .map(|version| version.to_string())
                    .unwrap_or_default(),
            ),
            (
                HEADER_SHA256,
                sha256.map(|sha256| sha256.to_string()).unwrap_or_default(),
            ),
        ]
    }

    fn parse(generation: &str, version: &str, sha256: &str) -> Result<Self, Refusal> {
        if generation.is_empty() && version.is_empty() && sha256.is_empty() {
            return Ok(Self::NoStore);
        }
        let generation = Generation::parse(generation).map_err(|_| Refusal::MalformedHeader {
            name: HEADER_GENERATION,
        })?;
        if version.is_empty() && sha256.is_empty() {
            return Ok(Self::Never { generation });
        }
        let version = version
            .parse()
            .ok()
            .filter(|number: &i64| *number >= 1 && number.to_string() == version)
            .ok_or(Refusal::MalformedHeader {
                name: HEADER_VERSION,
            })?;
        if sha256.is_empty() {
            return Ok(Self::Deleted {
                generation,
                version,
            });
        }
        let sha256 = Digest::parse(sha256).map_err(|_| Refusal::MalformedHeader {
            name: HEADER_SHA256,
        })?;
        Ok(Self::Stored(Base {
            generation,
            version,
            sha256,
        }))
    }
}

/// What an answer's signature covers besides the request.
#[derive(Clone, Debug)]
pub struct AnswerParts<'a> {
    /// The HTTP status.
    pub status: u16,
    /// What the store holds.
    pub stored: &'a StoredState,
    /// Of the body, which may be empty.
    pub body_sha256: Digest,
    /// Unix seconds.
    pub time: u64,
}

/// Signs an answer: the headers to send with it. Headers whose value would be empty are left out.
pub fn sign_answer(
    keys: &Keys,
    asked: &Asked,
    parts: &AnswerParts<'_>,
) -> Vec<(&'static str, String)> {
    let stored = parts.stored.headers();
    let canonical = canonical(
        asked,
        parts.status,
        [&stored[0].1, &stored[1].1, &stored[2].1],
        parts.body_sha256,
        parts.time,
    );
    let mut headers = vec![
        (HEADER_KEY, keys.signing_id().to_owned()),
        (HEADER_TIME, parts.time.to_string()),
        (HEADER_BODY_SHA256, parts.body_sha256.to_string()),
        (HEADER_SIGNATURE, keys.sign(&canonical)),
    ];
    headers.extend(stored.into_iter().filter(|(_, value)| !value.is_empty()));
    headers
}

/// What a believed answer says in its headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedAnswer {
    /// What the store holds.
    pub stored: StoredState,
    /// How many of the body's last bytes say who wrote what.
    pub attribution_bytes: usize,
}

/// Verifies an answer, hashing its body here. `header` looks up a header by its lower-case name, as for `verify_request`.
///
/// # Errors
/// If it is unsigned, of another request, time, status or key, or its body is not the one that was signed; and if a
/// 200 has a body that is not what the store holds, which a correct host never says.
pub fn verify_answer(
    keys: &Keys,
    now: u64,
    asked: &Asked,
    status: u16,
    header: impl Fn(&str) -> Option<String>,
    body: &[u8],
) -> Result<VerifiedAnswer, Refusal> {
    at_once(verify_answer_by(
        hash_here,
        keys,
        (now, status),
        asked,
        header,
        body,
    ))
}

/// The same, where `hash` says the SHA-256 of what it is given: of the body, and of the document if that is not all of it.
/// It is asked of nothing whose head is not believed.
///
/// # Errors
/// As `verify_answer`; and if it cannot be hashed, which says nothing about it.
pub async fn verify_answer_by<E>(
    hash: impl AsyncFn(&[u8]) -> Result<Digest, E>,
    keys: &Keys,
    (now, status): (u64, u16),
    asked: &Asked,
    header: impl Fn(&str) -> Option<String>,
    body: &[u8],
) -> Result<VerifiedAnswer, Unverified<E>> {
    let claimed = body_hash::claimed(&header)?;
    let time = header::time(&header)?;
    let [generation, version, sha256] = [HEADER_GENERATION, HEADER_VERSION, HEADER_SHA256]
        .map(|name| header(name).unwrap_or_default());

    let canonical = canonical(
        asked,
        status,
        [&generation, &version, &sha256],
        claimed,
        time,
    );
    verify_signature(keys, &header, &canonical)?;
    verify_time(now, time)?;
    let body_sha256 = body_hash::compare(&hash, body, claimed).await?;
    let stored = StoredState::parse(&generation, &version, &sha256)?;
    let attribution_bytes = header(HEADER_ATTRIBUTION_BYTES).unwrap_or_default();
    let attribution_bytes = match attribution_bytes.as_str() {
        "" => Some(0),
        count => count.parse().ok(),
    };
    let attribution_bytes: usize = attribution_bytes.ok_or(Refusal::MalformedHeader {
        name: HEADER_ATTRIBUTION_BYTES,
    })?;
    let document = body.len().checked_sub(attribution_bytes);
    let document = document.and_then(|bytes| body.get(..bytes));
    let document_sha256 = match document {
        Some(document) if document.len() < body.len() => {
            Some(hash(document).await.map_err(Unverified::Unhashed)?)
        }
        Some(_) => Some(body_sha256),
        None => None,
    };
    if status == 200 && !body.is_empty() && !holds(&stored, document_sha256) {
        let what = "its body is not what it says is stored";
        return Err(Refusal::Contradiction { what }.into());
    }
    Ok(VerifiedAnswer {
        stored,
        attribution_bytes,
    })
}

fn holds(stored: &StoredState, document_sha256: Option<Digest>) -> bool {
    match stored {
        StoredState::Stored(base) => document_sha256 == Some(base.sha256),
        StoredState::NoStore | StoredState::Never { .. } | StoredState::Deleted { .. } => false,
    }
}

fn canonical(
    asked: &Asked,
    status: u16,
    stored: [&str; 3],
    body_sha256: Digest,
    time: u64,
) -> String {
    [
        "glossator-answer-v1",
        asked.direction.name(),
        asked.case_id.as_str(),
        &asked.nonce.to_string(),
        &status.to_string(),
        stored[0],
        stored[1],
        stored[2],
        &body_sha256.to_string(),
        &time.to_string(),
    ]
    .join("\n")
}
