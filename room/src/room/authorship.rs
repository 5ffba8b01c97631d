//! Whose client ids are whose (SPEC section 13): the socket proves it, never what the document says of itself.

use std::{
    cell::{OnceCell, RefCell},
    collections::BTreeMap,
};

use annotation::{Attribution, Role};

use crate::{
    known::Standing, limits::RECOVERY_MS, meta::Meta, session::SessionId, time::Timestamp,
};

use super::{Room, sessions::Sessions};

/// Whose update is judged.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) user: String,
    /// What they may do; absent for somebody without an authority.
    pub(super) role: Option<Role>,
    /// The client id of the socket's own presence.
    pub(super) presence: Option<u64>,
}

impl Room {
    /// The person behind an open socket, or behind one that has ended with updates that still waited.
    pub(super) fn writer(&self, now: Timestamp, session: SessionId) -> Writer {
        let open = self.sessions.get(session);
        let record = open.map(|session| &session.record);
        let Some(record) = record.or_else(|| self.leaving.get(&session)) else {
            return Writer {
                role: Some(Role::None),
                ..Writer::default()
            };
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

/// What decides, besides the document, how a client id stands to a writer. It stays the same for one update, and is found
/// out once for each of its client ids.
pub(super) struct Circumstances<'a> {
    pub(super) now: Timestamp,
    pub(super) sessions: &'a Sessions,
    pub(super) meta: &'a Meta,
    /// The room may lack what it has acknowledged, and is told everything that a replica holds.
    pub(super) is_recovering: bool,
    /// An honest client may hold what the room has lost: what it brings of others is not held against it.
    pub(super) is_lenient: bool,
    /// Who is here under which client id, once that was needed.
    pub(super) present: OnceCell<BTreeMap<u64, &'a str>>,
    pub(super) known: RefCell<BTreeMap<u64, Standing>>,
}

impl Circumstances<'_> {
    /// How a client id stands to a writer, always the same one.
    pub(super) fn standing(
        &self,
        attribution: &Attribution,
        writer: &Writer,
        client: u64,
    ) -> Standing {
        let known = self.known.borrow().get(&client).copied();
        known.unwrap_or_else(|| {
            let standing = self.find_out(attribution, writer, client);
            self.known.borrow_mut().insert(client, standing);
            standing
        })
    }

    fn find_out(&self, attribution: &Attribution, writer: &Writer, client: u64) -> Standing {
        match attribution.owner(client) {
            Some(owner) if owner == writer.user => Standing::Own,
            Some(_) if self.is_recovering && self.may_be_lacking(client) => Standing::Hearsay,
            Some(_) => Standing::Foreign,
            None if writer.presence == Some(client) => Standing::Own,
            None if self.is_recovering && !self.meta.returned.contains(&client) => {
                Standing::Hearsay
            }
            None if self.is_kept_from(writer, client) => Standing::Foreign,
            None if self.is_recovering => Standing::Hearsay,
            None => Standing::Own,
        }
    }

    /// Whether something that was written under an id with an owner may have been lost. What is known without a restore was
    /// written since this storage began, and all of it is here.
    fn may_be_lacking(&self, client: u64) -> bool {
        self.meta.was_restored && !self.meta.returned.contains(&client)
    }

    /// Whether somebody else is, or was, here under an id under which nothing was written yet.
    fn is_kept_from(&self, writer: &Writer, client: u64) -> bool {
        let present = self.present.get_or_init(|| {
            let records = self.sessions.iter().map(|session| &session.record);
            records
                .filter_map(|record| Some((record.presence?, record.user.as_str())))
                .collect()
        });
        let present = present.get(&client).copied();
        let holder = present.or_else(|| self.meta.reserved.holder(client, self.now));
        holder.is_some_and(|holder| holder != writer.user)
    }
}

/// Whether the room may lack what an earlier storage has acknowledged. One that was never written may be one that was
/// lost.
pub(super) fn is_recovering(is_stored: bool, meta: &Meta, now: Timestamp) -> bool {
    !is_stored || now.0 < meta.born_at.saturating_add(RECOVERY_MS)
}
