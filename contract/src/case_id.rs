//! Case ids: 1-255 of `[A-Za-z0-9._~-]`, in one canonical form.
//!
//! These are the characters that no URL parser rewrites, so a case has one spelling everywhere: in the path, in the
//! object's name, in signatures, in Postgres. `.` and `..` are refused, since URL parsers resolve them away.

use std::fmt;

use crate::limits::CASE_ID_BYTES_MAX;

/// The name of one case, and so of its room and its Durable Object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId(String);

impl CaseId {
    /// Accepts the canonical form only; nothing is decoded, trimmed or changed in case.
    ///
    /// # Errors
    /// If the text is empty, too long, `.`, `..`, or holds any other character.
    pub fn parse(text: &str) -> Result<Self, MalformedCaseId> {
        let characters_ok = text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._~-".contains(&b));
        let length_ok = (1..=CASE_ID_BYTES_MAX).contains(&text.len());
        if length_ok && characters_ok && text != "." && text != ".." {
            Ok(Self(text.to_owned()))
        } else {
            Err(MalformedCaseId)
        }
    }

    /// The canonical form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a case id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a case id is 1 to {CASE_ID_BYTES_MAX} of A-Z a-z 0-9 . _ ~ - and neither `.` nor `..`")]
pub struct MalformedCaseId;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unreserved_character_is_accepted() {
        let text = "ABCXYZabcxyz0189._~-";
        assert_eq!(CaseId::parse(text).unwrap().as_str(), text);
    }

    #[test]
    fn the_longest_id_is_accepted_and_a_longer_one_refused() {
        assert!(CaseId::parse(&"a".repeat(255)).is_ok());
        assert_eq!(CaseId::parse(&"a".repeat(256)), Err(MalformedCaseId));
    }

    #[test]
    fn names_that_a_url_parser_would_rewrite_are_refused() {
        for text in [
            "", ".", "..", "a/b", "a b", "a%20b", "a%2Fb", "é", "a?b", "a#b", "a\\b", "a\n", "a\0",
            "a+b",
        ] {
            assert_eq!(CaseId::parse(text), Err(MalformedCaseId), "{text:?}");
        }
        assert!(CaseId::parse("...").is_ok());
    }
}
