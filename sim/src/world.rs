//! One world: everything that exists in it, what is going to happen, and the one loop that lets it happen.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use room::{Config, Event, RequestId, Room};

use crate::{
    Failure,
    counters::Counters,
    mutation::Planted,
    network::Socket,
    object::{Crash, Object, Question, Trouble},
    oracle::Oracle,
    peer::{Nature, Peer, Presence},
    random::Random,
    store::Store,
    trace::Trace,
};

/// Events before the storm ends, at least.
const STORM_EVENTS_MIN: u64 = 450;
/// Faults before the storm ends, at least.
const STORM_FAULTS_MIN: u64 = 8;
/// A world that gets nowhere is a bug of its own.
const EVENTS_MAX: u64 = 200_000;

/// Something that is going to happen.
#[derive(Debug)]
pub(crate) enum Happening {
    /// A peer does something.
    Act {
        peer: usize,
    },
    /// A page's clock ticks.
    Tick {
        peer: usize,
    },
    Connect {
        peer: usize,
    },
    Opened {
        socket: u64,
    },
    /// A frame reaches the object, or the peer.
    Up {
        socket: u64,
        frame: Rc<[u8]>,
    },
    Down {
        socket: u64,
        frame: Rc<[u8]>,
    },
    /// The object, or the peer, learns that the socket has ended.
    UpClosed {
        socket: u64,
    },
    DownClosed {
        socket: u64,
        code: u16,
    },
    Alarm {
        object: usize,
        at: u64,
    },
    Timer {
        object: usize,
        life: u64,
        at: u64,
    },
    HostAsked {
        object: usize,
        life: u64,
        request: RequestId,
        question: Question,
        fate: Fate,
    },
    HostAnswers {
        object: usize,
        life: u64,
        request: RequestId,
        answer: Event,
    },
    Outbox,
    Fault,
}

/// What becomes of a request to the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Answered,
    /// It fails; whether it was carried out nobody tells.
    Broken {
        persist: bool,
    },
    /// It is carried out and the answer never comes.
    Unanswered,
}

/// A world and its time.
pub(crate) struct World {
    pub(crate) now: u64,
    pub(crate) random: Random,
    queue: BTreeMap<(u64, u64), Happening>,
    queued: u64,
    pub(crate) objects: Vec<Object>,
    pub(crate) peers: Vec<Peer>,
    pub(crate) sockets: BTreeMap<u64, Socket>,
    pub(crate) store: Store,
    pub(crate) backup: Option<Store>,
    pub(crate) host_is_up: bool,
    /// Until when the host stands still.
    pub(crate) host_paused_until: u64,
    pub(crate) oracle: Oracle,
    pub(crate) counters: Counters,
    pub(crate) trace: Trace,
    pub(crate) planted: Planted,
    /// Whether faults may still happen.
    pub(crate) is_storm: bool,
    pub(crate) events: u64,
    pub(crate) faults: u64,
}

impl World {
    pub(crate) fn new(seed: u64, planted: Planted) -> World {
        let mut world = World {
            now: 1_000,
            random: Random::new(seed),
            queue: BTreeMap::new(),
            queued: 0,
            objects: Vec::new(),
            peers: Vec::new(),
            sockets: BTreeMap::new(),
            store: Store::new(),
            backup: None,
            host_is_up: true,
            host_paused_until: 0,
            oracle: Oracle::default(),
            counters: Counters::default(),
            trace: Trace::default(),
            planted,
            is_storm: true,
            events: 0,
            faults: 0,
        };
        world.populate();
        world
    }

    /// Lives through the storm and the calm after it.
    pub(crate) fn live(mut self) -> (Result<(), Failure>, Counters, String) {
        let verdict = self.storm().and_then(|()| self.calm());
        if let Err(failure) = &verdict {
            self.trace.line(
                self.now,
                format_args!("VIOLATED {}: {}", failure.invariant, failure.detail),
            );
        }
        (verdict, self.counters, self.trace.into_text())
    }

    fn populate(&mut self) {
        let cases = self.random.between(2, 3) as usize;
        let make = self.maker();
        for case in 0..cases {
            let object = self.objects.len();
            self.objects.push(Object::new(case, Rc::clone(&make)));
            self.oracle.add_object();
            let has_zombie = self.random.percent(35);
            if has_zombie {
                self.objects.push(Object::new(case, Rc::clone(&make)));
                self.oracle.add_object();
                self.counters.count("zombies");
            }
            self.oracle
                .add_case(case > 0 && case == cases - 1 && self.random.percent(50));
            for place in 0..self.random.between(2, 3) {
                let nature = match (self.random.below(8), place) {
                    (0, 2..) => Nature::Hostile,
                    (1..=3, _) => Nature::Pycrdt,
                    _ => Nature::YWebsocket,
                };
                let object = if has_zombie && self.random.percent(40) {
                    object + 1
                } else {
                    object
                };
                let peer = self.add_peer(case, object, nature);
                self.come(peer);
                let at = self.random.between(50, 2_000);
                self.after(at, Happening::Act { peer });
            }
        }
        self.after(500, Happening::Outbox);
        let first = self.random.between(500, 4_000);
        self.after(first, Happening::Fault);
    }

    #[cfg(feature = "mutations")]
    fn maker(&self) -> Rc<dyn Fn(Config) -> Room> {
        if let Some(crate::Mutation::Room(mutation)) = self.planted.0 {
            return Rc::new(move |config| Room::with_mutation(config, mutation));
        }
        Rc::new(Room::new)
    }

    #[cfg(not(feature = "mutations"))]
    fn maker(&self) -> Rc<dyn Fn(Config) -> Room> {
        Rc::new(Room::new)
    }

    pub(crate) fn add_peer(&mut self, case: usize, object: usize, nature: Nature) -> usize {
        let client = self.random.id();
        let peer = self.peers.len();
        self.oracle.enter(case, client);
        self.peers
            .push(Peer::new(self.now, case, object, nature, client));
        let first = self.random.below(3_000);
        self.after(first, Happening::Tick { peer });
        peer
    }

    /// A peer wants to be connected.
    pub(crate) fn come(&mut self, peer: usize) {
        if self.peers[peer].presence == Presence::Away {
            self.peers[peer].presence = Presence::Coming;
            let wait = self.random.between(1, 300);
            self.after(wait, Happening::Connect { peer });
        }
    }

    pub(crate) fn after(&mut self, wait: u64, happening: Happening) {
        self.at(self.now + wait, happening);
    }

    pub(crate) fn at(&mut self, at: u64, happening: Happening) {
        self.queued += 1;
        self.queue
            .insert((at.max(self.now), self.queued), happening);
    }

    fn storm(&mut self) -> Result<(), Failure> {
        while self.events < STORM_EVENTS_MIN || self.faults < STORM_FAULTS_MIN || self.now < 40_000
        {
            self.next()?;
        }
        Ok(())
    }

    /// Lets time pass.
    pub(crate) fn run_until(&mut self, end: u64) -> Result<(), Failure> {
        while self
            .queue
            .first_key_value()
            .is_some_and(|((at, _), _)| *at <= end)
        {
            self.next()?;
        }
        self.now = self.now.max(end);
        Ok(())
    }

    fn next(&mut self) -> Result<(), Failure> {
        let Some(((at, _), happening)) = self.queue.pop_first() else {
            return Err(Failure::new(
                "the world",
                "nothing is going to happen".to_owned(),
            ));
        };
        self.now = self.now.max(at);
        self.events += 1;
        if self.events > EVENTS_MAX {
            return Err(Failure::new(
                "I13 bounded",
                "the world does not come to rest".to_owned(),
            ));
        }
        self.happen(happening);
        self.oracle.verdict()
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Act { peer } => self.act(peer),
            Happening::Tick { peer } => self.tick(peer),
            Happening::Connect { peer } => self.connect(peer),
            Happening::Opened { socket } => self.opened(socket),
            Happening::Up { socket, frame } => self.arrives_up(socket, &frame),
            Happening::Down { socket, frame } => self.arrives_down(socket, &frame),
            Happening::UpClosed { socket } => self.closed_up(socket),
            Happening::DownClosed { socket, code } => self.closed_down(socket, code),
            Happening::Alarm { object, at } => {
                if self.objects[object].storage.alarm == Some(at) {
                    self.counters.count("alarms fired");
                    self.step(object, Event::DeadlineReached { by_alarm: true });
                }
            }
            Happening::Timer { object, life, at } => {
                let due = &mut self.objects[object];
                if due.life == life && due.timer == Some(at) {
                    due.timer = None;
                    self.step(object, Event::DeadlineReached { by_alarm: false });
                }
            }
            Happening::HostAsked {
                object,
                life,
                request,
                question,
                fate,
            } => {
                self.host_asked(object, life, request, question, fate);
            }
            Happening::HostAnswers {
                object,
                life,
                request,
                answer,
            } => {
                let asker = &mut self.objects[object];
                if asker.life == life && asker.awaiting.remove(&request) {
                    self.step(object, answer);
                }
            }
            Happening::Outbox => self.deliver_orders(),
            Happening::Fault => {
                if self.is_storm {
                    self.fault();
                    let wait = self.random.between(200, 5_000);
                    self.after(wait, Happening::Fault);
                }
            }
        }
    }

    /// Tells an object's room what happened, and lets the consequences out into the world.
    pub(crate) fn step(&mut self, object: usize, event: Event) {
        let trouble = self.trouble();
        self.step_with(object, event, trouble);
    }

    pub(crate) fn step_with(&mut self, index: usize, event: Event, trouble: Trouble) {
        let entropy = self.random.id();
        self.trace
            .line(self.now, format_args!("object {index} {}", summary(&event)));
        let object = &mut self.objects[index];
        let alarm = object.storage.alarm;
        let out = object.stretch(self.now, entropy, event, trouble);
        for what in &out.happened {
            self.counters.count(what);
            self.trace
                .line(self.now, format_args!("object {index} {what}"));
        }
        self.oracle
            .watch(self.now, index, object, &out.notices, &mut self.counters);
        if object.storage.alarm != alarm
            && let Some(at) = object.storage.alarm
        {
            self.at(at, Happening::Alarm { object: index, at });
        }
        self.release(index, out, trouble.crash.is_some());
        if trouble.crash.is_none() {
            self.oracle.learned(index, &self.objects[index]);
        } else {
            self.kill(index);
        }
        self.set_timer(index);
    }

    fn set_timer(&mut self, index: usize) {
        let object = &mut self.objects[index];
        let wanted = object.wanted_timer(self.now).map(|at| at.max(self.now + 1));
        let life = object.life;
        if wanted != object.timer {
            object.timer = wanted;
            if let Some(at) = wanted {
                self.at(
                    at,
                    Happening::Timer {
                        object: index,
                        life,
                        at,
                    },
                );
            }
        }
    }

    /// What shall go wrong in the next stretch.
    fn trouble(&mut self) -> Trouble {
        if !self.is_storm || !self.random.percent(3) {
            return Trouble::default();
        }
        self.faults += 1;
        match self.random.below(6) {
            0 | 1 => Trouble {
                crash: Some(Crash::BeforeCommit),
                ..Trouble::default()
            },
            2 | 3 => Trouble {
                crash: Some(Crash::AfterCommit),
                ..Trouble::default()
            },
            4 => Trouble {
                read: true,
                ..Trouble::default()
            },
            _ => {
                let broken = crate::object::Break {
                    persist: self.random.percent(50),
                };
                Trouble {
                    write: Some((self.random.below(3) as u32, broken)),
                    ..Trouble::default()
                }
            }
        }
    }

    /// The sockets that end at an object.
    pub(crate) fn sockets_of(&self, object: usize) -> BTreeSet<u64> {
        self.sockets
            .iter()
            .filter(|(_, socket)| socket.object == object)
            .map(|(id, _)| *id)
            .collect()
    }
}

fn summary(event: &Event) -> String {
    match event {
        Event::FrameReceived { session, frame } => {
            format!(
                "frame of {} {:08x}+{}",
                session.0,
                crate::trace::fingerprint(frame),
                frame.len()
            )
        }
        Event::RestoreFinished {
            outcome: room::RestoreOutcome::Found { base, .. },
            ..
        } => {
            format!("restored version {}", base.version)
        }
        Event::ArchiveFinished {
            outcome: room::ArchiveOutcome::Stored { base, union },
            ..
        } => {
            format!(
                "archived as version {}, union {}",
                base.version,
                union.is_some()
            )
        }
        Event::Woken { .. }
        | Event::DocumentLoaded { .. }
        | Event::StorageFailed { .. }
        | Event::RestoreFinished { .. }
        | Event::SessionOpened { .. }
        | Event::TextReceived { .. }
        | Event::SessionClosed { .. }
        | Event::DeadlineReached { .. }
        | Event::ArchiveFinished { .. }
        | Event::CheckFinished { .. }
        | Event::CheckOrdered
        | Event::DeletionOrdered
        | Event::DeletionReported { .. } => format!("{event:?}"),
    }
}
