//! The role that `host serve` is given: it does what a host does, and leaves the audit log as it is.

mod common;

use std::{panic::AssertUnwindSafe, time::Duration};

use common::{
    World, config, connect,
    documents::typed,
    in_world,
    question::{ask, ask_without_body},
};
use contract::{AuthorityQuestion, CaseId, token::TokenId};
use futures_util::FutureExt;
use host::{
    projection,
    store::{ServiceRoleError, Store},
};
use serde_json::json;

#[tokio::test]
async fn the_service_role_serves_and_cannot_change_the_audit_log() {
    with_service_role(async |world: World, role: String| {
        world.store.grant_service(&role).await.unwrap();
        let url = format!("{}?options=-c%20role%3D{role}", world.database_url);
        let store = Store::new(&config(&url));
        let sql = connect(&url).await;
        store.check_schema().await.unwrap();
        assert!(!store.may_rewrite_audit_log().await.unwrap());
        assert!(world.store.may_rewrite_audit_log().await.unwrap());

        assert_eq!(store.tables_without_rights().await.unwrap(), [""; 0]);
        let served = world.served_by(store.clone()).await;
        do_what_a_host_does(&served).await;
        assert_eq!(world.count("select count(*) from audit_log").await, 5);
        let verdict = store.verify_audit_log().await.unwrap();
        assert_eq!((verdict.entries, verdict.findings), (5, vec![]));
        for statement in [
            "update audit_log set detail = '{}'",
            "delete from audit_log",
            "truncate audit_log",
            "update pseudonyms set user_id = 'ben' where user_id = 'ann'",
            "delete from pseudonyms",
            "alter table audit_log disable trigger all",
            "drop trigger audit_log_keeps_entries on audit_log",
            "drop table audit_log",
            "create table mine (id int)",
        ] {
            let refused = sql.batch_execute(statement).await.unwrap_err();
            let code = refused.code().unwrap();
            assert_eq!(code.code(), "42501", "{statement}: {refused:?}");
        }
        store.close();
    })
    .await;
}

#[tokio::test]
async fn it_is_given_its_rights_again_and_what_it_has_beyond_them_is_taken() {
    with_service_role(async |world: World, role: String| {
        world.store.grant_service(&role).await.unwrap();
        let sql = world.sql().await;
        sql.batch_execute(&format!("grant all on audit_log to {role}"))
            .await
            .unwrap();
        world.store.grant_service(&role).await.unwrap();
        let left = sql
            .query_one(
                "select has_table_privilege($1, 'audit_log', 'update, delete, truncate'),
                        has_table_privilege($1, 'audit_log', 'insert')",
                &[&role],
            )
            .await
            .unwrap();
        assert_eq!((left.get(0), left.get(1)), (false, true));
    })
    .await;
}

#[tokio::test]
async fn a_role_that_could_take_the_triggers_away_is_refused() {
    in_world(async |world: World| {
        let owner: String = world
            .sql()
            .await
            .query_one("select current_user::text", &[])
            .await
            .unwrap()
            .get(0);
        let refused = world.store.grant_service(&owner).await.unwrap_err();
        assert!(
            matches!(refused, ServiceRoleError::TooMighty { .. }),
            "{refused}"
        );
    })
    .await;
    with_service_role(async |world: World, role: String| {
        let sql = world.sql().await;
        sql.batch_execute(&format!(
            "create role {role}; grant pg_write_all_data to {role}"
        ))
        .await
        .unwrap();
        let refused = world.store.grant_service(&role).await.unwrap_err();
        assert!(
            matches!(refused, ServiceRoleError::TooMighty { .. }),
            "{refused}"
        );
    })
    .await;
}

#[tokio::test]
async fn an_owner_who_may_make_no_roles_gives_the_rights_to_one_that_exists() {
    with_service_role(async |world: World, role: String| {
        let sql = world.sql().await;
        let owner = format!("owner_of_{role}");
        sql.batch_execute(&format!(
            "create role {role} login; create role {owner}; grant create, usage on schema public to {owner};
             do $$ declare t text; begin
               for t in select tablename from pg_tables where schemaname = 'public' loop
                 execute format('alter table %I owner to {owner}', t);
               end loop;
             end $$; alter schema public owner to {owner}"
        ))
        .await
        .unwrap();
        let store = Store::new(&config(&format!("{}?options=-c%20role%3D{owner}", world.database_url)));
        let (first, second) = tokio::join!(store.grant_service(&role), store.grant_service(&role));
        assert!(first.unwrap() && second.unwrap(), "it can log in");
        assert!(store.grant_service("no_such_role").await.is_err(), "and makes none");
        store.close();
        sql.batch_execute(&format!("reassign owned by {owner} to current_user; drop owned by {owner}; drop role {owner}"))
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_table_that_the_role_was_not_given_is_named() {
    with_service_role(async |world: World, role: String| {
        assert!(
            !world.store.grant_service(&role).await.unwrap(),
            "it cannot log in"
        );
        let sql = world.sql().await;
        sql.batch_execute(&format!(
            "revoke update on outbox from {role}; revoke insert on audit_log from {role}"
        ))
        .await
        .unwrap();
        let store = Store::new(&config(&format!(
            "{}?options=-c%20role%3D{role}",
            world.database_url
        )));
        assert_eq!(
            store.tables_without_rights().await.unwrap(),
            ["audit_log", "outbox"]
        );
        store.close();
    })
    .await;
}

/// A bit of everything, by the doors that the edge uses.
async fn do_what_a_host_does(world: &World) {
    let case = CaseId::parse("case").expect("a case id");
    assert_eq!(
        world.put("case", None, &typed(1, "hello")).await.status,
        200
    );
    let grants = AuthorityQuestion::Grants(case.clone());
    let wanted = json!({ "user": "ann", "name": "Ann", "role": "own" });
    assert_eq!(ask(world, "POST", &grants, &wanted).await.0, 200);
    let state = AuthorityQuestion::State(case.clone());
    assert_eq!(
        ask(world, "POST", &state, &json!({ "state": "locked" }))
            .await
            .0,
        200
    );
    let tickets = AuthorityQuestion::Tickets(case.clone());
    let wanted = json!({ "user": "ann", "origin": "https://glossator.example" });
    assert_eq!(ask(world, "POST", &tickets, &wanted).await.0, 201);
    let tokens = AuthorityQuestion::ClientTokens(case.clone());
    let (status, issued) = ask(
        world,
        "POST",
        &tokens,
        &json!({ "user": "ann", "role": "read" }),
    )
    .await;
    assert_eq!(status, 201);
    let id = TokenId::parse(issued["id"].as_str().expect("an id")).expect("an id");
    let one = AuthorityQuestion::ClientToken(case.clone(), id);
    assert_eq!(ask_without_body(world, "DELETE", &one).await.0, 200);
    let ruling = AuthorityQuestion::Ruling(case.clone());
    assert_eq!(ask_without_body(world, "GET", &ruling).await.0, 200);

    let store = &world.store;
    assert_eq!(projection::catch_up(store).await.expect("a projection"), 1);
    store.forget_projection().await.expect("no projection");
    let due = store.claim_orders(10, &[]).await.expect("orders");
    store
        .postpone_order(&due[0], Duration::ZERO, "not yet")
        .await
        .expect("an order");
    store.confirm_order(&due[0]).await.expect("an order");
    store.thin_history(0, "", 10).await.expect("a history");
    store.forget_nonces(10).await.expect("nonces");
    store.forget_client_tokens(10).await.expect("tokens");
    store.delete(&case, "r-1").await.expect("a tombstone");
}

/// Runs a test with the name of a role that does not exist yet, and drops the role however the test ends.
async fn with_service_role<F: Future<Output = ()>>(test: impl FnOnce(World, String) -> F) {
    in_world(async |world: World| {
        let role = format!("service_{}", uuid::Uuid::new_v4().simple());
        let outcome = AssertUnwindSafe(test(world.clone(), role.clone()))
            .catch_unwind()
            .await;
        let drop = format!("drop owned by {role}; drop role {role}");
        world
            .sql()
            .await
            .batch_execute(&drop)
            .await
            .expect("the role can be dropped");
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    })
    .await;
}
