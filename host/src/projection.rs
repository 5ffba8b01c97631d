//! The projection follows the documents: a background task, rung by every PUT, that reads what lags, decodes it on the
//! blocking pool and writes rows. It is never on the path of a PUT, and nothing ever reads it back into a document.
//!
//! A case can fail for reasons of its own, and none of them holds up the others. What would fail again is noted at the
//! case's watermark; after any other failure, a panic included, the case waits for a while.

use std::{collections::BTreeMap, sync::Arc};

use annotation::UnreadableSnapshot;
use contract::CaseId;
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};

use crate::{
    limits::{
        PROJECTION_CASES_AT_ONCE, PROJECTION_EVERY, PROJECTION_PAUSE, PROJECTION_POSTPONED,
        PROJECTION_POSTPONED_MAX,
    },
    store::{Lagging, LaggingCase, Projected, Store, StoreError},
    telemetry,
};

/// Follows until `stopping` turns true.
pub async fn follow(store: Store, bell: Arc<Notify>, mut stopping: watch::Receiver<bool>) {
    let mut postponed = BTreeMap::new();
    while !*stopping.borrow() {
        match look(&store, &mut postponed).await {
            Ok(looked) => {
                for error in &looked.failures {
                    telemetry::background_failed("projection", error);
                }
                // There may be more than one look finds.
                if looked.cases > 0 {
                    continue;
                }
            }
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

/// Projects what lags, a bounded number of cases, and says how many. Where some fail, it goes on until all others are
/// projected.
///
/// # Errors
/// If Postgres fails, for all cases or for one. A document that cannot be decoded or shown is no error: its watermark
/// says so.
pub async fn catch_up(store: &Store) -> Result<usize, StoreError> {
    let mut postponed = BTreeMap::new();
    let mut first_failure = None;
    loop {
        let looked = look(store, &mut postponed).await?;
        first_failure = first_failure.or(looked.failures.into_iter().next());
        match first_failure {
            None => return Ok(looked.cases),
            Some(error) if looked.cases == 0 => return Err(error),
            Some(_) => {}
        }
    }
}

/// What one look for lagging cases came to.
struct Looked {
    cases: usize,
    /// Of those that were postponed.
    failures: Vec<StoreError>,
}

/// Projects some of what lags but is not postponed.
async fn look(
    store: &Store,
    postponed: &mut BTreeMap<CaseId, Instant>,
) -> Result<Looked, StoreError> {
    let now = Instant::now();
    postponed.retain(|_, until| *until > now);
    let mut looked = Looked {
        cases: 0,
        failures: Vec::new(),
    };
    if postponed.len() >= PROJECTION_POSTPONED_MAX {
        return Ok(looked);
    }
    let passed_over: Vec<&str> = postponed.keys().map(CaseId::as_str).collect();
    let (cases, oldest) = store
        .lagging_cases(&passed_over, PROJECTION_CASES_AT_ONCE)
        .await?;
    telemetry::projection_lag(oldest);
    looked.cases = cases.len();
    for case_id in cases {
        // A task of its own, so that a panic ends with the case.
        let projected = tokio::spawn(project(store.clone(), case_id.clone())).await;
        if let Err(error) = projected.map_err(StoreError::from).flatten() {
            looked.failures.push(error);
            postponed.insert(case_id, now + PROJECTION_POSTPONED);
        }
    }
    Ok(looked)
}

async fn project(store: Store, case_id: CaseId) -> Result<(), StoreError> {
    let LaggingCase {
        case_id,
        version,
        bytes,
    } = match store.lagging_case(case_id.clone()).await? {
        Lagging::Nothing => return Ok(()),
        // What takes its place has another version, and so lags.
        Lagging::Corrupt => return store.heal(&case_id, "projection").await,
        Lagging::Intact(case) => case,
    };
    let projected = match tokio::task::spawn_blocking(move || read(&bytes)).await? {
        Ok(projected) => projected,
        Err(reason) => {
            telemetry::not_projected(&case_id, version, reason);
            let note = reason.to_string();
            return store.project(&case_id, version, Err(&note)).await;
        }
    };
    let written = store.project(&case_id, version, Ok(&projected)).await;
    match written {
        Err(error) => match error.refused_content() {
            Some(code) => {
                telemetry::background_failed("projection", &error);
                let note = format!("Postgres refuses its rows ({code})");
                store.project(&case_id, version, Err(&note)).await
            }
            None => Err(error),
        },
        Ok(()) => Ok(()),
    }
}

fn read(bytes: &[u8]) -> Result<Projected, UnreadableSnapshot> {
    let document = annotation::load_snapshot(bytes)?;
    let txn = annotation::read(&document)?;
    Ok(Projected {
        highlights: annotation::highlights(&txn),
        comments: annotation::comments(&txn),
        tags: annotation::tags(&txn),
        stickies: annotation::stickies(&txn),
        notes: annotation::notes(&txn),
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
