//! To a provider and back.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Extension, Path, Query, State},
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use contract::{Digest, Visit};
use openidconnect::RedirectUrl;
use serde::Deserialize;
use serde_json::json;

use super::{
    App, Refused, browser_of,
    finish::{problem, sign_in},
    hold_back, network_of, wanted,
};
use crate::{
    limits::{FLOW_KEPT, PROOFS_OF_ADDRESS, RETURNED_BYTES_MAX, SIGN_INS_OF_ADDRESS},
    routes::{
        observe::RequestId,
        visits::{Said, give_flow},
    },
    sign_in::{AuthResult, Provider, ProviderKind, Returned, SignInError},
    store::{SignInFlow, StoreError},
};

/// What a page says that wants to sign in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    to: Option<String>,
}

/// POST `/auth/way/{id}/start`: 200 with the provider's address, and the browser is marked.
pub async fn start(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
    Said(said): Said<Wanted>,
) -> Result<impl IntoResponse, Refused> {
    let to = wanted(said.to.as_deref())?;
    hold_back(&app, &SIGN_INS_OF_ADDRESS, &network_of(&visit)).await?;
    let provider = app.store.find_provider(&id).await?;
    let provider = provider.filter(|provider| provider.kind != ProviderKind::Mail);
    let provider = provider.ok_or_else(|| Refused::absent("way of signing in"))?;
    let comes_back_to = comes_back_to(visit.origin.as_str(), &provider.id)?;
    let departure = match app.sign_in.begin(&provider, &comes_back_to).await {
        Ok(departure) => departure,
        Err(error) => {
            problem(&provider.id, error)?;
            let words =
                "this way of signing in is out of order: try again later, or take another one";
            return Err(Refused::because(StatusCode::BAD_GATEWAY, words));
        }
    };
    let browser = browser_of(&visit)?;
    let flow = SignInFlow {
        provider: provider.id,
        origin: visit.origin.to_string(),
        goes_to: to.as_str().to_owned(),
        nonce: departure.nonce,
        verifier: departure.verifier,
    };
    let state = Digest::of(departure.state.as_bytes());
    app.store
        .begin_flow(&state, &browser.digest(), &flow)
        .await?;
    let cookie = give_flow(&browser, FLOW_KEPT.as_secs());
    Ok((cookie, Json(json!({ "go": departure.go.as_str() }))))
}

/// What a provider sends back with somebody. Others of its parameters mean nothing to us.
#[derive(Deserialize)]
pub struct Answer {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// GET `/auth/way/{id}/callback`: 303 to the page that was wanted, with a session, or to the page for signing in with the
/// code of the problem.
pub async fn come_back(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
    Query(answer): Query<Answer>,
) -> Result<Response, Refused> {
    let code = match finished(&app, &visit, (&id, answer), &request_id).await {
        Ok(Ok(answer)) => return Ok(answer),
        Ok(Err(error)) => problem(&id, error)?,
        // Here is a browser on its way, and no page of ours that could read why.
        Err(Refused::ByRule { .. }) => problem(&id, SignInError::TooOften)?,
        Err(fault @ Refused::ByFault(_)) => return Err(fault),
    };
    Ok(see_other(format!("/sign-in?problem={code}")).into_response())
}

/// What nobody was sent for is refused before it is counted: it takes nobody's turn.
async fn finished(
    app: &App,
    visit: &Visit,
    (id, answer): (&str, Answer),
    request_id: &str,
) -> Result<Result<Response, SignInError>, Refused> {
    let flow = match taken(app, visit, answer.state.as_deref()).await {
        Ok(flow) => flow,
        Err(error) => return Ok(Err(error)),
    };
    hold_back(app, &PROOFS_OF_ADDRESS, &network_of(visit)).await?;
    let goes_to = flow.goes_to.clone();
    let (auth, provider) = match proved(app, visit, (id, answer), flow).await {
        Ok(proved) => proved,
        Err(error) => return Ok(Err(error)),
    };
    let cookies = sign_in(app, visit, (&auth, Some(&provider)), request_id).await?;
    Ok(Ok((cookies, see_other(goes_to)).into_response()))
}

fn fits(text: &str) -> bool {
    (1..=RETURNED_BYTES_MAX).contains(&text.len())
}

async fn taken(app: &App, visit: &Visit, state: Option<&str>) -> Result<SignInFlow, SignInError> {
    let state = state
        .filter(|text| fits(text))
        .ok_or(SignInError::Expired)?;
    let browser = visit.flow.as_ref().ok_or(SignInError::Expired)?;
    let state = Digest::of(state.as_bytes());
    let flow = app.store.take_flow(&state, &browser.digest()).await?;
    flow.ok_or(SignInError::Expired)
}

async fn proved(
    app: &App,
    visit: &Visit,
    (id, answer): (&str, Answer),
    flow: SignInFlow,
) -> Result<(AuthResult, Provider), SignInError> {
    if flow.provider != id || flow.origin != visit.origin.as_str() {
        return Err(SignInError::Refused(
            "it came back to another way's address",
        ));
    }
    if let Some(error) = answer.error {
        return Err(match error.as_str() {
            "access_denied" => SignInError::Cancelled,
            _ => SignInError::Refused("it answered with an error"),
        });
    }
    let no_code = SignInError::Refused("it came back without a code");
    let code = answer.code.filter(|text| fits(text)).ok_or(no_code)?;
    let provider = app.store.find_provider(id).await?;
    let retired = SignInError::NotAllowed("it was retired meanwhile");
    let provider = provider.ok_or(retired)?;
    let came_back_to = comes_back_to(&flow.origin, id)?;
    let returned = Returned {
        came_back_to,
        code,
        issuer: answer.iss,
        nonce: flow.nonce,
        verifier: flow.verifier,
    };
    let auth = app.sign_in.prove(&provider, returned).await?;
    Ok((auth, provider))
}

/// Exactly one address for each provider.
fn comes_back_to(origin: &str, id: &str) -> Result<RedirectUrl, StoreError> {
    RedirectUrl::new(format!("{origin}/auth/way/{id}/callback")).map_err(|_| {
        StoreError::Inconsistent {
            what: "a provider's id is no part of an address",
        }
    })
}

fn see_other(to: String) -> impl IntoResponse {
    (StatusCode::SEE_OTHER, [(LOCATION, to)])
}
