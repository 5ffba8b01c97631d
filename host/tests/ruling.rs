//! What rooms are told of authorities: when they ask, and by an order as soon as something has changed.

mod common;

use std::time::Duration;

use common::{
    World,
    edge::{Edge, Manner},
    eventually, in_world, in_world_with, keys,
    question::{ask, ask_without_body},
};
use contract::{
    AuthorityQuestion, CaseId, CaseRuling, CaseState, Change, Role,
    limits::{RULING_CHANGES_MAX, RULING_REVOKED_MAX},
};
use host::{App, edge::EdgeClient, outbox};
use serde_json::{Value, json};

#[tokio::test]
async fn a_room_is_told_every_change_and_revocation_and_the_state_of_its_case() {
    in_world(async |world: World| {
        let unruled = ruling(&world).await;
        assert_eq!(
            (unruled.ceiling, unruled.changes, unruled.revoked),
            (None, vec![], vec![])
        );
        let ann = grant(&world, "ann", json!("annotate")).await;
        let ben = grant(&world, "ben", json!(null)).await;
        let token = client_token(&world, "ann").await;
        client_token(&world, "ann").await;
        revoke(&world, &token).await;
        set_state(&world, "locked").await;

        let told = ruling(&world).await;
        let change = |user: &str, role, changed_ms| Change {
            user: user.to_owned(),
            role,
            changed_ms,
        };
        assert_eq!(told.ceiling, CaseState::Locked.ceiling());
        let expected = [
            change("ben", None, ben),
            change("ann", Some(Role::Annotate), ann),
        ];
        assert_eq!(told.changes, expected);
        let ids: Vec<_> = told.revoked.iter().map(ToString::to_string).collect();
        assert_eq!((ids, told.void_until_ms), (vec![token], 0));
        assert!(told.as_of_ms >= ben && told.as_of_ms >= unruled.as_of_ms);
        set_state(&world, "open").await;
        assert_eq!(ruling(&world).await.ceiling, None);
    })
    .await;
}

#[tokio::test]
async fn what_no_token_can_be_older_than_is_not_told() {
    in_world(async |world: World| {
        grant(&world, "ann", json!("read")).await;
        let token = client_token(&world, "ann").await;
        revoke(&world, &token).await;
        let sql = world.sql().await;
        for age in [
            "update grants set changed_at = now() - interval '24 hours 59 minutes'",
            "update client_tokens set created_at = now() - interval '23 hours',
                                      expires_at = now() - interval '59 minutes'",
        ] {
            sql.execute(age, &[]).await.unwrap();
        }
        let told = ruling(&world).await;
        assert_eq!((told.changes.len(), told.revoked.len()), (1, 1));
        for age in [
            "update grants set changed_at = now() - interval '25 hours 1 minute'",
            "update client_tokens set expires_at = now() - interval '61 minutes'",
        ] {
            sql.execute(age, &[]).await.unwrap();
        }
        let told = ruling(&world).await;
        assert_eq!((told.changes.len(), told.revoked.len()), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_ruling_is_never_older_than_what_is_in_it_also_when_the_clock_stepped_back() {
    in_world(async |world: World| {
        grant(&world, "ann", json!("read")).await;
        let token = client_token(&world, "ann").await;
        revoke(&world, &token).await;
        set_state(&world, "locked").await;
        let sql = world.sql().await;
        let mut last_ms = ruling(&world).await.as_of_ms;
        for ahead in [
            "update grants set changed_at = now() + interval '1 hour'",
            "update client_tokens set revoked_at = now() + interval '2 hours'",
            "update case_states set changed_at = now() + interval '3 hours'",
        ] {
            sql.execute(ahead, &[]).await.unwrap();
            let as_of_ms = ruling(&world).await.as_of_ms;
            assert!(as_of_ms > last_ms + 3_000_000, "{ahead}");
            assert_eq!(ruling(&world).await.as_of_ms, as_of_ms);
            last_ms = as_of_ms;
        }
    })
    .await;
}

#[tokio::test]
async fn a_ruling_is_of_a_moment_when_the_state_in_it_was_read_already() {
    in_world(async |world: World| {
        set_state(&world, "locked").await;
        let sql = world.sql().await;
        // Whoever reads the state of a case waits at a gate.
        let gated = "alter table case_states rename to kept_states;
             create function gate() returns boolean language plpgsql volatile as
                 $$ begin perform pg_advisory_xact_lock_shared(4711); return true; end $$;
             create view case_states as select * from kept_states where gate();
             select pg_advisory_lock(4711)";
        sql.batch_execute(gated).await.unwrap();
        let store = world.store.clone();
        let told = tokio::spawn(async move { store.ruling(&case()).await.unwrap() });
        let waits = || async {
            let at_the_gate = "select count(*) from pg_locks
                where locktype = 'advisory' and objid = 4711 and not granted
                      and database = (select oid from pg_database where datname = current_database())";
            world.count(at_the_gate).await == 1
        };
        eventually("the ruling waits for the state", waits).await;
        let cut = "select floor(extract(epoch from clock_timestamp()) * 1000)::bigint";
        let cut_ms: i64 = sql.query_one(cut, &[]).await.unwrap().get(0);
        sql.batch_execute("update kept_states set state = 'open'; select pg_advisory_unlock(4711)")
            .await
            .unwrap();
        let told = told.await.unwrap();
        assert!(
            told.as_of_ms >= u64::try_from(cut_ms).unwrap(),
            "a ticket that was cut under the lock is older"
        );
    })
    .await;
}

#[tokio::test]
async fn of_too_many_changes_the_newest_are_told_and_whatever_was_granted_before_is_void() {
    in_world(async |world: World| {
        let many = "insert into grants (case_id, user_id, name, role, changed_at)
            select 'case', 'u' || n, 'U', 'read',
                   date_trunc('second', now()) - interval '1 hour' + n * interval '1 millisecond'
            from generate_series(1, $1::int) n";
        let sql = world.sql().await;
        let count = i32::try_from(RULING_CHANGES_MAX).unwrap() + 3;
        sql.execute(many, &[&count]).await.unwrap();
        let told = ruling(&world).await;
        assert_eq!(told.changes.len(), RULING_CHANGES_MAX);
        assert_eq!(told.changes[0].user, format!("u{count}"));
        let oldest_told = told.changes.last().unwrap();
        assert_eq!((oldest_told.user.as_str(), oldest_told.changed_ms), ("u4", told.void_until_ms + 1));

        let many = "insert into client_tokens (id, case_id, user_id, role, created_at, expires_at, revoked_at)
            select decode(lpad(to_hex(n), 32, '0'), 'hex'), 'case', 'u1', 'read',
                   date_trunc('second', now()) - interval '30 minutes' + n * interval '1 millisecond',
                   now() + interval '1 hour', now()
            from generate_series(1, $1::int) n";
        let count = i32::try_from(RULING_REVOKED_MAX).unwrap() + 1;
        sql.execute(many, &[&count]).await.unwrap();
        let revoked = ruling(&world).await;
        assert_eq!(revoked.revoked.len(), RULING_REVOKED_MAX);
        assert!(revoked.void_until_ms > told.void_until_ms, "until the one that is left out was issued");
    })
    .await;
}

#[tokio::test]
async fn every_change_is_ordered_with_the_ruling_as_it_is_when_the_order_leaves() {
    in_world(async |world: World| {
        let edge = Edge::start(&[Manner::Fail]).await;
        let ann = grant(&world, "ann", json!("read")).await;
        let client = EdgeClient::new(&edge.base_url, keys(), Duration::from_secs(5));
        assert_eq!(outbox::deliver_due(&world.store, &client).await.unwrap(), 1);
        assert_eq!(
            world.store.pending_orders().await.unwrap(),
            1,
            "it was not confirmed"
        );

        set_state(&world, "archived").await;
        assert_eq!(outbox::deliver_due(&world.store, &client).await.unwrap(), 1);
        assert_eq!(world.store.pending_orders().await.unwrap(), 0);
        let token = client_token(&world, "ann").await;
        revoke(&world, &token).await;
        assert_eq!(outbox::deliver_due(&world.store, &client).await.unwrap(), 1);

        assert_eq!(*edge.orders.lock().unwrap(), ["case rule"; 3]);
        let bodies = edge.bodies.lock().unwrap().clone();
        let told: Vec<_> = bodies
            .iter()
            .map(|body| CaseRuling::read(body).unwrap())
            .collect();
        let ceilings: Vec<_> = told.iter().map(|ruling| ruling.ceiling).collect();
        let archived = CaseState::Archived.ceiling();
        assert_eq!(ceilings, [None, archived, archived]);
        assert!(
            told.iter()
                .all(|ruling| ruling.changes[0].changed_ms == ann)
        );
        assert_eq!(told[2].revoked.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_order_says_where_most_of_those_are_who_may_come() {
    in_world(async |world: World| {
        let edge = Edge::start(&[]).await;
        let client = EdgeClient::new(&edge.base_url, keys(), Duration::from_secs(5));
        for (user, role, region) in [
            ("ann", json!("own"), "weur"),
            ("ben", json!("read"), "sam"),
            ("cay", json!("read"), "sam"),
            ("ben", json!(null), "sam"),
            ("cay", json!(null), "sam"),
        ] {
            let body = json!({ "user": user, "name": user, "role": role, "region": region });
            let set = ask(&world, "POST", &AuthorityQuestion::Grants(case()), &body).await;
            assert_eq!(set.0, 200);
            outbox::deliver_due(&world.store, &client).await.unwrap();
        }
        let stored = "update grants set region = 'eu/west'";
        world.sql().await.execute(stored, &[]).await.unwrap();
        set_state(&world, "locked").await;
        outbox::deliver_due(&world.store, &client).await.unwrap();
        let orders = edge.orders.lock().unwrap().clone();
        let places: Vec<_> = orders
            .iter()
            .map(|order| order.trim_start_matches("case rule"))
            .collect();
        // Of as many in each, one is as good as the other.
        let expected = [" in weur", " in sam", " in sam", " in sam", " in weur", ""];
        assert_eq!(places, expected);
    })
    .await;
}

#[tokio::test]
async fn whoever_delivers_orders_is_called_by_every_change() {
    in_world(async |world: World| {
        let is_called = || async {
            let called = world.app.outbox_bell.notified();
            let called = tokio::time::timeout(Duration::from_secs(30), called);
            called.await.is_ok()
        };
        grant(&world, "ann", json!("read")).await;
        assert!(is_called().await);
        set_state(&world, "locked").await;
        assert!(is_called().await);
        let token = client_token(&world, "ann").await;
        revoke(&world, &token).await;
        assert!(is_called().await);
    })
    .await;
}

#[tokio::test]
async fn tickets_and_client_tokens_are_for_no_more_than_the_state_of_the_case_allows() {
    in_world(async |world: World| {
        grant(&world, "ann", json!("annotate")).await;
        grant(&world, "olga", json!("own")).await;
        for (state, annotator, owner) in [
            ("open", "annotate", "own"),
            ("locked", "read", "own"),
            ("archived", "read", "read"),
        ] {
            set_state(&world, state).await;
            for (user, role) in [("ann", annotator), ("olga", owner)] {
                let wanted = json!({ "user": user, "origin": "https://glossator.example" });
                let tickets = AuthorityQuestion::Tickets(case());
                let (status, issued) = ask(&world, "POST", &tickets, &wanted).await;
                assert_eq!(
                    (status, &issued["role"]),
                    (201, &json!(role)),
                    "{state} {user}"
                );
                for wanted_role in ["read", "annotate"] {
                    let wanted = json!({ "user": user, "role": wanted_role });
                    let tokens = AuthorityQuestion::ClientTokens(case());
                    let (status, _) = ask(&world, "POST", &tokens, &wanted).await;
                    let expected = if wanted_role == "annotate" && role == "read" {
                        403
                    } else {
                        201
                    };
                    assert_eq!(status, expected, "{state} {user} {wanted_role}");
                }
            }
        }
        let state = AuthorityQuestion::State(case());
        for malformed in [json!({}), json!({ "state": "closed" }), json!([])] {
            assert_eq!(ask(&world, "POST", &state, &malformed).await.0, 400);
        }
    })
    .await;
}

#[tokio::test]
async fn a_development_sign_in_introduces_only_whom_nobody_has_spoken_of_and_only_where_it_is_set_up()
 {
    let wanted = |user: &str| {
        json!({
            "user": user, "origin": "http://127.0.0.1:8787",
            "development": { "name": "Dora", "role": "own" },
        })
    };
    let tickets = AuthorityQuestion::Tickets(case());
    in_world(async |world: World| {
        assert_eq!(ask(&world, "POST", &tickets, &wanted("dora")).await.0, 403);
        assert_eq!(world.count("select count(*) from grants").await, 0);
        grant(&world, "dora", json!("read")).await;
        assert_eq!(
            ask(&world, "POST", &tickets, &wanted("dora")).await.0,
            403,
            "nor does it let anybody be taken for somebody with a role"
        );
    })
    .await;
    let set_up = |app: App| app.with_development_sign_in(true);
    in_world_with(set_up, async |world: World| {
        let (status, issued) = ask(&world, "POST", &tickets, &wanted("dora")).await;
        assert_eq!(
            (status, &issued["role"], &issued["name"]),
            (201, &json!("own"), &json!("Dora"))
        );
        let changed_ms = ruling(&world).await.changes[0].changed_ms;
        assert!(
            changed_ms < issued["open_until_ms"].as_u64().unwrap() - 60_000,
            "the ticket counts"
        );

        grant(&world, "ann", json!("read")).await;
        grant(&world, "ben", json!(null)).await;
        assert_eq!(
            ask(&world, "POST", &tickets, &wanted("ann")).await.1["role"],
            json!("read")
        );
        assert_eq!(ask(&world, "POST", &tickets, &wanted("ben")).await.0, 403);
        let mut malformed = wanted("eve");
        malformed["development"]["role"] = json!("none");
        assert_eq!(ask(&world, "POST", &tickets, &malformed).await.0, 400);
    })
    .await;
}

fn case() -> CaseId {
    CaseId::parse("case").expect("a case id")
}

async fn grant(world: &World, user: &str, role: Value) -> u64 {
    let body = json!({ "user": user, "name": user, "role": role });
    let (status, set) = ask(world, "POST", &AuthorityQuestion::Grants(case()), &body).await;
    assert_eq!(status, 200);
    set["changed_ms"].as_u64().expect("milliseconds")
}

async fn set_state(world: &World, state: &str) {
    let question = AuthorityQuestion::State(case());
    let (status, _) = ask(world, "POST", &question, &json!({ "state": state })).await;
    assert_eq!(status, 200);
}

async fn client_token(world: &World, user: &str) -> String {
    let body = json!({ "user": user, "role": "read" });
    let question = AuthorityQuestion::ClientTokens(case());
    let (status, issued) = ask(world, "POST", &question, &body).await;
    assert_eq!(status, 201);
    issued["id"].as_str().expect("an id").to_owned()
}

async fn revoke(world: &World, id: &str) {
    let id = contract::token::TokenId::parse(id).expect("an id");
    let question = AuthorityQuestion::ClientToken(case(), id);
    assert_eq!(ask_without_body(world, "DELETE", &question).await.0, 200);
}

async fn ruling(world: &World) -> CaseRuling {
    let question = AuthorityQuestion::Ruling(case());
    let (status, told) = ask_without_body(world, "GET", &question).await;
    assert_eq!(status, 200);
    CaseRuling::read(told.to_string().as_bytes()).expect("a ruling")
}
