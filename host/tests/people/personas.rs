//! Who goes by which name where what is noted of the uses of personas does not tell: another host did not know of it, or the rows
//! contradict each other.

use std::time::Duration;

use contract::CaseId;
use host::store::StoreError;
use serde_json::json;

use crate::{
    anonymity::appears,
    school::{School, in_school},
};

#[tokio::test]
async fn staff_whom_an_earlier_host_let_in_stay_who_they_were_if_they_wrote_something() {
    const WRITES: [&str; 3] = [
        "insert into highlight (case_id, highlight_id, author_id) values ($1, 'h', $2)",
        "insert into highlight_comment (case_id, comment_id, author_id) values ($1, 'c', $2)",
        "insert into board_note (board_id, note_id, body, author_id) values ($1, 'n', 'laches', $2)",
    ];
    in_school(async |school: School| {
        let sql = school.world.sql().await;
        for write in WRITES {
            let class = school.anonymous_class().await;
            let board = school.board_in(&class).await;
            let user = school.student.id;
            let before = appears(&school, &class.case, user).await;
            // It issued a ticket and noted nothing; what they wrote the projection shows.
            let at = if write.contains("board") {
                &board
            } else {
                &class.case
            };
            sql.execute(write, &[at, &before.0]).await.expect("a row");
            let member = format!("/api/classes/{}/members/{user}", class.id);
            let tutor = json!({ "role": "tutor" });
            school.owner.browser.clone().put(&member, &tutor).await;
            assert_eq!(appears(&school, &class.case, user).await, before, "{write}");
            sql.batch_execute(
                "delete from highlight; delete from highlight_comment; delete from board_note",
            )
            .await
            .expect("Postgres works");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_is_asked_for_without_end_whose_grant_has_a_persona_that_was_retired() {
    in_school(async |school: School| {
        let class = school.anonymous_class().await;
        let user = school.student.id.to_string();
        let sql = school.world.sql().await;
        sql.batch_execute("update personas set retired_at = now()")
            .await
            .expect("behind the host's back");
        let case = CaseId::parse(&class.case).expect("a case id");
        let admitted = school.world.store.admitted(&case, &user);
        let admitted = tokio::time::timeout(Duration::from_secs(20), admitted).await;
        let admitted = admitted.expect("it comes to an end");
        assert!(
            matches!(admitted, Err(StoreError::Inconsistent { .. })),
            "{admitted:?}"
        );
    })
    .await;
}
