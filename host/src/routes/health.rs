//! For the operator: alive, ready, metrics. Unsigned, and silent about cases.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
};

use super::App;
use crate::{error::chain, telemetry};

/// The process answers.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// Postgres answers a real query through the pool, and the schema is the one that this binary was built for.
pub async fn ready(State(app): State<Arc<App>>) -> (StatusCode, String) {
    let checked = async {
        app.store.ping().await.map_err(|error| chain(&error))?;
        app.store
            .check_schema()
            .await
            .map_err(|problem| chain(&problem))
    };
    match checked.await {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(reason) => {
            tracing::warn!(reason, "not ready");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "not ready: see the host's log\n".to_owned(),
            )
        }
    }
}

/// Everything that was counted, as Prometheus reads it.
pub async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    telemetry::sample(app.store.pool_numbers(), app.bytes_in_flight());
    (
        [(CONTENT_TYPE, "text/plain; version=0.0.4")],
        app.prometheus.render(),
    )
}
