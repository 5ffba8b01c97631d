//! The query of a PUT: what the snapshot builds on, and what its row shall say.

use crate::{
    base::{Base, Generation},
    digest::Digest,
    limits::{LAST_EDITOR_CHARS_MAX, QUERY_BYTES_MAX},
    percent,
};

/// What a PUT says besides its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutQuery {
    /// What the sender builds on; absent if it never saw a stored snapshot.
    pub base: Option<Base>,
    /// Entries of the root map `highlights`.
    pub highlight_count: u32,
    /// The author of the last accepted edit.
    pub last_editor: Option<String>,
    /// How many of the body's last bytes say who wrote what; the others are the document.
    pub attribution_bytes: u32,
}

impl PutQuery {
    /// Writes the query, without the question mark. Control characters of the editor's name are dropped and it is cut
    /// to 100 characters, since Postgres would refuse it; an empty name is left out.
    pub fn encode(&self) -> String {
        let mut fields = Vec::new();
        if let Some(base) = &self.base {
            fields.push(format!("base_generation={}", base.generation));
            fields.push(format!("base_version={}", base.version));
            fields.push(format!("base_sha256={}", base.sha256));
        }
        fields.push(format!("highlight_count={}", self.highlight_count));
        if let Some(editor) = self.last_editor.as_deref().and_then(presentable) {
            fields.push(format!("last_editor={}", percent::encode(&editor)));
        }
        if self.attribution_bytes > 0 {
            fields.push(format!("attribution_bytes={}", self.attribution_bytes));
        }
        fields.join("&")
    }

    /// Reads a query. Fields may come in any order; unknown and repeated ones are refused.
    ///
    /// # Errors
    /// If any field is malformed, unknown, repeated or missing, or the base is named in part.
    pub fn parse(query: &str) -> Result<Self, MalformedQuery> {
        if query.len() > QUERY_BYTES_MAX {
            return Err(MalformedQuery::TooLong);
        }
        let mut fields = Fields::default();
        for field in query.split('&').filter(|field| !field.is_empty()) {
            let (name, value) = field.split_once('=').ok_or(MalformedQuery::UnknownField)?;
            fields.take(name, value)?;
        }
        fields.finish()
    }
}

#[derive(Default)]
struct Fields {
    generation: Option<Generation>,
    version: Option<i64>,
    sha256: Option<Digest>,
    highlight_count: Option<u32>,
    last_editor: Option<String>,
    attribution_bytes: Option<u32>,
}

impl Fields {
    fn take(&mut self, name: &str, value: &str) -> Result<(), MalformedQuery> {
        match name {
            "base_generation" => set(
                &mut self.generation,
                "base_generation",
                Generation::parse(value).ok(),
            ),
            "base_version" => set(&mut self.version, "base_version", version(value)),
            "base_sha256" => set(&mut self.sha256, "base_sha256", Digest::parse(value).ok()),
            "highlight_count" => set(&mut self.highlight_count, "highlight_count", count(value)),
            "last_editor" => set(&mut self.last_editor, "last_editor", editor(value)),
            "attribution_bytes" => set(
                &mut self.attribution_bytes,
                "attribution_bytes",
                count(value),
            ),
            _ => Err(MalformedQuery::UnknownField),
        }
    }

    fn finish(self) -> Result<PutQuery, MalformedQuery> {
        let base = match (self.generation, self.version, self.sha256) {
            (Some(generation), Some(version), Some(sha256)) => Some(Base {
                generation,
                version,
                sha256,
            }),
            (None, None, None) => None,
            (_, _, _) => return Err(MalformedQuery::PartialBase),
        };
        let highlight_count = self.highlight_count.ok_or(MalformedQuery::Missing {
            name: "highlight_count",
        })?;
        Ok(PutQuery {
            base,
            highlight_count,
            last_editor: self.last_editor,
            attribution_bytes: self.attribution_bytes.unwrap_or(0),
        })
    }
}

fn set<T>(
    slot: &mut Option<T>,
    name: &'static str,
    value: Option<T>,
) -> Result<(), MalformedQuery> {
    let value = value.ok_or(MalformedQuery::Malformed { name })?;
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(MalformedQuery::Repeated { name }),
    }
}

fn version(value: &str) -> Option<i64> {
    value
        .parse()
        .ok()
        .filter(|version: &i64| *version >= 1 && version.to_string() == value)
}

/// Bounded by `int4`, the column's type.
fn count(value: &str) -> Option<u32> {
    value
        .parse()
        .ok()
        .filter(|count: &u32| i32::try_from(*count).is_ok() && count.to_string() == value)
}

fn editor(value: &str) -> Option<String> {
    let decoded = percent::decode(value)?;
    (presentable(&decoded).as_deref() == Some(decoded.as_str())).then_some(decoded)
}

fn presentable(name: &str) -> Option<String> {
    let kept: String = name
        .chars()
        .filter(|c| !c.is_control())
        .take(LAST_EDITOR_CHARS_MAX)
        .collect();
    (!kept.is_empty()).then_some(kept)
}

/// The query of a PUT cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedQuery {
    /// It is longer than any that we write.
    #[error("the query is longer than {QUERY_BYTES_MAX} bytes")]
    TooLong,
    /// A field that no version of us writes.
    #[error("the query has an unknown field")]
    UnknownField,
    /// A field whose value cannot be read.
    #[error("the query's field {name} is malformed")]
    Malformed {
        /// Which one.
        name: &'static str,
    },
    /// A field that is there twice.
    #[error("the query's field {name} is there twice")]
    Repeated {
        /// Which one.
        name: &'static str,
    },
    /// A field that must be there.
    #[error("the query's field {name} is missing")]
    Missing {
        /// Which one.
        name: &'static str,
    },
    /// Generation, version and hash belong together.
    #[error(
        "the query names its base in part: give base_generation, base_version and base_sha256, or none of them"
    )]
    PartialBase,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> PutQuery {
        PutQuery {
            base: Some(Base {
                generation: Generation::parse("9f0c1c1e-0000-4000-8000-000000000000").unwrap(),
                version: 7,
                sha256: Digest::of(b"stored"),
            }),
            highlight_count: 12,
            last_editor: Some("Zoë & Söns 🎓".into()),
            attribution_bytes: 700,
        }
    }

    #[test]
    fn a_query_reads_back_as_it_was_written() {
        let first = PutQuery {
            base: None,
            highlight_count: 0,
            last_editor: None,
            attribution_bytes: 0,
        };
        for query in [full(), first] {
            assert_eq!(PutQuery::parse(&query.encode()), Ok(query));
        }
    }

    #[test]
    fn the_longest_name_of_the_widest_characters_fits_the_bound() {
        let query = PutQuery {
            last_editor: Some("🎓".repeat(100)),
            ..full()
        };
        assert_eq!(PutQuery::parse(&query.encode()), Ok(query));
    }

    #[test]
    fn names_that_postgres_would_refuse_are_made_presentable_by_the_writer() {
        let query = PutQuery {
            last_editor: Some(format!("a\0b\n{}", "x".repeat(200))),
            ..full()
        };
        let read = PutQuery::parse(&query.encode()).unwrap();
        assert_eq!(read.last_editor, Some(format!("ab{}", "x".repeat(98))));
    }

    #[test]
    fn everything_else_is_refused() {
        let digest = Digest::of(b"");
        let cases = [
            (
                "",
                MalformedQuery::Missing {
                    name: "highlight_count",
                },
            ),
            ("highlight_count", MalformedQuery::UnknownField),
            ("highlight_count=1&x=2", MalformedQuery::UnknownField),
            (
                "highlight_count=-1",
                MalformedQuery::Malformed {
                    name: "highlight_count",
                },
            ),
            (
                "highlight_count=01",
                MalformedQuery::Malformed {
                    name: "highlight_count",
                },
            ),
            (
                "highlight_count=4294967295",
                MalformedQuery::Malformed {
                    name: "highlight_count",
                },
            ),
            (
                "highlight_count=1&highlight_count=1",
                MalformedQuery::Repeated {
                    name: "highlight_count",
                },
            ),
            (
                "highlight_count=1&base_version=1",
                MalformedQuery::PartialBase,
            ),
            (
                "highlight_count=1&base_version=0",
                MalformedQuery::Malformed {
                    name: "base_version",
                },
            ),
            (
                "highlight_count=1&last_editor=a%00",
                MalformedQuery::Malformed {
                    name: "last_editor",
                },
            ),
            (
                "highlight_count=1&last_editor=",
                MalformedQuery::Malformed {
                    name: "last_editor",
                },
            ),
            (
                "highlight_count=1&base_sha256=AA",
                MalformedQuery::Malformed {
                    name: "base_sha256",
                },
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(PutQuery::parse(text), Err(expected), "{text}");
        }
        assert_eq!(
            PutQuery::parse(&format!(
                "highlight_count=1&base_sha256={digest}&base_version=1"
            )),
            Err(MalformedQuery::PartialBase)
        );
        assert_eq!(
            PutQuery::parse(&"a".repeat(QUERY_BYTES_MAX + 1)),
            Err(MalformedQuery::TooLong)
        );
    }
}
