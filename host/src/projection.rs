//! The projection follows the documents: a background task, rung by every PUT, that reads what lags, decodes it on the
//! blocking pool and writes rows. It is never on the path of a PUT, and nothing ever reads it back into a document.

use std::sync::Arc;

use annotation::UnreadableSnapshot;
use contract::CaseId;
use tokio::sync::{Notify, watch};

use crate::{
    limits::{PROJECTION_CASES_AT_ONCE, PROJECTION_EVERY, PROJECTION_PAUSE},
    store::{LaggingCase, Projected, Store, StoreError},
    telemetry,
};

/// Follows until `stopping` turns true.
pub async fn follow(store: Store, bell: Arc<Notify>, mut stopping: watch::Receiver<bool>) {
    while !*stopping.borrow() {
        match catch_up(&store).await {
            Ok(0) => {}
            // There may be more than one look finds.
            Ok(_) => continue,
            Err(error) => telemetry::background_failed("projection", &error),
        }
        tokio::time::sleep(PROJECTION_PAUSE).await;
        tokio::select! {
            () = bell.notified() => {}
            () = tokio::time::sleep(PROJECTION_EVERY) => {}
            _ = stopping.changed() => {}
        }
    }
}

/// Projects what lags, a bounded number of cases, and says how many.
///
/// # Errors
/// If Postgres fails. A document that cannot be decoded is no error: its watermark says so.
pub async fn catch_up(store: &Store) -> Result<usize, StoreError> {
    let (cases, oldest) = store.lagging_cases(PROJECTION_CASES_AT_ONCE).await?;
    telemetry::projection_lag(oldest);
    for case_id in &cases {
        project(store, case_id.clone()).await?;
    }
    Ok(cases.len())
}

async fn project(store: &Store, case_id: CaseId) -> Result<(), StoreError> {
    let Some(LaggingCase {
        case_id,
        version,
        bytes,
    }) = store.lagging_case(case_id).await?
    else {
        return Ok(());
    };
    let projected = tokio::task::spawn_blocking(move || read(&bytes)).await?;
    match projected {
        Ok(projected) => store.project(&case_id, version, Ok(&projected)).await,
        Err(reason) => {
            telemetry::not_projected(&case_id, version, reason);
            store
                .project(&case_id, version, Err(&reason.to_string()))
                .await
        }
    }
}

fn read(bytes: &[u8]) -> Result<Projected, UnreadableSnapshot> {
    let document = annotation::load_snapshot(bytes)?;
    let txn = annotation::read(&document)?;
    Ok(Projected {
        highlights: annotation::highlights(&txn),
        comments: annotation::comments(&txn),
        state_vector: annotation::state_vector(&txn),
    })
}

/// Counts the highlights of a snapshot.
///
/// # Errors
/// If it cannot be read.
pub fn count_highlights(bytes: &[u8]) -> Result<u32, UnreadableSnapshot> {
    let document = annotation::load_snapshot(bytes)?;
    let txn = annotation::read(&document)?;
    Ok(annotation::highlight_count(&txn))
}
