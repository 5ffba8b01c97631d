//! Asks the host about cases, their texts and who may do what, and whatever browsers ask it. A reply counts only if it is signed and answers this very
//! question.

use contract::{
    AuthorityQuestion, CaseQuestion, Digest, Direction, RepliesTo, RequestParts, Visit,
    limits::{
        AUTHORITY_BODY_BYTES_MAX, CASE_ANSWER_BYTES_MAX, RULING_BYTES_MAX, TEXT_BYTES_MAX,
        VISIT_ANSWER_BYTES_MAX,
    },
    sign_request, verify_reply_by,
};
use web_sys::AbortSignal;
use worker::{Env, Method};

use crate::{
    chance,
    clock::now_s,
    exchange::{self, Outgoing},
    host_client::HostError,
    meter, settings, signature,
};

/// What is asked: where, on whose behalf, and how long the answer may be.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    path: String,
    query: String,
    visit: Option<String>,
    bytes_max: usize,
}

impl Question {
    /// What a browser asks, passed on as it came.
    pub(crate) fn of_visit(path: &str, query: Option<&str>, visit: &Visit) -> Self {
        Self {
            path: path.to_owned(),
            query: query.unwrap_or_default().to_owned(),
            visit: Some(visit.write()),
            bytes_max: VISIT_ANSWER_BYTES_MAX,
        }
    }

    fn of_ours(path: String, bytes_max: usize) -> Self {
        Self {
            path,
            query: String::new(),
            visit: None,
            bytes_max,
        }
    }
}

impl From<&CaseQuestion> for Question {
    fn from(question: &CaseQuestion) -> Self {
        let bytes_max = match question {
            CaseQuestion::Cases | CaseQuestion::Case(_) => CASE_ANSWER_BYTES_MAX,
            CaseQuestion::Text(_) => TEXT_BYTES_MAX,
        };
        Self::of_ours(question.path(), bytes_max)
    }
}

impl From<&AuthorityQuestion> for Question {
    fn from(question: &AuthorityQuestion) -> Self {
        let bytes_max = match question {
            AuthorityQuestion::Ruling(_) => RULING_BYTES_MAX,
            AuthorityQuestion::ClientTokens(_) => CASE_ANSWER_BYTES_MAX,
            AuthorityQuestion::Grants(_)
            | AuthorityQuestion::State(_)
            | AuthorityQuestion::Tickets(_)
            | AuthorityQuestion::ClientToken(_, _) => AUTHORITY_BODY_BYTES_MAX,
        };
        Self::of_ours(question.path(), bytes_max)
    }
}

/// What the host replied, and proved.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// Of the body.
    pub(crate) sha256: Digest,
}

/// Asks with a time limit. `body` is what a POST sends.
pub(crate) async fn ask(
    env: &Env,
    request_id: Option<&str>,
    method: Method,
    question: impl Into<Question>,
    body: Option<Vec<u8>>,
) -> Result<Reply, HostError> {
    let question = question.into();
    let work = async |signal: &AbortSignal| {
        exchange(env, request_id, &method, &question, body, signal).await
    };
    let outcome = exchange::in_time(work).await;
    if outcome.is_err() {
        meter::count_host_failure();
    }
    outcome
}

async fn exchange(
    env: &Env,
    request_id: Option<&str>,
    method: &Method,
    question: &Question,
    body: Option<Vec<u8>>,
    signal: &AbortSignal,
) -> Result<Reply, HostError> {
    let host = settings::host(env)?;
    let nonce = chance::nonce()?;
    let path = question.path.as_str();
    let body_sha256 = signature::sha256(body.as_deref().unwrap_or_default()).await;
    let parts = RequestParts {
        direction: Direction::EdgeToHost,
        method: method.as_ref(),
        path,
        query: &question.query,
        body_sha256: body_sha256.map_err(HostError::Unhashed)?,
        time: now_s(),
        nonce,
        // Rooms report about the isolate when they archive.
        metrics: None,
        visit: question.visit.as_deref(),
    };
    let question_mark = if question.query.is_empty() { "" } else { "?" };
    let url = format!("{}{path}{question_mark}{}", host.url, question.query);
    let request = Outgoing {
        method,
        url: &url,
        signed: sign_request(&host.keys, &parts),
        request_id,
        body,
    };
    let reply = exchange::send(request, question.bytes_max, signal).await?;

    let status = reply.status;
    let to = RepliesTo {
        direction: Direction::HostToEdge,
        method: method.as_ref(),
        path,
        nonce,
    };
    let sha256 = verify_reply_by(
        signature::sha256,
        &host.keys,
        (now_s(), status),
        &to,
        |name| reply.header(name),
        &reply.body,
    )
    .await
    .map_err(|error| HostError::unverified(status, error))?;
    Ok(Reply {
        status,
        body: reply.body,
        sha256,
    })
}
