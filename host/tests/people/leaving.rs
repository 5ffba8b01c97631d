//! What is left to whoever leaves a class or is removed, and what is seen of what is hidden.

use contract::Role;
use serde_json::json;

use crate::school::{School, in_school, sign_in, string};

const FAR: &str = "2999-01-01T00:00:00Z";

#[tokio::test]
async fn whoever_was_removed_does_not_come_back_by_the_code_that_they_know() {
    in_school(async |school: School| {
        let class = school.class().await;
        let mut owner = school.owner.browser.clone();
        let member = format!("/api/classes/{}/members/{}", class.id, school.student.id);
        assert_eq!(owner.delete(&member).await.status, 200);
        let mut student = school.student.browser.clone();
        let known = json!({ "code": class.code });
        assert_eq!(student.post("/api/join", &known).await.status, 404);
        let page = owner
            .get(&format!("/api/classes/{}", class.id))
            .await
            .json();
        let next = string(&page, "invite_code");
        assert_ne!(next, class.code);

        let mut tutor = school.tutor.browser.clone();
        let own = format!("/api/classes/{}/members/{}", class.id, school.tutor.id);
        assert_eq!(tutor.delete(&own).await.status, 200);
        let page = owner
            .get(&format!("/api/classes/{}", class.id))
            .await
            .json();
        assert_eq!(
            string(&page, "invite_code"),
            next,
            "nobody is kept out who leaves"
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_leads_a_class_no_longer_keeps_nothing_that_they_gave_themselves() {
    in_school(async |school: School| {
        for wanted in [None, Some("tutor")] {
            let class = school.class().await;
            let mut instructor = school.instructor.browser.clone();
            let gift = json!({ "user": school.instructor.id, "role": "own" });
            let shares = format!("/api/cases/{}/shares", class.case);
            assert_eq!(instructor.put(&shares, &gift).await.status, 200);
            let copy = format!("/api/cases/{}/copy", class.case);
            let copied = instructor.post(&copy, &json!({ "class": class.id })).await;
            assert_eq!(copied.status, 201, "{copied:?}");
            let copy = string(&copied.json(), "id");

            let mut owner = school.owner.browser.clone();
            let member = format!("/api/classes/{}/members/{}", class.id, school.instructor.id);
            let changed = match wanted {
                None => owner.delete(&member).await,
                Some(role) => owner.put(&member, &json!({ "role": role })).await,
            };
            assert_eq!(changed.status, 200);
            let left = wanted.map(|_| Role::Annotate);
            for case in [&class.case, &copy] {
                assert_eq!(school.ticket_role(case, school.instructor.id).await, left);
            }
            assert_eq!(
                school.ticket_role(&copy, school.owner.id).await,
                Some(Role::Own)
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_copy_of_what_is_hidden_is_hidden_as_long() {
    in_school(async |school: School| {
        let class = school.class().await;
        let (hidden, other) = (school.case().await, school.class().await);
        let mut owner = school.owner.browser.clone();
        let cases = format!("/api/classes/{}/cases", class.id);
        let place = json!({ "case": hidden, "visible_from": FAR });
        assert_eq!(owner.post(&cases, &place).await.status, 200);
        for (original, seen) in [(&hidden, None), (&class.case, Some(Role::Annotate))] {
            let path = format!("/api/cases/{original}/copy");
            let copied = owner.post(&path, &json!({ "class": other.id })).await;
            let copy = string(&copied.json(), "id");
            assert_eq!(school.ticket_role(&copy, school.student.id).await, seen);
            assert_eq!(
                school.ticket_role(&copy, school.owner.id).await,
                Some(Role::Own)
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_tutor_sees_nothing_of_what_is_hidden_in_the_progress_either() {
    in_school(async |school: School| {
        let class = school.class().await;
        let hidden = school.case().await;
        let mut owner = school.owner.browser.clone();
        let cases = format!("/api/classes/{}/cases", class.id);
        let place = json!({ "case": hidden, "visible_from": FAR });
        assert_eq!(owner.post(&cases, &place).await.status, 200);
        let path = format!("/api/classes/{}/progress", class.id);
        for (person, sees) in [(&school.tutor, false), (&school.instructor, true)] {
            let told = person.browser.clone().get(&path).await;
            assert!(told.body.contains(&class.case), "{told:?}");
            assert_eq!(told.body.contains(&hidden), sees, "{told:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_invitation_that_is_taken_back_or_to_a_class_that_is_over_makes_nobody_a_member() {
    in_school(async |school: School| {
        let (class, over) = (school.class().await, school.class().await);
        let mut owner = school.owner.browser.clone();
        for class in [&class, &over] {
            let roster = json!({ "csv": "Email,Roles\nnew@uni.example,instructor\n" });
            let path = format!("/api/classes/{}/roster", class.id);
            assert_eq!(owner.post(&path, &roster).await.status, 200);
        }
        let invitation = format!("/api/classes/{}/invitations/New%40Uni.example", class.id);
        assert_eq!(owner.delete(&invitation).await.status, 200);
        assert_eq!(owner.delete(&invitation).await.status, 404);
        let path = format!("/api/classes/{}", over.id);
        assert_eq!(
            owner
                .patch(&path, &json!({ "state": "archived" }))
                .await
                .status,
            200
        );

        let new = sign_in(&school.world, "New").await;
        let store = &school.world.store;
        let claimed = store.claim_invitations(new.id, "new@uni.example", "test");
        assert_eq!(claimed.await.unwrap(), 0);
        assert_eq!(
            owner.patch(&path, &json!({ "state": "open" })).await.status,
            200
        );
        let claimed = store.claim_invitations(new.id, "new@uni.example", "test");
        assert_eq!(claimed.await.unwrap(), 1, "it waited");
        assert_eq!(school.role(&class.case, new.id).await, None);
        assert_eq!(
            school.role(&over.case, new.id).await.as_deref(),
            Some("own")
        );
    })
    .await;
}
