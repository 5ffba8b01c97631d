//! Keeping house: what fails keeps nothing else from being done.

use host::housekeeping;
use serde_json::json;

use crate::school::{School, in_school};

#[tokio::test]
async fn a_step_that_fails_is_reported_and_keeps_no_later_one_from_being_done() {
    in_school(async |school: School| {
        let sql = school.world.sql().await;
        sql.batch_execute(
            "alter table snapshot_history rename to not_history;
             alter table spent_nonce rename to not_nonces",
        )
        .await
        .unwrap();
        sql.execute(
            "insert into notices (user_id, case_id, thing_id, kind, by_id, created_at)
             values ($1, 'a-case', 'c1', 'mention', 'ann', now() - interval '2 years')",
            &[&school.student.id],
        )
        .await
        .unwrap();
        let mut after = "somewhere".to_owned();
        let now_ms = host::clock::unix_millis();
        let outcome = housekeeping::run(&school.world.store, now_ms, &mut after).await;
        assert!(outcome.is_err(), "the run is reported as failed");
        assert_eq!(school.world.count("select count(*) from notices").await, 0);
        assert_eq!(after, "somewhere", "what was not thinned is its turn again");
        sql.batch_execute(
            "alter table not_history rename to snapshot_history; alter table not_nonces rename to spent_nonce",
        )
        .await
        .unwrap();
        let outcome = housekeeping::run(&school.world.store, now_ms, &mut after).await;
        outcome.expect("all steps work");
        assert_eq!(after, "");
    })
    .await;
}

#[tokio::test]
async fn a_case_that_cannot_be_deleted_keeps_no_other_one() {
    in_school(async |school: School| {
        let class = school.class().await;
        let mut owner = school.owner.browser.clone();
        let mut cases = [class.case.clone(), school.case().await];
        let path = format!("/api/classes/{}", class.id);
        let placed = json!({ "case": cases[1] });
        assert_eq!(owner.post(&format!("{path}/cases"), &placed).await.status, 200);
        let days = json!({ "days": 1 });
        owner.put(&format!("{path}/retention"), &days).await;
        let archived = json!({ "state": "archived" });
        assert_eq!(owner.patch(&path, &archived).await.status, 200);
        cases.sort();
        let sql = school.world.sql().await;
        sql.batch_execute(&format!(
            "create function keep() returns trigger language plpgsql as $$ begin raise 'kept'; end $$;
             create trigger keep before delete on cases for each row when (old.case_id = '{}') execute function keep()",
            cases[0]
        ))
        .await
        .unwrap();
        let later_ms = host::clock::unix_millis() + 400 * 24 * 60 * 60 * 1_000;
        let outcome = housekeeping::delete_expired(&school.world.store, later_ms).await;
        assert!(outcome.is_err());
        let left = sql.query("select case_id from cases", &[]).await.unwrap();
        let left: Vec<String> = left.iter().map(|row| row.get(0)).collect();
        assert_eq!(left, [cases[0].clone()]);
    })
    .await;
}
