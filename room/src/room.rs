//! The room itself: what it remembers, its one door, and what it does next (SPEC sections 1 and 2).

mod answers;
mod authority;
mod authorship;
mod bindings;
mod comparison;
mod crowd;
mod deadlines;
mod deletion;
mod erasure;
mod faults;
mod frames;
mod glossator;
mod host;
mod inquiry;
mod journal;
mod judging;
mod kept;
mod lifecycle;
mod merging;
mod people;
mod readopt;
mod refusals;
mod report;
mod rulings;
mod sessions;
mod silence;
mod summing;
mod tick;
mod updates;
mod waiting;

use std::collections::{BTreeMap, VecDeque};

use crate::{
    archive::{Archiving, Backoff, Debounce},
    close::{self, Close},
    config::{Config, Deadlines, Pace},
    document::{self, Document},
    effect::Effect,
    event::{Base, Event, RequestId, RestoreOutcome, Stored, StoredUnion},
    meta::Meta,
    metrics::Metrics,
    mutation::Planted,
    presence::Presence,
    session::{SessionId, SessionRecord},
    time::Timestamp,
};

use self::{
    answers::Turn,
    erasure::Erased,
    glossator::Announced,
    inquiry::Inquiry,
    kept::{Persons, Rule},
    people::Newcomer,
    sessions::Sessions,
    tick::Tick,
};

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
    /// What was noted of the stored snapshot, as it is kept.
    summary: Option<String>,
    /// Stored bytes turned out to be no document: they are not believed again before one was built of them.
    is_built_at_once: bool,
    sessions: Sessions,
    presence: Presence,
    /// Frames that need the document, in order of arrival.
    waiting: VecDeque<(SessionId, Vec<u8>)>,
    waiting_bytes: usize,
    pace: Pace,
    tick: Tick,
    /// How often the document has changed in this life: by it one knows whether a question would be the same.
    changes: u64,
    /// Sockets that have ended while updates of theirs wait.
    leaving: BTreeMap<SessionId, SessionRecord>,
    /// How much was said of late to those who ask.
    turn: Turn,
    /// How many have asked in this life.
    questions: u64,
    archiving: Archiving,
    /// What the store holds beyond what was sent, until the document can take it.
    union: Option<Union>,
    check: Inquiry,
    /// What the room built on when it last asked.
    checked_base: Option<Base>,
    /// When the store was last compared, to within `CHECK_EVERY_MS`.
    compared_at: Timestamp,
    /// The question to the host that a wake causes waits for somebody to do something.
    is_comparison_put_off: bool,
    deletion_report: Inquiry,
    /// When the newest failures were.
    faults: VecDeque<Timestamp>,
    /// Until when edits are turned away.
    degraded_until: Option<Timestamp>,
    /// The pauses between attempts to read an unreadable storage.
    rereading: Backoff,
    /// The pauses between attempts to compact.
    compaction: Backoff,
    /// When the journal was last replaced.
    compacted_at: Timestamp,
    /// The last list orders a compaction.
    is_compacting: bool,
    /// The last list orders an archive: after all storage effects, so that a failure of one keeps it from leaving.
    is_archive_new: bool,
    /// The closes of the last list: they are ordered again if it was not carried out.
    closing: Vec<(SessionId, Close)>,
    /// People whose socket broke a rate, and when.
    breaches: BTreeMap<String, Timestamp>,
    /// What each person has used up.
    persons: Persons,
    /// What the host has said of authorities, and the question for it.
    rule: Rule,
    ruling: Inquiry,
    /// Somebody was turned away because it is not known what the host has said.
    is_ruling_wanted: bool,
    /// What the host said that it holds, until it has said who may have it.
    held_restore: Option<(RequestId, RestoreOutcome)>,
    /// Whose traces the host has had taken out.
    erased: Erased,
    alarm: Option<Timestamp>,
    /// Before this moment no socket has been sent nothing for too long.
    keepalive_at: Option<Timestamp>,
    /// When it is to be asked which sockets of `glossator.v1` have fallen silent.
    sweep_at: Option<Timestamp>,
    announced: Announced,
    is_nearly_full: bool,
    /// The last archive failed.
    is_host_failing: bool,
    next_request: u64,
    metrics: Metrics,
    told_nearly_full: bool,
    planted: Planted,
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

/// The answer to an archive that the store merged.
struct Union {
    base: Base,
    stored: StoredUnion,
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
            summary: None,
            is_built_at_once: false,
            sessions: Sessions::default(),
            presence: Presence::default(),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            pace: config.pace,
            tick: Tick::default(),
            changes: 0,
            leaving: BTreeMap::new(),
            turn: Turn::default(),
            questions: 0,
            archiving: Archiving::new(debounce),
            union: None,
            check: Inquiry::default(),
            checked_base: None,
            compared_at: Timestamp::default(),
            is_comparison_put_off: false,
            deletion_report: Inquiry::default(),
            faults: VecDeque::new(),
            degraded_until: None,
            rereading: Backoff::default(),
            compaction: Backoff::default(),
            compacted_at: Timestamp::default(),
            is_compacting: false,
            is_archive_new: false,
            closing: Vec::new(),
            breaches: BTreeMap::new(),
            persons: Persons::default(),
            rule: Rule::default(),
            ruling: Inquiry::default(),
            is_ruling_wanted: false,
            held_restore: None,
            erased: Erased::default(),
            alarm: None,
            keepalive_at: None,
            sweep_at: None,
            announced: Announced::default(),
            is_nearly_full: false,
            is_host_failing: false,
            next_request: 0,
            metrics: Metrics::default(),
            told_nearly_full: false,
            planted: Planted::default(),
        }
    }

    /// A room with a bug, to test what is meant to find it.
    #[cfg(feature = "mutations")]
    pub fn with_mutation(config: Config, mutation: crate::Mutation) -> Room {
        Room {
            planted: Planted::one(mutation),
            ..Room::new(config)
        }
    }

    /// Tells the room what happened and takes its orders, which must be carried out in order and in full before the
    /// next event. Cannot fail: a peer's fault closes that peer, the world's fault is retried, and a fault of our
    /// own drops the document in memory.
    pub fn handle(&mut self, now: Timestamp, event: Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        if !matches!(event, Event::StorageFailed { .. }) {
            self.list_was_carried_out();
        }
        // Whose authority has ended is neither heard nor told anything any more, be its alarm late or not.
        self.advance_authority(now, &mut effects);
        if event.is_somebodys() {
            self.compare_at_last(now);
        }
        match event {
            Event::Woken {
                stored,
                sessions,
                entropy,
                interrupted,
                kept,
            } => {
                let stored = match self.recall(kept) {
                    Ok(()) => stored,
                    Err(error) => Stored::Unreadable {
                        reason: format!("what was kept is not readable: {error}"),
                    },
                };
                self.woken(now, stored, sessions, entropy, interrupted, &mut effects);
            }
            Event::DocumentLoaded {
                snapshot,
                journal,
                attributions,
            } => {
                let stored = document::Stored {
                    client_id: self.entropy,
                    snapshot,
                    journal,
                };
                self.document_loaded(now, stored, &attributions, &mut effects);
            }
            Event::StorageFailed { reason } => self.storage_failed(now, reason, &mut effects),
            Event::RestoreFinished { request, outcome } => {
                self.restore_finished(now, request, outcome, &mut effects);
            }
            Event::SessionOpened {
                session,
                user,
                protocol,
                authority,
            } => {
                let newcomer = Newcomer {
                    session,
                    user,
                    protocol,
                    authority,
                };
                self.session_opened(now, newcomer, &mut effects);
            }
            Event::FrameReceived { session, frame } => {
                self.frame_received(now, session, frame, &mut effects)
            }
            Event::TextReceived { session } => {
                self.end_tick(now, &mut effects);
                self.refuse(
                    now,
                    session,
                    Close::new(close::MALFORMED, "text messages are not spoken here"),
                    &mut effects,
                );
            }
            Event::PingsRead { heard } => self.pings_read(now, heard, &mut effects),
            Event::TicketVerified { session, authority } => {
                self.ticket_verified(now, session, authority, &mut effects);
            }
            Event::RulingTold { ruling } => self.ruled(now, ruling, &mut effects),
            Event::RulingAnswered { request, outcome } => {
                self.ruling_answered(now, request, outcome, &mut effects);
            }
            Event::SessionClosed { session } => self.forget(now, session, &mut effects),
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
            Event::ErasureOrdered { people } => self.erasure_ordered(now, people, &mut effects),
            Event::DeletionReported { request, confirmed } => {
                self.deletion_reported(now, request, confirmed, &mut effects);
            }
        }
        self.advance(now, &mut effects);
        self.store_alarm(now, &mut effects);
        self.closing = faults::closes_in(&effects);
        effects
    }

    fn list_was_carried_out(&mut self) {
        if std::mem::take(&mut self.is_compacting) {
            self.compaction.succeeded();
        }
        self.is_archive_new = false;
    }

    /// When the room wants to be called again. Any event can change the answer.
    pub fn next_deadline(&self, now: Timestamp) -> Deadlines {
        Deadlines {
            alarm: self.next_alarm(now),
            timer: self.next_timer(),
        }
    }

    /// Whether the store may lack something that the journal holds: a comparison of numbers, never a flag.
    fn is_dirty(&self) -> bool {
        let holds_something = self.seq > 0 || self.meta.snapshot_seq.is_some();
        matches!(self.phase, Phase::Open)
            && self.is_stored
            && holds_something
            && self.meta.archived_seq != Some(self.seq)
    }

    /// Does everything that is due: what an event made possible, and what time made necessary.
    fn advance(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        match self.phase {
            Phase::Asleep => return,
            Phase::Unreadable => return self.advance_rereading(now, effects),
            Phase::Deleted => {
                self.advance_check(now, effects);
                self.advance_deletion_report(now, effects);
                return;
            }
            Phase::Restoring(_) => self.advance_restore(now, effects),
            Phase::Open => {
                self.announce(now, effects);
                self.advance_document(now, effects);
                self.advance_check(now, effects);
            }
        }
        self.advance_presence(now, effects);
        self.advance_sweep(now, effects);
        self.advance_ruling(now, effects);
        self.announce(now, effects);
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
            self.archive_failed(now, "no answer came".to_owned(), effects);
        }
        if matches!(self.document, Cache::Loaded(_)) {
            self.merge_union(now, effects);
            self.advance_erasure(now, effects);
            self.greet(now, effects);
            self.advance_tick(now, effects);
            self.answer_questions(now, effects);
            self.compact(now, effects);
            self.archive(now, effects);
        }
        let is_open = matches!(self.phase, Phase::Open);
        if is_open && matches!(self.document, Cache::Absent) && self.needs_document(now) {
            self.document = Cache::Loading;
            effects.push(Effect::LoadDocument);
        }
    }

    fn needs_document(&self, now: Timestamp) -> bool {
        self.union.is_some()
            || self.is_erasure_due()
            || !self.waiting.is_empty()
            || self.archive_is_due(now)
            || self.sessions.is_greeting_due(now)
    }

    fn archive_is_due(&self, now: Timestamp) -> bool {
        self.is_dirty()
            && self.archiving.in_flight.is_none()
            && self.archiving.due(now, !self.sessions.is_empty()) <= now
    }

    /// Whether anybody would see the document, or wrote something that it must take, or is to be taken out of it.
    fn is_awaited(&self) -> bool {
        !self.sessions.is_empty() || !self.waiting.is_empty() || self.is_erasure_due()
    }

    fn draw_request(&mut self) -> RequestId {
        self.next_request += 1;
        RequestId(self.next_request)
    }
}
