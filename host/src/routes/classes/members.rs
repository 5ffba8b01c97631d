//! Who is in a class, and what they have done there.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    asked::{id, malformed, said},
    class::draw_code,
    done,
};
use crate::{
    email::Email,
    roster,
    routes::{
        App,
        observe::RequestId,
        visits::{Refused, Said, SignedIn},
    },
    store::{ClassRole, RosterReport},
};

/// What is not said stays.
#[derive(Deserialize)]
pub struct WantedPlace {
    role: Option<String>,
    /// Null: in none.
    #[serde(default, deserialize_with = "said")]
    section: Option<Option<String>>,
}

#[derive(Deserialize)]
pub struct WantedRoster {
    csv: String,
}

/// POST `/api/classes/{class}/roster`: 200 with what became of each line.
pub async fn enrol(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(class): Path<String>,
    Said(WantedRoster { csv }): Said<WantedRoster>,
) -> Result<Json<RosterReport>, Refused> {
    let class = id(&class, "class")?;
    // Who is nobody here is told nothing of their file either.
    let asking = app.store.find_class(class, session.user_id).await?;
    if !asking.is_some_and(|class| class.role.leads()) {
        return Err(Refused::absent("class"));
    }
    let roster = roster::read(&csv).map_err(|unreadable| malformed(&unreadable.to_string()))?;
    let enrolled = app
        .store
        .enrol_roster(class, session.user_id, roster, &request_id);
    Ok(Json(done(&app, enrolled.await?, "class")?))
}

/// PUT `/api/classes/{class}/members/{user}`: 204. The role is changed first: what can be said of it alone stands even if there
/// is no such section.
pub async fn change(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path((class, user)): Path<(String, String)>,
    Said(wanted): Said<WantedPlace>,
) -> Result<StatusCode, Refused> {
    let member = (id(&class, "member")?, id(&user, "member")?);
    let role = wanted.role.as_deref().map(|role| {
        let words = "a role in a class is student, tutor, instructor or coordinator";
        ClassRole::parse(role).ok_or_else(|| malformed(words))
    });
    let (role, by) = (role.transpose()?, session.user_id);
    let section = wanted.section.map(|section| {
        let section = section.as_deref();
        section.map(|section| id(section, "member")).transpose()
    });
    let section = section.transpose()?;
    if role.is_none() && section.is_none() {
        return Err(malformed("say a role, a section, or both"));
    }
    if let Some(role) = role {
        let next_code = draw_code()?;
        let wanted = (Some(role), &next_code);
        let changed = app.store.set_member(member, by, wanted, &request_id);
        done(&app, changed.await?, "member")?;
    }
    if let Some(section) = section {
        let moved = app.store.set_section(member, by, section, &request_id);
        done(&app, moved.await?, "member")?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// DELETE `/api/classes/{class}/members/{user}`: 204. One may remove oneself.
pub async fn remove(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path((class, user)): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    let member = (id(&class, "member")?, id(&user, "member")?);
    let next_code = draw_code()?;
    let removed = app
        .store
        .set_member(member, session.user_id, (None, &next_code), &request_id);
    done(&app, removed.await?, "member")?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who shall own the class.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NextOwner {
    user: Uuid,
}

/// PUT `/api/classes/{class}/owner`: 204. Its owner alone may hand it over, to somebody who is in it.
pub async fn hand_over(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(class): Path<String>,
    Said(NextOwner { user }): Said<NextOwner>,
) -> Result<StatusCode, Refused> {
    let class = id(&class, "class")?;
    let by = Some(session.user_id);
    let handed = app
        .store
        .hand_class_over((class, user), by, &request_id)
        .await?;
    done(&app, handed, "class")?;
    Ok(StatusCode::NO_CONTENT)
}

/// DELETE `/api/classes/{class}/invitations/{email}`: 204.
pub async fn take_back(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path((class, email)): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    let class = id(&class, "invitation")?;
    let email = Email::parse(&email).map_err(|_| Refused::absent("invitation"))?;
    let invitation = (class, email.as_str());
    let taken = app
        .store
        .take_back_invitation(invitation, session.user_id, &request_id);
    done(&app, taken.await?, "invitation")?;
    Ok(StatusCode::NO_CONTENT)
}

/// GET `/api/classes/{class}/progress`: 200 with what people have done, case by case.
pub async fn progress(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Path(class): Path<String>,
) -> Result<Json<Value>, Refused> {
    let class = id(&class, "class")?;
    let asking = app.store.find_class(class, session.user_id).await?;
    if !asking.is_some_and(|class| class.role.is_staff()) {
        return Err(Refused::absent("class"));
    }
    let cases = app.store.progress(class, session.user_id).await?;
    Ok(Json(json!({ "cases": cases })))
}
