//! Whose the programs on a case are, as its owners are told.

use serde_json::{Value, json};

use crate::{
    anonymity::appears,
    school::{Person, School, in_school, sign_in},
};

async fn issue(person: &Person, case: &str) {
    let path = format!("/api/cases/{case}/client-tokens");
    let wanted = json!({ "role": "read" });
    let issued = person.browser.clone().post(&path, &wanted).await;
    assert_eq!(issued.status, 201, "{issued:?}");
}

async fn told(person: &Person, case: &str) -> Vec<(Value, Value)> {
    let path = format!("/api/cases/{case}/client-tokens");
    let listed = person.browser.clone().get(&path).await.json();
    let tokens = listed["client_tokens"].as_array().expect("a list").clone();
    tokens
        .into_iter()
        .map(|token| (token["user"].clone(), token["name"].clone()))
        .collect()
}

#[tokio::test]
async fn owners_are_told_whose_a_program_is_as_they_know_them_and_by_an_address_no_more_than_that()
{
    in_school(async |school: School| {
        let case = school.case().await;
        let sql = school.world.sql().await;
        let address = "update users set email = 'sam@uni.example' where id = $1";
        sql.execute(address, &[&school.stranger.id]).await.unwrap();
        let share = json!({ "email": "sam@uni.example", "role": "comment" });
        let shares = format!("/api/cases/{case}/shares");
        let mut owner = school.owner.browser.clone();
        assert_eq!(owner.put(&shares, &share).await.status, 200);
        issue(&school.owner, &case).await;
        issue(&school.stranger, &case).await;
        let own = (json!(school.owner.id), json!("Olga"));
        let sams = (json!(school.stranger.id), json!("Sam"));
        let sam = json!("sam@uni.example");
        assert_eq!(told(&school.owner, &case).await, [(sam.clone(), sam), own.clone()]);
        assert_eq!(told(&school.stranger, &case).await, std::slice::from_ref(&sams));
        // Once they have written something everybody reads who they are.
        sql.execute(
            "insert into highlight_comment (case_id, comment_id, body, author_id) values ($1, 'c', 'So', $2)",
            &[&case, &school.stranger.id.to_string()],
        )
        .await
        .unwrap();
        assert_eq!(told(&school.owner, &case).await, [sams, own]);
    })
    .await;
}

#[tokio::test]
async fn whose_a_program_is_stays_untold_when_the_address_is_taken_back() {
    in_school(async |school: School| {
        let class = school.class().await;
        let case = class.case.as_str();
        let sql = school.world.sql().await;
        let address = "update users set email = lower(name) || '@uni.example'";
        sql.execute(address, &[]).await.unwrap();
        let shares = format!("/api/cases/{case}/shares");
        let mut owner = school.owner.browser.clone();
        let mut share = async |role: Value| {
            let share = json!({ "email": "sam@uni.example", "role": role });
            assert_eq!(owner.put(&shares, &share).await.status, 200);
        };
        share(json!("read")).await;
        for person in [&school.student, &school.stranger] {
            issue(person, case).await;
        }
        let stus = (json!(school.student.id), json!("Stu"));
        let sam = json!("sam@uni.example");
        assert_eq!(told(&school.owner, case).await, [(sam.clone(), sam), stus.clone()]);
        share(json!(null)).await;
        let nobody = json!("somebody who was let in before");
        let nobodys = (nobody.clone(), nobody);
        let expected = [nobodys.clone(), stus];
        assert_eq!(told(&school.owner, case).await, expected);
        // However it ended.
        for ends in [
            "update client_tokens set revoked_at = now()",
            "update client_tokens set created_at = created_at - interval '1 day', expires_at = now() - interval '1 hour'",
        ] {
            sql.batch_execute(ends).await.unwrap();
            assert_eq!(told(&school.owner, case).await, expected, "{ends}");
        }
        // Nor by other ways.
        let id = school.stranger.id.to_string();
        for path in [
            shares.clone(),
            format!("/api/cases/{case}/people"),
            format!("/api/cases/{case}/versions"),
            format!("/api/classes/{}/progress", class.id),
            "/api/search?q=sam".to_owned(),
            "/api/me/inbox".to_owned(),
        ] {
            let answer = school.owner.browser.clone().get(&path).await;
            assert_eq!(answer.status, 200, "{path}: {answer:?}");
            assert!(!answer.body.contains("\"Sam") && !answer.body.contains(&id), "{path}: {answer:?}");
        }
        // And once what was settled is forgotten, which it is before the token may be.
        let forget = "delete from grants where user_id = $1";
        sql.execute(forget, &[&id]).await.unwrap();
        assert_eq!(told(&school.owner, case).await[0], nobodys);
        // Whoever has left the class is as little to its owners.
        let member = format!("/api/classes/{}/members/{}", class.id, school.student.id);
        assert_eq!(school.owner.browser.clone().delete(&member).await.status, 200);
        assert_eq!(told(&school.owner, case).await, [nobodys.clone(), nobodys]);
    })
    .await;
}

#[tokio::test]
async fn a_program_of_a_student_of_an_anonymous_class_has_the_pseudonym() {
    in_school(async |school: School| {
        let class = school.anonymous_class().await;
        issue(&school.student, &class.case).await;
        let (_, pseudonym) = appears(&school, &class.case, school.student.id).await;
        for person in [&school.owner, &school.student] {
            let [(_, name)] = &told(person, &class.case).await[..] else {
                panic!("there is one");
            };
            assert_eq!(name, &json!(pseudonym));
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_has_written_on_a_board_can_be_mentioned_there() {
    in_school(async |school: School| {
        let board = school.board().await;
        let sql = school.world.sql().await;
        let address = "update users set email = lower(name) || '@uni.example'";
        sql.execute(address, &[]).await.unwrap();
        let other = sign_in(&school.world, "Otto").await;
        sql.execute("update users set email = 'otto@uni.example' where id = $1", &[&other.id])
            .await
            .unwrap();
        let mut owner = school.owner.browser.clone();
        let shares = format!("/api/cases/{board}/shares");
        for email in ["sam@uni.example", "otto@uni.example"] {
            let share = json!({ "email": email, "role": "annotate" });
            assert_eq!(owner.put(&shares, &share).await.status, 200);
        }
        let people = format!("/api/cases/{board}/people");
        assert_eq!(owner.get(&people).await.json(), json!({ "people": [] }));
        sql.execute(
            "insert into board_note (board_id, note_id, body, author_id) values ($1, 'n', 'So', $2)",
            &[&board, &school.stranger.id.to_string()],
        )
        .await
        .unwrap();
        let sam = json!({ "user": school.stranger.id, "name": "Sam" });
        assert_eq!(owner.get(&people).await.json(), json!({ "people": [sam] }));
        let seen = other.browser.clone().get(&people).await.json();
        let olga = json!({ "user": school.owner.id, "name": "Olga" });
        assert_eq!(seen, json!({ "people": [olga, sam] }));
    })
    .await;
}
