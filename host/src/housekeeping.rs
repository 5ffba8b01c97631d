//! What grows is thinned: history by its rule, nonces, client tokens, notices and what belongs to signing in by their age,
//! histograms by their window. Texts that search does not know are divided for it, cases whose time has passed are
//! deleted, and then what one transaction could not erase with a case or a person is. Each run is bounded. A step that fails
//! keeps no other from being done.

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
        let outcome = run(&store, clock::unix_millis(), &mut after).await;
        if let Err(error) = outcome {
            telemetry::background_failed("housekeeping", &error);
        }
        prometheus.run_upkeep();
        tokio::select! {
            () = tokio::time::sleep(HOUSEKEEPING_EVERY) => {}
            _ = stopping.changed() => {}
        }
    }
}

/// Deletes cases of classes that are over for as long as they are kept, by the ordinary deletion: one that cannot be deleted keeps
/// no other. `now_ms` is a parameter so that it can be tested.
///
/// # Errors
/// The last failure of Postgres, once each was tried.
pub async fn delete_expired(store: &Store, now_ms: i64) -> Result<(), StoreError> {
    let mut outcome = Ok(());
    for case_id in store
        .expired_cases(now_ms, HOUSEKEEPING_EXPIRED_MAX)
        .await?
    {
        if let Err(error) = store.delete_expired_case(&case_id, now_ms).await {
            outcome = Err(error);
        }
    }
    outcome
}

/// What of a run has failed so far.
struct Tried(Result<(), StoreError>);

impl Tried {
    /// What a step came to, unless it failed, which is logged and counted.
    fn note<T>(&mut self, step: &'static str, outcome: Result<T, StoreError>) -> Option<T> {
        match outcome {
            Ok(done) => Some(done),
            Err(error) => {
                telemetry::housekeeping_step_failed(step, &error);
                self.0 = Err(error);
                None
            }
        }
    }
}

/// Keeps house once. `after` says where the thinning of history goes on, and stays where that fails.
///
/// # Errors
/// The last failure of Postgres, once each step was tried.
pub async fn run(store: &Store, now_ms: i64, after: &mut String) -> Result<(), StoreError> {
    let mut tried = Tried(Ok(()));
    let thinned = store
        .thin_history(now_ms, after, HOUSEKEEPING_CASES_MAX)
        .await;
    let thinned = tried.note("thin_history", thinned);
    let nonces = store.forget_nonces(HOUSEKEEPING_NONCES_MAX).await;
    tried.note("forget_nonces", nonces);
    let tokens = store
        .forget_client_tokens(HOUSEKEEPING_CLIENT_TOKENS_MAX)
        .await;
    tried.note("forget_client_tokens", tokens);
    let sign_ins = store.forget_sign_ins(HOUSEKEEPING_SIGN_INS_MAX).await;
    tried.note("forget_sign_ins", sign_ins);
    let notices = store.forget_notices(HOUSEKEEPING_NOTICES_MAX).await;
    tried.note("forget_notices", notices);
    let texts = store.divide_texts(HOUSEKEEPING_TEXTS_MAX).await;
    tried.note("divide_texts", texts);
    tried.note("delete_expired", delete_expired(store, now_ms).await);
    let notes = store
        .erase_orphaned_notes(HOUSEKEEPING_NOTES_ERASED_MAX)
        .await;
    tried.note("erase_orphaned_notes", notes);
    if let Some(pending) = tried.note("count_orders", store.pending_orders().await) {
        telemetry::pending_orders(pending);
    }
    if let Some((removed, next)) = thinned {
        telemetry::thinned(removed);
        *after = next.unwrap_or_default();
    }
    tried.0
}
