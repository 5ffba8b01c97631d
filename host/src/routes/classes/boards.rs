//! Boards of whoever has signed in: listed, made, changed, deleted, and put into classes. With whom one is shared, its tickets,
//! versions and client tokens are asked for under `/api/cases/{id}`, as a case's are.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::StatusCode,
};
use contract::CaseId;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    asked::{id, line, said},
    class::{state, students_role},
    done,
};
use crate::{
    limits::TITLE_CHARS_MAX,
    routes::{
        App,
        cases::new_case_id,
        observe::RequestId,
        visits::{Refused, Said, SignedIn},
    },
    store::{CaseChange, Kind, SeenBoard, StoreError},
};

#[derive(Deserialize)]
pub struct WantedBoard {
    title: String,
}

#[derive(Deserialize)]
pub struct WantedChange {
    title: Option<String>,
    state: Option<String>,
    /// Null: what the class says.
    #[serde(default, deserialize_with = "said")]
    class_role: Option<Option<String>>,
}

#[derive(Deserialize)]
pub struct WantedPlace {
    board: String,
}

/// GET `/api/boards`: 200 with those that one may read, the newest first.
pub async fn list(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
) -> Result<Json<Value>, Refused> {
    let boards = app.store.seen_boards(session.user_id, None).await?;
    Ok(Json(json!({ "boards": boards })))
}

/// GET `/api/boards/{board}`: 200 with what one sees of it, 404 if one may not read it.
pub async fn find(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Path(board): Path<String>,
) -> Result<Json<SeenBoard>, Refused> {
    let found = app
        .store
        .seen_board(&board_id(&board)?, session.user_id)
        .await?;
    found.map(Json).ok_or_else(|| Refused::absent("board"))
}

/// POST `/api/boards`: 201 with a new one, which is one's own.
pub async fn create(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Said(wanted): Said<WantedBoard>,
) -> Result<(StatusCode, Json<SeenBoard>), Refused> {
    let title = line(&wanted.title, TITLE_CHARS_MAX, "the title of a board")?;
    let board = new_case_id()?;
    let made = app
        .store
        .create_board(&board, &title, session.user_id, &request_id);
    let made = made.await?.ok_or(StoreError::Inconsistent {
        what: "a UUID was drawn that is there",
    })?;
    app.outbox_bell.notify_one();
    Ok((StatusCode::CREATED, Json(made)))
}

/// PATCH `/api/boards/{board}`: 204.
pub async fn change(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(board): Path<String>,
    Said(wanted): Said<WantedChange>,
) -> Result<StatusCode, Refused> {
    let board = board_id(&board)?;
    let title = wanted.title.as_deref();
    let change = CaseChange {
        title: title
            .map(|title| line(title, TITLE_CHARS_MAX, "the title of a board"))
            .transpose()?,
        state: state(wanted.state.as_deref())?,
        visible_from: None,
        class_role: wanted
            .class_role
            .map(|said| students_role(said.as_deref()))
            .transpose()?,
    };
    let board = (Kind::Board, &board);
    let changed = app
        .store
        .change_case(board, session.user_id, &change, &request_id);
    done(&app, changed.await?, "board")?;
    Ok(StatusCode::NO_CONTENT)
}

/// DELETE `/api/boards/{board}`: 204, and it is gone for good.
pub async fn remove(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(board): Path<String>,
) -> Result<StatusCode, Refused> {
    let board = board_id(&board)?;
    let board = (Kind::Board, &board);
    let removed = app
        .store
        .delete_own_case(board, session.user_id, &request_id);
    done(&app, removed.await?, "board")?;
    Ok(StatusCode::NO_CONTENT)
}

/// POST `/api/classes/{class}/boards`: 204, and the class has the board.
pub async fn place(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(class): Path<String>,
    Said(wanted): Said<WantedPlace>,
) -> Result<StatusCode, Refused> {
    let (class, board) = (id(&class, "board")?, board_id(&wanted.board)?);
    let place = (class, Kind::Board, &board);
    let placed = app
        .store
        .place_case(place, session.user_id, None, &request_id);
    done(&app, placed.await?, "board")?;
    Ok(StatusCode::NO_CONTENT)
}

/// DELETE `/api/classes/{class}/boards/{board}`: 204, and only those see it with whom it is shared.
pub async fn withdraw(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path((class, board)): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    let (class, board) = (id(&class, "board")?, board_id(&board)?);
    let place = (class, Kind::Board, &board);
    let withdrawn = app.store.withdraw_case(place, session.user_id, &request_id);
    done(&app, withdrawn.await?, "board")?;
    Ok(StatusCode::NO_CONTENT)
}

fn board_id(written: &str) -> Result<CaseId, Refused> {
    CaseId::parse(written).map_err(|_| Refused::absent("board"))
}
