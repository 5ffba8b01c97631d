//! A link in a mail. It is asked for here and used here; to open it changes nothing, since scanners of mail do that too.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Extension, State},
    http::StatusCode,
    response::IntoResponse,
};
use contract::{Digest, Visit, head::CookieSecret};
use serde::Deserialize;
use serde_json::json;

use super::{
    App, Refused, browser_of,
    finish::{problem, sign_in},
    hold_back, network_of, nothing_here, wanted,
};
use crate::{
    limits::{
        MAIL_LINK_KEPT, MAILS_TO_ACCOUNT, MAILS_TO_ACCOUNT_FROM_NETWORK, PROOFS_OF_ADDRESS,
        SIGN_INS_OF_ADDRESS,
    },
    routes::{
        observe::RequestId,
        visits::{Said, give_flow, new_secret},
    },
    sign_in::{
        AuthResult, ByMail, EmailAddress, LocalPath, Outgoing, Provider, ProviderKind, SignInError,
        Way,
    },
    store::{MailLink, Store, StoreError},
    telemetry,
};

/// What a page says that wants a link.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    email: String,
    to: Option<String>,
}

/// POST `/auth/mail/start`: 202, and the browser is marked. The answer, and how long it takes, is the same for every
/// address: whether a link is sent is found out once it was given.
pub async fn start(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Said(said): Said<Wanted>,
) -> Result<impl IntoResponse, Refused> {
    let to = wanted(said.to.as_deref())?;
    hold_back(&app, &SIGN_INS_OF_ADDRESS, &network_of(&visit)).await?;
    let outgoing = app.sign_in.mail.clone().ok_or_else(nothing_here)?;
    let email = EmailAddress::parse(said.email.trim());
    let browser = browser_of(&visit)?;
    let cookie = give_flow(&browser, MAIL_LINK_KEPT.as_secs());
    if let Some(email) = email {
        let asked = Asked {
            store: app.store.clone(),
            origin: visit.origin.to_string(),
            browser: browser.digest(),
            network: network_of(&visit),
            to,
        };
        let sending = outgoing.clone();
        let is_taken = outgoing.in_background(async move {
            match asked.send(&sending, email).await {
                Ok(()) => telemetry::mail_sent(),
                Err(reason) => telemetry::mail_not_sent(&reason),
            }
        });
        if !is_taken {
            telemetry::mail_not_sent("too many mails wait to be sent");
        }
    }
    Ok((StatusCode::ACCEPTED, cookie, Json(json!({}))))
}

/// What is left of a request after its answer.
struct Asked {
    store: Store,
    origin: String,
    browser: Digest,
    network: String,
    to: LocalPath,
}

impl Asked {
    async fn send(self, outgoing: &Outgoing, email: EmailAddress) -> Result<(), String> {
        let failed = |error: StoreError| crate::error::chain(&error);
        let Some(provider) = self.way_for(&email).await.map_err(failed)? else {
            return Err("no way of signing in takes addresses of this domain".to_owned());
        };
        // First by network: what it is refused takes nothing from others.
        let pair = format!("{} {}", email.as_str(), self.network);
        for (rate, whose) in [
            (&MAILS_TO_ACCOUNT_FROM_NETWORK, pair.as_str()),
            (&MAILS_TO_ACCOUNT, email.as_str()),
        ] {
            let too_often = self.store.count(rate, whose).await.map_err(failed)?;
            if too_often.is_some() {
                return Err(format!("too often: {}", rate.what));
            }
        }
        let token = new_secret().map_err(|error| error.to_string())?;
        let link = (provider.id.as_str(), &email, self.to.as_str());
        self.store
            .add_mail_link(&token.digest(), &self.browser, link)
            .await
            .map_err(failed)?;
        // Behind the `#`, which no server is told.
        let link = format!("{}/sign-in#mail={}", self.origin, token.reveal());
        let sent = outgoing.send_link(email, link).await;
        sent.map_err(|error| error.to_string())
    }

    async fn way_for(&self, email: &EmailAddress) -> Result<Option<Provider>, StoreError> {
        for provider in self.store.list_providers().await? {
            if provider.kind != ProviderKind::Mail {
                continue;
            }
            let trust = self.store.trust(&provider).await?;
            if ByMail::new(&provider, &trust).takes(email) {
                return Ok(Some(provider));
            }
        }
        Ok(None)
    }
}

/// What a page says whose button was pressed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    token: String,
}

/// POST `/auth/mail/finish`: 200 with a session, 410 if the link does not work here and now.
pub async fn finish(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Said(opened): Said<Opened>,
) -> Result<impl IntoResponse, Refused> {
    let link = taken(&app, &visit, &opened.token).await;
    let link = link.map_err(does_not_work)?;
    // What is no link takes nobody's turn.
    hold_back(&app, &PROOFS_OF_ADDRESS, &network_of(&visit)).await?;
    let goes_to = link.goes_to.clone();
    let proved = proved(&app, link).await;
    let (auth, provider) = proved.map_err(does_not_work)?;
    let cookies = sign_in(&app, &visit, (&auth, Some(&provider)), &request_id).await?;
    Ok((cookies, Json(json!({ "to": goes_to }))))
}

fn does_not_work(error: SignInError) -> Refused {
    match problem("mail", error) {
        Ok(_) => {
            let words = "this link works once, for a few minutes, and in the browser in which it was asked for: \
                         ask for another one";
            Refused::because(StatusCode::GONE, words)
        }
        Err(fault) => fault,
    }
}

async fn taken(app: &App, visit: &Visit, token: &str) -> Result<MailLink, SignInError> {
    let token = CookieSecret::parse(token).ok_or(SignInError::Expired)?;
    let browser = visit.flow.as_ref().ok_or(SignInError::Expired)?;
    let (token, browser) = (token.digest(), browser.digest());
    let link = app.store.take_mail_link(&token, &browser).await?;
    link.ok_or(SignInError::Expired)
}

async fn proved(app: &App, link: MailLink) -> Result<(AuthResult, Provider), SignInError> {
    let provider = app.store.find_provider(&link.provider).await?;
    let retired = SignInError::NotAllowed("it was retired meanwhile");
    let provider = provider.ok_or(retired)?;
    let trust = app.store.trust(&provider).await?;
    let auth = ByMail::new(&provider, &trust).prove(link).await?;
    Ok((auth, provider))
}
