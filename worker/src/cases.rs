//! Cases and their texts, as pages ask for them: the samples among the browser's files first, then what the host keeps.
//!
//! Nothing is decided here about what a case may be: the host does that, and its words are passed on. When it cannot be
//! asked the samples are still there, and everybody is told that they are not all there is.

use contract::{CaseId, CaseQuestion, Digest, limits::CASE_BODY_BYTES_MAX};
use serde_json::{Value, json};
use worker::{Headers, Method, Response, Result};

use crate::{
    access::Refused,
    case_client::{self, Reply},
    proxy::{self, Answer, Asked},
    router::Visit,
};

/// Among the browser's files: the heads of the samples.
const SAMPLES: &str = "/cases/index.json";
/// A text never changes under its address.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// The same, where not everybody may read it.
const FOR_ONE_BROWSER: &str = "private, max-age=31536000, immutable";
const ANOTHER_TEXT: &str = "the host replied with another text than the one asked for";

/// `GET /api/cases`: the samples, then stored cases.
pub(crate) async fn list(visit: &Visit<'_>) -> Result<Response> {
    if proxy::has_session(visit) {
        return list_of_session(visit).await;
    }
    if let Some(refused) = refusal(visit)? {
        return Ok(refused);
    }
    let mut cases = samples(visit).await?;
    let stored = ask(visit, Method::Get, &CaseQuestion::Cases, None, &[200]).await;
    let stored = stored.and_then(|reply| heads(&reply.body));
    let Some(stored) = stored else {
        return answer(200, &json!({ "cases": cases, "incomplete": true }));
    };
    cases.extend(stored);
    answer(200, &json!({ "cases": cases }))
}

/// The samples, then the cases of whoever has signed in.
async fn list_of_session(visit: &Visit<'_>) -> Result<Response> {
    let told = match proxy::ask(visit, visit.url.path()).await? {
        Asked::Answered(Answer { status, answer }) if status != 200 => {
            return proxy::unpack(status, answer);
        }
        Asked::Refused(response) => return Ok(response),
        Asked::Answered(Answer { answer, .. }) => heads(answer.body.as_bytes()),
        Asked::Failed => None,
    };
    let mut cases = samples(visit).await?;
    let Some(own) = told else {
        return answer(200, &json!({ "cases": cases, "incomplete": true }));
    };
    cases.extend(own);
    answer(200, &json!({ "cases": cases }))
}

/// `GET /api/cases/{case_id}`: its head.
pub(crate) async fn find(visit: &Visit<'_>, case_id: CaseId) -> Result<Response> {
    let has_session = proxy::has_session(visit);
    if let Some(refused) = refusal(visit)?.filter(|_| !has_session) {
        return Ok(refused);
    }
    let samples = samples(visit).await?;
    if let Some(sample) = samples.iter().find(|head| head["id"] == case_id.as_str()) {
        return answer(200, sample);
    }
    if has_session {
        return proxy::pass_on(visit).await;
    }
    let question = CaseQuestion::Case(case_id);
    match ask(visit, Method::Get, &question, None, &[200, 404]).await {
        Some(reply) => passed_on(reply),
        None => unreachable_host("the case cannot be looked up"),
    }
}

/// `POST /api/cases`: makes a case of what a page of ours sends.
pub(crate) async fn create(visit: &Visit<'_>) -> Result<Response> {
    if proxy::has_session(visit) {
        return proxy::pass_on(visit).await;
    }
    // Other sites can make a browser send requests here, and those from no page at all are not ours either.
    if visit.header("origin").is_none() {
        return error(
            403,
            "cases are created from our own pages only: the request names no Origin",
        );
    }
    if let Some(refused) = refusal(visit)? {
        return Ok(refused);
    }
    if !visit
        .header("content-type")
        .is_some_and(|value| is_json(&value))
    {
        return error(415, "send the case as application/json");
    }
    let too_large = || {
        let words =
            format!("the case is larger than {CASE_BODY_BYTES_MAX} bytes: divide it into several");
        error(413, &words)
    };
    let length = visit
        .header("content-length")
        .and_then(|length| length.parse::<usize>().ok());
    if length.is_some_and(|length| length > CASE_BODY_BYTES_MAX) {
        return too_large();
    }
    let Some(body) = visit.body(CASE_BODY_BYTES_MAX).await? else {
        return too_large();
    };
    let told = [201, 400, 413];
    match ask(visit, Method::Post, &CaseQuestion::Cases, Some(body), &told).await {
        Some(reply) => passed_on(reply),
        None => unreachable_host("the case cannot be stored"),
    }
}

/// `GET /texts/{sha256}.json`: a text, which may be kept for ever.
pub(crate) async fn text(visit: &Visit<'_>, sha256: Digest) -> Result<Response> {
    // Samples are public, as files that do not pass through here are.
    let mut file = asset(visit, &format!("/texts/{sha256}.json")).await?;
    if file.status_code() == 200 {
        return json_response(200, file.bytes().await?, FOR_EVER);
    }
    if proxy::has_session(visit) {
        return text_of_session(visit, sha256).await;
    }
    if let Some(refused) = refusal(visit)? {
        return Ok(refused);
    }
    let question = CaseQuestion::Text(sha256);
    match ask(visit, Method::Get, &question, None, &[200, 404]).await {
        Some(reply) if reply.status == 404 => passed_on(reply),
        Some(reply) if reply.sha256 == sha256 => json_response(200, reply.body, FOR_EVER),
        Some(_) => {
            visit.warn("host_failed", ANOTHER_TEXT);
            unreachable_host("the text cannot be fetched")
        }
        None => unreachable_host("the text cannot be fetched"),
    }
}

/// A text of a case that whoever has signed in may read. It may be kept by their browser, and by nobody in between.
async fn text_of_session(visit: &Visit<'_>, sha256: Digest) -> Result<Response> {
    match proxy::ask(visit, &format!("/api/texts/{sha256}")).await? {
        Asked::Answered(Answer {
            status: 200,
            answer,
        }) => {
            if Digest::of(answer.body.as_bytes()) == sha256 {
                let response = json_response(200, answer.body.into_bytes(), FOR_ONE_BROWSER)?;
                // The next person at the same browser has another cookie, or none.
                response.headers().set("vary", "cookie")?;
                return Ok(response);
            }
            visit.warn("host_failed", ANOTHER_TEXT);
            unreachable_host("the text cannot be fetched")
        }
        Asked::Answered(Answer { status, answer }) => proxy::unpack(status, answer),
        Asked::Refused(response) => Ok(response),
        Asked::Failed => unreachable_host("the text cannot be fetched"),
    }
}

/// The heads of the samples, from the browser's files.
async fn samples(visit: &Visit<'_>) -> Result<Vec<Value>> {
    let mut file = asset(visit, SAMPLES).await?;
    match file.status_code() {
        200 => file.json().await,
        status => Err(worker::Error::RustError(format!(
            "{SAMPLES} cannot be read: {status}"
        ))),
    }
}

async fn asset(visit: &Visit<'_>, path: &str) -> Result<Response> {
    visit
        .env
        .assets("ASSETS")?
        .fetch(format!("https://assets.invalid{path}"), None)
        .await
}

/// Asks the host. `None`: it cannot be asked, or replied with a status that no host of ours does; both are in the log.
async fn ask(
    visit: &Visit<'_>,
    method: Method,
    question: &CaseQuestion,
    body: Option<Vec<u8>>,
    expected: &[u16],
) -> Option<Reply> {
    match case_client::ask(visit.env, Some(&visit.request_id), method, question, body).await {
        Ok(reply) if expected.contains(&reply.status) => Some(reply),
        Ok(reply) => {
            let status = reply.status;
            visit.warn(
                "host_failed",
                &format!("the host replied {status}, which it never should"),
            );
            None
        }
        Err(error) => {
            visit.warn("host_failed", &error.to_string());
            None
        }
    }
}

fn heads(body: &[u8]) -> Option<Vec<Value>> {
    let mut list: Value = serde_json::from_slice(body).ok()?;
    match list.get_mut("cases")?.take() {
        Value::Array(heads) => Some(heads),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            None
        }
    }
}

/// Whether a content type is JSON: no form of another site can send that without asking first.
pub(crate) fn is_json(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

fn refusal(visit: &Visit<'_>) -> Result<Option<Response>> {
    let refused = match visit.judge() {
        Ok(()) => return Ok(None),
        Err(Refused::SignIn) => error(401, "sign in"),
        Err(Refused::NotAllowed) => error(403, "not allowed from here"),
    };
    refused.map(Some)
}

pub(crate) fn unreachable_host(what: &str) -> Result<Response> {
    let response = error(
        503,
        &format!("{what} at the moment: the store does not answer; try again in a minute"),
    )?;
    response.headers().set("retry-after", "5")?;
    Ok(response)
}

pub(crate) fn error(status: u16, words: &str) -> Result<Response> {
    answer(status, &json!({ "error": words }))
}

fn answer(status: u16, value: &Value) -> Result<Response> {
    json_response(status, value.to_string().into_bytes(), "no-store")
}

pub(crate) fn passed_on(reply: Reply) -> Result<Response> {
    json_response(reply.status, reply.body, "no-store")
}

fn json_response(status: u16, body: Vec<u8>, cache: &str) -> Result<Response> {
    let headers = Headers::new();
    headers.set("content-type", "application/json")?;
    headers.set("cache-control", cache)?;
    Ok(Response::from_bytes(body)?
        .with_status(status)
        .with_headers(headers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_is_taken_for_json() {
        for json in [
            "application/json",
            "Application/JSON; charset=utf-8",
            " application/json ;x",
        ] {
            assert!(is_json(json), "{json}");
        }
        for other in [
            "",
            "text/plain",
            "text/plain; application/json",
            "application/jsonp",
            "application/x-www-form-urlencoded",
        ] {
            assert!(!is_json(other), "{other}");
        }
    }

    #[test]
    fn a_list_that_is_none_is_not_taken_for_an_empty_one() {
        assert_eq!(heads(br#"{"cases":[1]}"#), Some(vec![json!(1)]));
        for body in [
            &b""[..],
            b"[]",
            b"{}",
            br#"{"cases":{}}"#,
            br#"{"cases":null}"#,
        ] {
            assert_eq!(heads(body), None);
        }
    }
}
