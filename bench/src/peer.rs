//! A peer: it joins, writes what it is told to, and notes what it sees.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, VecDeque},
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use futures_util::StreamExt;
use tokio::{sync::Notify, task::spawn_local, time::sleep};
use tokio_tungstenite::tungstenite::Message as Frame;

use crate::{
    document::Written,
    job::{self, Dialect, Edit},
    seen::{self, Seen, Sequence},
    socket::{self, Incoming, Outgoing},
    wire::{self, Entry, Message, Writer},
};

/// What our client speaks, and how often it asks for a sign of life.
const SUBPROTOCOL: &str = "glossator.v1";
const PING_EVERY: Duration = Duration::from_secs(20);
/// An update that says nothing.
const NOTHING: [u8; 2] = [0, 0];

/// One peer that has joined.
pub struct Peer {
    /// What it writes.
    pub written: RefCell<Written>,
    /// Its number among all of the measurement.
    pub number: u32,
    /// Whose it is.
    pub user: String,
    /// What it was sent, in order.
    pub sequence: RefCell<Sequence>,
    /// How many edits of each writer it has seen.
    pub edits: RefCell<HashMap<u32, u32>>,
    /// Why its socket ended, if it did.
    pub ended: RefCell<Option<String>>,
    dialect: Dialect,
    writer: Writer,
    outgoing: Outgoing,
    clocks: RefCell<HashMap<u64, u32>>,
    synced_at: Cell<Option<Instant>>,
    updated_at: Cell<Option<Instant>>,
    /// When each frame was sent that is not said to be saved, and the number of the last that is.
    carried: RefCell<VecDeque<Instant>>,
    saved: Cell<u32>,
    progress: Notify,
    seen: Rc<RefCell<Seen>>,
}

impl Peer {
    /// Connects and asks for the document.
    pub async fn open(
        dialect: Dialect,
        host: Option<&str>,
        (peer, number): (&job::Peer, u32),
        seen: Rc<RefCell<Seen>>,
    ) -> Result<Rc<Self>> {
        let subprotocol = (dialect == Dialect::Glossator).then_some(SUBPROTOCOL);
        let (outgoing, incoming) = socket::open(&peer.url, host, subprotocol).await?;
        let writer = Writer::new(dialect, &peer.document);
        if let Some(greeting) = writer.greeting() {
            outgoing.send(greeting);
        }
        // A relay would ask everybody else, who does not answer.
        if dialect != Dialect::Relay {
            outgoing.send(writer.step1());
        }
        let peer = Rc::new(Self {
            written: RefCell::new(Written::new(number)?),
            number,
            user: peer.user.clone(),
            sequence: RefCell::default(),
            edits: RefCell::default(),
            ended: RefCell::default(),
            dialect,
            writer,
            outgoing,
            clocks: RefCell::default(),
            // A relay answers nothing: who is let in has joined.
            synced_at: Cell::new((dialect == Dialect::Relay).then(Instant::now)),
            updated_at: Cell::new(None),
            carried: RefCell::default(),
            saved: Cell::new(0),
            progress: Notify::new(),
            seen,
        });
        if dialect == Dialect::Glossator {
            spawn_local(ping(peer.outgoing.clone(), number));
        }
        spawn_local(Rc::clone(&peer).read(incoming));
        Ok(peer)
    }

    /// Waits until it has what was in the room, `stamped` by the first writer if that was the large document; says when
    /// the last of it came, which is before we have looked at it.
    pub async fn joined(&self, stamped: bool) -> Result<Instant> {
        loop {
            let has_stamp = !stamped || self.edits.borrow().contains_key(&0);
            if let Some(at) = self.synced_at.get().filter(|_| has_stamp) {
                return Ok(self.updated_at.get().map_or(at, |updated| updated.max(at)));
            }
            if let Some(why) = &*self.ended.borrow() {
                anyhow::bail!(
                    "the socket of {} ended before it was synced: {why}",
                    self.user
                );
            }
            self.progress.notified().await;
        }
    }

    /// Writes an edit and sends it.
    pub fn edit(&self, edit: Edit) {
        let update = self.written.borrow_mut().edit(edit, &self.user);
        self.stamped();
        self.send(&[update]);
    }

    /// How many of its frames are not said to be saved, of those that our client waits for.
    pub fn unsaved(&self) -> u32 {
        self.writer.numbered() - self.saved.get()
    }

    /// What it sends next ends with its next stamp.
    pub fn stamped(&self) {
        self.seen.borrow_mut().edits[self.number as usize].push(Instant::now());
    }

    /// Sends updates that are there already.
    pub fn send(&self, updates: &[Vec<u8>]) {
        for update in updates {
            self.carry(self.writer.update(update));
        }
    }

    /// The client id that it writes under, and tells of itself.
    pub fn client(&self) -> u64 {
        self.written.borrow().client()
    }

    /// Whether it is told where others are.
    pub fn is_told_of_presence(&self) -> bool {
        self.dialect != Dialect::Relay
    }

    /// Whether it knows what a client said of where it is, or something later.
    pub fn knows(&self, client: u64, clock: u32) -> bool {
        let clocks = self.clocks.borrow();
        clocks.get(&client).is_some_and(|known| *known >= clock)
    }

    /// Says where it is.
    pub fn tell(&self, clock: u32) {
        let client = self.client();
        let states = &mut self.seen.borrow_mut().states;
        states.entry(client).or_default().push(Instant::now());
        let state = format!(
            r##"{{"user":{{"name":"{}","color":"#30bced"}},"cursor":{{"anchor":{clock},"head":{clock}}}}}"##,
            self.user
        );
        self.outgoing.send(self.writer.awareness(&[Entry {
            client,
            clock,
            state,
        }]));
    }

    async fn read(self: Rc<Self>, mut incoming: Incoming) {
        let why = loop {
            match incoming.next().await {
                Some(Ok(Frame::Binary(frame))) => {
                    if let Err(problem) = self.take(&frame) {
                        break format!("{problem:#}");
                    }
                }
                Some(Ok(Frame::Close(close))) => break format!("closed: {close:?}"),
                Some(Ok(_)) => {}
                Some(Err(problem)) => break problem.to_string(),
                None => break "the stream ended".to_owned(),
            }
        };
        *self.ended.borrow_mut() = Some(why);
        self.progress.notify_waiters();
        self.progress.notify_one();
    }

    fn take(&self, frame: &[u8]) -> Result<()> {
        let now = Instant::now();
        {
            let mut seen = self.seen.borrow_mut();
            seen.frames += 1;
            seen.bytes += frame.len() as u64;
        }
        for message in wire::read(self.dialect, frame).context("a frame that cannot be read")? {
            match message {
                Message::Step1 if self.dialect == Dialect::Relay => {}
                Message::Step1 => {
                    let whole = self.written.borrow().whole();
                    self.carry(self.writer.step2(&whole));
                }
                Message::Step2(update) => {
                    self.synced_at.set(Some(now));
                    self.update(&update, now);
                }
                Message::Update(update) => self.update(&update, now),
                Message::Awareness(bytes) => self.states(&bytes, now)?,
                Message::Saved(number) => self.saved(number, now),
                Message::Other => {}
            }
        }
        self.progress.notify_one();
        Ok(())
    }

    /// Sends a frame that our client is told of when it is saved.
    fn carry(&self, frame: Vec<u8>) {
        if self.dialect == Dialect::Glossator {
            self.carried.borrow_mut().push_back(Instant::now());
        }
        self.outgoing.send(frame);
    }

    fn saved(&self, number: u32, now: Instant) {
        let fresh = number.saturating_sub(self.saved.get()) as usize;
        let mut carried = self.carried.borrow_mut();
        let fresh = fresh.min(carried.len());
        let took = carried.drain(..fresh).map(|sent| seen::micros(now - sent));
        self.seen.borrow_mut().saves.extend(took);
        self.saved.set(number.max(self.saved.get()));
    }

    fn update(&self, update: &[u8], now: Instant) {
        if update == NOTHING {
            return;
        }
        let mut seen = self.seen.borrow_mut();
        let place = seen.place_of(update);
        let mut edits = self.edits.borrow_mut();
        for (writer, edit) in seen.edits_of(place).iter().copied() {
            let next = edits.entry(writer).or_default();
            if writer != self.number && edit >= *next {
                *next = edit + 1;
                seen.delivered(writer, edit, now);
            }
        }
        self.updated_at.set(Some(now));
        self.sequence.borrow_mut().push(place);
    }

    /// Notes states. A stock client sends on what is new, as y-websocket does: it tells of every change, whoever made it.
    fn states(&self, bytes: &[u8], now: Instant) -> Result<()> {
        let own = self.client();
        let mut clocks = self.clocks.borrow_mut();
        let entries = wire::read_entries(bytes).context("presence that cannot be read")?;
        let fresh: Vec<Entry> = entries
            .into_iter()
            .filter(|entry| {
                let known = clocks.entry(entry.client).or_default();
                let is_fresh = entry.client != own && entry.clock > *known;
                *known = entry.clock.max(*known);
                is_fresh
            })
            .collect();
        if fresh.is_empty() {
            return Ok(());
        }
        for entry in &fresh {
            self.seen
                .borrow_mut()
                .state_seen(entry.client, entry.clock, now);
        }
        if self.dialect != Dialect::Glossator {
            self.outgoing.send(self.writer.awareness(&fresh));
        }
        Ok(())
    }
}

/// Asks for a sign of life as long as the socket is open, each peer at a time of its own.
async fn ping(outgoing: Outgoing, number: u32) {
    sleep(PING_EVERY.mul_f64(f64::from(number % 100) / 100.0)).await;
    while outgoing.ping() {
        sleep(PING_EVERY).await;
    }
}
