//! The routes: `/snapshots/{case_id}`, `/cases` with what is under it, and `/texts/{sha256}` for the edge, signed;
//! `/healthz`, `/readyz` and `/metrics` for the operator.

mod account;
mod admission;
mod authority;
mod brought;
mod cases;
mod classes;
mod health;
mod observe;
mod people;
mod sign_in;
mod snapshots;
mod spent_nonces;
mod versions;
mod visits;

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{delete, get, post},
};
use contract::{Keys, token::TicketSigner};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::{Notify, Semaphore};

use self::spent_nonces::SpentNonces;
use crate::{limits::BYTES_IN_FLIGHT_MAX, sign_in::SignIn, store::Store};

/// What the routes share.
pub struct App {
    store: Store,
    keys: Keys,
    /// Absent where no tickets are issued.
    signer: Option<TicketSigner>,
    /// Whether the edge may let in people of whom nothing was ever said.
    has_development_sign_in: bool,
    sign_in: SignIn,
    prometheus: PrometheusHandle,
    /// A permit for every KiB.
    in_flight: Arc<Semaphore>,
    spent_nonces: SpentNonces,
    /// Rung when the projection lags.
    pub projection_bell: Arc<Notify>,
    /// Rung when an order waits.
    pub outbox_bell: Arc<Notify>,
}

impl App {
    /// Bundles what the routes need. No tickets are issued.
    pub fn new(store: Store, keys: Keys, prometheus: PrometheusHandle) -> Self {
        Self {
            store,
            keys,
            signer: None,
            has_development_sign_in: false,
            sign_in: SignIn::default(),
            prometheus,
            in_flight: Arc::new(Semaphore::new(BYTES_IN_FLIGHT_MAX / 1024)),
            spent_nonces: SpentNonces::default(),
            projection_bell: Arc::default(),
            outbox_bell: Arc::default(),
        }
    }

    /// Issues tickets and client tokens, too.
    #[must_use]
    pub fn with_signer(self, signer: Option<TicketSigner>) -> Self {
        Self { signer, ..self }
    }

    /// Gives people of whom nothing was ever said the role that the edge asks for: for development alone.
    #[must_use]
    pub fn with_development_sign_in(self, has_development_sign_in: bool) -> Self {
        Self {
            has_development_sign_in,
            ..self
        }
    }

    /// Signs people in so; without it no mails are sent.
    #[must_use]
    pub fn with_sign_in(self, sign_in: SignIn) -> Self {
        Self { sign_in, ..self }
    }

    fn bytes_in_flight(&self) -> usize {
        BYTES_IN_FLIGHT_MAX.saturating_sub(self.in_flight.available_permits() * 1024)
    }
}

/// Everything that the host answers to.
pub fn router(app: Arc<App>) -> Router {
    let snapshots = get(snapshots::read)
        .head(snapshots::compare)
        .put(snapshots::store)
        .delete(snapshots::delete);
    let cases = get(cases::list).post(cases::create);
    let client_tokens = get(authority::list_client_tokens).post(authority::issue_client_token);
    let client_token = delete(authority::revoke_client_token);
    // Round these routes alone: what is no route at all is not received either.
    let visits = people::routes().route_layer(middleware::from_fn_with_state(
        Arc::clone(&app),
        visits::receive,
    ));
    Router::new()
        .route("/snapshots/{case_id}", snapshots)
        .route("/cases", cases)
        .route("/cases/{case_id}", get(cases::find))
        .route("/cases/{case_id}/grants", post(authority::set_grant))
        .route("/cases/{case_id}/state", post(authority::set_state))
        .route("/cases/{case_id}/ruling", get(authority::tell_ruling))
        .route("/cases/{case_id}/tickets", post(authority::issue_ticket))
        .route("/cases/{case_id}/client-tokens", client_tokens)
        .route("/cases/{case_id}/client-tokens/{token}", client_token)
        .route("/texts/{sha256}", get(cases::text))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .merge(visits)
        .layer(middleware::from_fn(observe::limit_time))
        .layer(middleware::from_fn(observe::record))
        .with_state(app)
}
