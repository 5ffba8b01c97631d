//! Delivers the outbox: orders are sent to the edge until it confirms them, with a growing pause between attempts.
//!
//! Each order goes its own way, and a case has no second one under way: an object that does not answer holds up its own
//! orders and one of the places, whatever else is ordered.

use std::{collections::HashMap, sync::Arc, time::Duration};

use contract::{CaseId, EdgeOrder, ErasedPeople};
use tokio::{
    sync::{Notify, watch},
    task::{Id, JoinSet},
};

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
    let mut under_way = UnderWay::new(store, edge);
    while !*stopping.borrow() {
        if let Err(error) = under_way.send_due().await {
            telemetry::background_failed("outbox", &error);
        }
        // Whoever comes to an end makes room for others.
        tokio::select! {
            Some(ended) = under_way.next_end() => report(ended),
            () = bell.notified() => {}
            () = tokio::time::sleep(OUTBOX_EVERY) => {}
            _ = stopping.changed() => {}
        }
    }
    while let Some(ended) = under_way.next_end().await {
        report(ended);
    }
}

/// Sends orders that are due, a bounded number at once, waits for their ends and says how many.
///
/// # Errors
/// If Postgres fails. An order that is not confirmed is no error: it is put off.
pub async fn deliver_due(store: &Store, edge: &EdgeClient) -> Result<usize, StoreError> {
    let mut under_way = UnderWay::new(store.clone(), edge.clone());
    let sent = under_way.send_due().await?;
    while let Some(ended) = under_way.next_end().await {
        ended?;
    }
    Ok(sent)
}

/// The orders that were claimed and have not come to an end.
struct UnderWay {
    store: Store,
    edge: EdgeClient,
    orders: JoinSet<Result<(), StoreError>>,
    cases: HashMap<Id, CaseId>,
}

impl UnderWay {
    fn new(store: Store, edge: EdgeClient) -> Self {
        Self {
            store,
            edge,
            orders: JoinSet::new(),
            cases: HashMap::new(),
        }
    }

    /// Sends as many due orders as there are free places, and says how many.
    async fn send_due(&mut self) -> Result<usize, StoreError> {
        let free = ORDERS_AT_ONCE.saturating_sub(self.orders.len());
        if free == 0 {
            return Ok(0);
        }
        let cases: Vec<_> = self.cases.values().map(CaseId::as_str).collect();
        let orders = self.store.claim_orders(free, &cases).await?;
        let claimed = orders.len();
        for order in orders {
            let case_id = order.case_id.clone();
            let sending = send(self.store.clone(), self.edge.clone(), order);
            let task = self.orders.spawn(sending);
            self.cases.insert(task.id(), case_id);
        }
        Ok(claimed)
    }

    /// What came of the next one that ends; absent if none is under way. Nothing is lost if it is not waited for.
    async fn next_end(&mut self) -> Option<Result<(), StoreError>> {
        let (id, ended) = match self.orders.join_next_with_id().await? {
            Ok((id, sent)) => (id, sent),
            Err(error) => (error.id(), Err(error.into())),
        };
        self.cases.remove(&id);
        Some(ended)
    }
}

fn report(ended: Result<(), StoreError>) {
    if let Err(error) = ended {
        telemetry::background_failed("outbox", &error);
    }
}

async fn send(store: Store, edge: EdgeClient, order: DueOrder) -> Result<(), StoreError> {
    let (case_id, kind) = (order.case_id.clone(), order.order);
    let mut erased = ErasedPeople::default();
    let body = match kind {
        EdgeOrder::Delete | EdgeOrder::Check => Vec::new(),
        // As it is now, and not as it was when the order was given.
        EdgeOrder::Rule => store.ruling(&case_id).await?.write(),
        EdgeOrder::Erase => {
            erased = store.erased_people(&case_id).await?;
            if erased.0.is_empty() {
                // The case was deleted meanwhile.
                return store.confirm_order(&order).await;
            }
            erased.write()
        }
    };
    // Which is what makes the object, if somebody is given a role before anybody has come.
    let region = store.region(&case_id).await?;
    let giving = move || edge.give(&case_id, kind, region, &body);
    let given = tokio::task::spawn_blocking(giving).await?;
    telemetry::order_sent(&order, given.as_ref().map_err(reason));
    match given {
        Ok(()) => {
            if kind == EdgeOrder::Erase {
                store.confirm_erasure(&order.case_id, &erased).await?;
            }
            store.confirm_order(&order).await
        }
        Err(error) => {
            store
                .postpone_order(&order, pause_after(order.attempt), &reason(&error))
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
