//! The history is thinned by its rule.

mod common;

use common::{World, in_world};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// A moment that starts an hour, a day and a span of 30 days, counted from the epoch.
const NOW: i64 = 700 * 30 * DAY;

#[tokio::test]
async fn the_last_hour_is_kept_whole_and_older_versions_by_hour_day_and_month() {
    in_world(async |world: World| {
        let ages = [
            (1, 400 * DAY),
            (2, 100 * DAY + HOUR),
            (3, 100 * DAY),
            (4, 10 * DAY + 2 * HOUR),
            (5, 10 * DAY + HOUR),
            (6, 9 * DAY),
            (7, 5 * HOUR - 1),
            (8, 5 * HOUR - 600),
            (9, 4 * HOUR - 1),
            (10, 1_000),
            (11, 10),
        ];
        for (version, age) in ages {
            insert(&world, "case", version, age).await;
        }
        insert(&world, "other", 1, 5 * HOUR - 1).await;

        assert_eq!(thin(&world).await, 4);

        assert_eq!(versions(&world, "case").await, [3, 5, 6, 8, 9, 10, 11]);
        assert_eq!(
            versions(&world, "other").await,
            [1],
            "cases do not share buckets"
        );
        assert_eq!(thin(&world).await, 0, "a second run finds nothing");
    })
    .await;
}

#[tokio::test]
async fn of_one_span_the_newest_intact_version_is_kept() {
    in_world(async |world: World| {
        for (version, age) in [(1, 10 * DAY + 3), (2, 10 * DAY + 2), (3, 10 * DAY + 1)] {
            insert(&world, "case", version, age).await;
            insert(&world, "all corrupt", version, age).await;
        }
        corrupt(&world, "case", 3).await;
        for version in 1..=3 {
            corrupt(&world, "all corrupt", version).await;
        }
        assert_eq!(thin(&world).await, 4);
        assert_eq!(versions(&world, "case").await, [2]);
        assert_eq!(versions(&world, "all corrupt").await, [3]);
    })
    .await;
}

#[tokio::test]
async fn the_newest_intact_version_of_a_case_stays_however_old() {
    in_world(async |world: World| {
        insert(&world, "alone", 1, 800 * DAY).await;
        insert(&world, "older too", 1, 800 * DAY).await;
        insert(&world, "older too", 2, 600 * DAY).await;
        for (version, age) in [(1, 800 * DAY), (2, 700 * DAY), (3, 500 * DAY), (4, 10)] {
            insert(&world, "newer corrupt", version, age).await;
        }
        corrupt(&world, "newer corrupt", 3).await;
        corrupt(&world, "newer corrupt", 4).await;

        assert_eq!(thin(&world).await, 3);

        assert_eq!(versions(&world, "alone").await, [1]);
        assert_eq!(versions(&world, "older too").await, [2]);
        assert_eq!(versions(&world, "newer corrupt").await, [2, 4]);
        assert_eq!(thin(&world).await, 0, "a second run finds nothing");
    })
    .await;
}

#[tokio::test]
async fn each_run_looks_at_a_bounded_number_of_cases_and_all_get_their_turn() {
    in_world(async |world: World| {
        for case in ["a", "b", "c"] {
            insert(&world, case, 1, 400 * DAY).await;
            insert(&world, case, 2, 10).await;
        }
        let (removed, next) = world.store.thin_history(NOW * 1000, "", 2).await.unwrap();
        assert_eq!((removed, next.as_deref()), (2, Some("b")));
        let (removed, next) = world.store.thin_history(NOW * 1000, "b", 2).await.unwrap();
        assert_eq!((removed, next), (1, None));
    })
    .await;
}

#[tokio::test]
async fn nonces_are_forgotten_only_when_their_signatures_are_stale() {
    in_world(async |world: World| {
        let fresh = contract::Nonce::new([1; 16]);
        assert!(world.store.spend(&fresh).await.unwrap());
        let stale = "insert into spent_nonce select decode(md5(n::text), 'hex'), now() - interval '1 second'
                     from generate_series(1, 5) as n";
        world.sql().await.batch_execute(stale).await.unwrap();

        assert_eq!(world.store.forget_nonces(3).await.unwrap(), 3, "bounded");
        assert_eq!(world.store.forget_nonces(3).await.unwrap(), 2);
        assert!(!world.store.spend(&fresh).await.unwrap());
    })
    .await;
}

async fn insert(world: &World, case: &str, version: i64, age: i64) {
    world
        .sql()
        .await
        .execute(
            "insert into snapshot_history (case_id, version, crdt_state, sha256, highlight_count, stored_at)
             values ($1, $2, 'x', sha256('x'), 0, to_timestamp($3::bigint))",
            &[&case, &version, &(NOW - age)],
        )
        .await
        .expect("the row can be written");
}

async fn corrupt(world: &World, case: &str, version: i64) {
    let statement =
        "update snapshot_history set crdt_state = 'y' where case_id = $1 and version = $2";
    let sql = world.sql().await;
    let changed = sql.execute(statement, &[&case, &version]).await;
    assert_eq!(changed.expect("the row can be changed"), 1);
}

async fn thin(world: &World) -> u64 {
    world
        .store
        .thin_history(NOW * 1000, "", 100)
        .await
        .expect("the history can be thinned")
        .0
}

async fn versions(world: &World, case: &str) -> Vec<i64> {
    let query = "select version from snapshot_history where case_id = $1 order by version";
    let rows = world
        .sql()
        .await
        .query(query, &[&case])
        .await
        .expect("the history can be read");
    rows.iter().map(|row| row.get(0)).collect()
}
