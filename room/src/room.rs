//! The room itself: what it remembers, its one door, and what it does next (SPEC sections 1 and 2).

mod deletion;
mod frames;
mod host;
mod lifecycle;
mod people;

use std::collections::{BTreeMap, VecDeque};

use crate::{
    archive::{Archiving, Backoff, Debounce, InFlight},
    close::{self, Close},
    document::Document,
    effect::{Effect, Notice},
    event::{Base, Event, RequestId},
    limits::{FAULT_WINDOW_MS, JOURNAL_BYTES_MAX, JOURNAL_ROWS_MAX},
    meta::Meta,
    metrics::Metrics,
    presence::Presence,
    session::{Greeting, Session, SessionId},
    status::Status,
    time::Timestamp,
};

/// What an operator may set.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// The pause in editing after which the document is archived.
    pub archive_quiet_ms: u64,
    /// The longest that an edit waits for such a pause.
    pub archive_max_ms: u64,
}

/// When the room wants to be called with `Event::DeadlineReached`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deadlines {
    /// A deadline that must outlive this memory. The room orders the alarm itself, with `Effect::SetAlarm`.
    pub alarm: Option<Timestamp>,
    /// A deadline that may be lost with this memory, at most a few seconds away: a timer will do.
    pub timer: Option<Timestamp>,
}

/// One document and everyone in it.
pub struct Room {
    phase: Phase,
    entropy: u64,
    meta: Meta,
    /// Whether the meta record was ever written: a room that nobody edited writes nothing.
    is_stored: bool,
    /// The newest journaled update.
    seq: u64,
    journal_rows: u64,
    journal_bytes: u64,
    last_editor: Option<String>,
    document: Cache,
    sessions: BTreeMap<SessionId, Session>,
    presence: Presence,
    /// Frames that need the document, in order of arrival.
    waiting: VecDeque<(SessionId, Vec<u8>)>,
    waiting_bytes: usize,
    archiving: Archiving,
    /// What the store holds beyond what was sent, until the document can take it.
    union: Option<Union>,
    check: Inquiry,
    /// What the room built on when it last asked.
    checked_base: Option<Base>,
    deletion_report: Inquiry,
    faults: VecDeque<Timestamp>,
    /// People whose socket broke a rate, and when.
    breaches: BTreeMap<String, Timestamp>,
    alarm: Option<Timestamp>,
    next_request: u64,
    metrics: Metrics,
    told_nearly_full: bool,
}

/// Where the room is in its life.
enum Phase {
    /// Nothing was read yet.
    Asleep,
    /// The object's storage is empty: the host is asked what it holds.
    Restoring(Inquiry),
    /// The document can be used.
    Open,
    /// The case was deleted.
    Deleted,
    /// The object's storage cannot be read. Never treated as empty.
    Unreadable,
}

/// The document in memory.
enum Cache {
    Absent,
    /// Asked for in the effects of this event.
    Loading,
    Loaded(Box<Document>),
}

/// A question to the host that is repeated until it is answered.
#[derive(Debug, Default)]
struct Inquiry {
    due: Option<Timestamp>,
    in_flight: Option<InFlight>,
    backoff: Backoff,
}

/// The answer to an archive that the store merged.
struct Union {
    base: Base,
    bytes: Vec<u8>,
    sent_seq: u64,
}

impl Room {
    /// A room that knows nothing yet; `Event::Woken` comes first.
    pub fn new(config: Config) -> Room {
        let debounce = Debounce {
            quiet_ms: config.archive_quiet_ms,
            max_ms: config.archive_max_ms,
        };
        Room {
            phase: Phase::Asleep,
            entropy: 0,
            meta: Meta::new(0),
            is_stored: false,
            seq: 0,
            journal_rows: 0,
            journal_bytes: 0,
            last_editor: None,
            document: Cache::Absent,
            sessions: BTreeMap::new(),
            presence: Presence::default(),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            archiving: Archiving::new(debounce),
            union: None,
            check: Inquiry::default(),
            checked_base: None,
            deletion_report: Inquiry::default(),
            faults: VecDeque::new(),
            breaches: BTreeMap::new(),
            alarm: None,
            next_request: 0,
            metrics: Metrics::default(),
            told_nearly_full: false,
        }
    }

    /// Tells the room what happened and takes its orders, which must be carried out in order and in full before the
    /// next event. Cannot fail: a peer's fault closes that peer, the world's fault is retried, and a fault of our
    /// own drops the document in memory.
    pub fn handle(&mut self, now: Timestamp, event: Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        match event {
            Event::Woken {
                stored,
                sessions,
                entropy,
                interrupted,
            } => {
                self.woken(now, stored, sessions, entropy, interrupted, &mut effects);
            }
            Event::DocumentLoaded { snapshot, journal } => {
                self.document_loaded(now, snapshot, &journal, &mut effects);
            }
            Event::StorageFailed { reason } => self.storage_failed(now, reason, &mut effects),
            Event::RestoreFinished { request, outcome } => {
                self.restore_finished(now, request, outcome, &mut effects);
            }
            Event::SessionOpened {
                session,
                user,
                protocol,
            } => {
                self.session_opened(now, session, user, protocol, &mut effects);
            }
            Event::FrameReceived { session, frame } => {
                self.frame_received(now, session, frame, &mut effects)
            }
            Event::TextReceived { session } => {
                self.refuse(
                    session,
                    Close::new(close::MALFORMED, "text messages are not spoken here"),
                    &mut effects,
                );
            }
            Event::SessionClosed { session } => self.forget(now, session),
            Event::DeadlineReached { by_alarm } => {
                if by_alarm {
                    self.alarm = None;
                }
            }
            Event::ArchiveFinished { request, outcome } => {
                self.archive_finished(now, request, outcome, &mut effects);
            }
            Event::CheckFinished { request, outcome } => {
                self.check_finished(now, request, outcome, &mut effects);
            }
            Event::CheckOrdered => self.check_ordered(now),
            Event::DeletionOrdered => self.delete(&mut effects),
            Event::DeletionReported { request, confirmed } => {
                self.deletion_reported(now, request, confirmed, &mut effects);
            }
        }
        self.advance(now, &mut effects);
        self.store_alarm(now, &mut effects);
        effects
    }

    /// When the room wants to be called again. Any event can change the answer.
    pub fn next_deadline(&self, now: Timestamp) -> Deadlines {
        Deadlines {
            alarm: self.next_alarm(now),
            timer: self.next_timer(),
        }
    }

    /// What an operator, or a page that waits, may know.
    pub fn status(&self) -> Status {
        Status {
            state: match &self.phase {
                Phase::Asleep => "asleep",
                Phase::Restoring(_) => "restoring",
                Phase::Open => "open",
                Phase::Deleted => "deleted",
                Phase::Unreadable => "unreadable",
            },
            store_failures: match &self.phase {
                Phase::Restoring(inquiry) => inquiry.backoff.failures(),
                Phase::Asleep | Phase::Open | Phase::Deleted | Phase::Unreadable => {
                    self.archiving.backoff.failures()
                }
            },
            sessions: self.sessions.len(),
            waiting_bytes: self.waiting_bytes,
            seq: self.seq,
            archived_seq: self.meta.archived_seq,
            is_dirty: self.is_dirty(),
        }
    }

    /// What was counted since the last call.
    pub fn take_metrics(&mut self, now: Timestamp) -> Metrics {
        let mut taken = std::mem::take(&mut self.metrics);
        taken.dirty_age_ms = if self.is_dirty() {
            self.archiving.dirty_age_ms(now)
        } else {
            0
        };
        taken
    }

    /// Whether the store may lack something that the journal holds: a comparison of numbers, never a flag.
    fn is_dirty(&self) -> bool {
        matches!(self.phase, Phase::Open)
            && self.is_stored
            && self.meta.archived_seq != Some(self.seq)
    }

    /// Does everything that is due: what an event made possible, and what time made necessary.
    fn advance(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        match self.phase {
            Phase::Asleep | Phase::Unreadable => return,
            Phase::Deleted => {
                self.advance_check(now, effects);
                self.advance_deletion_report(now, effects);
                return;
            }
            Phase::Restoring(_) => self.advance_restore(now, effects),
            Phase::Open => {
                self.advance_document(now, effects);
                self.advance_check(now, effects);
            }
        }
        self.advance_presence(now, effects);
        if self.sessions.is_empty() {
            self.presence.clear();
            if matches!(self.document, Cache::Loaded(_)) && !self.needs_document(now) {
                self.document = Cache::Absent;
            }
        }
    }

    fn advance_document(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self
            .archiving
            .in_flight
            .is_some_and(|(in_flight, _)| in_flight.lost_at() <= now)
        {
            self.archiving.failed(now);
        }
        if matches!(self.document, Cache::Loaded(_)) {
            self.merge_union(now, effects);
            self.greet(now, effects);
            self.take_waiting(now, effects);
            self.compact(effects);
            self.archive(now, effects);
        }
        if matches!(self.document, Cache::Absent) && self.needs_document(now) {
            self.document = Cache::Loading;
            effects.push(Effect::LoadDocument);
        }
    }

    fn needs_document(&self, now: Timestamp) -> bool {
        self.union.is_some()
            || !self.waiting.is_empty()
            || self.archive_is_due(now)
            || self
                .sessions
                .values()
                .any(|session| match session.greeting {
                    Greeting::Due => true,
                    Greeting::DueAt(at) => at <= now,
                    Greeting::OnceLoaded { .. } | Greeting::Done => false,
                })
    }

    fn archive_is_due(&self, now: Timestamp) -> bool {
        self.is_dirty()
            && self.archiving.in_flight.is_none()
            && self.archiving.due(now, !self.sessions.is_empty()) <= now
    }

    /// Appends one update to the journal and shows it to everybody but its author, in this order.
    fn journal(
        &mut self,
        now: Timestamp,
        author: Option<SessionId>,
        editor: Option<String>,
        update: Vec<u8>,
        effects: &mut Vec<Effect>,
    ) {
        self.seq += 1;
        self.journal_rows += 1;
        self.journal_bytes += update.len() as u64;
        self.last_editor = editor.or(self.last_editor.take());
        self.archiving.edited(now);
        if !self.is_stored {
            self.is_stored = true;
            effects.push(Effect::WriteMeta {
                meta: self.meta.write(),
            });
        }
        let frame = crate::wire::update(&update);
        let editor = self.last_editor.clone().unwrap_or_default();
        effects.push(Effect::AppendToJournal {
            seq: self.seq,
            update,
            editor,
        });
        let readers: Vec<SessionId> = self
            .sessions
            .keys()
            .copied()
            .filter(|session| Some(*session) != author)
            .collect();
        self.broadcast(now, readers, frame, effects);
    }

    /// Replaces a long journal by a snapshot, once the snapshot is known to be the document.
    fn compact(&mut self, effects: &mut Vec<Effect>) {
        if self.journal_rows <= JOURNAL_ROWS_MAX && self.journal_bytes <= JOURNAL_BYTES_MAX {
            return;
        }
        let Cache::Loaded(document) = &self.document else {
            return;
        };
        let snapshot = document.encode();
        if !document.equals(&snapshot) {
            // The journal stays: it is what the document was made from.
            let reason = "the encoded document does not decode to itself".to_owned();
            effects.push(Effect::Report(Notice::Fault { reason }));
            self.journal_rows = 0;
            self.journal_bytes = 0;
            return;
        }
        self.meta.snapshot_seq = self.seq;
        self.meta.snapshot_editor.clone_from(&self.last_editor);
        self.journal_rows = 0;
        self.journal_bytes = 0;
        effects.push(Effect::ReplaceSnapshot {
            seq: self.seq,
            snapshot,
            meta: self.meta.write(),
        });
    }

    /// Counts a failure of the room; the second one within a minute leaves it to readers for a while.
    fn count_fault(&mut self, now: Timestamp) {
        self.metrics.faults += 1;
        self.faults.push_back(now);
        while self.faults.len() > 8 {
            self.faults.pop_front();
        }
    }

    fn recent_faults(&self, now: Timestamp) -> usize {
        self.faults
            .iter()
            .filter(|at| now.millis_since(**at) < FAULT_WINDOW_MS)
            .count()
    }

    fn is_degraded(&self, now: Timestamp) -> bool {
        self.recent_faults(now) >= 2
    }

    fn draw_request(&mut self) -> RequestId {
        self.next_request += 1;
        RequestId(self.next_request)
    }

    fn next_alarm(&self, now: Timestamp) -> Option<Timestamp> {
        let connected = !self.sessions.is_empty();
        let archive = self.is_dirty().then(|| self.archiving.due(now, connected));
        let restore = match &self.phase {
            Phase::Restoring(inquiry) if connected => inquiry.next(connected),
            Phase::Restoring(_)
            | Phase::Asleep
            | Phase::Open
            | Phase::Deleted
            | Phase::Unreadable => None,
        };
        let check = self
            .may_check()
            .then(|| self.check.next(connected))
            .flatten();
        let report = self.deletion_report.next(false);
        let keepalive = self.next_keepalive();
        [archive, restore, check, report, keepalive]
            .into_iter()
            .flatten()
            .min()
    }

    fn next_timer(&self) -> Option<Timestamp> {
        let greeting = self
            .sessions
            .values()
            .filter_map(|session| match session.greeting {
                Greeting::DueAt(at) => Some(at),
                Greeting::Due | Greeting::OnceLoaded { .. } | Greeting::Done => None,
            });
        greeting
            .chain(self.presence.next_tick(self.sessions.len()))
            .min()
    }

    /// Orders the alarm, first in the list so that it is stored with what made it necessary. One that is stored and
    /// not later will do: it fires, and the room looks again.
    fn store_alarm(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let Some(at) = self.next_alarm(now) else {
            return;
        };
        if self
            .alarm
            .is_some_and(|stored| stored <= at && stored > now)
        {
            return;
        }
        // What is due already but waits for something else is looked at again soon, not at once.
        let at = at.max(now + 100);
        self.alarm = Some(at);
        effects.insert(0, Effect::SetAlarm { at });
    }
}

impl Inquiry {
    fn due_at(at: Timestamp) -> Inquiry {
        Inquiry {
            due: Some(at),
            ..Inquiry::default()
        }
    }

    /// When something is to be done: ask, or give up what is in flight.
    fn next(&self, connected: bool) -> Option<Timestamp> {
        if let Some(in_flight) = self.in_flight {
            return Some(in_flight.lost_at());
        }
        self.due.map(|due| {
            self.backoff
                .retry_at(connected)
                .map_or(due, |retry| retry.max(due))
        })
    }

    /// Whether to ask now; gives up a request that was lost.
    fn is_due(&mut self, now: Timestamp, connected: bool) -> bool {
        if self
            .in_flight
            .is_some_and(|in_flight| in_flight.lost_at() <= now)
        {
            self.failed(now);
        }
        self.in_flight.is_none() && self.next(connected).is_some_and(|at| at <= now)
    }

    fn sent(&mut self, now: Timestamp, request: RequestId) {
        self.in_flight = Some(InFlight {
            request,
            sent_at: now,
        });
    }

    /// Takes the answer to a request; `false` if nobody waits for it.
    fn answered(&mut self, request: RequestId) -> bool {
        let expected = self
            .in_flight
            .is_some_and(|in_flight| in_flight.request == request);
        if expected {
            self.in_flight = None;
        }
        expected
    }

    fn failed(&mut self, now: Timestamp) {
        self.in_flight = None;
        self.backoff.failed(now);
    }

    fn done(&mut self, next: Option<Timestamp>) {
        self.in_flight = None;
        self.backoff.succeeded();
        self.due = next;
    }
}
