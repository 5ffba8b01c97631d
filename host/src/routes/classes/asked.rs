//! How ids, names and moments are read that a page sends.

use axum::http::StatusCode;
use contract::CaseId;
use serde::{Deserialize, Deserializer};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

use crate::routes::visits::Refused;

/// The request is none that could be answered.
pub fn malformed(words: &str) -> Refused {
    Refused::because(StatusCode::BAD_REQUEST, words)
}

/// The id of a class or of somebody in a path. What is none is answered like one of nothing: there is no such thing.
pub fn id(written: &str, what: &str) -> Result<Uuid, Refused> {
    one_spelling(written).ok_or_else(|| Refused::absent(what))
}

/// The id of a case.
pub fn case_id(written: &str) -> Result<CaseId, Refused> {
    CaseId::parse(written).map_err(|_| Refused::absent("case"))
}

/// In the one spelling that is stored.
fn one_spelling(written: &str) -> Option<Uuid> {
    let id = Uuid::parse_str(written).ok()?;
    (id.to_string() == written).then_some(id)
}

/// One line that people read: nothing around it, nothing in it that is not seen or moves what is.
pub fn line(written: &str, chars_max: usize, what: &str) -> Result<String, Refused> {
    let line = written.trim();
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let is_sound = !line.is_empty()
        && line.chars().take(chars_max + 1).count() <= chars_max
        && !line.contains(is_hidden);
    if is_sound {
        Ok(line.to_owned())
    } else {
        Err(malformed(&format!(
            "{what} must be one line of 1 to {chars_max} characters"
        )))
    }
}

/// What is said to be null is not what is not said.
pub fn said<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    value: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// A moment, in RFC 3339, of a year that Postgres and people agree on in every time zone.
pub fn moment(written: &str) -> Result<OffsetDateTime, Refused> {
    let parsed = OffsetDateTime::parse(written, &Rfc3339).ok();
    // Of the last hours of the last year there may be none in UTC.
    let utc = parsed.and_then(|moment| moment.checked_to_offset(time::UtcOffset::UTC));
    let known = utc.filter(|moment| (1970..=9998).contains(&moment.year()));
    known.ok_or_else(|| malformed("a moment must be written like 2026-11-27T09:00:00Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id = Uuid::new_v4().to_string();
        assert!(super::id(&id, "class").is_ok());
        for written in [
            id.to_uppercase(),
            id.replace('-', ""),
            format!("{{{id}}}"),
            String::new(),
        ] {
            assert!(super::id(&written, "class").is_err(), "{written}");
        }
    }

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(line("  Law 1 🎓 ", 10, "a name").unwrap(), "Law 1 🎓");
        for written in ["", " ", "a\nb", "a\u{202e}b", "a\0", "12345678901"] {
            assert!(line(written, 10, "a name").is_err(), "{written:?}");
        }
    }

    #[test]
    fn a_moment_has_a_time_zone_and_a_sensible_year() {
        assert!(moment("2026-11-27T09:00:00+11:00").is_ok());
        for written in [
            "2026-11-27",
            "2026-11-27T09:00:00",
            "9999-12-31T23:59:59-01:00",
            "0001-01-01T00:00:00Z",
            "now",
        ] {
            assert!(moment(written).is_err(), "{written}");
        }
    }
}
