//! What a socket may do, as it proved when it opened, and what the host has said since (SPEC section 14). Nothing here is
//! verified: who makes one of these has done that.

use annotation::Role;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::time::Timestamp;

/// What a token proves of the person who shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// By what.
    pub proof: Proof,
    /// At most how much they may do.
    #[serde(with = "by_name")]
    pub role: Role,
    /// The name that others see.
    pub name: String,
    /// The origin of the page that shows it; absent for a program.
    pub origin: Option<String>,
    /// Where in the world the room was to be made, for whatever continues this authority. The room is where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// When it was granted or last changed, by the host's clock: every later change makes it void.
    pub granted_at: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

/// By what an authority is proved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proof {
    /// A ticket of the host's, good once.
    Ticket {
        /// The ticket's id.
        id: String,
        /// Until when it must be remembered that it was used.
        spent_until: Timestamp,
    },
    /// A resume token of the Worker's, which continues a ticket.
    Resume,
    /// A client token of the host's.
    Client {
        /// Under which it may be revoked.
        id: String,
    },
}

/// What the host says of the authorities on a case: everything that can make a token void which is still good.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// When it was so, by the host's clock. An older ruling is ignored.
    pub as_of: Timestamp,
    /// What the case itself allows, if that is not everything.
    pub ceiling: Option<Ceiling>,
    /// Who may do what, if that was changed within the life of any token: each person once.
    pub changes: Vec<Change>,
    /// The ids of revoked client tokens that would be good otherwise.
    pub revoked: Vec<String>,
    /// Whatever was granted up to then is void: more was changed than is told one by one.
    pub void_until: Timestamp,
}

/// What a locked or archived case allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ceiling {
    /// Nobody may do more.
    #[serde(with = "by_name")]
    pub role: Role,
    /// But its owners.
    pub spares_owners: bool,
}

impl Ceiling {
    /// Whether somebody may do what the other one keeps them from.
    pub fn allows_more_than(&self, other: &Self) -> bool {
        self.role > other.role || (self.spares_owners && !other.spares_owners)
    }
}

/// Somebody's role, changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Whose.
    pub user: String,
    /// What they may do now.
    #[serde(with = "by_name")]
    pub role: Role,
    /// Since when, by the host's clock.
    pub changed_at: Timestamp,
}

/// A role by its name.
pub(crate) mod by_name {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(role: &Role, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(role)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Role, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(D::Error::custom)
    }
}
