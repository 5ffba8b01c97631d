//! Who may come in: the case, the signature and the nonce are checked before a byte of the body is read; then the
//! bytes in flight are reserved, and the body is read and compared with the hash that was signed.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Method, header::CONTENT_LENGTH, request::Parts},
};
use contract::{
    CaseId, Direction, EdgeMetrics, VerifiedRequest, body_matches, parse_snapshot_path,
    verify_request,
};

use super::{App, observe::RequestId};
use crate::{clock, error::ApiError, limits::IN_FLIGHT_WAIT_MAX, store::Share, telemetry};

/// A request that proved to come from the edge, once.
pub struct Admitted {
    /// What its path names.
    pub case_id: CaseId,
    /// What its headers say.
    pub request: VerifiedRequest,
    /// For logs.
    pub request_id: String,
}

/// A body that is the one that was signed, and the share of the bytes in flight that it holds.
pub struct AdmittedBody {
    /// The body.
    pub bytes: Bytes,
    /// Given back when the work on the body is done.
    pub share: Share,
}

/// Checks everything about a request for a snapshot that can be checked without the body.
pub async fn admit(app: &App, parts: &Parts) -> Result<Admitted, ApiError> {
    Ok(Admitted {
        case_id: parse_snapshot_path(parts.uri.path()).ok_or(ApiError::NoCase)?,
        request: prove(app, parts).await?,
        request_id: request_id(parts),
    })
}

/// Checks signature, time and nonce, and takes note of the metrics.
pub async fn prove(app: &App, parts: &Parts) -> Result<VerifiedRequest, ApiError> {
    let target = (
        parts.method.as_str(),
        parts.uri.path(),
        parts.uri.query().unwrap_or_default(),
    );
    let header = |name: &str| single(&parts.headers, name);
    let now = clock::unix_seconds();
    let request = verify_request(&app.keys, now, Direction::EdgeToHost, target, header)?;
    let changes_nothing = matches!(parts.method, Method::GET | Method::HEAD);
    let is_fresh = app.spent_nonces.spend(now, request.nonce)
        && (changes_nothing || app.store.spend(&request.nonce).await?);
    if !is_fresh {
        return Err(ApiError::Replayed);
    }
    match request.metrics.as_deref().map(EdgeMetrics::parse) {
        None => {}
        Some(Ok(report)) => telemetry::edge(&report),
        // Metrics never stand in the way of a snapshot.
        Some(Err(error)) => tracing::warn!(%error, "the Worker's metrics cannot be read"),
    }
    Ok(request)
}

/// The id under which a request is followed through all logs.
pub fn request_id(parts: &Parts) -> String {
    let id = parts.extensions.get::<RequestId>();
    id.map(|id| id.0.clone()).unwrap_or_default()
}

/// Checks that a request that needs no body was signed without one. A body that comes all the same is not read.
pub fn admit_without_body(request: &VerifiedRequest) -> Result<(), ApiError> {
    Ok(body_matches(request, b"")?)
}

/// Reserves the bytes, reads the body, which may have so many of them, and compares it with the signed hash.
pub async fn admit_body(
    app: &App,
    request: &VerifiedRequest,
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
) -> Result<AdmittedBody, ApiError> {
    let length = single(headers, CONTENT_LENGTH.as_str()).ok_or(ApiError::LengthRequired)?;
    let length: usize = length.parse().map_err(|_| ApiError::LengthRequired)?;
    if length > bytes_max {
        return Err(ApiError::TooLarge { bytes_max });
    }
    let share = reserve(app, length, bytes_max).await?;
    let bytes = to_bytes(body, length)
        .await
        .map_err(|_| ApiError::BrokenBody)?;
    body_matches(request, &bytes)?;
    Ok(AdmittedBody { bytes, share })
}

/// Reserves so many of the bytes in flight; there may be at most so many.
pub async fn reserve(app: &App, bytes: usize, bytes_max: usize) -> Result<Share, ApiError> {
    let too_large = |_| ApiError::TooLarge { bytes_max };
    let kib = u32::try_from(bytes.div_ceil(1024)).map_err(too_large)?;
    let share = tokio::time::timeout(
        IN_FLIGHT_WAIT_MAX,
        Arc::clone(&app.in_flight).acquire_many_owned(kib),
    );
    let share = share
        .await
        .map_err(|_| ApiError::Busy)?
        .map_err(|_| ApiError::Busy)?;
    Ok(Arc::new(share))
}

/// A header that is there once and is text.
fn single(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    if values.next().is_some() {
        return None;
    }
    first.to_str().ok().map(str::to_owned)
}
