//! `POST /api/cases/{case_id}/ticket`: whoever has signed in is the host's to know. Without a session there is the
//! development sign-in. Whoever says a name is believed, so it is there only if the operator names a role for it, and only
//! where every page of ours is of this machine.

use contract::{
    AuthorityQuestion, CaseId, Person, Role, head::OriginVerdict, limits::AUTHORITY_BODY_BYTES_MAX,
};
use serde::Deserialize;
use serde_json::json;
use worker::{Method, Response, Result};

use crate::{
    case_client,
    cases::{error, is_json, passed_on, unreachable_host},
    door::Door,
    proxy,
    router::Visit,
    settings,
};

/// What a page says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    user: String,
    name: String,
}

/// Has the host issue a ticket to the page that asks: to whoever has signed in there, or else to whoever says a name, of
/// which sign-in the host has to be told, too.
pub(crate) async fn ticket(visit: &Visit<'_>, case_id: CaseId) -> Result<Response> {
    if proxy::has_session(visit) {
        return proxy::pass_on(visit).await;
    }
    let Ok(door) = Door::of(visit.env) else {
        return error(503, "this Worker is not set up");
    };
    let Some(role) = settings::development_sign_in(visit.env) else {
        return error(401, "sign in");
    };
    if !door.origins.are_loopback() {
        visit.warn(
            "sign_in_refused",
            "DEVELOPMENT_SIGN_IN is set, and PUBLIC_ORIGINS names another machine: leave one of them out",
        );
        return error(403, "there is no signing in by name here");
    }
    // Other sites can make a browser send requests here, and those from no page at all are not ours either.
    let (host, origin) = (visit.header("host"), visit.header("origin"));
    let origin = match door.origins.judge(origin.as_deref()) {
        OriginVerdict::Allowed(origin) if door.origins.is_host(host.as_deref()) => origin,
        OriginVerdict::Allowed(_) | OriginVerdict::Absent | OriginVerdict::Foreign => {
            return error(403, "not allowed from here");
        }
    };
    if !visit
        .header("content-type")
        .is_some_and(|value| is_json(&value))
    {
        return error(415, "say who you are as application/json");
    }
    let Some(body) = visit.body(AUTHORITY_BODY_BYTES_MAX).await? else {
        return error(413, "the request is larger than anybody's name");
    };
    let said: Option<Said> = serde_json::from_slice(&body).ok();
    let person = said.and_then(|said| Person::new(&said.user, &said.name).ok());
    let Some(person) = person else {
        return error(
            400,
            "say a user and a name: 1 to 100 characters each, without space at either end",
        );
    };
    ask(visit, case_id, &person, role, origin.as_str()).await
}

async fn ask(
    visit: &Visit<'_>,
    case_id: CaseId,
    person: &Person,
    role: Role,
    origin: &str,
) -> Result<Response> {
    let wanted = json!({
        "user": person.user(),
        "origin": origin,
        "development": { "name": person.name(), "role": role.name() },
    });
    let body = Some(wanted.to_string().into_bytes());
    let question = AuthorityQuestion::Tickets(case_id);
    let request_id = Some(visit.request_id.as_str());
    let reply = case_client::ask(visit.env, request_id, Method::Post, &question, body).await;
    let reason = match reply {
        Ok(reply) if matches!(reply.status, 201 | 403) => return passed_on(reply),
        Ok(reply) => format!("the host replied {}, which it never should", reply.status),
        Err(error) => error.to_string(),
    };
    visit.warn("host_failed", &reason);
    unreachable_host("no ticket can be had")
}
