//! What the edge asks the host about who may do what: paths and bounds. The answers are signed as those about cases are.

use crate::{case_id::CaseId, token::TokenId};

/// What the edge asks the host about who may do what on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthorityQuestion {
    /// `/cases/{case_id}/grants`: POST sets what somebody may do.
    Grants(CaseId),
    /// `/cases/{case_id}/state`: POST opens, locks or archives the case.
    State(CaseId),
    /// `/cases/{case_id}/ruling`: GET tells what can make a token void that is still good.
    Ruling(CaseId),
    /// `/cases/{case_id}/tickets`: POST issues one.
    Tickets(CaseId),
    /// `/cases/{case_id}/client-tokens`: GET lists them, POST issues one.
    ClientTokens(CaseId),
    /// `/cases/{case_id}/client-tokens/{id}`: DELETE revokes it.
    ClientToken(CaseId, TokenId),
}

impl AuthorityQuestion {
    /// Its path.
    pub fn path(&self) -> String {
        match self {
            Self::Grants(case_id) => format!("/cases/{case_id}/grants"),
            Self::State(case_id) => format!("/cases/{case_id}/state"),
            Self::Ruling(case_id) => format!("/cases/{case_id}/ruling"),
            Self::Tickets(case_id) => format!("/cases/{case_id}/tickets"),
            Self::ClientTokens(case_id) => format!("/cases/{case_id}/client-tokens"),
            Self::ClientToken(case_id, id) => format!("/cases/{case_id}/client-tokens/{id}"),
        }
    }

    /// Reads what [`AuthorityQuestion::path`] writes; absent for anything else.
    pub fn parse(path: &str) -> Option<Self> {
        let (case_id, rest) = path.strip_prefix("/cases/")?.split_once('/')?;
        let case_id = CaseId::parse(case_id).ok()?;
        match rest {
            "grants" => Some(Self::Grants(case_id)),
            "state" => Some(Self::State(case_id)),
            "ruling" => Some(Self::Ruling(case_id)),
            "tickets" => Some(Self::Tickets(case_id)),
            "client-tokens" => Some(Self::ClientTokens(case_id)),
            other => {
                let id = TokenId::parse(other.strip_prefix("client-tokens/")?).ok()?;
                Some(Self::ClientToken(case_id, id))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_read_back_as_they_were_written() {
        let case = CaseId::parse("client-tokens").unwrap();
        for question in [
            AuthorityQuestion::Grants(case.clone()),
            AuthorityQuestion::State(case.clone()),
            AuthorityQuestion::Ruling(case.clone()),
            AuthorityQuestion::Tickets(case.clone()),
            AuthorityQuestion::ClientTokens(case.clone()),
            AuthorityQuestion::ClientToken(case.clone(), TokenId::new([0xab; 16])),
        ] {
            assert_eq!(AuthorityQuestion::parse(&question.path()), Some(question));
        }
    }

    #[test]
    fn other_paths_are_refused() {
        for path in [
            "/cases/a",
            "/cases/a/",
            "/cases//grants",
            "/cases/../grants",
            "/cases/a/grants/",
            "/cases/a/roles",
            "/cases/a/client-tokens/",
            "/cases/a/client-tokens/AB",
            "/cases/a/client-tokens/ab",
            "/grants",
        ] {
            assert_eq!(AuthorityQuestion::parse(path), None, "{path}");
        }
    }
}
