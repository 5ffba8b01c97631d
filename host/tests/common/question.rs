//! Questions about who may do what, asked as the edge does.

use contract::{
    AuthorityQuestion, Digest, Direction, Nonce, RepliesTo, RequestParts, sign_request,
    verify_reply,
};
use serde_json::Value;

use super::{World, client::now, keys};

/// Asks without a body.
pub async fn ask_without_body(
    world: &World,
    method: &'static str,
    question: &AuthorityQuestion,
) -> (u16, Value) {
    send(world, method, question, Vec::new()).await
}

/// Asks with a JSON body.
pub async fn ask(
    world: &World,
    method: &'static str,
    question: &AuthorityQuestion,
    body: &Value,
) -> (u16, Value) {
    send(world, method, question, body.to_string().into()).await
}

/// Asks as the edge does, and believes the answer only if it is signed.
async fn send(
    world: &World,
    method: &'static str,
    question: &AuthorityQuestion,
    body: Vec<u8>,
) -> (u16, Value) {
    let (path, nonce) = (
        question.path(),
        Nonce::new(*uuid::Uuid::new_v4().as_bytes()),
    );
    let parts = RequestParts {
        direction: Direction::EdgeToHost,
        method,
        path: &path,
        query: "",
        body_sha256: Digest::of(&body),
        time: now(),
        nonce,
        metrics: None,
        visit: None,
    };
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{}{path}", world.base_url));
    for (name, value) in sign_request(&keys(), &parts) {
        request = request.header(name, value);
    }
    let answer = tokio::task::spawn_blocking(move || {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let response = if body.is_empty() {
            agent.run(request.body(()).expect("a request"))
        } else {
            agent.run(request.body(body).expect("a request"))
        };
        let mut response = response.expect("the host answers");
        let body = response.body_mut().read_to_vec().expect("a body");
        (response, body)
    });
    let (response, body) = answer.await.expect("the client works");
    let status = response.status().as_u16();
    let to = RepliesTo {
        direction: Direction::HostToEdge,
        method,
        path: &path,
        nonce,
    };
    let header = |name: &str| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
    verify_reply(&keys(), now(), &to, status, header, &body).expect("a signed answer");
    (status, serde_json::from_slice(&body).expect("JSON"))
}
