//! Visits: the routes that browsers reach by way of the edge. Around them a request is proved, its body read, and the answer
//! signed; within them are ordinary handlers, which know nothing of that.

use std::sync::Arc;

use axum::{
    Extension, Json,
    body::{Body, to_bytes},
    extract::{FromRequest, FromRequestParts, Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, SET_COOKIE},
        request::Parts,
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use contract::{
    Digest, Direction, HEADER_VISIT, Refusal, RepliesTo, Visit, VisitAnswer,
    head::{CookieSecret, FLOW_COOKIE, SESSION_COOKIE},
    limits::VISIT_ANSWER_BYTES_MAX,
    sign_reply, visit_body_bytes_max,
};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{
    App,
    admission::{admit_body, admit_without_body, prove},
};
use crate::{
    clock,
    error::{ApiError, Cause},
    limits::SESSION_MAX,
    store::{Session, StoreError},
};

/// Proves a request, reads its body and signs the answer. Faults of the store are not signed: to the edge they mean "try
/// again later".
pub async fn receive(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let proved = prove(&app, &parts).await?;
    let visit = proved.visit.as_deref();
    let visit = visit.ok_or(Refusal::MissingHeader { name: HEADER_VISIT })?;
    let visit = Visit::parse(visit).map_err(|_| Refusal::MalformedHeader { name: HEADER_VISIT })?;
    let has_session = visit.session.is_some();
    parts.extensions.insert(visit);
    let (method, path) = (parts.method.clone(), parts.uri.path().to_owned());
    let (body, share) = if !parts.headers.contains_key(CONTENT_LENGTH) {
        admit_without_body(&proved)?;
        (Body::empty(), None)
    } else {
        let bytes_max = visit_body_bytes_max(&path, has_session);
        let body = admit_body(&app, &proved, &parts.headers, body, bytes_max).await?;
        // The edge lets nothing else through.
        let json = HeaderValue::from_static("application/json");
        parts.headers.insert(CONTENT_TYPE, json);
        (Body::from(body.bytes), Some(body.share))
    };
    let answer = next.run(Request::from_parts(parts, body)).await;
    drop(share);
    if answer.extensions().get::<Cause>().is_some() {
        return Ok(answer);
    }
    let to = RepliesTo {
        direction: Direction::HostToEdge,
        method: method.as_str(),
        path: &path,
        nonce: proved.nonce,
    };
    sign(&app, &to, answer).await
}

/// Puts an answer into its envelope, and signs that.
async fn sign(app: &App, to: &RepliesTo<'_>, answer: Response) -> Result<Response, ApiError> {
    let unsendable = |_| StoreError::Inconsistent {
        what: "an answer to a visit cannot be written",
    };
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, VISIT_ANSWER_BYTES_MAX)
        .await
        .map_err(unsendable)?;
    let envelope = VisitAnswer {
        headers: passed_on(&parts.headers),
        body: String::from_utf8(body.into()).map_err(|_| StoreError::Inconsistent {
            what: "an answer to a visit is no text",
        })?,
    };
    let envelope = serde_json::to_vec(&envelope).map_err(|_| StoreError::Inconsistent {
        what: "an answer to a visit cannot be written as JSON",
    })?;
    if envelope.len() > VISIT_ANSWER_BYTES_MAX {
        let what = "an answer to a visit is larger than one may be";
        return Err(StoreError::Inconsistent { what }.into());
    }
    // A 204 has no body, and so no envelope.
    let status = match parts.status {
        StatusCode::NO_CONTENT => StatusCode::OK,
        status => status,
    };
    let now = clock::unix_seconds();
    let mut response = Response::builder().status(status);
    let sha256 = Digest::of(&envelope);
    for (name, value) in sign_reply(&app.keys, to, status.as_u16(), sha256, now) {
        response = response.header(name, value);
    }
    response
        .body(Body::from(envelope))
        .map_err(|_| StoreError::Inconsistent {
            what: "an answer to a visit cannot be written as headers",
        })
        .map_err(ApiError::from)
}

/// The headers that may reach the browser. One that is no text reaches nobody.
fn passed_on(headers: &HeaderMap) -> Vec<(String, String)> {
    let ours = headers
        .iter()
        .filter(|(name, _)| VisitAnswer::passes_on(name.as_str()));
    ours.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect()
}

/// Somebody who has signed in. As an extractor it answers everybody else with 401.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn(pub Session);

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        let visit = Extension::<Visit>::from_request_parts(parts, app).await;
        let Extension(visit) =
            visit.map_err(|_| Refused::fault("a visit was not received as one"))?;
        let Some(secret) = &visit.session else {
            return Err(Refused::signed_out());
        };
        let session = app.store.find_session(secret).await?;
        session.map(Self).ok_or_else(Refused::signed_out)
    }
}

/// What a page says, as an extractor; whatever cannot be read is answered with 400.
#[derive(Clone, Debug)]
pub struct Said<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Said<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Refused> {
        let body = Json::<T>::from_request(request, app).await;
        body.map(|Json(said)| Self(said)).map_err(|_| {
            let words = "the request cannot be read: it is not what this page of ours sends";
            Refused::because(StatusCode::BAD_REQUEST, words)
        })
    }
}

/// Why a visit is not answered as it would like to be.
#[derive(Debug)]
pub enum Refused {
    /// By a rule, told to the visitor.
    ByRule {
        /// The status.
        status: StatusCode,
        /// What the visitor reads.
        words: String,
        /// After how many seconds it may be tried again, if that is what helps.
        retry_after_s: Option<u64>,
    },
    /// By a fault, told to the operator.
    ByFault(ApiError),
}

impl Refused {
    /// By a rule.
    pub fn because(status: StatusCode, words: &str) -> Self {
        Self::ByRule {
            status,
            words: words.to_owned(),
            retry_after_s: None,
        }
    }

    /// Nobody has signed in, or the session has ended.
    pub fn signed_out() -> Self {
        Self::because(StatusCode::UNAUTHORIZED, "sign in")
    }

    /// There is no such thing, or it is not for this visitor: who is told so cannot tell which.
    pub fn absent(what: &str) -> Self {
        Self::because(StatusCode::NOT_FOUND, &format!("there is no such {what}"))
    }

    /// Too often: the same helps later.
    pub fn too_often(seconds: u64, words: &str) -> Self {
        Self::ByRule {
            status: StatusCode::TOO_MANY_REQUESTS,
            words: words.to_owned(),
            retry_after_s: Some(seconds),
        }
    }

    fn fault(what: &'static str) -> Self {
        Self::ByFault(StoreError::Inconsistent { what }.into())
    }
}

impl<E: Into<ApiError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::ByFault(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::ByRule {
                status,
                words,
                retry_after_s,
            } => {
                let mut response = (status, Json(json!({ "error": words }))).into_response();
                if let Some(seconds) = retry_after_s {
                    let headers = response.headers_mut();
                    headers.insert(RETRY_AFTER, seconds.into());
                }
                response
            }
            Self::ByFault(error) => error.into_response(),
        }
    }
}

/// Draws what proves a session or a flow.
///
/// # Errors
/// If the system has no randomness to give.
pub fn new_secret() -> Result<CookieSecret, ApiError> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|_| ApiError::NoRandomness)?;
    Ok(CookieSecret::new(random))
}

/// A header that gives the browser its session.
pub fn give_session(secret: &CookieSecret) -> [(HeaderName, String); 1] {
    give(SESSION_COOKIE, secret, SESSION_MAX.as_secs())
}

/// A header that takes the session away from the browser.
pub fn take_session() -> [(HeaderName, String); 1] {
    take(SESSION_COOKIE)
}

/// A header that marks the browser as one that is about to sign in, for so many seconds.
pub fn give_flow(secret: &CookieSecret, seconds: u64) -> [(HeaderName, String); 1] {
    give(FLOW_COOKIE, secret, seconds)
}

/// A header that takes that mark away.
pub fn take_flow() -> [(HeaderName, String); 1] {
    take(FLOW_COOKIE)
}

fn give(name: &str, secret: &CookieSecret, seconds: u64) -> [(HeaderName, String); 1] {
    let value = secret.reveal();
    let cookie =
        format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}");
    [(SET_COOKIE, cookie)]
}

fn take(name: &str) -> [(HeaderName, String); 1] {
    let cookie = format!("{name}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    [(SET_COOKIE, cookie)]
}
