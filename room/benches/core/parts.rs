//! The steps of one update by themselves: what of it is ours, and what is yrs'.

use std::{
    cell::{LazyCell, RefCell},
    collections::{BTreeMap, VecDeque},
    hint::black_box,
    rc::Rc,
};

use annotation::{Attribution, Claim, Proof};
use room::{
    Role, decode,
    known::{AdmitBounds, Known},
    policy, wire,
};
use yrs::{Doc, ReadTxn, Transact, Update, updates::decoder::Decode};

use crate::{
    clock::{self, Criterion, Ready},
    documents::{self, Stored},
};

/// How often something is done that changes nothing, before it is made ready anew.
const TIMES: usize = 100_000;
/// Updates that follow on each other.
const UPDATES: u32 = 1_500;

pub fn measure(criterion: &mut Criterion) {
    for what in ["small document", "large document", "5,000 client ids"] {
        let subject = LazyCell::new(|| Subject::new(what));
        let subject = || &*subject;
        strip(criterion, what, subject);
        take_in(criterion, what, subject);
        judge(criterion, what, subject);
        of_yrs(criterion, what, subject);
        whole(criterion, what, subject);
    }
}

/// A document, and what is written into it.
struct Subject {
    stored: Stored,
    updates: VecDeque<Vec<u8>>,
}

impl Subject {
    fn new(what: &str) -> Subject {
        let stored = match what {
            "small document" => documents::small(),
            "large document" => documents::large(),
            _ => documents::of_many(5_000),
        };
        let updates = documents::sentences(&stored, UPDATES);
        Subject { stored, updates }
    }

    fn index(&self) -> Known {
        let mut known = Known::new();
        known
            .absorb(&self.stored.snapshot)
            .expect("it was encoded here");
        known
    }

    fn open(&self) -> Doc {
        documents::open(&self.stored)
    }
}

/// Something that changes nothing.
fn again<S>(criterion: &mut Criterion, name: &str, ready: impl Fn() -> S, act: impl Fn(&S)) {
    let prepare = || Ready {
        state: ready(),
        steps: vec![(); TIMES].into(),
    };
    clock::measure(criterion, name, prepare, |state, ()| act(state));
}

fn strip<'a>(criterion: &mut Criterion, what: &str, subject: impl Fn() -> &'a Subject) {
    let name = format!("part: decode the frame, {what}");
    let framed = || wire::update(&subject().updates[0]);
    again(criterion, &name, framed, |framed| {
        black_box(decode::messages(framed).is_ok());
    });
    let bounds = AdmitBounds::of_peer(60_000);
    let name = format!("part: strip, {what}");
    let ready = || (subject().index(), &subject().updates[0]);
    again(criterion, &name, ready, |(known, update)| {
        black_box(known.admit(update, &bounds).is_ok());
    });
}

fn take_in<'a>(criterion: &mut Criterion, what: &str, subject: impl Fn() -> &'a Subject) {
    let prepare = || Ready {
        state: subject().index(),
        steps: subject().updates.clone(),
    };
    let name = format!("part: take into the index, {what}");
    clock::measure(criterion, &name, prepare, |known, update: Vec<u8>| {
        black_box(known.absorb(&update).is_ok());
    });
    let prepare = || Ready {
        state: Attribution::decode(&subject().stored.attribution).expect("it was encoded here"),
        steps: (0..UPDATES).collect(),
    };
    let name = format!("part: attribute, {what}");
    clock::measure(criterion, &name, prepare, |attribution, number: u32| {
        let mut added = Attribution::default();
        let claim = Claim {
            user: "bulgarus",
            at_ms: documents::WRITTEN_MS,
            proof: Proof::Proven,
        };
        let clocks = number * 25..(number + 1) * 25;
        added.wrote(documents::WRITERS_CLIENT, clocks, claim);
        attribution.merge(&added);
        black_box(added.encode());
    });
}

fn judge<'a>(criterion: &mut Criterion, what: &str, subject: impl Fn() -> &'a Subject) {
    let nobody = BTreeMap::<u64, String>::new();
    let writer = policy::Writer {
        user: "bulgarus",
        role: Role::Annotate,
    };
    let name = format!("part: judge, {what}");
    let ready = || (subject().index(), subject().open(), &subject().updates[0]);
    again(criterion, &name, ready, |(known, doc, update)| {
        let judged = policy::judge(known, &doc.transact(), update, writer, &nobody);
        black_box(judged.is_ok());
    });
}

fn of_yrs<'a>(criterion: &mut Criterion, what: &str, subject: impl Fn() -> &'a Subject) {
    let name = format!("part: yrs decodes, {what}");
    let first = || &subject().updates[0];
    again(criterion, &name, first, |update| {
        black_box(Update::decode_v1(update).is_ok());
    });
    for (does, is_observed) in [("applies", false), ("applies and emits", true)] {
        let prepare = || {
            let doc = subject().open();
            let emitted = Rc::new(RefCell::new(None));
            if is_observed {
                let sink = Rc::clone(&emitted);
                doc.observe_update_v1("bench", move |_, event| {
                    *sink.borrow_mut() = Some(event.update.clone());
                })
                .expect("no transaction is open");
            }
            Ready {
                state: (doc, emitted),
                steps: subject().updates.clone(),
            }
        };
        let name = format!("part: yrs {does}, {what}");
        clock::measure(criterion, &name, prepare, |state, update: Vec<u8>| {
            documents::apply(&state.0, &update);
            black_box(state.1.borrow_mut().take());
        });
    }
    let name = format!("part: yrs tells its state vector, {what}");
    again(
        criterion,
        &name,
        || subject().open(),
        |doc| {
            black_box(doc.transact().state_vector());
        },
    );
}

fn whole<'a>(criterion: &mut Criterion, what: &str, subject: impl Fn() -> &'a Subject) {
    let open = || subject().open();
    again(
        criterion,
        &format!("whole: yrs encodes, {what}"),
        open,
        |doc| {
            black_box(documents::whole(doc));
        },
    );
    let name = format!("whole: yrs decodes and applies, {what}");
    again(criterion, &name, &subject, |subject| {
        black_box(subject.open());
    });
    let name = format!("whole: take into the index, {what}");
    again(criterion, &name, &subject, |subject| {
        black_box(subject.index());
    });
    let name = format!("whole: yrs' snapshot to compare, {what}");
    again(criterion, &name, open, |doc| {
        black_box(doc.transact().snapshot());
    });
}
