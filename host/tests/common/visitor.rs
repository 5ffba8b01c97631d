//! A browser, as far as the host sees one: what the edge passes on for it, signed, with the cookies that it was given.

use std::collections::BTreeMap;

use contract::{
    Digest, Direction, Nonce, RepliesTo, RequestParts, Visit, VisitAnswer,
    head::{CookieSecret, FLOW_COOKIE, Origin, SESSION_COOKIE},
    sign_request, verify_reply,
};
use serde_json::Value;

use super::{World, client::now, keys};

pub const ORIGIN: &str = "http://127.0.0.1:8787";

/// A browser with its cookies.
#[derive(Clone, Debug)]
pub struct Visitor {
    base_url: String,
    pub cookies: BTreeMap<String, String>,
    pub address: String,
    pub origin: String,
    pub agent: String,
}

/// What a visitor is answered, once the signature was found to be good.
#[derive(Clone, Debug)]
pub struct Answered {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answered {
    /// The body as JSON; null if it is empty.
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(found, _)| found == name)?;
        Some(&found.1)
    }
}

impl Visitor {
    /// Somebody who was never here.
    pub fn new(world: &World) -> Self {
        Self {
            base_url: world.base_url.clone(),
            cookies: BTreeMap::new(),
            address: "192.0.2.1".to_owned(),
            origin: ORIGIN.to_owned(),
            agent: "a browser".to_owned(),
        }
    }

    /// The same, in a network of their own: whatever is counted by network address nobody else has a part in.
    pub fn from_elsewhere(world: &World) -> Self {
        let [a, b, c, d, e, f, g, ..] = *uuid::Uuid::new_v4().as_bytes();
        let address = format!("fd{a:02x}:{b:02x}{c:02x}:{d:02x}{e:02x}:{f:02x}{g:02x}::1");
        Self {
            address,
            ..Self::new(world)
        }
    }

    /// Somebody who has signed in by a mere name; the host must have the development sign-in.
    pub async fn named(world: &World, name: &str) -> Self {
        Self::new(world).who_is(name).await
    }

    /// Signs in by a mere name; the host must have the development sign-in.
    pub async fn who_is(mut self, name: &str) -> Self {
        let said = serde_json::json!({ "name": name });
        let answer = self.post("/auth/development", &said).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        self
    }

    /// The id of whoever has signed in.
    pub async fn user(&mut self) -> String {
        let me = self.get("/api/me").await.json();
        me["user"]
            .as_str()
            .expect("somebody has signed in")
            .to_owned()
    }

    pub async fn get(&mut self, target: &str) -> Answered {
        self.send("GET", target, None).await
    }

    pub async fn post(&mut self, target: &str, body: &Value) -> Answered {
        self.send("POST", target, Some(body)).await
    }

    pub async fn put(&mut self, target: &str, body: &Value) -> Answered {
        self.send("PUT", target, Some(body)).await
    }

    pub async fn patch(&mut self, target: &str, body: &Value) -> Answered {
        self.send("PATCH", target, Some(body)).await
    }

    pub async fn delete(&mut self, target: &str) -> Answered {
        self.send("DELETE", target, None).await
    }

    /// What the edge says on this browser's behalf.
    pub fn visit(&self) -> Visit {
        let secret = |name: &str| CookieSecret::parse(self.cookies.get(name)?);
        Visit {
            session: secret(SESSION_COOKIE),
            flow: secret(FLOW_COOKIE),
            address: self.address.clone(),
            origin: Origin::parse(&self.origin).expect("an origin"),
            agent: self.agent.clone(),
        }
    }

    /// The status of the answer to a GET, which need not be signed: faults are not.
    pub async fn status_of(&self, target: &str) -> u16 {
        let (response, _, _) = self.ask("GET", target, None).await;
        response.status().as_u16()
    }

    /// Asks by way of the edge, and believes the answer only if it is signed.
    pub async fn send(
        &mut self,
        method: &'static str,
        target: &str,
        body: Option<&Value>,
    ) -> Answered {
        let (response, envelope, nonce) = self.ask(method, target, body).await;
        let status = response.status().as_u16();
        let to = RepliesTo {
            direction: Direction::HostToEdge,
            method,
            path: target.split('?').next().expect("a path"),
            nonce,
        };
        let header = |name: &str| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        verify_reply(&keys(), now(), &to, status, header, &envelope).unwrap_or_else(|refusal| {
            let words = String::from_utf8_lossy(&envelope);
            panic!("an unsigned answer to {method} {target}: {status}, {refusal}: {words}")
        });
        let answer: VisitAnswer = serde_json::from_slice(&envelope).expect("an envelope");
        self.take_cookies(&answer);
        Answered {
            status,
            headers: answer.headers,
            body: answer.body,
        }
    }

    async fn ask(
        &self,
        method: &'static str,
        target: &str,
        body: Option<&Value>,
    ) -> (ureq::http::Response<ureq::Body>, Vec<u8>, Nonce) {
        let body = body.map(|body| body.to_string().into_bytes());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let nonce = Nonce::new(*uuid::Uuid::new_v4().as_bytes());
        let visit = self.visit().write();
        let parts = RequestParts {
            direction: Direction::EdgeToHost,
            method,
            path,
            query,
            body_sha256: Digest::of(body.as_deref().unwrap_or_default()),
            time: now(),
            nonce,
            metrics: None,
            visit: Some(&visit),
        };
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{target}", self.base_url))
            .header("content-type", "application/json");
        for (name, value) in sign_request(&keys(), &parts) {
            request = request.header(name, value);
        }
        let asked = tokio::task::spawn_blocking(move || {
            let config = ureq::Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .allow_non_standard_methods(true);
            let agent: ureq::Agent = config.build().into();
            let response = match body {
                None => agent.run(request.body(()).expect("a request")),
                Some(body) => agent.run(request.body(body).expect("a request")),
            };
            let mut response = response.expect("the host answers");
            let body = response.body_mut().read_to_vec().expect("a body");
            (response, body)
        });
        let (response, envelope) = asked.await.expect("the client works");
        (response, envelope, nonce)
    }

    /// Keeps cookies as a browser does, which is strict about those that name their host.
    fn take_cookies(&mut self, answer: &VisitAnswer) {
        let given = answer
            .headers
            .iter()
            .filter(|(name, _)| name == "set-cookie");
        for (_, cookie) in given {
            let (pair, attributes) = cookie.split_once("; ").expect("attributes");
            let (name, value) = pair.split_once('=').expect("a value");
            for needed in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
                assert!(
                    attributes.split("; ").any(|found| found == needed),
                    "{cookie}"
                );
            }
            assert!(!attributes.contains("Domain"), "{cookie}");
            if attributes.ends_with("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
