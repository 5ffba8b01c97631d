//! The one way to providers: HTTPS, bounded, and never anywhere but where it was asked to go.
//!
//! Calls block, so they run on the blocking pool, a few at a time: a provider that hangs holds up nobody but those who come
//! by it. A redirect is an answer like any other, and none of these protocols expects one.

use std::{pin::Pin, sync::Arc};

use openidconnect::{HttpRequest, HttpResponse, url::Url};
use tokio::sync::Semaphore;
use ureq::{Agent, http::Method};

use crate::limits::{PROVIDER_ANSWER_BYTES_MAX, PROVIDER_ANSWER_MAX, PROVIDERS_ASKED_AT_ONCE};

/// An answer that is waited for.
pub type Asking = Pin<Box<dyn Future<Output = Result<HttpResponse, ProviderHttpError>> + Send>>;

/// Asks providers.
#[derive(Clone)]
pub struct ProviderHttp {
    agent: Agent,
    places: Arc<Semaphore>,
}

impl Default for ProviderHttp {
    fn default() -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(PROVIDER_ANSWER_MAX))
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .user_agent("glossator")
            .build();
        Self {
            agent: config.into(),
            places: Arc::new(Semaphore::new(PROVIDERS_ASKED_AT_ONCE)),
        }
    }
}

impl ProviderHttp {
    /// What asks for a library, as [`ProviderHttp::ask`] does.
    pub fn asking(
        &self,
        is_of_this_machine: bool,
    ) -> impl Fn(HttpRequest) -> Asking + Send + Sync + 'static {
        let http = self.clone();
        move |request| {
            let http = http.clone();
            Box::pin(async move { http.ask(is_of_this_machine, request).await })
        }
    }

    /// Asks, and returns the answer whatever its status. Only a provider that is itself of this machine may have what it
    /// names without TLS, and then of this machine alone.
    ///
    /// # Errors
    /// If it cannot be reached, is not reached by HTTPS, or says too much.
    pub async fn ask(
        &self,
        is_of_this_machine: bool,
        request: HttpRequest,
    ) -> Result<HttpResponse, ProviderHttpError> {
        let url =
            Url::parse(&request.uri().to_string()).map_err(|_| ProviderHttpError::NotHttps)?;
        let is_allowed = match url.scheme() {
            "https" => true,
            "http" => is_of_this_machine && is_loopback(&url),
            _ => false,
        };
        if !is_allowed {
            return Err(ProviderHttpError::NotHttps);
        }
        let place = tokio::time::timeout(
            PROVIDER_ANSWER_MAX,
            Arc::clone(&self.places).acquire_owned(),
        );
        let Ok(Ok(place)) = place.await else {
            return Err(ProviderHttpError::Busy);
        };
        let agent = self.agent.clone();
        tokio::task::spawn_blocking(move || {
            let _place = place;
            send(&agent, request)
        })
        .await?
    }
}

/// Whether a URL is of this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(openidconnect::url::Host::Ipv4(address)) => address.is_loopback(),
        Some(openidconnect::url::Host::Ipv6(address)) => address.is_loopback(),
        Some(openidconnect::url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn send(agent: &Agent, request: HttpRequest) -> Result<HttpResponse, ProviderHttpError> {
    let response = if matches!(*request.method(), Method::GET | Method::HEAD) {
        agent.run(request.map(|_| ()))
    } else {
        agent.run(request)
    };
    let (parts, mut body) = response.map_err(Box::new)?.into_parts();
    let body = body
        .with_config()
        .limit(PROVIDER_ANSWER_BYTES_MAX)
        .read_to_vec()
        .map_err(Box::new)?;
    Ok(HttpResponse::from_parts(parts, body))
}

/// Why a provider gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ProviderHttpError {
    /// It was to be asked in the clear.
    #[error("its addresses must begin with https://")]
    NotHttps,
    /// Too many are asked already.
    #[error("too many providers are slow to answer")]
    Busy,
    /// It cannot be reached, or broke off.
    #[error("it cannot be reached")]
    Unreachable(#[from] Box<ureq::Error>),
    /// The call died.
    #[error("the call died")]
    Task(#[from] tokio::task::JoinError),
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(is_of_this_machine: bool, url: &str) -> Result<HttpResponse, ProviderHttpError> {
        let request = HttpRequest::new(Vec::new());
        let (mut parts, body) = request.into_parts();
        parts.uri = url.parse().unwrap();
        ProviderHttp::default()
            .ask(is_of_this_machine, HttpRequest::from_parts(parts, body))
            .await
    }

    #[tokio::test]
    async fn nobody_is_asked_in_the_clear_but_this_machine_by_a_provider_of_it() {
        for (of_this_machine, url) in [
            (false, "http://127.0.0.1:9/"),
            (false, "http://idp.example/"),
            (true, "http://idp.example/"),
            (true, "http://10.0.0.1/"),
            (true, "http://169.254.169.254/latest/"),
            (true, "http://localhost.example/"),
        ] {
            let asked = ask(of_this_machine, url).await;
            assert!(matches!(asked, Err(ProviderHttpError::NotHttps)), "{url}");
        }
        // Port 9 takes no connections: it was allowed, and nobody is there.
        let asked = ask(true, "http://127.0.0.1:9/").await;
        assert!(matches!(asked, Err(ProviderHttpError::Unreachable(_))));
    }
}
