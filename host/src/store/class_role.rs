//! What somebody is in a class.

use super::StoreError;

/// A role in a class, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClassRole {
    /// May do on its cases what the class says.
    Student,
    /// Annotates, and sees who is in the class and what they have done.
    Tutor,
    /// Owns its cases, and leads the class.
    Instructor,
    /// The same, under the name that some universities have for it.
    Coordinator,
}

impl ClassRole {
    /// Every role there is.
    pub const ALL: [Self; 4] = [
        Self::Student,
        Self::Tutor,
        Self::Instructor,
        Self::Coordinator,
    ];

    /// As written and stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Student => "student",
            Self::Tutor => "tutor",
            Self::Instructor => "instructor",
            Self::Coordinator => "coordinator",
        }
    }

    /// The role of that name, in this spelling only.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether it sees who is in the class, and what they have done.
    pub fn is_staff(self) -> bool {
        self >= Self::Tutor
    }

    /// Whether it changes the class.
    pub fn leads(self) -> bool {
        self >= Self::Instructor
    }

    pub(super) fn stored(name: &str) -> Result<Self, StoreError> {
        Self::parse(name).ok_or(StoreError::Inconsistent {
            what: "a role in a class is stored that does not exist",
        })
    }
}
