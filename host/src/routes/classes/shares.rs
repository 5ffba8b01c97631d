//! With whom a case is shared.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::StatusCode,
};
use contract::Role;
use serde::Deserialize;

use super::{
    asked::{case_id, malformed},
    done,
};
use crate::{
    email::Email,
    routes::{
        App,
        observe::RequestId,
        visits::{Refused, Said, SignedIn},
    },
    store::{SharedWith, Shares},
};

#[derive(Deserialize)]
pub struct WantedShare {
    user: Option<String>,
    email: Option<String>,
    /// Null: nothing any longer.
    role: Option<String>,
}

/// GET `/api/cases/{case_id}/shares`: 200 with those who were given something, and those who were invited.
pub async fn list(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Path(case): Path<String>,
) -> Result<Json<Shares>, Refused> {
    let case_id = case_id(&case)?;
    let listed = app.store.list_shares(&case_id, session.user_id).await?;
    Ok(Json(done(&app, listed, "case")?))
}

/// PUT `/api/cases/{case_id}/shares`: 204, the same for an address that is known and one that is not.
pub async fn set(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(case): Path<String>,
    Said(wanted): Said<WantedShare>,
) -> Result<StatusCode, Refused> {
    let case_id = case_id(&case)?;
    let with = match (wanted.user, wanted.email) {
        (Some(user), None) => SharedWith::User(user),
        (None, Some(email)) => {
            let email = Email::parse(&email).map_err(|none| malformed(&none.to_string()))?;
            SharedWith::Email(email)
        }
        (Some(_), Some(_)) | (None, None) => {
            return Err(malformed("say either a user or an e-mail address"));
        }
    };
    let role = wanted.role.as_deref().map(|name| {
        let words = "a role on a case is read, comment, annotate or own";
        Role::parse(name).ok_or_else(|| malformed(words))
    });
    let gift = (&with, role.transpose()?);
    let shared = app
        .store
        .share_case(&case_id, session.user_id, gift, &request_id);
    done(&app, shared.await?, "case")?;
    Ok(StatusCode::NO_CONTENT)
}
