//! `/auth/…` and `/api/…`: what browsers ask, by way of the edge.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
    routing::{any, get, post},
};
use contract::Digest;

use super::{
    App, account, authority, classes, sign_in, versions,
    visits::{Refused, SignedIn},
};

/// The routes, without what is around them.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .merge(sign_in::routes())
        .merge(account::routes())
        .merge(classes::routes())
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
