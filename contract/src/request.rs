//! Signed requests, in both directions.
//!
//! The receiver verifies the headers, the claimed hash of the body among them, before it reads a byte of the body; it
//! then checks the body with [`body_matches`], and refuses a nonce that it has seen within the time window.

use crate::{
    digest::Digest,
    header::{
        self, HEADER_BODY_SHA256, HEADER_KEY, HEADER_METRICS, HEADER_NONCE, HEADER_SIGNATURE,
        HEADER_TIME, HEADER_VISIT,
    },
    keys::Keys,
    limits::{METRICS_BYTES_MAX, TIME_WINDOW_S, VISIT_BYTES_MAX},
    nonce::Nonce,
    refusal::Refusal,
};

/// Who speaks to whom. It is part of every canonical string, so that no message can be reflected at its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The Worker or an object speaks.
    EdgeToHost,
    /// The host speaks.
    HostToEdge,
}

impl Direction {
    /// As written in canonical strings.
    pub fn name(self) -> &'static str {
        match self {
            Self::EdgeToHost => "edge-to-host",
            Self::HostToEdge => "host-to-edge",
        }
    }

    /// Whom the message is for.
    pub fn audience(self) -> &'static str {
        match self {
            Self::EdgeToHost => "host",
            Self::HostToEdge => "edge",
        }
    }

    /// The direction of the answer to a message of this direction.
    pub fn reversed(self) -> Self {
        match self {
            Self::EdgeToHost => Self::HostToEdge,
            Self::HostToEdge => Self::EdgeToHost,
        }
    }
}

/// What a request's signature covers.
#[derive(Clone, Debug)]
pub struct RequestParts<'a> {
    /// Who sends it.
    pub direction: Direction,
    /// In upper case, as sent.
    pub method: &'a str,
    /// As sent, without the query.
    pub path: &'a str,
    /// As sent, without the question mark; empty if there is none.
    pub query: &'a str,
    /// Of the body, which may be empty.
    pub body_sha256: Digest,
    /// Unix seconds.
    pub time: u64,
    /// Drawn for this request.
    pub nonce: Nonce,
    /// The value of the metrics header, if there is one.
    pub metrics: Option<&'a str>,
    /// The value of the visit's header, if there is one.
    pub visit: Option<&'a str>,
}

impl RequestParts<'_> {
    fn canonical(&self) -> String {
        let mut canonical = [
            "glossator-request-v1",
            self.direction.name(),
            self.direction.audience(),
            self.method,
            self.path,
            self.query,
            &self.body_sha256.to_string(),
            &self.time.to_string(),
            &self.nonce.to_string(),
            &Digest::of(self.metrics.unwrap_or_default().as_bytes()).to_string(),
        ]
        .join("\n");
        // A line of its own, so that requests without a visit are signed as they were before there were any.
        if let Some(visit) = self.visit {
            canonical.push('\n');
            canonical.push_str(&Digest::of(visit.as_bytes()).to_string());
        }
        canonical
    }
}

/// Signs a request: the headers to send with it.
pub fn sign_request(keys: &Keys, parts: &RequestParts<'_>) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        (HEADER_KEY, keys.signing_id().to_owned()),
        (HEADER_TIME, parts.time.to_string()),
        (HEADER_NONCE, parts.nonce.to_string()),
        (HEADER_BODY_SHA256, parts.body_sha256.to_string()),
        (HEADER_SIGNATURE, keys.sign(&parts.canonical())),
    ];
    if let Some(metrics) = parts.metrics.filter(|metrics| !metrics.is_empty()) {
        headers.push((HEADER_METRICS, metrics.to_owned()));
    }
    if let Some(visit) = parts.visit {
        headers.push((HEADER_VISIT, visit.to_owned()));
    }
    headers
}

/// What a believed request says in its headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedRequest {
    /// To be spent by the receiver, and named in the signed answer.
    pub nonce: Nonce,
    /// When it was signed, in Unix seconds.
    pub time: u64,
    /// What the body must hash to.
    pub body_sha256: Digest,
    /// The metrics header.
    pub metrics: Option<String>,
    /// The visit's header.
    pub visit: Option<String>,
}

/// Verifies a request before its body is read.
///
/// `direction` is what the receiver expects; method, path and query are those received, undecoded. `header` looks up a
/// header by its lower-case name and answers `None` if it is absent, there twice, or no text.
///
/// # Errors
/// If any signed part is missing, malformed, of another time or key, or not what was signed.
pub fn verify_request(
    keys: &Keys,
    now: u64,
    direction: Direction,
    (method, path, query): (&str, &str, &str),
    header: impl Fn(&str) -> Option<String>,
) -> Result<VerifiedRequest, Refusal> {
    let metrics = header(HEADER_METRICS);
    if metrics
        .as_ref()
        .is_some_and(|metrics| metrics.len() > METRICS_BYTES_MAX)
    {
        return Err(Refusal::MalformedHeader {
            name: HEADER_METRICS,
        });
    }
    let visit = header(HEADER_VISIT);
    if visit
        .as_ref()
        .is_some_and(|visit| visit.len() > VISIT_BYTES_MAX)
    {
        return Err(Refusal::MalformedHeader { name: HEADER_VISIT });
    }
    let nonce = header::required(&header, HEADER_NONCE)?;
    let body_sha256 = header::required(&header, HEADER_BODY_SHA256)?;
    let parts = RequestParts {
        direction,
        method,
        path,
        query,
        body_sha256: Digest::parse(&body_sha256).map_err(|_| Refusal::MalformedHeader {
            name: HEADER_BODY_SHA256,
        })?,
        time: header::time(&header)?,
        nonce: Nonce::parse(&nonce).map_err(|_| Refusal::MalformedHeader { name: HEADER_NONCE })?,
        metrics: metrics.as_deref(),
        visit: visit.as_deref(),
    };
    verify_signature(keys, &header, &parts.canonical())?;
    verify_time(now, parts.time)?;
    Ok(VerifiedRequest {
        nonce: parts.nonce,
        time: parts.time,
        body_sha256: parts.body_sha256,
        metrics,
        visit,
    })
}

/// Checks the body that followed a believed request's headers.
///
/// # Errors
/// If it is not the body that was signed.
pub fn body_matches(request: &VerifiedRequest, body: &[u8]) -> Result<(), Refusal> {
    if Digest::of(body) == request.body_sha256 {
        Ok(())
    } else {
        Err(Refusal::WrongBody)
    }
}

pub(crate) fn verify_signature(
    keys: &Keys,
    header: &impl Fn(&str) -> Option<String>,
    canonical: &str,
) -> Result<(), Refusal> {
    let key_id = header::required(header, HEADER_KEY)?;
    let text = header::required(header, HEADER_SIGNATURE)?;
    let mut signature = [0; 32];
    hex::decode_to_slice(text, &mut signature).map_err(|_| Refusal::MalformedHeader {
        name: HEADER_SIGNATURE,
    })?;
    match keys.verify(&key_id, canonical, &signature) {
        Some(true) => Ok(()),
        Some(false) => Err(Refusal::WrongSignature),
        None => Err(Refusal::UnknownKey),
    }
}

pub(crate) fn verify_time(now: u64, time: u64) -> Result<(), Refusal> {
    let seconds = now.abs_diff(time);
    if seconds <= TIME_WINDOW_S {
        Ok(())
    } else {
        Err(Refusal::Stale { seconds })
    }
}
