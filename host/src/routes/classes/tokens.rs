//! Client tokens of whoever has signed in: for their own programs, with at most their own role. Owners of a case see and revoke
//! everybody's.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::StatusCode,
};
use contract::{CaseId, Role, limits::CLIENT_TOKEN_MS_MAX, token::TokenId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::asked::{case_id, malformed};
use crate::{
    limits::CLIENT_TOKENS_LISTED_MAX,
    routes::{
        App,
        authority::make_client_token,
        observe::RequestId,
        visits::{Refused, Said, SignedIn},
    },
    store::{ListedToken, Session},
};

#[derive(Deserialize)]
pub struct WantedToken {
    role: String,
    /// As long as it may be, if absent.
    lasts_ms: Option<u64>,
}

/// GET `/api/cases/{case_id}/client-tokens`: 200 with the newest ones, without what proves them.
pub async fn list(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Path(case): Path<String>,
) -> Result<Json<Value>, Refused> {
    let tokens = seen(&app, &case_id(&case)?, &session).await?;
    Ok(Json(json!({ "client_tokens": tokens })))
}

/// POST `/api/cases/{case_id}/client-tokens`: 201 with a token; 403 for more than one may do oneself, 429 for too many.
pub async fn issue(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(case): Path<String>,
    Said(wanted): Said<WantedToken>,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let case_id = case_id(&case)?;
    let user = session.user_id.to_string();
    let is_granted = app.store.granted(&case_id, &user).await?.is_some();
    // One's own notes are for one's own pages: what programs may do is on record, and that there are notes is nobody's business.
    if !is_granted || app.store.are_private_notes(&case_id).await? {
        return Err(Refused::absent("case"));
    }
    let lasts_ms = wanted.lasts_ms.unwrap_or(CLIENT_TOKEN_MS_MAX);
    let (Some(role), 1..=CLIENT_TOKEN_MS_MAX) = (Role::parse(&wanted.role), lasts_ms) else {
        return Err(malformed(
            "a token has a role, read, comment, annotate or own, and lasts a day at most",
        ));
    };
    let named = (user.as_str(), role);
    let made = make_client_token(&app, &case_id, named, lasts_ms, &request_id).await?;
    let token = made.map_err(|(status, words)| Refused::because(status, &words))?;
    Ok((StatusCode::CREATED, Json(token)))
}

/// DELETE `/api/cases/{case_id}/client-tokens/{token}`: 200 with the time since when it is revoked.
pub async fn revoke(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path((case, token)): Path<(String, String)>,
) -> Result<Json<Value>, Refused> {
    let case_id = case_id(&case)?;
    let absent = || Refused::absent("client token");
    let tokens = seen(&app, &case_id, &session).await?;
    let id = TokenId::parse(&token).map_err(|_| absent())?;
    if !tokens.iter().any(|listed| listed.id == id.to_string()) {
        return Err(absent());
    }
    let revoked = app.store.revoke_client_token(&case_id, id, &request_id);
    let revoked_ms = revoked.await?.ok_or_else(absent)?;
    app.outbox_bell.notify_one();
    Ok(Json(json!({ "revoked_ms": revoked_ms })))
}

/// Those that this person sees: to owners everybody's, to others their own. Whom owners know by an address alone is shown as that,
/// and by no name once that was taken back: a token must not tell whose it is.
async fn seen(app: &App, case_id: &CaseId, session: &Session) -> Result<Vec<ListedToken>, Refused> {
    let user = session.user_id.to_string();
    let is_owner = app.store.is_owner(case_id, &user).await?;
    if !is_owner && app.store.granted(case_id, &user).await?.is_none() {
        return Err(Refused::absent("case"));
    }
    let tokens = app
        .store
        .list_client_tokens(case_id, CLIENT_TOKENS_LISTED_MAX);
    let mut tokens = tokens.await?;
    tokens.retain(|token| is_owner || token.user == user);
    for token in tokens.iter_mut().filter(|token| token.user != user) {
        if let Some(instead) = token.instead.take() {
            token.name.clone_from(&instead);
            token.user = instead;
        }
    }
    Ok(tokens)
}
