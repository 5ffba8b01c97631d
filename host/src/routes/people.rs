//! `/auth/…` and `/api/…`: what browsers ask, by way of the edge.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::{Path, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
    routing::{any, get, post},
};
use contract::{Digest, Person, Visit};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    App, authority, versions,
    visits::{Refused, Said, SignedIn, give_session, new_secret, take_session},
};

/// The routes, without what is around them.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/auth/development", post(sign_in_by_name))
        .route("/auth/sign-out", post(sign_out))
        .route("/api/me", get(me))
        .route(
            "/api/cases/{case_id}/ticket",
            post(authority::issue_ticket_to_visitor),
        )
        .route("/api/texts/{sha256}", get(text))
        .route("/api/cases/{case_id}/versions", get(versions::list))
        .route(
            "/api/cases/{case_id}/versions/{version}",
            get(versions::read),
        )
        .route("/auth/{*rest}", any(nothing))
        .route("/api/{*rest}", any(nothing))
}

async fn nothing() -> Refused {
    Refused::because(StatusCode::NOT_FOUND, "there is nothing here")
}

/// GET `/api/me`: 200 with who has signed in.
async fn me(SignedIn(session): SignedIn) -> Json<Value> {
    Json(json!({
        "user": session.user_id,
        "name": session.name,
        "email": session.email,
        "can_create_classes": false,
    }))
}

/// GET `/api/texts/{sha256}`: 200 with the text of a case that the visitor may read, 404 if there is none.
async fn text(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Path(sha256): Path<String>,
) -> Result<impl IntoResponse, Refused> {
    let absent = || Refused::absent("text");
    let sha256 = Digest::parse(&sha256).map_err(|_| absent())?;
    let user = session.user_id.to_string();
    if !app.store.may_read_text(&sha256, &user).await? {
        return Err(absent());
    }
    let text = app.store.find_text(&sha256).await?.ok_or_else(absent)?;
    Ok(([(CONTENT_TYPE, "application/json")], text))
}

#[derive(Deserialize)]
struct Named {
    name: String,
    #[serde(default)]
    to: Option<String>,
}

/// POST `/auth/development`: 200 with a session for whoever says a name, 404 where names are not believed.
async fn sign_in_by_name(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Said(named): Said<Named>,
) -> Result<impl IntoResponse, Refused> {
    if !app.has_development_sign_in || !visit.origin.is_loopback() {
        return Err(Refused::because(
            StatusCode::NOT_FOUND,
            "there is nothing here",
        ));
    }
    if Person::new("development", &named.name).is_err() {
        let words = "say a name: 1 to 100 characters, without space at either end";
        return Err(Refused::because(StatusCode::BAD_REQUEST, words));
    }
    let user = app.store.user_by_mere_name(&named.name).await?;
    let secret = new_secret()?;
    let secrets = (&secret, visit.session.as_ref());
    app.store
        .begin_session(user.id, secrets, "development", &visit.agent)
        .await?;
    let to = named.to.unwrap_or_else(|| "/".to_owned());
    Ok((give_session(&secret), Json(json!({ "to": to }))))
}

/// POST `/auth/sign-out`: 200, and the session has ended.
async fn sign_out(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
) -> Result<impl IntoResponse, Refused> {
    app.store
        .end_session(session.user_id, session.handle)
        .await?;
    Ok((take_session(), Json(json!({}))))
}
