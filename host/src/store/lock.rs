//! Advisory locks. All of them are held to the end of their transaction.
//!
//! A key is 64 bits of a SHA-256 over the lock's purpose and the case or text: a collision makes two wait for each other
//! and nothing worse.

use std::fmt::Display;

use contract::{CaseId, Digest};
use deadpool_postgres::Transaction;
use futures_util::{TryFutureExt, future::try_join};
use tokio_postgres::types::ToSql;

use super::StoreError;

/// Names the request to Postgres until the transaction ends, so that its own log and `pg_stat_activity` can be read
/// together with ours.
pub(super) async fn name_request(tx: &Transaction<'_>, request_id: &str) -> Result<(), StoreError> {
    let statement = tx
        .prepare_cached("select set_config('application_name', $1, true)")
        .await?;
    tx.query_one(&statement, &[&application_name(request_id)])
        .await?;
    Ok(())
}

/// Locks the case's row, its history and its quarantine, and names the request as `name_request` does.
pub(super) async fn lock_case(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    request_id: &str,
) -> Result<(), StoreError> {
    lock_then(tx, case_id, request_id, async { Ok(()) }).await
}

/// The same, and asks `next` at once: Postgres carries it out when it has the lock, and nobody waits for the way there and back
/// in between. Preparing is asked behind it, too, since that may wait for somebody, and its request is to be named by then.
pub(super) async fn lock_then<T>(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    request_id: &str,
    next: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let statement = tx
        .prepare_cached(
            "select set_config('application_name', $1, true), pg_advisory_xact_lock($2)",
        )
        .await?;
    let (name, key) = (application_name(request_id), key("case", case_id));
    let values: [&(dyn ToSql + Sync); 2] = [&name, &key];
    let locked = tx.query_one(&statement, &values).map_err(StoreError::from);
    // Each is sent when it is first polled, and this polls them in order.
    let (_, next) = try_join(locked, next).await?;
    Ok(next)
}

/// Locks the rows of the case's projection. A PUT never waits for it; a deletion does.
pub(super) async fn lock_projection(
    tx: &Transaction<'_>,
    case_id: &CaseId,
) -> Result<(), StoreError> {
    let statement = tx
        .prepare_cached("select pg_advisory_xact_lock($1)")
        .await?;
    tx.query_one(&statement, &[&key("projection", case_id)])
        .await?;
    Ok(())
}

/// Locks what a case's room is told of authorities: whoever tells it later has read it later.
pub(super) async fn lock_ruling(tx: &Transaction<'_>, case_id: &CaseId) -> Result<(), StoreError> {
    let statement = tx
        .prepare_cached("select pg_advisory_xact_lock($1)")
        .await?;
    tx.query_one(&statement, &[&key("ruling", case_id)]).await?;
    Ok(())
}

/// Locks a text's row, and whether any case has it.
pub(super) async fn lock_text(tx: &Transaction<'_>, sha256: &Digest) -> Result<(), StoreError> {
    let statement = tx
        .prepare_cached("select pg_advisory_xact_lock($1)")
        .await?;
    tx.query_one(&statement, &[&key("text", sha256)]).await?;
    Ok(())
}

/// Locks the end of the audit log, for which all cases wait. Nothing else may be waited for under it; of a host that is not
/// heard of any more Postgres takes it away soon.
pub(super) async fn lock_audit_log(tx: &Transaction<'_>) -> Result<(), StoreError> {
    let statement = tx
        .prepare_cached(
            "select set_config('idle_in_transaction_session_timeout', '3s', true), pg_advisory_xact_lock($1)",
        )
        .await?;
    tx.query_one(&statement, &[&key("audit", &"log")]).await?;
    Ok(())
}

/// Locks an account, an address or the like, so that two sign-ins that could make one person twice follow one another.
pub(super) async fn lock_sign_in(
    tx: &Transaction<'_>,
    purpose: &str,
    subject: &impl Display,
) -> Result<(), StoreError> {
    let statement = tx
        .prepare_cached("select pg_advisory_xact_lock($1)")
        .await?;
    tx.query_one(&statement, &[&key(purpose, subject)]).await?;
    Ok(())
}

fn application_name(request_id: &str) -> String {
    format!("host {request_id}")
}

fn key(purpose: &str, subject: &impl Display) -> i64 {
    let digest = Digest::of(format!("glossator {purpose} {subject}").as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&digest.as_bytes()[..8]);
    i64::from_be_bytes(first)
}

/// Serialises migrations of one database; any constant does.
pub(super) const MIGRATION_KEY: i64 = 0x676c_6f73_7361;
