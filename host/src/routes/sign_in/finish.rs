//! The last step of every way: whoever is proved gets a session of their own.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Extension, State},
    http::{HeaderName, StatusCode},
    response::{AppendHeaders, IntoResponse},
};
use contract::Visit;
use serde::Deserialize;
use serde_json::json;

use super::{App, Refused, believes_names, hold_back, network_of, nothing_here, wanted};
use crate::{
    limits::{PROOFS_OF_ADDRESS, SESSIONS_OF_ACCOUNT},
    routes::{
        observe::RequestId,
        visits::{Said, give_session, new_secret, take_flow},
    },
    sign_in::{AuthResult, ByMereName, DEVELOPMENT, Provider, SignInError, Way},
    telemetry,
};

/// What a page says that signs in by a name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    name: String,
    to: Option<String>,
}

/// The cookies of a browser that has signed in: a session, and no way to one any more.
pub type SignedInCookies = AppendHeaders<[(HeaderName, String); 2]>;

/// Begins a session for whom this is, in place of the one that the browser had. The browser gets a secret that nobody knew
/// before: a session that somebody else put there proves nothing (session fixation).
pub async fn sign_in(
    app: &App,
    visit: &Visit,
    (auth, provider): (&AuthResult, Option<&Provider>),
    request_id: &str,
) -> Result<SignedInCookies, Refused> {
    let user = app.store.settle_sign_in(auth, provider, request_id).await?;
    // Whoever was invited by an address that is proved to be theirs finds what they were invited to.
    let person = app.store.find_user(user).await?;
    if let Some(email) = person.and_then(|person| person.email) {
        let claimed = app.store.claim_invitations(user, &email, request_id);
        if claimed.await? > 0 {
            app.outbox_bell.notify_one();
        }
    }
    hold_back(app, &SESSIONS_OF_ACCOUNT, &user.to_string()).await?;
    let secret = new_secret()?;
    let secrets = (&secret, visit.session.as_ref());
    app.store
        .begin_session(user, secrets, &auth.provider, &visit.agent)
        .await?;
    telemetry::signed_in(&auth.provider);
    let [session] = give_session(&secret);
    let [flow] = take_flow();
    Ok(AppendHeaders([session, flow]))
}

/// POST `/auth/development`: 200 with a session for whoever says a name, 404 where names are not believed.
pub async fn by_name(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Said(named): Said<Named>,
) -> Result<impl IntoResponse, Refused> {
    if !believes_names(&app, &visit) {
        return Err(nothing_here());
    }
    let to = wanted(named.to.as_deref())?;
    hold_back(&app, &PROOFS_OF_ADDRESS, &network_of(&visit)).await?;
    let auth = ByMereName.prove(named.name).await.map_err(|error| {
        telemetry::not_signed_in(DEVELOPMENT, &error);
        let words = "say a name: 1 to 100 characters, without space at either end";
        Refused::because(StatusCode::BAD_REQUEST, words)
    })?;
    let cookies = sign_in(&app, &visit, (&auth, None), &request_id).await?;
    Ok((cookies, Json(json!({ "to": to.as_str() }))))
}

/// A fault of ours stays one; everything else is told to the operator, and to the page by its code.
pub fn problem(provider: &str, error: SignInError) -> Result<&'static str, Refused> {
    telemetry::not_signed_in(provider, &error);
    match error {
        SignInError::Store(error) => Err(error.into()),
        SignInError::Cancelled
        | SignInError::Expired
        | SignInError::Refused(_)
        | SignInError::NotAllowed(_)
        | SignInError::TooOften
        | SignInError::Unavailable(_) => Ok(error.code()),
    }
}
