//! What a case itself allows, whatever somebody's role is.

use annotation::Role;

/// The state of a case. A case of which nobody said anything is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CaseState {
    /// Everybody may do what their role allows.
    #[default]
    Open,
    /// Only its owners may write.
    Locked,
    /// Nobody may write.
    Archived,
}

/// What a case allows at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// Nobody may do more.
    pub role: Role,
    /// But its owners.
    pub spares_owners: bool,
}

impl CaseState {
    /// Every state there is.
    pub const ALL: [Self; 3] = [Self::Open, Self::Locked, Self::Archived];

    /// As written and stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Locked => "locked",
            Self::Archived => "archived",
        }
    }

    /// The state of that name, in this spelling only.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// What it allows, if that is not everything.
    pub fn ceiling(self) -> Option<Ceiling> {
        match self {
            Self::Open => None,
            Self::Locked => Some(Ceiling {
                role: Role::Read,
                spares_owners: true,
            }),
            Self::Archived => Some(Ceiling {
                role: Role::Read,
                spares_owners: false,
            }),
        }
    }

    /// What is left of a role in this state.
    pub fn cap(self, role: Role) -> Role {
        match self.ceiling() {
            Some(ceiling) if !(ceiling.spares_owners && role == Role::Own) => {
                role.min(ceiling.role)
            }
            Some(_) | None => role,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_has_one_spelling() {
        for state in CaseState::ALL {
            assert_eq!(CaseState::parse(state.name()), Some(state));
        }
        for name in ["", "Open", "closed", "locked "] {
            assert_eq!(CaseState::parse(name), None, "{name}");
        }
    }

    #[test]
    fn a_locked_case_leaves_its_owners_alone_and_an_archived_one_nobody() {
        for role in Role::ALL {
            assert_eq!(CaseState::Open.cap(role), role);
            assert_eq!(CaseState::Archived.cap(role), Role::Read);
            let left = if role == Role::Own {
                Role::Own
            } else {
                Role::Read
            };
            assert_eq!(CaseState::Locked.cap(role), left);
        }
    }
}
