//! What somebody may do on a case.

use std::fmt;

/// A role on a case; each may do all that those before it may. Nothing at all is the absence of a role, and
/// `None < Some(Role::Read)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads along and is seen.
    Read,
    /// Comments, too.
    Comment,
    /// Highlights and writes notes, too.
    Annotate,
    /// Changes what others made, too.
    Own,
}

impl Role {
    /// Every role there is, in order.
    pub const ALL: [Self; 4] = [Self::Read, Self::Comment, Self::Annotate, Self::Own];

    /// As written in tokens and stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Comment => "comment",
            Self::Annotate => "annotate",
            Self::Own => "own",
        }
    }

    /// The role of that name, in this spelling only.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_ordered_by_what_they_allow_and_nothing_is_less_than_any() {
        assert!(Role::ALL.is_sorted());
        assert!(None < Some(Role::Read));
    }

    #[test]
    fn a_role_has_one_spelling() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.name()), Some(role));
        }
        for name in ["", "none", "Read", "read ", "owner"] {
            assert_eq!(Role::parse(name), None, "{name}");
        }
    }
}
