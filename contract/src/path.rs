//! The paths of both services.

use crate::{
    case_id::CaseId,
    digest::Digest,
    limits::{ERASED_BYTES_MAX, RULING_BYTES_MAX},
    region::Region,
};

/// What the host orders an object to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeOrder {
    /// Forget the case: it was deleted.
    Delete,
    /// Compare yourself with the store.
    Check,
    /// Know who may do what: the ruling is the order's body.
    Rule,
    /// Take out what people have left who were erased: who that is, is the order's body.
    Erase,
}

impl EdgeOrder {
    /// Every order there is.
    pub const ALL: [Self; 4] = [Self::Delete, Self::Check, Self::Rule, Self::Erase];

    /// The last segment of its path, and its name in the outbox.
    pub fn name(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Check => "check",
            Self::Rule => "rule",
            Self::Erase => "erase",
        }
    }

    /// The largest body that it comes with, in bytes.
    pub fn body_bytes_max(self) -> usize {
        match self {
            Self::Delete | Self::Check => 0,
            Self::Rule => RULING_BYTES_MAX,
            Self::Erase => ERASED_BYTES_MAX,
        }
    }

    /// The order of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.name() == name)
    }
}

/// `/snapshots/{case_id}` of the host: GET, HEAD, PUT, DELETE.
pub fn snapshot_path(case_id: &CaseId) -> String {
    format!("/snapshots/{case_id}")
}

/// Reads what [`snapshot_path`] writes; absent for anything else.
pub fn parse_snapshot_path(path: &str) -> Option<CaseId> {
    CaseId::parse(path.strip_prefix("/snapshots/")?).ok()
}

/// What the edge asks the host about cases and their texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseQuestion {
    /// `/cases`: GET lists them, POST creates one.
    Cases,
    /// `/cases/{case_id}`: GET tells its head.
    Case(CaseId),
    /// `/texts/{sha256}`: GET tells the text.
    Text(Digest),
}

impl CaseQuestion {
    /// Its path.
    pub fn path(&self) -> String {
        match self {
            Self::Cases => "/cases".to_owned(),
            Self::Case(case_id) => format!("/cases/{case_id}"),
            Self::Text(sha256) => format!("/texts/{sha256}"),
        }
    }

    /// Reads what [`CaseQuestion::path`] writes; absent for anything else.
    pub fn parse(path: &str) -> Option<Self> {
        if path == "/cases" {
            return Some(Self::Cases);
        }
        match path.strip_prefix("/cases/") {
            Some(case_id) => CaseId::parse(case_id).ok().map(Self::Case),
            None => Digest::parse(path.strip_prefix("/texts/")?)
                .ok()
                .map(Self::Text),
        }
    }
}

/// `/internal/cases/{case_id}/delete` and `/check` of the edge: POST with an empty body; `/rule`: POST with a ruling;
/// `/erase`: POST with who was erased.
pub fn order_path(case_id: &CaseId, order: EdgeOrder) -> String {
    format!("/internal/cases/{case_id}/{}", order.name())
}

/// Reads what [`order_path`] writes; absent for anything else.
pub fn parse_order_path(path: &str) -> Option<(CaseId, EdgeOrder)> {
    let (case_id, order) = path.strip_prefix("/internal/cases/")?.split_once('/')?;
    Some((CaseId::parse(case_id).ok()?, EdgeOrder::parse(order)?))
}

/// The query of an order, signed with the path: where the object is to be made if this order is the first that it
/// hears. Empty if the host does not know.
pub fn order_query(region: Option<Region>) -> String {
    region.map_or_else(String::new, |region| format!("{ORDER_REGION}{region}"))
}

/// Reads what [`order_query`] writes. Whatever else is there is no region: a hint that is not understood holds up no
/// order.
pub fn region_of_order(query: &str) -> Option<Region> {
    Region::parse(query.strip_prefix(ORDER_REGION)?).ok()
}

const ORDER_REGION: &str = "region=";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_back_as_they_were_written() {
        let case = CaseId::parse("smith-v-jones.2026~1").unwrap();
        assert_eq!(
            parse_snapshot_path(&snapshot_path(&case)),
            Some(case.clone())
        );
        for order in EdgeOrder::ALL {
            assert_eq!(
                parse_order_path(&order_path(&case, order)),
                Some((case.clone(), order))
            );
        }
    }

    #[test]
    fn questions_about_cases_read_back_as_they_were_written() {
        let questions = [
            CaseQuestion::Cases,
            CaseQuestion::Case(CaseId::parse("a-1").unwrap()),
            CaseQuestion::Text(Digest::of(b"text")),
        ];
        for question in questions {
            assert_eq!(CaseQuestion::parse(&question.path()), Some(question));
        }
        let upper = format!("/texts/{}", Digest::of(b"text")).to_uppercase();
        for path in [
            "/cases/",
            "/cases/a/b",
            "/cases/..",
            "/texts/",
            "/texts/ab",
            "/texts",
            &upper,
        ] {
            assert_eq!(CaseQuestion::parse(path), None, "{path}");
        }
    }

    #[test]
    fn an_order_says_where_its_object_is_to_be_made() {
        for region in Region::ALL.map(Some).into_iter().chain([None]) {
            assert_eq!(region_of_order(&order_query(region)), region);
        }
        assert_eq!(order_query(None), "", "as before there were regions");
        for query in ["region=", "region=eu", "region=weur&a=b", "weur", "a=b"] {
            assert_eq!(region_of_order(query), None, "{query}");
        }
    }

    #[test]
    fn other_paths_are_refused() {
        for path in [
            "/snapshots/",
            "/snapshots/..",
            "/snapshots/a/b",
            "/snapshots/a%20",
            "/Snapshots/a",
            "/snapshots",
        ] {
            assert_eq!(parse_snapshot_path(path), None, "{path}");
        }
        for path in [
            "/internal/cases/a",
            "/internal/cases/a/",
            "/internal/cases/a/wipe",
            "/internal/cases/a/delete/",
        ] {
            assert_eq!(parse_order_path(path), None, "{path}");
        }
    }
}
