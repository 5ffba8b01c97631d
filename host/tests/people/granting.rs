//! What the edge, or an operator's program, gives to an id: whoever has an account has it under the very id of that, and ids
//! of no account's form are the program's own.

use contract::{AuthorityQuestion, CaseId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    common::question::ask,
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
async fn nobody_who_was_erased_meanwhile_is_introduced() {
    in_school(async |school: School| {
        let erased = sign_in(&school.world, "Annabel").await;
        erase(&erased, "Annabel").await;
        let case = CaseId::parse("made-up").expect("a case id");
        let person = contract::Person::new(&erased.id.to_string(), "Annabel").expect("a name");
        let store = &school.world.store;
        let introduced = store.introduce(&case, &person, contract::Role::Annotate, "test");
        introduced.await.expect("Postgres works");
        let left = "select (select count(*) from grants where case_id = 'made-up')
                         + (select count(*) from shares where case_id = 'made-up')";
        assert_eq!(school.world.count(left).await, 0);
    })
    .await;
}
