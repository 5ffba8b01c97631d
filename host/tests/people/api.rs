//! Every kind of person against every route, from the table that is the documentation.

use std::{collections::BTreeSet, path::Path};

use host::api::{ApiRoute, Asking, BY_SHARE, BY_THE_WORKER, document, routes};
use serde_json::json;

use crate::{
    asked::{Asked, Here, body, contents, in_asked_school},
    common::visitor::{Answered, Visitor},
    school::{School, in_school},
};

#[tokio::test]
async fn every_route_answers_everybody_as_the_table_says_and_refuses_without_a_change() {
    in_asked_school(async |mut asked: Asked| {
        for route in routes() {
            let mut left = None;
            for (asking, expected) in Asking::ALL.into_iter().zip(route.answers) {
                // What was refused, or only read, is as it was.
                let here = match left.take() {
                    Some(here) => here,
                    None => {
                        // Whoever was asked before may have ended all sessions of theirs.
                        asked.begin().await;
                        asked.here(route).await
                    }
                };
                let (browser, name) = asked.browser(route, asking, &here).await;
                ask(&asked, (route, &here), (browser, &name), expected).await;
                if expected >= 400 || route.method == "GET" {
                    left = Some(here);
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn whom_a_case_or_a_board_is_shared_with_is_answered_as_the_table_says() {
    in_asked_school(async |mut asked: Asked| {
        asked.begin().await;
        let class = asked.school.class().await;
        let sql = asked.school.world.sql().await;
        let address = "update users set email = 'sam@uni.example' where id = $1";
        let address = sql.execute(address, &[&asked.school.stranger.id]).await;
        assert_eq!(address.expect("Postgres works"), 1);
        for route in routes() {
            for (role, expected) in BY_SHARE.into_iter().zip(route.shared.into_iter().flatten()) {
                let here = Here {
                    class: class.clone(),
                    case: asked.school.case().await,
                    board: asked.school.board().await,
                };
                for id in [&here.case, &here.board] {
                    let share = json!({ "email": "sam@uni.example", "role": role.name() });
                    let mut owner = asked.school.owner.browser.clone();
                    let shared = owner.put(&format!("/api/cases/{id}/shares"), &share).await;
                    assert_eq!(shared.status, 200, "{shared:?}");
                }
                asked.write(route, &here).await;
                let stranger = asked.school.stranger.browser.clone();
                ask(&asked, (route, &here), (stranger, "Sam"), expected).await;
            }
        }
    })
    .await;
}

/// Asks, and compares the answer with what is expected: a refusal changes nothing.
async fn ask(
    asked: &Asked,
    (route, here): (&ApiRoute, &Here),
    (mut browser, name): (Visitor, &str),
    expected: u16,
) {
    let path = asked.path(route, here, &mut browser).await;
    let mut body = body(here, name, (route.method, route.path));
    if route.path == "/auth/mail/finish" {
        body = Some(json!({ "token": asked.mailed(&mut browser).await }));
    }
    let before = contents(&asked.school).await;
    let answer = browser.send(route.method, &path, body.as_ref()).await;
    let told = format!("{name} {} {path}: {answer:?}", route.method);
    assert_eq!(answer.status, expected, "{told}");
    if expected >= 400 {
        assert!(answer.json()["error"].is_string(), "{told}");
        assert_eq!(contents(&asked.school).await, before, "{told}");
        assert!(expected == 409 || is_silent(&answer), "{told}");
    } else if route.path.ends_with("{section}") || body.is_some_and(|body| body["title"] == "C v D")
    {
        // What renames something is on no record, and would be seen here.
        assert_ne!(contents(&asked.school).await, before, "{told}");
    }
}

/// A refusal names nothing of what there is.
fn is_silent(answer: &Answered) -> bool {
    !["Law 1", "A v B", "Board of", "Olga", "ordered"]
        .iter()
        .any(|word| answer.body.contains(word))
}

#[tokio::test]
async fn what_there_is_not_and_what_is_no_id_look_like_what_is_not_for_one() {
    in_school(async |school: School| {
        let class = school.class().await;
        let board = school.board_in(&class).await;
        for route in routes() {
            let hidden = ["{class}", "{case}", "{board}"]
                .iter()
                .any(|id| route.path.contains(id));
            if !hidden {
                continue;
            }
            let mut answers = Vec::new();
            for (of_class, of_case) in [
                (
                    class.id.to_string(),
                    match route.path.contains("board") {
                        true => board.clone(),
                        false => class.case.clone(),
                    },
                ),
                (
                    uuid::Uuid::new_v4().to_string(),
                    uuid::Uuid::new_v4().to_string(),
                ),
                ("none".to_owned(), "%20".to_owned()),
            ] {
                let path = route
                    .path
                    .replace("{class}", &of_class)
                    .replace("{case}", &of_case)
                    .replace("{board}", &of_case)
                    .replace("{user}", &school.student.id.to_string())
                    .replace("{section}", &uuid::Uuid::new_v4().to_string())
                    .replace("{token}", &"0".repeat(32))
                    .replace("{version}", "1");
                let here = Here {
                    class: class.clone(),
                    case: of_case.clone(),
                    board: of_case,
                };
                let body = body(&here, "Sam", (route.method, route.path));
                let mut stranger = school.stranger.browser.clone();
                // Where names are believed, whoever says one is let in to what nobody has brought.
                stranger.origin = "https://glossator.example".to_owned();
                let answer = stranger.send(route.method, &path, body.as_ref()).await;
                answers.push((answer.status, answer.body));
            }
            assert_eq!(answers[0].0, route.answers[1], "{route:?}");
            assert!(
                answers.iter().all(|answer| *answer == answers[0]),
                "{route:?}: {answers:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_in_words() {
    in_school(async |school: School| {
        let class = school.class().await;
        let of_class = format!("/api/classes/{}", class.id);
        let of_case = format!("/api/cases/{}", class.case);
        let of_board = format!("/api/boards/{}", school.board().await);
        let shares = format!("{of_case}/shares");
        for (method, path, body) in [
            ("POST", "/api/classes", json!({})),
            ("POST", "/api/classes", json!({ "name": " \n" })),
            ("POST", "/api/classes", json!({ "name": "x".repeat(201) })),
            (
                "POST",
                "/api/classes",
                json!({ "name": "L", "default_role": "own" }),
            ),
            (
                "POST",
                "/api/classes",
                json!({ "name": "L", "region": "eu/west" }),
            ),
            ("PATCH", &of_class, json!({ "state": "closed" })),
            ("PATCH", &of_class, json!([])),
            ("PATCH", &of_case, json!({ "title": "" })),
            ("PATCH", &of_case, json!({ "visible_from": "tomorrow" })),
            ("POST", "/api/boards", json!({ "title": "x".repeat(201) })),
            ("PATCH", &of_board, json!({ "title": "a\nb" })),
            ("PATCH", &of_board, json!({ "state": "closed" })),
            ("PUT", &shares, json!({ "role": "read" })),
            (
                "PUT",
                &shares,
                json!({ "user": "u", "email": "a@b.cd", "role": "read" }),
            ),
            ("PUT", &shares, json!({ "email": "a@b", "role": "read" })),
            ("PUT", &shares, json!({ "email": "a@b.cd", "role": "none" })),
            (
                "POST",
                "/api/cases",
                json!({ "title": "T", "format": "docx", "content": "c" }),
            ),
        ] {
            let mut owner = school.owner.browser.clone();
            let answer = owner.send(method, path, Some(&body)).await;
            assert_eq!(answer.status, 400, "{method} {path} {body}: {answer:?}");
            assert!(answer.json()["error"].is_string());
        }
    })
    .await;
}

#[tokio::test]
async fn no_path_of_the_table_does_anything_else_by_another_method() {
    in_school(async |school: School| {
        let paths: BTreeSet<&str> = routes().map(|route| route.path).collect();
        let mut asked = 0;
        for path in paths {
            let known: Vec<&str> = routes()
                .filter(|route| nameless(route.path) == nameless(path))
                .map(|route| route.method)
                .collect();
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
                if known.contains(&method) {
                    continue;
                }
                let mut owner = school.owner.browser.clone();
                let body = (method != "GET").then(|| json!({}));
                let answer = owner.send(method, path, body.as_ref()).await;
                assert_eq!(answer.status, 405, "{method} {path}: {answer:?}");
                asked += 1;
            }
        }
        assert!(asked > 100, "only {asked} were asked");
    })
    .await;
}

#[test]
fn every_path_that_leads_somewhere_is_in_the_table() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/routes");
    let mut written = BTreeSet::new();
    let mut folders = vec![sources];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(path).expect("a source");
            let is_path = |text: &&str| ["/api/", "/auth/"].iter().any(|it| text.starts_with(it));
            let paths = source.split('"').filter(is_path);
            written.extend(paths.filter(|path| !path.contains("{*")).map(nameless));
        }
    }
    let table: BTreeSet<String> = routes().map(|route| nameless(route.path)).collect();
    assert_eq!(written, table);
}

/// A path, whatever its parts are called.
fn nameless(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let parts = path.split('/').map(|part| match part.starts_with('{') {
        true => "{}",
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn whatever_the_worker_answers_below_a_case_is_in_a_table() {
    let source = include_str!("../../../worker/src/route.rs");
    let named: BTreeSet<String> = source
        .split("Some((case_id, \"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"'))
        .map(|(name, _)| format!("/api/cases/{{case}}/{name}"))
        .collect();
    assert!(
        named.len() >= 3,
        "the Worker's routes are not read: {named:?}"
    );
    let told: BTreeSet<&str> = routes()
        .map(|route| route.path)
        .chain(BY_THE_WORKER.map(|route| route.path))
        .collect();
    let untold: Vec<_> = named
        .iter()
        .filter(|path| !told.contains(path.as_str()))
        .collect();
    assert!(untold.is_empty(), "{untold:?} have no row");
}

#[test]
fn the_documentation_is_the_table() {
    let documented = include_str!("../../../docs/api.md");
    assert!(
        documented == document(),
        "docs/api.md is not the table; if that is right, it should be:\n{}",
        document()
    );
}
