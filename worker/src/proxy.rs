//! What the host answers itself: everything under `/auth/` and `/api/` that is not answered here. A request is passed on only
//! if a page of ours can have made it, and with nothing of its head but what was checked here.

use contract::{
    VISIT_METHODS, Visit, VisitAnswer,
    head::{OriginVerdict, flow_of_cookies, session_of_cookies},
    limits::VISIT_BODY_BYTES_MAX,
};
use worker::{Headers, Method, Response, Result};
