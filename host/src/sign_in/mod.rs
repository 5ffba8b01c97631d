//! Signing in: who somebody is, found out in one of several ways, and what follows from it.
//!
//! Each way ends in an [`AuthResult`]; what comes after knows of no protocol. `way` has what the ways have in common, `rules`
//! says whose account it is and what somebody becomes by it, `host/src/store/identities.rs` carries that out, and
//! `host/src/routes/sign_in` is what pages ask. Whoever was sent somewhere to prove who they are is remembered by hashes of
//! what they bring back and of their browser's cookie, for a while, and once.

mod address;
mod auth_result;
mod by_mail;
mod by_name;
mod claims;
mod discovery;
mod github;
mod kinds;
mod local_path;
mod mailer;
mod oidc;
mod outgoing;
mod problem;
mod provider;
mod provider_http;
mod rules;
mod way;

pub use address::{EmailAddress, is_domain};
pub use auth_result::{Attributes, AuthResult, shown_name};
pub use by_mail::ByMail;
pub use by_name::{ByMereName, DEVELOPMENT};
pub use discovery::Discovery;
pub use kinds::{MembershipRole, ProviderKind};
pub use local_path::LocalPath;
pub use mailer::{MailError, Mailer};
pub use outgoing::Outgoing;
pub use problem::SignInError;
pub use provider::{Provider, SECRET_PREFIX, Secrets, is_issuer, is_slug};
pub use provider_http::{ProviderHttp, ProviderHttpError, is_loopback};
pub use rules::{Trust, proves_address, roles};
pub use way::{Departure, Elsewhere, Returned, Way};

use crate::config::MailConfig;
use github::GitHub;
use oidc::Oidc;
use openidconnect::RedirectUrl;

/// What signing in needs beside the store.
#[derive(Clone, Default)]
pub struct SignIn {
    /// What providers say of themselves, and how they are asked.
    pub discovery: Discovery,
    /// Mails that are on their way; absent where none are sent.
    pub mail: Option<Outgoing>,
    /// The clients' secrets.
    pub secrets: Secrets,
}

impl SignIn {
    /// Sends mails as configured.
    ///
    /// # Errors
    /// If the server's address cannot be used.
    pub fn mail_by(config: &MailConfig) -> Result<Outgoing, MailError> {
        Ok(Outgoing::new(Mailer::new(config)?))
    }

    /// What is missing for people to be offered a provider, if something is, and the remedy.
    pub fn lacks(&self, provider: &Provider) -> Option<String> {
        match provider.kind {
            ProviderKind::Mail if self.mail.is_some() => None,
            ProviderKind::Mail => Some(
                "SMTP_URL is not set: set it to `smtps://user:password@server`, and MAIL_FROM"
                    .to_owned(),
            ),
            ProviderKind::Oidc | ProviderKind::Google | ProviderKind::GitHub => {
                let secret = self.secrets.of(provider);
                secret.err().map(|error| error.to_string())
            }
        }
    }

    /// Sends somebody to a provider.
    ///
    /// # Errors
    /// If it cannot be used, or people are not sent to such a one.
    pub async fn begin(
        &self,
        provider: &Provider,
        comes_back_to: &RedirectUrl,
    ) -> Result<Departure, SignInError> {
        let secret = self.secrets.of(provider)?;
        match provider.kind {
            ProviderKind::Oidc | ProviderKind::Google => {
                let way = Oidc::new(provider, secret, &self.discovery);
                way.begin(comes_back_to).await
            }
            ProviderKind::GitHub => {
                let way = GitHub::new(provider, secret, &self.discovery);
                way.begin(comes_back_to).await
            }
            ProviderKind::Mail => Err(SignInError::NotAllowed("nobody is sent to a mail's way")),
        }
    }

    /// Finds out who came back from a provider.
    ///
    /// # Errors
    /// As [`Way::prove`].
    pub async fn prove(
        &self,
        provider: &Provider,
        returned: Returned,
    ) -> Result<AuthResult, SignInError> {
        let secret = self.secrets.of(provider)?;
        match provider.kind {
            ProviderKind::Oidc | ProviderKind::Google => {
                let way = Oidc::new(provider, secret, &self.discovery);
                way.prove(returned).await
            }
            ProviderKind::GitHub => {
                let way = GitHub::new(provider, secret, &self.discovery);
                way.prove(returned).await
            }
            ProviderKind::Mail => Err(SignInError::NotAllowed(
                "nobody comes back from a mail's way",
            )),
        }
    }
}
