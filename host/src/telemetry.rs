//! Logs and metrics: every name of a metric and every event of note is here.
//!
//! Logs are JSON lines on standard error. They name cases, versions, requests and durations, and never content, tokens,
//! queries, or names of people.

use std::{sync::OnceLock, time::Duration};

use contract::{CaseId, EdgeMetrics};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::{
    sign_in::SignInError,
    store::{DueOrder, How, PoolNumbers, StoreError},
    texts::Format,
};

const REQUEST_BUCKETS_S: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 20.0,
];
const LAG_BUCKETS_S: [f64; 10] = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 300.0, 1800.0, 7200.0];

/// Starts logging. `filter` is `HOST_LOG`.
///
/// # Errors
/// If the filter cannot be read, naming the variable and the remedy.
pub fn start_logging(filter: Option<&str>) -> Result<(), UnreadableFilter> {
    let filter = EnvFilter::try_new(filter.unwrap_or("info")).map_err(|_| UnreadableFilter)?;
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        // Where nobody reads the log any more, it says so in panics.
        .log_internal_errors(false);
    // A second call in one process, as tests make it, changes nothing.
    let _already_started = subscriber
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
    Ok(())
}

/// `HOST_LOG` cannot be read.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error(
    "HOST_LOG cannot be used: write a level (error, warn, info, debug) or a filter such as `info,host=debug`"
)]
pub struct UnreadableFilter;

/// Installs the recorder of this process, once, and hands out what renders it.
///
/// # Errors
/// If another recorder was installed, which nothing here does.
pub fn prometheus() -> Result<PrometheusHandle, BuildError> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    static INSTALLING: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _one_at_a_time = INSTALLING
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(suffix("request_seconds"), &REQUEST_BUCKETS_S)?
        .set_buckets_for_metric(suffix("lag_seconds"), &LAG_BUCKETS_S)?
        .set_buckets_for_metric(suffix("dirty_age_seconds"), &LAG_BUCKETS_S)?
        .install_recorder()?;
    describe();
    Ok(HANDLE.get_or_init(|| handle).clone())
}

fn suffix(text: &str) -> metrics_exporter_prometheus::Matcher {
    metrics_exporter_prometheus::Matcher::Suffix(text.to_owned())
}

fn describe() {
    describe_own_work();
    describe_store();
    describe_edge();
}

fn describe_own_work() {
    describe_counter!(
        "glossator_host_requests_total",
        "Requests by method, route and status."
    );
    describe_histogram!(
        "glossator_host_request_seconds",
        "From the headers to the answer."
    );
    describe_counter!(
        "glossator_host_puts_total",
        "Snapshots by what was done: created, replaced, merged, unchanged, recovered, deleted."
    );
    describe_counter!(
        "glossator_host_put_bytes_total",
        "Bytes of snapshots received."
    );
    describe_counter!(
        "glossator_host_cases_total",
        "Cases that people brought, by format and by what was done: created, refused."
    );
    describe_counter!(
        "glossator_host_sign_ins_total",
        "Sign-ins that came to an end, by outcome."
    );
    describe_counter!(
        "glossator_host_mails_total",
        "Mails to sign in with, by outcome."
    );
    describe_counter!(
        "glossator_host_quarantined_total",
        "Corrupt snapshots put aside. Should stay 0."
    );
    describe_counter!(
        "glossator_host_orders_total",
        "Orders sent to the edge by outcome."
    );
    describe_counter!(
        "glossator_host_background_failures_total",
        "Runs of a background task that failed."
    );
    describe_counter!(
        "glossator_host_housekeeping_step_failures_total",
        "Steps of the housekeeping that failed; a run goes on with the next one, unless Postgres is away."
    );
    describe_counter!(
        "glossator_host_history_thinned_total",
        "Earlier versions removed by the rule."
    );
}

fn describe_store() {
    describe_gauge!(
        "glossator_host_outbox_orders",
        "Orders that wait for their confirmation."
    );
    describe_gauge!("glossator_host_bytes_in_flight", "Bytes reserved by PUTs.");
    describe_gauge!(
        "glossator_host_pool_connections",
        "Postgres connections by state."
    );
    describe_gauge!(
        "glossator_host_projection_lag_seconds",
        "Age of the oldest version that the projection lacks."
    );
}

fn describe_edge() {
    describe_counter!(
        "glossator_edge_rooms_woken_total",
        "Lives in memory that began, as Workers report."
    );
    describe_counter!(
        "glossator_edge_frames_refused_total",
        "Frames refused, by close code."
    );
    describe_counter!(
        "glossator_edge_faults_total",
        "Assertions that did not hold. Should stay 0."
    );
    describe_counter!(
        "glossator_edge_panics_total",
        "Lives in memory that a panic ended. Should stay 0."
    );
    describe_counter!(
        "glossator_edge_host_failures_total",
        "Requests to the host that failed, as Workers saw it."
    );
    describe_counter!(
        "glossator_edge_storage_failures_total",
        "Storage operations of objects that failed."
    );
    describe_histogram!(
        "glossator_edge_dirty_age_seconds",
        "Age of the oldest edit that Postgres lacked, by report."
    );
    describe_histogram!(
        "glossator_edge_archive_lag_seconds",
        "From an edit to the host's confirmation, by report."
    );
    describe_gauge!(
        "glossator_edge_wasm_memory_bytes",
        "The wasm memory of the isolate that reported last."
    );
}

/// A request was answered.
pub fn request(method: &'static str, route: &str, status: u16, took: Duration) {
    let route = route.to_owned();
    counter!("glossator_host_requests_total", "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    histogram!("glossator_host_request_seconds", "method" => method, "route" => route)
        .record(took.as_secs_f64());
}

/// A snapshot was received and dealt with; `None`: its case is deleted.
pub fn put(case_id: &CaseId, how: Option<How>, version: i64, bytes: usize) {
    let outcome = how.map_or("deleted", How::name);
    counter!("glossator_host_puts_total", "outcome" => outcome).increment(1);
    counter!("glossator_host_put_bytes_total").increment(u64::try_from(bytes).unwrap_or(u64::MAX));
    tracing::info!(case = %case_id, outcome, version, bytes, "snapshot received");
}

/// A case was deleted, or was deleted before.
pub fn deleted(case_id: &CaseId, version: i64) {
    tracing::info!(case = %case_id, version, "case deleted");
}

/// A case was created from what somebody brought.
pub fn case_created(case_id: &CaseId, format: Format, bytes: usize, paragraphs: usize) {
    let format = format.name();
    counter!("glossator_host_cases_total", "format" => format, "outcome" => "created").increment(1);
    tracing::info!(case = %case_id, format, bytes, paragraphs, "case created");
}

/// What somebody brought could not become a case.
pub fn case_refused(format: Format) {
    counter!("glossator_host_cases_total", "format" => format.name(), "outcome" => "refused")
        .increment(1);
}

/// A corrupt snapshot was put aside.
pub fn quarantined(case_id: &CaseId, version: i64, reason: &str) {
    counter!("glossator_host_quarantined_total").increment(1);
    tracing::error!(case = %case_id, version, reason, "corrupt snapshot put into quarantine: `host snapshots list` shows it");
}

/// An order was sent to the edge.
pub fn order_sent(order: &DueOrder, outcome: Result<&(), String>) {
    let (case_id, name, attempt) = (&order.case_id, order.order.name(), order.attempt);
    match outcome {
        Ok(()) => {
            counter!("glossator_host_orders_total", "order" => name, "outcome" => "confirmed")
                .increment(1);
            tracing::info!(case = %case_id, order = name, attempt, "order confirmed");
        }
        Err(reason) => {
            counter!("glossator_host_orders_total", "order" => name, "outcome" => "failed")
                .increment(1);
            tracing::warn!(case = %case_id, order = name, attempt, reason, "order not confirmed, will be sent again");
        }
    }
}

/// A version cannot be projected.
pub fn not_projected(case_id: &CaseId, version: i64, reason: annotation::UnreadableSnapshot) {
    tracing::error!(case = %case_id, version, %reason, "snapshot cannot be projected");
}

/// Comments of a case's versions could not be counted; whoever looks at them again has that tried again.
pub fn comments_not_counted(case_id: &CaseId, error: &StoreError) {
    tracing::warn!(
        case = %case_id,
        error = crate::error::chain(error),
        "comments of versions not counted, will try again"
    );
}

/// How far the projection lags.
pub fn projection_lag(seconds: f64) {
    gauge!("glossator_host_projection_lag_seconds").set(seconds);
}

/// The housekeeping has removed so many earlier versions.
pub fn thinned(history_rows: u64) {
    counter!("glossator_host_history_thinned_total").increment(history_rows);
}

/// So many orders wait.
pub fn pending_orders(pending: i64) {
    gauge!("glossator_host_outbox_orders")
        .set(f64::from(i32::try_from(pending).unwrap_or(i32::MAX)));
}

/// The history of this case could not be thinned, or this text not divided for search; the others are, and it is tried again.
pub fn passed_over(step: &'static str, what: &str, error: &StoreError) {
    let error = crate::error::chain(error);
    tracing::warn!(step, what, error, "passed over, will try again");
}

/// A case whose time has passed could not be deleted; the others are, and it is tried again.
pub fn case_not_deleted(case_id: &CaseId, error: &StoreError) {
    tracing::warn!(
        case = %case_id,
        error = crate::error::chain(error),
        "case whose time has passed not deleted, will try again"
    );
}

/// What is left of the private notes of a deleted case, or of somebody who was erased, could not be erased; the others' are, and it is
/// tried again. Such an id names nobody any more.
pub fn notes_not_erased(whose: &str, error: &StoreError) {
    tracing::warn!(
        whose,
        error = crate::error::chain(error),
        "private notes that are left not erased, will try again"
    );
}

/// The host was stopped, and so many background tasks did not end in time.
pub fn background_cut_off(tasks: usize) {
    tracing::warn!(
        tasks,
        "background tasks cut off, the next host does what they did"
    );
}

/// A step of the housekeeping failed; unless Postgres is away the others are done, and it is tried again.
pub fn housekeeping_step_failed(step: &'static str, error: &StoreError) {
    counter!("glossator_host_housekeeping_step_failures_total", "step" => step).increment(1);
    tracing::warn!(
        step,
        error = crate::error::chain(error),
        "step of the housekeeping failed, will try again"
    );
}

/// A background task failed; it tries again.
pub fn background_failed(task: &'static str, error: &StoreError) {
    counter!("glossator_host_background_failures_total", "task" => task).increment(1);
    tracing::warn!(
        task,
        error = crate::error::chain(error),
        "background task failed, will try again"
    );
}

/// Somebody signed in by a provider.
pub fn signed_in(provider: &str) {
    counter!("glossator_host_sign_ins_total", "outcome" => "signed_in").increment(1);
    tracing::info!(provider, "somebody signed in");
}

/// Somebody did not.
pub fn not_signed_in(provider: &str, error: &SignInError) {
    counter!("glossator_host_sign_ins_total", "outcome" => error.code()).increment(1);
    let reason = crate::error::chain(error);
    match error {
        SignInError::Unavailable(_) | SignInError::Store(_) => {
            tracing::error!(provider, reason, "nobody can sign in");
        }
        SignInError::Cancelled
        | SignInError::Expired
        | SignInError::Refused(_)
        | SignInError::NotAllowed(_)
        | SignInError::TooOften => {
            tracing::info!(provider, reason, "somebody did not sign in")
        }
    }
}

/// A link to sign in with was sent.
pub fn mail_sent() {
    counter!("glossator_host_mails_total", "outcome" => "sent").increment(1);
}

/// A link that was asked for was not sent.
pub fn mail_not_sent(reason: &str) {
    counter!("glossator_host_mails_total", "outcome" => "not_sent").increment(1);
    tracing::warn!(reason, "a mail to sign in with was not sent");
}

/// Numbers that are read when they are asked for.
pub fn sample(pool: PoolNumbers, bytes_in_flight: usize) {
    let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    gauge!("glossator_host_pool_connections", "state" => "open").set(count(pool.open));
    gauge!("glossator_host_pool_connections", "state" => "idle").set(count(pool.idle));
    gauge!("glossator_host_pool_connections", "state" => "waited_for").set(count(pool.waiting));
    gauge!("glossator_host_bytes_in_flight").set(count(bytes_in_flight));
}

/// A Worker reported about itself, in a request that proved itself.
pub fn edge(report: &EdgeMetrics) {
    counter!("glossator_edge_rooms_woken_total").increment(report.rooms_woken);
    for (code, count) in &report.frames_refused {
        counter!("glossator_edge_frames_refused_total", "code" => code.to_string())
            .increment(*count);
    }
    counter!("glossator_edge_faults_total").increment(report.faults);
    counter!("glossator_edge_panics_total").increment(report.panics);
    counter!("glossator_edge_host_failures_total").increment(report.host_failures);
    counter!("glossator_edge_storage_failures_total").increment(report.storage_failures);
    histogram!("glossator_edge_dirty_age_seconds").record(seconds(report.dirty_age_ms));
    if let Some(lag) = report.archive_lag_ms {
        histogram!("glossator_edge_archive_lag_seconds").record(seconds(lag));
    }
    let memory = u32::try_from(report.wasm_memory_bytes).unwrap_or(u32::MAX);
    gauge!("glossator_edge_wasm_memory_bytes").set(f64::from(memory));
}

fn seconds(millis: u64) -> f64 {
    Duration::from_millis(millis).as_secs_f64()
}
