//! Who is answered what: the table of all that browsers ask the host, for each kind of person. It is the documentation, too
//! (`docs/api.md`), and a test asks every route as everybody and compares.

mod cases;
mod classes;
mod own;

use std::fmt::Write;

use contract::Role;

use self::{cases::CASES, classes::CLASSES, own::OWN};

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
    /// Is in the class as an instructor.
    Instructor,
    /// Is in the class as a coordinator.
    Coordinator,
    /// Has made the class and the board, and brought the case.
    Owner,
}

impl Asking {
    /// Everybody, in the order of the table's columns.
    pub const ALL: [Self; 7] = [
        Self::Nobody,
        Self::Stranger,
        Self::Student,
        Self::Tutor,
        Self::Instructor,
        Self::Coordinator,
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
    pub answers: [u16; 7],
    /// The status for whom a case or board in no class is shared with, as each of [`BY_SHARE`]; absent where that does not decide.
    pub shared: Option<[u16; 4]>,
}

/// What somebody is given on a case or a board.
pub const BY_SHARE: [Role; 4] = [Role::Read, Role::Comment, Role::Annotate, Role::Own];

impl ApiRoute {
    const fn shared(self, shared: [u16; 4]) -> Self {
        Self {
            shared: Some(shared),
            ..self
        }
    }
}

const fn route(
    (method, path): (&'static str, &'static str),
    body: &'static str,
    answers: [u16; 7],
    what: &'static str,
) -> ApiRoute {
    ApiRoute {
        method,
        path,
        body,
        what,
        answers,
        shared: None,
    }
}

/// Every route.
pub fn routes() -> impl Iterator<Item = &'static ApiRoute> {
    [&CLASSES[..], &CASES, &OWN].into_iter().flatten()
}

const HEAD: &str = "# The API of classes, cases and boards

What the page asks the host for, by way of the Worker, with a session. JSON both ways; moments are RFC 3339 in UTC; what went
wrong is `{\"error\": words}`, and where there is nothing to say the body is empty. What there is not and what is not for whoever
asks look the same: 404. What cannot be read is answered with 400, what cannot be done as things are with 409. What changes something
has to come from a page of ours: without its `Origin` it is answered with 403, and with 415 if it is no JSON.

A board's id is like a case's, and of the same space: whatever is asked for under `/api/cases/{case}/` of shares, tickets, versions
and client tokens, and `/sync/{case}`, is the same for a board.

The table says what each route answers to a request that is as it should be, about a class, and a case and a board in it: to
nobody (who has not signed in), a stranger, a student, a tutor, an instructor and a coordinator of the class, and the owner of all
three. It is made from `host/src/api.rs`; `cargo test -p host --test people` asks every route as everybody.

| route | body | nobody | stranger | student | tutor | instructor | coordinator | owner | |
|---|---|---|---|---|---|---|---|---|---|
";

const HEAD_OF_SHARES: &str = "
The same about a case or a board in no class, to those with whom it is shared as this. Who may do it in a class, such as copying
into one, the first table says.

| route | read | comment | annotate | own |
|---|---|---|---|---|
";

const HEAD_OF_THE_WORKERS: &str = "
What the Worker answers by itself, from the room of a case or board: to nobody, to a session of its owner, and to a program with a
client token in `?token=`, for another case or for this one. A test asks the running Worker (`tests/room-routes.test.ts`).

| route | nobody | session | token for another | read | comment | annotate | own | |
|---|---|---|---|---|---|---|---|---|
";

/// A route that the Worker answers by itself, with what it answers to each kind of asker in the order of the table.
#[derive(Clone, Copy, Debug)]
pub struct RoomRoute {
    /// The path; all of them are asked with GET.
    pub path: &'static str,
    answers: [u16; 7],
    what: &'static str,
}

/// Every route that no host answers.
pub const BY_THE_WORKER: [RoomRoute; 2] = [
    RoomRoute {
        path: "/api/cases/{case}/authorship",
        answers: [401, 401, 403, 200, 200, 200, 200],
        what: "who wrote and took away what, as the room knows it; 429 for whoever was told in the last 5 s, 404 where nothing was written",
    },
    RoomRoute {
        path: "/api/cases/{case}/room",
        answers: [401; 7],
        what: "how the room is: on a machine of one's own alone, where names are believed (ARCHITECTURE.md)",
    },
];

/// All tables, as `docs/api.md` has them.
pub fn document() -> String {
    let mut document = HEAD.to_owned();
    for route in routes() {
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
    document.push_str(HEAD_OF_SHARES);
    for route in routes() {
        let Some(answers) = route.shared else {
            continue;
        };
        let answers = answers.map(|status| status.to_string()).join(" | ");
        writeln!(
            document,
            "| `{} {}` | {answers} |",
            route.method, route.path
        )
        .expect("a string takes whatever is written to it");
    }
    document.push_str(HEAD_OF_THE_WORKERS);
    for route in &BY_THE_WORKER {
        let answers = route.answers.map(|status| status.to_string()).join(" | ");
        writeln!(
            document,
            "| `GET {}` | {answers} | {} |",
            route.path, route.what
        )
        .expect("a string takes whatever is written to it");
    }
    document
}
