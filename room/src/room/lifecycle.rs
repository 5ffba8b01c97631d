//! Waking and loading the document (SPEC sections 2, 4 and 7).

use crate::{
    close::{self, Close},
    document::{self, Document},
    effect::Effect,
    event::{JournalSummary, Stored},
    meta::Meta,
    mutation::Mutation,
    session::{Greeting, SessionRecord},
    time::Timestamp,
};

use super::{Cache, Inquiry, Phase, Room, faults::UNREADABLE, host::unread_attribution};

impl Room {
    pub(super) fn woken(
        &mut self,
        now: Timestamp,
        stored: Stored,
        sessions: Vec<SessionRecord>,
        entropy: u64,
        interrupted: bool,
        effects: &mut Vec<Effect>,
    ) {
        self.entropy = entropy;
        self.archiving.spread(entropy);
        if self.next_request == 0 {
            // An answer to a question of an earlier life must not be taken for one of this life's.
            self.next_request = entropy;
        }
        self.metrics.rooms_woken += 1;
        self.forget_stored();
        match stored {
            Stored::Absent => {
                self.archiving.in_flight = None;
                self.phase = if self.planted.is(Mutation::ServedBeforeRestored) {
                    Phase::Open
                } else {
                    Phase::Restoring(Inquiry::due_at(now))
                };
            }
            Stored::Present { meta, journal } => match Meta::read(&meta) {
                Ok(meta) if !is_whole(&meta, &journal) => {
                    close_all(&sessions, UNREADABLE, effects);
                    let reason = "snapshot, journal and meta record contradict each other";
                    return self.unreadable(now, reason.to_owned(), effects);
                }
                Ok(meta) => self.remember(now, meta, journal),
                Err(error) => {
                    close_all(&sessions, UNREADABLE, effects);
                    return self.unreadable(now, error.to_string(), effects);
                }
            },
            Stored::Unreadable { reason } => {
                close_all(&sessions, UNREADABLE, effects);
                return self.unreadable(now, reason, effects);
            }
        }
        if interrupted {
            // What interrupted may have been this very document: neither at once nor again and again.
            self.count_fault(now);
            self.archiving.backoff.failed(now);
            close_all(&sessions, INTERRUPTED, effects);
            return self.close_everybody(INTERRUPTED, effects);
        }
        if let Some(close) = self.closed_to_all(now) {
            close_all(&sessions, close, effects);
            return self.close_everybody(close, effects);
        }
        self.readopt(now, sessions, effects);
    }

    /// Starts from nothing: what an earlier reading of the storage said may never have been written.
    fn forget_stored(&mut self) {
        self.meta = Meta::new(self.entropy);
        self.is_stored = false;
        self.seq = 0;
        self.journal_rows = 0;
        self.journal_bytes = 0;
        self.last_editor = None;
        self.document = Cache::Absent;
        self.union = None;
        self.held_restore = None;
        self.check = Inquiry::default();
        self.deletion_report = Inquiry::default();
    }

    fn remember(&mut self, now: Timestamp, meta: Meta, journal: JournalSummary) {
        self.is_stored = true;
        self.seq = journal.last_seq.or(meta.snapshot_seq).unwrap_or(0);
        self.journal_rows = journal.rows;
        self.journal_bytes = journal.bytes;
        self.last_editor = journal
            .last_editor
            .filter(|editor| !editor.is_empty())
            .or_else(|| meta.snapshot_editor.clone());
        self.phase = if meta.deleted {
            Phase::Deleted
        } else {
            Phase::Open
        };
        self.check = Inquiry::due_at(now);
        self.meta = meta;
        if self.is_dirty() {
            self.archiving.hurry(now);
        }
    }

    pub(super) fn document_loaded(
        &mut self,
        now: Timestamp,
        stored: document::Stored,
        attributions: &[Vec<u8>],
        effects: &mut Vec<Effect>,
    ) {
        if !matches!(self.document, Cache::Loading) {
            return;
        }
        let loaded = if self.is_built_at_once {
            Document::load(stored, attributions)
        } else {
            Document::read(stored, attributions, self.summary())
        };
        match loaded {
            Ok(mut document) => {
                let unread = document.take_unread();
                effects.extend(unread.map(unread_attribution));
                if self.planted.is(Mutation::AnswersAreStale) {
                    document.keep_answers();
                }
                if self.planted.is(Mutation::StoredBytesAreStale) {
                    document.keep_stored();
                }
                self.document = Cache::Loaded(Box::new(document));
                self.recheck_presence(now, effects);
            }
            Err(error) => return self.unreadable(now, error.to_string(), effects),
        }
        self.is_built_at_once = false;
        self.rereading.succeeded();
        self.note_fullness();
        self.sessions.change_each(|session| {
            if let Greeting::OnceLoaded { after_ms } = session.greeting {
                session.greeting = Greeting::DueAt(now + after_ms);
            }
        });
    }

    /// What a socket that opens is told instead of being let in; absent when it may come in.
    pub(super) fn closed_to_all(&self, now: Timestamp) -> Option<Close> {
        match self.phase {
            Phase::Asleep | Phase::Restoring(_) | Phase::Open => None,
            Phase::Deleted => Some(Close::new(close::GONE, "this case was deleted")),
            // Who comes when it is read again may wait for what it says.
            Phase::Unreadable => (!self.may_read_again(now)).then_some(UNREADABLE),
        }
    }
}

fn close_all(sessions: &[SessionRecord], close: Close, effects: &mut Vec<Effect>) {
    for record in sessions {
        effects.push(Effect::CloseSession {
            session: record.session,
            code: close.code,
            reason: close.reason,
        });
    }
}

const INTERRUPTED: Close = Close::new(
    close::RESTART,
    "the room was interrupted; come back and resync",
);

/// Whether what is stored is all there: rows that were lost must not be taken for an empty document.
fn is_whole(meta: &Meta, journal: &JournalSummary) -> bool {
    if meta.deleted {
        return true;
    }
    let before = meta.snapshot_seq.unwrap_or(0);
    let follows = journal
        .last_seq
        .is_none_or(|last| last == before + journal.rows);
    let holds_base = meta.base.is_none() || meta.snapshot_seq.is_some() || journal.rows > 0;
    journal.snapshot_seq == meta.snapshot_seq && follows && holds_base
}
