//! Search over all that one may read.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};

use super::asked::malformed;
use crate::{
    limits::{SEARCH_PAGES_MAX, SEARCH_QUERY_CHARS_MAX},
    routes::{
        App,
        visits::{Refused, SignedIn},
    },
    store::FoundPage,
};

/// GET `/api/search?q=&page=`: 200 with a page of hits, counted from 0.
pub async fn find(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    query: Result<Query<HashMap<String, String>>, QueryRejection>,
) -> Result<Json<FoundPage>, Refused> {
    let Query(query) = query.map_err(|_| malformed("the question cannot be read"))?;
    let words = query.get("q").map_or("", |words| words.trim());
    // Postgres takes no text with one.
    let is_text = !words.contains('\0');
    if !is_text || words.chars().take(SEARCH_QUERY_CHARS_MAX + 1).count() > SEARCH_QUERY_CHARS_MAX {
        return Err(malformed(&format!(
            "look for at most {SEARCH_QUERY_CHARS_MAX} characters"
        )));
    }
    let page = query.get("page").map_or(Ok(0), |page| page.parse::<i64>());
    let page = page
        .ok()
        .filter(|page| (0..SEARCH_PAGES_MAX).contains(page));
    let page = page.ok_or_else(|| malformed("there is no such page"))?;
    if words.is_empty() {
        return Ok(Json(FoundPage::default()));
    }
    Ok(Json(app.store.search(session.user_id, words, page).await?))
}
