//! Somebody is given what is their own, and nothing else.

use host::projection;
use serde_json::{Value, json};
use yrs::{Map, MapPrelim, Transact, WriteTxn};

use crate::{
    common::documents::edited,
    school::{School, in_school},
};

async fn export(school: &School, query: &str) -> Value {
    let mut browser = school.student.browser.clone();
    let given = browser.get(&format!("/api/me/export{query}")).await;
    assert_eq!(given.status, 200, "{given:?}");
    let disposition = given.header("content-disposition").expect("it is a file");
    assert!(disposition.starts_with("attachment;"), "{disposition}");
    assert_eq!(given.header("cache-control"), Some("no-store"));
    given.json()
}

#[tokio::test]
async fn one_is_given_what_one_is_and_may_and_has_made() {
    in_school(async |school: School| {
        let class = school.class().await;
        let own = school.case_of(&school.student, "My own case.").await;
        let token = json!({ "role": "read" });
        let path = format!("/api/cases/{}/client-tokens", class.case);
        assert_eq!(
            school
                .student
                .browser
                .clone()
                .post(&path, &token)
                .await
                .status,
            201
        );
        let mine: &'static str = Box::leak(school.student.id.to_string().into_boxed_str());
        let tias: &'static str = Box::leak(school.tutor.id.to_string().into_boxed_str());
        let document = edited(yrs::Update::EMPTY_V1, 5, |document| {
            let mut txn = document.transact_mut();
            for (root, key, author, text) in [
                ("comments", "mine", mine, "my words"),
                ("highlights", "mine", mine, "my quote"),
                ("comments", "tias", tias, "Tia's words"),
            ] {
                let map = txn.get_or_insert_map(root);
                map.insert(
                    &mut txn,
                    key,
                    MapPrelim::from_iter([("author_id", author), ("text", text)]),
                );
            }
        });
        assert_eq!(
            school.world.put(&class.case, None, &document).await.status,
            200
        );

        let all = export(&school, "").await;
        assert_eq!(all["format"], "glossator.person.v1");
        assert_eq!(all["profile"]["name"], "Stu");
        assert_eq!(all["sessions"][0]["way"], "development");
        assert_eq!(all["identities"].as_array().unwrap().len(), 1);
        assert_eq!(all["classes"][0]["name"], "Law 1");
        assert_eq!(all["client_tokens"][0]["role"], "read");
        let acts: Vec<&Value> = all["log"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| &entry["act"])
            .collect();
        assert!(acts.contains(&&json!("enrolment_set")), "{acts:?}");
        let cases = all["cases"].as_array().unwrap();
        let of = |id: &str| cases.iter().find(|case| case["case"] == *id).unwrap();
        let made = of(&class.case)["made"].as_array().unwrap();
        let kinds: Vec<&Value> = made.iter().map(|one| &one["kind"]).collect();
        assert_eq!(kinds, ["highlight", "comment"]);
        assert_eq!(made[1]["fields"]["text"], "my words");
        assert!(of(&own)["text"].to_string().contains("My own case."));
        let written = all.to_string();
        for others in ["Tia's words", tias, "Olga"] {
            assert!(!written.contains(others), "{others}");
        }
        assert!(
            !written.contains("It is so ordered."),
            "the text is its owner's"
        );
    })
    .await;
}

#[tokio::test]
async fn one_is_given_ones_notes_and_strokes_on_boards() {
    in_school(async |school: School| {
        let class = school.class().await;
        let board = school.board_in(&class).await;
        let mine: &'static str = Box::leak(school.student.id.to_string().into_boxed_str());
        let tias: &'static str = Box::leak(school.tutor.id.to_string().into_boxed_str());
        let document = edited(yrs::Update::EMPTY_V1, 5, |document| {
            let mut txn = document.transact_mut();
            for (root, key, author, field, words) in [
                ("stickies", "n", mine, "text", "my note"),
                ("strokes", "s", mine, "points", "0,0 1,1"),
                ("stickies", "t", tias, "text", "Tia's note"),
            ] {
                let map = txn.get_or_insert_map(root);
                let entry = MapPrelim::from_iter([("author_id", author), (field, words)]);
                map.insert(&mut txn, key, entry);
            }
        });
        let stored = school.world.put(&board, None, &document).await;
        assert_eq!(stored.status, 200);
        let all = export(&school, "").await;
        let cases = all["cases"].as_array().expect("a list");
        let given = cases.iter().find(|case| case["case"] == *board);
        let given = given.expect("a board on which one wrote");
        let made = given["made"].as_array().expect("a list");
        let words: Vec<String> = made.iter().map(|one| one["fields"].to_string()).collect();
        assert_eq!(made.len(), 2, "{given}");
        assert!(words.iter().any(|fields| fields.contains("my note")));
        assert!(words.iter().any(|fields| fields.contains("0,0 1,1")));
        assert!(!all.to_string().contains("Tia's note"));
    })
    .await;
}

#[tokio::test]
async fn one_is_given_ones_notes_on_a_board_where_no_row_says_any_more_that_one_had_a_role() {
    in_school(async |school: School| {
        let class = school.class().await;
        let board = school.board_in(&class).await;
        let mine: &'static str = Box::leak(school.student.id.to_string().into_boxed_str());
        let document = edited(yrs::Update::EMPTY_V1, 5, |document| {
            let mut txn = document.transact_mut();
            let notes = txn.get_or_insert_map("stickies");
            let note = MapPrelim::from_iter([("author_id", mine), ("text", "my note")]);
            notes.insert(&mut txn, "n", note);
        });
        let stored = school.world.put(&board, None, &document).await;
        assert_eq!(stored.status, 200);
        let sql = school.world.sql().await;
        let forget = "delete from grants where case_id = $1 and user_id = $2";
        let forgotten = sql.execute(forget, &[&board, &mine]).await;
        assert_eq!(forgotten.expect("Postgres works"), 1);
        let boards = async || {
            let all = export(&school, "").await;
            let cases = all["cases"].as_array().expect("a list").clone();
            let given = cases.into_iter().find(|case| case["case"] == *board);
            given.map(|board| board["made"].clone())
        };
        assert_eq!(boards().await, None, "nothing leads there yet");
        let projected = projection::catch_up(&school.world.store).await;
        projected.expect("it projects");
        let made = boards().await.expect("the board with one's note");
        assert_eq!(made.as_array().map(Vec::len), Some(1), "{made}");
        assert!(made.to_string().contains("my note"), "{made}");
    })
    .await;
}

#[tokio::test]
async fn no_secret_is_given_out() {
    in_school(async |school: School| {
        school.class().await;
        let written = export(&school, "").await.to_string();
        let sql = school.world.sql().await;
        let row = sql
            .query_one("select encode(id_hash, 'hex') from sessions limit 1", &[])
            .await
            .unwrap();
        assert!(!written.contains(&row.get::<_, String>(0)));
        assert!(!written.contains("hash"), "{written}");
    })
    .await;
}

#[tokio::test]
async fn what_is_too_much_at_once_is_named_and_given_by_itself() {
    in_school(async |school: School| {
        let long = "Words and words. ".repeat(host::limits::EXPORT_BYTES_MAX / 8 / 17);
        let mut cases = Vec::new();
        for _ in 0..9 {
            cases.push(school.case_of(&school.student, &long).await);
        }
        let all = export(&school, "").await;
        let given = all["cases"].as_array().unwrap().len();
        let left_out = all["left_out"].as_array().unwrap();
        assert!(!left_out.is_empty());
        assert_eq!(given + left_out.len(), 9);
        let left = left_out[0]["case"].as_str().unwrap();
        let one = export(&school, &format!("?case={left}")).await;
        assert_eq!(one["cases"][0]["case"], left);
        assert!(one["cases"][0]["text"].to_string().len() > long.len());
        let others = export(&school, "?case=another").await;
        assert_eq!(others["cases"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn nobody_is_given_anything_without_a_session() {
    in_school(async |school: School| {
        let mut nobody = crate::common::visitor::Visitor::new(&school.world);
        assert_eq!(nobody.get("/api/me/export").await.status, 401);
        let body = json!({ "name": "Stu" });
        assert_eq!(
            nobody.send("DELETE", "/api/me", Some(&body)).await.status,
            401
        );
    })
    .await;
}

#[tokio::test]
async fn the_log_of_ones_own_shares_does_not_tell_whether_an_address_is_known() {
    in_school(async |school: School| {
        let case = school.case_of(&school.student, "My own case.").await;
        let sql = school.world.sql().await;
        let address = "update users set email = 'sam@uni.example' where id = $1";
        sql.execute(address, &[&school.stranger.id]).await.unwrap();
        let mut browser = school.student.browser.clone();
        let shares = format!("/api/cases/{case}/shares");
        let mut told = Vec::new();
        for email in ["sam@uni.example", "nobody@uni.example"] {
            for role in [json!("read"), json!(null)] {
                let share = json!({ "email": email, "role": role });
                assert_eq!(browser.put(&shares, &share).await.status, 200);
            }
            let log = export(&school, "").await["log"].clone();
            let mut newest = log.as_array().expect("a list")[..2].to_vec();
            for entry in &mut newest {
                assert_eq!(entry["act"], "share_set");
                entry["at"] = json!(null);
            }
            told.push(newest);
        }
        assert_eq!(told[0], told[1]);
    })
    .await;
}

#[tokio::test]
async fn what_one_was_given_by_an_address_is_whoevers_who_took_it_up_whosever_that_is_by_now() {
    in_school(async |school: School| {
        let class = school.class().await;
        let other = school.case().await;
        let sql = school.world.sql().await;
        let call = async |user: uuid::Uuid, email: Option<&str>| {
            let called = "update users set email = $2 where id = $1";
            sql.execute(called, &[&user, &email]).await.unwrap();
        };
        let mut owner = school.owner.browser.clone();
        let mut share = async |case: &str, share: Value| {
            let path = format!("/api/cases/{case}/shares");
            assert_eq!(owner.put(&path, &share).await.status, 200, "{share}");
        };
        let given = async || {
            let all = export(&school, "").await;
            let role = all["roles"].as_array().unwrap().iter();
            let role = role
                .filter(|role| role["case"] == *class.case)
                .collect::<Vec<_>>();
            assert_eq!(role.len(), 1, "{role:?}");
            let invitations = all["invitations_to_cases"].as_array().unwrap().iter();
            let cases: Vec<Value> = invitations.map(|one| one["case"].clone()).collect();
            (role[0]["was_given_to_you"].clone(), cases)
        };
        let (student, stranger) = (school.student.id, school.stranger.id);
        call(student, Some("stu@uni.example")).await;
        assert_eq!(given().await, (json!(false), vec![]), "their class gave it");
        share(&class.case, json!({ "user": student, "role": "read" })).await;
        assert_eq!(given().await, (json!(true), vec![]));
        share(
            &class.case,
            json!({ "email": "stu@uni.example", "role": "comment" }),
        )
        .await;
        let mine = (json!(true), vec![json!(class.case)]);
        assert_eq!(given().await, mine, "once, though it was given twice");
        share(&class.case, json!({ "user": student, "role": null })).await;
        assert_eq!(given().await, mine, "by the address alone");

        // One that waits is whoever's who has the address.
        share(
            &other,
            json!({ "email": "new@uni.example", "role": "read" }),
        )
        .await;
        assert_eq!(given().await, mine);
        call(student, Some("new@uni.example")).await;
        call(stranger, Some("stu@uni.example")).await;
        let both = given().await;
        assert_eq!(both, (json!(true), vec![json!(class.case), json!(other)]));
        let mut stranger = school.stranger.browser.clone();
        let strangers = stranger.get("/api/me/export").await.json();
        assert_eq!(
            strangers["invitations_to_cases"],
            json!([]),
            "nobody else's"
        );
    })
    .await;
}
