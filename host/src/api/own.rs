//! What is asked about oneself: signing in and out, and what is one's own. The answers depend on little but whether one has signed
//! in.

use super::{ApiRoute, route};

/// These routes.
pub(super) const OWN: [ApiRoute; 17] = [
    route(
        ("GET", "/auth/ways"),
        "",
        [200, 200, 200, 200, 200, 200, 200],
        "the ways of signing in, in the order in which they are offered",
    ),
    route(
        ("POST", "/auth/way/{way}/start"),
        r#"{"to"?}"#,
        [200, 200, 200, 200, 200, 200, 200],
        "where to go to sign in by it, and to come back to the page `to`",
    ),
    route(
        ("GET", "/auth/way/{way}/callback?state=…"),
        "",
        [303, 303, 303, 303, 303, 303, 303],
        "where a provider leads people back to: to the page that was wanted, signed in, or to `/sign-in` with what went wrong",
    ),
    route(
        ("POST", "/auth/mail/start"),
        r#"{"email", "to"?}"#,
        [202, 202, 202, 202, 202, 202, 202],
        "mail a link; the same for every address",
    ),
    route(
        ("POST", "/auth/mail/finish"),
        r#"{"token"}"#,
        [200, 200, 200, 200, 200, 200, 200],
        "sign in by the link, in the browser that asked for it; 410 if it is none any more",
    ),
    route(
        ("POST", "/auth/development"),
        r#"{"name", "to"?}"#,
        [200, 200, 200, 200, 200, 200, 200],
        "sign in by a mere name; 404 but in development",
    ),
    route(
        ("POST", "/auth/sign-out"),
        "{}",
        [401, 200, 200, 200, 200, 200, 200],
        "end this session",
    ),
    route(
        ("POST", "/auth/sign-out-everywhere"),
        "{}",
        [401, 200, 200, 200, 200, 200, 200],
        "end all sessions of one's own, and what is open by them",
    ),
    route(
        ("GET", "/api/me"),
        "",
        [401, 200, 200, 200, 200, 200, 200],
        "who one is",
    ),
    route(
        ("PATCH", "/api/me"),
        r#"{"name"?, "digest"?}"#,
        [401, 200, 200, 200, 200, 200, 200],
        "what one is called; whether what is unread is mailed, `never` or `daily`",
    ),
    route(
        ("DELETE", "/api/me"),
        r#"{"name"}"#,
        [401, 200, 200, 200, 200, 200, 409],
        "be erased; 409 while one owns a class that others are in",
    ),
    route(
        ("GET", "/api/me/export"),
        "",
        [401, 200, 200, 200, 200, 200, 200],
        "what is one's own, as a file; 429 for whoever asks too often",
    ),
    route(
        ("GET", "/api/me/sessions"),
        "",
        [401, 200, 200, 200, 200, 200, 200],
        "where one has signed in",
    ),
    route(
        ("DELETE", "/api/me/sessions/{session}"),
        "",
        [401, 200, 200, 200, 200, 200, 200],
        "end one of them",
    ),
    route(
        ("GET", "/api/search?q=…&page=0"),
        "",
        [401, 200, 200, 200, 200, 200, 200],
        "texts, quotes, comments, tags and people of the cases that one may read, notes on boards, and private notes of one's own",
    ),
    route(
        ("GET", "/api/me/inbox"),
        "",
        [401, 200, 200, 200, 200, 200, 200],
        "comments that mention one or answer one, the newest first; `?before=` the id of the last one for more",
    ),
    route(
        ("POST", "/api/me/inbox/read"),
        r#"{"up_to" or "ids"}"#,
        [401, 200, 200, 200, 200, 200, 200],
        "what of them one has read",
    ),
];
