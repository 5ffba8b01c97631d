//! What follows when people were erased: their cases are deleted, and what they have left in others' goes from every version
//! that is stored. Each step can be done again, so that a host that dies in the middle loses nothing.

use std::sync::Arc;

use tokio::sync::{Notify, watch};

use crate::{
    limits::{ERASING_EVERY, ERASURE_CASES_AT_ONCE, ERASURE_LOOKS_AT_ONCE},
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

/// Does what can be done now. What fails waits for the next time behind all others, and keeps nothing else from being done.
///
/// # Errors
/// The last failure of Postgres, once everything was tried.
pub async fn advance(store: &Store) -> Result<(), StoreError> {
    let mut outcome = look(store).await;
    for case_id in store.cases_to_delete().await? {
        if let Err(error) = store.delete(&case_id, REQUEST).await {
            store.put_off_erasure(&case_id).await?;
            outcome = Err(error);
        }
    }
    for case_id in store.cases_to_rewrite().await? {
        let rewritten = store.rewrite_case(&case_id).await;
        if !matches!(rewritten, Ok(true)) {
            store.put_off_erasure(&case_id).await?;
        }
        outcome = rewritten.map(drop).and(outcome);
    }
    store.finish_erasures().await?;
    outcome
}

/// Looks through some more cases: whoever stops the host does not wait for all of them.
async fn look(store: &Store) -> Result<(), StoreError> {
    for _ in 0..ERASURE_LOOKS_AT_ONCE {
        let looked = match store.look_for_erased(ERASURE_CASES_AT_ONCE).await {
            // Their bytes may be too many to be read in time.
            Err(_) => match store.look_for_erased(1).await {
                Err(_) => store.suppose_erased().await?,
                one => one?,
            },
            some => some?,
        };
        if looked == Looked::Done {
            break;
        }
    }
    Ok(())
}
