//! The configuration: environment variables, read once at start.
//!
//! | variable             | needed by         | meaning                                                            |
//! |----------------------|-------------------|--------------------------------------------------------------------|
//! | `DATABASE_URL`       | every subcommand  | `postgres://user:password@host:port/database`                      |
//! | `HOST_KEYS`          | `serve`           | `id:KEY[,id:KEY]`, shared with the Worker; the first one signs     |
//! | `EDGE_URL`           | `serve`           | the Worker's base URL, for orders to objects                       |
//! | `TICKET_SIGNING_KEY` | `token`, optional | `id:KEY`, as `new-ticket-key` prints it; without it no tickets     |
//! | `DEVELOPMENT_SIGN_IN` | `serve`, optional | `1`: the Worker may let in whom nobody was ever told of; never deploy |
//! | `SMTP_URL`           | `serve`, optional | the mail server: `smtps://user:password@server`; without it no links by mail |
//! | `MAIL_FROM`          | with `SMTP_URL`   | who the mails are from: `Glossator <sign-in@example.edu>`          |
//! | `SIGN_IN_SECRET_…`   | `serve`, optional | a provider's client secret; `host admin provider` says under which name |
//! | `HOST_LISTEN`        | `serve`, optional | `ADDRESS:PORT`; 127.0.0.1:4101 if absent; port 0 takes a free one  |
//! | `HOST_POOL_SIZE`     | optional          | Postgres connections, 1-200; 16 if absent                          |
//! | `HOST_LOG`           | optional          | a filter such as `info,host=debug`; `info` if absent               |

mod mail;

pub use mail::MailConfig;

use std::net::SocketAddr;

use contract::{Keys, KeysError, token::TicketSigner};

/// What every subcommand needs.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// Where Postgres is. Holds a password: never logged.
    pub postgres: tokio_postgres::Config,
    /// How many connections at most.
    pub pool_size: usize,
}

/// What `serve` needs.
#[derive(Clone, Debug)]
pub struct ServeConfig {
    /// Postgres.
    pub database: DatabaseConfig,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Shared with the Worker.
    pub keys: Keys,
    /// Signs tickets and client tokens.
    pub signer: Option<TicketSigner>,
    /// Whether the Worker may let in people of whom nothing was ever said.
    pub has_development_sign_in: bool,
    /// Sends links by mail.
    pub mail: Option<MailConfig>,
    /// The Worker's base URL, without a slash at its end.
    pub edge_url: String,
}

/// Looks up an environment variable.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

impl DatabaseConfig {
    /// Reads the variables.
    ///
    /// # Errors
    /// If one is missing or malformed; the message names it and the remedy, and never repeats a secret.
    pub fn read(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let url = required(
            lookup,
            "DATABASE_URL",
            "`postgres://user:password@host:port/database`",
        )?;
        let postgres: tokio_postgres::Config = url.parse().map_err(|_| ConfigError::Malformed {
            name: "DATABASE_URL",
            remedy: "write `postgres://user:password@host:port/database`, special characters percent-encoded",
        })?;
        if postgres.get_ssl_mode() == tokio_postgres::config::SslMode::Require {
            return Err(ConfigError::Malformed {
                name: "DATABASE_URL",
                remedy: "`sslmode=require` is not supported: reach Postgres over loopback or a private tunnel",
            });
        }
        Ok(Self {
            postgres,
            pool_size: pool_size(lookup)?,
        })
    }
}

impl ServeConfig {
    /// Reads the variables.
    ///
    /// # Errors
    /// As [`DatabaseConfig::read`].
    pub fn read(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let keys = required(
            lookup,
            "HOST_KEYS",
            "`id:KEY` with a KEY from `openssl rand -hex 32`",
        )?;
        let listen = lookup("HOST_LISTEN").unwrap_or_else(|| "127.0.0.1:4101".to_owned());
        let edge_url = required(
            lookup,
            "EDGE_URL",
            "the Worker's base URL, such as http://127.0.0.1:8787",
        )?;
        Ok(Self {
            database: DatabaseConfig::read(lookup)?,
            listen: listen.parse().map_err(|_| ConfigError::Malformed {
                name: "HOST_LISTEN",
                remedy: "write ADDRESS:PORT with a numeric address, such as 127.0.0.1:4101",
            })?,
            keys: Keys::parse(&keys)?,
            signer: ticket_signer(lookup)?,
            has_development_sign_in: development_sign_in(lookup)?,
            mail: MailConfig::read(lookup)?,
            edge_url: base_url(&edge_url)?,
        })
    }
}

/// Reads `TICKET_SIGNING_KEY`, if it is set.
///
/// # Errors
/// If it is malformed.
pub fn ticket_signer(lookup: Lookup<'_>) -> Result<Option<TicketSigner>, ConfigError> {
    let set = lookup("TICKET_SIGNING_KEY").filter(|value| !value.trim().is_empty());
    Ok(set.map(|text| TicketSigner::parse(&text)).transpose()?)
}

fn development_sign_in(lookup: Lookup<'_>) -> Result<bool, ConfigError> {
    match lookup("DEVELOPMENT_SIGN_IN").as_deref().map(str::trim) {
        None | Some("") => Ok(false),
        Some("1") => Ok(true),
        Some(_) => Err(ConfigError::Malformed {
            name: "DEVELOPMENT_SIGN_IN",
            remedy: "leave it out, or for development set it to 1",
        }),
    }
}

fn required(
    lookup: Lookup<'_>,
    name: &'static str,
    example: &'static str,
) -> Result<String, ConfigError> {
    lookup(name)
        .filter(|value| !value.trim().is_empty())
        .ok_or(ConfigError::Missing { name, example })
}

fn pool_size(lookup: Lookup<'_>) -> Result<usize, ConfigError> {
    let Some(text) = lookup("HOST_POOL_SIZE") else {
        return Ok(16);
    };
    text.parse()
        .ok()
        .filter(|size| (1..=200).contains(size))
        .ok_or(ConfigError::Malformed {
            name: "HOST_POOL_SIZE",
            remedy: "write a number from 1 to 200, less than Postgres' max_connections",
        })
}

fn base_url(text: &str) -> Result<String, ConfigError> {
    let base = text.trim_end_matches('/');
    let authority = base
        .strip_prefix("http://")
        .or_else(|| base.strip_prefix("https://"));
    let plain = |authority: &str| {
        !authority.is_empty()
            && authority
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b))
    };
    if authority.is_some_and(plain) {
        Ok(base.to_owned())
    } else {
        Err(ConfigError::Malformed {
            name: "EDGE_URL",
            remedy: "write the Worker's base URL without a path, such as http://127.0.0.1:8787",
        })
    }
}

/// The configuration cannot be used. Every message names the variable and the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A variable is not set.
    #[error("{name} is not set: set it to {example}")]
    Missing {
        /// Which one.
        name: &'static str,
        /// What to set.
        example: &'static str,
    },
    /// A variable cannot be read.
    #[error("{name} cannot be used: {remedy}")]
    Malformed {
        /// Which one.
        name: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// A variable with keys cannot be read.
    #[error(transparent)]
    Keys(#[from] KeysError),
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: &str = "a:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    fn with(changes: &[(&str, Option<&str>)]) -> Result<ServeConfig, ConfigError> {
        let mut values = std::collections::BTreeMap::from([
            ("DATABASE_URL", "postgres://u:secret@127.0.0.1:5432/g"),
            ("HOST_KEYS", KEYS),
            ("EDGE_URL", "http://127.0.0.1:8787/"),
        ]);
        for (name, value) in changes {
            match value {
                Some(value) => values.insert(name, value),
                None => values.remove(name),
            };
        }
        ServeConfig::read(&|name| values.get(name).map(|value| (*value).to_owned()))
    }

    #[test]
    fn what_may_be_left_out_has_a_default() {
        let config = with(&[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:4101");
        assert_eq!(config.database.pool_size, 16);
        assert_eq!(config.edge_url, "http://127.0.0.1:8787");
        assert!(config.signer.is_none());
        assert!(!config.has_development_sign_in);
    }

    #[test]
    fn a_missing_variable_is_named_with_its_remedy() {
        for name in ["DATABASE_URL", "HOST_KEYS", "EDGE_URL"] {
            for absent in [None, Some(" ")] {
                let error = with(&[(name, absent)]).unwrap_err().to_string();
                assert!(
                    error.starts_with(name) && error.contains("set it to"),
                    "{error}"
                );
            }
        }
    }

    #[test]
    fn a_malformed_variable_is_named_and_no_secret_is_repeated() {
        for (name, value) in [
            ("DATABASE_URL", "secret"),
            ("DATABASE_URL", "postgres://u:secret@h/g?sslmode=require"),
            ("HOST_KEYS", "secret"),
            ("TICKET_SIGNING_KEY", "secret"),
            ("DEVELOPMENT_SIGN_IN", "true"),
            ("HOST_LISTEN", "localhost"),
            ("HOST_POOL_SIZE", "0"),
            ("HOST_POOL_SIZE", "many"),
            ("SMTP_URL", "smtp://u:secret@mail.example"),
            ("EDGE_URL", "127.0.0.1:8787"),
            ("EDGE_URL", "http://127.0.0.1:8787/path"),
            ("EDGE_URL", "http://user@127.0.0.1"),
        ] {
            let error = with(&[(name, Some(value))]).unwrap_err().to_string();
            assert!(
                error.starts_with(name) && !error.contains("secret"),
                "{error}"
            );
        }
    }
}
