//! Browsers' requests as the edge passes them on: proved both ways, and whose they are.

mod common;

use common::{World, in_world_with, keys, visitor::Visitor};
use contract::{Digest, Direction, Keys, Nonce, RequestParts, head::SESSION_COOKIE, sign_request};
use host::App;
use serde_json::json;

fn believing_names(app: App) -> App {
    app.with_development_sign_in(true)
}

/// Sends a request with these headers, whatever they prove.
async fn send(
    world: &World,
    method: &str,
    path: &str,
    headers: Vec<(&'static str, String)>,
) -> u16 {
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{}{path}", world.base_url));
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(()).expect("a request");
    let sent = tokio::task::spawn_blocking(move || {
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let agent: ureq::Agent = config.build().into();
        agent
            .run(request)
            .expect("the host answers")
            .status()
            .as_u16()
    });
    sent.await.expect("the client works")
}

fn signed(path: &str, time: u64, visit: Option<&str>) -> Vec<(&'static str, String)> {
    signed_by(&keys(), path, time, visit)
}

fn signed_by(
    keys: &Keys,
    path: &str,
    time: u64,
    visit: Option<&str>,
) -> Vec<(&'static str, String)> {
    let parts = RequestParts {
        direction: Direction::EdgeToHost,
        method: "GET",
        path,
        query: "",
        body_sha256: Digest::of(b""),
        time,
        nonce: Nonce::new(*uuid::Uuid::new_v4().as_bytes()),
        metrics: None,
        visit,
    };
    sign_request(keys, &parts)
}

#[tokio::test]
async fn only_the_edge_is_answered_and_once() {
    in_world_with(believing_names, async |world| {
        let visit = Visitor::named(&world, "Ada").await.visit().write();
        let now = common::client::now();
        let path = "/api/me";
        assert_eq!(send(&world, "GET", path, vec![]).await, 401, "unsigned");
        let bare = signed(path, now, None);
        assert_eq!(
            send(&world, "GET", path, bare).await,
            401,
            "without a visit"
        );
        let late = signed(path, now - 61, Some(&visit));
        assert_eq!(send(&world, "GET", path, late).await, 401, "too late");
        let other = signed("/api/classes", now, Some(&visit));
        assert_eq!(
            send(&world, "GET", path, other).await,
            401,
            "for another path"
        );
        let good = signed(path, now, Some(&visit));
        assert_eq!(send(&world, "GET", path, good.clone()).await, 200);
        assert_eq!(send(&world, "GET", path, good).await, 401, "replayed");
    })
    .await;
}

#[tokio::test]
async fn a_request_that_is_signed_with_a_key_that_was_retired_is_answered_as_if_it_were_not_signed()
{
    in_world_with(believing_names, async |world| {
        let visit = Visitor::named(&world, "Ada").await.visit().write();
        let now = common::client::now();
        let path = "/api/me";
        // The one before; and the one of today by another's secret.
        let secret = "ff".repeat(32);
        for id in ["before", "test"] {
            let retired = Keys::parse(&format!("{id}:{secret}")).unwrap();
            let old = signed_by(&retired, path, now, Some(&visit));
            assert_eq!(send(&world, "GET", path, old).await, 401, "{id}");
        }
        let good = signed(path, now, Some(&visit));
        assert_eq!(send(&world, "GET", path, good).await, 200);
    })
    .await;
}

#[tokio::test]
async fn whoever_adds_a_session_to_a_signed_request_is_not_believed() {
    in_world_with(believing_names, async |world| {
        let nobody = Visitor::new(&world).visit().write();
        let somebody = Visitor::named(&world, "Ada").await.visit().write();
        let mut headers = signed("/api/me", common::client::now(), Some(&nobody));
        for (name, value) in &mut headers {
            if *name == contract::HEADER_VISIT {
                value.clone_from(&somebody);
            }
        }
        assert_eq!(send(&world, "GET", "/api/me", headers).await, 401);
    })
    .await;
}

#[tokio::test]
async fn a_session_lasts_until_it_is_ended() {
    in_world_with(believing_names, async |world| {
        let mut ada = Visitor::named(&world, "Ada").await;
        let me = ada.get("/api/me").await;
        assert_eq!((me.status, &me.json()["name"]), (200, &json!("Ada")));

        let mut stolen = ada.clone();
        assert_eq!(ada.post("/auth/sign-out", &json!({})).await.status, 200);
        assert_eq!(ada.cookies.get(SESSION_COOKIE), None);
        assert_eq!(ada.get("/api/me").await.status, 401);
        assert_eq!(
            stolen.get("/api/me").await.status,
            401,
            "what proved it proves nothing now"
        );
    })
    .await;
}

#[tokio::test]
async fn a_session_that_is_idle_or_old_has_ended() {
    for ending in [
        "update sessions set last_seen_at = now() - interval '12 hours 1 second'",
        "update sessions set created_at = now() - interval '8 days', ends_at = now() - interval '1 second'",
        "update users set erased_at = now()",
    ] {
        in_world_with(believing_names, async |world| {
            let mut ada = Visitor::named(&world, "Ada").await;
            assert_eq!(ada.get("/api/me").await.status, 200);
            world.sql().await.batch_execute(ending).await.unwrap();
            assert_eq!(ada.get("/api/me").await.status, 401, "{ending}");
        })
        .await;
    }
}

#[tokio::test]
async fn signing_in_ends_the_session_that_the_browser_had() {
    in_world_with(believing_names, async |world| {
        let mut browser = Visitor::named(&world, "Ada").await;
        let mut planted = browser.clone();
        let said = json!({ "name": "Bob" });
        assert_eq!(browser.post("/auth/development", &said).await.status, 200);
        assert_ne!(browser.cookies, planted.cookies);
        assert_eq!(browser.get("/api/me").await.json()["name"], "Bob");
        assert_eq!(planted.get("/api/me").await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn names_are_believed_only_where_the_operator_says_so_and_on_this_machine() {
    in_world_with(std::convert::identity, async |world| {
        let said = json!({ "name": "Ada" });
        let answer = Visitor::new(&world).post("/auth/development", &said).await;
        assert_eq!(answer.status, 404);
    })
    .await;
    in_world_with(believing_names, async |world| {
        let mut abroad = Visitor::new(&world);
        abroad.origin = "https://glossator.example".to_owned();
        let said = json!({ "name": "Ada" });
        assert_eq!(abroad.post("/auth/development", &said).await.status, 404);
        for name in ["", " Ada", "A\nda", &"a".repeat(101)] {
            let answer = Visitor::new(&world)
                .post("/auth/development", &json!({ "name": name }))
                .await;
            assert_eq!(answer.status, 400, "{name:?}");
        }
        assert_eq!(world.count("select count(*) from users").await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_is_said_to_be_not_there() {
    in_world_with(believing_names, async |world| {
        let mut visitor = Visitor::new(&world);
        for target in ["/api/nowhere", "/auth/nowhere", "/api/cases/a/nowhere?b=c"] {
            assert_eq!(visitor.get(target).await.status, 404, "{target}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_text_is_for_whoever_may_read_a_case_that_has_it() {
    in_world_with(believing_names, async |world| {
        let mut ada = Visitor::named(&world, "Ada").await;
        let mut bob = Visitor::named(&world, "Bob").await;
        let (body, sha256) = (r#"{"title":"x"}"#, Digest::of(br#"{"title":"x"}"#));
        let sql = world.sql().await;
        sql.batch_execute(&format!(
            "insert into case_text (sha256, body) values (decode('{sha256}', 'hex'), convert_to('{body}', 'utf8'));
             insert into cases (case_id, title, kind, paragraphs, text_sha256)
                select 'case-1', 'x', 'text', 1, sha256 from case_text;
             insert into grants (case_id, user_id, name, role, changed_at) values
                ('case-1', '{ada}', 'Ada', 'read', now()), ('case-1', '{bob}', 'Bob', null, now())",
            ada = ada.user().await,
            bob = bob.user().await,
        ))
        .await
        .unwrap();
        let target = format!("/api/texts/{sha256}");
        let answer = ada.get(&target).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, body));
        let unknown = bob.get(&format!("/api/texts/{}", Digest::of(b"unknown"))).await;
        let forbidden = bob.get(&target).await;
        assert_eq!((forbidden.status, &forbidden.body), (404, &unknown.body));
        assert_eq!(Visitor::new(&world).get(&target).await.status, 401);
    })
    .await;
}
