//! The role that `host serve` is given: it does all that a host does, and leaves the audit log as it is.

mod common;

use std::panic::AssertUnwindSafe;

use common::{World, config, connect, in_world};
use contract::CaseId;
use futures_util::FutureExt;
use host::store::{ServiceRoleError, Store};

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

        let case = CaseId::parse("case").unwrap();
        store.delete(&case, "r-1").await.unwrap();
        assert_eq!(world.count("select count(*) from audit_log").await, 1);
        for statement in [
            "update audit_log set detail = '{}'",
            "delete from audit_log",
            "truncate audit_log",
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
        let refused = world.store.grant_service("postgres").await.unwrap_err();
        assert!(
            matches!(refused, ServiceRoleError::TooMighty { .. }),
            "{refused}"
        );
    })
    .await;
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
