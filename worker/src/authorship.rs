//! `/api/cases/{case_id}/authorship`: who made and took away what, as sockets proved it.

use contract::{CaseId, head::Subprotocols};
use worker::{Response, Result};

use crate::{
    door,
    inside::Inside,
    router::{Visit, ask_for_json},
};

/// 200 with what is known; 401 and 403 if the visitor may not see the case; 404 if nothing was written in this room yet; 429
/// if they were told a moment ago; 503 if nothing can be said of the token, the room cannot be reached, or its document
/// cannot be read.
pub(crate) async fn serve(visit: &Visit<'_>, case_id: &CaseId) -> Result<Response> {
    // Only a client token can be shown here: a ticket opens a socket, once.
    let Ok(nothing) = Subprotocols::of(None) else {
        return Response::error("sign in", 401);
    };
    let visitor = match visit.admit(case_id, &nothing).await {
        Ok(visitor) => visitor,
        Err(close) if close.code == room::close::SIGN_IN => return Response::error("sign in", 401),
        Err(close) if close.code == room::close::TRY_LATER => {
            return Response::error("it cannot be told now who you are; try again", 503);
        }
        Err(close) => return Response::error(close.reason, 403),
    };
    let region = door::region_of(&visitor.authority);
    let ask = Inside::Authorship { visitor };
    ask_for_json(visit, (case_id, region), &ask).await
}
