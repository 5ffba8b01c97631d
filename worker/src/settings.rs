//! What the operator sets, read from the Worker's environment.
//!
//! - `TICKET_PUBLIC_KEYS`, `RESUME_KEYS`: what tokens are verified with; the second one is this Worker's own secret.
//! - `PUBLIC_ORIGINS`: our own pages, as browsers write their origins, separated by commas. Without these three nothing
//!   is answered.
//! - `DEVELOPMENT_SIGN_IN`: the role of whoever says a name, where all origins are of this machine; absent in
//!   `wrangler.toml`.
//! - `HOST_URL`, `HOST_KEYS`: where the host is, and the keys shared with it. Without them rooms cannot restore.
//! - `ARCHIVE_QUIET_MS`, `ARCHIVE_MAX_MS`: when a snapshot leaves after an edit.

use std::{cell::RefCell, rc::Rc};

use contract::{
    Keys, Role,
    head::AllowedOrigins,
    token::{ResumeKeys, TicketKeys},
};
use worker::Env;

use crate::door::Door;

/// Where the host is, and the keys shared with it.
pub(crate) struct Host {
    pub(crate) keys: Keys,
    /// Without a slash at its end.
    pub(crate) url: String,
}

/// The host cannot be asked.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("{name} is not set: give it to the Worker with `--var` or an env file")]
    Missing { name: &'static str },
    #[error("HOST_URL must be the host's base URL, like http://127.0.0.1:4101")]
    MalformedHostUrl,
    #[error(transparent)]
    Keys(#[from] contract::KeysError),
    #[error(transparent)]
    Origins(#[from] contract::head::AllowedOriginsError),
    #[error("{name} must be a number of milliseconds from 1 to 3600000")]
    MalformedMillis { name: &'static str },
}

fn text(env: &Env, name: &'static str) -> Option<String> {
    env.var(name)
        .ok()
        .map(|value| value.to_string())
        .filter(|value| !value.is_empty())
}

fn required(env: &Env, name: &'static str) -> Result<String, SettingsError> {
    text(env, name).ok_or(SettingsError::Missing { name })
}

/// The keys that sign and verify.
pub(crate) fn host_keys(env: &Env) -> Result<Keys, SettingsError> {
    Ok(Keys::parse(&required(env, "HOST_KEYS")?)?)
}

/// The host, as the operator names it. It is read once in an isolate: its variables never change.
pub(crate) fn host(env: &Env) -> Result<Rc<Host>, SettingsError> {
    thread_local! {
        static HOST: RefCell<Option<Result<Rc<Host>, SettingsError>>> = const { RefCell::new(None) };
    }
    let read = || {
        let keys = host_keys(env)?;
        let url = host_url(env)?;
        Ok(Rc::new(Host { keys, url }))
    };
    HOST.with_borrow_mut(|host| host.get_or_insert_with(read).clone())
}

/// What tokens are verified with.
pub(crate) fn door(env: &Env) -> Result<Door, SettingsError> {
    Ok(Door {
        tickets: TicketKeys::parse(&required(env, "TICKET_PUBLIC_KEYS")?)?,
        resume: ResumeKeys::parse(&required(env, "RESUME_KEYS")?)?,
        origins: AllowedOrigins::parse(&required(env, "PUBLIC_ORIGINS")?)?,
    })
}

/// The value of `DEVELOPMENT_SIGN_IN`, if it is set to a role.
pub(crate) fn development_sign_in(env: &Env) -> Option<Role> {
    Role::parse(&text(env, "DEVELOPMENT_SIGN_IN")?)
}

/// The host's base URL, without a slash at its end.
fn host_url(env: &Env) -> Result<String, SettingsError> {
    let url = required(env, "HOST_URL")?;
    let url = url.trim_end_matches('/');
    let has_authority = ["http://", "https://"].iter().any(|scheme| {
        url.strip_prefix(scheme)
            .is_some_and(|rest| !rest.is_empty() && !rest.contains(['/', '?', '#']))
    });
    if has_authority {
        Ok(url.to_owned())
    } else {
        Err(SettingsError::MalformedHostUrl)
    }
}

/// When rooms archive.
pub(crate) fn room_config(env: &Env) -> Result<room::Config, SettingsError> {
    Ok(room::Config {
        archive_quiet_ms: millis(env, "ARCHIVE_QUIET_MS")?,
        archive_max_ms: millis(env, "ARCHIVE_MAX_MS")?,
        pace: room::Pace::InTicks,
    })
}

fn millis(env: &Env, name: &'static str) -> Result<u64, SettingsError> {
    required(env, name)?
        .parse()
        .ok()
        .filter(|millis| (1..=3_600_000).contains(millis))
        .ok_or(SettingsError::MalformedMillis { name })
}
