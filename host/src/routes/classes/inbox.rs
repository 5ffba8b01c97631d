//! What somebody was told of, and whom they can mention.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::asked::{case_id, malformed};
use crate::{
    limits::INBOX_READ_MAX,
    routes::{
        App,
        visits::{Refused, Said, SignedIn},
    },
    store::{Inbox, ReadMark},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedMark {
    up_to: Option<i64>,
    ids: Option<Vec<i64>>,
}

/// GET `/api/me/inbox?before=`: 200 with a page of it, the newest first.
pub async fn list(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    query: Result<Query<HashMap<String, String>>, QueryRejection>,
) -> Result<Json<Inbox>, Refused> {
    let unreadable = || malformed("the question cannot be read");
    let Query(query) = query.map_err(|_| unreadable())?;
    let before = query.get("before").map(|before| before.parse::<i64>());
    let before = before.transpose().map_err(|_| unreadable())?;
    Ok(Json(app.store.inbox(session.user_id, before).await?))
}

/// POST `/api/me/inbox/read`: 204.
pub async fn mark_read(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Said(wanted): Said<WantedMark>,
) -> Result<StatusCode, Refused> {
    let mark = match (wanted.up_to, wanted.ids) {
        (Some(id), None) => ReadMark::UpTo(id),
        (None, Some(ids)) if ids.len() <= INBOX_READ_MAX => ReadMark::These(ids),
        _ => {
            let words =
                format!("say either up to which entry, or which ones, at most {INBOX_READ_MAX}");
            return Err(malformed(&words));
        }
    };
    app.store.mark_read(session.user_id, &mark).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// GET `/api/cases/{case_id}/people`: 200 with whom one can mention; 404 if one may not comment there.
pub async fn people(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Path(case): Path<String>,
) -> Result<Json<Value>, Refused> {
    let people = app
        .store
        .mentionable(&case_id(&case)?, session.user_id)
        .await?;
    let people = people.ok_or_else(|| Refused::absent("case"))?;
    Ok(Json(json!({ "people": people })))
}
