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
    hold_back(&app, &PROOFS_OF_ADDRESS, &network_of(&visit)).await?;
    match proved(&app, &visit, &id, answer).await {
        Ok((auth, provider, goes_to)) => {
            let found = (&auth, Some(&provider));
            let cookies = sign_in(&app, &visit, found, &request_id).await?;
            Ok((cookies, see_other(goes_to)).into_response())
        }
        Err(error) => {
            let code = problem(&id, error)?;
            Ok(see_other(format!("/sign-in?problem={code}")).into_response())
        }
    }
}

async fn proved(
    app: &App,
    visit: &Visit,
    id: &str,
    answer: Answer,
) -> Result<(AuthResult, Provider, String), SignInError> {
    let fits = |text: &String| (1..=RETURNED_BYTES_MAX).contains(&text.len());
    let state = answer.state.filter(fits).ok_or(SignInError::Expired)?;
    let browser = visit.flow.as_ref().ok_or(SignInError::Expired)?;
    let state = Digest::of(state.as_bytes());
    let flow = app.store.take_flow(&state, &browser.digest()).await?;
    let flow = flow.ok_or(SignInError::Expired)?;
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
    let code = answer.code.filter(fits).ok_or(no_code)?;
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
    Ok((auth, provider, flow.goes_to))
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
