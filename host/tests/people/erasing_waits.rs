//! Erasing where something cannot be looked into, or cannot be done: it is supposed, or put off, and all else goes on. And where
//! somebody else is about to do something: one waits for the other, and never both.

use contract::{CaseId, Digest};
use host::store::{EraseOutcome, Looked};
use serde_json::json;

use crate::{
    common::{backend, documents::typed},
    private_notes::notes_of,
    school::{Person, School, in_school, sign_in},
};

pub async fn erase(person: &Person, name: &str) {
    let said = json!({ "name": name });
    let mut browser = person.browser.clone();
    let erased = browser.send("DELETE", "/api/me", Some(&said)).await;
    assert_eq!(erased.status, 200, "{erased:?}");
}

/// Two cases with a document each, in the order of their ids.
async fn two_cases(school: &School) -> [String; 2] {
    let mut cases = [school.case().await, school.case().await];
    cases.sort();
    for case in &cases {
        let put = school
            .world
            .put(case, None, &typed(1, "nothing of hers"))
            .await;
        assert_eq!(put.status, 200);
    }
    cases
}

#[tokio::test]
async fn what_cannot_be_looked_into_is_taken_for_something_that_holds_them_one_case_after_the_other()
 {
    in_school(async |school: School| {
        let store = &school.world.store;
        let cases = two_cases(&school).await;
        let annabel = sign_in(&school.world, "Annabel").await;
        erase(&annabel, "Annabel").await;
        let held = async || -> Vec<String> {
            let sql = school.world.sql().await;
            let found = "select case_id from erasure_cases where fate = 'rewritten' order by 1";
            let rows = sql.query(found, &[]).await.expect("the query runs");
            rows.iter().map(|row| row.get(0)).collect()
        };
        assert_eq!(held().await, [""; 0]);
        assert_eq!(store.suppose_erased().await.unwrap(), Looked::Further);
        assert_eq!(held().await, cases[..1]);
        assert_eq!(store.suppose_erased().await.unwrap(), Looked::Further);
        assert_eq!(held().await, cases);
        // Looking goes on behind them, and comes to its end.
        assert_eq!(store.suppose_erased().await.unwrap(), Looked::Further);
        assert_eq!(store.look_for_erased(10).await.unwrap(), Looked::Further);
        assert_eq!(store.look_for_erased(10).await.unwrap(), Looked::Done);
        assert_eq!(store.suppose_erased().await.unwrap(), Looked::Done);
        let orders = school.take_orders().await;
        for case in &cases {
            assert!(orders.contains(&format!("{case} erase")), "{orders:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_could_not_be_rewritten_waits_behind_all_others() {
    in_school(async |school: School| {
        let store = &school.world.store;
        let cases = two_cases(&school).await;
        let annabel = sign_in(&school.world, "Annabel").await;
        erase(&annabel, "Annabel").await;
        for _ in &cases {
            store.suppose_erased().await.unwrap();
        }
        let sql = school.world.sql().await;
        sql.batch_execute("update erasure_cases set confirmed_at = now(), found_at = now()")
            .await
            .expect("the objects have confirmed");
        let waiting = async || -> Vec<String> {
            let waiting = store.cases_to_rewrite().await.expect("Postgres works");
            waiting
                .iter()
                .map(|case| case.as_str().to_owned())
                .collect()
        };
        assert_eq!(waiting().await, cases);
        let first = CaseId::parse(&cases[0]).expect("a case id");
        store.put_off_erasure(&first).await.unwrap();
        assert_eq!(waiting().await, [cases[1].clone(), cases[0].clone()]);
        let second = CaseId::parse(&cases[1]).expect("a case id");
        store.put_off_erasure(&second).await.unwrap();
        assert_eq!(waiting().await, cases, "and it has its turn again");
    })
    .await;
}

#[tokio::test]
async fn erasing_waits_for_what_its_person_has_begun_and_takes_it_along() {
    in_school(async |school: School| {
        let annabel = sign_in(&school.world, "Annabel").await;
        let mut other = school.world.sql().await;
        let pid = backend(&other).await;
        let begun = other.transaction().await.expect("a transaction");
        begun
            .execute("select from users where id = $1 for key share", &[&annabel.id])
            .await
            .expect("as each of those requests does");
        let store = school.world.store.clone();
        let erasing = tokio::spawn(async move { store.erase_person(annabel.id, false, "test").await });
        school.world.until_blocked_by(pid).await;
        begun
            .execute(
                "with made as (
                    insert into boards (board_id, title, owner_id) select 'late', 'Late', id from users where name = 'Annabel'
                    returning owner_id
                 )
                 insert into grants (case_id, user_id, name, role, changed_at)
                 select 'late', owner_id::text, 'Annabel', 'own', now() from made",
                &[],
            )
            .await
            .expect("a board, and what follows");
        begun.commit().await.expect("it was first");
        let erased = erasing.await.expect("no panic");
        assert!(matches!(erased, Ok(EraseOutcome::Erased)), "{erased:?}");
        let fate = "select count(*) from erasure_cases where case_id = 'late' and fate = 'deleted'";
        assert_eq!(school.world.count(fate).await, 1, "it goes with her");
    })
    .await;
}

#[tokio::test]
async fn whoever_gives_somebody_something_of_a_class_and_whoever_erases_them_do_not_wait_for_each_other()
 {
    in_school(async |school: School| {
        let class = school.class().await;
        let student = school.student.id;
        let mut other = school.world.sql().await;
        let pid = backend(&other).await;
        let begun = other.transaction().await.expect("a transaction");
        begun
            .execute(
                "select from classes where id = $1 for no key update",
                &[&class.id],
            )
            .await
            .expect("as a roster does");
        let store = school.world.store.clone();
        let erasing = tokio::spawn(async move { store.erase_person(student, false, "test").await });
        school.world.until_blocked_by(pid).await;
        let held = begun
            .execute("select from users where id = $1 for key share", &[&student])
            .await;
        assert!(
            held.is_ok(),
            "erasing holds what this goes on with: {held:?}"
        );
        begun.commit().await.expect("it was first");
        let erased = erasing.await.expect("no panic");
        assert!(matches!(erased, Ok(EraseOutcome::Erased)), "{erased:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_given_to_somebody_while_their_erasing_waits_goes_with_them() {
    in_school(async |school: School| {
        let (class, other_class) = (school.class().await, school.class().await);
        let stranger = school.stranger.id;
        let joined = json!({ "code": class.code });
        let mut browser = school.stranger.browser.clone();
        assert_eq!(browser.post("/api/join", &joined).await.status, 200);
        let mut other = school.world.sql().await;
        let pid = backend(&other).await;
        let begun = other.transaction().await.expect("a transaction");
        begun
            .execute(
                "select from classes where id = $1 for no key update",
                &[&class.id],
            )
            .await
            .expect("somebody changes the class");
        let store = school.world.store.clone();
        let erasing =
            tokio::spawn(async move { store.erase_person(stranger, false, "test").await });
        school.world.until_blocked_by(pid).await;
        let joined = json!({ "code": other_class.code });
        assert_eq!(browser.post("/api/join", &joined).await.status, 200);
        begun.commit().await.expect("it was first");
        let erased = erasing.await.expect("no panic");
        assert!(matches!(erased, Ok(EraseOutcome::Erased)), "{erased:?}");
        for case in [&class.case, &other_class.case] {
            assert_eq!(school.role(case, stranger).await, None);
        }
        let found = "select count(*) from erasure_cases";
        assert_eq!(school.world.count(found).await, 2);
    })
    .await;
}

#[tokio::test]
async fn private_notes_are_projected_and_erased_at_once_and_neither_is_ended_by_the_other() {
    in_school(async |school: School| {
        let class = school.class().await;
        let (mine, ofcase) = (
            notes_of(&school.student, &class.case).await,
            notes_of(&school.tutor, &class.case).await,
        );
        for (id, with_case) in [(mine, false), (ofcase, true)] {
            let mut other = school.world.sql().await;
            let pid = backend(&other).await;
            let projects = other.transaction().await.expect("a transaction");
            projects
                .execute("select pg_advisory_xact_lock($1)", &[&projection_key(&id)])
                .await
                .expect("as the projection does");
            let (store, student) = (school.world.store.clone(), school.student.id);
            let case = CaseId::parse(&class.case).expect("a case id");
            let erasing = tokio::spawn(async move {
                if with_case {
                    store.delete(&case, "test").await.map(drop)
                } else {
                    store.erase_person(student, false, "test").await.map(drop)
                }
            });
            school.world.until_blocked_by(pid).await;
            let written = projects
                .execute(
                    "insert into private_note_words (document_id, item, body) values ($1, 'n0', 'quince')",
                    &[&id],
                )
                .await;
            assert!(written.is_ok(), "{with_case}: {written:?}");
            projects.commit().await.expect("it was first");
            let erased = erasing.await.expect("no panic");
            assert!(erased.is_ok(), "{with_case}: {erased:?}");
            let left = format!("select count(*) from private_note_words where document_id = '{id}'");
            assert_eq!(school.world.count(&left).await, 0);
        }
    })
    .await;
}

#[tokio::test]
async fn an_erasure_that_notes_a_case_while_it_is_deleted_does_not_look_for_it_for_ever() {
    in_school(async |school: School| {
        let case = school.case().await;
        let annabel = sign_in(&school.world, "Annabel").await;
        erase(&annabel, "Annabel").await;
        let note = "insert into erasure_cases (user_id, case_id, fate, found_at) values ($1, $2, 'rewritten', now())";
        let left = "select count(*) from erasure_cases";

        // It holds what anybody may do there, and notes the case meanwhile.
        let mut other = school.world.sql().await;
        let pid = backend(&other).await;
        let erases = other.transaction().await.expect("a transaction");
        erases
            .execute("select pg_advisory_xact_lock(hashtextextended('glossator settles ' || $1, 0))", &[&case])
            .await
            .expect("as whoever settles grants does");
        let (store, id) = (school.world.store.clone(), CaseId::parse(&case).expect("a case id"));
        let deleted = id.clone();
        let deleting = tokio::spawn(async move { store.delete(&deleted, "test").await.map(drop) });
        school.world.until_blocked_by(pid).await;
        erases
            .execute(note, &[&annabel.id.to_string(), &case])
            .await
            .expect("it is there still");
        erases.commit().await.expect("it was first");
        deleting.await.expect("no panic").expect("it is deleted");
        assert_eq!(school.world.count(left).await, 0);

        // Noted after it, too, as by an earlier host.
        let sql = school.world.sql().await;
        sql.execute(note, &[&annabel.id.to_string(), &case]).await.expect("noted");
        school.world.store.delete(&id, "test").await.expect("once more");
        assert_eq!(school.world.count(left).await, 0);
    })
    .await;
}

/// The lock of a document's projection.
fn projection_key(id: &str) -> i64 {
    let digest = Digest::of(format!("glossator projection {id}").as_bytes());
    let (first, _) = digest.as_bytes().split_at(8);
    i64::from_be_bytes(first.try_into().expect("eight bytes"))
}

#[tokio::test]
async fn whoever_is_erased_meanwhile_deletes_no_case_that_was_handed_over() {
    in_school(async |school: School| {
        let class = school.class().await;
        let mut other = school.world.sql().await;
        let pid = backend(&other).await;
        let begun = other.transaction().await.expect("a transaction");
        let lock = "select pg_advisory_xact_lock(hashtextextended('glossator settles ' || $1, 0))";
        begun
            .execute(lock, &[&class.case])
            .await
            .expect("as erasing does");
        let mut owner = school.owner.browser.clone();
        let path = format!("/api/cases/{}", class.case);
        let deleting = tokio::spawn({
            let path = path.clone();
            async move { owner.delete(&path).await.status }
        });
        school.world.until_blocked_by(pid).await;
        let hand_over = "update cases set owner_id = $2 where case_id = $1";
        begun
            .execute(hand_over, &[&class.case, &school.instructor.id])
            .await
            .expect("as erasing does");
        begun.commit().await.expect("it was first");
        assert_eq!(deleting.await.expect("no panic"), 404);
        let mut instructor = school.instructor.browser.clone();
        assert_eq!(instructor.get(&path).await.status, 200, "it is there still");
    })
    .await;
}

#[tokio::test]
async fn whoever_has_a_role_on_two_thousand_cases_is_erased_with_a_lock_for_each_and_few_more() {
    in_school(async |school: School| {
        let user = school.student.id;
        let sql = school.world.sql().await;
        for made in [
            "insert into shares (case_id, user_id, name, role)
             select 'case' || n, $1::uuid::text, 'Stu', 'annotate' from generate_series(1, 2000) as n",
            "insert into grants (case_id, user_id, name, role, changed_at)
             select case_id, user_id, name, role, now() from shares where user_id = $1::uuid::text",
        ] {
            sql.execute(made, &[&user]).await.expect("many roles");
        }
        let mut other = school.world.sql().await;
        let pid = backend(&other).await;
        let begun = other.transaction().await.expect("a transaction");
        begun
            .execute("lock table audit_log in share mode", &[])
            .await
            .expect("who keeps the entry from being written, which is the last that erasing does");
        let store = school.world.store.clone();
        let erasing = tokio::spawn(async move { store.erase_person(user, false, "test").await });
        school.world.until_blocked_by(pid).await;
        let held = "select count(*) from pg_locks where database = (select oid from pg_database where datname = current_database())";
        let held = school.world.count(held).await;
        // Postgres has 6,400 as it comes, and this one may have more.
        assert!((2_000..=2_300).contains(&held), "{held}");
        begun.commit().await.expect("nothing came of it");
        let erased = erasing.await.expect("no panic");
        assert!(matches!(erased, Ok(EraseOutcome::Erased)), "{erased:?}");
        let open = "select count(*) from grants where role is not null and case_id like 'case%'";
        assert_eq!(school.world.count(open).await, 0);
    })
    .await;
}
