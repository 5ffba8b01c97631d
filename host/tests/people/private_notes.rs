//! Private notes: a document of one's own, which nobody else gets to, whatever they are.

use contract::Role;
use host::{api::Asking, housekeeping, projection, store::EraseOutcome};
use serde_json::json;
use tokio::sync::watch;

use crate::{
    common::documents::{commented, typed},
    school::{Person, School, in_school, string},
};

/// The id of somebody's notes on a case.
pub async fn notes_of(person: &Person, case: &str) -> String {
    let path = format!("/api/cases/{case}/private");
    let opened = person.browser.clone().post(&path, &json!({})).await;
    assert_eq!(opened.status, 200, "{opened:?}");
    string(&opened.json(), "id")
}

/// Erases what is left of them where it is to go, in so many transactions at most.
async fn erase_orphaned(school: &School, transactions_max: usize) {
    let (_stop, stopping) = watch::channel(false);
    let (store, mut after) = (&school.world.store, String::new());
    housekeeping::erase_orphaned_notes(store, transactions_max, &mut after, &stopping)
        .await
        .expect("Postgres works");
}

async fn ticket(person: &Person, id: &str) -> u16 {
    let path = format!("/api/cases/{id}/ticket");
    person.browser.clone().post(&path, &json!({})).await.status
}

#[tokio::test]
async fn everybody_has_their_own_and_nobody_else_gets_a_ticket_for_it() {
    in_school(async |school: School| {
        let class = school.class().await;
        let everybody = [
            &school.student,
            &school.tutor,
            &school.instructor,
            &school.owner,
        ];
        let mut all = Vec::new();
        for author in everybody {
            let id = notes_of(author, &class.case).await;
            assert_eq!(
                notes_of(author, &class.case).await,
                id,
                "they are made once"
            );
            assert!(!all.contains(&id));
            assert_eq!(school.ticket_role(&id, author.id).await, Some(Role::Own));
            assert_eq!(ticket(author, &id).await, 201);
            for other in everybody.into_iter().chain([&school.stranger]) {
                if other.id != author.id {
                    assert_eq!(ticket(other, &id).await, 403);
                    assert_eq!(
                        school.grant(&id, other.id).await,
                        None,
                        "nobody is introduced"
                    );
                }
            }
            all.push(id);
        }
        let path = format!("/api/cases/{}/private", class.case);
        let refused = school
            .browser(Asking::Stranger)
            .post(&path, &json!({}))
            .await;
        assert_eq!(refused.status, 404);
        assert_eq!(
            school
                .world
                .count("select count(*) from private_notes")
                .await,
            4
        );
    })
    .await;
}

#[tokio::test]
async fn they_are_in_no_list_and_nothing_can_be_done_with_them_as_with_a_case() {
    in_school(async |school: School| {
        let class = school.class().await;
        let id = notes_of(&school.student, &class.case).await;
        let before = school.world.count("select count(*) from audit_log").await;
        let author = school.student.id.to_string();
        let written = commented(
            &typed(1, "quince"),
            2,
            "c",
            &[("text", "quince"), ("author_id", &author)],
        );
        assert_eq!(school.world.put(&id, None, &written).await.status, 200);
        projection::catch_up(&school.world.store).await.unwrap();
        let class_path = format!("/api/classes/{}", class.id);
        let progress = format!("{class_path}/progress");
        for asking in Asking::ALL {
            let mut browser = school.browser(asking);
            for path in [
                "/api/cases",
                "/api/search?q=quince",
                "/api/me/inbox",
                &class_path,
                &progress,
            ] {
                let body = browser.get(path).await.body;
                // Their author alone finds the words, as a hit in the case.
                let is_found = asking == Asking::Student && path.contains("quince");
                assert!(
                    !body.contains(&id) && body.contains("\"quince") == is_found,
                    "{asking:?} {path}: {body}"
                );
            }
            for (method, rest, body) in [
                ("GET", "", None),
                ("PATCH", "", Some(json!({ "title": "T" }))),
                ("DELETE", "", None),
                ("POST", "/copy", Some(json!({ "class": class.id }))),
                ("GET", "/shares", None),
                (
                    "PUT",
                    "/shares",
                    Some(json!({ "email": "a@uni.example", "role": "read" })),
                ),
                ("GET", "/versions", None),
                ("GET", "/versions/1", None),
                ("POST", "/client-tokens", Some(json!({ "role": "read" }))),
                ("POST", "/private", Some(json!({}))),
            ] {
                let path = format!("/api/cases/{id}{rest}");
                let status = browser.send(method, &path, body.as_ref()).await.status;
                let expected = if asking == Asking::Nobody { 401 } else { 404 };
                assert_eq!(status, expected, "{asking:?} {method} {path}");
            }
        }
        assert_eq!(
            school.world.count("select count(*) from audit_log").await,
            before,
            "nothing is on record"
        );
        let of_class = school
            .world
            .count("select count(*) from shares where role = 'own'")
            .await;
        assert_eq!(of_class, 0);
    })
    .await;
}

#[tokio::test]
async fn they_are_open_to_their_author_while_the_case_is() {
    in_school(async |school: School| {
        let class = school.class().await;
        let id = notes_of(&school.student, &class.case).await;
        school.take_orders().await;
        let member = format!("/api/classes/{}/members/{}", class.id, school.student.id);
        let mut owner = school.owner.browser.clone();
        // Another role on the case is none of the notes' business.
        assert_eq!(
            owner.put(&member, &json!({ "role": "tutor" })).await.status,
            200
        );
        assert_eq!(
            school.ticket_role(&id, school.student.id).await,
            Some(Role::Own)
        );
        assert_eq!(owner.delete(&member).await.status, 200);
        assert_eq!(ticket(&school.student, &id).await, 403);
        assert!(
            school.take_orders().await.contains(&format!("{id} rule")),
            "whoever is there is shut out"
        );
        let path = format!("/api/cases/{}/private", class.case);
        assert_eq!(
            school
                .student
                .browser
                .clone()
                .post(&path, &json!({}))
                .await
                .status,
            404
        );
        // Back in the class they find what they wrote.
        let code = format!("/api/classes/{}/invite-code", class.id);
        let code = string(&owner.post(&code, &json!({})).await.json(), "invite_code");
        let joined = school
            .student
            .browser
            .clone()
            .post("/api/join", &json!({ "code": code }))
            .await;
        assert_eq!(joined.status, 200);
        assert_eq!(ticket(&school.student, &id).await, 201);
        assert_eq!(notes_of(&school.student, &class.case).await, id);
    })
    .await;
}

#[tokio::test]
async fn a_new_name_is_theirs_too_and_locks_nobody_out() {
    in_school(async |school: School| {
        let class = school.class().await;
        let id = notes_of(&school.student, &class.case).await;
        let renamed = school.student.browser.clone().patch("/api/me", &json!({ "name": "Stuart" })).await;
        assert_eq!(renamed.status, 200);
        assert_eq!(ticket(&school.student, &id).await, 201);
        let named = format!("select count(*) from grants where case_id = '{id}' and name = 'Stuart' and role = 'own'");
        assert_eq!(school.world.count(&named).await, 1);
    })
    .await;
}

#[tokio::test]
async fn they_go_with_their_case() {
    in_school(async |school: School| {
        let class = school.class().await;
        let id = notes_of(&school.student, &class.case).await;
        assert_eq!(
            school
                .world
                .put(&id, None, &typed(1, "quince"))
                .await
                .status,
            200
        );
        projection::catch_up(&school.world.store).await.unwrap();
        school.take_orders().await;
        let path = format!("/api/cases/{}", class.case);
        assert_eq!(school.owner.browser.clone().delete(&path).await.status, 200);
        let orders = school.take_orders().await;
        assert!(
            orders.contains(&format!("{id} delete")),
            "its object wipes itself: {orders:?}"
        );
        assert!(!orders.contains(&format!("{id} rule")));
        for (table, column) in [
            ("private_notes", "document_id"),
            ("grants", "case_id"),
            ("snapshot_history", "case_id"),
            ("projection", "case_id"),
        ] {
            let left = format!("select count(*) from {table} where {column} = '{id}'");
            assert_eq!(school.world.count(&left).await, 0, "{table}");
        }
        let tombstone = format!(
            "select count(*) from annotation_document_state
             where case_id = '{id}' and deleted_at is not null and crdt_state is null"
        );
        assert_eq!(school.world.count(&tombstone).await, 1);
        assert_eq!(ticket(&school.student, &id).await, 403);
    })
    .await;
}

#[tokio::test]
async fn a_case_with_very_many_of_them_is_deleted_at_once_and_they_are_erased_in_parts() {
    in_school(async |school: School| {
        let class = school.class().await;
        let sql = school.world.sql().await;
        sql.execute(
            "with people as (
                insert into users (name) select 'Student ' || n from generate_series(1, 900) as n returning id, name
             ), notes as (
                insert into private_notes (document_id, case_id, user_id) select id::text, $1, id from people
             )
             insert into grants (case_id, user_id, name, role, changed_at) select id::text, id::text, name, 'own', now() from people",
            &[&class.case],
        )
        .await
        .expect("notes");
        let mut owner = school.owner.browser.clone();
        let gone = owner.delete(&format!("/api/cases/{}", class.case)).await;
        assert_eq!(gone.status, 200, "{gone:?}");
        let notes = "select count(*) from private_notes";
        assert_eq!(school.world.count(notes).await, 700, "as many as one transaction has locks for");
        let open = format!(
            "select count(*) from grants where case_id = '{}' or case_id in (select document_id from private_notes)",
            class.case
        );
        assert_eq!(school.world.count(&open).await, 0, "nobody gets at the others");
        erase_orphaned(&school, 2).await;
        assert_eq!(school.world.count(notes).await, 300);
        erase_orphaned(&school, 9).await;
        assert_eq!(school.world.count(notes).await, 0);
        let told = "select count(*) from outbox where \"order\" = 'delete'";
        assert_eq!(school.world.count(told).await, 901, "each object wipes itself");
    })
    .await;
}

#[tokio::test]
async fn very_many_of_one_person_go_in_parts_and_none_of_them_is_opened_from_the_first_on() {
    in_school(async |school: School| {
        let sql = school.world.sql().await;
        let user = school.student.id;
        for made in [
            "insert into grants (case_id, user_id, name, role, changed_at)
             select kind || n, $1::uuid::text, 'Stu', 'own', now() from generate_series(1, 450) as n, unnest(array['case', 'notes']) as kind",
            "insert into private_notes (document_id, case_id, user_id)
             select 'notes' || n, 'case' || n, $1 from generate_series(1, 450) as n",
            // Some of what they are on is their own, and still to be deleted.
            "insert into boards (board_id, title, owner_id) select 'case' || n, 'Mine', $1 from generate_series(1, 300) as n",
        ] {
            sql.execute(made, &[&user]).await.expect("notes on many cases");
        }
        let erased = school.world.store.erase_person(user, false, "test").await;
        assert!(matches!(erased, Ok(EraseOutcome::Erased)), "{erased:?}");
        let notes = "select count(*) from private_notes";
        assert_eq!(school.world.count(notes).await, 250, "as many as one transaction has locks for");
        let open = "select count(*) from grants where case_id like 'notes%' and role is not null";
        assert_eq!(school.world.count(open).await, 0, "nobody gets at the others");
        let told = "select count(*) from outbox where case_id like 'notes%' and \"order\" = 'rule'";
        assert_eq!(school.world.count(told).await, 250, "and their rooms are told");

        let finish = async || {
            let sql = school.world.sql().await;
            let all = "update erasures set all_found_at = now(); update erasure_cases set confirmed_at = now(), rewritten_at = now()";
            sql.batch_execute(all).await.expect("all else is done");
            school.world.store.finish_erasures().await.expect("Postgres works");
            school.world.store.erasures().await.expect("Postgres works")[0].finished_at.is_some()
        };
        assert!(!finish().await, "some of it is still there");
        erase_orphaned(&school, 1).await;
        assert_eq!(school.world.count(notes).await, 50);
        erase_orphaned(&school, 9).await;
        assert_eq!(school.world.count(notes).await, 0);
        assert!(finish().await);
        let wiped = "select count(*) from outbox where case_id like 'notes%' and \"order\" = 'delete'";
        assert_eq!(school.world.count(wiped).await, 450, "each object wipes itself");
        let ruled = "select count(*) from outbox where case_id like 'notes%' and \"order\" <> 'delete'";
        assert_eq!(school.world.count(ruled).await, 0);
    })
    .await;
}
