//! The comments of a case's states are counted when somebody looks: each in finitely many looks, and by nobody in anybody's way.

mod common;

use std::{sync::mpsc, time::Duration};

use common::{
    World,
    documents::{commented, extended, typed},
    eventually, in_world,
};
use contract::CaseId;
use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use host::{
    limits::{COUNTING_WAIT_MAX, VERSIONS_COUNTED_AT_ONCE, VERSIONS_COUNTED_BYTES},
    store::Version,
};
use tokio::task::JoinHandle;
use uuid::Uuid;

/// Earlier states whose comments are still to be counted.
const UNCOUNTED: &str =
    "select count(*) from snapshot_history where counted_sha256 is distinct from sha256";

/// Who looks.
const ANN: Uuid = Uuid::from_u128(1);
const BEN: Uuid = Uuid::from_u128(2);

fn case() -> CaseId {
    CaseId::parse("case-1").expect("a case id")
}

/// Which comments a look is told, of the newest state first.
async fn look(world: &World) -> Vec<Option<i32>> {
    comments(&world.store.versions(&case(), ANN).await.expect("a list"))
}

fn comments(versions: &[Version]) -> Vec<Option<i32>> {
    versions.iter().map(|one| one.comments).collect()
}

/// Stores the current state, with so high a number that every other one is an earlier one.
async fn store_current(world: &World, state: &[u8]) {
    let sql = world.sql().await;
    sql.execute(
        "insert into annotation_document_state (case_id, version, crdt_state, sha256) values ('case-1', 1000, $1, sha256($1))
         on conflict (case_id) do update set crdt_state = $1, sha256 = sha256($1)",
        &[&state],
    )
    .await
    .expect("a row");
}

/// Stores an earlier state under each of these numbers.
async fn store_earlier(world: &World, versions: &[i64], state: &[u8]) {
    let sql = world.sql().await;
    sql.execute(
        "insert into snapshot_history (case_id, version, crdt_state, sha256, highlight_count, stored_at)
         select 'case-1', version, $2, sha256($2), 0, now() from unnest($1::bigint[]) as version",
        &[&versions, &state],
    )
    .await
    .expect("rows");
}

/// A state with a comment, whose words are so long.
fn state(client: u64, length: usize) -> Vec<u8> {
    commented(
        &typed(client, &"x".repeat(length)),
        9,
        "c1",
        &[("text", "why?")],
    )
}

#[tokio::test]
async fn what_one_look_does_not_come_to_by_number_the_next_one_counts() {
    in_world(async |world: World| {
        let one = state(1, 1);
        store_current(&world, &one).await;
        let versions: Vec<i64> = (1..=VERSIONS_COUNTED_AT_ONCE + 20).collect();
        // By what it is a state is told apart, not by where it stands.
        for version in versions {
            let other = extended(&one, 1, &version.to_string());
            store_earlier(&world, &[version], &other).await;
        }
        let told = look(&world).await;
        let at_once = usize::try_from(VERSIONS_COUNTED_AT_ONCE).unwrap();
        assert!(
            told[..=at_once].iter().all(|told| *told == Some(1)),
            "{told:?}"
        );
        assert_eq!(told[at_once + 1..], [None; 20]);
        assert_eq!(world.count(UNCOUNTED).await, 20);
        assert!(look(&world).await.iter().all(|told| *told == Some(1)));
        assert_eq!(world.count(UNCOUNTED).await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_one_look_does_not_come_to_by_bytes_the_next_one_counts_however_large_the_current_state_is()
 {
    in_world(async |world: World| {
        let bytes = usize::try_from(VERSIONS_COUNTED_BYTES).unwrap();
        store_current(&world, &state(1, bytes + 1)).await;
        for (version, client) in [(1, 11), (2, 12), (3, 13), (4, 14)] {
            store_earlier(&world, &[version], &state(client, bytes * 5 / 8)).await;
        }
        assert_eq!(look(&world).await, [Some(1), Some(1), Some(1), None, None]);
        assert_eq!(look(&world).await, [Some(1); 5]);
    })
    .await;
}

#[test]
fn the_current_state_is_counted_once_for_the_same_bytes() {
    on_one_working_thread(async |world: World| {
        store_current(&world, &state(1, 1)).await;
        assert_eq!(look(&world).await, [Some(1)]);
        let taken = Taken::now();
        let told = tokio::time::timeout(SOON, look(&world)).await;
        assert_eq!(told.expect("nobody works on it again"), [Some(1)]);
        taken.give_back().await;
        store_current(&world, &typed(1, "no comments")).await;
        assert_eq!(look(&world).await, [Some(0)]);
    });
}

#[tokio::test]
async fn bytes_without_their_hash_are_counted_once_they_are_healed_and_keep_no_other_ones() {
    in_world(async |world: World| {
        let good = state(1, 1);
        store_current(&world, &good).await;
        world.corrupt("case-1").await;
        let broken: Vec<i64> = (101..=100 + VERSIONS_COUNTED_AT_ONCE).collect();
        store_earlier(&world, &broken, &good).await;
        let sql = world.sql().await;
        sql.batch_execute("update snapshot_history set crdt_state = '\\x00'")
            .await
            .unwrap();
        store_earlier(&world, &[1], &typed(1, "no comments")).await;
        assert!(look(&world).await.iter().all(Option::is_none));
        let told = look(&world).await;
        assert_eq!(told.last(), Some(&Some(0)), "{told:?}");
        assert_eq!(world.count(UNCOUNTED).await, VERSIONS_COUNTED_AT_ONCE);

        store_current(&world, &good).await;
        let heal = "update snapshot_history set crdt_state = $1 where version > 100";
        sql.execute(heal, &[&good]).await.unwrap();
        let told = look(&world).await;
        let (last, others) = told.split_last().expect("some");
        assert!(others.iter().all(|told| *told == Some(1)), "{told:?}");
        assert_eq!(*last, Some(0));
        assert_eq!(world.count(UNCOUNTED).await, 0);
    })
    .await;
}

#[tokio::test]
async fn whoever_looks_waits_for_nobody_who_changes_a_version_and_is_answered_where_none_can_be_written()
 {
    in_world(async |world: World| {
        store_current(&world, &typed(1, "a")).await;
        store_earlier(&world, &[1], &state(1, 1)).await;
        store_earlier(&world, &[2], &state(2, 1)).await;
        let mut sql = world.sql().await;
        let tx = sql.transaction().await.unwrap();
        let lock = "select from snapshot_history where version = 2 for update";
        tx.execute(lock, &[]).await.unwrap();
        assert_eq!(look(&world).await, [Some(0), Some(1), Some(1)]);
        assert_eq!(world.count(UNCOUNTED).await, 1, "the other one is stored");
        tx.rollback().await.unwrap();

        sql.batch_execute(
            "create function keep() returns trigger language plpgsql as $$ begin raise 'kept'; end $$;
             create trigger keep before update on snapshot_history for each row execute function keep()",
        )
        .await
        .unwrap();
        assert_eq!(look(&world).await, [Some(0), Some(1), Some(1)], "it is told all the same");
        assert_eq!(world.count(UNCOUNTED).await, 1);
        sql.batch_execute("drop trigger keep on snapshot_history").await.unwrap();
        assert_eq!(look(&world).await, [Some(0), Some(1), Some(1)]);
        assert_eq!(world.count(UNCOUNTED).await, 0);
    })
    .await;
}

#[test]
fn whoever_looks_while_a_case_is_being_counted_is_answered_without_that() {
    on_one_working_thread(async |world: World| {
        store_current(&world, &state(1, 1)).await;
        let taken = Taken::now();
        let case = case();
        let looks = (1..=20).map(|one| world.store.versions(&case, Uuid::from_u128(one)));
        let mut looks: FuturesUnordered<_> = looks.collect();
        // All have begun before one of them can count.
        assert!(looks.next().now_or_never().is_none());
        taken.give_back().await;
        // Whoever had waited for it would be told as well.
        let told: Vec<_> = looks.map(|told| comments(&told.unwrap())).collect().await;
        let counted = told.iter().filter(|told| **told == [Some(1)]).count();
        assert_eq!((told.len(), counted), (20, 1), "{told:?}");
    });
}

#[test]
fn once_its_time_is_over_a_look_counts_one_earlier_state_and_leaves_the_others_to_the_next() {
    on_one_working_thread(async |world: World| {
        store_current(&world, &typed(1, "a")).await;
        assert_eq!(look(&world).await, [Some(0)]);
        store_earlier(&world, &[1], &state(1, 1)).await;
        store_earlier(&world, &[2], &state(2, 1)).await;
        let taken = Taken::now();
        let counting_takes_long = async {
            tokio::time::sleep(COUNTING_WAIT_MAX).await;
            taken.give_back().await;
        };
        let (told, ()) = tokio::join!(look(&world), counting_takes_long);
        assert_eq!(told, [Some(0), Some(1), None]);
        assert_eq!(look(&world).await, [Some(0), Some(1), Some(1)]);
    });
}

#[test]
fn a_look_that_comes_to_no_state_or_not_to_all_begins_no_other_with_those_that_cannot_be_counted() {
    on_one_working_thread(async |world: World| {
        let good = state(1, 1);
        store_current(&world, &good).await;
        let broken: Vec<i64> = (1001..=1000 + VERSIONS_COUNTED_AT_ONCE).collect();
        store_earlier(&world, &broken, &good).await;
        let sql = world.sql().await;
        sql.batch_execute("update snapshot_history set crdt_state = '\\x00'")
            .await
            .unwrap();
        let whole: Vec<i64> = (1..=VERSIONS_COUNTED_AT_ONCE + 20).collect();
        store_earlier(&world, &whole, &typed(1, "no comments")).await;
        look(&world).await;
        let all = VERSIONS_COUNTED_AT_ONCE * 2 + 20;
        assert_eq!(
            world.count(UNCOUNTED).await,
            all,
            "it has come to the broken ones"
        );

        let other = CaseId::parse("case-2").unwrap();
        sql.batch_execute(
            "insert into annotation_document_state (case_id, version, crdt_state, sha256)
             select 'case-2', version, crdt_state, sha256 from annotation_document_state",
        )
        .await
        .unwrap();
        let taken = Taken::now();
        let has_the_turn = world.store.versions(&other, BEN);
        let fetched = "select count(*) from pg_stat_activity where datname = current_database() and query like
             'select crdt_state, sha256 from annotation_document_state%'";
        assert_eq!(
            world.count(fetched).await,
            0,
            "what was asked last is the list"
        );
        let waits_for_it = async {
            // It is asked for by whoever has the turn.
            eventually("the other one has the turn", async || {
                world.count(fetched).await > 0
            })
            .await;
            look(&world).await;
            taken.give_back().await;
        };
        let (told, ()) = tokio::join!(has_the_turn, waits_for_it);
        assert_eq!(comments(&told.unwrap()), [Some(1)]);
        assert_eq!(world.count(UNCOUNTED).await, all);
        for left in [VERSIONS_COUNTED_AT_ONCE + 20, VERSIONS_COUNTED_AT_ONCE] {
            look(&world).await;
            assert_eq!(world.count(UNCOUNTED).await, left);
        }
    });
}

const SOON: Duration = Duration::from_secs(20);

/// Runs a test with one thread on which documents are worked on.
fn on_one_working_thread<F: Future<Output = ()>>(test: impl FnOnce(World) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .expect("a runtime");
    runtime.block_on(in_world(test));
}

/// That this thread is taken, so that whoever counts does not come to an end.
struct Taken {
    free: mpsc::Sender<()>,
    thread: JoinHandle<Result<(), mpsc::RecvError>>,
}

impl Taken {
    fn now() -> Self {
        let (free, is_free) = mpsc::channel();
        Self {
            free,
            thread: tokio::task::spawn_blocking(move || is_free.recv()),
        }
    }

    async fn give_back(self) {
        drop(self.free);
        let waited = self.thread.await.expect("it does not panic");
        assert!(waited.is_err(), "the thread is free");
    }
}
