//! Cases: brought, hidden until a day, copied with their tags, and deleted.

use std::time::Duration;

use contract::{CaseId, Role};
use host::projection;
use serde_json::json;
use yrs::{Map, MapPrelim, Transact, WriteTxn};

use crate::{
    common::documents::{edited, highlighted},
    school::{School, in_school, string},
};

const FAR: &str = "2999-01-01T00:00:00Z";
const PAST: &str = "2001-01-01T00:00:00Z";

#[tokio::test]
async fn a_case_is_its_bringers_and_nobody_elses() {
    in_school(async |school: School| {
        let case = school.case_of(&school.stranger, "a").await;
        let mine = school
            .stranger
            .browser
            .clone()
            .get("/api/cases")
            .await
            .json();
        assert_eq!(
            (&mine["cases"][0]["id"], &mine["cases"][0]["role"]),
            (&json!(case), &json!("own"))
        );
        assert_eq!(mine["cases"][0]["deletable"], json!(true));
        let others = school.owner.browser.clone().get("/api/cases").await.json();
        assert_eq!(others, json!({ "cases": [] }));
        assert_eq!(
            school.ticket_role(&case, school.stranger.id).await,
            Some(Role::Own)
        );
        assert_eq!(school.ticket_role(&case, school.owner.id).await, None);
    })
    .await;
}

#[tokio::test]
async fn an_archived_case_is_still_its_owners_to_open_and_only_its_bringers_to_delete() {
    in_school(async |school: School| {
        let class = school.class().await;
        let path = format!("/api/cases/{}", class.case);
        let archive = json!({ "state": "archived" });
        let mut owner = school.owner.browser.clone();
        assert_eq!(owner.patch(&path, &archive).await.status, 200);
        for (person, owned, deletable) in [
            (&school.owner, true, true),
            (&school.instructor, true, false),
            (&school.student, false, false),
        ] {
            let seen = person.browser.clone().get(&path).await.json();
            assert_eq!(
                (&seen["role"], &seen["owned"], &seen["deletable"]),
                (&json!("read"), &json!(owned), &json!(deletable))
            );
        }

        // Its own state is told apart from what its class leaves of it.
        let open = json!({ "state": "open" });
        assert_eq!(owner.patch(&path, &open).await.status, 200);
        let in_class = format!("/api/classes/{}", class.id);
        let lock = json!({ "state": "locked" });
        assert_eq!(owner.patch(&in_class, &lock).await.status, 200);
        let seen = owner.get(&path).await.json();
        assert_eq!(
            (&seen["own_state"], &seen["state"]),
            (&json!("open"), &json!("locked"))
        );
        assert_eq!(owner.patch(&path, &archive).await.status, 200);
        let seen = owner.get(&path).await.json();
        assert_eq!(
            (&seen["own_state"], &seen["state"]),
            (&json!("archived"), &json!("archived"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_hidden_case_lets_in_its_owners_alone_until_it_is_shown_and_then_for_good() {
    in_school(async |school: School| {
        let class = school.class().await;
        let case = school.case().await;
        let share = json!({ "user": school.stranger.id, "role": "annotate" });
        let invited = json!({ "email": "sam@uni.example", "role": "annotate" });
        let sql = school.world.sql().await;
        let address = "update users set email = 'sam@uni.example' where id = $1";
        sql.execute(address, &[&school.stranger.id]).await.unwrap();
        let mut owner = school.owner.browser.clone();
        let shares = format!("/api/cases/{case}/shares");
        assert_eq!(
            owner.put(&shares, &share).await.status,
            404,
            "no ids are tried out"
        );
        assert_eq!(owner.put(&shares, &invited).await.status, 200);
        let shared = school.grant(&case, school.stranger.id).await.unwrap();
        school.take_orders().await;

        let place = json!({ "case": case, "visible_from": FAR });
        let cases = format!("/api/classes/{}/cases", class.id);
        assert_eq!(owner.post(&cases, &place).await.status, 200);
        let expected = [
            (school.stranger.id, None),
            (school.student.id, None),
            (school.instructor.id, Some(Role::Own)),
        ];
        for (user, role) in expected {
            assert_eq!(school.ticket_role(&case, user).await, role);
        }
        let hidden = school.grant(&case, school.stranger.id).await.unwrap();
        assert!(hidden.1 > shared.1, "what was given out before is void");
        let id = CaseId::parse(&case).unwrap();
        let ruling = school.world.store.ruling(&id).await.unwrap();
        let told = |user: uuid::Uuid| {
            let user = user.to_string();
            ruling
                .changes
                .iter()
                .find(|change| change.user == user)
                .unwrap()
                .role
        };
        assert_eq!(
            (told(school.stranger.id), told(school.instructor.id)),
            (None, Some(Role::Own))
        );
        assert_eq!(school.take_orders().await, [format!("{case} rule")]);
        let path = format!("/api/classes/{}", class.id);
        for (person, seen) in [(&school.student, 1), (&school.instructor, 2)] {
            let page = person.browser.clone().get(&path).await.json();
            assert_eq!(page["cases"].as_array().unwrap().len(), seen);
        }

        let of_case = format!("/api/cases/{case}");
        let text = owner.get(&of_case).await.json()["text"].clone();
        let text = format!("/api/texts/{}", text.as_str().unwrap());
        // The other case of the class has the same text.
        let first = json!({ "visible_from": FAR });
        assert_eq!(
            owner
                .patch(&format!("/api/cases/{}", class.case), &first)
                .await
                .status,
            409
        );
        let mut stranger = school.stranger.browser.clone();
        assert_eq!(stranger.get(&text).await.status, 404);
        assert_eq!(stranger.get(&of_case).await.status, 404);
        let mut show = async |moment: Option<&str>| {
            let wanted = json!({ "visible_from": moment });
            owner.patch(&of_case, &wanted).await.status
        };
        assert_eq!(
            show(Some("2998-01-01T00:00:00Z")).await,
            200,
            "it may be moved while it has not come"
        );
        assert_eq!(show(Some(PAST)).await, 200);
        assert_eq!(
            school.ticket_role(&case, school.student.id).await,
            Some(Role::Annotate)
        );
        assert_eq!(
            show(Some(FAR)).await,
            409,
            "what was read cannot be taken back"
        );
        let withdrawn = format!("{cases}/{case}");
        assert_eq!(owner.delete(&withdrawn).await.status, 200);
        assert_eq!(owner.post(&cases, &place).await.status, 409);
        assert_eq!(
            school.role(&case, school.student.id).await,
            None,
            "it is in no class"
        );
    })
    .await;
}

#[tokio::test]
async fn a_copy_has_the_text_and_the_tags_and_nothing_that_anybody_wrote() {
    in_school(async |school: School| {
        let class = school.class().await;
        let tagged = edited(&highlighted(yrs::Update::EMPTY_V1, 5, "h", &[("tag", "t")]), 6, |document| {
            let mut txn = document.transact_mut();
            let tags = txn.get_or_insert_map("tags");
            let tag = [("name", "Obiter dicta"), ("author_id", "ann")];
            tags.insert(&mut txn, "t", MapPrelim::from_iter(tag));
        });
        assert_eq!(school.world.put(&class.case, None, &tagged).await.status, 200);
        let path = format!("/api/cases/{}/copy", class.case);
        let mut instructor = school.instructor.browser.clone();
        let copied = instructor.post(&path, &json!({ "class": class.id })).await;
        assert_eq!(copied.status, 201, "{copied:?}");
        let copy = string(&copied.json(), "id");
        assert_ne!(copy, class.case);
        let texts = school.world.count("select count(distinct text_sha256) from cases").await;
        assert_eq!(texts, 1, "the text is stored once");
        assert_eq!(school.ticket_role(&copy, school.student.id).await, Some(Role::Annotate));

        projection::catch_up(&school.world.store).await.unwrap();
        let sql = school.world.sql().await;
        let row = sql
            .query_one(
                "select (select string_agg(tag_id || ' ' || name, ',') from case_tag where case_id = $1),
                        (select count(*) from highlight where case_id = $1)",
                &[&copy],
            )
            .await
            .unwrap();
        assert_eq!((row.get::<_, Option<&str>>(0), row.get::<_, i64>(1)), (Some("t Obiter dicta"), 0));
        let stored = school.world.get(&copy).await;
        assert_eq!(stored.status, 200, "the room begins with it");
        assert!(!String::from_utf8_lossy(&stored.body).contains("ann"));
    })
    .await;
}

#[tokio::test]
async fn nobody_is_worked_for_who_may_not_copy_a_case_or_divide_it() {
    in_school(async |school: School| {
        let class = school.class().await;
        let mut sql = school.world.sql().await;
        // Whoever wants to read a document waits.
        let tx = sql.transaction().await.unwrap();
        let lock = "lock table annotation_document_state in access exclusive mode";
        tx.batch_execute(lock).await.unwrap();
        let copy = format!("/api/cases/{}/copy", class.case);
        let divide = format!("/api/classes/{}/cases/{}/sections", class.id, class.case);
        let body = json!({ "class": class.id });
        for path in [copy, divide] {
            for person in [&school.stranger, &school.student, &school.tutor] {
                let mut browser = person.browser.clone();
                let asked = browser.post(&path, &body);
                let answer = tokio::time::timeout(Duration::from_secs(10), asked).await;
                assert_eq!(answer.expect("nothing was read").status, 404, "{path}");
            }
        }
        tx.rollback().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_deleted_case_is_gone_for_everybody_with_all_that_followed_from_it() {
    in_school(async |school: School| {
        let class = school.class().await;
        let mut owner = school.owner.browser.clone();
        let invited = json!({ "email": "new@uni.example", "role": "read" });
        owner.put(&format!("/api/cases/{}/shares", class.case), &invited).await;
        assert_eq!(owner.delete(&format!("/api/cases/{}", class.case)).await.status, 200);
        assert_eq!(school.ticket_role(&class.case, school.student.id).await, None);
        assert_eq!(school.take_orders().await, [format!("{} delete", class.case)]);
        let left = "select (select count(*) from cases) + (select count(*) from grants) + (select count(*) from shares)
                         + (select count(*) from case_invitations) + (select count(*) from case_passage)
                         + (select count(*) from case_text)";
        assert_eq!(school.world.count(left).await, 0);
        assert_eq!(school.world.get(&class.case).await.status, 410);
        let verdict = school.world.store.verify_audit_log().await.unwrap();
        assert_eq!(verdict.findings, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_case_is_in_one_class_at_a_time() {
    in_school(async |school: School| {
        let (first, second) = (school.class().await, school.class().await);
        let mut owner = school.owner.browser.clone();
        let cases = format!("/api/classes/{}/cases", second.id);
        let taken = owner.post(&cases, &json!({ "case": first.case })).await;
        assert_eq!(taken.status, 409);
        let archived = json!({ "state": "archived" });
        owner
            .patch(&format!("/api/classes/{}", second.id), &archived)
            .await;
        let late = owner
            .post(&cases, &json!({ "case": school.case().await }))
            .await;
        assert_eq!(late.status, 409);
    })
    .await;
}

#[tokio::test]
async fn a_hidden_case_is_shown_at_once_if_that_is_said() {
    in_school(async |school: School| {
        let class = school.class().await;
        let case = school.case().await;
        let mut owner = school.owner.browser.clone();
        let place = json!({ "case": case, "visible_from": FAR });
        let cases = format!("/api/classes/{}/cases", class.id);
        assert_eq!(owner.post(&cases, &place).await.status, 200);
        let path = format!("/api/cases/{case}");
        for said in [json!({ "title": "C v D" }), json!({ "visible_from": null })] {
            assert_eq!(school.ticket_role(&case, school.student.id).await, None);
            assert_eq!(owner.patch(&path, &said).await.status, 200);
        }
        let role = school.ticket_role(&case, school.student.id).await;
        assert_eq!(role, Some(Role::Annotate));
        let again = json!({ "visible_from": null });
        assert_eq!(
            owner.patch(&path, &again).await.status,
            200,
            "it is so already"
        );
        let seen = school.student.browser.clone().get(&path).await.json();
        assert_eq!(seen["title"], "C v D");
    })
    .await;
}

#[tokio::test]
async fn a_case_may_be_longer_than_what_is_commonly_sent() {
    in_school(async |school: School| {
        let long = "é ".repeat(800_000);
        let case = school.case_of(&school.owner, &long).await;
        let found = school
            .owner
            .browser
            .clone()
            .get(&format!("/api/cases/{case}"))
            .await;
        assert_eq!(found.json()["paragraphs"], 1);
    })
    .await;
}
