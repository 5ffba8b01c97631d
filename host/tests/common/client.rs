//! A client that speaks to the host as the edge does, and can misbehave.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use contract::{
    Asked, Base, CaseId, Digest, Direction, Nonce, PutQuery, Refusal, RequestParts, StoredState,
    sign_request, verify_answer,
};
use ureq::http::{Method, Request};

use super::{World, keys};

/// A request before it is signed.
#[derive(Clone)]
pub struct Call {
    pub method: Method,
    pub case: String,
    pub query: String,
    pub body: Vec<u8>,
    pub nonce: Nonce,
    pub time: u64,
    pub metrics: Option<String>,
}

/// An answer, and what its signature is worth.
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
    /// What the body said behind the document of who wrote what.
    pub attribution: Vec<u8>,
    pub stored: Result<StoredState, Refusal>,
}

impl Reply {
    /// The base that a believed answer names.
    pub fn base(&self) -> Base {
        match &self.stored {
            Ok(StoredState::Stored(base)) => base.clone(),
            other => panic!("status {} names no base: {other:?}", self.status),
        }
    }
}

impl Call {
    pub fn new(method: Method, case: &str) -> Self {
        Self {
            method,
            case: case.to_owned(),
            query: String::new(),
            body: Vec::new(),
            nonce: Nonce::new(*uuid::Uuid::new_v4().as_bytes()),
            time: now(),
            metrics: None,
        }
    }

    pub fn put(case: &str, base: Option<Base>, body: &[u8]) -> Self {
        Self::put_with(case, base, body, 0)
    }

    /// A PUT of which so many of the last bytes say who wrote what.
    pub fn put_with(case: &str, base: Option<Base>, body: &[u8], attribution_bytes: usize) -> Self {
        let query = PutQuery {
            base,
            highlight_count: 0,
            last_editor: Some("ann".into()),
            attribution_bytes: attribution_bytes as u32,
        };
        Self {
            query: query.encode(),
            body: body.to_vec(),
            ..Self::new(Method::PUT, case)
        }
    }

    /// The headers that sign it.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let parts = RequestParts {
            direction: Direction::EdgeToHost,
            method: self.method.as_str(),
            path: &format!("/snapshots/{}", self.case),
            query: &self.query,
            body_sha256: Digest::of(&self.body),
            time: self.time,
            nonce: self.nonce,
            metrics: self.metrics.as_deref(),
            visit: None,
        };
        sign_request(&keys(), &parts)
    }

    /// Path and query.
    pub fn target(&self) -> String {
        let question_mark = if self.query.is_empty() { "" } else { "?" };
        format!("/snapshots/{}{question_mark}{}", self.case, self.query)
    }

    /// Signs and sends it.
    pub async fn send(&self, base_url: &str) -> Reply {
        self.send_with(base_url, self.headers()).await
    }

    /// Sends it with these headers instead.
    pub async fn send_with(&self, base_url: &str, headers: Vec<(&'static str, String)>) -> Reply {
        let (call, url) = (self.clone(), format!("{base_url}{}", self.target()));
        tokio::task::spawn_blocking(move || call.send_blocking(&url, headers))
            .await
            .expect("the client works")
    }

    fn send_blocking(self, url: &str, headers: Vec<(&'static str, String)>) -> Reply {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(60)))
            .http_status_as_error(false)
            .build()
            .into();
        let mut request = Request::builder().method(self.method.clone()).uri(url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.body(self.body.clone()).expect("a request");
        let response = if self.method == Method::PUT {
            agent.run(request)
        } else {
            agent.run(request.map(|_| ()))
        };
        let mut response = response.expect("the host answers");
        let body = response
            .body_mut()
            .with_config()
            .limit(64 << 20)
            .read_to_vec()
            .expect("a body");
        let asked = Asked {
            direction: Direction::HostToEdge,
            case_id: CaseId::parse(&self.case).expect("a case id"),
            nonce: self.nonce,
        };
        let status = response.status().as_u16();
        let header = |name: &str| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        let verified = verify_answer(&keys(), now(), &asked, status, header, &body);
        let attribution_bytes = verified
            .as_ref()
            .map_or(0, |answer| answer.attribution_bytes);
        let mut body = body;
        let attribution = body.split_off(body.len() - attribution_bytes);
        Reply {
            status,
            body,
            attribution,
            stored: verified.map(|answer| answer.stored),
        }
    }
}

impl World {
    pub async fn put(&self, case: &str, base: Option<Base>, body: &[u8]) -> Reply {
        Call::put(case, base, body).send(&self.base_url).await
    }

    /// A PUT that says who wrote what.
    pub async fn put_by(
        &self,
        case: &str,
        base: Option<Base>,
        document: &[u8],
        attribution: &[u8],
    ) -> Reply {
        let body = [document, attribution].concat();
        let call = Call::put_with(case, base, &body, attribution.len());
        call.send(&self.base_url).await
    }

    pub async fn get(&self, case: &str) -> Reply {
        Call::new(Method::GET, case).send(&self.base_url).await
    }

    pub async fn head(&self, case: &str) -> Reply {
        Call::new(Method::HEAD, case).send(&self.base_url).await
    }

    pub async fn delete(&self, case: &str) -> Reply {
        Call::new(Method::DELETE, case).send(&self.base_url).await
    }
}

pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a clock after 1970")
        .as_secs()
}
