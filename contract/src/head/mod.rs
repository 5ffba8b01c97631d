//! What the head of a browser's request says of who it comes from: pure reading of headers and of the query, bounded,
//! for Worker and host alike. Whether what is read is believed is decided elsewhere.

mod cookie;
mod origin;
mod query;
mod subprotocols;

pub use cookie::{
    CookieSecret, FLOW_COOKIE, MalformedCookie, SESSION_COOKIE, flow_of_cookies, session_of_cookies,
};
pub use origin::{AllowedOrigins, AllowedOriginsError, MalformedOrigin, Origin, OriginVerdict};
pub use query::{MalformedTokenQuery, token_of_query};
pub use subprotocols::{MalformedSubprotocols, Subprotocols};
