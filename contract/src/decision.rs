//! What the store does with a PUT, decided without touching anything: the host carries it out in Postgres, the simulator
//! in memory, by the same rule.

use crate::{
    base::{Base, Generation},
    digest::Digest,
};

/// What the store holds of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A snapshot.
    Held {
        /// What it should hash to.
        sha256: Digest,
        /// Whether it does.
        intact: bool,
    },
    /// Nothing: it went to quarantine, and no earlier version was good.
    Lost,
    /// A tombstone.
    Deleted,
}

/// A case's row, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number, from 1.
    pub version: i64,
    /// What it holds.
    pub content: Content,
}

/// What a PUT comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The case was deleted and stays so.
    Refuse,
    /// These very bytes are stored: write nothing.
    Keep,
    /// Store what was sent: nothing is stored, or what was sent contains it by construction.
    Store,
    /// Unite what is stored with what was sent.
    Merge,
    /// What is stored is corrupt, and the sender did not build on it: unite the newest good version with what was sent.
    Recover,
}

/// Decides by what is stored (`row`, in the store's `generation`), what the sender builds on, and the hash of what is
/// sent. Only a sender whose base is the stored one in all three parts replaces it; nothing undoes a deletion.
pub fn decide(
    row: Option<&Row>,
    base: Option<&Base>,
    generation: &Generation,
    sent: Digest,
) -> Decision {
    let Some(row) = row else {
        return Decision::Store;
    };
    match &row.content {
        Content::Deleted => Decision::Refuse,
        Content::Lost => Decision::Store,
        Content::Held { sha256, intact } => {
            let repeats = *sha256 == sent;
            let builds_on_it = base.is_some_and(|base| {
                base.generation == *generation
                    && base.version == row.version
                    && base.sha256 == *sha256
            });
            match (intact, repeats, builds_on_it) {
                (true, true, _) => Decision::Keep,
                (_, _, true) | (false, true, false) => Decision::Store,
                (true, false, false) => Decision::Merge,
                (false, false, false) => Decision::Recover,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generation(text: &str) -> Generation {
        Generation::parse(text).unwrap()
    }

    fn held(intact: bool) -> Row {
        Row {
            version: 7,
            content: Content::Held {
                sha256: Digest::of(b"stored"),
                intact,
            },
        }
    }

    fn base() -> Base {
        Base {
            generation: generation("g"),
            version: 7,
            sha256: Digest::of(b"stored"),
        }
    }

    fn decided(row: Option<&Row>, base: Option<&Base>, sent: &[u8]) -> Decision {
        decide(row, base, &generation("g"), Digest::of(sent))
    }

    #[test]
    fn a_first_snapshot_is_stored_whatever_it_claims_to_build_on() {
        assert_eq!(decided(None, None, b"sent"), Decision::Store);
        assert_eq!(decided(None, Some(&base()), b"sent"), Decision::Store);
    }

    #[test]
    fn all_three_parts_of_the_base_must_match_to_replace() {
        assert_eq!(
            decided(Some(&held(true)), Some(&base()), b"sent"),
            Decision::Store
        );
        for other in [
            Base {
                generation: generation("other"),
                ..base()
            },
            Base {
                version: 6,
                ..base()
            },
            Base {
                version: 8,
                ..base()
            },
            Base {
                sha256: Digest::of(b"other"),
                ..base()
            },
        ] {
            assert_eq!(
                decided(Some(&held(true)), Some(&other), b"sent"),
                Decision::Merge,
                "{other:?}"
            );
        }
        assert_eq!(decided(Some(&held(true)), None, b"sent"), Decision::Merge);
    }

    #[test]
    fn bytes_that_are_stored_already_are_never_written_again() {
        let elsewhere = Base {
            generation: generation("other"),
            ..base()
        };
        for base in [None, Some(base()), Some(elsewhere)] {
            assert_eq!(
                decided(Some(&held(true)), base.as_ref(), b"stored"),
                Decision::Keep
            );
        }
    }

    #[test]
    fn a_deleted_case_stays_deleted_whatever_is_sent() {
        let row = Row {
            version: 8,
            content: Content::Deleted,
        };
        for base in [None, Some(base())] {
            assert_eq!(
                decided(Some(&row), base.as_ref(), b"sent"),
                Decision::Refuse
            );
        }
    }

    #[test]
    fn a_corrupt_snapshot_is_replaced_only_by_what_contains_it() {
        let row = held(false);
        assert_eq!(
            decided(Some(&row), Some(&base()), b"sent"),
            Decision::Store,
            "built on the intact bytes"
        );
        assert_eq!(
            decided(Some(&row), None, b"stored"),
            Decision::Store,
            "is the intact bytes"
        );
        assert_eq!(decided(Some(&row), None, b"sent"), Decision::Recover);
    }

    #[test]
    fn a_lost_snapshot_is_replaced_by_whatever_a_living_object_holds() {
        let row = Row {
            version: 8,
            content: Content::Lost,
        };
        assert_eq!(decided(Some(&row), Some(&base()), b"sent"), Decision::Store);
    }
}
