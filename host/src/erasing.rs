//! What follows when people were erased: their cases are deleted, and what they have left in others' goes from every version
//! that is stored. Each step can be done again, so that a host that dies in the middle loses nothing.

use std::sync::Arc;

use tokio::sync::{Notify, watch};

use crate::{
    limits::{ERASING_EVERY, ERASURE_LOOKS_AT_ONCE},
    store::{Looked, Store, StoreError},
    telemetry,
};

const REQUEST: &str = "erasing";

/// Follows until `stopping` turns true. Rings for orders that it gives.
pub async fn follow(store: Store, outbox: Arc<Notify>, mut stopping: watch::Receiver<bool>) {
    while !*stopping.borrow() {
        match advance(&store).await {
            Ok(()) => outbox.notify_one(),
            Err(error) => telemetry::background_failed("erasing", &error),
        }
        tokio::select! {
            () = tokio::time::sleep(ERASING_EVERY) => {}
            _ = stopping.changed() => {}
        }
    }
}

/// Does what can be done now.
///
/// # Errors
/// If Postgres fails.
pub async fn advance(store: &Store) -> Result<(), StoreError> {
    // Some at a time: whoever stops the host does not wait for all cases.
    for _ in 0..ERASURE_LOOKS_AT_ONCE {
        if store.look_for_erased().await? == Looked::Done {
            break;
        }
    }
    for case_id in store.cases_to_delete().await? {
        store.delete(&case_id, REQUEST).await?;
    }
    for case_id in store.cases_to_rewrite().await? {
        store.rewrite_case(&case_id).await?;
    }
    store.finish_erasures().await
}
