//! The edge: a router, and one Durable Object per case that carries out what its room decides.
//!
//! What is where: `router` sends each request on its way, `door` says who comes in by which token, `signature` has the
//! platform verify it, `access` says who sees lists and texts, `sign_in` gets tickets for pages in development, `orders`
//! reads what the host orders, `pages` serves the browser's files, `cases` the cases and their texts, `proxy` passes on what
//! the host answers itself. `room_object` is the Durable Object; it performs effects with `store` (the object's SQLite),
//! `sockets` and `host_client`, and remembers nothing that the platform does not keep for it.
//!
//! What is not here: any decision about documents. A panic would reset the memory of every room in the isolate, so
//! nothing in this crate unwraps, expects or indexes.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unreachable
    )
)]

mod access;
mod authorship;
mod backlog;
mod case_client;
mod cases;
mod chance;
mod clock;
mod door;
mod exchange;
mod host_client;
mod inside;
mod log;
mod meter;
mod orders;
mod pace;
mod pages;
mod parts;
mod proxy;
mod refusal;
mod residents;
mod room_object;
mod route;
mod router;
mod ruling;
mod settings;
mod shell;
mod sign_in;
mod signature;
mod sockets;
mod spent_nonces;
mod store;
mod subprotocol;

use worker::{Context, Env, event};

/// Where every request to the Worker enters.
#[event(fetch)]
async fn fetch(
    request: web_sys::Request,
    env: Env,
    _context: Context,
) -> worker::Result<web_sys::Response> {
    router::serve(request, env).await
}
