//! What becomes of the cases of a class that is over.

use host::{
    housekeeping,
    store::{Store, StoreError},
};
use serde_json::json;
use tokio::sync::watch;

use crate::school::{School, in_school, string};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Deletes what may go by now, whatever an earlier run came to.
async fn delete_expired(store: &Store, now_ms: i64) -> Result<(), StoreError> {
    let (_stop, stopping) = watch::channel(false);
    housekeeping::delete_expired(store, now_ms, &mut String::new(), &stopping).await
}

/// So many days from now, as Postgres and the housekeeping count.
fn in_days(days: i64) -> i64 {
    host::clock::unix_millis() + days * DAY_MS
}

#[tokio::test]
async fn what_an_archived_class_has_is_deleted_when_their_time_has_passed_and_not_before() {
    in_school(async |school: School| {
        let (class, other) = (school.class().await, school.class().await);
        let board = school.board_in(&class).await;
        let board = format!("/api/boards/{board}");
        let mut owner = school.owner.browser.clone();
        let path = format!("/api/classes/{}", class.id);
        let kept = owner.get(&path).await.json()["retention"].clone();
        assert_eq!(kept, json!({ "days": null, "from": null }));
        let set = owner
            .put(&format!("{path}/retention"), &json!({ "days": 30 }))
            .await;
        assert_eq!(set.status, 200, "{set:?}");
        let store = &school.world.store;
        delete_expired(store, in_days(400)).await.unwrap();
        assert_eq!(
            owner
                .get(&format!("/api/cases/{}", class.case))
                .await
                .status,
            200,
            "it is open"
        );
        assert_eq!(owner.get(&board).await.status, 200);

        assert_eq!(
            owner
                .patch(&path, &json!({ "state": "archived" }))
                .await
                .status,
            200
        );
        let told = school.student.browser.clone().get(&path).await.json()["retention"].clone();
        assert_eq!(told["days"], 30);
        assert!(
            string(&told, "from").ends_with('Z'),
            "everybody sees when: {told}"
        );
        delete_expired(store, in_days(29)).await.unwrap();
        assert_eq!(
            owner
                .get(&format!("/api/cases/{}", class.case))
                .await
                .status,
            200
        );
        school.take_orders().await;
        delete_expired(store, in_days(31)).await.unwrap();
        assert_eq!(
            owner
                .get(&format!("/api/cases/{}", class.case))
                .await
                .status,
            404
        );
        assert_eq!(owner.get(&board).await.status, 404, "with all else");
        let board = board.rsplit('/').next().expect("an id");
        let mut orders = school.take_orders().await;
        orders.sort();
        let mut expected = [class.case.as_str(), board].map(|id| format!("{id} delete"));
        expected.sort();
        assert_eq!(orders, expected);
        assert_eq!(
            owner
                .get(&format!("/api/cases/{}", other.case))
                .await
                .status,
            200
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_set_late_deletes_nothing_within_a_week_and_an_opened_class_keeps_its_cases() {
    in_school(async |school: School| {
        let class = school.class().await;
        let mut owner = school.owner.browser.clone();
        let path = format!("/api/classes/{}", class.id);
        assert_eq!(
            owner
                .patch(&path, &json!({ "state": "archived" }))
                .await
                .status,
            200
        );
        let sql = school.world.sql().await;
        sql.execute(
            "update classes set state_changed_at = now() - interval '1 year'",
            &[],
        )
        .await
        .unwrap();
        let set = owner
            .put(&format!("{path}/retention"), &json!({ "days": 1 }))
            .await;
        assert_eq!(set.status, 200);
        let store = &school.world.store;
        let case = format!("/api/cases/{}", class.case);
        delete_expired(store, in_days(6)).await.unwrap();
        assert_eq!(owner.get(&case).await.status, 200);
        assert_eq!(
            owner.patch(&path, &json!({ "state": "open" })).await.status,
            200
        );
        delete_expired(store, in_days(400)).await.unwrap();
        assert_eq!(owner.get(&case).await.status, 200);
        for days in [json!(0), json!(3_651), json!("1")] {
            let refused = owner
                .put(&format!("{path}/retention"), &json!({ "days": days }))
                .await;
            assert_eq!(refused.status, 400, "{days}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_class_that_is_opened_while_its_cases_are_about_to_go_keeps_them_and_archiving_it_gives_a_week()
 {
    in_school(async |school: School| {
        let class = school.class().await;
        let mut owner = school.owner.browser.clone();
        let path = format!("/api/classes/{}", class.id);
        let days = json!({ "days": 1 });
        let set = owner.put(&format!("{path}/retention"), &days).await;
        assert_eq!(set.status, 200);
        let sql = school.world.sql().await;
        let long_ago = "update classes set retention_set_at = now() - interval '1 year'";
        sql.batch_execute(long_ago).await.unwrap();
        let archived = json!({ "state": "archived" });
        assert_eq!(owner.patch(&path, &archived).await.status, 200);
        let store = &school.world.store;
        assert_eq!(store.expired_cases(in_days(6), "", 10).await.unwrap(), []);
        let listed = store.expired_cases(in_days(8), "", 10).await.unwrap();
        assert_eq!(listed.len(), 1);

        let open = json!({ "state": "open" });
        assert_eq!(owner.patch(&path, &open).await.status, 200);
        let deleted = store.delete_expired_case(&listed[0], in_days(8)).await;
        assert!(!deleted.unwrap(), "it was opened after the list was made");
        let case = format!("/api/cases/{}", class.case);
        assert_eq!(owner.get(&case).await.status, 200);
    })
    .await;
}
