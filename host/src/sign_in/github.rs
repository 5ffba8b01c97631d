//! GitHub, for developers: OAuth 2. Whose login is on the operator's list comes in, and is known again by their number,
//! since a login can be given up and taken by another. What comes back names who gave the code (RFC 9207) as
//! `https://github.com/login/oauth`; servers of older versions name nobody.

use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, TokenResponse, TokenUrl,
    basic::BasicClient, url::Url,
};
use openidconnect::HttpRequest;
use serde::Deserialize;

use super::{
    AuthResult, Provider, SignInError,
    auth_result::{Attributes, shown_name},
    discovery::Discovery,
    provider_http::is_loopback,
    way::{Departure, Elsewhere, Returned, Way},
};
use crate::error::chain;

/// GitHub itself; others of its kind have their interface below their own address.
const GITHUB: &str = "https://github.com";

type GitHubClient =
    BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// One server of GitHub's kind.
pub struct GitHub<'a> {
    provider: &'a Provider,
    secret: Option<String>,
    discovery: &'a Discovery,
}

/// What is read of an account.
#[derive(Deserialize)]
struct Account {
    id: u64,
    login: String,
    name: Option<String>,
}

impl<'a> GitHub<'a> {
    /// Of a provider, with its secret.
    pub fn new(provider: &'a Provider, secret: Option<String>, discovery: &'a Discovery) -> Self {
        Self {
            provider,
            secret,
            discovery,
        }
    }

    fn base(&self) -> &str {
        self.provider.issuer.trim_end_matches('/')
    }

    fn client(&self) -> Result<GitHubClient, SignInError> {
        let no_url = |_| SignInError::Unavailable("its issuer is no URL".to_owned());
        let id = ClientId::new(self.provider.client_id.clone().unwrap_or_default());
        let base = self.base();
        let client = BasicClient::new(id)
            .set_auth_uri(AuthUrl::new(format!("{base}/login/oauth/authorize")).map_err(no_url)?)
            .set_token_uri(
                TokenUrl::new(format!("{base}/login/oauth/access_token")).map_err(no_url)?,
            );
        Ok(match &self.secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.clone())),
            None => client,
        })
    }

    fn account_url(&self) -> String {
        let base = self.base();
        if base == GITHUB {
            "https://api.github.com/user".to_owned()
        } else {
            format!("{base}/api/v3/user")
        }
    }

    fn is_of_this_machine(&self) -> bool {
        Url::parse(self.base()).is_ok_and(|url| is_loopback(&url))
    }

    async fn account(&self, token: &str) -> Result<Account, SignInError> {
        let request: HttpRequest = oauth2::http::Request::builder()
            .uri(self.account_url())
            .header("accept", "application/vnd.github+json")
            .header("authorization", format!("Bearer {token}"))
            .body(Vec::new())
            .map_err(|_| SignInError::Refused("its access token cannot be used"))?;
        let asked = self
            .discovery
            .http()
            .ask(self.is_of_this_machine(), request);
        let answer = asked
            .await
            .map_err(|error| SignInError::Unavailable(chain(&error)))?;
        if answer.status() != 200 {
            return Err(SignInError::Refused("it does not say whose account it is"));
        }
        serde_json::from_slice(answer.body())
            .map_err(|_| SignInError::Refused("what it says of the account cannot be read"))
    }
}

impl Elsewhere for GitHub<'_> {
    async fn begin(&self, comes_back_to: &RedirectUrl) -> Result<Departure, SignInError> {
        let client = self.client()?.set_redirect_uri(comes_back_to.clone());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        // No scope: login and number are public, and nothing else is wanted.
        let (go, state) = client
            .authorize_url(CsrfToken::new_random)
            .set_pkce_challenge(challenge)
            .url();
        Ok(Departure {
            go,
            state: state.into_secret(),
            nonce: String::new(),
            verifier: verifier.into_secret(),
        })
    }
}

impl Way for GitHub<'_> {
    type Proof = Returned;

    async fn prove(&self, proof: Returned) -> Result<AuthResult, SignInError> {
        let issuer = format!("{}/login/oauth", self.base());
        if proof.issuer.is_some_and(|named| named != issuer) {
            return Err(SignInError::Refused("the code is another provider's"));
        }
        let client = self.client()?.set_redirect_uri(proof.came_back_to);
        let ask = self.discovery.http().asking(self.is_of_this_machine());
        let tokens = client
            .exchange_code(AuthorizationCode::new(proof.code))
            .set_pkce_verifier(PkceCodeVerifier::new(proof.verifier))
            .request_async(&ask)
            .await
            .map_err(|error| match error {
                RequestTokenError::Request(error) => SignInError::Unavailable(chain(&error)),
                // GitHub answers refusals with 200, as something that is no token.
                RequestTokenError::ServerResponse(_)
                | RequestTokenError::Parse(..)
                | RequestTokenError::Other(_) => {
                    SignInError::Refused("it gave no token for its code")
                }
            })?;
        let account = self.account(tokens.access_token().secret()).await?;
        let login = account.login.to_ascii_lowercase();
        if !self.provider.allowed.contains(&login) {
            return Err(SignInError::NotAllowed("its login is not listed"));
        }
        let name = account.name.as_deref().and_then(shown_name);
        Ok(AuthResult {
            provider: self.provider.id.clone(),
            issuer: self.provider.issuer.clone(),
            subject: account.id.to_string(),
            email: None,
            email_verified: false,
            name: name.or_else(|| shown_name(&account.login)),
            attributes: Attributes::default(),
        })
    }
}
