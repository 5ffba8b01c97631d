//! Orders reach the edge, and are given until it has confirmed them.

mod common;

use std::{sync::Arc, time::Duration};

use common::{
    World,
    documents::typed,
    edge::{Edge, Manner, SLOW_CASE},
    eventually, in_world, keys,
};
use contract::{CaseId, CaseState};
use host::{edge::EdgeClient, limits::ORDERS_AT_ONCE, outbox};
use tokio::sync::{Notify, watch};

#[tokio::test]
async fn a_deletion_is_ordered_until_the_edge_confirms_it() {
    in_world(async |world: World| {
        let edge = Edge::start(&[Manner::Fail, Manner::Unsigned]).await;
        let (stop, stopped) = watch::channel(false);
        let (client, bell) = (client(&edge.base_url), Arc::clone(&world.app.outbox_bell));
        let delivering = tokio::spawn(outbox::deliver(world.store.clone(), client, bell, stopped));

        world.delete("case").await;
        eventually("the outbox is empty", || async {
            world.store.pending_orders().await.unwrap() == 0
        })
        .await;
        stop.send_replace(true);
        delivering.await.unwrap();

        assert_eq!(
            *edge.orders.lock().unwrap(),
            ["case delete"; 3],
            "neither an error nor a proxy's 200 confirms"
        );
    })
    .await;
}

#[tokio::test]
async fn an_order_to_an_edge_that_is_away_waits_and_says_why() {
    in_world(async |world: World| {
        world.delete("case").await;
        let away = client("http://127.0.0.1:9");

        assert_eq!(outbox::deliver_due(&world.store, &away).await.unwrap(), 1);

        assert_eq!(
            outbox::deliver_due(&world.store, &away).await.unwrap(),
            0,
            "it is put off"
        );
        let waits = "select count(*) from outbox where attempts = 1 and last_error is not null
                     and next_attempt_at > now()";
        assert_eq!(world.count(waits).await, 1);
    })
    .await;
}

#[tokio::test]
async fn an_object_that_does_not_answer_holds_up_nobody_elses_orders() {
    in_world(async |world: World| {
        let edge = Edge::start(&[]).await;
        let (stop, stopped) = watch::channel(false);
        let (client, bell) = (client(&edge.base_url), Arc::clone(&world.app.outbox_bell));
        let delivering = tokio::spawn(outbox::deliver(world.store.clone(), client, bell, stopped));
        let is_ordered = |order: &str| edge.orders.lock().unwrap().iter().any(|seen| seen == order);

        // However often it is given, an order to such an object takes one place.
        let slow = CaseId::parse(SLOW_CASE).unwrap();
        for round in 0..2 * ORDERS_AT_ONCE {
            let state = CaseState::ALL[round % 2];
            world.store.set_case_state(&slow, state, "r").await.unwrap();
            world.app.outbox_bell.notify_one();
            eventually("it is on its way", || async { is_ordered("slow rule") }).await;
        }
        let arrived = async {
            world.delete("case").await;
            eventually("it arrives", || async { is_ordered("case delete") }).await;
        };
        let arrived = tokio::time::timeout(Duration::from_secs(2), arrived).await;
        assert!(arrived.is_ok(), "it waited for another case's");
        assert_eq!(*edge.orders.lock().unwrap(), ["slow rule", "case delete"]);

        stop.send_replace(true);
        delivering.await.unwrap();
        assert_eq!(world.store.pending_orders().await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_order_given_again_while_it_is_on_its_way_is_sent_again() {
    in_world(async |world: World| {
        world.put("case", None, &typed(1, "a")).await;
        world.store.resync().await.unwrap();
        let claimed = world.store.claim_orders(8, &[]).await.unwrap();
        assert_eq!(claimed.len(), 1);
        assert!(
            world.store.claim_orders(8, &[]).await.unwrap().is_empty(),
            "nobody else claims it meanwhile"
        );

        world.store.resync().await.unwrap();
        world.store.confirm_order(&claimed[0]).await.unwrap();
        assert_eq!(world.store.claim_orders(8, &[]).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_resync_orders_a_check_of_every_case_and_the_deletion_of_every_deleted_one() {
    in_world(async |world: World| {
        for case in ["a", "b"] {
            world.put(case, None, &typed(1, "a")).await;
        }
        world.delete("gone").await;
        let edge = Edge::start(&[]).await;
        while outbox::deliver_due(&world.store, &client(&edge.base_url))
            .await
            .unwrap()
            > 0
        {}
        edge.orders.lock().unwrap().clear();

        let resynced = world.store.resync().await.unwrap();
        assert_eq!((resynced.checks, resynced.deletions), (2, 1));
        while outbox::deliver_due(&world.store, &client(&edge.base_url))
            .await
            .unwrap()
            > 0
        {}

        let mut orders = edge.orders.lock().unwrap().clone();
        orders.sort();
        assert_eq!(orders, ["a check", "b check", "gone delete"]);
        assert_eq!(world.store.pending_orders().await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn delivery_ends_when_it_is_told_to() {
    in_world(async |world: World| {
        let (stop, stopped) = watch::channel(false);
        let client = client("http://127.0.0.1:9");
        let delivering = tokio::spawn(outbox::deliver(
            world.store.clone(),
            client,
            Arc::new(Notify::new()),
            stopped,
        ));
        stop.send_replace(true);
        delivering.await.unwrap();
    })
    .await;
}

fn client(base_url: &str) -> EdgeClient {
    EdgeClient::new(base_url, keys(), Duration::from_secs(5))
}
