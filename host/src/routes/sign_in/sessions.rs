//! One's own sessions: listed, and ended.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    response::IntoResponse,
};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::{App, Refused};
use crate::routes::visits::{SignedIn, take_session};

/// GET `/api/me/sessions`: 200 with the browsers in which the person has signed in, the newest first.
pub async fn list(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
) -> Result<Json<Value>, Refused> {
    let sessions = app.store.list_sessions(session.user_id).await?;
    let shown = |at: time::OffsetDateTime| at.format(&Rfc3339).ok();
    let sessions: Vec<Value> = sessions
        .into_iter()
        .map(|listed| {
            json!({
                "id": listed.handle,
                "way": listed.way,
                "agent": listed.agent,
                "created_at": shown(listed.created_at),
                "last_seen_at": shown(listed.last_seen_at),
                "current": listed.handle == session.handle,
            })
        })
        .collect();
    Ok(Json(json!({ "sessions": sessions })))
}

/// DELETE `/api/me/sessions/{id}`: 200, and that session has ended with whatever is open by it; 404 if it is none of the person's.
pub async fn end(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Path(handle): Path<String>,
) -> Result<Json<Value>, Refused> {
    let handle = Uuid::parse_str(&handle).map_err(|_| Refused::absent("session"))?;
    if app.store.end_session(session.user_id, handle).await? {
        app.outbox_bell.notify_one();
        Ok(Json(json!({})))
    } else {
        Err(Refused::absent("session"))
    }
}

/// POST `/auth/sign-out`: 200, and the session has ended.
pub async fn sign_out(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
) -> Result<impl IntoResponse, Refused> {
    app.store
        .leave_session(session.user_id, session.handle)
        .await?;
    Ok((take_session(), Json(json!({}))))
}

/// POST `/auth/sign-out-everywhere`: 200, and all sessions of the person have ended, with whatever is open by them.
pub async fn sign_out_everywhere(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
) -> Result<impl IntoResponse, Refused> {
    app.store.end_sessions(session.user_id).await?;
    app.outbox_bell.notify_one();
    Ok((take_session(), Json(json!({}))))
}
