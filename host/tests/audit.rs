//! The audit log: it has whatever changed who may do what, names nobody, and shows that it was changed.

mod common;

use common::{
    World, in_world, in_world_with,
    question::{ask, ask_without_body},
};
use contract::{AuthorityQuestion, CaseId, token::TokenId};
use host::App;
use serde_json::{Value, json};

#[tokio::test]
async fn every_change_of_who_may_do_what_is_an_entry() {
    in_world(async |world: World| {
        grant(&world, "ann", "own").await;
        grant(&world, "ben", "comment").await;
        let state = AuthorityQuestion::State(case());
        ask(&world, "POST", &state, &json!({ "state": "locked" })).await;
        let tokens = AuthorityQuestion::ClientTokens(case());
        let wanted = json!({ "user": "ben", "role": "read", "lasts_ms": 60_000 });
        let (_, issued) = ask(&world, "POST", &tokens, &wanted).await;
        let id = issued["id"].as_str().unwrap();
        let one = AuthorityQuestion::ClientToken(case(), TokenId::parse(id).unwrap());
        ask_without_body(&world, "DELETE", &one).await;
        world.store.delete(&case(), "r-delete").await.unwrap();

        let entries = entries(&world).await;
        let told: Vec<_> = entries
            .iter()
            .map(|entry| (entry.act.as_str(), entry.detail.clone()))
            .collect();
        assert_eq!(
            told,
            [
                ("grant_set", json!({ "role": "own", "region": null })),
                ("grant_set", json!({ "role": "comment", "region": null })),
                ("case_state_set", json!({ "state": "locked" })),
                (
                    "client_token_issued",
                    json!({ "token": id, "role": "read", "lasts_ms": 60_000 })
                ),
                ("client_token_revoked", json!({ "token": id })),
                ("case_deleted", json!({})),
            ]
        );
        let subjects: Vec<_> = entries.iter().map(|entry| &entry.subject).collect();
        assert!(subjects[0].is_some() && subjects[0] != subjects[1]);
        assert_eq!((subjects[3], subjects[4]), (subjects[1], subjects[1]));
        assert_eq!((subjects[2], subjects[5]), (&None, &None));
        assert_eq!(entries[5].request_id, "r-delete");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_introduced_by_the_development_sign_in_is_an_entry_once() {
    let signs_in = |app: App| app.with_development_sign_in(true);
    in_world_with(signs_in, async |world: World| {
        let tickets = AuthorityQuestion::Tickets(case());
        let wanted = json!({
            "user": "ann", "origin": "http://127.0.0.1:8787",
            "development": { "name": "Ann", "role": "comment" },
        });
        for _ in 0..2 {
            assert_eq!(ask(&world, "POST", &tickets, &wanted).await.0, 201);
        }
        let entries = entries(&world).await;
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].act, "person_introduced");
        assert_eq!(entries[0].detail, json!({ "role": "comment" }));
        assert!(entries[0].subject.is_some());
    })
    .await;
}

#[tokio::test]
async fn what_was_refused_is_no_entry() {
    in_world(async |world: World| {
        let tokens = AuthorityQuestion::ClientTokens(case());
        let wanted = json!({ "user": "ann", "role": "read" });
        assert_eq!(ask(&world, "POST", &tokens, &wanted).await.0, 403);
        let grants = AuthorityQuestion::Grants(case());
        let wanted = json!({ "user": "ann", "name": "Ann", "role": "king" });
        assert_eq!(ask(&world, "POST", &grants, &wanted).await.0, 400);
        let id = TokenId::new([7; 16]);
        let unknown = AuthorityQuestion::ClientToken(case(), id);
        assert_eq!(ask_without_body(&world, "DELETE", &unknown).await.0, 404);
        assert_eq!(entries(&world).await.len(), 0);
        let verdict = world.store.verify_audit_log().await.unwrap();
        assert_eq!((verdict.entries, verdict.findings), (0, vec![]));
    })
    .await;
}

#[tokio::test]
async fn it_names_nobody_and_holds_when_somebody_is_erased() {
    in_world(async |world: World| {
        grant(&world, "ann.lee@uni.example", "own").await;
        let text: String = world
            .sql()
            .await
            .query_one(
                "select string_agg(audit_log::text, '\n') from audit_log",
                &[],
            )
            .await
            .unwrap()
            .get(0);
        assert!(!text.contains("ann") && !text.contains("Ann"), "{text}");

        let erase = "delete from pseudonyms where user_id = 'ann.lee@uni.example'";
        assert_eq!(world.sql().await.execute(erase, &[]).await.unwrap(), 1);
        grant(&world, "ann.lee@uni.example", "read").await;
        let entries = entries(&world).await;
        assert_ne!(
            entries[0].subject, entries[1].subject,
            "somebody else by now"
        );
        let verdict = world.store.verify_audit_log().await.unwrap();
        assert_eq!((verdict.entries, verdict.findings), (2, vec![]));
    })
    .await;
}

#[tokio::test]
async fn changes_at_once_are_one_chain() {
    in_world(async |world: World| {
        let changes = (0..24).map(|number| {
            let world = world.clone();
            tokio::spawn(async move { grant(&world, &format!("u-{}", number % 5), "read").await })
        });
        for change in changes.collect::<Vec<_>>() {
            change.await.unwrap();
        }
        let verdict = world.store.verify_audit_log().await.unwrap();
        assert_eq!((verdict.entries, verdict.findings), (24, vec![]));
        let newest = "select encode(sha256, 'hex') from audit_log where seq = 24";
        let newest: String = world
            .sql()
            .await
            .query_one(newest, &[])
            .await
            .unwrap()
            .get(0);
        assert_eq!(verdict.head.to_string(), newest);
        let subjects = "select count(distinct subject) from audit_log";
        assert_eq!(world.count(subjects).await, 5);
    })
    .await;
}

#[tokio::test]
async fn postgres_changes_and_removes_no_entry() {
    in_world(async |world: World| {
        grant(&world, "ann", "own").await;
        let sql = world.sql().await;
        for statement in [
            "update audit_log set detail = '{}'",
            "delete from audit_log",
            "truncate audit_log",
        ] {
            let refused = sql.execute(statement, &[]).await.unwrap_err();
            let words = refused.as_db_error().unwrap().message();
            assert!(words.contains("append-only"), "{statement}: {words}");
        }
        assert_eq!(entries(&world).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn postgres_appends_nothing_that_does_not_follow() {
    in_world(async |world: World| {
        grant(&world, "ann", "own").await;
        let sql = world.sql().await;
        for (seq, at, previous) in [
            ("9223372036854775807", "now()", "newest.sha256"),
            ("newest.seq + 2", "now()", "newest.sha256"),
            ("newest.seq", "now()", "newest.sha256"),
            ("newest.seq + 1", "now()", "newest.previous_sha256"),
            ("newest.seq + 1", "'infinity'", "newest.sha256"),
        ] {
            let append = format!(
                "insert into audit_log select {seq}, {at}, 'x', null, null, '{{}}', 'x', {previous}, sha256('x') from audit_log as newest"
            );
            let refused = sql.execute(&append, &[]).await.unwrap_err();
            let words = refused.as_db_error().unwrap().message();
            assert!(words.contains("must follow"), "{append}: {words}");
        }
        grant(&world, "ann", "read").await;
        let verdict = world.store.verify_audit_log().await.unwrap();
        assert_eq!((verdict.entries, verdict.findings), (2, vec![]));
    })
    .await;
}

#[tokio::test]
async fn what_is_changed_behind_its_back_is_found() {
    for (tampering, finding) in [
        (
            "update audit_log set detail = '{\"role\":\"own\"}' where seq = 2",
            "entry 2 does not have the stored hash",
        ),
        (
            "update audit_log set at = at + interval '1 millisecond' where seq = 2",
            "entry 2 does not have the stored hash",
        ),
        (
            "update audit_log set subject = null where seq = 2",
            "entry 2 does not have the stored hash",
        ),
        (
            "update audit_log set request_id = 'other' where seq = 2",
            "entry 2 does not have the stored hash",
        ),
        (
            "delete from audit_log where seq = 2",
            "entry 3 comes after a gap",
        ),
        (
            "delete from audit_log where seq = 1",
            "entry 2 comes after a gap",
        ),
        (
            "update audit_log set sha256 = sha256(sha256) where seq = 1",
            "entry 2 does not follow the entry before it",
        ),
    ] {
        in_world(async |world: World| {
            for user in ["ann", "ben", "cem"] {
                grant(&world, user, "read").await;
            }
            let sql = world.sql().await;
            sql.batch_execute("alter table audit_log disable trigger all")
                .await
                .unwrap();
            assert_eq!(sql.execute(tampering, &[]).await.unwrap(), 1);
            let verdict = world.store.verify_audit_log().await.unwrap();
            assert!(
                verdict.findings.contains(&finding.to_owned()),
                "{tampering}: {:?}",
                verdict.findings
            );
        })
        .await;
    }
}

#[tokio::test]
async fn a_trigger_that_was_taken_away_is_found_by_the_check_of_the_schema() {
    in_world(async |world: World| {
        world.store.check_schema().await.unwrap();
        for taken in [
            "create or replace function refuse_change() returns trigger language plpgsql as $$ begin return new; end $$",
            "alter table audit_log disable trigger audit_log_keeps_entries",
            "alter table audit_log enable trigger all; drop trigger audit_log_is_never_emptied on audit_log",
        ] {
            world.sql().await.batch_execute(taken).await.unwrap();
            let problem = world.store.check_schema().await.unwrap_err();
            assert!(problem.to_string().contains("missing:    audit_log trigger"), "{problem}");
        }
    })
    .await;
}

struct Logged {
    act: String,
    subject: Option<uuid::Uuid>,
    detail: Value,
    request_id: String,
}

async fn entries(world: &World) -> Vec<Logged> {
    let query = "select act, subject, detail, request_id from audit_log order by seq";
    let rows = world.sql().await.query(query, &[]).await.expect("entries");
    rows.iter()
        .map(|row| Logged {
            act: row.get("act"),
            subject: row.get("subject"),
            detail: serde_json::from_str(row.get("detail")).expect("JSON"),
            request_id: row.get("request_id"),
        })
        .collect()
}

async fn grant(world: &World, user: &str, role: &str) {
    let grants = AuthorityQuestion::Grants(case());
    let wanted = json!({ "user": user, "name": user, "role": role });
    assert_eq!(ask(world, "POST", &grants, &wanted).await.0, 200);
}

fn case() -> CaseId {
    CaseId::parse("case").expect("a case id")
}
