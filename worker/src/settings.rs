//! What the operator sets, read from the Worker's environment.
//!
//! - `OPEN_ACCESS`: the authority that everybody may use without signing in; absent in `wrangler.toml`.
//! - `HOST_URL`, `HOST_KEYS`: where the host is, and the keys shared with it. Without them rooms cannot restore.
//! - `TEST_REFUSAL`: for tests: edits that hold this text are refused as not allowed. Counts only with `OPEN_ACCESS`.
//! - `ARCHIVE_QUIET_MS`, `ARCHIVE_MAX_MS`: when a snapshot leaves after an edit.

use contract::Keys;
use worker::Env;

/// The host cannot be asked.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("{name} is not set: give it to the Worker with `--var` or an env file")]
    Missing { name: &'static str },
    #[error("HOST_URL must be the host's base URL, like http://127.0.0.1:4101")]
    MalformedHostUrl,
    #[error(transparent)]
    Keys(#[from] contract::KeysError),
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

/// The value of `OPEN_ACCESS`, if it is set.
pub(crate) fn open_access(env: &Env) -> Option<String> {
    text(env, "OPEN_ACCESS")
}

/// The keys that sign and verify.
pub(crate) fn host_keys(env: &Env) -> Result<Keys, SettingsError> {
    Ok(Keys::parse(&required(env, "HOST_KEYS")?)?)
}

/// The host's base URL, without a slash at its end.
pub(crate) fn host_url(env: &Env) -> Result<String, SettingsError> {
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
        // Only where everybody may do everything: a deployed Worker has no `OPEN_ACCESS`.
        refuse_marker: open_access(env).and_then(|_| text(env, "TEST_REFUSAL")),
    })
}

fn millis(env: &Env, name: &'static str) -> Result<u64, SettingsError> {
    required(env, name)?
        .parse()
        .ok()
        .filter(|millis| (1..=3_600_000).contains(millis))
        .ok_or(SettingsError::MalformedMillis { name })
}
