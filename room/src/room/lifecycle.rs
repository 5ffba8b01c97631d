//! Waking, loading the document, and what the room does when its storage or it itself fails (SPEC sections 4, 7).

use crate::{
    close::{self, Close},
    document::Document,
    effect::{Effect, Notice},
    event::{JournalSummary, Stored},
    limits::RESYNC_STAGGER_MS,
    meta::Meta,
    presence::Presence,
    session::{Greeting, Protocol, Session, SessionId, SessionRecord},
    time::Timestamp,
    wire,
};

use super::{Cache, Inquiry, Phase, Room};

/// After a wake, presence is asked for at once of so many sockets at most: each stock client answers with everybody.
/// In a larger room their own renewals, every 15 s, are soon enough.
const PRESENCE_QUERIES_MAX: usize = 32;

/// A room that failed so often within a minute is closed to everybody.
const FAULTS_MAX: usize = 4;

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
        self.metrics.rooms_woken += 1;
        match stored {
            Stored::Absent => {
                self.meta = Meta::new(entropy);
                self.phase = Phase::Restoring(Inquiry::due_at(now));
            }
            Stored::Present { meta, journal } => match Meta::read(&meta) {
                Ok(meta) => self.remember(now, meta, journal),
                Err(error) => return self.unreadable(error.to_string(), &sessions, effects),
            },
            Stored::Unreadable { reason } => return self.unreadable(reason, &sessions, effects),
        }
        if interrupted || matches!(self.phase, Phase::Deleted) {
            let close = if interrupted {
                Close::new(
                    close::RESTART,
                    "the room was interrupted; come back and resync",
                )
            } else {
                Close::new(close::GONE, "this case was deleted")
            };
            for record in sessions {
                effects.push(Effect::CloseSession {
                    session: record.session,
                    code: close.code,
                    reason: close.reason,
                });
            }
            return;
        }
        self.readopt(now, sessions, effects);
    }

    fn remember(&mut self, now: Timestamp, meta: Meta, journal: JournalSummary) {
        self.is_stored = true;
        self.seq = journal
            .last_seq
            .unwrap_or(meta.snapshot_seq)
            .max(meta.snapshot_seq);
        self.journal_rows = journal.rows;
        self.journal_bytes = journal.bytes;
        self.last_editor = journal.last_editor.or_else(|| meta.snapshot_editor.clone());
        self.phase = if meta.deleted {
            Phase::Deleted
        } else {
            Phase::Open
        };
        self.check = Inquiry::due_at(now);
        self.meta = meta;
    }

    /// Takes the sockets back that stayed open while the room was asleep.
    fn readopt(&mut self, now: Timestamp, sessions: Vec<SessionRecord>, effects: &mut Vec<Effect>) {
        let is_open = matches!(self.phase, Phase::Open);
        let mut asked = Vec::new();
        for (place, record) in sessions.into_iter().enumerate() {
            let greeting = if is_open {
                Greeting::OnceLoaded {
                    after_ms: place as u64 * RESYNC_STAGGER_MS,
                }
            } else {
                Greeting::Due
            };
            match record.protocol {
                Protocol::Stock if asked.len() < PRESENCE_QUERIES_MAX => asked.push(record.session),
                Protocol::Stock => {}
            }
            self.sessions
                .insert(record.session, Session::new(record, now, greeting));
        }
        self.broadcast(now, asked, wire::query_awareness(), effects);
    }

    fn unreadable(
        &mut self,
        reason: String,
        sessions: &[SessionRecord],
        effects: &mut Vec<Effect>,
    ) {
        self.phase = Phase::Unreadable;
        self.document = Cache::Absent;
        self.drop_waiting();
        effects.push(Effect::Report(Notice::StorageFailed { reason }));
        let open = std::mem::take(&mut self.sessions);
        for session in open
            .into_keys()
            .chain(sessions.iter().map(|record| record.session))
        {
            let Close { code, reason } = UNREADABLE;
            effects.push(Effect::CloseSession {
                session,
                code,
                reason,
            });
        }
        self.presence = Presence::default();
    }

    pub(super) fn document_loaded(
        &mut self,
        now: Timestamp,
        snapshot: Option<Vec<u8>>,
        journal: &[Vec<u8>],
        effects: &mut Vec<Effect>,
    ) {
        if !matches!(self.document, Cache::Loading) {
            return;
        }
        match Document::load(self.entropy, snapshot.as_deref(), journal) {
            Ok(document) => self.document = Cache::Loaded(Box::new(document)),
            Err(error) => return self.unreadable(error.to_string(), &[], effects),
        }
        for session in self.sessions.values_mut() {
            if let Greeting::OnceLoaded { after_ms } = session.greeting {
                session.greeting = Greeting::DueAt(now + after_ms);
            }
        }
    }

    /// The store refused a write or a read. What is in memory may be ahead of it, so it is dropped and read again,
    /// and everybody resyncs.
    pub(super) fn storage_failed(
        &mut self,
        now: Timestamp,
        reason: String,
        effects: &mut Vec<Effect>,
    ) {
        self.count_fault(now);
        if matches!(self.document, Cache::Loading) || self.recent_faults(now) >= FAULTS_MAX {
            return self.unreadable(reason, &[], effects);
        }
        effects.push(Effect::Report(Notice::StorageFailed { reason }));
        self.close_everybody(
            Close::new(
                close::RESTART,
                "the room's storage failed; come back and resync",
            ),
            effects,
        );
        self.document = Cache::Absent;
        self.union = None;
        self.alarm = None;
        self.archiving.in_flight = None;
        self.phase = Phase::Asleep;
        effects.push(Effect::Reload);
    }

    /// Forgets and closes every socket.
    pub(super) fn close_everybody(&mut self, close: Close, effects: &mut Vec<Effect>) {
        self.drop_waiting();
        for session in std::mem::take(&mut self.sessions).into_keys() {
            effects.push(Effect::CloseSession {
                session,
                code: close.code,
                reason: close.reason,
            });
        }
        self.presence = Presence::default();
    }

    pub(super) fn drop_waiting(&mut self) {
        self.waiting.clear();
        self.waiting_bytes = 0;
    }

    /// What a socket that opens is told instead of being let in; absent when it may come in.
    pub(super) fn closed_to_all(&self) -> Option<Close> {
        match self.phase {
            Phase::Asleep | Phase::Restoring(_) | Phase::Open => None,
            Phase::Deleted => Some(Close::new(close::GONE, "this case was deleted")),
            Phase::Unreadable => Some(UNREADABLE),
        }
    }

    /// Drops the document in memory after an update that it may hold a part of; the journal has nothing of it.
    pub(super) fn spoiled(
        &mut self,
        session: SessionId,
        reason: String,
        effects: &mut Vec<Effect>,
    ) {
        self.document = Cache::Absent;
        effects.push(Effect::Report(Notice::Fault { reason }));
        self.refuse(
            session,
            Close::new(close::MALFORMED, "the update cannot be integrated"),
            effects,
        );
    }
}

const UNREADABLE: Close = Close::new(
    close::FAILED,
    "the room's storage cannot be read; the operator is told",
);
