//! What comes into a class, and what the answer tells of people and takes of work.

use host::limits::CLASS_CASES_MAX;
use serde_json::json;

use crate::school::{School, in_school, string};

#[tokio::test]
async fn what_was_shared_by_an_address_once_is_refused_whether_that_is_known_or_not() {
    in_school(async |school: School| {
        let class = school.anonymous_class().await;
        let sql = school.world.sql().await;
        let address = "update users set email = 'sam@uni.example' where id = $1";
        sql.execute(address, &[&school.stranger.id]).await.unwrap();
        let mut owner = school.owner.browser.clone();
        let title = json!({ "title": "Who knew what" });
        for (address, withdrawn, expected) in [
            ("sam@uni.example", "sam@uni.example", 409),
            ("nobody@uni.example", "Nobody@uni.example", 409),
            // Of whom it was never shared with there is nothing to forget.
            ("", "sam@uni.example", 200),
            ("", "nobody@uni.example", 200),
        ] {
            let case = school.case().await;
            let board = string(&owner.post("/api/boards", &title).await.json(), "id");
            let mut answers = Vec::new();
            for (name, id) in [("case", &case), ("board", &board)] {
                let shares = format!("/api/cases/{id}/shares");
                for (email, role) in [(address, json!("read")), (withdrawn, json!(null))] {
                    if !email.is_empty() {
                        let share = json!({ "email": email, "role": role });
                        assert_eq!(owner.put(&shares, &share).await.status, 200);
                    }
                }
                let listed = owner.get(&shares).await.json();
                assert_eq!(listed, json!({ "shares": [], "invited": [] }));
                let placed = format!("/api/classes/{}/{name}s", class.id);
                answers.push(owner.post(&placed, &json!({ name: id })).await.status);
            }
            assert_eq!(answers, [expected; 2], "{address}, {withdrawn}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_an_earlier_host_takes_back_of_an_address_is_noted_too() {
    in_school(async |school: School| {
        let class = school.anonymous_class().await;
        let sql = school.world.sql().await;
        let mut owner = school.owner.browser.clone();
        for (given, taken, expected) in [
            (
                "insert into case_invitations (case_id, email, role) values ($1, 'nobody@uni.example', 'read')",
                "delete from case_invitations where case_id = $1",
                409,
            ),
            (
                "insert into shares (case_id, user_id, name, role, email)
                 select $1, id::text, name, 'read', 'ina@uni.example' from users where name = 'Ina'",
                "delete from shares where case_id = $1",
                409,
            ),
            (
                "insert into shares (case_id, user_id, name, role) select $1, id::text, name, 'read' from users where name = 'Ina'",
                "delete from shares where case_id = $1",
                200,
            ),
        ] {
            let ids = [("case", school.case().await), ("board", school.board().await)];
            for (name, id) in &ids {
                for statement in [given, taken] {
                    sql.execute(statement, &[id]).await.expect("as an earlier host");
                }
                let placed = format!("/api/classes/{}/{name}s", class.id);
                let placed = owner.post(&placed, &json!({ *name: id })).await;
                assert_eq!(placed.status, expected, "{given}: {placed:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_copy_that_a_class_has_no_room_for_is_refused_before_a_document_is_read() {
    in_school(async |school: School| {
        let (class, full) = (school.class().await, school.class().await);
        let mut owner = school.owner.browser.clone();
        let sql = school.world.sql().await;
        let fill = "insert into cases (case_id, title, kind, summary, paragraphs, text_sha256, owner_id, class_id, placed_at)
             select 'filling-' || n, title, kind, summary, paragraphs, text_sha256, owner_id, class_id, placed_at
             from cases, generate_series(1, $2::bigint) as n where case_id = $1";
        let further = CLASS_CASES_MAX - 2;
        sql.execute(fill, &[&full.case, &further]).await.unwrap();
        let copy = format!("/api/cases/{}/copy", class.case);
        let into_full = json!({ "class": full.id });
        let last = owner.post(&copy, &into_full).await;
        assert_eq!(last.status, 201, "what fills a class is taken: {last:?}");

        let own = school.case().await;
        let divide = format!("/api/classes/{}/cases/{own}/sections", full.id);
        let section = json!({ "name": "Monday" });
        let sections = format!("/api/classes/{}/sections", full.id);
        assert_eq!(owner.post(&sections, &section).await.status, 201);
        sql.batch_execute("begin; lock table annotation_document_state in access exclusive mode")
            .await
            .unwrap();
        for (path, body) in [(&copy, &into_full), (&divide, &json!({}))] {
            let refused = owner.post(path, body).await;
            assert_eq!(refused.status, 409, "{path}: {refused:?}");
        }
        sql.batch_execute("commit").await.unwrap();
    })
    .await;
}
