//! What providers say of themselves, kept for a while: their addresses, their algorithms and their keys.
//!
//! One look at a time for each provider; a failed one is not repeated at once, so that a provider that is away costs those
//! who come by it one time-out and not each of them one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use openidconnect::{
    AdditionalProviderMetadata, IssuerUrl, ProviderMetadata,
    core::{
        CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType,
        CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
        CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
    },
};
use serde::{Deserialize, Serialize};

use super::{
    SignInError,
    provider_http::{ProviderHttp, is_loopback},
};
use crate::{
    error::chain,
    limits::{DISCOVERY_FAILURE_KEPT, DISCOVERY_KEPT},
};

/// A discovery document with its keys.
pub type Metadata = ProviderMetadata<
    MoreMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What we read of a discovery document beyond what the library does.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MoreMetadata {
    /// Whether `iss` comes back with every code (RFC 9207).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for MoreMetadata {}

/// The documents that were found.
#[derive(Clone, Default)]
pub struct Discovery {
    http: ProviderHttp,
    found: Arc<Mutex<HashMap<String, Entry>>>,
}

type Entry = Arc<tokio::sync::Mutex<Option<Look>>>;

struct Look {
    at: Instant,
    /// What went wrong, if it did.
    found: Result<Arc<Metadata>, String>,
}

impl Look {
    fn is_fresh(&self) -> bool {
        let kept = match self.found {
            Ok(_) => DISCOVERY_KEPT,
            Err(_) => DISCOVERY_FAILURE_KEPT,
        };
        self.at.elapsed() < kept
    }
}

impl Discovery {
    /// What asks the provider, for what its document names.
    pub fn http(&self) -> &ProviderHttp {
        &self.http
    }

    /// The document of a provider. `than` is one that turned out to lack a key: another look is had, unless somebody else
    /// had one since.
    ///
    /// # Errors
    /// If there is none to be had.
    pub async fn of(
        &self,
        issuer: &IssuerUrl,
        newer_than: Option<&Arc<Metadata>>,
    ) -> Result<Arc<Metadata>, SignInError> {
        let entry = {
            let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(found.entry(issuer.to_string()).or_default())
        };
        let mut look = entry.lock().await;
        let is_new_enough = |look: &Look| match (&look.found, newer_than) {
            (Ok(found), Some(old)) => look.is_fresh() && !Arc::ptr_eq(found, old),
            (Ok(_), None) | (Err(_), _) => look.is_fresh(),
        };
        if let Some(look) = look.as_ref().filter(|look| is_new_enough(look)) {
            return look.found.clone().map_err(SignInError::Unavailable);
        }
        let ask = self.http.asking(is_loopback(issuer.url()));
        let found = Metadata::discover_async(issuer.clone(), &ask)
            .await
            .map(Arc::new)
            .map_err(|error| format!("its discovery document: {}", chain(&error)));
        *look = Some(Look {
            at: Instant::now(),
            found: found.clone(),
        });
        found.map_err(SignInError::Unavailable)
    }
}
