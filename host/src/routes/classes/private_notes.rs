//! One's own notes on a case, which are nobody else's.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, State},
};
use serde_json::{Value, json};

use super::asked::case_id;
use crate::routes::{
    App,
    cases::new_case_id,
    observe::RequestId,
    visits::{Refused, SignedIn},
};

/// POST `/api/cases/{case_id}/private`: 200 with the id of their document, made at first use; 404 if one may not read the case.
pub async fn open(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(case): Path<String>,
) -> Result<Json<Value>, Refused> {
    let (case_id, new) = (case_id(&case)?, new_case_id()?);
    let notes = app
        .store
        .private_notes(&case_id, session.user_id, &new, &request_id);
    let id = notes.await?.ok_or_else(|| Refused::absent("case"))?;
    app.outbox_bell.notify_one();
    Ok(Json(json!({ "id": id })))
}
