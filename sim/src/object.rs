//! A Durable Object: storage that outlives its memory, and the shell that carries the room's orders out, in order and in
//! full.
//!
//! The platform as it is relied on: the writes of one synchronous stretch commit together or not at all, and a message
//! leaves only once the writes in front of it are durable.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    rc::Rc,
};

use room::{
    Authority, Config, Effect, Event, Notice, OutgoingSnapshot, Proof, Protocol, RequestId, Room,
    SessionId, SessionRecord, Status, Timestamp, glossator::Announcement,
};

use crate::{
    grants::{Token, Tokens},
    noted::Noted,
    storage::Storage,
    witness::{Append, Witness},
};

/// Pause in editing, and the longest wait for one, before a document is archived.
pub(crate) const QUIET_MS: u64 = 5_000;
const MAX_MS: u64 = 15_000;
/// When the world begins, by the clock of the edge.
const CLOCK_START: u64 = 1_800_000_000_000;

/// What a store or a host does when it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Break {
    /// The order was carried out all the same.
    pub(crate) persist: bool,
}

/// When a life in memory ends during a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crash {
    /// Its writes are undone.
    BeforeCommit,
    /// Its writes are durable, and nothing that waited for them has left.
    AfterCommit,
}

/// What shall go wrong in one stretch.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Trouble {
    pub(crate) crash: Option<Crash>,
    /// After so many storage effects, one fails.
    pub(crate) write: Option<(u32, Break)>,
    pub(crate) read: bool,
}

/// A question to the host.
#[derive(Clone, Debug)]
pub(crate) enum Question {
    Restore,
    Archive(OutgoingSnapshot),
    Check,
    Delete,
    Ruling,
}

/// What a stretch wants of the world.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    /// Frames with their addressees; `true`: no write was in front of it.
    pub(crate) frames: Vec<(Vec<SessionId>, Rc<[u8]>, bool)>,
    pub(crate) closes: Vec<(SessionId, u16)>,
    pub(crate) questions: Vec<(RequestId, Question)>,
    pub(crate) notices: Vec<Notice>,
    /// What the journal was given.
    pub(crate) appended: Vec<Append>,
    /// Tickets that open sockets have shown.
    pub(crate) renewed: Vec<(SessionId, Authority)>,
    /// The storage failed.
    pub(crate) has_failed: bool,
    /// What really went wrong.
    pub(crate) happened: Vec<&'static str>,
    pub(crate) wrote: bool,
    pub(crate) stored: u32,
}

/// One object with its memory.
pub(crate) struct Object {
    pub(crate) case: usize,
    pub(crate) storage: Storage,
    room: Option<Room>,
    make: Rc<dyn Fn(Config) -> Room>,
    /// Counts lives in memory: what belongs to an earlier one comes too late.
    pub(crate) life: u64,
    /// Open sockets, and what their attachments keep.
    pub(crate) sockets: BTreeMap<SessionId, Option<SessionRecord>>,
    /// When the runtime answered a ping of each socket.
    pub(crate) pings: BTreeMap<SessionId, u64>,
    pub(crate) interrupted: bool,
    pub(crate) timer: Option<u64>,
    pub(crate) awaiting: BTreeSet<RequestId>,
    pub(crate) storage_failed_at: Option<u64>,
    pub(crate) memory_lost_at: u64,
    pub(crate) witness: Witness,
    noted: Noted,
    /// What the host has given out, as its signatures prove it.
    tokens: Tokens,
    resumes: u64,
}

impl Object {
    pub(crate) fn new(
        case: usize,
        make: Rc<dyn Fn(Config) -> Room>,
        witness: Witness,
        tokens: Tokens,
    ) -> Object {
        Object {
            case,
            storage: Storage::default(),
            room: None,
            make,
            life: 0,
            sockets: BTreeMap::new(),
            pings: BTreeMap::new(),
            interrupted: false,
            timer: None,
            awaiting: BTreeSet::new(),
            storage_failed_at: None,
            memory_lost_at: 0,
            witness,
            noted: Noted::default(),
            tokens,
            resumes: 0,
        }
    }

    pub(crate) fn status(&self) -> Option<Status> {
        self.room.as_ref().map(Room::status)
    }

    /// Whether the room says that nothing of these people is left.
    pub(crate) fn has_erased(&self, people: &BTreeSet<String>) -> bool {
        let room = self.room.as_ref();
        room.is_some_and(|room| room.has_erased(people))
    }

    /// As of when the room knows who may do what.
    pub(crate) fn ruling_as_of(&self) -> Option<Timestamp> {
        self.room.as_ref()?.ruling_as_of()
    }

    /// When the room wants its timer.
    pub(crate) fn wanted_timer(&self, now: u64) -> Option<u64> {
        self.room
            .as_ref()?
            .next_deadline(at_edge(now))
            .timer
            .map(in_world)
    }

    /// Ends this life in memory. Sockets are the caller's business.
    pub(crate) fn lose_memory(&mut self, now: u64) {
        self.room = None;
        self.noted = Noted::default();
        self.life += 1;
        self.timer = None;
        self.awaiting.clear();
        self.memory_lost_at = now;
    }

    /// Runs one synchronous stretch: wakes the room if need be, hands it the event, carries everything out.
    pub(crate) fn stretch(
        &mut self,
        now: u64,
        entropy: u64,
        event: Event,
        trouble: Trouble,
    ) -> Outgoing {
        let by_alarm = matches!(event, Event::DeadlineReached { by_alarm: true });
        let before = (trouble.crash == Some(Crash::BeforeCommit)).then(|| self.storage.clone());
        if by_alarm {
            self.storage.alarm = None;
        }
        let mut out = Outgoing::default();
        let mut trouble = trouble;
        let mut events = VecDeque::new();
        if self.room.is_none() {
            self.room = Some((self.make)(Config {
                archive_quiet_ms: QUIET_MS,
                archive_max_ms: MAX_MS,
                pace: room::Pace::InTicks,
            }));
            // A socket whose end wakes the object is among those that it finds.
            events.push_back(self.woken(entropy));
        }
        if let Event::SessionClosed { session } = &event {
            self.sockets.remove(session);
        }
        events.push_back(event);
        let mut failures = 0;
        while let Some(event) = events.pop_front() {
            failures += u32::from(matches!(event, Event::StorageFailed { .. }));
            let is_tick = matches!(event, Event::DeadlineReached { by_alarm: false });
            let Some(room) = &mut self.room else { break };
            let effects = room.handle(at_edge(now), event);
            let noted = self.noted.of(room, is_tick, &effects);
            out.happened.extend(noted);
            if failures <= 8 {
                self.carry_out(entropy, effects, &mut trouble, &mut events, &mut out);
            }
        }
        out.has_failed = failures > 0;
        if failures > 0 {
            self.storage_failed_at = Some(now);
        }
        self.crash(now, trouble.crash, before, by_alarm, &mut out);
        out
    }

    fn crash(
        &mut self,
        now: u64,
        crash: Option<Crash>,
        before: Option<Storage>,
        by_alarm: bool,
        out: &mut Outgoing,
    ) {
        let Some(crash) = crash else { return };
        if let Some(before) = before {
            self.storage = before;
            self.witness.forget();
        }
        if by_alarm {
            // A handler that did not end is run again.
            self.storage.alarm = Some(
                self.storage
                    .alarm
                    .unwrap_or(u64::MAX)
                    .min(now + 2_000)
                    .max(now + 1),
            );
        }
        out.happened.push(match crash {
            Crash::BeforeCommit => "crashes before a commit",
            Crash::AfterCommit => "crashes after a commit",
        });
        out.closes.clear();
        out.questions.clear();
    }

    fn woken(&mut self, entropy: u64) -> Event {
        let interrupted = std::mem::take(&mut self.interrupted);
        let sessions = self.sockets.values().flatten().cloned().collect();
        Event::Woken {
            stored: self.storage.read(),
            sessions,
            entropy,
            interrupted,
            kept: self.storage.kept.clone().into_iter().collect(),
        }
    }

    fn carry_out(
        &mut self,
        entropy: u64,
        effects: Vec<Effect>,
        trouble: &mut Trouble,
        events: &mut VecDeque<Event>,
        out: &mut Outgoing,
    ) {
        let mut owed = None;
        for effect in effects {
            match effect {
                Effect::SetAlarm { .. }
                | Effect::WriteMeta { .. }
                | Effect::AppendToJournal { .. }
                | Effect::ReplaceSnapshot { .. }
                | Effect::Keep { .. }
                | Effect::Forget { .. }
                | Effect::Wipe { .. } => {
                    if let Err(reason) = self.store(&effect, trouble, out) {
                        events.push_front(Event::StorageFailed {
                            reason: reason.to_owned(),
                        });
                        return;
                    }
                }
                Effect::LoadDocument | Effect::Reload => owed = Some(effect),
                Effect::SaveSession { record } => {
                    let session = record.session;
                    if let Some(kept) = self.sockets.get_mut(&session) {
                        *kept = Some(record);
                    }
                }
                Effect::Send { session, frame } => {
                    out.frames.push((vec![session], frame, !out.wrote))
                }
                Effect::Broadcast { sessions, frame } => {
                    out.frames.push((sessions, frame, !out.wrote))
                }
                Effect::CloseSession { session, code, .. } => {
                    self.sockets.remove(&session);
                    out.closes.push((session, code));
                }
                Effect::ReadPings { sessions } => {
                    let known = sessions.into_iter();
                    let heard = known
                        .map(|session| (session, self.pings.get(&session).copied().map(at_edge)))
                        .collect();
                    events.push_back(Event::PingsRead { heard });
                }
                Effect::VerifyTicket {
                    session,
                    user,
                    ticket,
                } => {
                    let authority = self.verify(&user, &ticket);
                    out.renewed
                        .extend(authority.clone().map(|shown| (session, shown)));
                    events.push_back(Event::TicketVerified { session, authority });
                }
                Effect::GiveResume { record } => {
                    let session = record.session;
                    if let Some(frame) = self.give_resume(record) {
                        out.frames.push((vec![session], frame.into(), !out.wrote));
                    }
                }
                Effect::AskRuling { request } => self.ask(request, Question::Ruling, out),
                Effect::Restore { request } => self.ask(request, Question::Restore, out),
                Effect::Archive { request, snapshot } => {
                    self.ask(request, Question::Archive(snapshot), out)
                }
                Effect::Check { request } => self.ask(request, Question::Check, out),
                Effect::ReportDeletion { request } => self.ask(request, Question::Delete, out),
                Effect::Report(notice) => out.notices.push(notice),
            }
        }
        match owed {
            Some(Effect::LoadDocument) => events.push_front(self.document(trouble, out)),
            Some(_) => {
                let woken = self.woken(entropy);
                events.push_front(without_sessions(woken));
            }
            None => {}
        }
    }

    fn verify(&self, user: &str, ticket: &str) -> Option<Authority> {
        let tokens = self.tokens.borrow();
        let token = tokens.get(ticket)?;
        (token.user == user && token.case == self.case).then(|| token.authority.clone())
    }

    /// A token that continues what a page has shown.
    fn give_resume(&mut self, record: SessionRecord) -> Option<Vec<u8>> {
        self.resumes += 1;
        let token = format!("resume-{}-{}", record.session.0, self.resumes);
        let authority = Authority {
            proof: Proof::Resume,
            ..record.authority?
        };
        let given = Token {
            case: self.case,
            user: record.user,
            authority,
        };
        self.tokens.borrow_mut().insert(token.clone(), given);
        Some(Announcement::Resume { token }.frame())
    }

    fn ask(&mut self, request: RequestId, question: Question, out: &mut Outgoing) {
        self.awaiting.insert(request);
        out.questions.push((request, question));
    }
}

/// A socket that opens.
pub(crate) fn opened(
    session: SessionId,
    user: String,
    protocol: Protocol,
    authority: Option<Authority>,
) -> Event {
    Event::SessionOpened {
        session,
        user,
        protocol,
        authority,
    }
}

/// A world's time as rooms are told it: some day.
pub(crate) fn at_edge(now: u64) -> Timestamp {
    Timestamp(CLOCK_START + now)
}

/// A room's time in the world.
pub(crate) fn in_world(at: Timestamp) -> u64 {
    at.0.saturating_sub(CLOCK_START)
}

/// A reload reads the record alone: the room has closed and forgotten its sockets.
fn without_sessions(mut woken: Event) -> Event {
    if let Event::Woken { sessions, .. } = &mut woken {
        sessions.clear();
    }
    woken
}
