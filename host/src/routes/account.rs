//! What is somebody's own: given to them, and erased with them.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::{Query, State},
    http::{
        HeaderName, StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::IntoResponse,
    routing::get,
};
use contract::CaseId;
use serde::Deserialize;
use serde_json::json;

use super::{
    App,
    observe::RequestId,
    visits::{Refused, Said, SignedIn, take_session},
};
use crate::{
    limits::EXPORTS,
    store::{EraseOutcome, User},
};

/// The routes, without what is around them.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/api/me/export", get(export))
}

/// What is wanted of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// What is theirs in this case alone.
    case: Option<String>,
}

const EXPORT_HEADERS: [(HeaderName, &str); 3] = [
    (CONTENT_TYPE, "application/json"),
    (
        CONTENT_DISPOSITION,
        "attachment; filename=\"glossator.json\"",
    ),
    (CACHE_CONTROL, "no-store"),
];

/// GET `/api/me/export`: 200 with what is the person's own, as a file.
async fn export(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Query(wanted): Query<Wanted>,
) -> Result<impl IntoResponse, Refused> {
    let case_id = wanted.case.map(|case_id| CaseId::parse(&case_id));
    let case_id = case_id.transpose().map_err(|_| Refused::absent("case"))?;
    // All of one's documents are read for it.
    let whose = session.user_id.to_string();
    if let Some(seconds) = app.store.count(&EXPORTS, &whose).await? {
        return Err(Refused::too_often(seconds, "too often: try again later"));
    }
    let user = User {
        id: session.user_id,
        name: session.name,
        email: session.email,
    };
    let exported = app.store.export(&user, case_id.as_ref()).await?;
    Ok((EXPORT_HEADERS, exported.content.to_string()))
}

/// By what it is told from a press by accident.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmed {
    name: String,
}

/// DELETE `/api/me`: 200, and the person is nobody any more; 400 unless they say their name, 409 while they own a class
/// that others are in.
pub async fn erase(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Said(Confirmed { name }): Said<Confirmed>,
) -> Result<impl IntoResponse, Refused> {
    if name.trim() != session.name {
        let words = "that is not your name, as it is written here";
        return Err(Refused::because(StatusCode::BAD_REQUEST, words));
    }
    let erased = app
        .store
        .erase_person(session.user_id, false, &request_id)
        .await?;
    match erased {
        EraseOutcome::Absent => Err(Refused::signed_out()),
        EraseOutcome::Owns(classes) => {
            let words = format!(
                "you own classes that others are in: {}. Hand each over to somebody first, on its page",
                classes.join(", ")
            );
            Err(Refused::because(StatusCode::CONFLICT, &words))
        }
        EraseOutcome::Erased => {
            app.outbox_bell.notify_one();
            Ok((take_session(), Json(json!({}))))
        }
    }
}
