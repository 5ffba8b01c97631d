//! What the edge, or an operator's program, gives to an id: whoever has an account has it under the very id of that, and ids
//! of no account's form are the program's own.

use contract::{AuthorityQuestion, CaseId, Role};
use host::store::{Grant, StoreError};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    common::question::ask,
    erasing_meets::while_erased,
    erasing_waits::erase,
    school::{School, in_school, sign_in},
};

pub async fn grant(school: &School, case: &str, user: &str, role: Value) -> (u16, Value) {
    let question = AuthorityQuestion::Grants(CaseId::parse(case).expect("a case id"));
    let body = json!({ "user": user, "name": "Somebody", "role": role });
    ask(&school.world, "POST", &question, &body).await
}

#[tokio::test]
async fn an_id_of_an_account_is_somebodys_or_nothing_is_given_to_it() {
    in_school(async |school: School| {
        let case = school.case().await;
        let erased = sign_in(&school.world, "Annabel").await;
        erase(&erased, "Annabel").await;
        let class = school.anonymous_class().await;
        let sql = school.world.sql().await;
        let persona = "select id from personas where class_id = $1 limit 1";
        let persona: Uuid = sql.query_one(persona, &[&class.id]).await.unwrap().get(0);
        let known = school.stranger.id;
        let rows = "select (select count(*) from grants) + (select count(*) from shares) + (select count(*) from audit_log)";
        let before = school.world.count(rows).await;
        let nobody = [
            Uuid::new_v4().to_string(),
            erased.id.to_string(),
            persona.to_string(),
            known.to_string().to_uppercase(),
            known.simple().to_string(),
        ];
        for id in &nobody {
            for role in [json!("read"), json!(null)] {
                let (status, answer) = grant(&school, &case, id, role).await;
                assert_eq!(status, 404, "{id}: {answer}");
                assert_eq!(answer["error"], json!("there is nobody of this id"), "{id}");
            }
        }
        assert_eq!(school.world.count(rows).await, before);
        for id in [known.to_string(), "a-program".to_owned()] {
            let (status, answer) = grant(&school, &case, &id, json!("read")).await;
            assert_eq!(status, 200, "{id}: {answer}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_an_earlier_release_gave_to_nobody_is_taken_back_and_not_given_again() {
    in_school(async |school: School| {
        let case = school.case().await;
        let sql = school.world.sql().await;
        let (nobody, known) = (Uuid::new_v4().to_string(), school.stranger.id.to_string());
        for (id, table) in [
            (nobody.clone(), "grants"),
            (known.to_uppercase(), "grants"),
            // As it is where somebody has settled since, of whom nothing was known.
            (Uuid::new_v4().to_string(), "shares"),
        ] {
            let changed_at = if table == "grants" { ", changed_at" } else { "" };
            let now = if table == "grants" { ", now()" } else { "" };
            let gave = format!(
                "insert into {table} (case_id, user_id, name, role{changed_at}) values ($1, $2, 'Somebody', 'own'{now})"
            );
            sql.execute(&gave, &[&case, &id]).await.expect("as an earlier release");
            let (status, answer) = grant(&school, &case, &id, json!("read")).await;
            assert_eq!(status, 404, "{id}: {answer}");
            let (status, answer) = grant(&school, &case, &id, json!(null)).await;
            assert_eq!(status, 200, "{id}: {answer}");
            let left = format!(
                "select (select count(*) from grants where user_id = '{id}' and role is not null)
                      + (select count(*) from shares where user_id = '{id}')"
            );
            assert_eq!(school.world.count(&left).await, 0, "{id}");
        }
        let elsewhere = school.case().await;
        let (status, answer) = grant(&school, &elsewhere, &nobody, json!(null)).await;
        assert_eq!(status, 404, "of this case they never had anything: {answer}");
    })
    .await;
}

#[tokio::test]
async fn nobody_is_given_anything_who_is_erased_meanwhile() {
    in_school(async |school: School| {
        let left = "select (select count(*) from grants where case_id like 'made-up%')
                         + (select count(*) from shares where case_id like 'made-up%')";
        let annabel = sign_in(&school.world, "Annabel").await.id;
        let person = contract::Person::new(&annabel.to_string(), "Annabel").expect("a name");
        let (store, case) = (
            school.world.store.clone(),
            CaseId::parse("made-up-1").expect("a case id"),
        );
        let given = Grant {
            person,
            role: Some(Role::Read),
            region: None,
        };
        let gives = async move { store.set_grant(&case, &given, "test").await };
        let gave = while_erased(&school, annabel, gives).await;
        assert!(matches!(gave, Err(StoreError::Nobody)), "{gave:?}");
        assert_eq!(school.world.count(left).await, 0);

        let annabel = sign_in(&school.world, "Annabel").await.id;
        let person = contract::Person::new(&annabel.to_string(), "Annabel").expect("a name");
        let (store, case) = (
            school.world.store.clone(),
            CaseId::parse("made-up-2").expect("a case id"),
        );
        let introduces = async move {
            store
                .introduce(&case, &person, Role::Annotate, "test")
                .await
        };
        let introduced = while_erased(&school, annabel, introduces).await;
        introduced.expect("Postgres works");
        assert_eq!(school.world.count(left).await, 0);
    })
    .await;
}
