//! The routes: `/snapshots/{case_id}`, `/cases` and `/texts/{sha256}` for the edge, signed; `/healthz`, `/readyz` and `/metrics` for the operator.

mod admission;
mod brought;
mod cases;
mod health;
mod observe;
mod snapshots;
mod spent_nonces;

use std::sync::Arc;

use axum::{Router, middleware, routing::get};
use contract::Keys;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::{Notify, Semaphore};

use self::spent_nonces::SpentNonces;
use crate::{limits::BYTES_IN_FLIGHT_MAX, store::Store};

/// What the routes share.
pub struct App {
    store: Store,
    keys: Keys,
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
    /// Bundles what the routes need.
    pub fn new(store: Store, keys: Keys, prometheus: PrometheusHandle) -> Self {
        Self {
            store,
            keys,
            prometheus,
            in_flight: Arc::new(Semaphore::new(BYTES_IN_FLIGHT_MAX / 1024)),
            spent_nonces: SpentNonces::default(),
            projection_bell: Arc::default(),
            outbox_bell: Arc::default(),
        }
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
    Router::new()
        .route("/snapshots/{case_id}", snapshots)
        .route("/cases", cases)
        .route("/cases/{case_id}", get(cases::find))
        .route("/texts/{sha256}", get(cases::text))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .layer(middleware::from_fn(observe::limit_time))
        .layer(middleware::from_fn(observe::record))
        .with_state(app)
}
