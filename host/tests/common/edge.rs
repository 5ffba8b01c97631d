//! An edge that takes orders, and can misbehave.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{Router, extract::Request, http::request::Parts, response::Response};
use contract::{
    AnswerParts, Asked, CaseId, Digest, Direction, EdgeOrder, StoredState, body_matches,
    limits::RULING_BYTES_MAX, parse_order_path, region_of_order, sign_answer, verify_request,
};

use super::{client::now, keys};

/// Orders to this case arrive and are never answered.
pub const SLOW_CASE: &str = "slow";

/// How the edge answers its next order.
#[derive(Clone, Copy, Debug)]
pub enum Manner {
    /// Signed.
    Confirm,
    /// 200 without a signature, as a proxy would.
    Unsigned,
    /// 503.
    Fail,
}

/// An edge on a port of its own.
pub struct Edge {
    pub base_url: String,
    /// What it was ordered, as `case order`, and ` in region` if one was named.
    pub orders: Arc<Mutex<Vec<String>>>,
    /// The bodies of these orders.
    pub bodies: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Edge {
    /// Starts an edge that answers in these manners, one after the other, and then always confirms.
    pub async fn start(manners: &[Manner]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let base_url = format!("http://{}", listener.local_addr().expect("an address"));
        let orders = Arc::new(Mutex::new(Vec::new()));
        let manners = Arc::new(Mutex::new(VecDeque::from(manners.to_vec())));
        let seen = Arc::clone(&orders);
        let bodies = Arc::new(Mutex::new(Vec::new()));
        let read = Arc::clone(&bodies);
        let app = Router::new().fallback(async move |request: Request| {
            let manner = manners
                .lock()
                .expect("no panic")
                .pop_front()
                .unwrap_or(Manner::Confirm);
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, RULING_BYTES_MAX).await;
            let body = body.expect("a body that is not too large");
            let response = answer(&parts, &body, manner, &seen);
            read.lock().expect("no panic").push(body.to_vec());
            if parse_order_path(parts.uri.path())
                .is_some_and(|(case, _)| case.as_str() == SLOW_CASE)
            {
                std::future::pending::<()>().await;
            }
            response
        });
        tokio::spawn(axum::serve(listener, app).into_future());
        Self {
            base_url,
            orders,
            bodies,
        }
    }
}

fn answer(request: &Parts, body: &[u8], manner: Manner, seen: &Mutex<Vec<String>>) -> Response {
    let path = request.uri.path();
    let header = |name: &str| Some(request.headers.get(name)?.to_str().ok()?.to_owned());
    let query = request.uri.query().unwrap_or_default();
    let target = (request.method.as_str(), path, query);
    let verified = verify_request(&keys(), now(), Direction::HostToEdge, target, header)
        .expect("a signed order");
    body_matches(&verified, body).expect("the body that was signed");
    let (case_id, order) = parse_order_path(path).expect("an order's path");
    seen.lock()
        .expect("no panic")
        .push(ordered(&case_id, order, query));
    let asked = Asked {
        direction: Direction::EdgeToHost,
        case_id,
        nonce: verified.nonce,
    };
    let parts = AnswerParts {
        status: 200,
        stored: &StoredState::NoStore,
        body_sha256: Digest::of(b""),
        time: now(),
    };
    let mut response = Response::builder();
    match manner {
        Manner::Fail => response = response.status(503),
        Manner::Unsigned => {}
        Manner::Confirm => {
            for (name, value) in sign_answer(&keys(), &asked, &parts) {
                response = response.header(name, value);
            }
        }
    }
    response
        .body(axum::body::Body::empty())
        .expect("a response")
}

fn ordered(case_id: &CaseId, order: EdgeOrder, query: &str) -> String {
    let place = region_of_order(query).map(|region| format!(" in {region}"));
    format!("{case_id} {}{}", order.name(), place.unwrap_or_default())
}
