//! Orders of the host: believed only if signed, carried out by the object, answered with a signature.

use contract::{
    AnswerParts, Asked, CaseId, Digest, Direction, EdgeOrder, StoredState, VerifiedRequest,
    body_matches, region_of_order, sign_answer, verify_request,
};
use worker::{Response, Result};

use crate::{
    clock::now_s,
    inside::Inside,
    log::{self, Level, Line},
    router::{Visit, ask_object},
    settings,
};

/// Verifies an order before any object is woken, has it carried out, and signs that it was.
pub(crate) async fn serve(
    visit: &Visit<'_>,
    case_id: CaseId,
    order: EdgeOrder,
) -> Result<Response> {
    let keys = match settings::host_keys(visit.env) {
        Ok(keys) => keys,
        Err(error) => return refuse(visit, 503, &error.to_string()),
    };
    let verified = match verify(visit, &keys) {
        Ok(verified) => verified,
        Err(refusal) => return refuse(visit, 401, &refusal.to_string()),
    };
    // Only what somebody signed for is read, and no more than such an order may bring.
    let body = match order.body_bytes_max() {
        0 => Vec::new(),
        bytes_max => match visit.body(bytes_max).await? {
            Some(body) => body,
            None => return refuse(visit, 413, "the order's body is too large"),
        },
    };
    if let Err(refusal) = body_matches(&verified, &body) {
        return refuse(visit, 401, &refusal.to_string());
    }
    let ask = Inside::Order {
        order,
        nonce: verified.nonce,
        body,
    };
    let region = region_of_order(visit.url.query().unwrap_or_default());
    let status = match ask_object(visit, (&case_id, region), &ask).await {
        Ok(response) => response.status(),
        Err(error) => return refuse(visit, 503, &error.to_string()),
    };
    if status != 200 {
        return refuse(visit, status, "the object did not carry out the order");
    }
    let asked = Asked {
        direction: Direction::EdgeToHost,
        case_id,
        nonce: verified.nonce,
    };
    let parts = AnswerParts {
        status,
        stored: &StoredState::NoStore,
        body_sha256: Digest::of(b""),
        time: now_s(),
    };
    let response = Response::empty()?.with_status(status);
    for (name, value) in sign_answer(&keys, &asked, &parts) {
        response.headers().set(name, &value)?;
    }
    Ok(response)
}

fn verify(
    visit: &Visit<'_>,
    keys: &contract::Keys,
) -> std::result::Result<VerifiedRequest, contract::Refusal> {
    let header = |name: &str| visit.header(name);
    let query = visit.url.query().unwrap_or_default();
    let signed = (visit.method.as_ref(), visit.url.path(), query);
    verify_request(keys, now_s(), Direction::HostToEdge, signed, header)
}

fn refuse(visit: &Visit<'_>, status: u16, reason: &str) -> Result<Response> {
    log::write(Line {
        reason,
        request_id: &visit.request_id,
        code: Some(status),
        ..Line::new(Level::Warn, "order_refused")
    });
    Response::error(reason, status)
}
