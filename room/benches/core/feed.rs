//! A room that is fed: its events, its clock, and a store that only keeps what the room reads again.

use std::{collections::BTreeMap, hint::black_box};

use room::{
    ArchiveOutcome, Authority, Base, Config, Effect, Event, JournalSummary, Pace, Proof, Protocol,
    RestoreOutcome, Role, Room, Ruling, RulingOutcome, SessionId, Stored, Timestamp, decode, wire,
};
use yrs::{ReadTxn, Transact};

use crate::documents::{self, WRITTEN_MS};

/// A room and the time that it is there.
pub struct Feed {
    room: Room,
    now: Timestamp,
    sockets: u64,
    document: documents::Stored,
    meta: String,
    kept: BTreeMap<String, String>,
}

impl Feed {
    /// A room that was restored with this document; nobody is there but who caused it. It takes edits one by one.
    pub fn new(document: &documents::Stored) -> Feed {
        Feed::at_pace(document, Pace::OneByOne)
    }

    /// The same, which takes edits as it is told.
    pub fn at_pace(document: &documents::Stored, pace: Pace) -> Feed {
        let mut feed = Feed {
            room: new_room(pace),
            now: Timestamp(WRITTEN_MS),
            sockets: 0,
            document: document.clone(),
            meta: String::new(),
            kept: BTreeMap::new(),
        };
        feed.tell(feed.woken(Stored::Absent));
        feed.enter("irnerius", Role::Own);
        feed
    }

    /// The same room after a night, with so many updates in its journal. It was not read yet.
    pub fn asleep(document: &documents::Stored, updates: u64) -> Feed {
        let before = Feed::new(document);
        let mut feed = Feed {
            room: new_room(Pace::OneByOne),
            ..before
        };
        let snapshot_seq = Some(0);
        let journal = JournalSummary {
            rows: updates,
            bytes: updates * 60,
            snapshot_seq,
            last_seq: (updates > 0).then_some(updates),
            last_editor: None,
        };
        let meta = feed.meta.clone();
        feed.tell(feed.woken(Stored::Present { meta, journal }));
        feed
    }

    /// Somebody comes, with a token that lets them do this, and has what the room has.
    pub fn enter(&mut self, user: &str, role: Role) -> SessionId {
        let session = self.open(user, role);
        let has = documents::open(&self.document).transact().state_vector();
        let has: decode::StateVector = has.iter().map(|(id, clock)| (id.get(), *clock)).collect();
        self.tell(frame(session, wire::sync_step1(&has)));
        session
    }

    /// The same with many readers, who need not be told what the room has.
    pub fn enter_readers(&mut self, readers: u64) {
        let has = documents::open(&self.document).transact().state_vector();
        let has: decode::StateVector = has.iter().map(|(id, clock)| (id.get(), *clock)).collect();
        for number in 0..readers {
            let session = self.open(&format!("reader {number}"), Role::Read);
            self.tell(frame(session, wire::sync_step1(&has)));
        }
    }

    /// Somebody comes, and has said nothing yet.
    pub fn open(&mut self, user: &str, role: Role) -> SessionId {
        let opened = self.opening(user, role);
        let session = SessionId(self.sockets);
        self.tell(opened);
        session
    }

    /// The event that is told when somebody comes.
    pub fn opening(&mut self, user: &str, role: Role) -> Event {
        self.sockets += 1;
        Event::SessionOpened {
            session: SessionId(self.sockets),
            user: user.to_owned(),
            protocol: Protocol::Stock,
            authority: Some(Authority {
                proof: Proof::Client {
                    id: user.to_owned(),
                },
                role,
                name: user.to_owned(),
                origin: None,
                region: None,
                granted_at: Timestamp(WRITTEN_MS),
                until: self.now + 24 * 60 * 60 * 1_000,
            }),
        }
    }

    /// Tells an event as the shell does: carries out what the room orders, and asks it when it wants to be called.
    pub fn tell(&mut self, event: Event) {
        for effect in self.room.handle(self.now, event) {
            self.carry_out(effect);
        }
        black_box(self.room.next_deadline(self.now));
    }

    /// Time passes in which nobody calls the room.
    pub fn wait(&mut self, millis: u64) {
        self.now = self.now + millis;
    }

    /// Time passes, and the room is called by its timer when it wants to be.
    pub fn pass(&mut self, millis: u64) {
        let until = self.now + millis;
        while let Some(at) = self.room.next_deadline(self.now).timer
            && at <= until
            && self.now < until
        {
            self.now = at.clamp(self.now + 1, until);
            self.tell(Event::DeadlineReached { by_alarm: false });
        }
        self.now = until;
    }

    fn woken(&self, stored: Stored) -> Event {
        let kept = self.kept.iter();
        Event::Woken {
            stored,
            sessions: Vec::new(),
            entropy: 7,
            interrupted: false,
            kept: kept
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::LoadDocument => {
                let document = self.document.clone();
                self.tell(Event::DocumentLoaded {
                    snapshot: Some(document.snapshot),
                    journal: Vec::new(),
                    attributions: vec![document.attribution],
                });
            }
            Effect::Restore { request } => {
                let document = self.document.clone();
                let outcome = RestoreOutcome::Found {
                    base: base(),
                    snapshot: document.snapshot,
                    attribution: Some(document.attribution),
                };
                self.tell(Event::RestoreFinished { request, outcome });
            }
            Effect::AskRuling { request } => {
                let outcome = RulingOutcome::Told(Ruling {
                    as_of: self.now,
                    ..Ruling::default()
                });
                self.tell(Event::RulingAnswered { request, outcome });
            }
            Effect::Archive { request, .. } => {
                let outcome = ArchiveOutcome::Stored {
                    base: base(),
                    union: None,
                };
                self.tell(Event::ArchiveFinished { request, outcome });
            }
            Effect::WriteMeta { meta } | Effect::ReplaceSnapshot { meta, .. } => self.meta = meta,
            Effect::Keep { key, value } => {
                self.kept.insert(key, value);
            }
            Effect::CloseSession { reason, .. } => panic!("somebody was sent away: {reason}"),
            Effect::Report(notice) => panic!("something went wrong: {notice:?}"),
            other @ (Effect::SetAlarm { .. }
            | Effect::AppendToJournal { .. }
            | Effect::Forget { .. }
            | Effect::Wipe { .. }
            | Effect::Reload
            | Effect::SaveSession { .. }
            | Effect::Send { .. }
            | Effect::Broadcast { .. }
            | Effect::ReadPings { .. }
            | Effect::VerifyTicket { .. }
            | Effect::GiveResume { .. }
            | Effect::Check { .. }
            | Effect::ReportDeletion { .. }) => {
                black_box(other);
            }
        }
    }
}

/// A frame that comes from somebody.
pub fn frame(session: SessionId, frame: Vec<u8>) -> Event {
    Event::FrameReceived { session, frame }
}

fn new_room(pace: Pace) -> Room {
    Room::new(Config {
        archive_quiet_ms: 5_000,
        archive_max_ms: 15_000,
        pace,
    })
}

fn base() -> Base {
    Base {
        generation: "first".to_owned(),
        version: 1,
        sha256: "0".repeat(64),
    }
}
