//! What can go wrong with a request, by whose fault it is, and how it is answered.
//!
//! None of these answers is signed: to the edge they all mean "try again later". Each is logged once, by the observer
//! around the routes. Messages never hold content, tokens or names of people.

use axum::{
    Json,
    http::{StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use contract::{MalformedQuery, Refusal};
use tokio_postgres::error::DbError;

use crate::store::StoreError;

/// Why a request was not served.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The caller did not prove itself.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The caller repeated a request byte for byte.
    #[error("the request's nonce was spent before: the request is a replay")]
    Replayed,
    /// The path names no case.
    #[error("the path names no case: a case id is 1 to 255 of A-Z a-z 0-9 . _ ~ -")]
    NoCase,
    /// The query cannot be read.
    #[error(transparent)]
    Query(#[from] MalformedQuery),
    /// The length of a body is not announced.
    #[error("the request has no content-length")]
    LengthRequired,
    /// The body is too large.
    #[error("the body is larger than {bytes_max} bytes")]
    TooLarge {
        /// How large it may be.
        bytes_max: usize,
    },
    /// The body ended early or broke off.
    #[error("the body could not be read")]
    BrokenBody,
    /// Too many bytes are in flight.
    #[error("too many bytes are in flight: try again later")]
    Busy,
    /// No tickets are issued here.
    #[error(
        "TICKET_SIGNING_KEY is not set: set it to the `id:KEY` that `host new-ticket-key` prints for it"
    )]
    NoSigner,
    /// The system has no randomness to give.
    #[error("no randomness can be had from the system")]
    NoRandomness,
    /// The request took too long.
    #[error("the request took longer than {} s", crate::limits::REQUEST_MAX.as_secs())]
    TimedOut,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ApiError {
    /// The status it is answered with.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Refused(_) | Self::Replayed | Self::Store(StoreError::Nobody) => {
                StatusCode::UNAUTHORIZED
            }
            Self::NoCase | Self::Query(_) | Self::BrokenBody => StatusCode::BAD_REQUEST,
            Self::LengthRequired => StatusCode::LENGTH_REQUIRED,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy | Self::TimedOut | Self::NoSigner | Self::NoRandomness => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Store(StoreError::Sent(_) | StoreError::Attribution(_)) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::Store(
                StoreError::Pool(_)
                | StoreError::Postgres(_)
                | StoreError::Unsettled
                | StoreError::Lost { .. },
            ) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Store(
                StoreError::Task(_)
                | StoreError::Inconsistent { .. }
                | StoreError::CorruptText { .. },
            ) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What the caller reads. The world's faults and ours are only told to the operator.
    fn public(&self) -> String {
        match self {
            Self::Store(StoreError::Sent(_)) => "the body is not a whole document".to_owned(),
            Self::Store(StoreError::Attribution(_)) => {
                "the body does not end with an attribution".to_owned()
            }
            Self::Store(StoreError::Lost { .. }) => {
                "the stored snapshot is in quarantine".to_owned()
            }
            Self::Store(StoreError::CorruptText { .. }) => "the stored text is corrupt".to_owned(),
            Self::Store(StoreError::Nobody) => "sign in".to_owned(),
            Self::Store(_) => "the store is not available".to_owned(),
            Self::NoSigner | Self::NoRandomness => "no tokens are issued here".to_owned(),
            Self::Refused(_)
            | Self::Replayed
            | Self::NoCase
            | Self::Query(_)
            | Self::LengthRequired
            | Self::TooLarge { .. }
            | Self::BrokenBody
            | Self::Busy
            | Self::TimedOut => self.to_string(),
        }
    }
}

/// Carried in an error's response for the observer, who logs it.
#[derive(Clone, Debug)]
pub struct Cause(pub String);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response =
            (status, Json(serde_json::json!({ "error": self.public() }))).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(RETRY_AFTER, axum::http::HeaderValue::from_static("5"));
        }
        response.extensions_mut().insert(Cause(chain(&self)));
        response
    }
}

/// The error with its causes, on one line.
///
/// Of Postgres' own errors only the code and the message are told: their details quote the row, and so content.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = one(error);
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = one(cause);
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

fn one(error: &(dyn std::error::Error + 'static)) -> String {
    match error.downcast_ref::<DbError>() {
        Some(refused) => format!("{} ({})", refused.message(), refused.code().code()),
        None => error.to_string(),
    }
}
