//! One's own sessions: listed, and ended here, there and everywhere; what somebody says of themselves; what is forgotten.

mod common;

use common::{World, in_world_with, visitor::Visitor};
use contract::Digest;
use host::{App, limits::SESSIONS_OF_ACCOUNT};
use serde_json::{Value, json};

fn believing_names(app: App) -> App {
    app.with_development_sign_in(true)
}

async fn sessions(visitor: &mut Visitor) -> Vec<Value> {
    let answer = visitor.get("/api/me/sessions").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["sessions"]
        .as_array()
        .expect("a list")
        .clone()
}

#[tokio::test]
async fn one_sees_ones_own_sessions_and_ends_one() {
    in_world_with(believing_names, async |world: World| {
        let mut desk = Visitor::named(&world, "Ada").await;
        let mut library = Visitor::new(&world);
        library.agent = "a library's browser".to_owned();
        library
            .post("/auth/development", &json!({ "name": "Ada" }))
            .await;
        let mut bob = Visitor::named(&world, "Bob").await;

        let listed = sessions(&mut desk).await;
        assert_eq!(listed.len(), 2);
        let current: Vec<&Value> = listed.iter().map(|it| &it["current"]).collect();
        assert_eq!(current, [false, true]);
        assert_eq!(listed[0]["agent"], "a library's browser");
        assert_eq!(listed[0]["way"], "development");
        let at = listed[0]["created_at"].as_str().expect("a time");
        assert!(at.ends_with('Z') && at.starts_with("20"), "{at}");

        let target = format!("/api/me/sessions/{}", listed[0]["id"].as_str().unwrap());
        assert_eq!(bob.delete(&target).await.status, 404, "another's");
        assert_eq!(library.get("/api/me").await.status, 200);
        assert_eq!(desk.delete(&target).await.status, 200);
        assert_eq!(library.get("/api/me").await.status, 401);
        assert_eq!(desk.delete(&target).await.status, 404, "ended before");
        assert_eq!(desk.delete("/api/me/sessions/none").await.status, 404);
        assert_eq!(sessions(&mut desk).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn whoever_begins_sessions_without_end_is_stopped_and_nobody_else_is() {
    in_world_with(believing_names, async |world: World| {
        let mut ada = Visitor::named(&world, "Ada").await;
        let counted = format!(
            "glossator rate {} {}",
            SESSIONS_OF_ACCOUNT.what,
            ada.user().await
        );
        let counted = Digest::of(counted.as_bytes());
        let begun = "update rate_counters set count = $2 where key_hash = $1";
        let begun_before: [&(dyn tokio_postgres::types::ToSql + Sync); 2] = [
            &counted.as_bytes().as_slice(),
            &(SESSIONS_OF_ACCOUNT.count_max - 1),
        ];
        let sql = world.sql().await;
        assert_eq!(sql.execute(begun, &begun_before).await.unwrap(), 1);
        let said = json!({ "name": "Ada" });
        let mut again = Visitor::new(&world);
        // From wherever it comes.
        again.address = "198.51.100.7".to_owned();
        assert_eq!(
            again.clone().post("/auth/development", &said).await.status,
            200
        );
        let sessions = "select count(*) from sessions";
        let before = world.count(sessions).await;
        let stopped = again.post("/auth/development", &said).await;
        assert_eq!(stopped.status, 429, "{stopped:?}");
        let seconds: u64 = stopped.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=600).contains(&seconds), "{seconds}");
        assert_eq!(again.cookies.len(), 0);
        assert_eq!(world.count(sessions).await, before);
        assert_eq!(ada.get("/api/me").await.status, 200, "who is here stays");
        Visitor::named(&world, "Bob").await;
    })
    .await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_all_sessions_of_the_person_and_of_nobody_else() {
    in_world_with(believing_names, async |world: World| {
        let mut desk = Visitor::named(&world, "Ada").await;
        let mut library = Visitor::named(&world, "Ada").await;
        let mut bob = Visitor::named(&world, "Bob").await;
        let answer = desk.post("/auth/sign-out-everywhere", &json!({})).await;
        assert_eq!((answer.status, desk.cookies.len()), (200, 0));
        assert_eq!(library.get("/api/me").await.status, 401);
        assert_eq!(bob.get("/api/me").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn what_is_open_by_a_session_ends_when_it_is_ended_from_elsewhere() {
    in_world_with(believing_names, async |world: World| {
        let mut desk = Visitor::named(&world, "Ada").await;
        let mut library = Visitor::named(&world, "Ada").await;
        let mut bob = Visitor::named(&world, "Bob").await;
        for visitor in [&mut desk, &mut library, &mut bob] {
            let ticket = visitor.post("/api/cases/made-up/ticket", &json!({})).await;
            assert_eq!(ticket.status, 201, "{ticket:?}");
        }
        let sql = world.sql().await;
        sql.batch_execute("delete from outbox").await.unwrap();
        let voided =
            "select count(*) from grants where changed_at > (select max(created_at) from sessions)";
        let ordered =
            r#"select count(*) from outbox where case_id = 'made-up' and "order" = 'rule'"#;

        desk.post("/auth/sign-out", &json!({})).await;
        assert_eq!(
            world.count(ordered).await,
            0,
            "whoever leaves closes what is theirs, and the library goes on"
        );
        let mut desk = Visitor::named(&world, "Ada").await;
        let before = world.count(voided).await;
        let listed = sessions(&mut desk).await;
        let target = format!("/api/me/sessions/{}", listed[1]["id"].as_str().unwrap());
        assert_eq!(desk.delete(&target).await.status, 200);
        assert_eq!(library.get("/api/me").await.status, 401);
        assert_eq!(
            (before, world.count(voided).await),
            (0, 1),
            "Ada's, and not Bob's"
        );
        assert_eq!(world.count(ordered).await, 1);

        sql.batch_execute("delete from outbox").await.unwrap();
        desk.post("/auth/sign-out-everywhere", &json!({})).await;
        assert_eq!(world.count(ordered).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_is_idle_is_not_listed() {
    in_world_with(believing_names, async |world: World| {
        Visitor::named(&world, "Ada").await;
        let sql = world.sql().await;
        sql.batch_execute("update sessions set last_seen_at = now() - interval '13 hours'")
            .await
            .unwrap();
        let mut ada = Visitor::named(&world, "Ada").await;
        assert_eq!(sessions(&mut ada).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn of_more_than_a_hundred_sessions_the_newest_are_listed_and_all_of_them_ended() {
    in_world_with(believing_names, async |world: World| {
        let mut ada = Visitor::named(&world, "Ada").await;
        let older = "insert into sessions (id_hash, user_id, way, agent, created_at, ends_at)
             select sha256(n::text::bytea), user_id, way, 'older ' || n, created_at - make_interval(mins => n), ends_at
             from sessions, generate_series(1, 110) as n";
        let sql = world.sql().await;
        sql.batch_execute(older).await.expect("they begin");
        let listed = sessions(&mut ada).await;
        assert_eq!(listed.len(), 100);
        assert_eq!(listed[0]["current"], true, "the newest first");
        assert_eq!(listed[99]["agent"], "older 99");
        let ended = ada.post("/auth/sign-out-everywhere", &json!({})).await;
        assert_eq!(ended.status, 200, "{ended:?}");
        assert_eq!(world.count("select count(*) from sessions").await, 0);
    })
    .await;
}

#[tokio::test]
async fn somebody_calls_themselves_otherwise() {
    in_world_with(believing_names, async |world: World| {
        let mut ada = Visitor::named(&world, "Ada").await;
        let answer = ada.patch("/api/me", &json!({ "name": "Ada King" })).await;
        assert_eq!(
            (answer.status, &answer.json()["name"]),
            (200, &json!("Ada King"))
        );
        let me = ada.get("/api/me").await.json();
        assert_eq!(
            (&me["name"], &me["can_create_classes"]),
            (&json!("Ada King"), &json!(false))
        );
        for name in ["", " Ada", "A\nda", &"a".repeat(101)] {
            let answer = ada.patch("/api/me", &json!({ "name": name })).await;
            assert_eq!(answer.status, 400, "{name:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_called_otherwise_is_so_in_the_tickets_that_follow() {
    in_world_with(believing_names, async |world: World| {
        let mut ada = Visitor::named(&world, "Ada").await;
        let ticket = "/api/cases/made-up/ticket";
        assert_eq!(ada.post(ticket, &json!({})).await.json()["name"], "Ada");
        ada.patch("/api/me", &json!({ "name": "Ada King" })).await;
        let named = "select count(*) from grants where name = 'Ada King'";
        assert_eq!(world.count(named).await, 1);
        let again = ada.post(ticket, &json!({})).await.json();
        assert_eq!(
            (&again["name"], &again["role"]),
            (&json!("Ada King"), &json!("annotate"))
        );
    })
    .await;
}

#[tokio::test]
async fn nobody_is_introduced_to_a_case_by_name_but_on_this_machine() {
    in_world_with(believing_names, async |world: World| {
        let mut ada = Visitor::named(&world, "Ada").await;
        ada.origin = "https://glossator.example".to_owned();
        let answer = ada.post("/api/cases/made-up/ticket", &json!({})).await;
        assert_eq!(answer.status, 403, "{answer:?}");
        assert_eq!(world.count("select count(*) from grants").await, 0);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_introduced_by_name_to_what_somebody_brought_or_made() {
    in_world_with(believing_names, async |world: World| {
        let mut ada = Visitor::named(&world, "Ada").await;
        let mut ben = Visitor::named(&world, "Ben").await;
        let brought = json!({ "title": "A v B", "format": "text", "content": "Ordered." });
        for (path, body) in [
            ("/api/boards", json!({ "title": "Hers" })),
            ("/api/cases", brought),
        ] {
            let made = ada.post(path, &body).await.json();
            let ticket = format!("/api/cases/{}/ticket", made["id"].as_str().expect("an id"));
            assert_eq!(ada.post(&ticket, &json!({})).await.json()["role"], "own");
            assert_eq!(ben.post(&ticket, &json!({})).await.status, 403, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_who_has_not_signed_in_is_answered() {
    in_world_with(believing_names, async |world: World| {
        let mut visitor = Visitor::new(&world);
        for (method, target, body) in [
            ("GET", "/api/me", None),
            ("PATCH", "/api/me", Some(json!({ "name": "Ada" }))),
            ("GET", "/api/me/sessions", None),
            ("DELETE", "/api/me/sessions/a", None),
            ("POST", "/auth/sign-out", Some(json!({}))),
            ("POST", "/auth/sign-out-everywhere", Some(json!({}))),
        ] {
            let answer = visitor.send(method, target, body.as_ref()).await;
            assert_eq!(answer.status, 401, "{method} {target}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_has_expired_is_forgotten_and_what_has_not_is_kept() {
    in_world_with(believing_names, async |world: World| {
        let mut ada = Visitor::named(&world, "Ada").await;
        let sql = world.sql().await;
        sql.batch_execute(
            "insert into providers (id, name, kind, issuer) values ('mail', 'Mail', 'mail', 'mail');
             insert into sign_in_flows select sha256(n::text::bytea), sha256('b'), 'mail', 'o', '/', 'n', 'v', now() + n * interval '1 minute'
                from generate_series(-1, 1, 2) n;
             insert into mail_links select sha256(n::text::bytea), sha256('b'), 'mail', 'a@b.c', '/', now() + n * interval '1 minute'
                from generate_series(-1, 1, 2) n;
             insert into sessions (id_hash, user_id, way, agent, created_at, ends_at)
                select sha256('old'), id, 'w', 'a', now() - interval '2 days', now() - interval '1 day' from users;
             insert into rate_counters values (sha256('k'), now() - interval '2 hours', now() - interval '1 hour', 9);",
        )
        .await
        .unwrap();
        assert_eq!(world.store.forget_sign_ins(100).await.unwrap(), 4);
        assert_eq!(world.store.forget_sign_ins(100).await.unwrap(), 0);
        assert_eq!(ada.get("/api/me").await.status, 200);
        for table in ["sign_in_flows", "mail_links", "sessions"] {
            assert_eq!(world.count(&format!("select count(*) from {table}")).await, 1, "{table}");
        }
    })
    .await;
}
