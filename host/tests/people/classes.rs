//! Classes: joined by a code, led, locked and archived.

use contract::{CaseId, CaseState, Role};
use serde_json::json;

use crate::school::{School, in_school, string};

#[tokio::test]
async fn a_class_is_joined_by_its_code_until_that_is_taken_back() {
    in_school(async |school: School| {
        let class = school.class().await;
        let typed = format!("{}-{} ", &class.code[..6], &class.code[6..]).to_lowercase();
        let mut stranger = school.stranger.browser.clone();
        let joined = stranger.post("/api/join", &json!({ "code": typed })).await;
        assert_eq!(joined.json(), json!({ "class": class.id }));
        let listed = stranger.get("/api/classes").await.json();
        let expected = json!({ "id": class.id, "name": "Law 1", "role": "student", "state": "open", "members": 5, "cases": 1 });
        assert_eq!(listed, json!({ "classes": [expected] }));
        let again = school.instructor.browser.clone().post("/api/join", &json!({ "code": class.code })).await;
        assert_eq!(again.status, 200);
        let role = school.instructor.browser.clone().get("/api/classes").await.json();
        assert_eq!(role["classes"][0]["role"], "instructor", "who is in it stays what they are");

        let path = format!("/api/classes/{}/invite-code", class.id);
        let mut owner = school.owner.browser.clone();
        let other = string(&owner.post(&path, &json!({})).await.json(), "invite_code");
        assert_ne!(other, class.code);
        for (code, status) in [(class.code.as_str(), 404), (&other, 200)] {
            assert_eq!(stranger.post("/api/join", &json!({ "code": code })).await.status, status);
        }
        owner.delete(&path).await;
        for code in [other.as_str(), "", "000000000000", "none"] {
            let answer = stranger.post("/api/join", &json!({ "code": code })).await;
            assert_eq!((answer.status, answer.json()), (404, json!({ "error": "there is no such code" })));
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_class_shows_depends_on_who_looks() {
    in_school(async |school: School| {
        let class = school.class().await;
        let path = format!("/api/classes/{}", class.id);
        let student = school.student.browser.clone().get(&path).await.json();
        assert_eq!(
            (&student["role"], &student["default_role"]),
            (&json!("student"), &json!("annotate"))
        );
        assert_eq!(student["cases"][0]["id"], json!(class.case));
        assert_eq!(student["cases"][0]["role"], "annotate");
        assert_eq!(student["people"], 4);
        for hidden in ["members", "invited", "invite_code"] {
            assert!(student.get(hidden).is_none(), "{hidden}");
        }
        let tutor = school.tutor.browser.clone().get(&path).await.json();
        let members = tutor["members"].as_array().unwrap();
        let roles: Vec<_> = members
            .iter()
            .map(|member| (string(member, "name"), string(member, "role")))
            .collect();
        let expected = [
            ("Ina", "instructor"),
            ("Olga", "coordinator"),
            ("Stu", "student"),
            ("Tia", "tutor"),
        ];
        assert_eq!(
            roles,
            expected.map(|(name, role)| (name.to_owned(), role.to_owned()))
        );
        assert_eq!(tutor["invite_code"], json!(class.code));
    })
    .await;
}

#[tokio::test]
async fn of_a_class_and_a_case_the_stricter_state_counts_and_rooms_are_told() {
    in_school(async |school: School| {
        let class = school.class().await;
        let case = CaseId::parse(&class.case).unwrap();
        let (of_class, of_case) = (
            format!("/api/classes/{}", class.id),
            format!("/api/cases/{}", class.case),
        );
        let mut owner = school.owner.browser.clone();
        for (path, state, effective, student, own) in [
            (
                &of_class,
                "locked",
                CaseState::Locked,
                Role::Read,
                Role::Own,
            ),
            (
                &of_case,
                "archived",
                CaseState::Archived,
                Role::Read,
                Role::Read,
            ),
            (
                &of_class,
                "open",
                CaseState::Archived,
                Role::Read,
                Role::Read,
            ),
            (&of_case, "locked", CaseState::Locked, Role::Read, Role::Own),
            (&of_case, "open", CaseState::Open, Role::Annotate, Role::Own),
            (
                &of_class,
                "archived",
                CaseState::Archived,
                Role::Read,
                Role::Read,
            ),
        ] {
            school.take_orders().await;
            let before = school.world.store.ruling(&case).await.unwrap().as_of_ms;
            assert_eq!(
                owner.patch(path, &json!({ "state": state })).await.status,
                200
            );
            let ruling = school.world.store.ruling(&case).await.unwrap();
            assert_eq!(ruling.ceiling, effective.ceiling(), "{path} {state}");
            assert!(ruling.as_of_ms >= before);
            assert_eq!(
                school.ticket_role(&class.case, school.student.id).await,
                Some(student)
            );
            assert_eq!(
                school.ticket_role(&class.case, school.owner.id).await,
                Some(own)
            );
            assert_eq!(school.take_orders().await, [format!("{} rule", class.case)]);
            let seen = school
                .student
                .browser
                .clone()
                .get("/api/cases")
                .await
                .json();
            assert_eq!(seen["cases"][0]["state"], json!(effective.name()));
        }
        let code = json!({ "code": class.code });
        let late = school
            .stranger
            .browser
            .clone()
            .post("/api/join", &code)
            .await;
        assert_eq!(late.status, 404, "nobody joins what is over");
        school.take_orders().await;
        owner
            .patch(
                &of_class,
                &json!({ "state": "archived", "name": "Law 1 (2025)" }),
            )
            .await;
        assert_eq!(
            school.take_orders().await,
            [""; 0],
            "nothing has changed but its name"
        );
    })
    .await;
}

#[tokio::test]
async fn a_ruling_is_never_older_than_what_a_class_says() {
    in_school(async |school: School| {
        let class = school.class().await;
        let case = CaseId::parse(&class.case).unwrap();
        let sql = school.world.sql().await;
        let mut last_ms = school.world.store.ruling(&case).await.unwrap().as_of_ms;
        for ahead in [
            "update classes set state_changed_at = now() + interval '1 hour'",
            "update cases set placed_at = now() + interval '2 hours'",
            "update cases set hidden_at = now() + interval '3 hours'",
        ] {
            sql.execute(ahead, &[]).await.unwrap();
            let as_of_ms = school.world.store.ruling(&case).await.unwrap().as_of_ms;
            assert!(as_of_ms > last_ms + 3_000_000, "{ahead}");
            last_ms = as_of_ms;
        }
    })
    .await;
}

#[tokio::test]
async fn the_owner_stays_and_others_may_leave() {
    in_school(async |school: School| {
        let class = school.class().await;
        let member = |id| format!("/api/classes/{}/members/{id}", class.id);
        let mut instructor = school.instructor.browser.clone();
        for answer in [
            instructor.delete(&member(school.owner.id)).await,
            instructor
                .put(&member(school.owner.id), &json!({ "role": "student" }))
                .await,
            school
                .owner
                .browser
                .clone()
                .delete(&member(school.owner.id))
                .await,
        ] {
            assert_eq!(answer.status, 409, "{answer:?}");
        }
        let strangers = instructor
            .put(&member(school.stranger.id), &json!({ "role": "student" }))
            .await;
        assert_eq!(strangers.status, 404, "nobody is enrolled by their id");
        let mut student = school.student.browser.clone();
        assert_eq!(student.delete(&member(school.tutor.id)).await.status, 404);
        assert_eq!(student.delete(&member(school.student.id)).await.status, 200);
        assert_eq!(
            student
                .get(&format!("/api/classes/{}", class.id))
                .await
                .status,
            404
        );
        assert_eq!(school.role(&class.case, school.student.id).await, None);
    })
    .await;
}

#[tokio::test]
async fn whoever_may_make_classes_is_told_so() {
    in_school(async |school: School| {
        for (person, may) in [(&school.owner, true), (&school.stranger, false)] {
            let me = person.browser.clone().get("/api/me").await.json();
            assert_eq!(me["can_create_classes"], json!(may));
        }
        let wanted = json!({ "name": " Law 2 ", "region": "oc", "default_role": "comment" });
        let mut owner = school.owner.browser.clone();
        let made = owner.post("/api/classes", &wanted).await;
        assert_eq!(made.status, 201);
        let path = format!("/api/classes/{}", string(&made.json(), "id"));
        let class = owner.get(&path).await.json();
        assert_eq!(
            (&class["name"], &class["default_role"]),
            (&json!("Law 2"), &json!("comment"))
        );
        assert_eq!(
            class["invite_code"],
            json!(null),
            "nobody may join before there is one"
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_tries_codes_for_joining_is_stopped_and_nobody_else_is() {
    in_school(async |school: School| {
        let class = school.class().await;
        let mut stranger = school.stranger.browser.clone();
        let join = json!({ "code": class.code });
        for tried in 0..30 {
            let code = if tried % 2 == 0 {
                "ABCDEFGHJKMN"
            } else {
                "no code"
            };
            let answer = stranger.post("/api/join", &json!({ "code": code })).await;
            assert_eq!(answer.status, 404, "{tried}: {answer:?}");
        }
        let stopped = stranger.post("/api/join", &join).await;
        assert_eq!(stopped.status, 429, "{stopped:?}");
        let mut tutor = school.tutor.browser.clone();
        assert_eq!(tutor.post("/api/join", &join).await.status, 200);
    })
    .await;
}
