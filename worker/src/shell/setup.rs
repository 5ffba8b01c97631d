//! What a room needs before it can be run: settings, and the object's own name.

use contract::{CaseId, Keys};
use worker::Env;

use crate::{host_client::HostClient, settings};

pub(super) struct Setup {
    pub(super) config: room::Config,
    pub(super) host: HostClient,
    pub(super) case_id: CaseId,
    /// What verifies tickets; without it none is believed.
    pub(super) keys: Option<Keys>,
}

/// Reads it, or says what is missing.
pub(super) fn setup(env: Env, name: &str) -> Result<Setup, String> {
    let case_id =
        CaseId::parse(name).map_err(|error| format!("the object has no usable name: {error}"))?;
    let config = settings::room_config(&env).map_err(|error| error.to_string())?;
    Ok(Setup {
        config,
        keys: settings::host_keys(&env).ok(),
        host: HostClient::new(env, case_id.clone()),
        case_id,
    })
}
