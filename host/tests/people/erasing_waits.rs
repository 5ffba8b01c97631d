//! Erasing where something cannot be looked into, or cannot be done: it is supposed, or put off, and all else goes on.

use contract::{CaseId, Role};
use host::{
    invite_code::InviteCode,
    store::{EraseOutcome, Looked, NewClass, Outcome, StoreError},
};
use serde_json::json;

use crate::{
    common::documents::typed,
    school::{Person, School, in_school, sign_in},
};

async fn erase(person: &Person, name: &str) {
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
async fn a_request_that_was_let_in_before_its_person_was_erased_leaves_nothing() {
    in_school(async |school: School| {
        let store = &school.world.store;
        let class = school.class().await;
        let annabel = sign_in(&school.world, "Annabel").await;
        erase(&annabel, "Annabel").await;
        let user = annabel.id;
        let rows = "select (select count(*) from boards) + (select count(*) from cases) + (select count(*) from classes)
             + (select count(*) from enrolments) + (select count(*) from grants)";
        let before = school.world.count(rows).await;

        let id = CaseId::parse("late").expect("a case id");
        let board = store.create_board(&id, "Late", user, "test").await;
        assert!(matches!(board, Err(StoreError::Nobody)), "{board:?}");
        let code = InviteCode::parse(&class.code).expect("a code");
        let joined = store.join_class(&code, user, "test").await;
        assert!(matches!(joined, Err(StoreError::Nobody)), "{joined:?}");
        let new = NewClass {
            name: "Late".to_owned(),
            region: None,
            default_role: Role::Annotate,
            anonymous: false,
        };
        let made = store.create_class(&new, user, "test").await;
        assert!(matches!(made, Ok(Outcome::Absent)), "{made:?}");
        assert_eq!(school.world.count(rows).await, before);
    })
    .await;
}

#[tokio::test]
async fn erasing_waits_for_what_its_person_has_begun_and_takes_it_along() {
    in_school(async |school: School| {
        let annabel = sign_in(&school.world, "Annabel").await;
        let mut other = school.world.sql().await;
        let begun = other.transaction().await.expect("a transaction");
        begun
            .execute("select from users where id = $1 for key share", &[&annabel.id])
            .await
            .expect("as each of those requests does");
        let store = school.world.store.clone();
        let erasing = tokio::spawn(async move { store.erase_person(annabel.id, false, "test").await });
        let waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        while school.world.count(waiting).await == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
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
        let of_nobody = "select count(*) from boards b join users u on u.id = b.owner_id
             where u.erased_at is not null and b.board_id not in (select case_id from erasure_cases)";
        assert_eq!(school.world.count(of_nobody).await, 0);
    })
    .await;
}
