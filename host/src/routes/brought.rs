//! What somebody brings to make a case of: JSON with a title, a format and the content.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};

use crate::texts::Format;

/// A request to make a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// What it shall be called.
    pub title: String,
    /// What the content is.
    pub format: Format,
    /// As it was pasted or read from a file.
    pub content: String,
}

/// Why the request cannot be read. Quotes nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It has another shape.
    #[error(
        "the request cannot be read: it must be a JSON object with the strings `title`, `format` and `content`"
    )]
    Malformed,
    /// The format has no such name.
    #[error("the format is unknown: it must be `text`, `markdown`, `html` or `conversation`")]
    UnknownFormat,
}

#[derive(Deserialize)]
struct Written {
    title: Mended,
    format: Mended,
    content: Mended,
}

/// Reads a request's body.
///
/// # Errors
/// If it has another shape, or names an unknown format.
pub fn read(body: &[u8]) -> Result<Brought, Unreadable> {
    let written: Written = serde_json::from_slice(body).map_err(|_| Unreadable::Malformed)?;
    Ok(Brought {
        title: written.title.0,
        format: Format::parse(&written.format.0).ok_or(Unreadable::UnknownFormat)?,
        content: written.content.0,
    })
}

/// A string without halves of surrogate pairs. A browser's text may hold them, and JSON can say them; UTF-8 cannot, and
/// nobody could see them.
struct Mended(String);

impl<'de> Deserialize<'de> for Mended {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // As bytes `serde_json` hands out what no string of Rust may hold.
        deserializer.deserialize_bytes(MendedVisitor)
    }
}

struct MendedVisitor;

impl Visitor<'_> for MendedVisitor {
    type Value = Mended;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Mended, E> {
        let mut whole = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            // U+D800 to U+DFFF, as UTF-8 would write them.
            if byte == 0xED && after.first().is_some_and(|second| *second >= 0xA0) {
                rest = after.get(2..).unwrap_or_default();
            } else {
                whole.push(byte);
                rest = after;
            }
        }
        String::from_utf8(whole)
            .map(Mended)
            .map_err(|_| E::custom("a string is not UTF-8"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(json: &str) -> Result<String, Unreadable> {
        let body = format!("{{\"title\":\"T\",\"format\":\"text\",\"content\":{json}}}");
        read(body.as_bytes()).map(|brought| brought.content)
    }

    #[test]
    fn a_request_is_read_whatever_else_it_says() {
        let body = br#"{"later":[1],"content":"c","format":"html","title":"\u00e9"}"#;
        let brought = Brought {
            title: "é".to_owned(),
            format: Format::Html,
            content: "c".to_owned(),
        };
        assert_eq!(read(body), Ok(brought));
    }

    #[test]
    fn halves_of_surrogate_pairs_are_dropped_and_whole_pairs_kept() {
        assert_eq!(content(r#""a\ud83c\udf0ab""#).as_deref(), Ok("a\u{1f30a}b"));
        assert_eq!(content(r#""a\ud83cb\udf0a\ud83c""#).as_deref(), Ok("ab"));
        assert_eq!(
            content(r#""\udf0a\ud83c\ud83c\udf0a""#).as_deref(),
            Ok("\u{1f30a}")
        );
        assert_eq!(
            content("\"\u{d7ff}\u{e000}\"").as_deref(),
            Ok("\u{d7ff}\u{e000}")
        );
    }

    #[test]
    fn anything_else_is_refused() {
        for json in ["1", "null", "[97]", "{}", "\"a", "\"a\" x", "\"\\x\""] {
            assert_eq!(content(json), Err(Unreadable::Malformed), "{json}");
        }
        for body in [
            &b""[..],
            b"[]",
            b"{}",
            b"\"\"",
            b"{\"title\":\"T\",\"format\":\"text\",\"content\":\"\xff\"}",
        ] {
            assert_eq!(read(body), Err(Unreadable::Malformed));
        }
        let unknown = br#"{"title":"T","format":"docx","content":"c"}"#;
        assert_eq!(read(unknown), Err(Unreadable::UnknownFormat));
    }
}
