//! Sharing, and what staff see of what was done.

use host::{limits::CASE_SHARES_MAX, projection};
use serde_json::json;

use crate::{
    common::documents::{edited, highlighted},
    school::{Person, School, in_school, string},
};
use yrs::{Map, MapPrelim, Transact, WriteTxn};

#[tokio::test]
async fn sharing_does_not_tell_whether_an_address_is_known() {
    in_school(async |school: School| {
        let case = school.case().await;
        let sql = school.world.sql().await;
        let address = "update users set email = 'sam@uni.example' where id = $1";
        sql.execute(address, &[&school.stranger.id]).await.unwrap();
        let mut owner = school.owner.browser.clone();
        let path = format!("/api/cases/{case}/shares");
        let mut answers = Vec::new();
        for email in ["sam@uni.example", "nobody@uni.example"] {
            let answer = owner.put(&path, &json!({ "email": email, "role": "comment" })).await;
            answers.push((answer.status, answer.body));
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0].0, 200);
        let listed = owner.get(&path).await.json();
        let expected = json!({
            "shares": [],
            "invited": [
                { "email": "nobody@uni.example", "role": "comment" }, { "email": "sam@uni.example", "role": "comment" },
            ],
        });
        assert_eq!(listed, expected);
        assert_eq!(school.role(&case, school.stranger.id).await.as_deref(), Some("comment"));
        // As if there were nobody: neither an id nor a name comes of an address by other ways.
        let people = format!("/api/cases/{case}/people");
        assert_eq!(owner.get(&people).await.json(), json!({ "people": [] }));
        assert_eq!(owner.get("/api/search?q=sam").await.json()["hits"], json!([]));
        let own = json!({ "email": "sam@uni.example", "role": "own" });
        assert_eq!(owner.put(&path, &own).await.status, 200);
        // Nor is it told whose of the ids that one knows the address is.
        let by_id = json!({ "user": school.stranger.id, "role": "read" });
        assert_eq!(owner.put(&path, &by_id).await.status, 404);
        let tia = json!({ "email": "tia@uni.example", "role": "comment" });
        let address = "update users set email = 'tia@uni.example' where id = $1";
        sql.execute(address, &[&school.tutor.id]).await.unwrap();
        assert_eq!(owner.put(&path, &tia).await.status, 200);
        let seen = school.tutor.browser.clone().get(&people).await.json();
        assert_eq!(seen["people"], json!([{ "user": school.owner.id, "name": "Olga" }]));
        owner.put(&path, &json!({ "email": "tia@uni.example", "role": null })).await;
        for email in ["SAM@uni.example", "nobody@uni.example"] {
            owner.put(&path, &json!({ "email": email, "role": null })).await;
        }
        assert_eq!(owner.get(&path).await.json(), json!({ "shares": [], "invited": [] }));
        assert_eq!(school.role(&case, school.stranger.id).await, None);
    })
    .await;
}

#[tokio::test]
async fn whoever_was_invited_by_an_address_is_found_once_they_write_or_are_in_the_class() {
    in_school(async |school: School| {
        let class = school.class().await;
        let sql = school.world.sql().await;
        let address = "update users set email = lower(name) || '@uni.example'";
        sql.execute(address, &[]).await.unwrap();
        let mut owner = school.owner.browser.clone();
        let path = format!("/api/cases/{}/shares", class.case);
        for email in ["sam@uni.example", "stu@uni.example"] {
            let share = json!({ "email": email, "role": "comment" });
            assert_eq!(owner.put(&path, &share).await.status, 200);
        }
        let people = format!("/api/cases/{}/people", class.case);
        let names = async |person: &Person| {
            let answer = person.browser.clone().get(&people).await.json();
            let people = answer["people"].as_array().unwrap().clone();
            people
                .iter()
                .map(|one| string(one, "name"))
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&school.owner).await, ["Ina", "Stu", "Tia"]);
        let author: &'static str = Box::leak(school.stranger.id.to_string().into_boxed_str());
        let document = highlighted(yrs::Update::EMPTY_V1, 5, "h", &[("author_id", author)]);
        assert_eq!(
            school.world.put(&class.case, None, &document).await.status,
            200
        );
        projection::catch_up(&school.world.store).await.unwrap();
        assert_eq!(names(&school.owner).await, ["Ina", "Sam", "Stu", "Tia"]);
        assert_eq!(names(&school.student).await, ["Ina", "Olga", "Sam"]);
        let hits = owner.get("/api/search?q=sam").await.json()["hits"].clone();
        assert_eq!(hits[0]["item"], author);
        // They were invited to another case before they came into its class.
        let other = school.class().await;
        let share = json!({ "email": "sam@uni.example", "role": "comment" });
        let path = format!("/api/cases/{}/shares", other.case);
        assert_eq!(owner.put(&path, &share).await.status, 200);
        let people = format!("/api/cases/{}/people", other.case);
        assert!(!owner.get(&people).await.body.contains("Sam"));
        let code = json!({ "code": other.code });
        school
            .stranger
            .browser
            .clone()
            .post("/api/join", &code)
            .await;
        assert!(owner.get(&people).await.body.contains("Sam"));
    })
    .await;
}

#[tokio::test]
async fn roles_are_changed_on_a_case_that_is_shared_with_as_many_as_may_be() {
    in_school(async |school: School| {
        let case = school.case().await;
        let path = format!("/api/cases/{case}/shares");
        let sql = school.world.sql().await;
        let addresses = "update users set email = lower(name) || '@uni.example'";
        sql.execute(addresses, &[]).await.unwrap();
        let mut owner = school.owner.browser.clone();
        for email in ["sam@uni.example", "waits@uni.example"] {
            let share = json!({ "email": email, "role": "annotate" });
            assert_eq!(owner.put(&path, &share).await.status, 200);
        }
        sql.execute(
            "insert into shares (case_id, user_id, name, role)
             select $1, 'u-' || n, 'U', 'annotate' from generate_series(1, $2::bigint - 2) as n",
            &[&case, &CASE_SHARES_MAX],
        )
        .await
        .unwrap();
        let read = json!("read");
        for (with, who) in [
            ("email", "sam@uni.example"),
            ("email", "waits@uni.example"),
            ("user", "u-1"),
        ] {
            let changed = owner.put(&path, &json!({ with: who, "role": read })).await;
            assert_eq!(changed.status, 200, "{who}: {changed:?}");
        }
        let mut answers = Vec::new();
        for email in ["tia@uni.example", "nobody@uni.example"] {
            let more = owner.put(&path, &json!({ "email": email, "role": read })).await;
            answers.push((more.status, more.body));
        }
        assert_eq!(answers[0].0, 409);
        assert_eq!(answers[0], answers[1]);
        let least = "select count(*) from (select role from shares union all select role from case_invitations) as r
                     where role = 'read'";
        assert_eq!(school.world.count(least).await, 3);
        owner.put(&path, &json!({ "user": "u-2", "role": null })).await;
        let again = owner.put(&path, &json!({ "email": "tia@uni.example", "role": read })).await;
        assert_eq!(again.status, 200, "there is room again: {again:?}");
    })
    .await;
}

#[tokio::test]
async fn whoever_owns_a_case_by_a_share_shares_it_and_cannot_delete_it() {
    in_school(async |school: School| {
        let class = school.class().await;
        let path = format!("/api/cases/{}/shares", class.case);
        let own = json!({ "user": school.student.id, "role": "own" });
        assert_eq!(
            school.owner.browser.clone().put(&path, &own).await.status,
            200
        );
        let mut student = school.student.browser.clone();
        let gift = json!({ "user": school.tutor.id, "role": "own" });
        assert_eq!(student.put(&path, &gift).await.status, 200);
        assert_eq!(
            school.role(&class.case, school.tutor.id).await.as_deref(),
            Some("own")
        );
        assert_eq!(
            student
                .delete(&format!("/api/cases/{}", class.case))
                .await
                .status,
            404
        );
    })
    .await;
}

#[tokio::test]
async fn staff_see_who_has_written_what_and_who_has_not_begun() {
    in_school(async |school: School| {
        let class = school.class().await;
        let author: &'static str = Box::leak(school.student.id.to_string().into_boxed_str());
        let one = [
            ("tag", "t1"),
            ("author_id", author),
            ("created_at", "2026-11-21T04:00:00+01:00"),
        ];
        let other = [("tag", "tag-order"), ("author_id", author)];
        let mut document = highlighted(yrs::Update::EMPTY_V1, 5, "h1", &one);
        document = highlighted(&document, 6, "h2", &one);
        document = highlighted(&document, 7, "h3", &other);
        document = edited(&document, 8, |document| {
            let mut txn = document.transact_mut();
            let comments = txn.get_or_insert_map("comments");
            for (id, on) in [("c", "h3"), ("d", "h1"), ("e", "h1"), ("f", "gone")] {
                let comment = [
                    ("text", "so?"),
                    ("highlight_id", on),
                    ("author_id", author),
                    ("created_at", "2026-11-22T00:00:00Z"),
                ];
                comments.insert(&mut txn, id, MapPrelim::from_iter(comment));
            }
        });
        school.world.put(&class.case, None, &document).await;
        projection::catch_up(&school.world.store).await.unwrap();
        school
            .stranger
            .browser
            .clone()
            .post("/api/join", &json!({ "code": class.code }))
            .await;

        let path = format!("/api/classes/{}/progress", class.id);
        let progress = school.tutor.browser.clone().get(&path).await.json();
        let expected = json!({ "cases": [{
            "id": class.case, "title": "A v B",
            "people": [{
                "user": author, "name": "Stu", "student": true, "highlights": { "": 2, "Order": 1 }, "comments": 4,
                "comments_by_tag": { "": 3, "Order": 1 },
                "last_at": "2026-11-22T00:00:00.000Z",
            }],
            "not_begun": [{ "user": school.stranger.id, "name": "Sam" }],
        }] });
        assert_eq!(progress, expected);

        let tia: &'static str = Box::leak(school.tutor.id.to_string().into_boxed_str());
        let by_staff = highlighted(&document, 9, "h4", &[("author_id", tia)]);
        let put = school.world.put(&class.case, None, &by_staff).await;
        assert_eq!(put.status, 200);
        projection::catch_up(&school.world.store).await.unwrap();
        let progress = school.owner.browser.clone().get(&path).await.json();
        let people = progress["cases"][0]["people"].as_array().unwrap();
        let told: Vec<_> = people.iter().map(|one| (&one["name"], &one["student"])).collect();
        let (stu, tia) = (json!("Stu"), json!("Tia"));
        assert_eq!(told, [(&stu, &json!(true)), (&tia, &json!(false))], "and staff is not counted");
    })
    .await;
}

#[tokio::test]
async fn a_client_token_is_for_at_most_ones_own_role_and_seen_by_oneself_and_owners() {
    in_school(async |school: School| {
        let class = school.class().await;
        let path = format!("/api/cases/{}/client-tokens", class.case);
        let mut student = school.student.browser.clone();
        for (wanted, status) in [
            (json!({ "role": "annotate" }), 201),
            (json!({ "role": "own" }), 403),
            (json!({ "role": "none" }), 400),
            (json!({ "role": "read", "lasts_ms": 0 }), 400),
            (
                json!({ "role": "read", "lasts_ms": 24 * 60 * 60 * 1000 + 1 }),
                400,
            ),
        ] {
            assert_eq!(
                student.post(&path, &wanted).await.status,
                status,
                "{wanted}"
            );
        }
        for (person, seen) in [
            (&school.student, 1),
            (&school.tutor, 0),
            (&school.instructor, 1),
        ] {
            let listed = person.browser.clone().get(&path).await.json();
            assert_eq!(listed["client_tokens"].as_array().unwrap().len(), seen);
        }
        let listed = student.get(&path).await.json();
        let one = format!(
            "{path}/{}",
            listed["client_tokens"][0]["id"].as_str().unwrap()
        );
        let mut tutor = school.tutor.browser.clone();
        assert_eq!(tutor.delete(&one).await.status, 404);
        school.take_orders().await;
        assert_eq!(student.delete(&one).await.status, 200);
        assert_eq!(school.take_orders().await, [format!("{} rule", class.case)]);
    })
    .await;
}
