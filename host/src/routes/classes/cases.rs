//! Cases of whoever has signed in: listed, brought, changed, deleted, copied, and put into classes.

use std::sync::Arc;

use axum::{
    Extension, Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
};
use contract::limits::CASE_BODY_BYTES_MAX;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    asked::{case_id, id, line, malformed, moment, said},
    class::{state, students_role},
    done,
};
use crate::{
    limits::TITLE_CHARS_MAX,
    routes::{
        App,
        admission::reserve,
        brought,
        cases::{new_case_id, status_of, store_brought},
        observe::RequestId,
        visits::{Refused, Said, SignedIn},
    },
    store::{CaseChange, CaseHead, Kind, SeenCase},
};

#[derive(Deserialize)]
pub struct WantedChange {
    title: Option<String>,
    state: Option<String>,
    /// Null: at once.
    #[serde(default, deserialize_with = "said")]
    visible_from: Option<Option<String>>,
    /// Null: what the class says.
    #[serde(default, deserialize_with = "said")]
    class_role: Option<Option<String>>,
}

#[derive(Deserialize)]
pub struct WantedPlace {
    case: String,
    visible_from: Option<String>,
}

#[derive(Deserialize)]
pub struct WantedCopy {
    class: String,
}

/// GET `/api/cases`: 200 with those that one may read, the newest first.
pub async fn list(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
) -> Result<Json<Value>, Refused> {
    let cases = app.store.seen_cases(session.user_id, None).await?;
    Ok(Json(json!({ "cases": cases })))
}

/// GET `/api/cases/{case_id}`: 200 with what one sees of it, 404 if one may not read it.
pub async fn find(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Path(case): Path<String>,
) -> Result<Json<SeenCase>, Refused> {
    let found = app
        .store
        .seen_case(&case_id(&case)?, session.user_id)
        .await?;
    found.map(Json).ok_or_else(|| Refused::absent("case"))
}

/// GET `/api/cases/{case_id}/names`: 200 with the names behind the pseudonyms there, for the staff of its class alone.
pub async fn names(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Path(case): Path<String>,
) -> Result<Json<Value>, Refused> {
    let names = app.store.names(&case_id(&case)?, session.user_id).await?;
    let names = names.ok_or_else(|| Refused::absent("case"))?;
    Ok(Json(json!({ "names": names })))
}

/// POST `/api/cases`: 201 with the head of a new one, which is one's own.
pub async fn create(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    body: Bytes,
) -> Result<(StatusCode, Json<CaseHead>), Refused> {
    let brought = brought::read(&body).map_err(|unreadable| malformed(&unreadable.to_string()))?;
    let share = reserve(&app, body.len(), CASE_BODY_BYTES_MAX).await?;
    let (measured, owner) = ((share, body.len()), Some(session.user_id));
    let stored = store_brought(&app, brought, measured, owner, &request_id).await?;
    let head =
        stored.map_err(|refused| Refused::because(status_of(refused), &refused.to_string()))?;
    app.outbox_bell.notify_one();
    Ok((StatusCode::CREATED, Json(head)))
}

/// PATCH `/api/cases/{case_id}`: 204.
pub async fn change(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(case): Path<String>,
    Said(wanted): Said<WantedChange>,
) -> Result<StatusCode, Refused> {
    let case_id = case_id(&case)?;
    let title = wanted.title.as_deref();
    let change = CaseChange {
        title: title
            .map(|title| line(title, TITLE_CHARS_MAX, "the title of a case"))
            .transpose()?,
        state: state(wanted.state.as_deref())?,
        visible_from: wanted
            .visible_from
            .map(|said| said.as_deref().map(moment).transpose())
            .transpose()?,
        class_role: wanted
            .class_role
            .map(|said| students_role(said.as_deref()))
            .transpose()?,
    };
    let changed = app.store.change_case(
        (Kind::Case, &case_id),
        session.user_id,
        &change,
        &request_id,
    );
    done(&app, changed.await?, "case")?;
    Ok(StatusCode::NO_CONTENT)
}

/// DELETE `/api/cases/{case_id}`: 204, and it is gone for good.
pub async fn remove(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(case): Path<String>,
) -> Result<StatusCode, Refused> {
    let case_id = case_id(&case)?;
    let removed = app
        .store
        .delete_own_case((Kind::Case, &case_id), session.user_id, &request_id);
    done(&app, removed.await?, "case")?;
    Ok(StatusCode::NO_CONTENT)
}

/// POST `/api/cases/{case_id}/copy`: 201 with the head of a new one, in a class that one leads.
pub async fn copy(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(case): Path<String>,
    Said(WantedCopy { class }): Said<WantedCopy>,
) -> Result<(StatusCode, Json<CaseHead>), Refused> {
    let original = case_id(&case)?;
    let (class, new) = (id(&class, "case")?, new_case_id()?);
    let copied = app
        .store
        .copy_case(&original, (class, &new), session.user_id, &request_id);
    let head = done(&app, copied.await?, "case")?;
    Ok((StatusCode::CREATED, Json(head)))
}

/// POST `/api/classes/{class}/cases`: 204, and the class has the case.
pub async fn place(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(class): Path<String>,
    Said(wanted): Said<WantedPlace>,
) -> Result<StatusCode, Refused> {
    let (class, case_id) = (id(&class, "case")?, case_id(&wanted.case)?);
    let visible_from = wanted.visible_from.as_deref().map(moment).transpose()?;
    let place = (class, Kind::Case, &case_id);
    let placed = app
        .store
        .place_case(place, session.user_id, visible_from, &request_id);
    done(&app, placed.await?, "case")?;
    Ok(StatusCode::NO_CONTENT)
}

/// DELETE `/api/classes/{class}/cases/{case_id}`: 204, and only those see it with whom it is shared.
pub async fn withdraw(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path((class, case)): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    let (class, case_id) = (id(&class, "case")?, case_id(&case)?);
    let place = (class, Kind::Case, &case_id);
    let withdrawn = app.store.withdraw_case(place, session.user_id, &request_id);
    done(&app, withdrawn.await?, "case")?;
    Ok(StatusCode::NO_CONTENT)
}
