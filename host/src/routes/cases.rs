//! `/cases`, `/cases/{case_id}` and `/texts/{sha256}`: create, list, and tell one. Every answer of these is signed; errors
//! are not, and mean "try again later" to the edge. What is wrong with what somebody brought is an answer: the edge passes
//! its words on.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{StatusCode, header::CONTENT_TYPE, request::Parts},
    response::Response,
};
use contract::{
    CaseId, CaseQuestion, Digest, Direction, RepliesTo, VerifiedRequest,
    limits::CASE_BODY_BYTES_MAX, sign_reply,
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    App,
    admission::{admit_body, admit_without_body, prove, request_id},
    brought::{self, Brought},
};
use crate::{
    clock,
    error::ApiError,
    store::{CaseHead, Share, StoreError},
    telemetry,
    texts::{Text, TextError, convert},
};

/// POST `/cases`: 201 with the head of the new case; 400 or 413 with words about what was brought.
pub async fn create(State(app): State<Arc<App>>, request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let asked = admit(&app, &parts).await?;
    let body = admit_body(
        &app,
        &asked.request,
        &parts.headers,
        body,
        CASE_BODY_BYTES_MAX,
    )
    .await?;
    let brought = match brought::read(&body.bytes) {
        Ok(brought) => brought,
        Err(unreadable) => {
            return asked.refuse(&app, StatusCode::BAD_REQUEST, &unreadable.to_string());
        }
    };
    let measured = (body.share, body.bytes.len());
    let head = match store_brought(&app, brought, measured, None, &asked.request_id).await? {
        Ok(head) => head,
        Err(refused) => return asked.refuse(&app, status_of(refused), &refused.to_string()),
    };
    asked.reply(&app, StatusCode::CREATED, &head)
}

/// Makes a case of what was brought in so many bytes, whose share is kept until that is done; or says what is wrong with it.
pub(super) async fn store_brought(
    app: &App,
    brought: Brought,
    (share, bytes): (Share, usize),
    owner: Option<Uuid>,
    request_id: &str,
) -> Result<Result<CaseHead, TextError>, ApiError> {
    let Brought {
        title,
        format,
        content,
    } = brought;
    // Given back when the conversion ends, which may be after this request was given up.
    let converting = app
        .store
        .convert(share, move || convert(format, &title, &content));
    let text = match converting.await? {
        Ok(text) => text,
        Err(refused) => {
            telemetry::case_refused(format);
            return Ok(Err(refused));
        }
    };
    let case_id = new_case_id()?;
    let created = app.store.create_case(&case_id, &text, owner, request_id);
    let head = created.await?;
    let Text { paragraphs, .. } = text;
    telemetry::case_created(&case_id, format, bytes, paragraphs);
    Ok(Ok(head))
}

/// GET `/cases`: 200 with the newest ones.
pub async fn list(State(app): State<Arc<App>>, request: Request) -> Result<Response, ApiError> {
    let asked = admit_reader(&app, &request.into_parts().0).await?;
    let cases = app.store.list_cases().await?;
    asked.reply(&app, StatusCode::OK, &json!({ "cases": cases }))
}

/// GET `/cases/{case_id}`: 200 with its head, 404 if there is none.
pub async fn find(State(app): State<Arc<App>>, request: Request) -> Result<Response, ApiError> {
    let asked = admit_reader(&app, &request.into_parts().0).await?;
    let CaseQuestion::Case(case_id) = &asked.question else {
        return Err(ApiError::NoCase);
    };
    match app.store.find_case(case_id).await? {
        Some(head) => asked.reply(&app, StatusCode::OK, &head),
        None => asked.refuse(&app, StatusCode::NOT_FOUND, "there is no such case"),
    }
}

/// GET `/texts/{sha256}`: 200 with its bytes, 404 if there is none.
pub async fn text(State(app): State<Arc<App>>, request: Request) -> Result<Response, ApiError> {
    let asked = admit_reader(&app, &request.into_parts().0).await?;
    let CaseQuestion::Text(sha256) = &asked.question else {
        return Err(ApiError::NoCase);
    };
    match app.store.find_text(sha256).await? {
        Some(bytes) => asked.signed(&app, StatusCode::OK, *sha256, bytes.into()),
        None => asked.refuse(&app, StatusCode::NOT_FOUND, "there is no such text"),
    }
}

/// A question that proved to come from the edge, once.
pub(super) struct Asked<Q = CaseQuestion> {
    pub(super) question: Q,
    method: String,
    path: String,
    pub(super) request: VerifiedRequest,
    pub(super) request_id: String,
}

async fn admit(app: &App, parts: &Parts) -> Result<Asked, ApiError> {
    Asked::of(app, parts, CaseQuestion::parse).await
}

async fn admit_reader(app: &App, parts: &Parts) -> Result<Asked, ApiError> {
    Asked::of_reader(app, parts, CaseQuestion::parse).await
}

impl<Q> Asked<Q> {
    /// Admits a question whose path is read so; the body is still to be read.
    pub(super) async fn of(
        app: &App,
        parts: &Parts,
        parse: fn(&str) -> Option<Q>,
    ) -> Result<Self, ApiError> {
        let path = parts.uri.path();
        Ok(Self {
            question: parse(path).ok_or(ApiError::NoCase)?,
            method: parts.method.as_str().to_owned(),
            path: path.to_owned(),
            request: prove(app, parts).await?,
            request_id: request_id(parts),
        })
    }

    /// Admits a question that comes without a body.
    pub(super) async fn of_reader(
        app: &App,
        parts: &Parts,
        parse: fn(&str) -> Option<Q>,
    ) -> Result<Self, ApiError> {
        let asked = Self::of(app, parts, parse).await?;
        admit_without_body(&asked.request)?;
        Ok(asked)
    }

    /// Answers with JSON, signed.
    pub(super) fn reply(
        &self,
        app: &App,
        status: StatusCode,
        value: &impl Serialize,
    ) -> Result<Response, ApiError> {
        let unsendable = |_| StoreError::Inconsistent {
            what: "an answer cannot be written as JSON",
        };
        self.reply_written(app, status, serde_json::to_vec(value).map_err(unsendable)?)
    }

    /// Answers with what is JSON already, signed.
    pub(super) fn reply_written(
        &self,
        app: &App,
        status: StatusCode,
        json: Vec<u8>,
    ) -> Result<Response, ApiError> {
        self.signed(app, status, Digest::of(&json), json.into())
    }

    /// Answers with words about why not, signed as well.
    pub(super) fn refuse(
        &self,
        app: &App,
        status: StatusCode,
        words: &str,
    ) -> Result<Response, ApiError> {
        self.reply(app, status, &json!({ "error": words }))
    }

    fn signed(
        &self,
        app: &App,
        status: StatusCode,
        sha256: Digest,
        body: Bytes,
    ) -> Result<Response, ApiError> {
        let to = RepliesTo {
            direction: Direction::HostToEdge,
            method: &self.method,
            path: &self.path,
            nonce: self.request.nonce,
        };
        let mut response = Response::builder()
            .status(status)
            .header(CONTENT_TYPE, "application/json");
        let now = clock::unix_seconds();
        for (name, value) in sign_reply(&app.keys, &to, status.as_u16(), sha256, now) {
            response = response.header(name, value);
        }
        let unsendable = |_| StoreError::Inconsistent {
            what: "an answer cannot be written as headers",
        };
        Ok(response.body(Body::from(body)).map_err(unsendable)?)
    }
}

pub(super) fn status_of(refused: TextError) -> StatusCode {
    if refused.is_too_large() {
        StatusCode::PAYLOAD_TOO_LARGE
    } else {
        StatusCode::BAD_REQUEST
    }
}

/// Drawn here, so that nobody can name a case that another one has or had.
pub(super) fn new_case_id() -> Result<CaseId, ApiError> {
    let malformed = |_| StoreError::Inconsistent {
        what: "a UUID is no case id",
    };
    Ok(CaseId::parse(&Uuid::new_v4().to_string()).map_err(malformed)?)
}
