//! To a provider and back: what comes back counts once, for a while, in the browser that went, and for that provider.

mod common;

use common::{
    World,
    code_server::CodeServer,
    in_world_with,
    institutions::provider,
    visitor::{Answered, Visitor},
};
use contract::head::{FLOW_COOKIE, SESSION_COOKIE};
use host::{
    App,
    sign_in::{Provider, ProviderKind, Secrets, SignIn},
};
use serde_json::{Value, json};

fn with_secret(app: App) -> App {
    app.with_development_sign_in(true).with_sign_in(SignIn {
        secrets: Secrets::new(|name| (name == "SIGN_IN_SECRET_TEST").then(|| "secret".to_owned())),
        ..SignIn::default()
    })
}

async fn in_world_with_github<F: Future<Output = ()>>(test: impl FnOnce(World, CodeServer) -> F) {
    let server = CodeServer::start().await;
    in_world_with(with_secret, async |world: World| {
        for id in ["github", "other"] {
            let github = provider(id, ProviderKind::GitHub, &server.base_url);
            let allowed = vec!["ada".to_owned()];
            world.named(Provider { allowed, ..github }).await;
        }
        test(world, server.clone()).await;
    })
    .await;
}

fn ada() -> Value {
    json!({ "id": 7, "login": "Ada", "name": "Ada Lovelace" })
}

async fn go(visitor: &mut Visitor, to: &str) -> String {
    let answer = visitor
        .post("/auth/way/github/start", &json!({ "to": to }))
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["go"].as_str().expect("an address").to_owned()
}

async fn come_back(
    visitor: &mut Visitor,
    id: &str,
    fields: &std::collections::BTreeMap<String, String>,
) -> Answered {
    let query: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let target = format!("/auth/way/{id}/callback?{}", query.join("&"));
    visitor.get(&target).await
}

fn went_to(answer: &Answered) -> (u16, &str) {
    (answer.status, answer.header("location").unwrap_or_default())
}

#[tokio::test]
async fn a_listed_developer_signs_in_and_comes_to_the_page_that_was_wanted() {
    in_world_with_github(async |world: World, server: CodeServer| {
        let mut visitor = Visitor::new(&world);
        let address = go(&mut visitor, "/cases/42?tag=a#p7").await;
        let back = server.sign_in(&address, &ada());
        let asked = server.asked();
        assert_eq!(
            asked["redirect_uri"],
            "http://127.0.0.1:8787/auth/way/github/callback"
        );
        assert_eq!(
            asked.get("scope").map(String::as_str).unwrap_or_default(),
            ""
        );
        let answer = come_back(&mut visitor, "github", &back).await;
        assert_eq!(went_to(&answer), (303, "/cases/42?tag=a#p7"));
        assert_eq!(visitor.get("/api/me").await.json()["name"], "Ada Lovelace");
        assert_eq!(visitor.cookies.get(FLOW_COOKIE), None);
        assert_eq!(
            world
                .count("select count(*) from users where email is not null")
                .await,
            0
        );
    })
    .await;
}

#[tokio::test]
async fn who_is_not_listed_or_cancels_does_not_come_in() {
    in_world_with_github(async |world: World, server: CodeServer| {
        let mut visitor = Visitor::new(&world);
        let address = go(&mut visitor, "/").await;
        let eve = json!({ "id": 8, "login": "ada-lovelace", "name": "Ada" });
        let back = server.sign_in(&address, &eve);
        let answer = come_back(&mut visitor, "github", &back).await;
        assert_eq!(went_to(&answer), (303, "/sign-in?problem=not_allowed"));
        for (error, problem) in [("access_denied", "cancelled"), ("server_error", "refused")] {
            let address = go(&mut visitor, "/").await;
            let mut back = server.sign_in(&address, &ada());
            back.remove("code");
            back.insert("error".to_owned(), error.to_owned());
            let answer = come_back(&mut visitor, "github", &back).await;
            assert_eq!(
                went_to(&answer),
                (303, &*format!("/sign-in?problem={problem}"))
            );
        }
        assert_eq!(visitor.cookies.get(SESSION_COOKIE), None);
        assert_eq!(world.count("select count(*) from users").await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_comes_back_counts_once() {
    in_world_with_github(async |world: World, server: CodeServer| {
        let mut visitor = Visitor::new(&world);
        let address = go(&mut visitor, "/").await;
        let back = server.sign_in(&address, &ada());
        let mut twice = visitor.clone();
        assert_eq!(
            went_to(&come_back(&mut visitor, "github", &back).await),
            (303, "/")
        );
        let again = come_back(&mut twice, "github", &back).await;
        assert_eq!(went_to(&again), (303, "/sign-in?problem=expired"));
        assert_eq!(twice.cookies.get(SESSION_COOKIE), None);
    })
    .await;
}

/// Servers of an older version do not name themselves.
#[tokio::test]
async fn a_code_without_the_name_of_who_gave_it_counts() {
    in_world_with_github(async |world: World, server: CodeServer| {
        let mut visitor = Visitor::new(&world);
        let address = go(&mut visitor, "/").await;
        let mut back = server.sign_in(&address, &ada());
        back.remove("iss").expect("it names itself");
        let answer = come_back(&mut visitor, "github", &back).await;
        assert_eq!(went_to(&answer), (303, "/"));
    })
    .await;
}

/// Somebody sends the end of their own sign-in to another browser, which would then act in their name (login CSRF).
#[tokio::test]
async fn what_comes_back_counts_only_in_the_browser_that_went() {
    in_world_with_github(async |world: World, server: CodeServer| {
        let mut eve = Visitor::new(&world);
        let address = go(&mut eve, "/").await;
        let back = server.sign_in(&address, &ada());
        let mut without_cookie = Visitor::new(&world);
        let answer = come_back(&mut without_cookie, "github", &back).await;
        assert_eq!(went_to(&answer), (303, "/sign-in?problem=expired"));
        let mut ann = Visitor::new(&world);
        go(&mut ann, "/").await;
        let answer = come_back(&mut ann, "github", &back).await;
        assert_eq!(went_to(&answer), (303, "/sign-in?problem=expired"));
        assert_eq!(ann.cookies.get(SESSION_COOKIE), None);
        // And nobody has spent it for the one whose it is.
        assert_eq!(
            went_to(&come_back(&mut eve, "github", &back).await),
            (303, "/")
        );
    })
    .await;
}

#[tokio::test]
async fn what_comes_back_late_changed_or_to_another_ways_address_counts_for_nothing() {
    in_world_with_github(async |world: World, server: CodeServer| {
        let mut visitor = Visitor::new(&world);
        let address = go(&mut visitor, "/").await;
        let mut changed = server.sign_in(&address, &ada());
        changed.insert("state".to_owned(), "another".to_owned());
        let answer = come_back(&mut visitor, "github", &changed).await;
        assert_eq!(went_to(&answer), (303, "/sign-in?problem=expired"));
        changed.remove("state");
        let answer = come_back(&mut visitor, "github", &changed).await;
        assert_eq!(went_to(&answer), (303, "/sign-in?problem=expired"));

        let address = go(&mut visitor, "/").await;
        let mixed_up = server.sign_in(&address, &ada());
        let answer = come_back(&mut visitor, "other", &mixed_up).await;
        assert_eq!(went_to(&answer), (303, "/sign-in?problem=refused"));

        let address = go(&mut visitor, "/").await;
        let mut named = server.sign_in(&address, &ada());
        for issuer in ["https://github.com/login/oauth", &server.base_url] {
            named.insert("iss".to_owned(), issuer.to_owned());
            let answer = come_back(&mut visitor, "github", &named).await;
            assert_eq!(went_to(&answer), (303, "/sign-in?problem=refused"));
            let address = go(&mut visitor, "/").await;
            named = server.sign_in(&address, &ada());
        }

        let address = go(&mut visitor, "/").await;
        let late = server.sign_in(&address, &ada());
        let sql = world.sql().await;
        sql.batch_execute("update sign_in_flows set expires_at = now()")
            .await
            .unwrap();
        let answer = come_back(&mut visitor, "github", &late).await;
        assert_eq!(went_to(&answer), (303, "/sign-in?problem=expired"));
        assert_eq!(world.count("select count(*) from users").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_code_of_another_sign_in_is_worth_nothing() {
    in_world_with_github(async |world: World, server: CodeServer| {
        let mut eve = Visitor::new(&world);
        let address = go(&mut eve, "/").await;
        let stolen = server.sign_in(&address, &ada())["code"].clone();
        let address = go(&mut eve, "/").await;
        let mut own = server.sign_in(&address, &json!({ "id": 8, "login": "eve" }));
        own.insert("code".to_owned(), stolen);
        let answer = come_back(&mut eve, "github", &own).await;
        assert_eq!(went_to(&answer), (303, "/sign-in?problem=refused"));
    })
    .await;
}

#[tokio::test]
async fn nobody_is_sent_to_another_site_once_they_have_signed_in() {
    in_world_with_github(async |world: World, _server: CodeServer| {
        let mut visitor = Visitor::new(&world);
        for to in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/.//evil.example",
        ] {
            for (target, said) in [
                ("/auth/way/github/start", json!({ "to": to })),
                ("/auth/development", json!({ "name": "Ada", "to": to })),
            ] {
                let answer = visitor.post(target, &said).await;
                assert_eq!(answer.status, 400, "{target} {to:?}");
            }
        }
        assert_eq!(world.count("select count(*) from sign_in_flows").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_somebody_planted_is_not_the_one_that_is_signed_in() {
    in_world_with_github(async |world: World, server: CodeServer| {
        let planted = Visitor::named(&world, "Eve").await;
        let mut ann = Visitor::new(&world);
        ann.cookies.clone_from(&planted.cookies);
        let address = go(&mut ann, "/").await;
        let back = server.sign_in(&address, &ada());
        come_back(&mut ann, "github", &back).await;
        assert_ne!(ann.cookies[SESSION_COOKIE], planted.cookies[SESSION_COOKIE]);
        assert_eq!(planted.clone().get("/api/me").await.status, 401);
        assert_eq!(ann.get("/api/me").await.json()["name"], "Ada Lovelace");
    })
    .await;
}

#[tokio::test]
async fn ways_are_offered_in_their_order_and_not_without_their_secret() {
    in_world_with_github(async |world: World, _server: CodeServer| {
        world.with_uni().await;
        world.sso().await;
        let google = provider(
            "google",
            ProviderKind::Google,
            "https://accounts.google.com",
        );
        world.named(google).await;
        let lacking = provider("lacking", ProviderKind::Oidc, "https://a.example");
        let secret_variable = Some("SIGN_IN_SECRET_LACKING".to_owned());
        world
            .named(Provider {
                secret_variable,
                ..lacking
            })
            .await;
        assert!(world.store.retire_provider("other", "test").await.unwrap());
        let mut visitor = Visitor::new(&world);
        let ids = |answer: Answered| -> Vec<String> {
            let ways = answer.json();
            let ways = ways["ways"].as_array().expect("a list").clone();
            ways.iter()
                .map(|way| format!("{} {}", way["id"], way["kind"]).replace('"', ""))
                .collect()
        };
        assert_eq!(
            ids(visitor.get("/auth/ways").await),
            [
                "sso oidc",
                "google google",
                "github github",
                "development development"
            ]
        );
        visitor.origin = "https://glossator.example".to_owned();
        assert_eq!(ids(visitor.get("/auth/ways").await).len(), 3);
        for id in [
            "other",
            "nobody",
            "development",
            "mail",
            "%00",
            "GitHub",
            "-",
        ] {
            let answer = visitor
                .post(&format!("/auth/way/{id}/start"), &json!({}))
                .await;
            assert_eq!(answer.status, 404, "{id}");
        }
    })
    .await;
}

/// What nobody was sent for costs nothing, so that it takes nobody's turn.
#[tokio::test]
async fn only_what_comes_back_from_a_provider_is_counted_as_that() {
    in_world_with_github(async |world: World, server: CodeServer| {
        let (mut ann, mut bob) = (Visitor::new(&world), Visitor::new(&world));
        let address = go(&mut ann, "/").await;
        let ann_back = server.sign_in(&address, &ada());
        let address = go(&mut bob, "/").await;
        let bob_back = server.sign_in(&address, &ada());
        let counters = "select count(*) from rate_counters";
        let before = world.count(counters).await;
        let mut stateless = ann_back.clone();
        stateless.remove("state");
        come_back(&mut ann, "github", &stateless).await;
        come_back(&mut ann, "github", &bob_back).await;
        come_back(&mut Visitor::new(&world), "github", &ann_back).await;
        assert_eq!(world.count(counters).await, before);

        let answer = come_back(&mut ann, "github", &ann_back).await;
        assert_eq!(went_to(&answer), (303, "/"));
        assert!(world.count(counters).await > before);
        let sql = world.sql().await;
        sql.batch_execute("update rate_counters set count = 600")
            .await
            .unwrap();
        let answer = come_back(&mut bob, "github", &bob_back).await;
        assert_eq!(went_to(&answer), (303, "/sign-in?problem=unavailable"));
        assert_eq!(bob.cookies.get(SESSION_COOKIE), None);
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_is_away_is_out_of_order_and_the_rest_works() {
    in_world_with_github(async |world: World, _server: CodeServer| {
        let away = provider("away", ProviderKind::Oidc, "http://127.0.0.1:9");
        world.named(away).await;
        let mut visitor = Visitor::new(&world);
        let answer = visitor.post("/auth/way/away/start", &json!({})).await;
        assert_eq!(answer.status, 502, "{answer:?}");
        assert!(answer.json()["error"].is_string());
    })
    .await;
}
