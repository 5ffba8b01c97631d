//! Which path leads where.

use contract::{CaseId, Digest, EdgeOrder, MalformedCaseId, parse_order_path};

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `/healthz`: whether the Worker runs.
    Health,
    /// `/sync/{case_id}`: a case's WebSocket.
    Sync(Result<CaseId, MalformedCaseId>),
    /// `/api/cases`: the cases there are, and where a new one is made.
    Cases,
    /// `/api/cases/{case_id}`: what a list shows of a case.
    Case(CaseId),
    /// `/texts/{sha256}.json`: the text of a case.
    Text(Digest),
    /// `/api/cases/{case_id}/room`: how a case's room is.
    RoomReport(CaseId),
    /// `/api/cases/{case_id}/ticket`: where a page gets a ticket.
    Ticket(CaseId),
    /// `/api/cases/{case_id}/authorship`: who made and took away what.
    Authorship(CaseId),
    /// `/internal/cases/{case_id}/…`: an order of the host.
    Order(CaseId, EdgeOrder),
    /// `/auth/…`, and whatever else is under `/api/`: what the host answers itself.
    Host,
    /// `/c/{case_id}`: a case's page.
    CasePage,
    /// `/classes/{id}`: a class's page.
    ClassPage,
    /// `/boards/{id}`: a board's page.
    BoardPage,
    /// `/join/{code}`: where an invitation leads.
    JoinPage,
    /// Anything else may be a file.
    File,
    /// Nothing is there, and no file either.
    Nowhere,
}

impl Route {
    /// Reads an undecoded path.
    pub(crate) fn of(path: &str) -> Self {
        if path == "/healthz" {
            return Self::Health;
        }
        if let Some(case_id) = path.strip_prefix("/sync/") {
            return Self::Sync(CaseId::parse(case_id));
        }
        if let Some(case_id) = path.strip_prefix("/c/") {
            return if CaseId::parse(case_id).is_ok() {
                Self::CasePage
            } else {
                Self::Nowhere
            };
        }
        if path.starts_with("/internal/") {
            return parse_order_path(path).map_or(Self::Nowhere, |(case_id, order)| {
                Self::Order(case_id, order)
            });
        }
        if let Some(text) = path.strip_prefix("/texts/") {
            let sha256 = text
                .strip_suffix(".json")
                .and_then(|sha256| Digest::parse(sha256).ok());
            return sha256.map_or(Self::Nowhere, Self::Text);
        }
        if let Some(rest) = path.strip_prefix("/api/") {
            return Self::of_api(rest).unwrap_or(Self::Host);
        }
        if path.starts_with("/auth/") {
            return Self::Host;
        }
        for (prefix, page) in [
            ("/classes/", Self::ClassPage),
            ("/boards/", Self::BoardPage),
            ("/join/", Self::JoinPage),
        ] {
            if let Some(rest) = path.strip_prefix(prefix) {
                let is_one = !rest.is_empty() && !rest.contains('/');
                return if is_one { page } else { Self::Nowhere };
            }
        }
        Self::File
    }

    fn of_api(path: &str) -> Option<Self> {
        if path == "cases" {
            return Some(Self::Cases);
        }
        let rest = path.strip_prefix("cases/")?;
        let case = |case_id: &str| CaseId::parse(case_id).ok();
        match rest.split_once('/') {
            None => case(rest).map(Self::Case),
            Some((case_id, "room")) => case(case_id).map(Self::RoomReport),
            Some((case_id, "ticket")) => case(case_id).map(Self::Ticket),
            Some((case_id, "authorship")) => case(case_id).map(Self::Authorship),
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "/texts/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.json";

    fn case(text: &str) -> CaseId {
        CaseId::parse(text).unwrap()
    }

    #[test]
    fn every_path_leads_to_its_place() {
        let routes = [
            ("/healthz", Route::Health),
            ("/sync/a-1", Route::Sync(Ok(case("a-1")))),
            ("/api/cases", Route::Cases),
            ("/api/cases/a-1", Route::Case(case("a-1"))),
            ("/api/cases/a-1/room", Route::RoomReport(case("a-1"))),
            ("/api/cases/room", Route::Case(case("room"))),
            ("/api/cases/a-1/ticket", Route::Ticket(case("a-1"))),
            (TEXT, Route::Text(Digest::of(b""))),
            (
                "/internal/cases/a-1/delete",
                Route::Order(case("a-1"), EdgeOrder::Delete),
            ),
            (
                "/internal/cases/a-1/check",
                Route::Order(case("a-1"), EdgeOrder::Check),
            ),
            (
                "/internal/cases/a-1/rule",
                Route::Order(case("a-1"), EdgeOrder::Rule),
            ),
            ("/c/a-1", Route::CasePage),
            ("/classes/1", Route::ClassPage),
            ("/boards/1", Route::BoardPage),
            ("/join/ABC", Route::JoinPage),
            ("/", Route::File),
            ("/case.js", Route::File),
            ("/sync", Route::File),
        ];
        for (path, route) in routes {
            assert_eq!(Route::of(path), route, "{path}");
        }
    }

    #[test]
    fn what_is_not_known_here_the_host_may_know() {
        for path in [
            "/auth/ways",
            "/auth/way/uni/callback",
            "/api/me",
            "/api/classes/1/members/2",
            "/api/cases/a-1/shares",
            "/api/cases//room",
            "/api/cases/a/b/room",
            "/api/cases/a/ticket/",
            "/api/cases/",
        ] {
            assert_eq!(Route::of(path), Route::Host, "{path}");
        }
    }

    #[test]
    fn malformed_names_lead_nowhere() {
        for path in [
            "/c/",
            "/c/a/b",
            "/c/%20",
            "/classes/",
            "/boards/",
            "/boards/a/b",
            "/classes/a/b",
            "/join/",
            "/texts/",
            "/texts/e3b0.json",
            &TEXT.to_uppercase(),
            TEXT.trim_end_matches(".json"),
            "/api",
            "/auth",
            "/internal/x",
        ] {
            assert!(
                matches!(Route::of(path), Route::Nowhere | Route::File),
                "{path}"
            );
        }
        for path in ["/sync/", "/sync/a/b", "/sync/a%20b"] {
            assert_eq!(Route::of(path), Route::Sync(Err(MalformedCaseId)), "{path}");
        }
    }
}
