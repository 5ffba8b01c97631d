//! Delivers the outbox: orders are sent to the edge until it confirms them, with a growing pause between attempts.

use std::{sync::Arc, time::Duration};

use contract::EdgeOrder;
use futures_util::future::join_all;
use tokio::sync::{Notify, watch};

use crate::{
    edge::{EdgeClient, EdgeError},
    error::chain,
    limits::{ORDER_PAUSE_MAX, ORDERS_AT_ONCE, OUTBOX_EVERY},
    store::{DueOrder, Store, StoreError},
    telemetry,
};

/// Delivers until `stopping` turns true; what is on its way then is waited for.
pub async fn deliver(
    store: Store,
    edge: EdgeClient,
    bell: Arc<Notify>,
    mut stopping: watch::Receiver<bool>,
) {
    while !*stopping.borrow() {
        match deliver_due(&store, &edge).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => telemetry::background_failed("outbox", &error),
        }
        tokio::select! {
            () = bell.notified() => {}
            () = tokio::time::sleep(OUTBOX_EVERY) => {}
            _ = stopping.changed() => {}
        }
    }
}

/// Sends the orders that are due, a bounded number at once, and says how many.
///
/// # Errors
/// If Postgres fails. An order that is not confirmed is no error: it is put off.
pub async fn deliver_due(store: &Store, edge: &EdgeClient) -> Result<usize, StoreError> {
    let orders = store.claim_orders(ORDERS_AT_ONCE).await?;
    let sent = orders.iter().map(|order| send(store, edge, order));
    join_all(sent)
        .await
        .into_iter()
        .collect::<Result<(), _>>()?;
    Ok(orders.len())
}

async fn send(store: &Store, edge: &EdgeClient, order: &DueOrder) -> Result<(), StoreError> {
    let (client, case_id, kind) = (edge.clone(), order.case_id.clone(), order.order);
    let body = match kind {
        EdgeOrder::Delete | EdgeOrder::Check => Vec::new(),
        // As it is now, and not as it was when the order was given.
        EdgeOrder::Rule => store.ruling(&case_id).await?.write(),
    };
    let given = tokio::task::spawn_blocking(move || client.give(&case_id, kind, &body)).await?;
    telemetry::order_sent(order, given.as_ref().map_err(reason));
    match given {
        Ok(()) => store.confirm_order(order).await,
        Err(error) => {
            store
                .postpone_order(order, pause_after(order.attempt), &reason(&error))
                .await
        }
    }
}

fn reason(error: &EdgeError) -> String {
    chain(error)
}

/// 1 s after the first attempt, twice as long after each further one, 5 min at most.
fn pause_after(attempt: u32) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    Duration::from_secs(1 << doublings).min(ORDER_PAUSE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_cap() {
        let seconds = |attempt| pause_after(attempt).as_secs();
        assert_eq!(
            [0, 1, 2, 3, 9, 10, u32::MAX].map(seconds),
            [1, 1, 2, 4, 256, 300, 300]
        );
    }
}
