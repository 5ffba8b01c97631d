//! The mail of what is unread: for those who chose it, once a day, and of nothing twice.

use host::store::Store;
use host::{
    config::MailConfig,
    digest,
    sign_in::{Outgoing, SignIn},
};
use serde_json::json;
use tokio::sync::watch;

use crate::{
    common::mail_server::MailServer,
    inbox::Paper,
    school::{Person, School, in_school_with},
};

fn sign_in_by(server: &MailServer) -> SignIn {
    sign_in_at(&server.url())
}

fn sign_in_at(url: &str) -> SignIn {
    let config = MailConfig::read(&|name| match name {
        "SMTP_URL" => Some(url.to_owned()),
        "MAIL_FROM" => Some("Glossator <glossator@uni.example>".to_owned()),
        _ => None,
    });
    let config = config.expect("it can be read").expect("it is set");
    SignIn {
        mail: Some(SignIn::mail_by(&config).expect("a mailer")),
        ..SignIn::default()
    }
}

/// Sends what is due, while nobody asks the host to stop.
async fn send_due(store: &Store, mail: &Outgoing) -> usize {
    let (_stop, stopping) = watch::channel(false);
    let sent = digest::send_due(store, mail, &stopping).await;
    sent.expect("Postgres answers")
}

/// The text of the newest mail without the breaks that its encoding adds.
fn text(server: &MailServer) -> String {
    server.text().replace("=\n", "").replace("=3D", "=")
}

async fn choose(person: &Person, how: &str) -> u16 {
    let said = json!({ "digest": how });
    person.browser.clone().patch("/api/me", &said).await.status
}

async fn give_address(school: &School, person: &Person, address: &str) {
    let sql = school.world.sql().await;
    let set = "update users set email = $2 where id = $1";
    sql.execute(set, &[&person.id, &address])
        .await
        .expect("an address");
}

async fn a_day_passes(school: &School) {
    let pass = "update users set digest_at = digest_at - interval '25 hours'";
    school
        .world
        .sql()
        .await
        .batch_execute(pass)
        .await
        .expect("it passes");
}

#[tokio::test]
async fn a_mail_a_day_names_what_is_unread_and_nothing_is_mailed_twice() {
    let server = MailServer::start().await;
    let sign_in = sign_in_by(&server);
    let mail: Outgoing = sign_in.mail.clone().expect("mails are sent");
    in_school_with(
        |app| app.with_sign_in(sign_in),
        async |school: School| {
            let store = &school.world.store;
            let mut paper = Paper::new(&school).await;
            give_address(&school, &school.tutor, "tia@uni.example").await;
            paper
                .comment("c1", &school.student, "@Tia the secret of the case")
                .await;
            assert_eq!(send_due(store, &mail).await, 0, "nobody has chosen it");
            assert_eq!(choose(&school.tutor, "daily").await, 200);
            assert_eq!(send_due(store, &mail).await, 1);
            let sent = text(&server);
            for words in [
                "Stu mentioned you in A v B",
                &format!("/c/{}#h=h", paper.class.case),
                "List-Unsubscribe: <http://127.0.0.1:8787/account>",
            ] {
                assert!(sent.contains(words), "{words}: {sent}");
            }
            assert!(
                !sent.contains("secret"),
                "no word of what was written: {sent}"
            );
            paper.comment("c2", &school.owner, "@Tia").await;
            assert_eq!(send_due(store, &mail).await, 0, "within a day there is one");
            a_day_passes(&school).await;
            assert_eq!(send_due(store, &mail).await, 1);
            let sent = text(&server);
            assert!(sent.contains("Olga") && !sent.contains("Stu"), "{sent}");
            a_day_passes(&school).await;
            assert_eq!(send_due(store, &mail).await, 0, "nothing is new");
            paper.comment("c3", &school.owner, "@Tia").await;
            let mut tutor = school.tutor.browser.clone();
            tutor
                .post("/api/me/inbox/read", &json!({ "up_to": i64::MAX }))
                .await;
            assert_eq!(send_due(store, &mail).await, 0, "it was read");
            assert_eq!(choose(&school.tutor, "never").await, 200);
            paper.comment("c4", &school.owner, "@Tia").await;
            assert_eq!(send_due(store, &mail).await, 0, "it is wanted no longer");
            assert_eq!(server.count(), 2);
        },
    )
    .await;
}

#[tokio::test]
async fn no_mail_tells_of_what_one_may_not_read_any_more() {
    let server = MailServer::start().await;
    let sign_in = sign_in_by(&server);
    let mail: Outgoing = sign_in.mail.clone().expect("mails are sent");
    in_school_with(
        |app| app.with_sign_in(sign_in),
        async |school: School| {
            let mut paper = Paper::new(&school).await;
            give_address(&school, &school.student, "stu@uni.example").await;
            assert_eq!(choose(&school.student, "daily").await, 200);
            paper.comment("c1", &school.owner, "@Stu").await;
            let member = format!(
                "/api/classes/{}/members/{}",
                paper.class.id, school.student.id
            );
            assert_eq!(
                school.owner.browser.clone().delete(&member).await.status,
                200
            );
            assert_eq!(send_due(&school.world.store, &mail).await, 0);
            assert_eq!(server.count(), 0);
        },
    )
    .await;
}

#[tokio::test]
async fn a_mail_that_the_server_did_not_take_is_lost_and_not_sent_later() {
    let server = MailServer::start().await;
    let sign_in = sign_in_by(&server);
    in_school_with(
        |app| app.with_sign_in(sign_in),
        async |school: School| {
            let mut paper = Paper::new(&school).await;
            give_address(&school, &school.tutor, "tia@uni.example").await;
            assert_eq!(choose(&school.tutor, "daily").await, 200);
            paper.comment("c1", &school.student, "@Tia").await;
            // As by a host that died between claiming and sending.
            assert!(school.world.store.claim_digest().await.unwrap().is_some());
            a_day_passes(&school).await;
            assert_eq!(school.world.store.claim_digest().await.unwrap(), None);
            assert_eq!(
                crate::inbox::told(&school.tutor).await.1,
                1,
                "the inbox has it"
            );
        },
    )
    .await;
}

#[tokio::test]
async fn what_comes_back_after_it_was_mailed_is_not_mailed_again() {
    let server = MailServer::start().await;
    let sign_in = sign_in_by(&server);
    let mail: Outgoing = sign_in.mail.clone().expect("mails are sent");
    in_school_with(
        |app| app.with_sign_in(sign_in),
        async |school: School| {
            let mut paper = Paper::new(&school).await;
            give_address(&school, &school.tutor, "tia@uni.example").await;
            assert_eq!(choose(&school.tutor, "daily").await, 200);
            paper.comment("c1", &school.student, "@Tia").await;
            assert_eq!(send_due(&school.world.store, &mail).await, 1);
            paper.delete("c1").await;
            assert_eq!(crate::inbox::told(&school.tutor).await.1, 0);
            paper.comment("c1", &school.student, "@Tia").await;
            a_day_passes(&school).await;
            assert_eq!(send_due(&school.world.store, &mail).await, 0);
            assert_eq!(
                crate::inbox::told(&school.tutor).await.1,
                1,
                "it is there again, and no news"
            );
        },
    )
    .await;
}

#[tokio::test]
async fn those_who_may_read_nothing_keep_no_mail_from_others_and_a_server_that_is_away_loses_none()
{
    let server = MailServer::start().await;
    let sign_in = sign_in_by(&server);
    let mail: Outgoing = sign_in.mail.clone().expect("mails are sent");
    in_school_with(
        |app| app.with_sign_in(sign_in),
        async |school: School| {
            let mut paper = Paper::new(&school).await;
            for (person, address) in [
                (&school.student, "stu@uni.example"),
                (&school.tutor, "tia@uni.example"),
            ] {
                give_address(&school, person, address).await;
                assert_eq!(choose(person, "daily").await, 200);
            }
            paper.comment("c1", &school.owner, "@Stu @Tia").await;
            let member = format!(
                "/api/classes/{}/members/{}",
                paper.class.id, school.student.id
            );
            assert_eq!(
                school.owner.browser.clone().delete(&member).await.status,
                200
            );
            let nobody_answers = sign_in_at("smtp://127.0.0.1:1").mail.expect("a mailer");
            assert_eq!(send_due(&school.world.store, &nobody_answers).await, 0);
            let claimed = "select count(*) from notices where mailed_at is not null";
            assert_eq!(school.world.count(claimed).await, 0);
            assert_eq!(send_due(&school.world.store, &mail).await, 1);
            assert_eq!(server.count(), 1);
            assert!(
                !school.world.store.is_digest_due().await.unwrap(),
                "of what Stu may not read nobody is waiting for"
            );
        },
    )
    .await;
}

#[tokio::test]
async fn it_can_be_chosen_only_where_a_mail_could_be_sent() {
    in_school_with(std::convert::identity, async |school: School| {
        give_address(&school, &school.tutor, "tia@uni.example").await;
        assert_eq!(
            choose(&school.tutor, "daily").await,
            409,
            "no mails are sent here"
        );
        assert!(school.tutor.browser.clone().get("/api/me").await.json()["digest"].is_null());
    })
    .await;
    let server = MailServer::start().await;
    let sign_in = sign_in_by(&server);
    in_school_with(
        |app| app.with_sign_in(sign_in),
        async |school: School| {
            assert_eq!(
                choose(&school.tutor, "daily").await,
                409,
                "no address is proven"
            );
            give_address(&school, &school.tutor, "tia@uni.example").await;
            let me =
                async || school.tutor.browser.clone().get("/api/me").await.json()["digest"].clone();
            assert_eq!(me().await, "never");
            assert_eq!(choose(&school.tutor, "hourly").await, 400);
            assert_eq!(choose(&school.tutor, "daily").await, 200);
            assert_eq!(me().await, "daily");
            let renamed = school
                .tutor
                .browser
                .clone()
                .patch("/api/me", &json!({ "name": "Tia T" }))
                .await;
            assert_eq!(
                renamed.json()["digest"],
                "daily",
                "a name changes nothing else"
            );
        },
    )
    .await;
}
