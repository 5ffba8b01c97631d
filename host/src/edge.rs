//! The host's one way to the edge: signed orders to objects.

use std::{sync::Arc, time::Duration};

use contract::{
    Asked, CaseId, Digest, Direction, EdgeOrder, Keys, Nonce, Refusal, Region, RequestParts,
    StoredState,
};
use contract::{order_path, order_query, sign_request, verify_answer};
use ureq::Agent;

use crate::clock;

/// Sends orders. Blocking: call it on the blocking pool.
#[derive(Clone)]
pub struct EdgeClient {
    agent: Agent,
    base_url: Arc<str>,
    keys: Keys,
}

/// An answer to an order says nothing more than that it was carried out.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

impl EdgeClient {
    /// Makes a client. It follows no redirects and asks no proxy: an order goes where it was configured to go, or nowhere.
    pub fn new(base_url: &str, keys: Keys, timeout: Duration) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .build();
        Self {
            agent: config.into(),
            base_url: base_url.into(),
            keys,
        }
    }

    /// Gives an order with its body, empty for most, to an object that is made in this region if there is none yet, and
    /// returns once the edge has confirmed it.
    ///
    /// # Errors
    /// If the edge cannot be reached, does not prove itself, or did not carry out the order.
    pub fn give(
        &self,
        case_id: &CaseId,
        order: EdgeOrder,
        region: Option<Region>,
        body: &[u8],
    ) -> Result<(), EdgeError> {
        let (path, query) = (order_path(case_id, order), order_query(region));
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(EdgeError::Randomness)?;
        let parts = RequestParts {
            direction: Direction::HostToEdge,
            method: "POST",
            path: &path,
            query: &query,
            body_sha256: Digest::of(body),
            time: clock::unix_seconds(),
            nonce: Nonce::new(random),
            metrics: None,
            visit: None,
        };
        let question_mark = if query.is_empty() { "" } else { "?" };
        let mut request = self
            .agent
            .post(format!("{}{path}{question_mark}{query}", self.base_url));
        for (name, value) in sign_request(&self.keys, &parts) {
            request = request.header(name, value);
        }
        let mut response = request.send(body).map_err(Box::new)?;
        let status = response.status().as_u16();
        let body = response
            .body_mut()
            .with_config()
            .limit(ANSWER_BYTES_MAX)
            .read_to_vec()
            .map_err(Box::new)?;
        if status != 200 {
            return Err(EdgeError::Status(status));
        }
        let asked = Asked {
            direction: Direction::EdgeToHost,
            case_id: case_id.clone(),
            nonce: parts.nonce,
        };
        let header = |name: &str| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        let answer = verify_answer(
            &self.keys,
            clock::unix_seconds(),
            &asked,
            status,
            header,
            &body,
        )?;
        if answer.stored == StoredState::NoStore {
            Ok(())
        } else {
            Err(EdgeError::Unexpected)
        }
    }
}

/// Why an order is not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum EdgeError {
    /// The edge cannot be reached, or broke off.
    #[error("the edge cannot be reached: check EDGE_URL")]
    Unreachable(#[from] Box<ureq::Error>),
    /// The edge answered something else.
    #[error("the edge answered {0}")]
    Status(u16),
    /// The answer is not signed by the edge.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The answer claims to come from a store.
    #[error("the edge's answer names a stored snapshot, which only a host does")]
    Unexpected,
    /// The system has no randomness to give.
    #[error("no randomness can be had from the system")]
    Randomness(#[source] getrandom::Error),
}
