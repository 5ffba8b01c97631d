//! A document with a few things, and what becomes of one edit of somebody.

use std::collections::BTreeMap;

use annotation::{Deed, Role, Thing};
use room::{
    known::{AdmitBounds, Known},
    policy::{Violation, Writer, judge},
};
use yrs::{
    Map, MapPrelim, MapRef, Out, ReadTxn, StateVector, Text, Transact, TransactionMut, WriteTxn,
};

use crate::{edits::NOW_MS, model::ROOTS, replica::Replica};

pub const ANN: (&str, Role) = ("ann", Role::Annotate);
pub const ABE: (&str, Role) = ("abe", Role::Annotate);
pub const CAM: (&str, Role) = ("cam", Role::Comment);
pub const REA: (&str, Role) = ("rea", Role::Read);
pub const OWN: (&str, Role) = ("own", Role::Own);

/// When an update was refused.
#[derive(Debug, PartialEq)]
pub enum Refused {
    Before(Violation),
    After(Violation),
}

pub const BOUNDS: AdmitBounds = AdmitBounds::of_peer(60_000);

/// A document with a thing of ann's and cam's in each root, one tag of nobody's, and some notes.
pub struct Case {
    pub room: Replica,
    pub known: Known,
    pub bindings: BTreeMap<u64, String>,
    next_client: u64,
    pub now_ms: i64,
    /// Writers have seen nothing of the document.
    pub is_blind: bool,
}

impl Case {
    pub fn empty() -> Case {
        Case {
            room: Replica::new(0, false),
            known: Known::new(),
            bindings: BTreeMap::new(),
            next_client: 1_000,
            now_ms: NOW_MS,
            is_blind: false,
        }
    }

    pub fn new() -> Case {
        let mut case = Case::empty();
        case.holds(|txn| {
            for root in ROOTS {
                add(txn, root, "anns", "ann");
                add(txn, root, "cams", "cam");
            }
            root(txn, "tags").insert(txn, "nobodys", MapPrelim::from([("name", "Order")]));
            txn.get_or_insert_text("notes").insert(txn, 0, "notes");
        });
        case
    }

    /// Puts something into the document, unjudged.
    pub fn holds(&mut self, edit: impl FnOnce(&mut TransactionMut<'_>)) {
        self.next_client += 1;
        let replica = self.replica(self.next_client);
        edit(&mut replica.doc.transact_mut());
        for update in replica.take_emitted() {
            self.apply(&update);
        }
    }

    pub fn lets(
        &mut self,
        user: (&str, Role),
        edit: impl FnOnce(&mut TransactionMut<'_>),
    ) -> Result<(), Refused> {
        self.next_client += 1;
        self.lets_client(self.next_client, user, edit)
    }

    /// Whether an edit that somebody makes under this client id passes; if so, it is in the document then.
    pub fn lets_client(
        &mut self,
        client: u64,
        user: (&str, Role),
        edit: impl FnOnce(&mut TransactionMut<'_>),
    ) -> Result<(), Refused> {
        let replica = if self.is_blind {
            Replica::new(client, false)
        } else {
            self.replica(client)
        };
        edit(&mut replica.doc.transact_mut());
        let mut updates = replica.take_emitted();
        assert_eq!(updates.len(), 1, "an edit is one update");
        self.takes(user, &updates.remove(0))
    }

    pub fn takes(&mut self, (user, role): (&str, Role), update: &[u8]) -> Result<(), Refused> {
        let novel = self
            .known
            .admit(update, &BOUNDS)
            .expect("it is sound")
            .novel
            .expect("it is new");
        let passed = {
            let before = self.room.doc.transact();
            judge(
                &self.known,
                &before,
                &novel,
                Writer { user, role },
                &self.bindings,
            )
        };
        let passed = passed.map_err(Refused::Before)?;
        let Some(kept) = &passed.novel else {
            return Ok(());
        };
        let after = self.room.copy();
        after.apply(kept);
        let confirmed = passed.confirm(&after.doc.transact(), self.now_ms);
        confirmed.map_err(Refused::After)?;
        let newcomers = passed.newcomers.iter();
        self.bindings
            .extend(newcomers.map(|&client| (client, user.to_owned())));
        self.apply(kept);
        Ok(())
    }

    pub fn apply(&mut self, update: &[u8]) {
        self.room.apply(update);
        for emitted in self.room.take_emitted() {
            self.known
                .absorb(&emitted)
                .expect("yrs emits what is sound");
        }
    }

    /// A replica that has seen everything.
    pub fn replica(&self, client: u64) -> Replica {
        let replica = Replica::new(client, false);
        replica.apply(&self.whole());
        replica.take_emitted();
        replica
    }

    pub fn whole(&self) -> Vec<u8> {
        self.room
            .doc
            .transact()
            .encode_diff_v1(&StateVector::default())
    }
}

pub fn denied((_, role): (&str, Role), deed: Deed, thing: Thing) -> Result<(), Refused> {
    Err(Refused::Before(Violation::NotAllowed { role, deed, thing }))
}

pub fn root(txn: &mut TransactionMut<'_>, name: &'static str) -> MapRef {
    txn.get_or_insert_map(name)
}

pub fn thing(txn: &mut TransactionMut<'_>, name: &'static str, key: &str) -> MapRef {
    match root(txn, name).get(txn, key) {
        Some(Out::YMap(thing)) => thing,
        _ => panic!("there is no {key} in {name}"),
    }
}

pub fn add(txn: &mut TransactionMut<'_>, name: &'static str, key: &str, author: &str) {
    let thing = MapPrelim::from([("author_id", author), ("quote", "words")]);
    root(txn, name).insert(txn, key, thing);
}
