//! Whose client ids are whose (SPEC section 12): the socket proves it, never what the document says of itself.

use std::collections::BTreeMap;

use annotation::{Attribution, Role};

use crate::{
    known::Standing,
    limits::RECOVERY_MS,
    meta::Meta,
    session::{Session, SessionId, SessionRecord},
    time::Timestamp,
};

use super::Room;

/// Whose update is judged.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) user: String,
    /// What they may do; absent while access is open.
    pub(super) role: Option<Role>,
    /// The client id of the socket's own presence.
    presence: Option<u64>,
}

impl Room {
    /// The person behind an open socket, or behind one that has ended with updates that still waited.
    pub(super) fn writer(&self, now: Timestamp, session: SessionId) -> Writer {
        let open = self.sessions.get(&session);
        let record = open.map(|session| &session.record);
        let Some(record) = record.or_else(|| self.leaving.get(&session)) else {
            return Writer::default();
        };
        let role = match (&record.authority, open) {
            (None, _) => None,
            (Some(_), Some(open)) => open.role,
            (Some(authority), None) if authority.until <= now => Some(Role::None),
            (Some(authority), None) => {
                Some(self.role_of(&record.user, authority).unwrap_or(Role::None))
            }
        };
        Writer {
            user: record.user.clone(),
            role,
            presence: record.presence,
        }
    }
}

/// What decides, besides the document, how a client id stands to a writer.
pub(super) struct Circumstances<'a> {
    pub(super) sessions: &'a BTreeMap<SessionId, Session>,
    /// The room may lack what it has acknowledged, and is told everything that a replica holds.
    pub(super) is_recovering: bool,
    /// When the storage began with what the store held, if it did.
    pub(super) restored_at: Option<u64>,
}

impl Circumstances<'_> {
    /// How a client id stands to a writer.
    pub(super) fn standing(
        &self,
        attribution: &Attribution,
        writer: &Writer,
        client: u64,
    ) -> Standing {
        match attribution.owner(client) {
            Some(owner) if owner == writer.user => Standing::Own,
            Some(owner) if self.is_recovering && !self.is_back(attribution, owner, client) => {
                Standing::Hearsay
            }
            Some(_) => Standing::Foreign,
            None if writer.presence == Some(client) => Standing::Own,
            None if self.is_recovering && !self.has_answered(client) => Standing::Hearsay,
            None if self.is_reserved(writer, client) => Standing::Foreign,
            None if self.is_recovering => Standing::Hearsay,
            None => Standing::Own,
        }
    }

    /// Whether what was lost of a client id has been brought by whoever writes under it: by a socket with that id that
    /// has sent everything that it has, or by writing on. Another page of the same person need not have it.
    fn is_back(&self, attribution: &Attribution, owner: &str, client: u64) -> bool {
        let Some(restored_at) = self.restored_at else {
            // Whatever is known was written since this storage began.
            return true;
        };
        let mut sessions = self.sessions.values();
        let is_theirs =
            |record: &SessionRecord| record.presence == Some(client) && record.user == owner;
        attribution.is_proven_since(client, restored_at)
            || sessions.any(|session| session.has_answered && is_theirs(&session.record))
    }

    /// Whether somebody is here under a client id who has sent everything that they have.
    fn has_answered(&self, client: u64) -> bool {
        let mut sessions = self.sessions.values();
        sessions.any(|session| session.has_answered && session.record.presence == Some(client))
    }

    /// Whether somebody else is here under a client id under which nothing was written yet.
    fn is_reserved(&self, writer: &Writer, client: u64) -> bool {
        let mut records = self.sessions.values().map(|session| &session.record);
        records.any(|record| record.presence == Some(client) && record.user != writer.user)
    }
}

/// Whether the room may lack what an earlier storage has acknowledged. One that was never written may be one that was
/// lost.
pub(super) fn is_recovering(is_stored: bool, meta: &Meta, now: Timestamp) -> bool {
    !is_stored || now.0 < meta.born_at.saturating_add(RECOVERY_MS)
}
