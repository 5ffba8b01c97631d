//! What somebody sees and says of themselves.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Extension, State},
    http::StatusCode,
};
use contract::{Person, Visit};
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

/// What somebody wants to be different of themselves. What is absent stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedOfMe {
    name: Option<String>,
    digest: Option<String>,
}

/// PATCH `/api/me`: 200 with who has signed in; tickets that follow have a new name too. 409 for mails where none can be sent.
pub async fn change(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    SignedIn(session): SignedIn,
    Said(wanted): Said<WantedOfMe>,
) -> Result<Json<Value>, Refused> {
    let wants_digest = match wanted.digest.as_deref() {
        None => None,
        Some("never") => Some(false),
        Some("daily") if can_be_mailed(&app, &session) => Some(true),
        Some("daily") => {
            let words = "no mails are sent here, or no address of yours is known";
            return Err(Refused::because(StatusCode::CONFLICT, words));
        }
        Some(_) => {
            let words = "mails are sent never or daily";
            return Err(Refused::because(StatusCode::BAD_REQUEST, words));
        }
    };
    let mut session = session;
    if let Some(name) = wanted.name {
        if Person::new("somebody", &name).is_err() {
            let words = "a name has 1 to 100 characters, without space at either end";
            return Err(Refused::because(StatusCode::BAD_REQUEST, words));
        }
        app.store.rename(session.user_id, &name).await?;
        app.store.settle_user(session.user_id).await?;
        app.outbox_bell.notify_one();
        session.name = name;
    } else if wants_digest.is_none() {
        let words = "a name, or how often mails are wanted, is to be said";
        return Err(Refused::because(StatusCode::BAD_REQUEST, words));
    }
    if let Some(is_wanted) = wants_digest {
        let origin = is_wanted.then_some(&visit.origin);
        app.store.set_digest(session.user_id, origin).await?;
    }
    shown(&app, &session).await
}

/// Whether mails are sent from here, and there is an address to send one to, which is proven.
fn can_be_mailed(app: &App, session: &Session) -> bool {
    app.sign_in.mail.is_some() && session.email.is_some()
}

async fn shown(app: &App, session: &Session) -> Result<Json<Value>, Refused> {
    // Null where there is nothing to choose.
    let digest = match can_be_mailed(app, session) {
        false => None,
        true if app.store.wants_digest(session.user_id).await? => Some("daily"),
        true => Some("never"),
    };
    Ok(Json(json!({
        "user": session.user_id,
        "name": session.name,
        "email": session.email,
        "can_create_classes": app.store.may_create_classes(session.user_id).await?,
        "digest": digest,
    })))
}
