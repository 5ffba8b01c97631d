//! What grows is thinned: history by its rule, nonces, client tokens, notices and what belongs to signing in by their age,
//! histograms by their window. Texts that search does not know are divided for it, cases whose time has passed are
//! deleted, and then what one transaction could not erase with a case or a person is. Each run is bounded.

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::watch;

use crate::{
    clock,
    limits::{
        HOUSEKEEPING_CASES_MAX, HOUSEKEEPING_CLIENT_TOKENS_MAX, HOUSEKEEPING_EVERY,
        HOUSEKEEPING_EXPIRED_MAX, HOUSEKEEPING_NONCES_MAX, HOUSEKEEPING_NOTES_ERASED_MAX,
        HOUSEKEEPING_NOTICES_MAX, HOUSEKEEPING_SIGN_INS_MAX, HOUSEKEEPING_TEXTS_MAX,
    },
    store::{Store, StoreError},
    telemetry,
};

/// Keeps house until `stopping` turns true.
pub async fn keep(store: Store, prometheus: PrometheusHandle, mut stopping: watch::Receiver<bool>) {
    let mut after = String::new();
    while !*stopping.borrow() {
        match run(&store, &after).await {
            Ok(next) => after = next.unwrap_or_default(),
            Err(error) => telemetry::background_failed("housekeeping", &error),
        }
        prometheus.run_upkeep();
        tokio::select! {
            () = tokio::time::sleep(HOUSEKEEPING_EVERY) => {}
            _ = stopping.changed() => {}
        }
    }
}

/// Deletes cases of classes that are over for as long as they are kept, by the ordinary deletion. `now_ms` is a parameter so that
/// it can be tested.
///
/// # Errors
/// If Postgres fails.
pub async fn delete_expired(store: &Store, now_ms: i64) -> Result<(), StoreError> {
    for case_id in store
        .expired_cases(now_ms, HOUSEKEEPING_EXPIRED_MAX)
        .await?
    {
        store.delete_expired_case(&case_id, now_ms).await?;
    }
    Ok(())
}

async fn run(store: &Store, after: &str) -> Result<Option<String>, StoreError> {
    let (thinned, next) = store
        .thin_history(clock::unix_millis(), after, HOUSEKEEPING_CASES_MAX)
        .await?;
    store.forget_nonces(HOUSEKEEPING_NONCES_MAX).await?;
    store
        .forget_client_tokens(HOUSEKEEPING_CLIENT_TOKENS_MAX)
        .await?;
    store.forget_sign_ins(HOUSEKEEPING_SIGN_INS_MAX).await?;
    store.forget_notices(HOUSEKEEPING_NOTICES_MAX).await?;
    store.divide_texts(HOUSEKEEPING_TEXTS_MAX).await?;
    delete_expired(store, clock::unix_millis()).await?;
    store
        .erase_orphaned_notes(HOUSEKEEPING_NOTES_ERASED_MAX)
        .await?;
    telemetry::thinned(thinned, store.pending_orders().await?);
    Ok(next)
}
