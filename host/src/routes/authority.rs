//! `/cases/{case_id}/grants`, `/state`, `/ruling`, `/tickets` and `/client-tokens`: who may do what on a case, what rooms
//! are told of it, and the tokens that prove it.
//! For the edge, signed both ways like everything about cases; who asks, and whether they may, was settled there.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, Request, State},
    http::StatusCode,
    response::Response,
};
use contract::{
    AuthorityQuestion, CaseId, CaseState, Person, Region, Role, Visit,
    head::Origin,
    limits::{
        AUTHORITY_BODY_BYTES_MAX, CLIENT_TOKEN_MS_MAX, TICKET_AUTHORITY_MS_MAX, TICKET_OPEN_MS_MAX,
    },
    token::{ClientToken, Ticket, TicketSigner, TokenId},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    App,
    admission::admit_body,
    cases::Asked,
    observe::RequestId,
    visits::{Refused, SignedIn},
};
use crate::{
    error::ApiError,
    limits::{CLIENT_TOKENS_A_DAY_MAX, CLIENT_TOKENS_LISTED_MAX, CLIENT_TOKENS_MAX},
    store::{Grant, Recorded, StoreError},
};

#[derive(Deserialize)]
struct WantedGrant {
    user: String,
    name: String,
    /// Null: nothing any longer.
    role: Option<String>,
    region: Option<String>,
}

#[derive(Deserialize)]
struct WantedTicket {
    user: String,
    origin: String,
    /// What somebody gets of whom nothing was ever said; refused unless the host is told of this sign-in.
    development: Option<Introduction>,
}

#[derive(Deserialize)]
struct Introduction {
    name: String,
    role: String,
}

#[derive(Deserialize)]
struct WantedState {
    state: String,
}

#[derive(Deserialize)]
struct WantedClientToken {
    user: String,
    role: String,
    /// As long as it may be, if absent.
    lasts_ms: Option<u64>,
}

/// POST `/cases/{case_id}/grants`: 200 with the time since when it holds, 404 if nobody has this account, 410 if the case was
/// deleted.
pub async fn set_grant(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, ApiError> {
    let (asked, wanted) = admit::<WantedGrant>(&app, request).await?;
    let (Some(wanted), AuthorityQuestion::Grants(case_id)) = (wanted, &asked.question) else {
        return malformed(&asked, &app);
    };
    let role = wanted.role.as_deref().map(Role::parse);
    let person = Person::new(&wanted.user, &wanted.name);
    let (Ok(person), None | Some(Some(_))) = (person, role) else {
        return malformed(&asked, &app);
    };
    let region = match wanted.region.as_deref().map(Region::parse).transpose() {
        Ok(region) => region,
        Err(unknown) => return asked.refuse(&app, StatusCode::BAD_REQUEST, &unknown.to_string()),
    };
    let grant = Grant {
        person,
        role: role.flatten(),
        region,
    };
    let set = app.store.set_grant(case_id, &grant, &asked.request_id);
    let changed_ms = match set.await {
        Err(StoreError::Nobody) => {
            let words = "there is nobody of this id";
            return asked.refuse(&app, StatusCode::NOT_FOUND, words);
        }
        set => set?,
    };
    changed_since(&app, &asked, changed_ms)
}

/// POST `/cases/{case_id}/state`: 200 with the time since when it holds, 410 if the case was deleted.
pub async fn set_state(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, ApiError> {
    let (asked, wanted) = admit::<WantedState>(&app, request).await?;
    let state = wanted.and_then(|wanted| CaseState::parse(&wanted.state));
    let (Some(state), AuthorityQuestion::State(case_id)) = (state, &asked.question) else {
        return malformed(&asked, &app);
    };
    let changed_ms = app
        .store
        .set_case_state(case_id, state, &asked.request_id)
        .await?;
    changed_since(&app, &asked, changed_ms)
}

/// GET `/cases/{case_id}/ruling`: 200 with what can make a token void that is still good.
pub async fn tell_ruling(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, ApiError> {
    let asked = Asked::of_reader(&app, &request.into_parts().0, AuthorityQuestion::parse).await?;
    let AuthorityQuestion::Ruling(case_id) = &asked.question else {
        return Err(ApiError::NoCase);
    };
    let ruling = app.store.ruling(case_id).await?;
    asked.reply_written(&app, StatusCode::OK, ruling.write())
}

/// POST `/cases/{case_id}/tickets`: 201 with a ticket, 403 if the person may do nothing on this case.
pub async fn issue_ticket(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, ApiError> {
    let (asked, wanted) = admit::<WantedTicket>(&app, request).await?;
    let (Some(wanted), AuthorityQuestion::Tickets(case_id)) = (wanted, &asked.question) else {
        return malformed(&asked, &app);
    };
    let Ok(origin) = Origin::parse(&wanted.origin) else {
        return malformed(&asked, &app);
    };
    let signer = signer(&app)?;
    if let Some(introduction) = &wanted.development {
        // Whoever says a name is believed there: not even somebody with a role gets a ticket that way.
        if !app.has_development_sign_in {
            let words = "this host has no development sign-in";
            return asked.refuse(&app, StatusCode::FORBIDDEN, words);
        }
        let person = Person::new(&wanted.user, &introduction.name);
        let (Ok(person), Some(role)) = (person, Role::parse(&introduction.role)) else {
            return malformed(&asked, &app);
        };
        app.store
            .introduce(case_id, &person, role, &asked.request_id)
            .await?;
    }
    match cut_ticket(&app, signer, case_id, &wanted.user, origin).await? {
        Some(answer) => asked.reply(&app, StatusCode::CREATED, &answer),
        None => asked.refuse(&app, StatusCode::FORBIDDEN, NO_ROLE),
    }
}

/// POST `/api/cases/{case_id}/ticket`: 201 with a ticket for whoever has signed in, 403 if they may do nothing on this case.
pub async fn issue_ticket_to_visitor(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Extension(visited_as): Extension<RequestId>,
    SignedIn(session): SignedIn,
    Path(case_id): Path<String>,
) -> Result<(StatusCode, Json<Value>), Refused> {
    // What is no case's id is nobody's case: it is answered like one of which nothing is known.
    let no_role = || Refused::because(StatusCode::FORBIDDEN, NO_ROLE);
    let case_id = CaseId::parse(&case_id).map_err(|_| no_role())?;
    let (signer, user) = (signer(&app)?, session.user_id.to_string());
    let believes_names = app.has_development_sign_in && visit.origin.is_loopback();
    if believes_names && !app.store.is_somebodys(&case_id).await? {
        // A sample, or something that a program has made up: nobody there could give a role on it.
        let person = Person::new(&user, &session.name).map_err(|_| no_role())?;
        app.store
            .introduce(&case_id, &person, Role::Annotate, &visited_as.0)
            .await?;
    }
    let answer = cut_ticket(&app, signer, &case_id, &user, visit.origin).await?;
    Ok((StatusCode::CREATED, Json(answer.ok_or_else(no_role)?)))
}

/// A ticket for somebody at this moment, and what it says; absent if they may do nothing on this case.
async fn cut_ticket(
    app: &App,
    signer: &TicketSigner,
    case_id: &CaseId,
    user: &str,
    origin: Origin,
) -> Result<Option<Value>, ApiError> {
    let Some(granted) = app.store.admitted(case_id, user).await? else {
        return Ok(None);
    };
    let ticket = Ticket {
        id: new_token_id()?,
        case_id: case_id.clone(),
        person: granted.person,
        role: granted.role,
        origin,
        issued_ms: granted.now_ms,
        open_until_ms: granted.now_ms.saturating_add(TICKET_OPEN_MS_MAX),
        authority_until_ms: granted.now_ms.saturating_add(TICKET_AUTHORITY_MS_MAX),
        region: granted.region,
    };
    Ok(Some(json!({
        "ticket": ticket.issue(signer),
        "account": user,
        "user": ticket.person.user(),
        "name": ticket.person.name(),
        "role": ticket.role.name(),
        "open_until_ms": ticket.open_until_ms,
        "authority_until_ms": ticket.authority_until_ms,
    })))
}

const NO_ROLE: &str = "there is no role on this case";

/// POST `/cases/{case_id}/client-tokens`: 201 with a token, 403 if the person may not do so much, 429 if they have too
/// many.
pub async fn issue_client_token(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, ApiError> {
    let (asked, wanted) = admit::<WantedClientToken>(&app, request).await?;
    let (Some(wanted), AuthorityQuestion::ClientTokens(case_id)) = (wanted, &asked.question) else {
        return malformed(&asked, &app);
    };
    let lasts_ms = wanted.lasts_ms.unwrap_or(CLIENT_TOKEN_MS_MAX);
    let (Some(role), 1..=CLIENT_TOKEN_MS_MAX) = (Role::parse(&wanted.role), lasts_ms) else {
        return malformed(&asked, &app);
    };
    let named = (wanted.user.as_str(), role);
    let made = make_client_token(&app, case_id, named, lasts_ms, &asked.request_id).await?;
    match made {
        Ok(answer) => asked.reply(&app, StatusCode::CREATED, &answer),
        Err((status, words)) => asked.refuse(&app, status, &words),
    }
}

/// Puts a client token on record and issues it; or says in words, and with which status, why not.
pub(super) async fn make_client_token(
    app: &App,
    case_id: &CaseId,
    (user, role): (&str, Role),
    lasts_ms: u64,
    request_id: &str,
) -> Result<Result<Value, (StatusCode, String)>, ApiError> {
    let (signer, id) = (signer(app)?, new_token_id()?);
    let recorded = app
        .store
        .record_client_token(case_id, (id, user, role), lasts_ms, request_id)
        .await?;
    let granted = match recorded {
        Recorded::Granted(granted) => granted,
        Recorded::NotAllowed => {
            let words = "the role on this case is less than that, or none";
            return Ok(Err((StatusCode::FORBIDDEN, words.to_owned())));
        }
        Recorded::TooMany => {
            let words = format!(
                "of {CLIENT_TOKENS_MAX} client tokens at once and {CLIENT_TOKENS_A_DAY_MAX} within a day none is left: \
                 revoke some of them, or come back tomorrow"
            );
            return Ok(Err((StatusCode::TOO_MANY_REQUESTS, words)));
        }
    };
    let token = ClientToken {
        id,
        case_id: case_id.clone(),
        person: granted.person,
        role,
        issued_ms: granted.now_ms,
        authority_until_ms: granted.now_ms.saturating_add(lasts_ms),
        region: granted.region,
    };
    Ok(Ok(json!({
        "id": id.to_string(),
        "token": token.issue(signer),
        "authority_until_ms": token.authority_until_ms,
    })))
}

/// GET `/cases/{case_id}/client-tokens`: 200 with the newest ones, without what proves them.
pub async fn list_client_tokens(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, ApiError> {
    let asked = Asked::of_reader(&app, &request.into_parts().0, AuthorityQuestion::parse).await?;
    let AuthorityQuestion::ClientTokens(case_id) = &asked.question else {
        return Err(ApiError::NoCase);
    };
    let tokens = app
        .store
        .list_client_tokens(case_id, CLIENT_TOKENS_LISTED_MAX)
        .await?;
    asked.reply(&app, StatusCode::OK, &json!({ "client_tokens": tokens }))
}

/// DELETE `/cases/{case_id}/client-tokens/{id}`: 200 with the time since when it is revoked, 404 if there is none.
pub async fn revoke_client_token(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, ApiError> {
    let asked = Asked::of_reader(&app, &request.into_parts().0, AuthorityQuestion::parse).await?;
    let AuthorityQuestion::ClientToken(case_id, id) = &asked.question else {
        return Err(ApiError::NoCase);
    };
    let revoked = app
        .store
        .revoke_client_token(case_id, *id, &asked.request_id)
        .await?;
    match revoked {
        Some(revoked_ms) => {
            app.outbox_bell.notify_one();
            asked.reply(&app, StatusCode::OK, &json!({ "revoked_ms": revoked_ms }))
        }
        None => asked.refuse(&app, StatusCode::NOT_FOUND, "there is no such client token"),
    }
}

/// Says since when something holds, and has the room told; of a deleted case nothing holds any more.
fn changed_since(
    app: &App,
    asked: &Asked<AuthorityQuestion>,
    changed_ms: Option<u64>,
) -> Result<Response, ApiError> {
    let Some(changed_ms) = changed_ms else {
        return asked.refuse(app, StatusCode::GONE, "this case was deleted");
    };
    app.outbox_bell.notify_one();
    asked.reply(app, StatusCode::OK, &json!({ "changed_ms": changed_ms }))
}

/// Admits a question with a body; the body is absent if it is not what it should be.
async fn admit<T: DeserializeOwned>(
    app: &App,
    request: Request,
) -> Result<(Asked<AuthorityQuestion>, Option<T>), ApiError> {
    let (parts, body) = request.into_parts();
    let asked = Asked::of(app, &parts, AuthorityQuestion::parse).await?;
    let bytes_max = AUTHORITY_BODY_BYTES_MAX;
    let body = admit_body(app, &asked.request, &parts.headers, body, bytes_max).await?;
    let wanted = serde_json::from_slice(&body.bytes).ok();
    Ok((asked, wanted))
}

fn malformed(asked: &Asked<AuthorityQuestion>, app: &App) -> Result<Response, ApiError> {
    asked.refuse(app, StatusCode::BAD_REQUEST, "the request cannot be read")
}

fn signer(app: &App) -> Result<&TicketSigner, ApiError> {
    app.signer.as_ref().ok_or(ApiError::NoSigner)
}

/// Drawn for every token.
pub fn new_token_id() -> Result<TokenId, ApiError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|_| ApiError::NoRandomness)?;
    Ok(TokenId::new(random))
}
