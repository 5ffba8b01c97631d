//! `/api/cases/{case_id}/versions`: earlier states of a case, for its owners.
//!
//! A state is only told. To bring one back is to edit: the page of an owner does that, through the room, like any other
//! edit, and so nothing that was written later is lost without being seen.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use contract::CaseId;
use serde_json::{Value, json};

use super::{
    App,
    visits::{Refused, SignedIn},
};

/// GET `/api/cases/{case_id}/versions`: 200 with what is kept, newest first; 404 to whoever does not own the case.
pub async fn list(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    Path(case_id): Path<String>,
) -> Result<Json<Value>, Refused> {
    let case_id = owned(&app, &signed_in, &case_id).await?;
    let versions = app.store.versions(&case_id, signed_in.0.user_id).await?;
    Ok(Json(json!({ "versions": versions })))
}

/// GET `/api/cases/{case_id}/versions/{version}`: 200 with the whole document as base64 of Yjs update v1; 404 if it is not
/// kept, and to whoever does not own the case.
pub async fn read(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    Path((case_id, version)): Path<(String, i64)>,
) -> Result<Json<Value>, Refused> {
    let case_id = owned(&app, &signed_in, &case_id).await?;
    let bytes = app.store.version(&case_id, version).await?;
    let bytes = bytes.ok_or_else(|| Refused::absent("version of this case"))?;
    Ok(Json(json!({ "document": STANDARD.encode(bytes) })))
}

/// The case, if it is the visitor's own.
async fn owned(app: &App, SignedIn(session): &SignedIn, case_id: &str) -> Result<CaseId, Refused> {
    let absent = || Refused::absent("case");
    let case_id = CaseId::parse(case_id).map_err(|_| absent())?;
    let user = session.user_id.to_string();
    let is_owner = app.store.is_owner(&case_id, &user).await?;
    is_owner.then_some(case_id).ok_or_else(absent)
}
