//! The projection shows what the documents say.

mod common;

use std::sync::Arc;

use annotation::{encode_snapshot, load_snapshot, read, state_vector};
use common::{
    World,
    documents::{edited, extended, highlighted, typed},
    eventually, in_world,
};
use host::projection::{catch_up, follow};
use tokio::sync::{Notify, watch};
use yrs::{Any, Map, MapPrelim, Transact, Update, WriteTxn};

#[tokio::test]
async fn rows_equal_the_document_and_follow_its_changes() {
    in_world(async |world: World| {
        let fields = [
            ("tag", "facts"),
            ("quote", "the neighbour's ox"),
            ("author", "Ann"),
            ("author_id", "u1"),
        ];
        let first = highlighted(Update::EMPTY_V1, 1, "h1", &fields);
        let first = highlighted(
            &first,
            1,
            "h2",
            &[
                ("quote", "gone soon"),
                ("created_at", "2026-11-21T04:00:00Z"),
            ],
        );
        let base = world.put("case", None, &first).await.base();
        catch_up(&world.store).await.unwrap();

        assert_eq!(
            highlights(&world).await,
            [
                "h1 facts the neighbour's ox Ann",
                "h2   gone soon  2026-11-21 04:00:00+00"
            ]
        );
        let search =
            "select count(*) from highlight where search @@ plainto_tsquery('simple', 'OX')";
        assert_eq!(world.count(search).await, 1);

        let second = edited(&first, 2, |document| {
            let mut txn = document.transact_mut();
            let map = txn.get_or_insert_map("highlights");
            map.remove(&mut txn, "h2");
            let comments = txn.get_or_insert_map("comments");
            comments.insert(
                &mut txn,
                "c1",
                MapPrelim::from([("highlight_id", "h1"), ("text", "why?")]),
            );
        });
        world.put("case", Some(base), &second).await;
        catch_up(&world.store).await.unwrap();

        assert_eq!(
            highlights(&world).await,
            ["h1 facts the neighbour's ox Ann"]
        );
        let comment =
            "select count(*) from highlight_comment where highlight_id = 'h1' and body = 'why?'";
        assert_eq!(world.count(comment).await, 1);
        assert_eq!(world.count("select version from projection").await, 2);
        assert_eq!(catch_up(&world.store).await.unwrap(), 0, "nothing lags");
    })
    .await;
}

#[tokio::test]
async fn the_state_vector_follows_with_the_projection() {
    in_world(async |world: World| {
        let snapshot = typed(1, "a");
        world.put("case", None, &snapshot).await;
        catch_up(&world.store).await.unwrap();
        let document = load_snapshot(&snapshot).unwrap();
        let expected = state_vector(&read(&document).unwrap());
        let row = world
            .sql()
            .await
            .query_one("select state_vector from annotation_document_state", &[])
            .await;
        assert_eq!(row.unwrap().get::<_, Vec<u8>>(0), expected);
    })
    .await;
}

#[tokio::test]
async fn what_a_host_that_knows_no_notes_has_projected_is_projected_again() {
    in_world(async |world: World| {
        let sql = world.sql().await;
        sql.batch_execute(
            "with owner as (insert into users (name) values ('Olga') returning id)
             insert into boards (board_id, title, owner_id) select 'board', 'A board', id from owner",
        )
        .await
        .unwrap();
        // As its statement was; it runs on for a while after `host migrate`.
        let projects = async |case: &str, version: i64| {
            let statement = "insert into projection (case_id, version, error) values ($1, $2, null)
                 on conflict (case_id) do update
                 set version = excluded.version, error = excluded.error, projected_at = now()";
            sql.execute(statement, &[&case, &version]).await.unwrap();
        };
        let first = noted(Update::EMPTY_V1, "laches");
        let base = world.put("board", None, &first).await.base();
        projects("board", 1).await;
        catch_up(&world.store).await.unwrap();
        let shown = "select count(*) from board_note where body = 'laches'";
        assert_eq!(world.count(shown).await, 1, "it was the first to project it");

        world.put("board", Some(base), &noted(&first, "estoppel")).await;
        projects("board", 2).await;
        catch_up(&world.store).await.unwrap();
        let shown = "select count(*) from board_note where body = 'estoppel'";
        assert_eq!(world.count(shown).await, 1, "it went on after this one");
        assert_eq!(catch_up(&world.store).await.unwrap(), 0, "nothing lags");
    })
    .await;
}

/// Until nothing lags. What would lag for ever fails here, and does not hang.
async fn catch_up_wholly(world: &World) {
    for _ in 0..20 {
        if catch_up(&world.store).await.expect("Postgres works") == 0 {
            return;
        }
    }
    panic!("the same is projected again and again");
}

fn noted(snapshot: &[u8], text: &str) -> Vec<u8> {
    edited(snapshot, 1, |document| {
        let mut txn = document.transact_mut();
        let stickies = txn.get_or_insert_map("stickies");
        stickies.insert(&mut txn, "s", MapPrelim::from_iter([("text", text)]));
    })
}

#[tokio::test]
async fn a_document_of_many_highlights_is_projected_whole() {
    in_world(async |world: World| {
        let snapshot = edited(Update::EMPTY_V1, 1, |document| {
            let mut txn = document.transact_mut();
            let map = txn.get_or_insert_map("highlights");
            for n in 0..4_500 {
                map.insert(
                    &mut txn,
                    format!("h{n}"),
                    MapPrelim::from([("quote", "q\0\u{1}")]),
                );
            }
        });
        world.put("case", None, &snapshot).await;
        catch_up(&world.store).await.unwrap();
        assert_eq!(
            world
                .count("select count(*) from highlight where quote = 'q'")
                .await,
            4_500
        );
    })
    .await;
}

#[tokio::test]
async fn a_document_that_cannot_be_read_is_noted_once_and_its_rows_stay() {
    in_world(async |world: World| {
        world.put("case", None, &highlighted(Update::EMPTY_V1, 1, "h1", &[("tag", "t")])).await;
        catch_up(&world.store).await.unwrap();
        let break_it = "update annotation_document_state set crdt_state = '\\x09', sha256 = sha256('\\x09'), version = 2";
        world.sql().await.batch_execute(break_it).await.unwrap();

        assert_eq!(catch_up(&world.store).await.unwrap(), 1);
        assert_eq!(catch_up(&world.store).await.unwrap(), 0);
        assert_eq!(world.count("select count(*) from projection where version = 2 and error is not null").await, 1);
        assert_eq!(world.count("select count(*) from highlight").await, 1);
    })
    .await;
}

#[tokio::test]
async fn forgotten_rows_are_made_anew() {
    in_world(async |world: World| {
        for case in ["a", "b", "c"] {
            world
                .put(
                    case,
                    None,
                    &highlighted(Update::EMPTY_V1, 1, "h", &[("tag", "t")]),
                )
                .await;
        }
        catch_up_wholly(&world).await;
        let broken =
            "update highlight set tag = 'broken'; insert into highlight values ('a', 'ghost')";
        world.sql().await.batch_execute(broken).await.unwrap();

        world.store.forget_projection().await.unwrap();
        catch_up_wholly(&world).await;

        assert_eq!(world.count("select count(*) from highlight").await, 3);
        assert_eq!(
            world
                .count("select count(*) from highlight where tag = 't'")
                .await,
            3
        );
    })
    .await;
}

#[tokio::test]
async fn the_highlight_count_of_a_union_counts_both() {
    in_world(async |world: World| {
        for (client, id) in [(1, "h1"), (2, "h2")] {
            world
                .put(
                    "case",
                    None,
                    &highlighted(Update::EMPTY_V1, client, id, &[("tag", "t")]),
                )
                .await;
        }
        assert_eq!(
            world
                .count("select highlight_count::bigint from annotation_document_state")
                .await,
            2
        );
        let stored = load_snapshot(&world.get("case").await.body).unwrap();
        assert!(!encode_snapshot(&stored.transact()).is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_moment_that_postgres_cannot_hold_is_left_out_and_stops_nobody() {
    in_world(async |world: World| {
        for (case, text) in [
            ("after", "9999-12-31T23:59:59-01:00"),
            ("before", "0000-01-01T00:00:00+01:00"),
        ] {
            let snapshot = highlighted(Update::EMPTY_V1, 1, "h", &[("created_at", text)]);
            world.put(case, None, &snapshot).await;
        }
        let ancient = edited(Update::EMPTY_V1, 1, |document| {
            let mut txn = document.transact_mut();
            let map = txn.get_or_insert_map("highlights");
            let fields = [("created_at", Any::from(-220_000_000_000_000_f64))];
            map.insert(&mut txn, "h", MapPrelim::from_iter(fields));
        });
        world.put("ancient", None, &ancient).await;
        world
            .put(
                "good",
                None,
                &highlighted(Update::EMPTY_V1, 1, "h", &[("tag", "t")]),
            )
            .await;

        following(
            &world,
            "select count(*) = 4 from highlight where created_at is null",
        )
        .await;

        assert_eq!(
            world
                .count("select count(*) from projection where error is null")
                .await,
            4
        );
    })
    .await;
}

#[tokio::test]
async fn cases_whose_rows_postgres_refuses_are_noted_and_do_not_hold_up_the_others() {
    in_world(async |world: World| {
        let refuse =
            "alter table highlight add constraint refuse check (tag is distinct from 'refused')";
        world.sql().await.batch_execute(refuse).await.unwrap();
        for n in 0..20 {
            let snapshot = highlighted(Update::EMPTY_V1, 1, "h", &[("tag", "refused")]);
            world.put(&format!("bad-{n}"), None, &snapshot).await;
        }
        world
            .put(
                "good",
                None,
                &highlighted(Update::EMPTY_V1, 1, "h", &[("tag", "t")]),
            )
            .await;

        following(&world, "select count(*) = 1 from highlight").await;

        let noted =
            "select count(*) from projection where error = 'Postgres refuses its rows (23514)'";
        assert_eq!(world.count(noted).await, 20);
    })
    .await;
}

#[tokio::test]
async fn cases_that_cannot_be_projected_for_a_while_do_not_hold_up_the_others() {
    in_world(async |world: World| {
        let fail = "create function fail() returns trigger language plpgsql as
                        $$ begin raise exception 'out of room' using errcode = '53100'; end $$;
                    create trigger fail before insert on highlight for each row
                        when (new.tag = 'failing') execute function fail()";
        world.sql().await.batch_execute(fail).await.unwrap();
        for n in 0..20 {
            let snapshot = highlighted(Update::EMPTY_V1, 1, "h", &[("tag", "failing")]);
            world.put(&format!("bad-{n}"), None, &snapshot).await;
        }
        world
            .put(
                "good",
                None,
                &highlighted(Update::EMPTY_V1, 1, "h", &[("tag", "t")]),
            )
            .await;

        following(&world, "select count(*) = 1 from highlight").await;

        assert_eq!(
            world.count("select count(*) from projection").await,
            1,
            "the others are not given up"
        );
        assert!(
            catch_up(&world.store).await.is_err(),
            "whoever wants all of it is told"
        );
        world
            .sql()
            .await
            .batch_execute("drop trigger fail on highlight")
            .await
            .unwrap();
        catch_up_wholly(&world).await;
        assert_eq!(world.count("select count(*) from highlight").await, 21);
    })
    .await;
}

#[tokio::test]
async fn corrupt_bytes_are_not_projected_but_healed() {
    in_world(async |world: World| {
        let first = highlighted(Update::EMPTY_V1, 1, "h", &[("tag", "t")]);
        let base = world.put("case", None, &first).await.base();
        world
            .put("case", Some(base), &extended(&first, 1, "more"))
            .await;
        world.corrupt("case").await;
        world.put("lost", None, &first).await;
        world.corrupt("lost").await;

        catch_up_wholly(&world).await;

        assert_eq!(
            world
                .count("select count(*) from snapshot_quarantine")
                .await,
            2
        );
        let shown = "select version from projection where case_id = 'case' and error is null";
        assert_eq!(
            world.count(shown).await,
            3,
            "the earlier version that took its place"
        );
        assert_eq!(world.count("select count(*) from highlight").await, 1);
    })
    .await;
}

/// Lets the projection follow until `query` says yes.
async fn following(world: &World, query: &str) {
    let (stopping, stopped) = watch::channel(false);
    let task = tokio::spawn(follow(
        world.store.clone(),
        Arc::new(Notify::new()),
        stopped,
    ));
    let sql = world.sql().await;
    eventually(query, async || {
        let row = sql.query_one(query, &[]).await.expect("the query runs");
        row.get(0)
    })
    .await;
    stopping.send_replace(true);
    task.await
        .expect("the projection lives until it is stopped");
}

async fn highlights(world: &World) -> Vec<String> {
    let query =
        "select concat_ws(' ', highlight_id, coalesce(tag, ' '), quote, coalesce(author, ''),
                                  (created_at at time zone 'utc')::text || '+00')
                 from highlight order by highlight_id";
    let rows = world
        .sql()
        .await
        .query(query, &[])
        .await
        .expect("the rows can be read");
    rows.iter().map(|row| row.get(0)).collect()
}
