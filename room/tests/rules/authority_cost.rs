//! SPEC section 14: what judging costs (AT11).

use std::time::{Duration, Instant};

use annotation::Role;
use room::{
    Authority, Config, Effect, Event, Pace, Proof, Protocol, RestoreOutcome, Room, Ruling,
    RulingOutcome, SessionId, Stored, Timestamp, wire,
};

use crate::support::Writer;

const READERS: u64 = 100;
const UPDATES: usize = 1_000;
const ROUNDS: u64 = 15;
const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// A room with one writer and a hundred readers, all with a role or all without.
struct Fan {
    room: Room,
    spent: Duration,
}

impl Fan {
    fn new(is_judged: bool) -> Fan {
        let room = Room::new(Config {
            archive_quiet_ms: 5_000,
            archive_max_ms: 15_000,
            pace: Pace::OneByOne,
        });
        let mut fan = Fan {
            room,
            spent: Duration::ZERO,
        };
        fan.tell(Event::Woken {
            stored: Stored::Absent,
            sessions: Vec::new(),
            entropy: 9_000_001,
            interrupted: false,
            kept: Vec::new(),
        });
        for session in 0..=READERS {
            let authority = Authority {
                proof: Proof::Client {
                    id: format!("{session}"),
                },
                role: if session == 0 {
                    Role::Annotate
                } else {
                    Role::Read
                },
                name: "Somebody".to_owned(),
                origin: None,
                region: None,
                granted_at: NOW,
                until: NOW + 60_000,
            };
            fan.tell(Event::SessionOpened {
                session: SessionId(session),
                user: format!("person {session}"),
                protocol: Protocol::Stock,
                authority: is_judged.then_some(authority),
            });
            fan.frame(session, wire::sync_step1(&Default::default()));
        }
        fan.spent = Duration::ZERO;
        fan
    }

    fn frame(&mut self, session: u64, frame: Vec<u8>) {
        let session = SessionId(session);
        self.tell(Event::FrameReceived { session, frame });
    }

    #[expect(clippy::disallowed_methods, reason = "time is what is measured")]
    fn tell(&mut self, event: Event) {
        let mut next = vec![event];
        while let Some(event) = next.pop() {
            let began = Instant::now();
            let effects = self.room.handle(NOW, event);
            self.spent += began.elapsed();
            for effect in effects {
                if let Effect::Restore { request } = effect {
                    next.push(Event::RestoreFinished {
                        request,
                        outcome: RestoreOutcome::NeverStored,
                    });
                } else if let Effect::AskRuling { request } = effect {
                    next.push(Event::RulingAnswered {
                        request,
                        outcome: RulingOutcome::Told(Ruling::default()),
                    });
                } else if let Effect::LoadDocument = effect {
                    next.push(Event::DocumentLoaded {
                        snapshot: None,
                        journal: Vec::new(),
                        attributions: Vec::new(),
                    });
                } else if let Effect::CloseSession { reason, .. } = effect {
                    panic!("closed: {reason}");
                }
            }
        }
    }
}

#[test]
fn at11_judging_adds_at_most_a_quarter_to_what_an_update_costs_a_room_of_a_hundred() {
    // The best of several rounds for each update: on a busy machine any single one may be held up.
    let mut best = vec![[Duration::MAX; 2]; UPDATES];
    for round in 0..ROUNDS {
        let writer = Writer::new(11 + round);
        let mut fans = [Fan::new(false), Fan::new(true)];
        for (number, best) in best.iter_mut().enumerate() {
            let update = wire::update(&match number % 20 {
                0 => writer.add("highlights", &format!("h{number}"), "person 0"),
                _ => writer.write("a"),
            });
            // Whoever comes second finds the update in the cache.
            let first = (number + round as usize) % 2;
            for place in [first, 1 - first] {
                fans[place].spent = Duration::ZERO;
                fans[place].frame(0, update.clone());
                best[place] = best[place].min(fans[place].spent);
            }
        }
    }
    let mean =
        |place: usize| best.iter().map(|best| best[place]).sum::<Duration>() / UPDATES as u32;
    let (off, on) = (mean(0), mean(1));
    let ratio = on.as_secs_f64() / off.as_secs_f64();
    println!(
        "an update to {READERS} readers: {off:?} unjudged, {on:?} judged, {ratio:.2} times as much"
    );
    assert!(ratio <= 1.25, "{ratio}");
}
