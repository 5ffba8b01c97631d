//! Every kind of person against every route, from the table that is the documentation.

use host::api::{Asking, ROUTES, document};
use serde_json::{Value, json};

use crate::{
    common::visitor::Answered,
    school::{Class, School, in_school, sign_in, string},
};

#[tokio::test]
async fn every_route_answers_everybody_as_the_table_says_and_refuses_without_a_change() {
    in_school(async |school: School| {
        // Somebody else in the class, who can be changed and removed.
        let other = sign_in(&school.world, "Oli").await;
        let sql = school.world.sql().await;
        for route in ROUTES {
            // Nobody makes as many classes as all routes take: those that were asked about become somebody else's.
            let pass_on = "update classes set owner_id = $1";
            sql.execute(pass_on, &[&other.id]).await.unwrap();
            for (asking, expected) in Asking::ALL.into_iter().zip(route.answers) {
                let class = school.class().await;
                let code = json!({ "code": class.code });
                other.browser.clone().post("/api/join", &code).await;
                let case = if [
                    "/api/classes/{class}/cases",
                    "/api/classes/{class}/cases/{case}/sections",
                ]
                .contains(&route.path)
                {
                    school.case().await
                } else {
                    class.case.clone()
                };
                let board = if route.path == "/api/classes/{class}/boards" {
                    school.board().await
                } else {
                    school.board_in(&class).await
                };
                let path = route
                    .path
                    .replace("{class}", &class.id.to_string())
                    .replace("{case}", &case)
                    .replace("{board}", &board)
                    .replace("{user}", &other.id.to_string())
                    .replace('…', "ordered");
                let path = match path.contains("{email}") {
                    true => path.replace("{email}", &invited(&school, &class).await),
                    false => path,
                };
                let path = match path.contains("{token}") {
                    true => path.replace("{token}", &token(&school, &case).await),
                    false => path,
                };
                let path = match path.contains("section") || path.contains("distribution") {
                    true => path.replace("{section}", &section(&school, &class).await),
                    false => path,
                };
                let body = body(&class, (&case, &board), (route.method, route.path));
                let before = changes(&school).await;
                let mut browser = school.browser(asking);
                let answer = browser.send(route.method, &path, body.as_ref()).await;
                let told = format!("{asking:?} {} {path}: {answer:?}", route.method);
                assert_eq!(answer.status, expected, "{told}");
                if expected >= 400 {
                    assert!(answer.json()["error"].is_string(), "{told}");
                    assert_eq!(changes(&school).await, before, "{told}");
                    assert!(is_silent(&answer), "{told}");
                }
            }
        }
    })
    .await;
}

/// An address that was invited to a class.
async fn invited(school: &School, class: &Class) -> String {
    let path = format!("/api/classes/{}/roster", class.id);
    let roster = json!({ "csv": "Email\nwaits@uni.example\n" });
    let read = school.owner.browser.clone().post(&path, &roster).await;
    assert_eq!(read.status, 200, "{read:?}");
    "waits@uni.example".to_owned()
}

/// A section of a class.
async fn section(school: &School, class: &Class) -> String {
    let path = format!("/api/classes/{}/sections", class.id);
    let mut owner = school.owner.browser.clone();
    let made = owner.post(&path, &json!({ "name": "Tuesdays" })).await;
    string(&made.json(), "id")
}

/// A client token of the owner's.
async fn token(school: &School, case: &str) -> String {
    let path = format!("/api/cases/{case}/client-tokens");
    let issued = school
        .owner
        .browser
        .clone()
        .post(&path, &json!({ "role": "read" }))
        .await;
    string(&issued.json(), "id")
}

/// How often something was put on record.
async fn changes(school: &School) -> i64 {
    school.world.count("select count(*) from audit_log").await
}

/// A refusal names nothing of what there is.
fn is_silent(answer: &Answered) -> bool {
    !["Law 1", "A v B", "Board of", "Olga", "ordered"]
        .iter()
        .any(|word| answer.body.contains(word))
}

fn body(class: &Class, (case, board): (&str, &str), route: (&str, &str)) -> Option<Value> {
    let brought = json!({ "title": "T", "format": "text", "content": "c" });
    match route {
        ("GET" | "DELETE", _) => None,
        ("POST", "/api/classes") => Some(json!({ "name": "Law 2" })),
        ("PATCH", "/api/classes/{class}") => Some(json!({ "state": "locked" })),
        ("POST", "/api/classes/{class}/invite-code") => Some(json!({})),
        ("POST", "/api/join") => Some(json!({ "code": class.code })),
        ("POST", "/api/classes/{class}/roster") => {
            Some(json!({ "csv": "Email\nnew@uni.example\n" }))
        }
        ("POST", "/api/classes/{class}/sections")
        | ("PATCH", "/api/classes/{class}/sections/{section}") => {
            Some(json!({ "name": "Fridays" }))
        }
        ("POST", "/api/classes/{class}/distribution")
        | ("POST", "/api/classes/{class}/cases/{case}/sections") => Some(json!({})),
        ("PUT", "/api/classes/{class}/members/{user}") => Some(json!({ "role": "tutor" })),
        ("PUT", "/api/classes/{class}/retention") => Some(json!({ "days": 30 })),
        ("PUT", "/api/classes/{class}/owner") => Some(json!({ "user": class.tutor })),
        ("POST", "/api/classes/{class}/cases") => Some(json!({ "case": case })),
        ("POST", "/api/classes/{class}/boards") => Some(json!({ "board": board })),
        ("POST", "/api/boards") => Some(json!({ "title": "Theories" })),
        ("PATCH", "/api/boards/{board}") => Some(json!({ "title": "Theories" })),
        ("POST", "/api/cases") => Some(brought),
        ("PATCH", "/api/cases/{case}") => Some(json!({ "state": "locked" })),
        ("POST", "/api/cases/{case}/client-tokens") => Some(json!({ "role": "read" })),
        ("POST", "/api/cases/{case}/private") => Some(json!({})),
        ("POST", "/api/me/inbox/read") => Some(json!({ "up_to": 1 })),
        ("POST", "/api/cases/{case}/copy") => Some(json!({ "class": class.id })),
        ("PUT", "/api/cases/{case}/shares") => {
            Some(json!({ "email": "new@uni.example", "role": "read" }))
        }
        unknown => panic!("what does {unknown:?} take?"),
    }
}

#[tokio::test]
async fn what_there_is_not_and_what_is_no_id_look_like_what_is_not_for_one() {
    in_school(async |school: School| {
        let class = school.class().await;
        let board = school.board_in(&class).await;
        for route in ROUTES {
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
                    .replace("{token}", &"0".repeat(32));
                let body = body(&class, (&of_case, &of_case), (route.method, route.path));
                let mut stranger = school.stranger.browser.clone();
                let answer = stranger.send(route.method, &path, body.as_ref()).await;
                answers.push((answer.status, answer.body));
            }
            assert_eq!(answers[0].0, 404, "{route:?}");
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

#[test]
fn the_documentation_is_the_table() {
    let documented = include_str!("../../../docs/api.md");
    assert!(
        documented == document(),
        "docs/api.md is not the table; if that is right, it should be:\n{}",
        document()
    );
}
