//! `/auth/…` and what belongs to one's own sessions: what the page for signing in asks.

mod away;
mod by_mail;
mod finish;
mod own;
mod sessions;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Extension, State},
    http::StatusCode,
    routing::{delete, get, post},
};
use contract::{Visit, head::CookieSecret};
use serde_json::{Value, json};

use super::{
    App, account,
    visits::{Refused, new_secret},
};
use crate::{
    error::ApiError,
    limits::Rate,
    sign_in::{DEVELOPMENT, LocalPath},
};

/// The routes, without what is around them.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/auth/ways", get(ways))
        .route("/auth/way/{id}/start", post(away::start))
        .route("/auth/way/{id}/callback", get(away::come_back))
        .route("/auth/mail/start", post(by_mail::start))
        .route("/auth/mail/finish", post(by_mail::finish))
        .route("/auth/development", post(finish::by_name))
        .route("/auth/sign-out", post(sessions::sign_out))
        .route(
            "/auth/sign-out-everywhere",
            post(sessions::sign_out_everywhere),
        )
        .route(
            "/api/me",
            get(own::me).patch(own::change).delete(account::erase),
        )
        .route("/api/me/sessions", get(sessions::list))
        .route("/api/me/sessions/{handle}", delete(sessions::end))
}

/// GET `/auth/ways`: 200 with the ways of signing in, in the order in which they are offered.
async fn ways(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
) -> Result<Json<Value>, Refused> {
    let providers = app.store.list_providers().await?;
    let mut ways: Vec<Value> = providers
        .iter()
        .filter(|provider| app.sign_in.lacks(provider).is_none())
        .map(|provider| json!({ "id": provider.id, "kind": provider.kind.name(), "name": provider.name }))
        .collect();
    if believes_names(&app, &visit) {
        ways.push(
            json!({ "id": DEVELOPMENT, "kind": DEVELOPMENT, "name": "A name, for development" }),
        );
    }
    Ok(Json(json!({ "ways": ways })))
}

/// Whether whoever says a name is believed: only where the operator said so, and on this machine.
fn believes_names(app: &App, visit: &Visit) -> bool {
    app.has_development_sign_in && visit.origin.is_loopback()
}

/// Where somebody wants to go.
fn wanted(to: Option<&str>) -> Result<LocalPath, Refused> {
    let refused = || Refused::because(StatusCode::BAD_REQUEST, "`to` is not a page of ours");
    LocalPath::parse(to).ok_or_else(refused)
}

/// The secret of a browser that is about to sign in: the one that it has, so that two of its tabs can, or a new one.
fn browser_of(visit: &Visit) -> Result<CookieSecret, ApiError> {
    visit.flow.clone().map_or_else(new_secret, Ok)
}

/// Refuses what is done too often. Whose network address it is, is not known of everybody: those count together.
async fn hold_back(app: &App, rate: &Rate, whose: &str) -> Result<(), Refused> {
    match app.store.count(rate, whose).await? {
        None => Ok(()),
        Some(seconds) => Err(Refused::too_often(seconds, "too often: try again later")),
    }
}

/// Of an IPv6 address the half that tells networks apart: whoever has one has all of the other half.
fn network_of(visit: &Visit) -> String {
    match visit.address.parse() {
        Ok(std::net::IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(address) => address.to_string(),
            None => address.segments()[..4]
                .iter()
                .fold(String::new(), |text, part| format!("{text}{part:x}:")),
        },
        Ok(std::net::IpAddr::V4(address)) => address.to_string(),
        Err(_) => String::new(),
    }
}

fn nothing_here() -> Refused {
    Refused::because(StatusCode::NOT_FOUND, "there is nothing here")
}

#[cfg(test)]
mod tests {
    use contract::head::Origin;

    use super::*;

    #[test]
    fn all_addresses_of_one_network_count_together() {
        let network = |address: &str| {
            network_of(&Visit {
                session: None,
                flow: None,
                address: address.to_owned(),
                origin: Origin::parse("https://a.example").unwrap(),
                agent: String::new(),
            })
        };
        assert_eq!(network("2001:db8:1:2::3"), network("2001:db8:1:2:ffff::4"));
        assert_ne!(network("2001:db8:1:2::3"), network("2001:db8:1:3::3"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(network("unknown"), network(""));
    }
}
