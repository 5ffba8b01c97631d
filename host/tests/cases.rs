//! Cases that people bring: created, listed, told, deleted; signed, bounded, and never absent when only unreadable.

mod common;

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use common::{World, client::now, documents::typed, in_world, keys};
use contract::{
    CaseQuestion, Digest, Direction, Nonce, Refusal, RepliesTo, RequestParts,
    limits::CASE_BODY_BYTES_MAX, sign_request, verify_reply,
};
use host::limits::CASES_LISTED_MAX;
use serde_json::{Value, json};

#[tokio::test]
async fn a_case_is_created_and_told_by_list_by_id_and_by_hash() {
    in_world(async |world: World| {
        let created = ask(&world, "POST", "/cases", &brought("text", "[1] a\n[2] b")).await;
        assert_eq!((created.status, created.proof()), (201, Ok(())));
        let head = created.json();
        let text = ask(&world, "GET", &format!("/texts/{}", string(&head, "text")), b"").await;
        assert_eq!((text.status, text.proof()), (200, Ok(())));
        assert_eq!(text.sha256(), string(&head, "text"));
        assert_eq!(text.json()["text"], "a\n\nb");

        let id = string(&head, "id");
        let expected = json!({
            "id": id, "title": "A v B", "kind": "text", "paragraphs": 2, "text": text.sha256(), "sample": false,
            "created_at": head["created_at"],
        });
        assert_eq!(head, expected);
        assert_eq!(ask(&world, "GET", &format!("/cases/{id}"), b"").await.json(), head);
        assert_eq!(ask(&world, "GET", "/cases", b"").await.json(), json!({ "cases": [head] }));
        assert!(string(&head, "created_at").ends_with('Z'));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_is_absent_with_a_signature() {
    in_world(async |world: World| {
        for path in [
            "/cases/none".to_owned(),
            format!("/texts/{}", Digest::of(b"none")),
        ] {
            let reply = ask(&world, "GET", &path, b"").await;
            assert_eq!((reply.status, reply.proof()), (404, Ok(())), "{path}");
            assert!(string(&reply.json(), "error").starts_with("there is no such"));
        }
        let list = ask(&world, "GET", "/cases", b"").await;
        assert_eq!((list.status, list.json()), (200, json!({ "cases": [] })));
    })
    .await;
}

#[tokio::test]
async fn a_corrupt_text_is_not_absent_and_the_same_text_heals_it() {
    in_world(async |world: World| {
        let body = brought("text", "a");
        let head = ask(&world, "POST", "/cases", &body).await.json();
        let path = format!("/texts/{}", string(&head, "text"));
        world
            .sql()
            .await
            .execute("update case_text set body = 'x'", &[])
            .await
            .unwrap();

        let corrupt = ask(&world, "GET", &path, b"").await;
        assert_eq!(corrupt.status, 500);
        assert!(corrupt.proof().is_err(), "nobody may take it for an answer");
        let (texts, found) = world.store.verify_texts().await.unwrap();
        assert_eq!((texts, found), (1, vec![string(&head, "text")]));

        assert_eq!(ask(&world, "POST", "/cases", &body).await.status, 201);
        assert_eq!(ask(&world, "GET", &path, b"").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_become_a_case_is_told_in_words_and_leaves_nothing() {
    in_world(async |world: World| {
        let long = "x\n\n".repeat(60_000);
        for (body, status, words) in [
            (b"{".to_vec(), 400, "must be a JSON object"),
            (brought("docx", "a"), 400, "the format is unknown"),
            (
                brought("html", "<script>a</script>"),
                400,
                "nothing to read is left",
            ),
            (brought("conversation", "a"), 400, "no turns were found"),
            (
                json!({ "title": "", "format": "text", "content": "a" })
                    .to_string()
                    .into(),
                400,
                "the title is empty",
            ),
            (brought("text", &long), 413, "more than 50000 paragraphs"),
        ] {
            let reply = ask(&world, "POST", "/cases", &body).await;
            assert_eq!((reply.status, reply.proof()), (status, Ok(())), "{words}");
            assert!(string(&reply.json(), "error").contains(words), "{words}");
        }
        assert_eq!(world.count("select count(*) from cases").await, 0);
        assert_eq!(world.count("select count(*) from case_text").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_body_beyond_the_bound_is_refused_before_it_is_read() {
    in_world(async |world: World| {
        let largest = vec![b'a'; CASE_BODY_BYTES_MAX + 1];
        let head = Question::new("POST", "/cases", &largest).head();
        let address = world.base_url.trim_start_matches("http://").to_owned();
        let answer = tokio::task::spawn_blocking(move || {
            let mut socket = TcpStream::connect(address).expect("the host accepts");
            socket
                .write_all(head.as_bytes())
                .expect("a head can be sent");
            let mut answer = String::new();
            socket
                .read_to_string(&mut answer)
                .expect("the host answers and hangs up");
            answer
        });
        let answer = answer.await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        assert!(answer.contains("larger than 4194304 bytes"), "{answer}");
    })
    .await;
}

#[tokio::test]
async fn only_signed_questions_are_answered_and_each_once() {
    in_world(async |world: World| {
        let body = brought("text", "a");
        for (method, path) in [("GET", "/cases"), ("GET", "/cases/a"), ("POST", "/cases")] {
            let mut question = Question::new(method, path, &body);
            question.headers.clear();
            assert_eq!(question.send(&world).await.status, 401, "{method} {path}");
        }
        let changed = Question {
            path: "/cases/a".into(),
            ..Question::new("GET", "/cases", b"")
        };
        assert_eq!(changed.send(&world).await.status, 401);
        let changed = Question {
            body: brought("text", "b"),
            ..Question::new("POST", "/cases", &body)
        };
        assert_eq!(changed.send(&world).await.status, 401);
        let question = Question::new("POST", "/cases", &body);
        assert_eq!(question.send(&world).await.status, 201);
        assert_eq!(
            question.send(&world).await.status,
            401,
            "a replay creates no second case"
        );
        assert_eq!(world.count("select count(*) from cases").await, 1);
        for path in ["/cases/a%20b", "/texts/ab", "/texts/..", "/cases/a/b"] {
            let status = Question::new("GET", path, b"").send(&world).await.status;
            assert!(matches!(status, 400 | 404), "{path}: {status}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_names_the_newest_cases_first_and_is_bounded() {
    in_world(async |world: World| {
        let first = ask(&world, "POST", "/cases", &brought("text", "a"))
            .await
            .json();
        let second = ask(&world, "POST", "/cases", &brought("text", "a"))
            .await
            .json();
        assert_eq!(first["text"], second["text"], "one text is stored once");
        assert_eq!(world.count("select count(*) from case_text").await, 1);
        let list = ask(&world, "GET", "/cases", b"").await.json();
        assert_eq!((&list["cases"][0], &list["cases"][1]), (&second, &first));

        let many = "insert into cases (case_id, title, kind, paragraphs, text_sha256, created_at)
             select 'older-' || n, repeat('é', 200), 'text', 1, sha256, now() - interval '1 day'
             from case_text, generate_series(1, $1) n";
        world
            .sql()
            .await
            .execute(many, &[&i32::try_from(CASES_LISTED_MAX).unwrap()])
            .await
            .unwrap();
        let list = ask(&world, "GET", "/cases", b"").await;
        assert!(list.body.len() <= contract::limits::CASE_ANSWER_BYTES_MAX);
        let cases = list.json()["cases"].as_array().unwrap().len();
        assert_eq!(cases, usize::try_from(CASES_LISTED_MAX).unwrap());
        assert_eq!(list.json()["cases"][0], second);
    })
    .await;
}

#[tokio::test]
async fn deleting_a_case_erases_its_head_and_its_text_with_the_last_case_that_has_it() {
    in_world(async |world: World| {
        let body = brought("text", "a");
        let mut heads = Vec::new();
        for _ in 0..2 {
            heads.push(ask(&world, "POST", "/cases", &body).await.json());
        }
        let text = format!("/texts/{}", string(&heads[0], "text"));
        let [one, other] = [&heads[0], &heads[1]].map(|head| string(head, "id"));
        world.put(&one, None, &typed(1, "a")).await;

        assert_eq!(world.delete(&one).await.status, 200);
        assert_eq!(
            ask(&world, "GET", &format!("/cases/{one}"), b"")
                .await
                .status,
            404
        );
        assert_eq!(ask(&world, "GET", &text, b"").await.status, 200);
        assert_eq!(world.delete(&other).await.status, 200);
        assert_eq!(ask(&world, "GET", &text, b"").await.status, 404);
        assert_eq!(world.count("select count(*) from cases").await, 0);
    })
    .await;
}

#[tokio::test]
async fn cases_of_one_text_are_created_and_deleted_at_once_without_losing_it() {
    in_world(async |world: World| {
        let body = brought("text", "a");
        let rounds = (0..8).map(|_| async {
            let head = ask(&world, "POST", "/cases", &body).await;
            assert_eq!(head.status, 201);
            let head = head.json();
            assert_eq!(world.delete(&string(&head, "id")).await.status, 200);
            let kept = ask(&world, "POST", "/cases", &body).await;
            assert_eq!(kept.status, 201);
        });
        futures_util::future::join_all(rounds).await;
        assert_eq!(world.count("select count(*) from cases").await, 8);
        assert_eq!(world.count("select count(*) from case_text").await, 1);
    })
    .await;
}

/// A request that is signed as the edge signs.
struct Question {
    method: &'static str,
    path: String,
    body: Vec<u8>,
    nonce: Nonce,
    headers: Vec<(&'static str, String)>,
}

struct Reply {
    status: u16,
    body: Vec<u8>,
    proof: Result<Digest, Refusal>,
}

impl Question {
    fn new(method: &'static str, path: &str, body: &[u8]) -> Self {
        let nonce = Nonce::new(*uuid::Uuid::new_v4().as_bytes());
        let parts = RequestParts {
            direction: Direction::EdgeToHost,
            method,
            path,
            query: "",
            body_sha256: Digest::of(body),
            time: now(),
            nonce,
            metrics: None,
            visit: None,
        };
        let headers = sign_request(&keys(), &parts);
        let (path, body) = (path.to_owned(), body.to_vec());
        Self {
            method,
            path,
            body,
            nonce,
            headers,
        }
    }

    /// The head of the request, without its body.
    fn head(&self) -> String {
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"));
        let headers: String = headers.collect();
        let (method, path, length) = (self.method, &self.path, self.body.len());
        format!(
            "{method} {path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
        )
    }

    async fn send(&self, world: &World) -> Reply {
        let mut request = ureq::http::Request::builder()
            .method(self.method)
            .uri(format!("{}{}", world.base_url, self.path));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let body = self.body.clone();
        let is_post = self.method == "POST";
        let response = tokio::task::spawn_blocking(move || {
            let config = ureq::Agent::config_builder().http_status_as_error(false);
            let agent: ureq::Agent = config.build().into();
            let response = if is_post {
                agent.run(request.body(body).expect("a request"))
            } else {
                agent.run(request.body(()).expect("a request"))
            };
            let mut response = response.expect("the host answers");
            let body = response
                .body_mut()
                .with_config()
                .limit(64 << 20)
                .read_to_vec();
            (response, body.expect("a body"))
        });
        let (response, body) = response.await.expect("the client works");
        let status = response.status().as_u16();
        let to = RepliesTo {
            direction: Direction::HostToEdge,
            method: self.method,
            path: &self.path,
            nonce: self.nonce,
        };
        let header = |name: &str| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        let proof = verify_reply(&keys(), now(), &to, status, header, &body);
        Reply {
            status,
            body,
            proof,
        }
    }
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    fn proof(&self) -> Result<(), Refusal> {
        self.proof.clone().map(|_| ())
    }

    fn sha256(&self) -> String {
        Digest::of(&self.body).to_string()
    }
}

async fn ask(world: &World, method: &'static str, path: &str, body: &[u8]) -> Reply {
    assert!(CaseQuestion::parse(path).is_some(), "{path}");
    Question::new(method, path, body).send(world).await
}

fn brought(format: &str, content: &str) -> Vec<u8> {
    json!({ "title": "A v B", "format": format, "content": content })
        .to_string()
        .into()
}

fn string(value: &Value, name: &str) -> String {
    value[name].as_str().expect("a string").to_owned()
}
