//! What grows is thinned: history by its rule, nonces, client tokens, notices and what belongs to signing in by their age,
//! histograms by their window. Texts that search does not know are divided for it, cases whose time has passed are
//! deleted, and then what one transaction could not erase with a case or a person is. Each run is bounded. A step that fails
//! keeps no other from being done, unless it is Postgres that is away; and whoever stops the host waits for what is begun with,
//! and for no run.

use std::time::Duration;

use contract::Digest;
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

/// Behind what a run goes on, so that each comes to what those before it did not; from the first, where that is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoingOn {
    /// With thinning history.
    pub history: String,
    /// How often the number of cases was halved whose history is thinned at once.
    pub history_halved: u32,
    /// With dividing texts.
    pub texts: Option<Digest>,
    /// With deleting cases whose time has passed.
    pub expired: String,
    /// With erasing private notes of cases that were deleted and of people who were erased.
    pub notes: String,
}

/// Keeps house until `stopping` turns true.
pub async fn keep(store: Store, prometheus: PrometheusHandle, mut stopping: watch::Receiver<bool>) {
    let mut going_on = GoingOn::default();
    while !*stopping.borrow() {
        let outcome = run(&store, clock::unix_millis(), &mut going_on, &stopping).await;
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

/// Keeps house once, or some of it if `stopping` turns true meanwhile.
///
/// # Errors
/// The last failure of Postgres, once each step was tried; the first after which it is away, for then all others would fail too,
/// each after it has waited for a connection.
pub async fn run(
    store: &Store,
    now_ms: i64,
    going_on: &mut GoingOn,
    stopping: &watch::Receiver<bool>,
) -> Result<(), StoreError> {
    let mut outcome = Ok(());
    for step in STEPS {
        if *stopping.borrow() {
            break;
        }
        if let Err(error) = step.take(store, now_ms, going_on, stopping).await {
            telemetry::housekeeping_step_failed(step.name(), &error);
            let is_away = is_away(store, &error).await;
            outcome = Err(error);
            if is_away {
                break;
            }
        }
    }
    outcome
}

/// Whether Postgres is away, and not one connection alone that somebody or something between has cut: the same would be cut again
/// in each run, and all that follows never be done.
async fn is_away(store: &Store, error: &StoreError) -> bool {
    if !error.is_away() {
        return false;
    }
    for _ in 0..PINGS_MAX {
        if store.ping().await.is_ok() {
            return false;
        }
        tokio::time::sleep(PING_PAUSE).await;
    }
    true
}

/// How often it is asked, and how long is waited in between: the pool may give out the connection that was cut before it has heard
/// of that, and then it has.
const PINGS_MAX: usize = 3;
const PING_PAUSE: Duration = Duration::from_millis(100);

/// Thins the history of the next cases. Where that fails the next run takes half as many, and passes over a case with which it
/// fails alone: those that take too long together, or one that cannot be thinned, keep no other. `now_ms` is a parameter so that it
/// can be tested.
///
/// # Errors
/// If Postgres fails.
pub async fn thin_history(
    store: &Store,
    now_ms: i64,
    going_on: &mut GoingOn,
) -> Result<(), StoreError> {
    let (after, halved) = (&mut going_on.history, &mut going_on.history_halved);
    let cases_max = HOUSEKEEPING_CASES_MAX >> *halved;
    match store.thin_history(now_ms, after, cases_max).await {
        Ok((removed, next)) => {
            telemetry::thinned(removed);
            *after = next.unwrap_or_default();
            *halved = halved.saturating_sub(1);
            Ok(())
        }
        Err(error) => {
            if is_away(store, &error).await {
                return Err(error);
            }
            if cases_max > 1 {
                *halved += 1;
            } else {
                let case_id = store.next_with_history(after).await?.unwrap_or_default();
                telemetry::passed_over(Step::ThinHistory.name(), &case_id, &error);
                *after = case_id;
            }
            Err(error)
        }
    }
}

/// Divides texts that have no pieces: of the next ones behind `after`, so that those that cannot be divided keep no other.
///
/// # Errors
/// The last failure of Postgres, once each was tried; the first after which it is away.
pub async fn divide_texts(
    store: &Store,
    after: &mut Option<Digest>,
    stopping: &watch::Receiver<bool>,
) -> Result<(), StoreError> {
    let mut outcome = Ok(());
    let texts = store
        .undivided_texts(*after, HOUSEKEEPING_TEXTS_MAX)
        .await?;
    for sha256 in &texts {
        if *stopping.borrow() {
            return outcome;
        }
        if let Err(error) = store.divide_text(sha256).await {
            telemetry::passed_over(Step::DivideTexts.name(), &sha256.to_string(), &error);
            if is_away(store, &error).await {
                return Err(error);
            }
            outcome = Err(error);
        }
        *after = Some(*sha256);
    }
    if i64::try_from(texts.len()).unwrap_or(i64::MAX) < HOUSEKEEPING_TEXTS_MAX {
        *after = None;
    }
    outcome
}

/// Deletes cases of classes that are over for as long as they are kept, by the ordinary deletion: one that cannot be deleted keeps
/// no other, also where there are more of them than one run looks at, since `after` says behind which case it goes on. `now_ms` is
/// a parameter so that it can be tested.
///
/// # Errors
/// The last failure of Postgres, once each was tried; the first after which it is away.
pub async fn delete_expired(
    store: &Store,
    now_ms: i64,
    after: &mut String,
    stopping: &watch::Receiver<bool>,
) -> Result<(), StoreError> {
    let mut outcome = Ok(());
    let cases = store
        .expired_cases(now_ms, after, HOUSEKEEPING_EXPIRED_MAX)
        .await?;
    for case_id in &cases {
        if *stopping.borrow() {
            return outcome;
        }
        if let Err(error) = store.delete_expired_case(case_id, now_ms).await {
            telemetry::case_not_deleted(case_id, &error);
            if is_away(store, &error).await {
                return Err(error);
            }
            outcome = Err(error);
        }
        case_id.as_str().clone_into(after);
    }
    if i64::try_from(cases.len()).unwrap_or(i64::MAX) < HOUSEKEEPING_EXPIRED_MAX {
        after.clear();
    }
    outcome
}

/// Erases what one transaction could not of private notes, in so many at most: of the next cases and people behind `after`, so that
/// those of whom it fails keep no other's.
///
/// # Errors
/// The last failure of Postgres, once each was tried; the first after which it is away.
pub async fn erase_orphaned_notes(
    store: &Store,
    transactions_max: usize,
    after: &mut String,
    stopping: &watch::Receiver<bool>,
) -> Result<(), StoreError> {
    let mut outcome = Ok(());
    let mut left = transactions_max;
    let orphaned = store.orphaned_notes(after, transactions_max).await?;
    for whose in &orphaned {
        let mut may_be_more = true;
        while may_be_more {
            if left == 0 || *stopping.borrow() {
                return outcome;
            }
            left -= 1;
            may_be_more = match store.erase_orphaned(whose).await {
                Ok(may_be_more) => may_be_more,
                Err(error) => {
                    telemetry::notes_not_erased(&whose.key(), &error);
                    if is_away(store, &error).await {
                        return Err(error);
                    }
                    outcome = Err(error);
                    false
                }
            };
        }
        *after = whose.key();
    }
    if orphaned.len() < transactions_max {
        after.clear();
    }
    outcome
}

/// What a run does, in this order.
const STEPS: [Step; 9] = [
    Step::ThinHistory,
    Step::ForgetNonces,
    Step::ForgetClientTokens,
    Step::ForgetSignIns,
    Step::ForgetNotices,
    Step::DivideTexts,
    Step::DeleteExpired,
    Step::EraseOrphanedNotes,
    Step::CountOrders,
];

#[derive(Clone, Copy)]
enum Step {
    ThinHistory,
    ForgetNonces,
    ForgetClientTokens,
    ForgetSignIns,
    ForgetNotices,
    DivideTexts,
    DeleteExpired,
    EraseOrphanedNotes,
    CountOrders,
}

impl Step {
    /// As metrics and logs call it.
    fn name(self) -> &'static str {
        match self {
            Self::ThinHistory => "thin_history",
            Self::ForgetNonces => "forget_nonces",
            Self::ForgetClientTokens => "forget_client_tokens",
            Self::ForgetSignIns => "forget_sign_ins",
            Self::ForgetNotices => "forget_notices",
            Self::DivideTexts => "divide_texts",
            Self::DeleteExpired => "delete_expired",
            Self::EraseOrphanedNotes => "erase_orphaned_notes",
            Self::CountOrders => "count_orders",
        }
    }

    /// What takes long by its number asks `stopping` in between.
    async fn take(
        self,
        store: &Store,
        now_ms: i64,
        going_on: &mut GoingOn,
        stopping: &watch::Receiver<bool>,
    ) -> Result<(), StoreError> {
        match self {
            Self::ThinHistory => thin_history(store, now_ms, going_on).await?,
            Self::ForgetNonces => {
                store.forget_nonces(HOUSEKEEPING_NONCES_MAX).await?;
            }
            Self::ForgetClientTokens => {
                store
                    .forget_client_tokens(HOUSEKEEPING_CLIENT_TOKENS_MAX)
                    .await?;
            }
            Self::ForgetSignIns => {
                store.forget_sign_ins(HOUSEKEEPING_SIGN_INS_MAX).await?;
            }
            Self::ForgetNotices => {
                store.forget_notices(HOUSEKEEPING_NOTICES_MAX).await?;
            }
            Self::DivideTexts => divide_texts(store, &mut going_on.texts, stopping).await?,
            Self::DeleteExpired => {
                delete_expired(store, now_ms, &mut going_on.expired, stopping).await?;
            }
            Self::EraseOrphanedNotes => {
                let after = &mut going_on.notes;
                erase_orphaned_notes(store, HOUSEKEEPING_NOTES_ERASED_MAX, after, stopping).await?;
            }
            Self::CountOrders => telemetry::pending_orders(store.pending_orders().await?),
        }
        Ok(())
    }
}
