//! Earlier states of a case, told to its owners and to nobody else.

mod common;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use common::{
    World,
    client::Call,
    documents::{commented, extended, typed},
    in_world_with,
    visitor::Visitor,
};

/// Earlier states whose comments are still to be counted.
const UNCOUNTED: &str =
    "select count(*) from snapshot_history where counted_sha256 is distinct from sha256";

/// Two states of a case whose owner is Ada and whose reader is Bob.
async fn two_states(world: &World) -> (Visitor, Visitor, [Vec<u8>; 2]) {
    let mut ada = Visitor::named(world, "Ada").await;
    let mut bob = Visitor::named(world, "Bob").await;
    let first = typed(1, "first");
    let second = extended(&first, 1, ", then more");
    let base = Call::put("case-1", None, &first)
        .send(&world.base_url)
        .await
        .base();
    let stored = Call::put("case-1", Some(base), &second);
    assert_eq!(stored.send(&world.base_url).await.status, 200);
    let sql = world.sql().await;
    sql.batch_execute(&format!(
        "insert into grants (case_id, user_id, name, role, changed_at) values
            ('case-1', '{}', 'Ada', 'own', now()), ('case-1', '{}', 'Bob', 'annotate', now())",
        ada.user().await,
        bob.user().await,
    ))
    .await
    .expect("the grants can be written");
    (ada, bob, [first, second])
}

#[tokio::test]
async fn an_owner_sees_and_reads_earlier_states() {
    in_world_with(
        |app| app.with_development_sign_in(true),
        async |world| {
            let (mut ada, _, [first, second]) = two_states(&world).await;
            let list = ada.get("/api/cases/case-1/versions").await.json();
            let versions = list["versions"].as_array().expect("a list");
            let told: Vec<_> = versions
                .iter()
                .map(|version| (version["version"].as_i64(), version["is_current"].as_bool()))
                .collect();
            assert_eq!(told, [(Some(2), Some(true)), (Some(1), Some(false))]);
            assert_eq!(versions[0]["last_editor"], "ann");
            assert_eq!(versions[0]["highlights"], 0);
            for (version, state) in [(1, first), (2, second)] {
                let target = format!("/api/cases/case-1/versions/{version}");
                let document = ada.get(&target).await.json();
                let document = document["document"].as_str().expect("a document");
                assert!(
                    STANDARD.decode(document).expect("base64") == state,
                    "{version}"
                );
            }
            for absent in ["3", "0", "-1", "first"] {
                let target = format!("/api/cases/case-1/versions/{absent}");
                let status = ada.get(&target).await.status;
                assert!([400, 404].contains(&status), "{absent}: {status}");
            }
        },
    )
    .await;
}

#[tokio::test]
async fn each_state_is_told_with_its_comments_which_are_counted_once_for_the_same_bytes() {
    in_world_with(
        |app| app.with_development_sign_in(true),
        async |world| {
            let (mut ada, _, [_, second]) = two_states(&world).await;
            let third = commented(&second, 2, "c1", &[("text", "why?")]);
            let third = commented(&third, 2, "c2", &[("text", "so")]);
            assert_eq!(world.put("case-1", None, &third).await.status, 200);
            let fourth = commented(&third, 2, "c2", &[("text", "or so")]);
            assert_eq!(world.put("case-1", None, &fourth).await.status, 200);
            let mut counts = async || -> Vec<Option<i64>> {
                let list = ada.get("/api/cases/case-1/versions").await.json();
                let versions = list["versions"].as_array().expect("a list");
                versions.iter().map(|one| one["comments"].as_i64()).collect()
            };
            let expected = [Some(2), Some(2), Some(0), Some(0)];
            assert_eq!(counts().await, expected);
            // Whoever counts again would see none, as such bytes cannot be read.
            let sql = world.sql().await;
            let spoil = "update snapshot_history set crdt_state = '\\x00' where version = 3";
            assert_eq!(sql.execute(spoil, &[]).await.unwrap(), 1);
            assert_eq!(counts().await, expected);
            // An earlier host that takes somebody's words out leaves other bytes and the count as it was.
            let rewrite = "update snapshot_history set crdt_state = $1, sha256 = sha256($1) where version = 3";
            sql.execute(rewrite, &[&second]).await.unwrap();
            assert_eq!(counts().await, [Some(2), Some(0), Some(0), Some(0)]);
            // What cannot be read says nothing, and is not tried for ever.
            let unreadable = "update snapshot_history set crdt_state = '\\x00', sha256 = sha256('\\x00') where version = 1";
            sql.execute(unreadable, &[]).await.unwrap();
            assert_eq!(counts().await, [Some(2), Some(0), Some(0), None]);
            assert_eq!(world.count(UNCOUNTED).await, 0);
        },
    )
    .await;
}

#[tokio::test]
async fn nobody_else_learns_that_there_are_any() {
    in_world_with(
        |app| app.with_development_sign_in(true),
        async |world| {
            let (_, mut bob, _) = two_states(&world).await;
            for target in ["/versions", "/versions/1"] {
                let forbidden = bob.get(&format!("/api/cases/case-1{target}")).await;
                let unknown = bob.get(&format!("/api/cases/case-2{target}")).await;
                assert_eq!((forbidden.status, &forbidden.body), (404, &unknown.body));
                let nobody = Visitor::new(&world)
                    .get(&format!("/api/cases/case-1{target}"))
                    .await;
                assert_eq!(nobody.status, 401);
            }
        },
    )
    .await;
}

#[tokio::test]
async fn a_state_that_is_corrupt_is_told_to_nobody_and_never_as_missing() {
    in_world_with(
        |app| app.with_development_sign_in(true),
        async |world| {
            let (ada, ..) = two_states(&world).await;
            world.corrupt("case-1").await;
            let status = ada.status_of("/api/cases/case-1/versions/2").await;
            assert_eq!(status, 500);
        },
    )
    .await;
}
