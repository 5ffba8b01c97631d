//! A shell in memory: carries out effects as the Durable Object does, moves the clock, hibernates, kills, fails
//! storage; and asserts in every list what must hold in every list.

mod always;
mod carry_out;
mod store;

use std::collections::{BTreeMap, VecDeque};

use room::{
    Authority, Config, Effect, Event, Notice, OutgoingSnapshot, Pace, Protocol, RequestId, Room,
    SessionId, SessionRecord, Timestamp,
};

pub use self::store::{Fault, Store};
use crate::support::{Heard, heard};

pub const QUIET_MS: u64 = 5_000;
pub const LONGEST_MS: u64 = 15_000;
const START: Timestamp = Timestamp(1_800_000_000_000);

#[derive(Default)]
pub struct Shell {
    room: Option<Room>,
    pub now: Timestamp,
    pub store: Store,
    /// The attachments of open sockets.
    pub records: BTreeMap<SessionId, SessionRecord>,
    inboxes: BTreeMap<SessionId, Vec<Vec<u8>>>,
    pub closed: BTreeMap<SessionId, u16>,
    pub log: Vec<Effect>,
    pub notices: Vec<Notice>,
    /// Bytes of the fullest list so far, as they lie in memory.
    pub largest_list_bytes: usize,
    pub restores: Vec<RequestId>,
    pub archives: Vec<(RequestId, OutgoingSnapshot)>,
    pub checks: Vec<RequestId>,
    pub reports: Vec<RequestId>,
    /// When the runtime last answered a ping of a socket; of one that is not here it knows nothing.
    pub pings: BTreeMap<SessionId, Option<Timestamp>>,
    /// Tickets that were to be verified, and of whom; what each proves.
    pub tickets: BTreeMap<(String, String), Timestamp>,
    /// Who was to be given a resume token, and for what.
    pub resumes: Vec<SessionRecord>,
    /// Questions to the host who may do what.
    pub rulings: Vec<RequestId>,
    /// The number of the newest frame that each socket of `glossator.v1` sent.
    numbers: BTreeMap<SessionId, u64>,
    failing: Option<(Fault, usize)>,
    /// So many orders of that kind succeed before.
    spared: usize,
    archive_sent: Option<Timestamp>,
    next_session: u64,
    /// What the first life draws; each later one draws one more.
    pub draws: u64,
    lives: u64,
    /// The alarm that the room believes to be stored was refused.
    alarm_refused: bool,
    /// Whether edits that come in a row are taken together, as they are in use. Most rules speak of what one edit does.
    pace: Pace,
}

impl Shell {
    pub fn new() -> Shell {
        Shell::paced(Pace::OneByOne)
    }

    /// A shell whose room takes edits so.
    pub fn paced(pace: Pace) -> Shell {
        Shell {
            now: START,
            pace,
            // Not early with its archives.
            draws: 1_200 * (LONGEST_MS / 2 + 1),
            ..Shell::default()
        }
    }

    /// A room whose case was never stored, with these people in it.
    pub fn open_with(users: &[&str]) -> (Shell, Vec<SessionId>) {
        Shell::new().opened_with(users)
    }

    /// The same, for a shell that was made.
    pub fn opened_with(self, users: &[&str]) -> (Shell, Vec<SessionId>) {
        let mut shell = self;
        let sessions: Vec<SessionId> = users.iter().map(|user| shell.open(user)).collect();
        let request = shell
            .restores
            .pop()
            .expect("the room asks for the snapshot");
        shell.tell(Event::RestoreFinished {
            request,
            outcome: room::RestoreOutcome::NeverStored,
        });
        sessions.iter().for_each(|session| shell.ask(*session));
        // What the question cost of the rate is there again.
        shell.pass(10);
        shell.forget_traffic();
        (shell, sessions)
    }

    pub fn forget_traffic(&mut self) {
        self.log.clear();
        self.notices.clear();
        self.inboxes.values_mut().for_each(Vec::clear);
    }

    pub fn room(&mut self) -> &mut Room {
        self.wake();
        self.room.as_mut().expect("a woken object has a room")
    }

    pub fn state(&mut self) -> &'static str {
        self.room().status().state
    }

    pub fn is_dirty(&mut self) -> bool {
        self.room().status().is_dirty
    }

    /// A socket that the runtime has accepted.
    pub fn open(&mut self, user: &str) -> SessionId {
        self.open_as(user, Protocol::Stock)
    }

    /// The same, under an id that is drawn so.
    pub fn open_with_id(&mut self, id: SessionId) -> SessionId {
        self.next_session = id.0 - 1;
        self.open(&format!("user{}", id.0))
    }

    /// A socket of our own client.
    pub fn open_ours(&mut self, user: &str) -> SessionId {
        self.open_as(user, Protocol::Glossator)
    }

    fn open_as(&mut self, user: &str, protocol: Protocol) -> SessionId {
        self.open_with_authority(user, protocol, None)
    }

    /// A socket whose person has shown this.
    pub fn open_with_authority(
        &mut self,
        user: &str,
        protocol: Protocol,
        authority: Option<Authority>,
    ) -> SessionId {
        self.next_session += 1;
        let session = SessionId(self.next_session);
        self.wake();
        self.inboxes.insert(session, Vec::new());
        self.tell(Event::SessionOpened {
            session,
            user: user.to_owned(),
            protocol,
            authority,
        });
        session
    }

    /// Sends stock messages under the next number of this socket, and answers which that was.
    pub fn numbered(&mut self, session: SessionId, messages: &[u8]) -> u64 {
        let number = self.numbers.entry(session).or_default();
        *number += 1;
        let number = *number;
        self.frame(session, room::glossator::numbered(number, messages));
        number
    }

    /// What every stock client says first.
    pub fn ask(&mut self, session: SessionId) {
        self.frame(session, room::wire::sync_step1(&Default::default()));
    }

    /// A socket that ended from the other side. The runtime still lists it while its end is told.
    pub fn close(&mut self, session: SessionId) {
        self.wake();
        self.inboxes.remove(&session);
        self.records.remove(&session);
        self.tell(Event::SessionClosed { session });
    }

    pub fn frame(&mut self, session: SessionId, frame: Vec<u8>) {
        self.tell(Event::FrameReceived { session, frame });
    }

    /// What a socket was sent since the last look.
    pub fn take(&mut self, session: SessionId) -> Vec<Heard> {
        let frames = self
            .inboxes
            .get_mut(&session)
            .map(std::mem::take)
            .unwrap_or_default();
        frames.iter().flat_map(|frame| heard(frame)).collect()
    }

    /// How many frames a socket was sent since the last look.
    pub fn frames_for(&self, session: SessionId) -> usize {
        self.inboxes.get(&session).map_or(0, Vec::len)
    }

    /// The memory goes, the sockets stay.
    pub fn hibernate(&mut self) {
        self.room = None;
    }

    /// The process dies: memory, sockets and requests go, storage stays.
    pub fn kill(&mut self) {
        self.room = None;
        self.records.clear();
        self.inboxes.clear();
        self.restores.clear();
        self.archives.clear();
        self.checks.clear();
        self.reports.clear();
        self.archive_sent = None;
    }

    /// The next so many orders of this kind fail.
    pub fn fail(&mut self, fault: Fault, times: usize) {
        self.failing = Some((fault, times));
    }

    /// One order of this kind fails, once so many have succeeded.
    pub fn fail_after(&mut self, fault: Fault, spared: usize) {
        self.failing = Some((fault, 1));
        self.spared = spared;
    }

    pub fn wake(&mut self) {
        self.wake_after(false);
    }

    pub fn wake_after(&mut self, interrupted: bool) {
        if self.room.is_some() {
            return;
        }
        self.room = Some(Room::new(Config {
            archive_quiet_ms: QUIET_MS,
            archive_max_ms: LONGEST_MS,
            pace: self.pace,
        }));
        let woken = self.woken(self.records.values().cloned().collect(), interrupted);
        self.tell(woken);
    }

    fn woken(&mut self, sessions: Vec<SessionRecord>, interrupted: bool) -> Event {
        self.lives += 1;
        let stored = self.store.summary();
        Event::Woken {
            stored,
            sessions,
            entropy: self.draws + self.lives - 1,
            interrupted,
            kept: match self.store.is_unreadable {
                true => Vec::new(),
                false => self.store.kept.clone().into_iter().collect(),
            },
        }
    }

    /// Tells the room what happened and carries out what it orders, until nothing is owed.
    pub fn tell(&mut self, event: Event) {
        self.wake();
        let mut next = VecDeque::from([event]);
        let mut turns = 0;
        while let Some(event) = next.pop_front() {
            turns += 1;
            assert!(turns < 40, "the room and its storage go round in circles");
            let now = self.now;
            let room = self.room.as_mut().expect("woken above");
            let effects = room.handle(now, event);
            self.check_list(&effects);
            self.largest_list_bytes = self.largest_list_bytes.max(bytes_in(&effects));
            self.carry_out(effects, &mut next);
        }
        self.check_deadlines();
    }

    /// Lets time pass: alarms fire, and timers while the room is in memory.
    pub fn pass(&mut self, millis: u64) {
        let until = self.now + millis;
        let mut turns = 0;
        loop {
            let timer = self
                .room
                .as_ref()
                .and_then(|room| room.next_deadline(self.now).timer);
            let by_alarm = self
                .store
                .alarm
                .is_some_and(|at| timer.is_none_or(|timer| at <= timer));
            let Some(at) = [timer, self.store.alarm].into_iter().flatten().min() else {
                break;
            };
            if at > until {
                break;
            }
            turns += 1;
            assert!(
                turns as u64 <= 200 + millis / 10,
                "deadlines follow on each other too fast"
            );
            self.now = self.now.max(at);
            if by_alarm {
                self.store.alarm = None;
            }
            self.tell(Event::DeadlineReached { by_alarm });
        }
        self.now = until;
    }

    /// The same life in hibernation: the room is dropped whenever nothing but alarms moves it.
    pub fn sleep(&mut self, millis: u64) {
        let until = self.now + millis;
        while let Some(at) = self.store.alarm.filter(|at| *at <= until) {
            self.hibernate();
            self.now = self.now.max(at);
            self.store.alarm = None;
            self.tell(Event::DeadlineReached { by_alarm: true });
        }
        self.now = until;
        self.hibernate();
    }
}

fn bytes_in(effects: &[Effect]) -> usize {
    let bytes_of = |effect: &Effect| {
        if let Effect::Broadcast { sessions, frame } = effect {
            return frame.len() * sessions.len();
        }
        if let Effect::Send { frame, .. } = effect {
            return frame.len();
        }
        0
    };
    effects.iter().map(bytes_of).sum()
}
