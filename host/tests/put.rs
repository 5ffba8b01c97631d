//! PUT, GET, HEAD and DELETE against a real Postgres: nothing that was stored is ever undone.

mod common;

use common::{
    World,
    documents::{extended, holds, notes, typed},
    in_world,
};
use contract::{Base, Digest, Generation, StoredState};

#[tokio::test]
async fn a_first_snapshot_creates_the_row_and_is_served_as_it_was_sent() {
    in_world(async |world: World| {
        let snapshot = typed(1, "hello");
        let put = world.put("case", None, &snapshot).await;
        assert_eq!(
            (put.status, put.base().version, put.body.len()),
            (200, 1, 0)
        );
        assert_eq!(put.base().sha256, Digest::of(&snapshot));

        let got = world.get("case").await;
        assert_eq!((got.status, &got.body), (200, &snapshot));
        assert_eq!(got.base(), put.base());
        let head = world.head("case").await;
        assert_eq!(
            (head.status, head.body.len(), head.base()),
            (200, 0, put.base())
        );

        let row = world
            .sql()
            .await
            .query_one(
                "select last_editor, sha256(crdt_state) = sha256 from annotation_document_state",
                &[],
            )
            .await
            .unwrap();
        assert_eq!((row.get(0), row.get(1)), (Some("ann"), true));
    })
    .await;
}

#[tokio::test]
async fn a_case_that_was_never_stored_is_a_signed_404() {
    in_world(async |world: World| {
        for reply in [world.get("case").await, world.head("case").await] {
            assert_eq!(reply.status, 404);
            assert!(matches!(reply.stored, Ok(StoredState::Never { .. })));
        }
        assert_eq!(
            world
                .count("select count(*) from annotation_document_state")
                .await,
            0
        );
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_on_its_base_replaces_and_the_earlier_one_goes_to_the_history() {
    in_world(async |world: World| {
        let first = typed(1, "a");
        let base = world.put("case", None, &first).await.base();
        let second = extended(&first, 1, "b");
        let reply = world.put("case", Some(base), &second).await;

        assert_eq!(
            (reply.status, reply.base().version, reply.body.len()),
            (200, 2, 0)
        );
        assert_eq!(world.get("case").await.body, second);
        let kept: Vec<u8> = world
            .sql()
            .await
            .query_one("select crdt_state from snapshot_history", &[])
            .await
            .unwrap()
            .get(0);
        assert_eq!(kept, first);
    })
    .await;
}

#[tokio::test]
async fn whoever_does_not_build_on_exactly_what_is_stored_is_merged() {
    type Change = (&'static str, fn(Base) -> Option<Base>);
    let changes: [Change; 5] = [
        ("no-base", |_| None),
        ("later-version", |base| {
            Some(Base {
                version: base.version + 1,
                ..base
            })
        }),
        ("earlier-version", |base| {
            Some(Base {
                version: base.version - 1,
                ..base
            })
        }),
        ("other-hash", |base| {
            Some(Base {
                sha256: Digest::of(b"other"),
                ..base
            })
        }),
        ("other-generation", |base| {
            Some(Base {
                generation: Generation::parse("other").unwrap(),
                ..base
            })
        }),
    ];
    in_world(async |world: World| {
        for (case, change) in changes {
            let first = typed(1, "first ");
            let base = world.put(case, None, &first).await.base();
            let stored = extended(&first, 1, "stored ");
            let base = world.put(case, Some(base), &stored).await.base();
            let sent = typed(2, "sent ");
            let reply = world.put(case, change(base), &sent).await;

            assert_eq!((reply.status, reply.base().version), (200, 3), "{case}");
            assert!(
                holds(&reply.body, &sent) && holds(&reply.body, &stored),
                "{case}"
            );
            assert_eq!(reply.base().sha256, Digest::of(&reply.body));
            assert_eq!(world.get(case).await.body, reply.body);
        }
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_repeated_changes_nothing_and_tells_the_base() {
    in_world(async |world: World| {
        let first = typed(1, "a");
        let base = world.put("case", None, &first).await.base();
        let second = extended(&first, 1, "b");
        let lost = world.put("case", Some(base.clone()), &second).await.base();

        let repeated = world.put("case", Some(base.clone()), &second).await;
        assert_eq!((repeated.base(), repeated.body.len()), (lost, 0));

        let third = extended(&second, 1, "c");
        let grown = world.put("case", Some(base), &third).await;
        assert_eq!(
            (grown.base().version, grown.body.len()),
            (3, 0),
            "holds what is stored: nothing to carry back"
        );
        assert_eq!(world.get("case").await.body, third);
    })
    .await;
}

#[tokio::test]
async fn a_union_that_equals_what_is_stored_writes_nothing_and_carries_the_stored_bytes() {
    const WRITTEN: &str =
        "select extract(epoch from updated_at)::text || xmin::text from annotation_document_state";
    in_world(async |world: World| {
        let old = typed(1, "a");
        world.put("case", None, &old).await;
        let newer = extended(&old, 2, "b");
        let base = world.put("case", None, &newer).await.base();
        let sql = world.sql().await;
        let before: String = sql.query_one(WRITTEN, &[]).await.unwrap().get(0);

        let zombie = world.put("case", None, &old).await;

        assert_eq!(
            (zombie.status, zombie.base(), zombie.body),
            (200, base, newer)
        );
        let after: String = sql.query_one(WRITTEN, &[]).await.unwrap().get(0);
        assert_eq!(after, before);
    })
    .await;
}

#[tokio::test]
async fn snapshots_that_race_are_all_kept() {
    in_world(async |world: World| {
        // The second time every connection has prepared what it asks, and nothing is waited for on the way.
        for case_id in ["case", "another"] {
            race(&world, case_id).await;
        }
    })
    .await;
}

async fn race(world: &World, case_id: &str) {
    let common = typed(1, "common ");
    let base = world.put(case_id, None, &common).await.base();
    let sent: Vec<_> = (2..8)
        .map(|client| extended(&common, client, "x"))
        .collect();
    let puts = sent
        .iter()
        .map(|snapshot| world.put(case_id, Some(base.clone()), snapshot));
    let replies = futures_util::future::join_all(puts).await;

    let mut versions: Vec<_> = replies.iter().map(|reply| reply.base().version).collect();
    versions.sort_unstable();
    assert_eq!(
        versions,
        [2, 3, 4, 5, 6, 7],
        "one replaced, the others were merged, one after the other"
    );
    let stored = world.get(case_id).await.body;
    assert!(sent.iter().all(|snapshot| holds(&stored, snapshot)));
    assert_eq!(notes(&stored), "common xxxxxx");
}

#[tokio::test]
async fn deleted_stays_deleted_and_nothing_of_the_content_is_left() {
    in_world(async |world: World| {
        let first = typed(1, "secret");
        let base = world.put("case", None, &first).await.base();
        world.put("case", Some(base.clone()), &extended(&first, 1, "more")).await;
        host::projection::catch_up(&world.store).await.unwrap();

        let deleted = world.delete("case").await;
        assert_eq!(deleted.status, 200);
        let Ok(StoredState::Deleted { version: 3, .. }) = deleted.stored else { panic!("{:?}", deleted.stored) };

        let again = world.delete("case").await;
        assert_eq!((again.status, again.stored), (200, deleted.stored.clone()), "idempotent");
        for reply in
            [world.get("case").await, world.head("case").await, world.put("case", Some(base), &first).await]
        {
            assert_eq!((reply.status, reply.stored, reply.body.len()), (410, deleted.stored.clone(), 0));
        }
        for table in ["snapshot_history", "snapshot_quarantine", "highlight", "highlight_comment", "projection"] {
            assert_eq!(world.count(&format!("select count(*) from {table}")).await, 0, "{table}");
        }
        let left = "select count(*) from annotation_document_state where deleted_at is not null and crdt_state is null
                    and last_editor is null and state_vector is null";
        assert_eq!(world.count(left).await, 1);
    })
    .await;
}

#[tokio::test]
async fn deleting_a_case_that_was_never_stored_leaves_a_tombstone() {
    in_world(async |world: World| {
        assert_eq!(world.delete("case").await.status, 200);
        assert_eq!(world.put("case", None, &typed(1, "a")).await.status, 410);
        assert_eq!(
            world
                .count("select count(*) from outbox where \"order\" = 'delete'")
                .await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn a_first_snapshot_that_is_no_document_is_refused_and_not_stored() {
    in_world(async |world: World| {
        let reply = world.put("case", None, b"\x09\x09\x09").await;
        assert_eq!(reply.status, 422);
        assert!(reply.stored.is_err(), "an error is never signed");
        assert_eq!(world.get("case").await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_large_snapshot_is_stored_and_served() {
    in_world(async |world: World| {
        let snapshot = typed(1, &"glossa ordinaria ".repeat(600_000));
        assert!(snapshot.len() > 9_000_000);
        assert_eq!(world.put("case", None, &snapshot).await.status, 200);
        assert_eq!(world.get("case").await.body, snapshot);
    })
    .await;
}

#[tokio::test]
async fn a_renewed_generation_is_told_and_makes_every_earlier_base_foreign() {
    in_world(async |world: World| {
        let first = typed(1, "a");
        let base = world.put("case", None, &first).await.base();
        let generation = world.store.renew_generation().await.unwrap();
        assert_ne!(generation, base.generation);

        let head = world.head("case").await.base();
        assert_eq!(
            (&head.generation, head.version),
            (&generation, base.version)
        );
        let sent = extended(&first, 1, "b");
        let reply = world.put("case", Some(base), &sent).await;
        assert_eq!(
            (reply.base().generation, reply.base().version),
            (generation, 2)
        );
        assert_eq!(world.get("case").await.body, sent);
    })
    .await;
}

#[tokio::test]
async fn an_older_copy_put_back_is_healed_although_version_numbers_coincide() {
    in_world(async |world: World| {
        let first = typed(1, "first ");
        let old_base = world.put("case", None, &first).await.base();
        let sql = world.sql().await;
        sql.batch_execute("create table copy as select * from annotation_document_state")
            .await
            .unwrap();
        let living = extended(&first, 1, "living ");
        let living_base = world
            .put("case", Some(old_base.clone()), &living)
            .await
            .base();

        sql.batch_execute(
            "delete from snapshot_history; delete from annotation_document_state;
             insert into annotation_document_state select * from copy",
        )
        .await
        .unwrap();
        let zombie = extended(&first, 2, "zombie ");
        let zombie_base = world.put("case", Some(old_base), &zombie).await.base();
        assert_eq!(
            zombie_base.version, living_base.version,
            "the numbers coincide"
        );

        let later = extended(&living, 1, "later ");
        let reply = world.put("case", Some(living_base), &later).await;
        let stored = world.get("case").await.body;
        assert_eq!(reply.body, stored);
        assert!(holds(&stored, &later) && holds(&stored, &zombie));
    })
    .await;
}

#[tokio::test]
async fn nothing_of_one_case_reaches_another() {
    in_world(async |world: World| {
        world.put("a", None, &typed(1, "of a")).await;
        world.put("b", None, &typed(2, "of b")).await;
        world.put("a", None, &typed(3, " more")).await;
        assert_eq!(notes(&world.get("b").await.body), "of b");
        world.delete("a").await;
        assert_eq!(notes(&world.get("b").await.body), "of b");
    })
    .await;
}

fn by(user: &str, client: u64, clocks: std::ops::Range<u32>) -> Vec<u8> {
    let claim = annotation::Claim {
        user,
        at_ms: 0,
        proof: annotation::Proof::Proven,
    };
    let mut attribution = annotation::Attribution::default();
    attribution.wrote(client, clocks, claim);
    attribution.encode()
}

fn owner(attribution: &[u8], client: u64) -> Option<String> {
    let known = annotation::Attribution::decode(attribution).expect("an attribution");
    known.owner(client).map(str::to_owned)
}

#[tokio::test]
async fn who_wrote_what_is_stored_beside_the_document_and_served_with_it() {
    in_world(async |world: World| {
        let snapshot = typed(1, "hello");
        let attribution = by("ann", 1, 0..5);
        let put = world.put_by("case", None, &snapshot, &attribution).await;
        assert_eq!((put.status, put.body.len()), (200, 0));
        assert_eq!(put.base().sha256, Digest::of(&snapshot));

        let got = world.get("case").await;
        assert_eq!((got.body, got.attribution), (snapshot.clone(), attribution));
        // An object of before there were attributions takes nothing away.
        let again = world
            .put("case", Some(put.base()), &extended(&snapshot, 1, "!"))
            .await;
        assert_eq!(again.status, 200);
        assert_eq!(
            owner(&world.get("case").await.attribution, 1).as_deref(),
            Some("ann")
        );
    })
    .await;
}

#[tokio::test]
async fn what_two_objects_know_of_authors_is_united_like_what_they_hold() {
    in_world(async |world: World| {
        let first = typed(1, "hello");
        let base = world
            .put_by("case", None, &first, &by("ann", 1, 0..5))
            .await
            .base();
        let one = extended(&first, 2, "one");
        world
            .put_by("case", Some(base.clone()), &one, &by("ben", 2, 0..3))
            .await;
        let other = extended(&first, 3, "two");
        let reply = world
            .put_by("case", Some(base), &other, &by("dot", 3, 0..3))
            .await;

        let owners = |attribution: &[u8]| [1, 2, 3].map(|client| owner(attribution, client));
        let stored = owners(&world.get("case").await.attribution);
        assert_eq!(
            stored[1..],
            [Some("ben".to_owned()), Some("dot".to_owned())]
        );
        assert_eq!(owners(&reply.attribution), stored);
        assert!(!reply.body.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_same_document_with_other_authors_is_told_what_the_store_knows() {
    in_world(async |world: World| {
        let snapshot = typed(1, "hello");
        let base = world
            .put_by("case", None, &snapshot, &by("ann", 1, 0..5))
            .await
            .base();
        let reply = world
            .put_by("case", Some(base), &snapshot, &by("mallory", 1, 0..5))
            .await;
        assert_eq!(owner(&reply.attribution, 1).as_deref(), Some("ann"));
        let known = annotation::Attribution::decode(&world.get("case").await.attribution).unwrap();
        assert!(known.is_disputed(1));
    })
    .await;
}

#[tokio::test]
async fn what_is_known_of_authors_outlives_a_document_that_is_lost() {
    in_world(async |world: World| {
        let snapshot = typed(1, "hello");
        world
            .put_by("case", None, &snapshot, &by("ann", 1, 0..5))
            .await;
        world.corrupt("case").await;
        // Who does not build on it cannot know it; and no earlier version is good.
        assert_eq!(world.get("case").await.status, 503);
        let reply = world
            .put_by(
                "case",
                None,
                &extended(&snapshot, 2, "!"),
                &by("ben", 2, 0..1),
            )
            .await;
        assert_eq!(reply.status, 200);
        let known = world.get("case").await.attribution;
        assert_eq!(owner(&known, 1).as_deref(), Some("ann"));
        assert_eq!(owner(&known, 2).as_deref(), Some("ben"));
        assert_eq!(owner(&reply.attribution, 1).as_deref(), Some("ann"));
    })
    .await;
}

#[tokio::test]
async fn what_is_no_attribution_is_never_stored() {
    in_world(async |world: World| {
        let snapshot = typed(1, "hello");
        let first = world.put_by("case", None, &snapshot, b"garbage").await;
        assert_eq!(first.status, 422);
        assert_eq!(world.get("case").await.status, 404);
        let put = world
            .put_by("case", None, &snapshot, &by("ann", 1, 0..5))
            .await;
        for base in [None, Some(put.base())] {
            let other = extended(&snapshot, 2, "other");
            let reply = world.put_by("case", base, &other, b"garbage").await;
            assert_eq!(reply.status, 422);
        }
        assert_eq!(world.get("case").await.attribution, by("ann", 1, 0..5));
        let call = common::client::Call::put_with("case", None, &snapshot, 1_000);
        assert_eq!(call.send(&world.base_url).await.status, 400);
    })
    .await;
}
