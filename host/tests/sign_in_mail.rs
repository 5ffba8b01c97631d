//! Links in mails: what they prove, to whom they are sent, and what nobody learns from asking for one.

mod common;

use common::{
    World, eventually, in_world_with,
    institutions::{UNI, account, provider},
    mail_server::MailServer,
    visitor::{Answered, Visitor},
};
use contract::head::{FLOW_COOKIE, SESSION_COOKIE};
use host::{
    App,
    config::MailConfig,
    sign_in::{Provider, ProviderKind, SignIn},
};
use serde_json::json;

const ANN: &str = "ann@uni.example";

fn sending_by(server: &MailServer) -> impl FnOnce(App) -> App {
    let url = server.url();
    move |app| {
        let config = MailConfig::read(&|name| match name {
            "SMTP_URL" => Some(url.clone()),
            "MAIL_FROM" => Some("Glossator <sign-in@uni.example>".to_owned()),
            _ => None,
        });
        let config = config.expect("a configuration").expect("a mail server");
        app.with_sign_in(SignIn {
            mail: Some(SignIn::mail_by(&config).expect("a mailer")),
            ..SignIn::default()
        })
    }
}

async fn in_world_with_mail<F: Future<Output = ()>>(test: impl FnOnce(World, MailServer) -> F) {
    let server = MailServer::start().await;
    in_world_with(sending_by(&server), async |world: World| {
        world.with_uni().await;
        let mail = provider("mail", ProviderKind::Mail, "mail");
        let institution = Some("uni".to_owned());
        world
            .named(Provider {
                institution,
                ..mail
            })
            .await;
        test(world, server.clone()).await;
    })
    .await;
}

async fn ask(visitor: &mut Visitor, email: &str) -> Answered {
    let said = json!({ "email": email, "to": "/cases?x=1" });
    visitor.post("/auth/mail/start", &said).await
}

async fn finish(visitor: &mut Visitor, token: &str) -> Answered {
    visitor
        .post("/auth/mail/finish", &json!({ "token": token }))
        .await
}

/// Asks for a link, and returns its token once it came.
async fn asked(visitor: &mut Visitor, server: &MailServer) -> String {
    let before = server.count();
    assert_eq!(ask(visitor, ANN).await.status, 202);
    eventually("the mail comes", async || server.count() > before).await;
    let (to, token) = server.newest();
    assert_eq!(to, ANN);
    token
}

#[tokio::test]
async fn a_link_signs_in_whoever_asked_for_it_once_and_only_when_the_button_is_pressed() {
    in_world_with_mail(async |world: World, server: MailServer| {
        let mut ann = Visitor::new(&world);
        let token = asked(&mut ann, &server).await;
        // A scanner opens it: what it would fetch is a page, and what it could guess takes no GET.
        for target in [
            "/auth/mail/finish",
            &format!("/auth/mail/finish?token={token}"),
        ] {
            assert!(
                matches!(ann.clone().get(target).await.status, 404 | 405),
                "{target}"
            );
        }
        let answer = finish(&mut ann, &token).await;
        assert_eq!(
            (answer.status, answer.json()),
            (200, json!({ "to": "/cases?x=1" }))
        );
        let me = ann.get("/api/me").await.json();
        assert_eq!((&me["email"], &me["name"]), (&json!(ANN), &json!("ann")));
        assert_eq!(ann.cookies.get(FLOW_COOKIE), None);

        let mut again = Visitor::new(&world);
        let again_token = asked(&mut again, &server).await;
        assert_eq!(finish(&mut again.clone(), &again_token).await.status, 200);
        let second = finish(&mut again, &again_token).await;
        assert_eq!(second.status, 410, "used up");
        assert_eq!(again.cookies.get(SESSION_COOKIE), None);
        assert_eq!(world.count("select count(*) from users").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_link_works_neither_in_another_browser_nor_too_late_nor_changed() {
    in_world_with_mail(async |world: World, server: MailServer| {
        let mut ann = Visitor::new(&world);
        let token = asked(&mut ann, &server).await;
        let mut without_cookie = Visitor::new(&world);
        assert_eq!(finish(&mut without_cookie, &token).await.status, 410);
        let mut other = Visitor::new(&world);
        asked(&mut other, &server).await;
        assert_eq!(finish(&mut other, &token).await.status, 410);
        let first = if token.starts_with('A') { "B" } else { "A" };
        for changed in ["", "x", &token[1..], &format!("{first}{}", &token[1..])] {
            assert_eq!(finish(&mut ann, changed).await.status, 410, "{changed}");
        }
        // Nobody who has the link alone can use it up.
        let sql = world.sql().await;
        assert_eq!(world.count("select count(*) from mail_links").await, 2);
        sql.batch_execute("update mail_links set expires_at = now() - interval '1 second'")
            .await
            .unwrap();
        let late = finish(&mut ann, &token).await;
        assert_eq!((late.status, ann.cookies.get(SESSION_COOKIE)), (410, None));
        assert_eq!(world.count("select count(*) from users").await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_is_stored_of_a_link_does_not_open_it() {
    in_world_with_mail(async |world: World, server: MailServer| {
        let mut ann = Visitor::new(&world);
        let token = asked(&mut ann, &server).await;
        let row = world.sql().await;
        let row = row
            .query_one(
                "select row_to_json(l)::text, token_hash from mail_links l",
                &[],
            )
            .await
            .unwrap();
        let (row, hash): (String, Vec<u8>) = (row.get(0), row.get(1));
        assert!(!row.contains(&token));
        assert!(!row.contains(ann.cookies.get(FLOW_COOKIE).unwrap()));
        assert_eq!(hash.len(), 32);
        assert!(server.text().contains("Subject: Sign in to Glossator"));
        assert!(
            server
                .text()
                .contains(&format!("{}/sign-in#mail={token}\n", ann.origin))
        );
    })
    .await;
}

#[tokio::test]
async fn known_unknown_and_unlisted_addresses_are_answered_alike() {
    in_world_with_mail(async |world: World, server: MailServer| {
        let sso = world.sso().await;
        world.signed_in(&account(&sso, "7", Some(ANN)), &sso).await;
        let mut answers = Vec::new();
        for email in [
            ANN,
            "nobody@uni.example",
            "eve@other.example",
            "no address at all",
        ] {
            let mut visitor = Visitor::new(&world);
            let mut answer = ask(&mut visitor, email).await;
            assert!(visitor.cookies.contains_key(FLOW_COOKIE));
            let flow = visitor.cookies.remove(FLOW_COOKIE).unwrap();
            for (_, value) in &mut answer.headers {
                *value = value.replace(&flow, "a secret");
            }
            answers.push((answer.status, answer.headers, answer.body));
        }
        assert_eq!(answers[0].0, 202);
        assert!(
            answers.iter().all(|answer| *answer == answers[0]),
            "{answers:?}"
        );
        eventually("both mails come", async || server.count() == 2).await;
        assert_eq!(world.count("select count(*) from mail_links").await, 2);
    })
    .await;
}

#[tokio::test]
async fn one_address_gets_no_more_than_a_few_mails_and_nobody_is_told() {
    in_world_with_mail(async |world: World, server: MailServer| {
        let mut visitor = Visitor::new(&world);
        for _ in 0..7 {
            assert_eq!(ask(&mut visitor, ANN).await.status, 202);
        }
        assert_eq!(ask(&mut visitor, &format!("bob@{UNI}")).await.status, 202);
        // Mails are on their way side by side: that the last one was asked for is seen by the count of them.
        let of_ann = "select count(*) from rate_counters where count = 7";
        eventually("all were counted", async || world.count(of_ann).await == 1).await;
        eventually("the last mail comes", async || server.count() >= 6).await;
        assert_eq!(server.count(), 6);
        assert_eq!(world.count("select count(*) from mail_links").await, 6);
    })
    .await;
}

/// Nobody is kept out by somebody elsewhere who asks in their name, unless from many networks.
#[tokio::test]
async fn who_asks_from_another_network_gets_a_mail_all_the_same() {
    in_world_with_mail(async |world: World, server: MailServer| {
        let mut eve = Visitor::new(&world);
        for _ in 0..7 {
            assert_eq!(ask(&mut eve, ANN).await.status, 202);
        }
        let mut ann = Visitor::new(&world);
        ann.address = "192.0.2.2".to_owned();
        let eve_got = async || server.count() == 5;
        eventually("the mails that eve is worth come", eve_got).await;
        let token = asked(&mut ann, &server).await;
        assert_eq!(finish(&mut ann, &token).await.status, 200);

        let sql = world.sql().await;
        sql.batch_execute("update rate_counters set count = 30")
            .await
            .unwrap();
        let mut third = Visitor::new(&world);
        third.address = "192.0.2.3".to_owned();
        assert_eq!(ask(&mut third, ANN).await.status, 202);
        assert_eq!(ask(&mut third, &format!("bob@{UNI}")).await.status, 202);
        let of_ann = "select count(*) from rate_counters where count = 31";
        eventually("both were counted", async || world.count(of_ann).await == 1).await;
        eventually("bob's mail comes", async || server.count() > 6).await;
        assert_eq!(server.newest().0, format!("bob@{UNI}"));
        assert_eq!(server.count(), 7, "one address has had enough");
    })
    .await;
}

#[tokio::test]
async fn a_link_that_is_none_is_not_counted_and_one_that_is_may_be_one_too_many() {
    in_world_with_mail(async |world: World, server: MailServer| {
        let (mut ann, mut again) = (Visitor::new(&world), Visitor::new(&world));
        let token = asked(&mut ann, &server).await;
        let again_token = asked(&mut again, &server).await;
        let counters = "select count(*) from rate_counters";
        let before = world.count(counters).await;
        for (visitor, token) in [
            (&mut ann, "x"),
            (&mut again, &token),
            (&mut Visitor::new(&world), &token),
        ] {
            assert_eq!(finish(visitor, token).await.status, 410);
        }
        assert_eq!(world.count(counters).await, before);
        assert_eq!(finish(&mut ann, &token).await.status, 200);
        let sql = world.sql().await;
        sql.batch_execute("update rate_counters set count = 600")
            .await
            .unwrap();
        let stopped = finish(&mut again, &again_token).await;
        assert_eq!(stopped.status, 429);
        assert!(stopped.header("retry-after").is_some());
    })
    .await;
}

#[tokio::test]
async fn one_network_is_stopped_when_it_asks_without_end() {
    in_world_with_mail(async |world: World, _server: MailServer| {
        let mut visitor = Visitor::new(&world);
        assert_eq!(ask(&mut visitor, "eve@other.example").await.status, 202);
        let sql = world.sql().await;
        sql.batch_execute("update rate_counters set count = 300")
            .await
            .unwrap();
        let stopped = ask(&mut visitor, "eve@other.example").await;
        assert_eq!(stopped.status, 429);
        let seconds: u64 = stopped.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=600).contains(&seconds), "{seconds}");
        let mut elsewhere = Visitor::new(&world);
        elsewhere.address = "192.0.2.2".to_owned();
        assert_eq!(ask(&mut elsewhere, "eve@other.example").await.status, 202);
    })
    .await;
}

#[tokio::test]
async fn without_a_mail_server_nobody_is_offered_mail() {
    in_world_with(std::convert::identity, async |world: World| {
        world.with_uni().await;
        let mail = provider("mail", ProviderKind::Mail, "mail");
        let allowed = vec![UNI.to_owned()];
        world.named(Provider { allowed, ..mail }).await;
        let mut visitor = Visitor::new(&world);
        assert_eq!(
            visitor.get("/auth/ways").await.json(),
            json!({ "ways": [] })
        );
        assert_eq!(ask(&mut visitor, ANN).await.status, 404);
    })
    .await;
}
