//! What the host rules, as a room takes it.

use contract::CaseRuling;
use room::{Ceiling, Change, Role, Ruling, Timestamp};

/// The same, word for word.
pub(crate) fn told(ruling: CaseRuling) -> Ruling {
    let changes = ruling.changes.into_iter().map(|change| Change {
        user: change.user,
        role: change.role.unwrap_or(Role::None),
        changed_at: Timestamp(change.changed_ms),
    });
    Ruling {
        as_of: Timestamp(ruling.as_of_ms),
        ceiling: ruling.ceiling.map(|ceiling| Ceiling {
            role: ceiling.role,
            spares_owners: ceiling.spares_owners,
        }),
        changes: changes.collect(),
        revoked: ruling.revoked.iter().map(ToString::to_string).collect(),
        void_until: Timestamp(ruling.void_until_ms),
    }
}

/// What came of telling a ruling to a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The room judges by it.
    Taken,
    /// The room knows a later one. That may have been made by a clock that was ahead: what is new in this one is not known
    /// then, so it has to be told again.
    Older,
    /// The room has taken no note of it.
    Failed,
}

impl Outcome {
    /// What came of a ruling of that time, when the room knows one of this time afterwards.
    pub(crate) fn of(told: Timestamp, known: Option<Timestamp>) -> Self {
        match known {
            Some(known) if known > told => Self::Older,
            Some(known) if known == told => Self::Taken,
            Some(_) | None => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::{CaseState, token::TokenId};

    use super::*;

    #[test]
    fn only_a_ruling_that_the_room_judges_by_counts_as_taken() {
        let told = Timestamp(5);
        let of = |known| Outcome::of(told, known);
        assert_eq!(of(Some(told)), Outcome::Taken);
        assert_eq!(of(Some(Timestamp(6))), Outcome::Older);
        assert_eq!(of(Some(Timestamp(4))), Outcome::Failed);
        assert_eq!(of(None), Outcome::Failed);
    }

    #[test]
    fn a_ruling_is_told_as_it_was_made() {
        let made = CaseRuling {
            as_of_ms: 5,
            ceiling: CaseState::Locked.ceiling(),
            changes: vec![
                contract::Change {
                    user: "ann".to_owned(),
                    role: Some(Role::Comment),
                    changed_ms: 3,
                },
                contract::Change {
                    user: "ben".to_owned(),
                    role: None,
                    changed_ms: 4,
                },
            ],
            revoked: vec![TokenId::new([0xab; 16])],
            void_until_ms: 2,
        };
        let change = |user: &str, role, changed_at| Change {
            user: user.to_owned(),
            role,
            changed_at: Timestamp(changed_at),
        };
        let expected = Ruling {
            as_of: Timestamp(5),
            ceiling: Some(Ceiling {
                role: Role::Read,
                spares_owners: true,
            }),
            changes: vec![
                change("ann", Role::Comment, 3),
                change("ben", Role::None, 4),
            ],
            revoked: vec!["ab".repeat(16)],
            void_until: Timestamp(2),
        };
        assert_eq!(told(made), expected);
    }
}
