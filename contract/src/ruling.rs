//! What the host rules on the authorities of a case: everything that can make a token void which is still good.
//!
//! It is told in two ways: when a room asks, and with the order `rule` as soon as something has changed. Both are signed.

use std::collections::BTreeSet;

use annotation::Role;
use serde::{Deserialize, Serialize};

use crate::{
    case_state::Ceiling,
    limits::{RULING_BYTES_MAX, RULING_CHANGES_MAX, RULING_REVOKED_MAX},
    person::Person,
    token::TokenId,
};

/// Times are exact as numbers of JavaScript.
const MS_END: u64 = 1 << 53;

/// What the host rules. Times are by its clock, in milliseconds since the Unix epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseRuling {
    /// When it was so: whatever was changed before is in it.
    pub as_of_ms: u64,
    /// What the case itself allows, if that is not everything.
    pub ceiling: Option<Ceiling>,
    /// Who may do what, if that was changed within the life of any token: each person once.
    pub changes: Vec<Change>,
    /// Revoked client tokens that would be good otherwise, also to somebody whose clock is late.
    pub revoked: Vec<TokenId>,
    /// Whatever was granted up to then is void: more was changed than is told one by one.
    pub void_until_ms: u64,
}

/// Somebody's role, changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub user: String,
    /// What they may do now; nothing at all, if absent.
    pub role: Option<Role>,
    /// Since when.
    pub changed_ms: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    as_of_ms: u64,
    ceiling: Option<WrittenCeiling>,
    changes: Vec<WrittenChange>,
    revoked: Vec<String>,
    void_until_ms: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCeiling {
    role: String,
    spares_owners: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenChange {
    user: String,
    role: Option<String>,
    changed_ms: u64,
}

impl CaseRuling {
    /// Writes it as JSON.
    pub fn write(&self) -> Vec<u8> {
        let written = Written {
            as_of_ms: self.as_of_ms,
            ceiling: self.ceiling.map(|ceiling| WrittenCeiling {
                role: ceiling.role.name().to_owned(),
                spares_owners: ceiling.spares_owners,
            }),
            changes: self.changes.iter().map(WrittenChange::of).collect(),
            revoked: self.revoked.iter().map(TokenId::to_string).collect(),
            void_until_ms: self.void_until_ms,
        };
        serde_json::to_vec(&written).expect("a record of numbers and strings has a JSON form")
    }

    /// Reads what [`CaseRuling::write`] writes.
    ///
    /// # Errors
    /// If it is too long, tells too much, or anything in it is not what it should be.
    pub fn read(bytes: &[u8]) -> Result<Self, MalformedRuling> {
        if bytes.len() > RULING_BYTES_MAX {
            return Err(MalformedRuling);
        }
        let written: Written = serde_json::from_slice(bytes).map_err(|_| MalformedRuling)?;
        if written.changes.len() > RULING_CHANGES_MAX || written.revoked.len() > RULING_REVOKED_MAX
        {
            return Err(MalformedRuling);
        }
        let ceiling = match written.ceiling {
            None => None,
            Some(ceiling) => Some(Ceiling {
                role: Role::parse(&ceiling.role).ok_or(MalformedRuling)?,
                spares_owners: ceiling.spares_owners,
            }),
        };
        let changes: Option<Vec<_>> = written.changes.into_iter().map(Change::read).collect();
        let changes = changes.ok_or(MalformedRuling)?;
        let people: BTreeSet<&str> = changes.iter().map(|change| change.user.as_str()).collect();
        if people.len() != changes.len() {
            return Err(MalformedRuling);
        }
        let revoked: Result<_, _> = written
            .revoked
            .iter()
            .map(|id| TokenId::parse(id))
            .collect();
        Ok(Self {
            as_of_ms: millis(written.as_of_ms).ok_or(MalformedRuling)?,
            ceiling,
            changes,
            revoked: revoked.map_err(|_| MalformedRuling)?,
            void_until_ms: millis(written.void_until_ms).ok_or(MalformedRuling)?,
        })
    }
}

impl WrittenChange {
    fn of(change: &Change) -> Self {
        Self {
            user: change.user.clone(),
            role: change.role.map(|role| role.name().to_owned()),
            changed_ms: change.changed_ms,
        }
    }
}

impl Change {
    fn read(written: WrittenChange) -> Option<Self> {
        // Whoever has a role also has a name; the id stands in for it here.
        Person::new(&written.user, &written.user).ok()?;
        Some(Self {
            role: match &written.role {
                None => None,
                Some(role) => Some(Role::parse(role)?),
            },
            changed_ms: millis(written.changed_ms)?,
            user: written.user,
        })
    }
}

fn millis(written: u64) -> Option<u64> {
    (written < MS_END).then_some(written)
}

/// The bytes are no ruling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a ruling has at most {RULING_CHANGES_MAX} changes, of one person each, and {RULING_REVOKED_MAX} revoked tokens in \
     {RULING_BYTES_MAX} bytes"
)]
pub struct MalformedRuling;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn ruling() -> CaseRuling {
        CaseRuling {
            as_of_ms: 1_800_000_000_000,
            ceiling: Some(Ceiling {
                role: Role::Read,
                spares_owners: true,
            }),
            changes: vec![
                Change {
                    user: "Zoë \"🎓\"".to_owned(),
                    role: Some(Role::Annotate),
                    changed_ms: 1_799_999_999_999,
                },
                Change {
                    user: "ben".to_owned(),
                    role: None,
                    changed_ms: 1,
                },
            ],
            revoked: vec![TokenId::new([0xab; 16])],
            void_until_ms: 7,
        }
    }

    #[test]
    fn a_ruling_reads_back_as_it_was_written() {
        let unruled = CaseRuling::default();
        for ruling in [ruling(), unruled] {
            assert_eq!(CaseRuling::read(&ruling.write()), Ok(ruling));
        }
    }

    #[test]
    fn the_longest_ruling_can_be_told() {
        let longest = CaseRuling {
            changes: (0..RULING_CHANGES_MAX)
                .map(|number| Change {
                    user: format!("{}{number:04}", "🎓".repeat(96)),
                    role: Some(Role::Annotate),
                    changed_ms: MS_END - 1,
                })
                .collect(),
            revoked: vec![TokenId::new([0; 16]); RULING_REVOKED_MAX],
            ..ruling()
        };
        assert_eq!(CaseRuling::read(&longest.write()), Ok(longest));
    }

    #[test]
    fn anything_else_is_no_ruling() {
        let written: Value = serde_json::from_slice(&ruling().write()).unwrap();
        let changed = |change: fn(&mut Value)| {
            let mut value = written.clone();
            change(&mut value);
            value.to_string().into_bytes()
        };
        assert_eq!(
            CaseRuling::read(&changed(|_| ())),
            Ok(ruling()),
            "the control"
        );
        for bytes in [
            b"".to_vec(),
            b"{}".to_vec(),
            b"null".to_vec(),
            vec![b' '; RULING_BYTES_MAX + 1],
            changed(|value| value["as_of_ms"] = json!(-1)),
            changed(|value| value["as_of_ms"] = json!(MS_END)),
            changed(|value| value["void_until_ms"] = json!("7")),
            changed(|value| value["ceiling"]["role"] = json!("none")),
            changed(|value| value["ceiling"] = json!({ "role": "read" })),
            changed(|value| value["changes"][0]["role"] = json!("Own")),
            changed(|value| value["changes"][0]["user"] = json!("")),
            changed(|value| value["changes"][0]["user"] = json!("a\nb")),
            changed(|value| value["changes"][1] = value["changes"][0].clone()),
            changed(|value| value["revoked"][0] = json!("ab")),
            changed(|value| value["more"] = json!(1)),
        ] {
            let read = CaseRuling::read(&bytes);
            assert_eq!(
                read,
                Err(MalformedRuling),
                "{}",
                String::from_utf8_lossy(&bytes)
            );
        }
        let many = CaseRuling {
            revoked: vec![TokenId::new([0; 16]); RULING_REVOKED_MAX + 1],
            ..ruling()
        };
        assert_eq!(CaseRuling::read(&many.write()), Err(MalformedRuling));
    }
}
