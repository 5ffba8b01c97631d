//! How long the cases of a class are kept once it is over.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;

use super::{
    asked::{id, malformed},
    done,
};
use crate::{
    limits::RETAIN_DAYS_MAX,
    routes::{
        App,
        observe::RequestId,
        visits::{Refused, Said, SignedIn},
    },
};

/// Days after the class was archived; null: for ever.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedRetention {
    days: Option<i32>,
}

/// PUT `/api/classes/{class}/retention`: 204.
pub async fn set(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(class): Path<String>,
    Said(WantedRetention { days }): Said<WantedRetention>,
) -> Result<StatusCode, Refused> {
    let class = id(&class, "class")?;
    if days.is_some_and(|days| !(1..=RETAIN_DAYS_MAX).contains(&days)) {
        return Err(malformed(&format!(
            "cases are kept for 1 to {RETAIN_DAYS_MAX} days, or for ever: null"
        )));
    }
    let set = app
        .store
        .set_retention(class, session.user_id, days, &request_id);
    done(&app, set.await?, "class")?;
    Ok(StatusCode::NO_CONTENT)
}
