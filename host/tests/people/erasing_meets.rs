//! What was under way when its person was erased: it is answered as to nobody, or does without them, and leaves no row that is
//! about somebody without a name.

use contract::{CaseId, Role, head::CookieSecret};
use host::{
    invite_code::InviteCode,
    projection,
    sign_in::{ByMereName, Way},
    store::{EraseOutcome, NewClass, Outcome, StoreError},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    common::{backend, documents::commented},
    erasing_waits::erase,
    school::{School, in_school, sign_in},
};

const ADDRESS: &str = "annabel@uncommon.example";

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

/// Somebody with an address, who is in no class.
async fn annabel(school: &School) -> Uuid {
    let annabel = sign_in(&school.world, "Annabel").await;
    let sql = school.world.sql().await;
    let address = "update users set email = $2 where id = $1";
    sql.execute(address, &[&annabel.id, &ADDRESS])
        .await
        .expect("Postgres works");
    annabel.id
}

/// Does something while somebody is being erased, whose erasing comes to its end once this waits for it.
pub async fn while_erased<T: Send + 'static>(
    school: &School,
    user: Uuid,
    does: impl Future<Output = T> + Send + 'static,
) -> T {
    let mut other = school.world.sql().await;
    let pid = backend(&other).await;
    let erasing = other.transaction().await.expect("a transaction");
    let hold = "select from users where id = $1 and erased_at is null for update";
    assert_eq!(
        erasing
            .execute(hold, &[&user])
            .await
            .expect("as erasing does"),
        1
    );
    let does = tokio::spawn(does);
    school.world.until_blocked_by(pid).await;
    for goes in [
        "delete from identities where user_id = $1",
        "delete from enrolments where user_id = $1",
        "update users set name = 'Former participant', email = null, erased_at = now() where id = $1",
    ] {
        erasing
            .execute(goes, &[&user])
            .await
            .expect("as erasing does");
    }
    erasing.commit().await.expect("it was first");
    does.await.expect("no panic")
}

#[tokio::test]
async fn a_sign_in_makes_somebody_new_of_whoever_is_erased_meanwhile() {
    in_school(async |school: School| {
        let user = annabel(&school).await;
        let auth = ByMereName
            .prove("Annabel".to_owned())
            .await
            .expect("a name");
        let store = school.world.store.clone();
        let signs_in = async move { store.settle_sign_in(&auth, None, "test").await };
        let settled = while_erased(&school, user, signs_in).await;
        assert_ne!(settled.expect("Postgres works"), user);
        let left = format!("select count(*) from identities where user_id = '{user}'");
        assert_eq!(school.world.count(&left).await, 0);
    })
    .await;
}

#[tokio::test]
async fn whoever_was_erased_since_they_were_proved_gets_no_session_and_claims_nothing() {
    in_school(async |school: School| {
        let class = school.class().await;
        let annabel = sign_in(&school.world, "Annabel").await;
        erase(&annabel, "Annabel").await;
        let sql = school.world.sql().await;
        let invite = "insert into roster_invitations (class_id, email, name, role) values ($1, $2, 'Annabel', 'student')";
        sql.execute(invite, &[&class.id, &ADDRESS]).await.expect("an invitation");
        let store = &school.world.store;
        let claimed = store.claim_invitations(annabel.id, ADDRESS, "test").await;
        assert!(matches!(claimed, Err(StoreError::Nobody)), "{claimed:?}");
        let secret = CookieSecret::new([7; 32]);
        let begun = store.begin_session(annabel.id, (&secret, None), "development", "a browser").await;
        assert!(matches!(begun, Err(StoreError::Nobody)), "{begun:?}");
        let left = format!(
            "select (select count(*) from sessions where user_id = '{0}') + (select count(*) from enrolments where user_id = '{0}')
                  + (select count(*) from users where id = '{0}' and last_sign_in_at is not null)",
            annabel.id
        );
        assert_eq!(school.world.count(&left).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_roster_invites_the_address_of_whoever_is_erased_meanwhile_and_enrols_nobody() {
    in_school(async |school: School| {
        let class = school.class().await;
        let user = annabel(&school).await;
        let csv = format!("Email\n{ADDRESS}\n");
        let path = format!("/api/classes/{}/roster", class.id);
        let mut owner = school.owner.browser.clone();
        let reads = async move { owner.post(&path, &json!({ "csv": csv })).await };
        let report = while_erased(&school, user, reads).await;
        assert_eq!(report.status, 200, "{report:?}");
        let report: Value = report.json();
        assert_eq!(
            (&report["enrolled"], &report["invited"]),
            (&json!(0), &json!(1))
        );
        let left = format!("select count(*) from enrolments where user_id = '{user}'");
        assert_eq!(school.world.count(&left).await, 0);
        assert_eq!(school.role(&class.case, user).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_share_waits_for_the_address_of_whoever_is_erased_meanwhile() {
    in_school(async |school: School| {
        let case = school.case().await;
        let user = annabel(&school).await;
        let path = format!("/api/cases/{case}/shares");
        let share = json!({ "email": ADDRESS, "role": "read" });
        let mut owner = school.owner.browser.clone();
        let shares = async move { owner.put(&path, &share).await };
        let shared = while_erased(&school, user, shares).await;
        assert_eq!(shared.status, 200, "{shared:?}");
        let left = format!("select count(*) from shares where user_id = '{user}'");
        assert_eq!(school.world.count(&left).await, 0);
        let waits = format!("select count(*) from case_invitations where case_id = '{case}'");
        assert_eq!(school.world.count(&waits).await, 1);
        assert_eq!(school.role(&case, user).await, None);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_told_of_a_comment_who_is_erased_while_it_is_projected() {
    in_school(async |school: School| {
        let class = school.class().await;
        let author = school.tutor.id.to_string();
        let fields = [
            ("highlight_id", "h"),
            ("text", "so, @Stu?"),
            ("author_id", &author),
        ];
        let document = commented(yrs::Update::EMPTY_V1, 5, "c", &fields);
        assert_eq!(
            school.world.put(&class.case, None, &document).await.status,
            200
        );
        let (store, user) = (school.world.store.clone(), school.student.id);
        let projects = async move { projection::catch_up(&store).await };
        let projected = while_erased(&school, user, projects).await;
        assert!(projected.is_ok(), "{projected:?}");
        assert_eq!(
            school
                .world
                .count("select count(*) from heeded_comments")
                .await,
            1
        );
        assert_eq!(school.world.count("select count(*) from notices").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_client_token_that_is_being_issued_goes_with_its_person() {
    in_school(async |school: School| {
        let class = school.class().await;
        let (store, user) = (school.world.store.clone(), school.student.id);
        let id = user.to_string();
        let mut other = school.world.sql().await;
        let pid = backend(&other).await;
        let issuing = other.transaction().await.expect("a transaction");
        let grant = "select from grants where case_id = $1 and user_id = $2 for update";
        issuing
            .execute(grant, &[&class.case, &id])
            .await
            .expect("as issuing does");
        let erasing = tokio::spawn(async move { store.erase_person(user, false, "test").await });
        school.world.until_blocked_by(pid).await;
        let token = "insert into client_tokens (id, case_id, user_id, role, created_at, expires_at)
             values (decode(repeat('ab', 16), 'hex'), $1, $2, 'read', now(), now() + interval '1 day')";
        issuing
            .execute(token, &[&class.case, &id])
            .await
            .expect("as issuing does");
        issuing.commit().await.expect("it was first");
        let erased = erasing.await.expect("no panic");
        assert!(matches!(erased, Ok(EraseOutcome::Erased)), "{erased:?}");
        let left = "select count(*) from client_tokens";
        assert_eq!(school.world.count(left).await, 0);
    })
    .await;
}
