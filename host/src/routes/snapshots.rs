//! `/snapshots/{case_id}`: restore, compare, store, delete. Every answer of these four is signed; errors are not, and
//! mean "try again later" to the edge.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::Response,
};
use contract::{
    AnswerParts, Asked, Digest, Direction, HEADER_ATTRIBUTION_BYTES, MalformedQuery, PutQuery,
    StoredState, limits::BODY_BYTES_MAX, sign_answer,
};
use tracing::Instrument as _;

use super::{
    App,
    admission::{Admitted, admit, admit_body, admit_without_body},
};
use crate::{
    clock,
    error::ApiError,
    store::{Found, Put, PutOutcome, StoreError, StoredDocument},
    telemetry,
};

/// GET: 200 with the bytes, 404 never stored, 410 deleted.
pub async fn read(State(app): State<Arc<App>>, request: Request) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    let admitted = admit(&app, &parts).await?;
    admit_without_body(&admitted.request)?;
    let found = app.store.find(&admitted.case_id, &admitted.request_id);
    let (status, stored, document) = told(found.await?);
    if document.is_some() && app.store.erase_again(&admitted.case_id).await? {
        // Who asks for it has lost its storage, and with it who was erased.
        app.outbox_bell.notify_one();
    }
    answer(&app, &admitted, status, &stored, document)
}

/// HEAD: as GET, without the bytes.
pub async fn compare(State(app): State<Arc<App>>, request: Request) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    let admitted = admit(&app, &parts).await?;
    admit_without_body(&admitted.request)?;
    let found = app.store.summary(&admitted.case_id, &admitted.request_id);
    let (status, stored, _) = told(found.await?);
    answer(&app, &admitted, status, &stored, None)
}

/// PUT: 200, with the stored bytes if they hold more than what was sent; 410 deleted.
pub async fn store(State(app): State<Arc<App>>, request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let admitted = admit(&app, &parts).await?;
    let query = PutQuery::parse(parts.uri.query().unwrap_or_default())?;
    let body = admit_body(
        &app,
        &admitted.request,
        &parts.headers,
        body,
        BODY_BYTES_MAX,
    )
    .await?;
    let length = body.bytes.len();
    let mut bytes = body.bytes;
    let attribution_bytes = query.attribution_bytes as usize;
    let document_bytes = bytes.len().checked_sub(attribution_bytes);
    let attribution = bytes.split_off(document_bytes.ok_or(MalformedQuery::Malformed {
        name: "attribution_bytes",
    })?);
    let sha256 = if attribution.is_empty() {
        admitted.request.body_sha256
    } else {
        Digest::of(&bytes)
    };
    let put = Put {
        case_id: admitted.case_id.clone(),
        query,
        bytes,
        attribution,
        sha256,
        request_id: admitted.request_id.clone(),
        share: body.share,
    };
    // In a task of its own: the edge hangs up after 10 s, which ends this future, and a merge that takes longer would
    // be rolled back and done again for ever. So it is finished, and the repetition finds it stored.
    let storing = tokio::spawn({
        let app = Arc::clone(&app);
        async move { app.store.put(put).await }.in_current_span()
    });
    match storing.await.map_err(StoreError::from)?? {
        PutOutcome::Deleted {
            generation,
            version,
        } => {
            telemetry::put(&admitted.case_id, None, version, length);
            let stored = StoredState::Deleted {
                generation,
                version,
            };
            answer(&app, &admitted, StatusCode::GONE, &stored, None)
        }
        PutOutcome::Stored { base, union, how } => {
            telemetry::put(&admitted.case_id, Some(how), base.version, length);
            app.projection_bell.notify_one();
            let stored = StoredState::Stored(base);
            answer(&app, &admitted, StatusCode::OK, &stored, union)
        }
    }
}

/// DELETE: 200, also if the case was deleted before or never stored.
pub async fn delete(State(app): State<Arc<App>>, request: Request) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    let admitted = admit(&app, &parts).await?;
    admit_without_body(&admitted.request)?;
    let (generation, version) = app
        .store
        .delete(&admitted.case_id, &admitted.request_id)
        .await?;
    telemetry::deleted(&admitted.case_id, version);
    app.outbox_bell.notify_one();
    let stored = StoredState::Deleted {
        generation,
        version,
    };
    answer(&app, &admitted, StatusCode::OK, &stored, None)
}

/// What GET and HEAD answer.
fn told<B>(found: Found<B>) -> (StatusCode, StoredState, Option<B>) {
    match found {
        Found::Never { generation } => {
            let stored = StoredState::Never { generation };
            (StatusCode::NOT_FOUND, stored, None)
        }
        Found::Deleted {
            generation,
            version,
        } => {
            let stored = StoredState::Deleted {
                generation,
                version,
            };
            (StatusCode::GONE, stored, None)
        }
        Found::Held { base, bytes } => (StatusCode::OK, StoredState::Stored(base), Some(bytes)),
    }
}

fn answer(
    app: &App,
    admitted: &Admitted,
    status: StatusCode,
    stored: &StoredState,
    document: Option<StoredDocument>,
) -> Result<Response, ApiError> {
    let attribution = document
        .as_ref()
        .and_then(|document| document.attribution.as_ref());
    let attribution_bytes = attribution.map_or(0, Vec::len);
    let body = document.map(joined).unwrap_or_default();
    let asked = Asked {
        direction: Direction::HostToEdge,
        case_id: admitted.case_id.clone(),
        nonce: admitted.request.nonce,
    };
    let parts = AnswerParts {
        status: status.as_u16(),
        stored,
        body_sha256: body_sha256(stored, &body, attribution_bytes),
        time: clock::unix_seconds(),
    };
    let mut response = Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "application/octet-stream");
    if attribution_bytes > 0 {
        response = response.header(HEADER_ATTRIBUTION_BYTES, attribution_bytes);
    }
    for (name, value) in sign_answer(&app.keys, &asked, &parts) {
        response = response.header(name, value);
    }
    let unsendable = |_| StoreError::Inconsistent {
        what: "an answer cannot be written as headers",
    };
    Ok(response.body(Body::from(body)).map_err(unsendable)?)
}

/// The document, and behind it who wrote what.
fn joined(document: StoredDocument) -> Vec<u8> {
    let mut body = document.bytes;
    body.extend(document.attribution.unwrap_or_default());
    body
}

/// A document alone is what is stored, whose hash is known: megabytes are not hashed once more.
fn body_sha256(stored: &StoredState, body: &[u8], attribution_bytes: usize) -> Digest {
    match stored {
        StoredState::Stored(base) if !body.is_empty() && attribution_bytes == 0 => base.sha256,
        StoredState::Stored(_)
        | StoredState::Deleted { .. }
        | StoredState::Never { .. }
        | StoredState::NoStore => Digest::of(body),
    }
}
