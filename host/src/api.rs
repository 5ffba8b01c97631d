//! Who is answered what: the table of `/api/classes`, `/api/cases`, `/api/boards` and what belongs to them, for each kind of person. It is the
//! documentation, too (`docs/api.md`), and a test asks every route as everybody and compares.

use std::fmt::Write;

/// Somebody who asks about a class, and a case and a board in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// Has not signed in.
    Nobody,
    /// Has signed in, and has nothing to do with them.
    Stranger,
    /// Is in the class as a student.
    Student,
    /// Is in the class as a tutor.
    Tutor,
    /// Is in the class as an instructor; coordinators are answered alike.
    Instructor,
    /// Has made the class and the board, and brought the case.
    Owner,
}

impl Asking {
    /// Everybody, in the order of the table's columns.
    pub const ALL: [Self; 6] = [
        Self::Nobody,
        Self::Stranger,
        Self::Student,
        Self::Tutor,
        Self::Instructor,
        Self::Owner,
    ];
}

/// A route, and what it answers to a request that is as it should be.
#[derive(Clone, Copy, Debug)]
pub struct ApiRoute {
    /// The method.
    pub method: &'static str,
    /// The path.
    pub path: &'static str,
    /// What is sent, if anything is.
    pub body: &'static str,
    /// What it is for.
    pub what: &'static str,
    /// The status for each of [`Asking::ALL`].
    pub answers: [u16; 6],
}

const fn route(
    (method, path): (&'static str, &'static str),
    body: &'static str,
    answers: [u16; 6],
    what: &'static str,
) -> ApiRoute {
    ApiRoute {
        method,
        path,
        body,
        what,
        answers,
    }
}

/// Every route.
pub const ROUTES: [ApiRoute; 46] = [
    route(
        ("GET", "/api/classes"),
        "",
        [401, 200, 200, 200, 200, 200],
        "the classes that one is in",
    ),
    route(
        ("POST", "/api/classes"),
        r#"{"name", "region"?, "default_role"?, "anonymous"?}"#,
        [401, 403, 403, 403, 403, 201],
        "make a class; whoever an institution or an operator calls an instructor. Whether it is anonymous never changes",
    ),
    route(
        ("GET", "/api/classes/{class}"),
        "",
        [401, 404, 200, 200, 200, 200],
        "a class, its cases and its boards; to staff its sections, its members, its invitations and its code, too",
    ),
    route(
        ("PATCH", "/api/classes/{class}"),
        r#"{"name"?, "state"?, "default_role"?}"#,
        [401, 404, 404, 404, 200, 200],
        "rename, open, lock or archive it; what its students may do",
    ),
    route(
        ("POST", "/api/classes/{class}/invite-code"),
        "{}",
        [401, 404, 404, 404, 200, 200],
        "a new code, in place of the one before",
    ),
    route(
        ("DELETE", "/api/classes/{class}/invite-code"),
        "",
        [401, 404, 404, 404, 200, 200],
        "take the code back",
    ),
    route(
        ("POST", "/api/join"),
        r#"{"code"}"#,
        [401, 200, 200, 200, 200, 200],
        "join the class of a code, as a student; whoever is in it stays what they are; 429 for whoever tries too often",
    ),
    route(
        ("POST", "/api/classes/{class}/roster"),
        r#"{"csv"}"#,
        [401, 404, 404, 404, 200, 200],
        "enrol or invite people by a CSV, and hear which lines were refused and why",
    ),
    route(
        ("PUT", "/api/classes/{class}/members/{user}"),
        r#"{"role"?, "section"?}"#,
        [401, 404, 404, 404, 200, 200],
        "what somebody is in the class, and in which section, or null; its owner stays what they are",
    ),
    route(
        ("DELETE", "/api/classes/{class}/members/{user}"),
        "",
        [401, 404, 404, 404, 200, 200],
        "remove somebody, which changes the code; anybody may leave but the owner",
    ),
    route(
        ("PUT", "/api/classes/{class}/owner"),
        r#"{"user"}"#,
        [401, 404, 404, 404, 404, 200],
        "hand it over to somebody who is in it; its owner alone",
    ),
    route(
        ("PUT", "/api/classes/{class}/retention"),
        r#"{"days" or null}"#,
        [401, 404, 404, 404, 200, 200],
        "so many days after it was archived its cases are deleted; not within a week of that or of saying so",
    ),
    route(
        ("DELETE", "/api/classes/{class}/invitations/{email}"),
        "",
        [401, 404, 404, 404, 200, 200],
        "take an invitation back that nobody has taken up",
    ),
    route(
        ("POST", "/api/classes/{class}/sections"),
        r#"{"name"}"#,
        [401, 404, 404, 404, 201, 201],
        "make a section, whose students have cases of their own",
    ),
    route(
        ("PATCH", "/api/classes/{class}/sections/{section}"),
        r#"{"name"}"#,
        [401, 404, 404, 404, 200, 200],
        "rename it",
    ),
    route(
        ("DELETE", "/api/classes/{class}/sections/{section}"),
        "",
        [401, 404, 404, 404, 200, 200],
        "remove it; 409 while it has cases",
    ),
    route(
        ("POST", "/api/classes/{class}/distribution"),
        "{}",
        [401, 404, 404, 404, 200, 200],
        "deal the students who are in no section out to the sections, evenly and by lot",
    ),
    route(
        ("POST", "/api/classes/{class}/cases/{case}/sections"),
        r#"{"visible_from"?}"#,
        [401, 404, 404, 404, 404, 201],
        "its text and tags as a new case for each section that has none of that text; whoever owns it and leads the class",
    ),
    route(
        ("GET", "/api/classes/{class}/progress"),
        "",
        [401, 404, 404, 200, 200, 200],
        "who has written what on each case, and who has not begun",
    ),
    route(
        ("POST", "/api/classes/{class}/cases"),
        r#"{"case", "visible_from"?}"#,
        [401, 404, 404, 404, 404, 200],
        "put a case into the class; whoever owns the one and leads the other",
    ),
    route(
        ("DELETE", "/api/classes/{class}/cases/{case}"),
        "",
        [401, 404, 404, 404, 200, 200],
        "take a case out of the class; 409 if that is anonymous",
    ),
    route(
        ("GET", "/api/cases"),
        "",
        [401, 200, 200, 200, 200, 200],
        "the cases that one may read",
    ),
    route(
        ("POST", "/api/cases"),
        r#"{"title", "format", "content"}"#,
        [401, 201, 201, 201, 201, 201],
        "bring a case, which is one's own",
    ),
    route(
        ("GET", "/api/cases/{case}"),
        "",
        [401, 404, 200, 200, 200, 200],
        "one that one may read",
    ),
    route(
        ("GET", "/api/cases/{case}/names"),
        "",
        [401, 404, 404, 200, 200, 200],
        "who is behind the ids there, if its class is anonymous; to the class's staff",
    ),
    route(
        ("PATCH", "/api/cases/{case}"),
        r#"{"title"?, "state"?, "visible_from"?}"#,
        [401, 404, 404, 404, 200, 200],
        "rename, open, lock, archive it, or show it later; 409 once it is seen",
    ),
    route(
        ("DELETE", "/api/cases/{case}"),
        "",
        [401, 404, 404, 404, 404, 200],
        "delete it for good, with all that is in it",
    ),
    route(
        ("POST", "/api/cases/{case}/copy"),
        r#"{"class"}"#,
        [401, 404, 404, 404, 201, 201],
        "its text and tags as a new case in a class that one leads",
    ),
    route(
        ("GET", "/api/cases/{case}/shares"),
        "",
        [401, 404, 404, 404, 200, 200],
        "with whom it is shared, and who was invited",
    ),
    route(
        ("PUT", "/api/cases/{case}/shares"),
        r#"{"user" or "email", "role" or null}"#,
        [401, 404, 404, 404, 200, 200],
        "share it, or stop; the answer does not tell whether an address is known",
    ),
    route(
        ("GET", "/api/cases/{case}/versions"),
        "",
        [401, 404, 404, 404, 200, 200],
        "its earlier states that are kept; each is read by its number",
    ),
    route(
        ("GET", "/api/cases/{case}/client-tokens"),
        "",
        [401, 404, 200, 200, 200, 200],
        "client tokens: one's own, and everybody's to owners",
    ),
    route(
        ("POST", "/api/cases/{case}/client-tokens"),
        r#"{"role", "lasts_ms"?}"#,
        [401, 404, 201, 201, 201, 201],
        "one for a program of one's own, with at most one's own role",
    ),
    route(
        ("DELETE", "/api/cases/{case}/client-tokens/{token}"),
        "",
        [401, 404, 404, 404, 200, 200],
        "revoke one's own; owners anybody's",
    ),
    route(
        ("GET", "/api/cases/{case}/people"),
        "",
        [401, 404, 200, 200, 200, 200],
        "whom one can mention there: to owners everybody, to others the owners and who has written something; of whoever was invited by an address nothing before they write",
    ),
    route(
        ("POST", "/api/cases/{case}/private"),
        "{}",
        [401, 404, 200, 200, 200, 200],
        "the id of the document of one's own notes on it, which nobody else gets a ticket for",
    ),
    route(
        ("POST", "/api/classes/{class}/boards"),
        r#"{"board"}"#,
        [401, 404, 404, 404, 404, 200],
        "put a board into the class; whoever owns the one and leads the other",
    ),
    route(
        ("DELETE", "/api/classes/{class}/boards/{board}"),
        "",
        [401, 404, 404, 404, 200, 200],
        "take a board out of the class",
    ),
    route(
        ("GET", "/api/boards"),
        "",
        [401, 200, 200, 200, 200, 200],
        "the boards that one may read",
    ),
    route(
        ("POST", "/api/boards"),
        r#"{"title"}"#,
        [401, 201, 201, 201, 201, 201],
        "make a board, which is one's own",
    ),
    route(
        ("GET", "/api/boards/{board}"),
        "",
        [401, 404, 200, 200, 200, 200],
        "one that one may read",
    ),
    route(
        ("PATCH", "/api/boards/{board}"),
        r#"{"title"?, "state"?}"#,
        [401, 404, 404, 404, 200, 200],
        "rename, open, lock or archive it",
    ),
    route(
        ("DELETE", "/api/boards/{board}"),
        "",
        [401, 404, 404, 404, 404, 200],
        "delete it for good, with all that is on it",
    ),
    route(
        ("GET", "/api/search?q=…&page=0"),
        "",
        [401, 200, 200, 200, 200, 200],
        "texts, quotes, comments, tags and people of the cases that one may read, notes on boards, and private notes of one's own",
    ),
    route(
        ("GET", "/api/me/inbox"),
        "",
        [401, 200, 200, 200, 200, 200],
        "comments that mention one or answer one, the newest first; `?before=` the id of the last one for more",
    ),
    route(
        ("POST", "/api/me/inbox/read"),
        r#"{"up_to" or "ids"}"#,
        [401, 200, 200, 200, 200, 200],
        "what of them one has read",
    ),
];

const HEAD: &str = "# The API of classes, cases and boards

What the page asks the host for, by way of the Worker, with a session. JSON both ways; moments are RFC 3339 in UTC; what went
wrong is `{\"error\": words}`, and where there is nothing to say the body is empty. What there is not and what is not for whoever
asks look the same: 404. What cannot be read is answered with 400, what cannot be done as things are with 409.

A board's id is like a case's, and of the same space: whatever is asked for under `/api/cases/{case}/` of shares, tickets, versions
and client tokens, and `/sync/{case}`, is the same for a board.

The table says what each route answers to a request that is as it should be, about a class, and a case and a board in it: to
nobody (who has not signed in), a stranger, a student, a tutor and an instructor of the class (coordinators like instructors),
and the owner of all three. It is made from `host/src/api.rs`; `cargo test -p host --test people` asks every route as everybody.

| route | body | nobody | stranger | student | tutor | instructor | owner | |
|---|---|---|---|---|---|---|---|---|
";

/// The table, as `docs/api.md` has it.
pub fn document() -> String {
    let mut document = HEAD.to_owned();
    for route in ROUTES {
        let body = match route.body {
            "" => String::new(),
            body => format!("`{body}`"),
        };
        let answers: Vec<String> = route.answers.iter().map(u16::to_string).collect();
        writeln!(
            document,
            "| `{} {}` | {body} | {} | {} |",
            route.method,
            route.path,
            answers.join(" | "),
            route.what
        )
        .expect("a string takes whatever is written to it");
    }
    document
}
