//! Which ways of signing in there are, and what somebody can be at an institution.

/// A kind of provider. They are offered in this order; the development sign-in comes last and is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProviderKind {
    /// A university's single sign-on, by OpenID Connect.
    Oidc,
    /// Google: OpenID Connect with a hosted domain.
    Google,
    /// A link in an e-mail.
    Mail,
    /// GitHub: OAuth 2, for developers.
    GitHub,
}

impl ProviderKind {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Oidc, Self::Google, Self::Mail, Self::GitHub];

    /// As it is stored and as pages are told.
    pub fn name(self) -> &'static str {
        match self {
            Self::Oidc => "oidc",
            Self::Google => "google",
            Self::Mail => "mail",
            Self::GitHub => "github",
        }
    }

    /// Reads what [`ProviderKind::name`] writes.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What somebody is at an institution; instructors and admins may create classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MembershipRole {
    /// Learns there.
    Student,
    /// Works there.
    Staff,
    /// Teaches there.
    Instructor,
    /// Looks after the institution.
    Admin,
}

impl MembershipRole {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Student, Self::Staff, Self::Instructor, Self::Admin];

    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Student => "student",
            Self::Staff => "staff",
            Self::Instructor => "instructor",
            Self::Admin => "admin",
        }
    }

    /// Reads what [`MembershipRole::name`] writes.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}
