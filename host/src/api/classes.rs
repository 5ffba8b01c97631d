//! What is asked about classes.

use super::{ApiRoute, route};

/// These routes.
pub(super) const CLASSES: [ApiRoute; 23] = [
    route(
        ("GET", "/api/classes"),
        "",
        [401, 200, 200, 200, 200, 200, 200],
        "the classes that one is in",
    ),
    route(
        ("POST", "/api/classes"),
        r#"{"name", "region"?, "default_role"?, "anonymous"?}"#,
        [401, 403, 403, 403, 403, 403, 201],
        "make a class; whoever an institution or an operator calls an instructor. Whether it is anonymous never changes",
    ),
    route(
        ("GET", "/api/classes/{class}"),
        "",
        [401, 404, 200, 200, 200, 200, 200],
        "a class, its cases and its boards; to staff its sections, its members, its invitations and its code, too",
    ),
    route(
        ("PATCH", "/api/classes/{class}"),
        r#"{"name"?, "state"?, "default_role"?}"#,
        [401, 404, 404, 404, 200, 200, 200],
        "rename, open, lock or archive it; what its students may do",
    ),
    route(
        ("POST", "/api/classes/{class}/invite-code"),
        "{}",
        [401, 404, 404, 404, 200, 200, 200],
        "a new code, in place of the one before",
    ),
    route(
        ("DELETE", "/api/classes/{class}/invite-code"),
        "",
        [401, 404, 404, 404, 200, 200, 200],
        "take the code back",
    ),
    route(
        ("POST", "/api/join"),
        r#"{"code"}"#,
        [401, 200, 200, 200, 200, 200, 200],
        "join the class of a code, as a student; whoever is in it stays what they are; 429 for whoever tries too often",
    ),
    route(
        ("POST", "/api/classes/{class}/roster"),
        r#"{"csv"}"#,
        [401, 404, 404, 404, 200, 200, 200],
        "enrol or invite people by a CSV, and hear which lines were refused and why",
    ),
    route(
        ("PUT", "/api/classes/{class}/members/{user}"),
        r#"{"role"?, "section"?}"#,
        [401, 404, 404, 404, 200, 200, 200],
        "what somebody is in the class, and in which section, or null; its owner stays what they are",
    ),
    route(
        ("DELETE", "/api/classes/{class}/members/{user}"),
        "",
        [401, 404, 404, 404, 200, 200, 200],
        "remove somebody, which changes the code; anybody may leave but the owner",
    ),
    route(
        ("PUT", "/api/classes/{class}/owner"),
        r#"{"user"}"#,
        [401, 404, 404, 404, 404, 404, 200],
        "hand it over to somebody who is in it; its owner alone",
    ),
    route(
        ("PUT", "/api/classes/{class}/retention"),
        r#"{"days" or null}"#,
        [401, 404, 404, 404, 200, 200, 200],
        "so many days after it was archived its cases and boards are deleted; not within a week of that or of saying so",
    ),
    route(
        ("DELETE", "/api/classes/{class}/invitations/{email}"),
        "",
        [401, 404, 404, 404, 200, 200, 200],
        "take an invitation back that nobody has taken up",
    ),
    route(
        ("POST", "/api/classes/{class}/sections"),
        r#"{"name"}"#,
        [401, 404, 404, 404, 201, 201, 201],
        "make a section, whose students have cases of their own",
    ),
    route(
        ("PATCH", "/api/classes/{class}/sections/{section}"),
        r#"{"name"}"#,
        [401, 404, 404, 404, 200, 200, 200],
        "rename it",
    ),
    route(
        ("DELETE", "/api/classes/{class}/sections/{section}"),
        "",
        [401, 404, 404, 404, 200, 200, 200],
        "remove it; 409 while it has cases",
    ),
    route(
        ("POST", "/api/classes/{class}/distribution"),
        "{}",
        [401, 404, 404, 404, 200, 200, 200],
        "deal the students who are in no section out to the sections, evenly and by lot",
    ),
    route(
        ("POST", "/api/classes/{class}/cases/{case}/sections"),
        r#"{"visible_from"?}"#,
        [401, 404, 404, 404, 404, 404, 201],
        "its text and tags as a new case for each section that has none of that text; whoever owns it and leads the class",
    ),
    route(
        ("GET", "/api/classes/{class}/progress"),
        "",
        [401, 404, 404, 200, 200, 200, 200],
        "who has written what on each case, and who has not begun",
    ),
    route(
        ("POST", "/api/classes/{class}/cases"),
        r#"{"case", "visible_from"?}"#,
        [401, 404, 404, 404, 404, 404, 200],
        "put a case into the class; whoever owns the one and leads the other",
    ),
    route(
        ("DELETE", "/api/classes/{class}/cases/{case}"),
        "",
        [401, 404, 404, 404, 200, 200, 200],
        "take a case out of the class; 409 if that is anonymous",
    ),
    route(
        ("POST", "/api/classes/{class}/boards"),
        r#"{"board"}"#,
        [401, 404, 404, 404, 404, 404, 200],
        "put a board into the class; whoever owns the one and leads the other",
    ),
    route(
        ("DELETE", "/api/classes/{class}/boards/{board}"),
        "",
        [401, 404, 404, 404, 200, 200, 200],
        "take a board out of the class",
    ),
];
