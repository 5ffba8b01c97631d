//! A small room with people of every role, of whom each update is judged by the policy and by the naive model.

use std::collections::{BTreeMap, BTreeSet};

use annotation::Role;
use room::{
    known::{AdmitBounds, Known},
    policy::{Passed, Violation, Writer, judge},
};
use yrs::{ReadTxn, StateVector, Transact};

use crate::{
    dice::Dice,
    edits::{Authors, Editor, NOW_MS, note_authors},
    forge::{Target, forge, forge_cleanup},
    model::{BOARD, Sender, Whole, violations},
    reading::Unit,
    replica::Replica,
};

const BOUNDS: AdmitBounds = AdmitBounds::of_peer(60_000);

/// Updates that pass until the room sleeps and wakes.
const UPDATES_OF_A_LIFE: usize = 8;

/// Two people annotate, so that there are others' things, and one of them has two tabs.
const PEOPLE: [(&str, Role); 7] = [
    ("rea", Role::Read),
    ("cam", Role::Comment),
    ("ann", Role::Annotate),
    ("ann", Role::Annotate),
    ("abe", Role::Annotate),
    ("own", Role::Own),
    ("nil", Role::None),
];

/// What came of the updates of a world.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    pub judged: usize,
    pub passed: usize,
    pub refused_before: usize,
    pub refused_after: usize,
    /// Refused though the model saw no harm: it aimed at what was dead already.
    pub refused_in_vain: usize,
    /// Of which something was left out in silence.
    pub trimmed: usize,
    pub honest: usize,
    /// Of what passes, that which would have been left out if it had been passed on.
    pub foreseen_in_vain: usize,
}

pub struct World {
    room: Replica,
    known: Known,
    whole: Whole,
    bindings: BTreeMap<u64, String>,
    people: Vec<Person>,
    authors: Authors,
    used: usize,
    next_client: u64,
    dice: Dice,
    /// To find it again by.
    name: String,
    pub tally: Tally,
}

struct Person {
    user: &'static str,
    role: Role,
    client: u64,
    replica: Replica,
}

/// What somebody does next.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    /// As the page does it, having seen everything.
    Honest,
    /// As the page does it, with what they saw last.
    Late,
    Hostile,
    Mixed,
    Forged,
    Cleanup,
}

impl World {
    pub fn new(name: &str, dice: Dice) -> World {
        let room = Replica::new(0, false);
        let whole = Whole::of(&room.doc);
        let people = PEOPLE
            .iter()
            .zip(1..)
            .map(|(&(user, role), client)| Person {
                user,
                role,
                client,
                replica: Replica::new(client, true),
            });
        World {
            room,
            known: Known::new(),
            whole,
            bindings: BTreeMap::new(),
            people: people.collect(),
            authors: Authors::new(),
            used: 0,
            next_client: 100,
            dice,
            name: name.to_owned(),
            tally: Tally::default(),
        }
    }

    pub fn is_over(&self) -> bool {
        self.dice.is_spent()
    }

    /// Somebody does something.
    pub fn step(&mut self) {
        let who = self.dice.below(PEOPLE.len());
        let manner = self.dice.one_of(&[
            Manner::Honest,
            Manner::Honest,
            Manner::Honest,
            Manner::Late,
            Manner::Late,
            Manner::Hostile,
            Manner::Hostile,
            Manner::Mixed,
            Manner::Forged,
            Manner::Forged,
            Manner::Cleanup,
        ]);
        if manner == Manner::Honest || self.dice.chance(30) {
            self.sync(who);
        }
        // What Yjs clears away after the edits of others goes out by itself.
        let cleared = self.people[who].replica.take_emitted();
        for update in cleared {
            self.send(who, &update, manner == Manner::Honest);
        }
        match manner {
            Manner::Honest | Manner::Late | Manner::Hostile | Manner::Mixed => {
                self.edit(who, manner);
                for update in self.people[who].replica.take_emitted() {
                    self.send(who, &update, manner == Manner::Honest);
                }
            }
            Manner::Forged => {
                let (client, update) = self.forge(who);
                self.send(who, &update, false);
                self.renew(who);
                // The clocks of this client are used up, and the tab that it belongs to knows nothing of it.
                let tab = self
                    .people
                    .iter()
                    .position(|person| person.client == client);
                tab.iter().for_each(|&tab| self.renew(tab));
            }
            Manner::Cleanup => {
                let update = forge_cleanup(&mut self.dice, &self.whole.reading);
                self.send(who, &update, true);
            }
        }
    }

    fn edit(&mut self, who: usize, manner: Manner) {
        let person = &self.people[who];
        let mut editor = Editor {
            user: person.user,
            dice: &mut self.dice,
            authors: &self.authors,
            used: &mut self.used,
        };
        let mut txn = person.replica.doc.transact_mut();
        for index in 0..1 + editor.dice.below(3) {
            let is_hostile = manner == Manner::Hostile || manner == Manner::Mixed && index > 0;
            if is_hostile {
                editor.do_anything(&mut txn);
            } else {
                editor.do_what_is_allowed(&mut txn, person.role);
            }
        }
    }

    fn forge(&mut self, who: usize) -> (u64, Vec<u8>) {
        let clients: Vec<u64> = self.bindings.keys().copied().collect();
        let own = self.people[who].client;
        let client = match self.dice.below(6) {
            0 => self.dice.pick(&clients).unwrap_or(own),
            _ => own,
        };
        let target = Target {
            reading: &self.whole.reading,
            authors: &self.authors,
            clocks: self.known.state_vector(),
        };
        (client, forge(&mut self.dice, client, &target))
    }

    fn sync(&mut self, who: usize) {
        let replica = &self.people[who].replica;
        let state = replica.doc.transact().state_vector();
        let missing = self.room.doc.transact().encode_diff_v1(&state);
        replica.apply(&missing);
    }

    /// A replica that was refused is given up for a new one, with a new client id.
    fn renew(&mut self, who: usize) {
        self.next_client += 1;
        let client = self.next_client;
        self.people[who].client = client;
        self.people[who].replica = Replica::new(client, true);
        self.sync(who);
        self.people[who].replica.take_emitted();
    }

    /// Lets the policy and the model judge an update, and takes it if both pass it.
    fn send(&mut self, who: usize, update: &[u8], is_honest: bool) {
        let Ok(admission) = self.known.admit(update, &BOUNDS) else {
            return self.renew(who);
        };
        let Some(novel) = admission.novel else {
            return;
        };
        self.tally.judged += 1;
        self.tally.honest += usize::from(is_honest);
        let Person { user, role, .. } = self.people[who];
        let after = self.room.copy();
        after.apply(&novel);
        let sender = Sender {
            user,
            role,
            bindings: &self.bindings,
            now_ms: NOW_MS,
        };
        let seen = Whole::of(&after.doc);
        let wrong = violations(&self.whole, &seen, &sender, true);
        let judged = {
            let writer = Writer { user, role };
            let before = self.room.doc.transact();
            judge(&self.known, &before, &novel, writer, &self.bindings)
        };
        match judged {
            Ok(passed) => self.take(who, passed, &novel, after, seen, &wrong),
            Err(violation) => {
                self.tally.refused_before += 1;
                assert!(
                    !is_honest,
                    "{}: honest {user} is refused: {violation}",
                    self.name
                );
                if wrong.is_empty() {
                    assert!(
                        self.is_vain(&seen),
                        "{}: {user} is refused: {violation}",
                        self.name
                    );
                    self.tally.refused_in_vain += 1;
                }
                self.renew(who);
            }
        }
    }

    fn take(
        &mut self,
        who: usize,
        passed: Passed<'_>,
        novel: &[u8],
        mut after: Replica,
        mut seen: Whole,
        wrong: &BTreeSet<String>,
    ) {
        let Person { user, role, .. } = self.people[who];
        let kept = passed.novel.as_deref();
        if kept != Some(novel) {
            self.tally.trimmed += 1;
            after = self.room.copy();
            kept.iter().for_each(|kept| after.apply(kept));
            seen = Whole::of(&after.doc);
        }
        let sender = Sender {
            user,
            role,
            bindings: &self.bindings,
            now_ms: NOW_MS,
        };
        let kept_wrong = violations(&self.whole, &seen, &sender, false);
        let confirmed: Result<(), Violation> = passed.confirm(&after.doc.transact(), NOW_MS);
        // As though all of it were only passed on.
        let writers = self.bindings.keys().chain(&passed.newcomers);
        let passed_on = writers.copied().collect();
        let foreseen = passed.foresee(&self.known, &passed_on, NOW_MS);
        if let Err(violation) = confirmed {
            assert!(
                foreseen.is_err(),
                "{}: not seen in advance: {violation}",
                self.name
            );
            self.tally.refused_after += 1;
            assert!(
                !wrong.is_empty(),
                "{}: {user} is refused afterwards: {violation}",
                self.name
            );
            return self.renew(who);
        }
        let name = &self.name;
        assert!(wrong.is_empty(), "{name}: {user} passes with {wrong:?}");
        assert!(kept_wrong.is_empty(), "{name}: {user} keeps {kept_wrong:?}");
        self.tally.passed += 1;
        self.tally.foreseen_in_vain += usize::from(foreseen.is_err());
        for client in passed.newcomers {
            self.bindings.insert(client, user.to_owned());
        }
        for emitted in after.take_emitted() {
            self.known
                .absorb(&emitted)
                .expect("yrs emits what is sound");
        }
        self.room = after;
        self.whole = seen;
        if self.tally.passed.is_multiple_of(UPDATES_OF_A_LIFE) {
            self.reload();
        }
        note_authors(&self.room.doc.transact(), &mut self.authors);
    }

    /// As a room does that slept: it knows what is deleted as tombstones only.
    fn reload(&mut self) {
        let stored = self.room.doc.transact();
        self.known = Known::new();
        self.known
            .absorb(&stored.encode_diff_v1(&StateVector::default()))
            .expect("yrs stores what is sound");
    }

    /// Whether something new has lost its place, since it was to stand in what is no more; or stands at the key of a
    /// thing that its writer, who knows of the thing's fields, has not seen.
    fn is_vain(&self, after: &Whole) -> bool {
        let units = after.reading.units.iter();
        units
            .filter(|(id, _)| !self.whole.reading.units.contains_key(id))
            .any(|(_, unit)| {
                unit.place.is_none() || self.is_blind(unit) || is_lost_on_a_board(unit)
            })
    }

    fn is_blind(&self, unit: &Unit) -> bool {
        let before = &self.whole.reading;
        let stands_there = |other: &Unit| match (&unit.place, &other.place) {
            (Some(place), Some(other)) => (&place.root, &place.path) == (&other.root, &other.path),
            _ => false,
        };
        let is_entry = unit
            .place
            .as_ref()
            .is_some_and(|place| place.path.len() == 1);
        is_entry
            && !unit.origin.is_some_and(|seen| before.is_alive(seen))
            && before
                .units
                .values()
                .any(|other| !other.is_deleted && stands_there(other))
    }
}

/// Whether it was written on a board and another value has won, or it was taken away at once: nobody sees of what form it was.
fn is_lost_on_a_board(unit: &Unit) -> bool {
    let is_on_board = |place: &crate::reading::Place| BOARD.contains(&place.root.as_str());
    unit.is_deleted && unit.place.as_deref().is_some_and(is_on_board)
}
