//! The projection shows what the documents say.

mod common;

use annotation::{encode_snapshot, load_snapshot, read, state_vector};
use common::{
    World,
    documents::{edited, highlighted, typed},
    in_world,
};
use host::projection::catch_up;
use yrs::{Map, MapPrelim, Transact, Update, WriteTxn};

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
        while catch_up(&world.store).await.unwrap() > 0 {}
        let broken =
            "update highlight set tag = 'broken'; insert into highlight values ('a', 'ghost')";
        world.sql().await.batch_execute(broken).await.unwrap();

        world.store.forget_projection().await.unwrap();
        while catch_up(&world.store).await.unwrap() > 0 {}

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
