//! Who wrote an earlier state of a case: by the name that others see there, also after they have left.

use serde_json::{Value, json};

use crate::school::{Class, School, in_school};

/// Lets this be the id of whoever wrote last before the newest state, and says what they are called to an instructor.
async fn called(school: &School, class: &Class, id: &str) -> Value {
    let sql = school.world.sql().await;
    let by = "update annotation_document_state set last_editor = $2 where case_id = $1";
    sql.execute(by, &[&class.case, &id])
        .await
        .expect("Postgres works");
    let path = format!("/api/cases/{}/versions", class.case);
    let listed = school.instructor.browser.clone().get(&path).await.json();
    assert_eq!(listed["versions"][0]["last_editor"], id);
    listed["versions"][0]["by_name"].clone()
}

#[tokio::test]
async fn whoever_wrote_a_version_is_named_also_once_they_have_left() {
    in_school(async |school: School| {
        let class = school.class().await;
        let empty = yrs::Update::EMPTY_V1;
        assert_eq!(school.world.put(&class.case, None, empty).await.status, 200);
        let student = school.student.id.to_string();
        assert_eq!(called(&school, &class, &student).await, "Stu");
        let member = format!("/api/classes/{}/members/{student}", class.id);
        let removed = school.owner.browser.clone().delete(&member).await;
        assert_eq!(removed.status, 200);
        assert_eq!(called(&school, &class, &student).await, "Stu");
        let sql = school.world.sql().await;
        let forget = "delete from grants where user_id = $1";
        sql.execute(forget, &[&student]).await.unwrap();
        assert_eq!(called(&school, &class, &student).await, "Stu");
        for unknown in ["ann", &uuid::Uuid::new_v4().to_string()] {
            assert_eq!(called(&school, &class, unknown).await, json!(null));
        }
    })
    .await;
}

#[tokio::test]
async fn a_version_of_an_anonymous_class_names_a_student_by_their_pseudonym() {
    in_school(async |school: School| {
        let class = school.anonymous_class().await;
        let empty = yrs::Update::EMPTY_V1;
        assert_eq!(school.world.put(&class.case, None, empty).await.status, 200);
        let sql = school.world.sql().await;
        let persona = "select id::text, name from personas where user_id = $1";
        let row = sql.query_one(persona, &[&school.student.id]).await.unwrap();
        let (persona, pseudonym): (String, String) = (row.get(0), row.get(1));
        assert_ne!(pseudonym, "Stu");
        assert_eq!(called(&school, &class, &persona).await, json!(pseudonym));
        let member = format!("/api/classes/{}/members/{}", class.id, school.student.id);
        let removed = school.owner.browser.clone().delete(&member).await;
        assert_eq!(removed.status, 200);
        let forget = "delete from grants where persona_id is not null";
        sql.execute(forget, &[]).await.unwrap();
        assert_eq!(called(&school, &class, &persona).await, json!(pseudonym));
    })
    .await;
}
