//! `/api/classes`, `/api/cases`, `/api/boards`, `/api/join`, `/api/search` and `/api/me/inbox`: classes, cases and boards of
//! whoever has signed in. Who may do what
//! here is the table in `crate::api`, which the tests try cell by cell.

mod asked;
mod boards;
mod cases;
mod class;
mod inbox;
mod members;
mod private_notes;
mod retention;
mod search;
mod sections;
mod shares;
mod tokens;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    routing::{delete, get, patch, post, put},
};

use super::{App, visits::Refused};
use crate::store::Outcome;

/// The routes, without what is around them.
pub fn routes() -> Router<Arc<App>> {
    let code = post(class::give_code).delete(class::take_code);
    let member = put(members::change).delete(members::remove);
    let case = get(cases::find).patch(cases::change).delete(cases::remove);
    Router::new()
        .route("/api/classes", get(class::list).post(class::create))
        .route(
            "/api/classes/{class}",
            get(class::find).patch(class::change),
        )
        .route("/api/classes/{class}/invite-code", code)
        .route("/api/join", post(class::join))
        .route("/api/classes/{class}/roster", post(members::enrol))
        .route("/api/classes/{class}/members/{user}", member)
        .route("/api/classes/{class}/owner", put(members::hand_over))
        .route("/api/classes/{class}/retention", put(retention::set))
        .route(
            "/api/classes/{class}/invitations/{email}",
            delete(members::take_back),
        )
        .route("/api/classes/{class}/sections", post(sections::create))
        .route(
            "/api/classes/{class}/sections/{section}",
            patch(sections::rename).delete(sections::remove),
        )
        .route(
            "/api/classes/{class}/distribution",
            post(sections::distribute),
        )
        .route(
            "/api/classes/{class}/cases/{case_id}/sections",
            post(sections::divide),
        )
        .route("/api/classes/{class}/progress", get(members::progress))
        .route("/api/classes/{class}/cases", post(cases::place))
        .route(
            "/api/classes/{class}/cases/{case_id}",
            delete(cases::withdraw),
        )
        .merge(boards())
        .route("/api/cases", get(cases::list).post(cases::create))
        .route("/api/cases/{case_id}", case)
        .route("/api/cases/{case_id}/names", get(cases::names))
        .route("/api/cases/{case_id}/copy", post(cases::copy))
        .route(
            "/api/cases/{case_id}/shares",
            get(shares::list).put(shares::set),
        )
        .route(
            "/api/cases/{case_id}/client-tokens",
            get(tokens::list).post(tokens::issue),
        )
        .route(
            "/api/cases/{case_id}/client-tokens/{token}",
            delete(tokens::revoke),
        )
        .route("/api/cases/{case_id}/people", get(inbox::people))
        .route("/api/cases/{case_id}/private", post(private_notes::open))
        .route("/api/search", get(search::find))
        .route("/api/me/inbox", get(inbox::list))
        .route("/api/me/inbox/read", post(inbox::mark_read))
        // The body was bounded where the visit was received.
        .route_layer(DefaultBodyLimit::disable())
}

fn boards() -> Router<Arc<App>> {
    let board = get(boards::find)
        .patch(boards::change)
        .delete(boards::remove);
    Router::new()
        .route("/api/boards", get(boards::list).post(boards::create))
        .route("/api/boards/{board}", board)
        .route("/api/classes/{class}/boards", post(boards::place))
        .route(
            "/api/classes/{class}/boards/{board}",
            delete(boards::withdraw),
        )
}

/// What is done, told to those who deliver orders; or why not.
fn done<T>(app: &App, outcome: Outcome<T>, what: &str) -> Result<T, Refused> {
    match outcome {
        Outcome::Done(done) => {
            app.outbox_bell.notify_one();
            Ok(done)
        }
        Outcome::Absent => Err(Refused::absent(what)),
        Outcome::Conflict(why) => Err(Refused::because(StatusCode::CONFLICT, why)),
    }
}
