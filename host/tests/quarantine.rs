//! A corrupt snapshot is never served.

mod common;

use common::{
    World,
    documents::{extended, holds, typed},
    in_world,
};
use contract::StoredState;
use host::store::{Restoration, Restored, StoreError};

#[tokio::test]
async fn a_corrupt_snapshot_goes_to_quarantine_and_the_earlier_version_is_served() {
    in_world(async |world: World| {
        let first = typed(1, "first ");
        let base = world.put("case", None, &first).await.base();
        let second = extended(&first, 1, "second ");
        let second_base = world.put("case", Some(base), &second).await.base();
        world.corrupt("case").await;

        let got = world.get("case").await;

        assert_eq!((got.status, &got.body), (200, &first));
        assert_eq!(
            got.base().version,
            3,
            "another version, so that the living object notices"
        );
        assert_eq!(
            world.count("select version from snapshot_quarantine").await,
            2
        );
        assert_eq!(
            world
                .count("select count(*) from outbox where \"order\" = 'check'")
                .await,
            1
        );

        let healed = world
            .put("case", Some(second_base), &extended(&second, 1, "third "))
            .await;
        assert_eq!((healed.base().version, healed.body.len()), (4, 0));
        assert!(
            holds(&world.get("case").await.body, &second),
            "the living object's state replaces it"
        );
    })
    .await;
}

#[tokio::test]
async fn without_a_good_version_a_corrupt_case_is_neither_served_nor_called_empty() {
    in_world(async |world: World| {
        let first = typed(1, "only");
        let base = world.put("case", None, &first).await.base();
        world.corrupt("case").await;

        for _ in 0..2 {
            let got = world.get("case").await;
            assert_eq!(got.status, 503);
            assert!(got.stored.is_err(), "unsigned: sockets wait");
        }
        let head = world.head("case").await;
        assert!(
            matches!(head.stored, Ok(StoredState::Never { .. })),
            "a living object sends its state"
        );
        assert_eq!(
            world
                .count("select count(*) from snapshot_quarantine")
                .await,
            1
        );

        let healed = world
            .put("case", Some(base), &extended(&first, 1, "!"))
            .await;
        assert_eq!(
            healed.base().version,
            3,
            "the number of the lost one is not used again"
        );
        assert!(holds(&world.get("case").await.body, &first));
    })
    .await;
}

#[tokio::test]
async fn an_object_that_built_on_the_intact_bytes_replaces_the_corrupt_ones() {
    in_world(async |world: World| {
        let first = typed(1, "a");
        let base = world.put("case", None, &first).await.base();
        world.corrupt("case").await;

        let second = extended(&first, 1, "b");
        let reply = world.put("case", Some(base), &second).await;

        assert_eq!((reply.base().version, reply.body.len()), (2, 0));
        assert_eq!(world.get("case").await.body, second);
        assert_eq!(
            world
                .count("select count(*) from snapshot_quarantine")
                .await,
            1
        );
        assert_eq!(
            world.count("select count(*) from snapshot_history").await,
            0,
            "corrupt bytes are no history"
        );
    })
    .await;
}

#[tokio::test]
async fn a_stranger_meeting_a_corrupt_snapshot_is_merged_with_the_earlier_version() {
    in_world(async |world: World| {
        let first = typed(1, "first ");
        let base = world.put("case", None, &first).await.base();
        world
            .put("case", Some(base), &extended(&first, 1, "second "))
            .await;
        world.corrupt("case").await;

        let stranger = typed(9, "stranger ");
        let reply = world.put("case", None, &stranger).await;

        assert!(holds(&reply.body, &first) && holds(&reply.body, &stranger));
        assert_eq!(world.get("case").await.body, reply.body);
        assert_eq!(reply.base().version, 3);
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_with_the_right_hash_that_is_no_document_is_quarantined_by_the_first_merge() {
    in_world(async |world: World| {
        world.put("case", None, &typed(1, "a")).await;
        let break_it = "update annotation_document_state set crdt_state = '\\x090909', sha256 = sha256('\\x090909')";
        world.sql().await.batch_execute(break_it).await.unwrap();

        let sent = typed(2, "b");
        let reply = world.put("case", None, &sent).await;

        assert_eq!((reply.status, reply.base().version, reply.body.len()), (200, 2, 0));
        assert_eq!(world.get("case").await.body, sent);
        assert_eq!(world.count("select count(*) from snapshot_quarantine").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_restore_replaces_corrupt_bytes_and_leaves_healthy_ones_alone() {
    in_world(async |world: World| {
        let case_id = contract::CaseId::parse("case").unwrap();
        let restore = async |from| world.store.restore(&case_id, from).await;
        let first = typed(1, "a");
        assert_eq!(
            restore(Restoration::Version(1)).await.unwrap(),
            Restored::NeverStored
        );
        let base = world.put("case", None, &first).await.base();
        world
            .put("case", Some(base), &extended(&first, 1, "b"))
            .await;
        assert_eq!(
            restore(Restoration::Version(1)).await.unwrap(),
            Restored::Healthy
        );

        world.corrupt("case").await;
        assert_eq!(
            restore(Restoration::Version(7)).await.unwrap(),
            Restored::NoSuchVersion
        );
        let junk = restore(Restoration::Bytes(vec![9, 9, 9])).await;
        assert!(matches!(junk, Err(StoreError::Sent(_))));
        let Restored::Stored(base) = restore(Restoration::Version(1)).await.unwrap() else {
            panic!("is corrupt")
        };
        assert_eq!((base.version, world.get("case").await.body), (3, first));

        world.delete("case").await;
        assert_eq!(
            restore(Restoration::Bytes(typed(1, "a"))).await.unwrap(),
            Restored::Deleted
        );
    })
    .await;
}

#[tokio::test]
async fn a_restore_needs_one_connection_only() {
    in_world(async |world: World| {
        let case_id = contract::CaseId::parse("case").unwrap();
        let first = typed(1, "a");
        let base = world.put("case", None, &first).await.base();
        world
            .put("case", Some(base), &extended(&first, 1, "b"))
            .await;
        world.corrupt("case").await;
        let mut config = common::config(&world.database_url);
        config.pool_size = 1;

        let narrow = host::store::Store::new(&config);
        let restored = narrow.restore(&case_id, Restoration::Version(1)).await;

        assert!(matches!(restored, Ok(Restored::Stored(_))), "{restored:?}");
        assert_eq!(world.get("case").await.body, first);
    })
    .await;
}

#[tokio::test]
async fn a_lost_case_is_restored_from_a_file() {
    in_world(async |world: World| {
        let case_id = contract::CaseId::parse("case").unwrap();
        let snapshot = typed(1, "a");
        world.put("case", None, &snapshot).await;
        world.corrupt("case").await;
        assert_eq!(world.get("case").await.status, 503);

        let restored = world
            .store
            .restore(&case_id, Restoration::Bytes(snapshot.clone()))
            .await
            .unwrap();
        assert!(matches!(restored, Restored::Stored(_)));
        assert_eq!(world.get("case").await.body, snapshot);
    })
    .await;
}

#[tokio::test]
async fn verify_finds_corrupt_snapshots_and_changes_nothing() {
    in_world(async |world: World| {
        world.put("good", None, &typed(1, "a")).await;
        world.put("bad", None, &typed(2, "b")).await;
        world.delete("gone").await;
        world.corrupt("bad").await;

        let (checked, findings) = world.store.verify_snapshots().await.unwrap();

        assert_eq!(checked, 3);
        assert_eq!(findings.len(), 1);
        assert_eq!(
            (findings[0].case_id.as_str(), findings[0].version),
            ("bad", 1)
        );
        assert_eq!(
            world
                .count("select count(*) from snapshot_quarantine")
                .await,
            0
        );
    })
    .await;
}

#[tokio::test]
async fn what_postgres_says_about_a_row_never_reaches_a_log() {
    in_world(async |world: World| {
        let sql = world.sql().await;
        let statement = "insert into annotation_document_state (case_id, version, last_editor) values ('c', 0, 'Ann')";
        let refused = sql.batch_execute(statement).await.unwrap_err();
        let logged = host::error::chain(&StoreError::from(refused));
        assert!(logged.contains("violates check constraint") && logged.contains("23514"), "{logged}");
        assert!(!logged.contains("Ann"), "{logged}");
    })
    .await;
}
