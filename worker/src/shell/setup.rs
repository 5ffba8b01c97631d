//! What a room needs before it can be run: settings, and the object's own name.

use std::rc::Rc;

use contract::CaseId;
use worker::Env;

use crate::{door::Door, host_client::HostClient, settings};

pub(super) struct Setup {
    pub(super) config: room::Config,
    pub(super) host: HostClient,
    pub(super) case_id: CaseId,
    /// What verifies tickets and makes resume tokens; without it none is believed, and none is given.
    pub(super) door: Option<Rc<Door>>,
}

/// Reads it, or says what is missing.
pub(super) fn setup(env: Env, name: &str) -> Result<Setup, String> {
    let case_id =
        CaseId::parse(name).map_err(|error| format!("the object has no usable name: {error}"))?;
    let config = settings::room_config(&env).map_err(|error| error.to_string())?;
    Ok(Setup {
        config,
        door: Door::of(&env).ok(),
        host: HostClient::new(env, case_id.clone()),
        case_id,
    })
}
