//! What must always hold, checked while a world lives. It knows what was written, shown and deleted, and nothing of
//! how the room works.

use std::collections::{BTreeMap, BTreeSet};

use room::{Notice, close, decode::Message};
use yrs::{Transact, Update, updates::decoder::Decode};

use crate::{
    Failure,
    content::Content,
    counters::Counters,
    gate::Gate,
    network::Socket,
    object::Object,
    ours::{Promise, messages},
    peer::{Heard, Nature, Peer},
    plain::Place,
    storage::Storage,
};

/// How long a closed peer may be seen: a second, and the way there.
const GHOST_MS: u64 = 3_000;
/// The same if the memory that knew of it was lost: then the page itself forgets.
const GHOST_FORGOTTEN_MS: u64 = 40_000;
/// Rows that a journal may have: twice what is compacted, since a compaction may fail and wait.
const JOURNAL_ROWS_MAX: usize = 2 * room::limits::JOURNAL_ROWS_MAX as usize;

/// The truth about everything.
#[derive(Default)]
pub(crate) struct Oracle {
    pub(crate) cases: Vec<Truth>,
    /// What each object has shown anybody: whoever comes later is owed all of it.
    pub(crate) objects: Vec<Witnessed>,
    /// Who may be in each object, and do what there.
    pub(crate) gates: Vec<Gate>,
    /// Whose client ids are whose.
    clients: BTreeMap<u64, usize>,
    /// Which page writes under each.
    writers: BTreeMap<u64, usize>,
    /// The sockets of each client that the objects have not seen end.
    open: BTreeMap<u64, BTreeSet<u64>>,
    /// Since when a client's last socket is known to have ended.
    gone: BTreeMap<u64, u64>,
    failure: Option<Failure>,
}

/// What is known of one object.
#[derive(Default)]
pub(crate) struct Witnessed {
    pub(crate) shown: Content,
    /// What it has called saved, and not yet archived.
    pub(crate) saved: Vec<Promise>,
    /// It has said that the case is deleted, and its storage was not lost since.
    pub(crate) knows_of_deletion: bool,
}

/// The truth about one case.
pub(crate) struct Truth {
    written: Content,
    /// A replica that holds whatever anybody ever wrote, sent or not.
    reference: yrs::Doc,
    /// What somebody else was shown, or a late joiner was served.
    pub(crate) acknowledged: Content,
    /// What the store ever held.
    pub(crate) stored: Content,
    pub(crate) is_deleted: bool,
    was_deleted: bool,
    /// Nobody ever writes.
    pub(crate) is_only_looked_at: bool,
    /// Where there ever was a thing.
    pub(crate) ever: BTreeSet<Place>,
    /// Places where its content lay were lost.
    pub(crate) has_lost: bool,
}

impl Oracle {
    pub(crate) fn add_object(&mut self) {
        self.objects.push(Witnessed::default());
        self.gates.push(Gate::default());
    }

    pub(crate) fn add_case(&mut self, is_only_looked_at: bool) {
        self.cases.push(Truth {
            written: Content::default(),
            reference: annotation::empty_document(1, "reference"),
            acknowledged: Content::default(),
            stored: Content::default(),
            is_deleted: false,
            was_deleted: false,
            is_only_looked_at,
            ever: BTreeSet::new(),
            has_lost: false,
        });
    }

    pub(crate) fn enter(&mut self, case: usize, peer: usize, client: u64) {
        self.clients.insert(client, case);
        self.writers.insert(client, peer);
    }

    /// The page that writes under a client id.
    pub(crate) fn writer(&self, client: u64) -> Option<usize> {
        self.writers.get(&client).copied()
    }

    pub(crate) fn violated(&mut self, invariant: &'static str, detail: String) {
        self.failure.get_or_insert(Failure::new(invariant, detail));
    }

    pub(crate) fn verdict(&self) -> Result<(), Failure> {
        self.failure.clone().map_or(Ok(()), Err)
    }

    pub(crate) fn wrote(&mut self, case: usize, update: &[u8]) {
        let truth = &mut self.cases[case];
        if let Some(content) = Content::of(update) {
            truth.written.absorb(&content);
        }
        let applied = Update::decode_v1(update)
            .map_err(|e| e.to_string())
            .and_then(|update| {
                truth
                    .reference
                    .transact_mut()
                    .apply_update(update)
                    .map_err(|e| e.to_string())
            });
        if let Err(reason) = applied {
            self.violated(
                "the simulator",
                format!("a peer of case {case} wrote what is no update: {reason}"),
            );
        }
    }

    /// Looks at what all replicas agree on: every deletion was somebody's, or the outcome of two who wrote one key.
    pub(crate) fn check_origin(&mut self, case: usize, agreed: &Content) {
        let possible = Content::of_document(&self.cases[case].reference);
        if let Some(forged) = agreed.deleted_beyond(&possible) {
            self.violated(
                "I2 nothing from nowhere",
                format!("in case {case} nobody deleted {forged}"),
            );
        }
    }

    pub(crate) fn came(&mut self, client: u64, socket: u64) {
        self.open.entry(client).or_default().insert(socket);
        self.gone.remove(&client);
    }

    pub(crate) fn went(&mut self, now: u64, client: u64, socket: u64) {
        let open = self.open.entry(client).or_default();
        open.remove(&socket);
        if open.is_empty() {
            self.gone.entry(client).or_insert(now);
        }
    }

    /// Takes note of what an object knows after a stretch that was not cut off.
    pub(crate) fn learned(&mut self, index: usize, object: &Object) {
        self.objects[index].knows_of_deletion |= object
            .status()
            .is_some_and(|status| status.state == "deleted");
    }

    /// Looks at an object after each stretch.
    pub(crate) fn watch(
        &mut self,
        now: u64,
        index: usize,
        object: &Object,
        notices: &[Notice],
        counters: &mut Counters,
    ) {
        for notice in notices {
            match notice {
                Notice::Fault { reason } | Notice::AttributionUnreadable { reason } => {
                    self.violated(
                        "no fault of its own",
                        format!("object {index} at {now}: {reason}"),
                    );
                }
                Notice::FrameRefused { .. } => counters.count("frames refused"),
                Notice::StorageFailed { .. }
                | Notice::HostFailed { .. }
                | Notice::DocumentNearlyFull => {}
            }
        }
        if object.storage.alarm.is_none() && object.storage.is_dirty() {
            self.violated(
                "I11 dirty becomes archived",
                format!("object {index} is dirty and has no alarm"),
            );
        }
        let waiting = object.status().map_or(0, |status| status.waiting_bytes);
        let rows = object.storage.journal.len();
        if waiting > room::limits::WAITING_BYTES_MAX || rows > JOURNAL_ROWS_MAX {
            self.violated(
                "I13 bounded",
                format!("object {index}: {waiting} bytes wait, {rows} rows"),
            );
        }
    }

    /// Notes what an honest socket has brought a room that has taken it.
    pub(crate) fn brought(&self, brought: &mut Content, frame: &[u8]) {
        for message in messages(frame) {
            if let Message::SyncStep2(update) | Message::Update(update) = message
                && let Some(content) = Content::of(update)
            {
                brought.absorb(&content);
            }
        }
    }

    /// Looks at a frame on its way to a socket.
    pub(crate) fn sends(&mut self, now: u64, id: u64, socket: &Socket, frame: &[u8]) {
        let [0, 2, ..] = frame else { return };
        for message in room::decode::messages(frame).unwrap_or_default() {
            if let Message::Update(update) = message
                && let Some(content) = Content::of(update)
                && content.beyond(&socket.brought).is_none()
                && !content.is_empty()
            {
                self.violated(
                    "no own update comes back",
                    format!("socket {id} at {now} was sent {content}"),
                );
            }
        }
    }

    /// Takes note of what a peer was shown: it must have been written, be durable, and never be lost again.
    pub(crate) fn shown(
        &mut self,
        case: usize,
        peer: usize,
        object: usize,
        heard: &Heard,
        storage: &Storage,
    ) {
        if heard.is_deceived {
            let detail = format!("peer {peer} was told that somebody is an impostor");
            self.violated("I6 nobody is another", detail);
        }
        for id in &heard.presence {
            if self.clients.get(id) != Some(&case) {
                self.violated(
                    "I6 cases are isolated",
                    format!("peer {peer} was told of {id}"),
                );
            }
        }
        let contents = heard.shown.iter().chain(&heard.claimed);
        for content in contents {
            self.acknowledged(case, peer, object, content, storage);
        }
    }

    /// Takes note of content that a peer was shown, or was told to be saved.
    pub(crate) fn acknowledged(
        &mut self,
        case: usize,
        peer: usize,
        object: usize,
        content: &Content,
        storage: &Storage,
    ) {
        let truth = &mut self.cases[case];
        if let Some(forged) = content.unknown_to(&truth.written) {
            return self.violated(
                "I2 nothing from nowhere",
                format!("peer {peer} was shown {forged}"),
            );
        }
        if truth.is_deleted {
            return;
        }
        if let Some(fleeting) = content.beyond(&storage.content) {
            let detail = format!("peer {peer} was shown {fleeting}, which is not durable");
            return self.violated("I1 nothing acknowledged is lost", detail);
        }
        truth.acknowledged.absorb(content);
        self.objects[object].shown.absorb(content);
    }

    /// The store received a snapshot.
    pub(crate) fn stored(&mut self, case: usize, bytes: &[u8]) {
        if let Some(content) = Content::of(bytes) {
            self.cases[case].stored.absorb(&content);
        }
    }

    /// What an answer that leaves an object must bring.
    pub(crate) fn owed(&self, object: usize, case: usize) -> Content {
        if self.cases[case].is_deleted {
            return Content::default();
        }
        self.objects[object].shown.clone()
    }

    /// A page was sent the whole document: nothing may be missing that others saw before.
    pub(crate) fn joined(&mut self, case: usize, index: usize, owed: &Content, has: &Content) {
        if let Some(missing) = owed.beyond(has)
            && !self.cases[case].is_deleted
        {
            let detail = format!("peer {index} was served a document without {missing}");
            self.violated("I7 a late joiner gets everything", detail);
        }
    }

    pub(crate) fn deleted(&mut self, case: usize) {
        let truth = &mut self.cases[case];
        truth.is_deleted = true;
        truth.was_deleted = true;
        truth.acknowledged = Content::default();
    }

    /// A page was told for good that it may not come back.
    pub(crate) fn stopped(
        &mut self,
        (case, peer): (usize, usize),
        code: u16,
        nature: Nature,
        is_excused: bool,
    ) {
        let is_gone = code == close::GONE && self.cases[case].was_deleted;
        let is_sent_away = is_excused && [close::NOT_ALLOWED, close::TOO_MANY].contains(&code);
        if !is_gone && !is_sent_away && nature != Nature::Hostile {
            let detail = format!("peer {peer} was closed with {code}");
            self.violated("honest traffic is never refused", detail);
        }
    }

    /// Looks at who a page believes is here.
    pub(crate) fn check_presence(
        &mut self,
        now: u64,
        index: usize,
        peer: &Peer,
        socket: &Socket,
        object: &Object,
    ) {
        if socket.is_silent {
            return;
        }
        for id in peer.awareness.present() {
            let Some(&since) = self.gone.get(&id).filter(|_| id != peer.client) else {
                continue;
            };
            let is_forgotten = object.memory_lost_at + GHOST_MS >= since;
            let limit = if is_forgotten {
                GHOST_FORGOTTEN_MS
            } else {
                GHOST_MS
            };
            if now.saturating_sub(since) > limit + 3 * socket.slowest {
                self.violated(
                    "I8 the dead go",
                    format!("peer {index} sees {id}, gone since {since}"),
                );
            }
        }
    }
}
