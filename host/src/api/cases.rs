//! What is asked about cases and boards, in a class or in none.

use super::{ApiRoute, route};

/// These routes.
pub(super) const CASES: [ApiRoute; 23] = [
    route(
        ("GET", "/api/cases"),
        "",
        [401, 200, 200, 200, 200, 200, 200],
        "the cases that one may read; with what students may do, as of one case",
    ),
    route(
        ("POST", "/api/cases"),
        r#"{"title", "format", "content"}"#,
        [401, 201, 201, 201, 201, 201, 201],
        "bring a case, which is one's own",
    ),
    route(
        ("GET", "/api/cases/{case}"),
        "",
        [401, 404, 200, 200, 200, 200, 200],
        "one that one may read; with what the students of its class may do, to its owners: as is said of it (`class_role`, or null), and of all cases of the class (`default_role`)",
    )
    .shared([200, 200, 200, 200]),
    route(
        ("GET", "/api/texts/{text}"),
        "",
        [401, 404, 200, 200, 200, 200, 200],
        "the text of a case that one may read, by its hash",
    )
    .shared([200, 200, 200, 200]),
    route(
        ("POST", "/api/cases/{case}/ticket"),
        "{}",
        [401, 403, 201, 201, 201, 201, 201],
        "a ticket for its room; 403 for whoever may do nothing there, be there such a case or not",
    )
    .shared([201, 201, 201, 201]),
    route(
        ("GET", "/api/cases/{case}/names"),
        "",
        [401, 404, 404, 200, 200, 200, 200],
        "who is behind the ids there, if its class is anonymous; to the class's staff",
    )
    .shared([404, 404, 404, 404]),
    route(
        ("PATCH", "/api/cases/{case}"),
        r#"{"title"?, "state"?, "visible_from"?, "class_role"?}"#,
        [401, 404, 404, 404, 200, 200, 200],
        "rename, open, lock, archive it, or show it later; 409 once it is seen. `class_role`: what the students of its class may do on it, null to follow the class; 409 if it is in none",
    )
    .shared([404, 404, 404, 200]),
    route(
        ("DELETE", "/api/cases/{case}"),
        "",
        [401, 404, 404, 404, 404, 404, 200],
        "delete it for good, with all that is in it",
    )
    .shared([404, 404, 404, 404]),
    route(
        ("POST", "/api/cases/{case}/copy"),
        r#"{"class"}"#,
        [401, 404, 404, 404, 201, 201, 201],
        "its text and tags as a new case in a class that one leads",
    )
    .shared([404, 404, 404, 404]),
    route(
        ("GET", "/api/cases/{case}/shares"),
        "",
        [401, 404, 404, 404, 200, 200, 200],
        "with whom it is shared, and who was invited",
    )
    .shared([404, 404, 404, 200]),
    route(
        ("PUT", "/api/cases/{case}/shares"),
        r#"{"user" or "email", "role" or null}"#,
        [401, 404, 404, 404, 200, 200, 200],
        "share it, or stop; the answer does not tell whether an address is known",
    )
    .shared([404, 404, 404, 200]),
    route(
        ("GET", "/api/cases/{case}/versions"),
        "",
        [401, 404, 404, 404, 200, 200, 200],
        "its earlier states that are kept: when, after whose edit, with how many highlights and comments (null where those are not counted yet); each is read by its number",
    )
    .shared([404, 404, 404, 200]),
    route(
        ("GET", "/api/cases/{case}/versions/{version}"),
        "",
        [401, 404, 404, 404, 200, 200, 200],
        "one of them, whole, as base64 of a Yjs update",
    )
    .shared([404, 404, 404, 200]),
    route(
        ("GET", "/api/cases/{case}/client-tokens"),
        "",
        [401, 404, 200, 200, 200, 200, 200],
        "client tokens: one's own, and everybody's to owners, with the name that they have there; for whoever is known by an address alone that, in place of id and name, and neither once that was taken back",
    )
    .shared([200, 200, 200, 200]),
    route(
        ("POST", "/api/cases/{case}/client-tokens"),
        r#"{"role", "lasts_ms"?}"#,
        [401, 404, 201, 201, 201, 201, 201],
        "one for a program of one's own, with at most one's own role",
    )
    .shared([201, 201, 201, 201]),
    route(
        ("DELETE", "/api/cases/{case}/client-tokens/{token}"),
        "",
        [401, 404, 404, 404, 200, 200, 200],
        "revoke one's own; owners anybody's",
    )
    .shared([404, 404, 404, 200]),
    route(
        ("GET", "/api/cases/{case}/people"),
        "",
        [401, 404, 200, 200, 200, 200, 200],
        "whom one can mention there: to owners everybody, to others the owners and who has written something; of whoever was invited by an address nothing before they write",
    )
    .shared([404, 200, 200, 200]),
    route(
        ("POST", "/api/cases/{case}/private"),
        "{}",
        [401, 404, 200, 200, 200, 200, 200],
        "the id of the document of one's own notes on it, which nobody else gets a ticket for",
    )
    .shared([200, 200, 200, 200]),
    route(
        ("GET", "/api/boards"),
        "",
        [401, 200, 200, 200, 200, 200, 200],
        "the boards that one may read; with what students may do, as of one board",
    ),
    route(
        ("POST", "/api/boards"),
        r#"{"title"}"#,
        [401, 201, 201, 201, 201, 201, 201],
        "make a board, which is one's own",
    ),
    route(
        ("GET", "/api/boards/{board}"),
        "",
        [401, 404, 200, 200, 200, 200, 200],
        "one that one may read; with `class_role` and `default_role`, as of a case",
    )
    .shared([200, 200, 200, 200]),
    route(
        ("PATCH", "/api/boards/{board}"),
        r#"{"title"?, "state"?, "class_role"?}"#,
        [401, 404, 404, 404, 200, 200, 200],
        "rename, open, lock or archive it; `class_role` as of a case",
    )
    .shared([404, 404, 404, 200]),
    route(
        ("DELETE", "/api/boards/{board}"),
        "",
        [401, 404, 404, 404, 404, 404, 200],
        "delete it for good, with all that is on it",
    )
    .shared([404, 404, 404, 404]),
];
