//! What somebody sees and says of themselves.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use contract::Person;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{App, Refused};
use crate::{
    routes::visits::{Said, SignedIn},
    store::Session,
};

/// GET `/api/me`: 200 with who has signed in.
pub async fn me(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
) -> Result<Json<Value>, Refused> {
    shown(&app, &session).await
}

/// What somebody wants to be called.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renamed {
    name: String,
}

/// PATCH `/api/me`: 200 with who has signed in, by the new name; tickets that follow have it too.
pub async fn rename(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Said(wanted): Said<Renamed>,
) -> Result<Json<Value>, Refused> {
    if Person::new("somebody", &wanted.name).is_err() {
        let words = "a name has 1 to 100 characters, without space at either end";
        return Err(Refused::because(StatusCode::BAD_REQUEST, words));
    }
    app.store.rename(session.user_id, &wanted.name).await?;
    app.store.settle_user(session.user_id).await?;
    app.outbox_bell.notify_one();
    let session = Session {
        name: wanted.name,
        ..session
    };
    shown(&app, &session).await
}

async fn shown(app: &App, session: &Session) -> Result<Json<Value>, Refused> {
    Ok(Json(json!({
        "user": session.user_id,
        "name": session.name,
        "email": session.email,
        "can_create_classes": app.store.may_create_classes(session.user_id).await?,
    })))
}
