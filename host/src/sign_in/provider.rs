//! A provider, as an operator named it, and where its secret is.

use std::{fmt, sync::Arc};

use openidconnect::url::Url;

use super::{ProviderKind, SignInError, is_loopback};

/// What the names of all variables with secrets begin with: whoever can write to the table of providers must not have
/// another secret of the host sent to a server of theirs.
pub const SECRET_PREFIX: &str = "SIGN_IN_SECRET_";

/// A way of signing in that an operator named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Its short name, which is a part of the address that people come back to.
    pub id: String,
    /// What people are offered.
    pub name: String,
    /// Which kind it is of.
    pub kind: ProviderKind,
    /// Whose people it knows, if it is an institution's.
    pub institution: Option<String>,
    /// Its base URL, exactly as it calls itself; `mail` for mails.
    pub issuer: String,
    /// What it calls us.
    pub client_id: Option<String>,
    /// Which variable of the environment holds our secret there.
    pub secret_variable: Option<String>,
    /// Who may come by it; what that means depends on its kind.
    pub allowed: Vec<String>,
}

/// Whether a provider or an institution can be called so: as Postgres checks it.
pub fn is_slug(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=64).contains(&text.len())
        && text.bytes().all(is_plain)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Whether a provider can have this base URL: HTTPS, or of this machine, and nothing behind its path.
pub fn is_issuer(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        let is_sealed = match url.scheme() {
            "https" => true,
            "http" => is_loopback(&url),
            _ => false,
        };
        is_sealed
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    })
}

/// Where the secrets are looked up: in the environment, and in tests elsewhere.
#[derive(Clone)]
pub struct Secrets(Arc<Named>);

/// The value of a variable, by its name.
type Named = dyn Fn(&str) -> Option<String> + Send + Sync;

impl Secrets {
    /// Looks them up so.
    pub fn new(lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(lookup))
    }

    /// The secret of a provider, if it has one.
    ///
    /// # Errors
    /// If it has one that is not there.
    pub fn of(&self, provider: &Provider) -> Result<Option<String>, SignInError> {
        let Some(name) = &provider.secret_variable else {
            return Ok(None);
        };
        let secret = Some(name)
            .filter(|name| name.starts_with(SECRET_PREFIX))
            .and_then(|name| (self.0)(name))
            .filter(|secret| !secret.is_empty());
        match secret {
            Some(secret) => Ok(Some(secret)),
            None => Err(SignInError::Unavailable(format!(
                "{name} is not set: set it to the client secret that the provider gave you"
            ))),
        }
    }
}

impl Default for Secrets {
    fn default() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_what_postgres_takes_for_one() {
        for good in ["a", "0", "uni-sso", "a--b", &"a".repeat(64)] {
            assert!(is_slug(good), "{good}");
        }
        for bad in ["", "-", "a-", "-a", "A", "a.b", "a\0", "é", &"a".repeat(65)] {
            assert!(!is_slug(bad), "{bad}");
        }
    }

    #[test]
    fn a_provider_is_reached_over_tls_or_within_this_machine() {
        for good in [
            "https://idp.example",
            "https://idp.example/a/",
            "http://127.0.0.1:80",
            "http://[::1]:9/x",
        ] {
            assert!(is_issuer(good), "{good}");
        }
        for bad in [
            "http://idp.example",
            "https://idp.example?a",
            "https://u@idp.example",
            "mail",
            "ftp://127.0.0.1",
        ] {
            assert!(!is_issuer(bad), "{bad}");
        }
    }

    #[test]
    fn no_other_secret_of_the_host_is_looked_up() {
        let secrets = Secrets::new(|name| Some(format!("the value of {name}")));
        let provider = |variable: Option<&str>| Provider {
            id: "p".into(),
            name: "P".into(),
            kind: ProviderKind::Oidc,
            institution: None,
            issuer: "https://idp.example".into(),
            client_id: Some("c".into()),
            secret_variable: variable.map(str::to_owned),
            allowed: Vec::new(),
        };
        let found = secrets.of(&provider(Some("SIGN_IN_SECRET_UNI"))).unwrap();
        assert_eq!(found.as_deref(), Some("the value of SIGN_IN_SECRET_UNI"));
        assert_eq!(secrets.of(&provider(None)).unwrap(), None);
        for other in ["HOST_KEYS", "DATABASE_URL", "XSIGN_IN_SECRET_UNI"] {
            let refused = secrets.of(&provider(Some(other))).unwrap_err().to_string();
            assert!(refused.contains(other), "{refused}");
        }
    }
}
