//! What grows is thinned: history by its rule, nonces by their age, histograms by their window. Each run is bounded.

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::watch;

use crate::{
    clock,
    limits::{HOUSEKEEPING_EVERY, HOUSEKEEPING_ROWS_MAX},
    store::{Store, StoreError},
    telemetry,
};

/// Keeps house until `stopping` turns true.
pub async fn keep(store: Store, prometheus: PrometheusHandle, mut stopping: watch::Receiver<bool>) {
    while !*stopping.borrow() {
        if let Err(error) = run(&store).await {
            telemetry::background_failed("housekeeping", &error);
        }
        prometheus.run_upkeep();
        tokio::select! {
            () = tokio::time::sleep(HOUSEKEEPING_EVERY) => {}
            _ = stopping.changed() => {}
        }
    }
}

async fn run(store: &Store) -> Result<(), StoreError> {
    let thinned = store
        .thin_history(clock::unix_millis(), HOUSEKEEPING_ROWS_MAX)
        .await?;
    store.forget_nonces(HOUSEKEEPING_ROWS_MAX).await?;
    telemetry::thinned(thinned, store.pending_orders().await?);
    Ok(())
}
