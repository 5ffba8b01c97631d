//! A server of GitHub's kind: it gives tokens for codes, and says whose they are.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use contract::Digest;
use serde_json::{Value, json};

type Fields = BTreeMap<String, String>;

/// The server, and what it knows.
#[derive(Clone, Default)]
pub struct CodeServer {
    pub base_url: String,
    state: Arc<Mutex<Known>>,
}

#[derive(Default)]
struct Known {
    /// Codes, with the challenge that came with each and the account that is signed in.
    codes: BTreeMap<String, (String, Value)>,
    asked: Vec<Fields>,
}

impl CodeServer {
    /// Starts one on a port of its own.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let base_url = format!("http://{}", listener.local_addr().expect("an address"));
        let server = Self {
            base_url,
            ..Self::default()
        };
        let app = Router::new()
            .route("/login/oauth/access_token", post(token))
            .route("/api/v3/user", get(user))
            .with_state(server.clone());
        tokio::spawn(axum::serve(listener, app).into_future());
        server
    }

    /// What a browser does that is sent there and signs in: the query with which it comes back.
    pub fn sign_in(&self, go: &str, account: &Value) -> Fields {
        let (address, query) = go.split_once('?').expect("a query");
        assert_eq!(address, format!("{}/login/oauth/authorize", self.base_url));
        let asked = fields(query);
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["response_type"], "code");
        let mut known = self.state.lock().expect("no panic");
        let code = format!("code-{}", known.codes.len());
        known.codes.insert(
            code.clone(),
            (asked["code_challenge"].clone(), account.clone()),
        );
        let back = BTreeMap::from([
            ("code".to_owned(), code),
            ("state".to_owned(), asked["state"].clone()),
            ("iss".to_owned(), format!("{}/login/oauth", self.base_url)),
        ]);
        known.asked.push(asked);
        back
    }

    /// The newest question.
    pub fn asked(&self) -> Fields {
        self.state
            .lock()
            .expect("no panic")
            .asked
            .last()
            .expect("somebody came")
            .clone()
    }
}

/// What a form or a query says.
fn fields(text: &str) -> Fields {
    let uri = format!("http://x/?{text}").parse().expect("a URI");
    Query::try_from_uri(&uri).expect("a query").0
}

async fn token(State(server): State<CodeServer>, body: String) -> Response {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let said = fields(&body);
    let mut known = server.state.lock().expect("no panic");
    // A code works once.
    let Some((challenge, account)) = known.codes.remove(&said["code"]) else {
        return Json(json!({ "error": "bad_verification_code" })).into_response();
    };
    let verifier = Digest::of(said["code_verifier"].as_bytes());
    if URL_SAFE_NO_PAD.encode(verifier.as_bytes()) != challenge {
        return Json(json!({ "error": "bad_verification_code" })).into_response();
    }
    Json(json!({ "access_token": account.to_string(), "token_type": "bearer", "scope": "" }))
        .into_response()
}

async fn user(headers: HeaderMap) -> Response {
    let token = headers["authorization"].to_str().expect("text");
    match token
        .strip_prefix("Bearer ")
        .map(serde_json::from_str::<Value>)
    {
        Some(Ok(account)) => Json(account).into_response(),
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}
