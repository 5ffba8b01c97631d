//! Classes themselves: listed, made, shown, changed, and joined.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::StatusCode,
};
use contract::{CaseState, Region, Role};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    asked::{id, line, malformed},
    done,
};
use crate::{
    error::ApiError,
    invite_code::{self, InviteCode},
    limits::{CLASS_NAME_CHARS_MAX, JOINS},
    routes::{
        App,
        observe::RequestId,
        visits::{Refused, Said, SignedIn},
    },
    store::{ClassChange, NewClass, Outcome},
};

#[derive(Deserialize)]
pub struct WantedClass {
    name: String,
    region: Option<String>,
    default_role: Option<String>,
    #[serde(default)]
    anonymous: bool,
}

#[derive(Deserialize)]
pub struct WantedChange {
    name: Option<String>,
    state: Option<String>,
    default_role: Option<String>,
}

#[derive(Deserialize)]
pub struct Code {
    code: String,
}

/// GET `/api/classes`: 200 with the classes that one is in.
pub async fn list(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
) -> Result<Json<Value>, Refused> {
    let classes = app.store.list_classes(session.user_id).await?;
    Ok(Json(json!({ "classes": classes })))
}

/// POST `/api/classes`: 201 with the id of a new one; 404 for whoever may make none.
pub async fn create(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Said(wanted): Said<WantedClass>,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let region = wanted.region.as_deref().map(Region::parse).transpose();
    let new = NewClass {
        name: line(&wanted.name, CLASS_NAME_CHARS_MAX, "the name of a class")?,
        region: region.map_err(|unknown| malformed(&unknown.to_string()))?,
        default_role: students_role(wanted.default_role.as_deref())?.unwrap_or(Role::Annotate),
        anonymous: wanted.anonymous,
    };
    let created = app.store.create_class(&new, session.user_id, &request_id);
    let class = match created.await? {
        Outcome::Absent => {
            let words = "instructors make classes: ask whoever runs this service to make you one";
            return Err(Refused::because(StatusCode::FORBIDDEN, words));
        }
        outcome @ (Outcome::Done(_) | Outcome::Conflict(_)) => done(&app, outcome, "class")?,
    };
    Ok((StatusCode::CREATED, Json(json!({ "id": class }))))
}

/// GET `/api/classes/{class}`: 200 with what one sees of it.
pub async fn find(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Path(class): Path<String>,
) -> Result<Json<Value>, Refused> {
    let class = id(&class, "class")?;
    let found = app.store.find_class(class, session.user_id).await?;
    let found = found.ok_or_else(|| Refused::absent("class"))?;
    let cases = app.store.seen_cases(session.user_id, Some(class)).await?;
    let retention = app.store.retention(class).await?;
    let boards = app.store.seen_boards(session.user_id, Some(class)).await?;
    let mut answer = json!({
        "id": class,
        "name": found.name,
        "role": found.role.name(),
        "state": found.state.name(),
        "default_role": found.default_role.name(),
        "people": found.people,
        "anonymous": found.anonymous,
        "persona": app.store.persona(class, session.user_id).await?,
        "is_owner": found.is_owner,
        "retention": retention,
        "cases": cases,
        "boards": boards,
    });
    if found.role.is_staff() {
        let (members, invited) = app.store.members(class).await?;
        answer["sections"] = json!(app.store.sections(class).await?);
        answer["members"] = json!(members);
        answer["invited"] = json!(invited);
        answer["invite_code"] = json!(found.invite_code);
    }
    Ok(Json(answer))
}

/// PATCH `/api/classes/{class}`: 204.
pub async fn change(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(class): Path<String>,
    Said(wanted): Said<WantedChange>,
) -> Result<StatusCode, Refused> {
    let class = id(&class, "class")?;
    let name = wanted.name.as_deref();
    let name = name.map(|name| line(name, CLASS_NAME_CHARS_MAX, "the name of a class"));
    let change = ClassChange {
        name: name.transpose()?,
        state: state(wanted.state.as_deref())?,
        default_role: students_role(wanted.default_role.as_deref())?,
    };
    let changed = app
        .store
        .change_class(class, session.user_id, &change, &request_id);
    done(&app, changed.await?, "class")?;
    Ok(StatusCode::NO_CONTENT)
}

/// POST `/api/classes/{class}/invite-code`: 200 with a new code; the one before lets nobody in any more.
pub async fn give_code(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(class): Path<String>,
) -> Result<Json<Value>, Refused> {
    let class = id(&class, "class")?;
    let code = draw_code()?;
    let given = app
        .store
        .set_invite_code(class, session.user_id, Some(&code), &request_id);
    done(&app, given.await?, "class")?;
    Ok(Json(json!({ "invite_code": code.as_str() })))
}

/// DELETE `/api/classes/{class}/invite-code`: 204.
pub async fn take_code(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(class): Path<String>,
) -> Result<StatusCode, Refused> {
    let class = id(&class, "class")?;
    let taken = app
        .store
        .set_invite_code(class, session.user_id, None, &request_id);
    done(&app, taken.await?, "class")?;
    Ok(StatusCode::NO_CONTENT)
}

/// POST `/api/join`: 200 with the class that one is in since then; 429 if one tries too often.
pub async fn join(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Said(Code { code }): Said<Code>,
) -> Result<Json<Value>, Refused> {
    let whose = session.user_id.to_string();
    if let Some(seconds) = app.store.count(&JOINS, &whose).await? {
        return Err(Refused::too_often(seconds, "too often: try again later"));
    }
    let code = InviteCode::parse(&code).ok_or_else(|| Refused::absent("code"))?;
    let joined = app.store.join_class(&code, session.user_id, &request_id);
    let class = done(&app, joined.await?, "code")?;
    Ok(Json(json!({ "class": class })))
}

/// A state by its name.
pub fn state(name: Option<&str>) -> Result<Option<CaseState>, Refused> {
    let state = |name| {
        CaseState::parse(name).ok_or_else(|| malformed("a state is open, locked or archived"))
    };
    name.map(state).transpose()
}

/// What students may do, by its name.
pub fn students_role(name: Option<&str>) -> Result<Option<Role>, Refused> {
    let role = |name| {
        let role = Role::parse(name).filter(|role| *role < Role::Own);
        role.ok_or_else(|| malformed("what students may do is read, comment or annotate"))
    };
    name.map(role).transpose()
}

/// A code that nobody knows.
pub fn draw_code() -> Result<InviteCode, ApiError> {
    let mut random = [0; invite_code::CHARS];
    getrandom::fill(&mut random).map_err(|_| ApiError::NoRandomness)?;
    Ok(InviteCode::draw(random))
}
