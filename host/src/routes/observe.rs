//! Around every route: a request id, a time-out, one log line and the metrics.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderValue, Method},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contract::{HEADER_REQUEST_ID, is_request_id};
use tracing::Instrument;

use crate::{
    error::{ApiError, Cause},
    limits::REQUEST_MAX,
    telemetry,
};

/// The id that a request has in our logs, in Postgres' and in the edge's.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Gives the request its id, and tells what became of it.
pub async fn record(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(&request);
    let method = method_name(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    request.extensions_mut().insert(RequestId(id.clone()));
    let span = tracing::info_span!("request", request_id = %id, method, route);

    let mut response = next.run(request).instrument(span.clone()).await;

    let (status, took) = (response.status().as_u16(), started.elapsed());
    telemetry::request(method, &route, status, took);
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| match response.extensions().get::<Cause>() {
        Some(Cause(cause)) if status >= 500 => {
            tracing::error!(status, millis, cause, "request failed")
        }
        Some(Cause(cause)) => tracing::warn!(status, millis, cause, "request refused"),
        None => tracing::debug!(status, millis, "request answered"),
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER_REQUEST_ID, value);
    }
    response
}

/// Gives up on a request that takes too long. A transaction that is open then is rolled back.
pub async fn limit_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(_elapsed) => ApiError::TimedOut.into_response(),
    }
}

fn request_id(request: &Request) -> String {
    let given = request
        .headers()
        .get(HEADER_REQUEST_ID)
        .and_then(|value| value.to_str().ok());
    match given.filter(|id| is_request_id(id)) {
        Some(id) => id.to_owned(),
        None => uuid::Uuid::new_v4().to_string(),
    }
}

/// Methods are labels of metrics: their number must be bounded.
fn method_name(method: &Method) -> &'static str {
    [
        ("GET", Method::GET),
        ("HEAD", Method::HEAD),
        ("POST", Method::POST),
        ("PUT", Method::PUT),
        ("DELETE", Method::DELETE),
    ]
    .into_iter()
    .find_map(|(name, known)| (known == *method).then_some(name))
    .unwrap_or("other")
}
