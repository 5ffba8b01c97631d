//! Sections of a class: made, renamed, removed, filled, and given cases.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    asked::{case_id, id, line, moment},
    done,
};
use crate::{
    limits::{CLASS_SECTIONS_MAX, SECTION_NAME_CHARS_MAX},
    routes::{
        App,
        cases::new_case_id,
        observe::RequestId,
        visits::{Refused, Said, SignedIn},
    },
};

#[derive(Deserialize)]
pub struct WantedSection {
    name: String,
}

#[derive(Deserialize)]
pub struct WantedDivision {
    visible_from: Option<String>,
}

/// POST `/api/classes/{class}/sections`: 201 with the id of a new one.
pub async fn create(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(class): Path<String>,
    Said(wanted): Said<WantedSection>,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let (class, name) = (id(&class, "class")?, name(&wanted.name)?);
    let created = app
        .store
        .create_section(class, session.user_id, &name, &request_id);
    let section = done(&app, created.await?, "class")?;
    Ok((StatusCode::CREATED, Json(json!({ "id": section }))))
}

/// PATCH `/api/classes/{class}/sections/{section}`: 204.
pub async fn rename(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path((class, section)): Path<(String, String)>,
    Said(wanted): Said<WantedSection>,
) -> Result<StatusCode, Refused> {
    let section = (id(&class, "section")?, id(&section, "section")?);
    let name = name(&wanted.name)?;
    let renamed = app
        .store
        .rename_section(section, session.user_id, &name, &request_id);
    done(&app, renamed.await?, "section")?;
    Ok(StatusCode::NO_CONTENT)
}

/// DELETE `/api/classes/{class}/sections/{section}`: 204; 409 while it has cases.
pub async fn remove(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path((class, section)): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    let section = (id(&class, "section")?, id(&section, "section")?);
    let removed = app
        .store
        .remove_section(section, session.user_id, &request_id);
    done(&app, removed.await?, "section")?;
    Ok(StatusCode::NO_CONTENT)
}

/// POST `/api/classes/{class}/distribution`: 200 with how many students have come into a section.
pub async fn distribute(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(class): Path<String>,
) -> Result<Json<Value>, Refused> {
    let class = id(&class, "class")?;
    let dealt = app
        .store
        .distribute(class, session.user_id, &request_id)
        .await?;
    let people = done(&app, dealt, "class")?;
    Ok(Json(json!({ "people": people })))
}

/// POST `/api/classes/{class}/cases/{case_id}/sections`: 201 with the heads of new cases, one for each section that had none.
pub async fn divide(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path((class, case)): Path<(String, String)>,
    Said(wanted): Said<WantedDivision>,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let (class, case_id) = (id(&class, "case")?, case_id(&case)?);
    let visible_from = wanted.visible_from.as_deref().map(moment).transpose()?;
    let ids: Result<Vec<_>, _> = (0..CLASS_SECTIONS_MAX).map(|_| new_case_id()).collect();
    let ids = ids?;
    let divided = app.store.divide_case(
        (class, &case_id),
        session.user_id,
        (visible_from, &ids),
        &request_id,
    );
    let cases = done(&app, divided.await?, "case")?;
    Ok((StatusCode::CREATED, Json(json!({ "cases": cases }))))
}

fn name(written: &str) -> Result<String, Refused> {
    line(written, SECTION_NAME_CHARS_MAX, "the name of a section")
}
