//! What is said of the students of one case or board, beside what else there is: hosts of earlier releases, pseudonyms, a moment until
//! which it is hidden, and a class that is archived.

use contract::{CaseId, Role};
use serde_json::json;

use crate::{
    anonymity::appears,
    school::{School, in_school},
    students::{case_in, say, say_of_class, told},
};

#[tokio::test]
async fn what_a_host_of_an_earlier_release_gave_is_put_right_by_saying_the_same_again() {
    in_school(async |school: School| {
        let class = school.class().await;
        let board = school.board_in(&class).await;
        let (student, mut owner) = (school.student.id, school.owner.browser.clone());
        let sql = school.world.sql().await;
        for (id, of) in [
            (&class.case, format!("cases/{}", class.case)),
            (&board, format!("boards/{board}")),
        ] {
            say(&mut owner, &of, json!("read")).await;
            // It settles by the class alone.
            let older = format!(
                "begin; set local glossator.settles = 'yes';
                 update grants set role = 'annotate', changed_at = changed_at + interval '1 millisecond'
                 where case_id = '{id}' and user_id = '{student}'; commit"
            );
            sql.batch_execute(&older).await.unwrap();
            assert_eq!(school.role(id, student).await.as_deref(), Some("annotate"));
            school.take_orders().await;
            say(&mut owner, &of, json!("read")).await;
            assert_eq!(school.role(id, student).await.as_deref(), Some("read"));
            assert_eq!(school.take_orders().await, [format!("{id} rule")]);
        }
        let said = "select count(*) from audit_log where act = 'class_role_set'";
        assert_eq!(school.world.count(said).await, 2, "nothing else was said");
    })
    .await;
}

#[tokio::test]
async fn what_a_host_of_an_earlier_release_puts_into_another_class_follows_that_one() {
    in_school(async |school: School| {
        let (first, second) = (school.class().await, school.class().await);
        let board = school.board_in(&first).await;
        let (student, mut owner) = (school.student.id, school.owner.browser.clone());
        let sql = school.world.sql().await;
        for (id, of, table, key) in [
            (&first.case, format!("cases/{}", first.case), "cases", "case_id"),
            (&board, format!("boards/{board}"), "boards", "board_id"),
        ] {
            say(&mut owner, &of, json!("read")).await;
            let kept = format!("update {table} set class_id = class_id where {key} = $1");
            sql.execute(&kept, &[id]).await.unwrap();
            assert_eq!(told(&mut owner, &of).await[0], Some(json!("read")), "it stays where it is");
            // As that host has it, to which the column is not known.
            let leave = format!("update {table} set class_id = null, placed_at = now() where {key} = $1 and class_id = $2");
            assert_eq!(sql.execute(&leave, &[id, &first.id]).await.unwrap(), 1);
            let place = format!("update {table} set class_id = $2, placed_at = now() where {key} = $1 and class_id is null");
            assert_eq!(sql.execute(&place, &[id, &second.id]).await.unwrap(), 1);
            assert_eq!(told(&mut owner, &of).await, [Some(json!(null)), Some(json!("annotate"))]);
            say_of_class(&mut owner, &second, "comment").await;
            assert_eq!(school.role(id, student).await.as_deref(), Some("comment"));
            say_of_class(&mut owner, &second, "annotate").await;
        }
    })
    .await;
}

#[tokio::test]
async fn in_an_anonymous_class_it_is_said_of_students_under_their_pseudonyms() {
    in_school(async |school: School| {
        let class = school.anonymous_class().await;
        let of = format!("cases/{}", class.case);
        let (student, mut owner) = (school.student.id, school.owner.browser.clone());
        let persona = appears(&school, &class.case, student).await;
        say(&mut owner, &of, json!("read")).await;
        assert_eq!(
            school.ticket_role(&class.case, student).await,
            Some(Role::Read)
        );
        assert_eq!(appears(&school, &class.case, student).await, persona);
        let case = CaseId::parse(&class.case).unwrap();
        let ruling = school.world.store.ruling(&case).await.unwrap();
        let told_of = |user: &str| {
            let change = ruling.changes.iter().find(|change| change.user == user);
            change.map(|change| change.role)
        };
        assert_eq!(told_of(&persona.0), Some(Some(Role::Read)));
        assert_eq!(
            told_of(&student.to_string()),
            None,
            "the room hears no account"
        );
        for staff in [&school.tutor, &school.instructor] {
            assert_ne!(
                school.ticket_role(&class.case, staff.id).await,
                Some(Role::Read)
            );
        }
        assert_eq!(
            told(&mut school.student.browser.clone(), &of).await,
            [None, None]
        );

        // What somebody has by a share besides is no more than a student has in such a class.
        let share = json!({ "user": student, "role": "own" });
        let shares = format!("/api/{of}/shares");
        assert_eq!(owner.put(&shares, &share).await.status, 200);
        assert_eq!(
            school.ticket_role(&class.case, student).await,
            Some(Role::Annotate)
        );
        assert_eq!(appears(&school, &class.case, student).await, persona);
    })
    .await;
}

#[tokio::test]
async fn of_a_hidden_case_it_may_be_said_and_counts_once_the_case_is_seen() {
    in_school(async |school: School| {
        let class = school.class().await;
        let case = school.case().await;
        let of = format!("cases/{case}");
        let (student, mut owner) = (school.student.id, school.owner.browser.clone());
        let hidden = json!({ "case": case, "visible_from": "2999-01-01T00:00:00Z" });
        let placed = owner
            .post(&format!("/api/classes/{}/cases", class.id), &hidden)
            .await;
        assert_eq!(placed.status, 200, "{placed:?}");
        say(&mut owner, &of, json!("comment")).await;
        let mut browser = school.student.browser.clone();
        assert_eq!(browser.get(&format!("/api/{of}")).await.status, 404);
        let ticket = format!("/api/{of}/ticket");
        let refused = browser.post(&ticket, &json!({})).await;
        assert_ne!(refused.status, 201, "nobody is let in by it: {refused:?}");
        assert_eq!(told(&mut owner, &of).await[0], Some(json!("comment")));

        // Both at once, as the dialog may say it.
        let both = json!({ "class_role": "read", "visible_from": null });
        let shown = owner.patch(&format!("/api/{of}"), &both).await;
        assert_eq!(shown.status, 200, "{shown:?}");
        assert_eq!(
            browser.get(&format!("/api/{of}")).await.json()["role"],
            json!("read")
        );
        assert_eq!(school.ticket_role(&case, student).await, Some(Role::Read));
    })
    .await;
}

#[tokio::test]
async fn in_an_archived_class_it_may_be_said_and_counts_once_the_class_is_open_again() {
    in_school(async |school: School| {
        let class = school.class().await;
        let other = case_in(&school, &class).await;
        let of = format!("cases/{}", class.case);
        let (student, mut owner) = (school.student.id, school.owner.browser.clone());
        say(&mut owner, &of, json!("comment")).await;
        let path = format!("/api/classes/{}", class.id);
        let roles = async || {
            let mut roles = Vec::new();
            for case in [&class.case, &other] {
                roles.push(school.ticket_role(case, student).await);
            }
            roles
        };
        let archived = owner.patch(&path, &json!({ "state": "archived" })).await;
        assert_eq!(archived.status, 200, "{archived:?}");
        assert_eq!(roles().await, [Some(Role::Read); 2], "whatever is said");
        say(&mut owner, &of, json!("annotate")).await;
        say(&mut owner, &format!("cases/{other}"), json!("comment")).await;
        assert_eq!(roles().await, [Some(Role::Read); 2]);
        let opened = owner.patch(&path, &json!({ "state": "open" })).await;
        assert_eq!(opened.status, 200, "{opened:?}");
        assert_eq!(roles().await, [Some(Role::Annotate), Some(Role::Comment)]);
    })
    .await;
}
