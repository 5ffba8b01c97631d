//! A class in its room: what the students' pages send, and what the shell would do with the room's orders.

use std::collections::BTreeMap;

use room::{
    ArchiveOutcome, Authority, Base, Config, Effect, Event, Proof, Protocol, RestoreOutcome, Role,
    Room, Ruling, RulingOutcome, SessionId, Timestamp, decode::PresenceEntry, wire,
};
use yrs::{Any, ClientID, Doc, Map, MapPrelim, Options, Transact, WriteTxn};

use crate::hour::{ARCHIVE_MS, BEGINS, BELL_MS, Counts, HOUR_MS, Happens, PING_EVERY_MS};

/// How a frame with a number begins, as `room/SPEC.md` has it.
const NUMBERED: u64 = 110;
/// A row of the journal holds at most so much.
const ROW_BYTES: usize = 1024 * 1024;

/// A room, and what its shell would have done.
pub struct Class {
    room: Room,
    now: Timestamp,
    alarm: Option<Timestamp>,
    journal: Vec<Stored>,
    snapshot: Option<Stored>,
    answer_at: Option<(Timestamp, Event)>,
    students: Vec<Student>,
    pub counts: Counts,
}

/// An update or a whole document, and who wrote what of it.
struct Stored {
    update: Vec<u8>,
    attribution: Vec<u8>,
}

impl Stored {
    fn bytes(&self) -> usize {
        self.update.len() + self.attribution.len()
    }

    fn rows(&self) -> u64 {
        self.bytes().div_ceil(ROW_BYTES) as u64
    }
}

/// One page.
struct Student {
    name: String,
    doc: Doc,
    frames: u64,
    moves: u32,
    things: u64,
}

impl Class {
    pub fn new(students: u64) -> Class {
        let student = |number: u64| Student {
            name: format!("student-{number:08}-0000-4000-8000"),
            doc: Doc::with_options(Options {
                client_id: ClientID::new(1_000_000_000 + number),
                ..Options::default()
            }),
            frames: 0,
            moves: 0,
            things: 0,
        };
        let mut class = Class {
            room: Room::new(Config {
                archive_quiet_ms: 5_000,
                archive_max_ms: 15_000,
                pace: room::Pace::InTicks,
            }),
            now: BEGINS,
            alarm: None,
            journal: Vec::new(),
            snapshot: None,
            answer_at: None,
            students: (0..students).map(student).collect(),
            counts: Counts {
                students,
                pings: students * (HOUR_MS - BELL_MS / 2) / PING_EVERY_MS,
                ..Counts::default()
            },
        };
        class.tell(Event::Woken {
            stored: room::Stored::Absent,
            sessions: Vec::new(),
            entropy: 7,
            interrupted: false,
            kept: Vec::new(),
        });
        class
    }

    pub fn let_happen(&mut self, happens: Happens) {
        match happens {
            Happens::Comes(student) => self.come(student),
            Happens::Contributes(student) => self.contribute(student),
            Happens::Moves(student) => self.move_on(student),
        }
    }

    fn come(&mut self, student: u64) {
        self.counts.upgrades += 1;
        let user = self.students[student as usize].name.clone();
        let authority = Authority {
            proof: Proof::Ticket {
                id: user.clone(),
                spent_until: self.now + 90_000,
            },
            role: Role::Annotate,
            name: user.clone(),
            origin: None,
            region: None,
            granted_at: self.now,
            until: self.now + 2 * HOUR_MS,
        };
        self.tell(Event::SessionOpened {
            session: SessionId(student + 1),
            user,
            protocol: Protocol::Glossator,
            authority: Some(authority),
        });
        self.frame(student, wire::sync_step1(&BTreeMap::new()));
        self.numbered(student, &wire::sync_step2(&[0, 0]));
        self.move_on(student);
    }

    fn contribute(&mut self, student: u64) {
        let by = &mut self.students[student as usize];
        by.things += 1;
        let update = by.highlight();
        self.numbered(student, &wire::update(&update));
    }

    fn move_on(&mut self, student: u64) {
        let by = &mut self.students[student as usize];
        by.moves += 1;
        let state = format!(
            r##"{{"name":"{}","color":"#1b7f5c","at":{{"start":{}}}}}"##,
            by.name, by.moves
        );
        let entry = PresenceEntry {
            client: by.doc.client_id().get(),
            clock: by.moves,
            state: Some(&state),
        };
        let frame = wire::awareness(&[entry]);
        self.frame(student, frame);
    }

    fn numbered(&mut self, student: u64, message: &[u8]) {
        let by = &mut self.students[student as usize];
        by.frames += 1;
        let mut frame = Vec::new();
        for mut number in [NUMBERED, by.frames] {
            while number >= 0x80 {
                frame.push(number as u8 | 0x80);
                number >>= 7;
            }
            frame.push(number as u8);
        }
        frame.extend_from_slice(message);
        self.frame(student, frame);
    }

    fn frame(&mut self, student: u64, frame: Vec<u8>) {
        self.counts.frames_in += 1;
        let session = SessionId(student + 1);
        self.tell(Event::FrameReceived { session, frame });
    }

    /// Time passes, with all that becomes due meanwhile.
    pub fn pass_to(&mut self, until: Timestamp) {
        loop {
            let timer = self.room.next_deadline(self.now).timer;
            let answer = self.answer_at.as_ref().map(|(at, _)| *at);
            let due = [timer, self.alarm, answer].into_iter().flatten().min();
            let next = due.map_or(until, |at| at.clamp(self.now, until));
            if timer.is_some() {
                self.counts.timer_ms += next.millis_since(self.now);
            }
            self.now = next;
            if due.is_none_or(|at| at > until) {
                return;
            }
            if answer.is_some_and(|at| at <= self.now) {
                if let Some((_, answer)) = self.answer_at.take() {
                    self.tell(answer);
                }
            } else if self.alarm.is_some_and(|at| at <= self.now) {
                self.alarm = None;
                self.counts.alarms += 1;
                self.tell(Event::DeadlineReached { by_alarm: true });
            } else {
                self.tell(Event::DeadlineReached { by_alarm: false });
                let again = self.room.next_deadline(self.now).timer;
                if again.is_some_and(|at| at <= self.now) {
                    self.now = self.now + 1;
                }
            }
        }
    }

    pub fn tell(&mut self, event: Event) {
        for effect in self.room.handle(self.now, event) {
            self.carry_out(effect);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::SetAlarm { at } => {
                self.alarm = Some(at);
                self.counts.rows_written += 1;
            }
            Effect::WriteMeta { .. } | Effect::Keep { .. } | Effect::Forget { .. } => {
                self.counts.rows_written += 1;
            }
            Effect::AppendToJournal {
                update,
                attribution,
                ..
            } => {
                let stored = Stored {
                    update,
                    attribution,
                };
                self.counts.rows_written += stored.rows();
                self.journal.push(stored);
            }
            Effect::ReplaceSnapshot {
                snapshot,
                attribution,
                ..
            } => {
                let stored = Stored {
                    update: snapshot,
                    attribution,
                };
                // What is deleted is billed as what is written; and the meta record.
                let gone = self.journal.drain(..).chain(self.snapshot.take());
                let gone: u64 = gone.map(|stored| stored.rows()).sum();
                self.counts.rows_written += gone + stored.rows() + 1;
                self.snapshot = Some(stored);
            }
            Effect::Archive { request, snapshot } => {
                self.counts.archives += 1;
                self.counts.document_bytes = snapshot.bytes.len() as u64;
                let stored = self.journal.iter().chain(&self.snapshot);
                self.counts.stored_bytes = stored.map(|stored| stored.bytes() as u64).sum();
                let outcome = ArchiveOutcome::Stored {
                    base: base(self.counts.archives as i64),
                    union: None,
                };
                let answer = Event::ArchiveFinished { request, outcome };
                self.answer_at = Some((self.now + ARCHIVE_MS, answer));
            }
            Effect::LoadDocument => {
                let snapshot = self.snapshot.iter();
                let journal = self.journal.iter();
                self.tell(Event::DocumentLoaded {
                    snapshot: self.snapshot.as_ref().map(|stored| stored.update.clone()),
                    attributions: (snapshot.chain(journal.clone()))
                        .map(|stored| stored.attribution.clone())
                        .collect(),
                    journal: journal.map(|stored| stored.update.clone()).collect(),
                });
            }
            Effect::Restore { request } => self.tell(Event::RestoreFinished {
                request,
                outcome: RestoreOutcome::NeverStored,
            }),
            Effect::AskRuling { request } => {
                let outcome = RulingOutcome::Told(Ruling {
                    as_of: self.now,
                    ..Ruling::default()
                });
                self.tell(Event::RulingAnswered { request, outcome });
            }
            Effect::ReadPings { sessions } => {
                let heard = sessions
                    .into_iter()
                    .map(|session| (session, Some(self.now)));
                let heard = heard.collect();
                self.tell(Event::PingsRead { heard });
            }
            Effect::Send { .. } => self.counts.frames_out += 1,
            Effect::Broadcast { sessions, .. } => self.counts.frames_out += sessions.len() as u64,
            Effect::Reload | Effect::Wipe { .. } => panic!("nothing goes wrong in this hour"),
            Effect::CloseSession { reason, .. } => panic!("somebody was sent away: {reason}"),
            Effect::SaveSession { .. }
            | Effect::VerifyTicket { .. }
            | Effect::GiveResume { .. }
            | Effect::Check { .. }
            | Effect::ReportDeletion { .. }
            | Effect::Report(_) => {}
        }
    }
}

impl Student {
    fn highlight(&self) -> Vec<u8> {
        let mut txn = self.doc.transact_mut();
        let start = self.things as f64 * 100.0;
        let fields: [(&str, Any); 7] = [
            ("start", start.into()),
            ("end", (start + 60.0).into()),
            (
                "quote",
                "what the court held in this place, and why it matters here".into(),
            ),
            ("tag", "holding".into()),
            ("author_id", self.name.as_str().into()),
            ("author", self.name.as_str().into()),
            ("created_at", (BEGINS.0 as f64).into()),
        ];
        let key = format!("{}-{}", self.name, self.things);
        let map = txn.get_or_insert_map("highlights");
        map.insert(&mut txn, key, MapPrelim::from_iter(fields));
        txn.encode_update_v1()
    }
}

fn base(version: i64) -> Base {
    Base {
        generation: "first".to_owned(),
        version,
        sha256: "0".repeat(64),
    }
}
