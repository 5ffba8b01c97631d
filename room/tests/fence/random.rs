//! Random histories of several clients, delivered in order and out of order.

use std::sync::Arc;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
use yrs::{
    Any, Array, ArrayPrelim, Doc, GetString, Map, MapPrelim, Out, Text, TextPrelim, Transact, Xml,
    XmlElementPrelim, XmlFragment, XmlTextPrelim, types::ToJson,
};

use crate::support::{Fenced, Observed, Random, deleted_in};

const HISTORIES: u64 = if cfg!(target_arch = "wasm32") {
    20
} else {
    300
};
const STEPS: u32 = 80;

/// What some clients did, and what each of them ended with.
pub struct History {
    clients: Vec<Observed>,
    pub log: Vec<Vec<u8>>,
}

#[test]
fn ad1_updates_in_order_are_taken_whole() {
    for seed in 0..HISTORIES {
        let history = History::new(seed);
        let mut room = Fenced::new();
        for update in &history.log {
            let admission = room.feed(update).unwrap();
            assert!(!admission.incomplete, "seed {seed}");
        }
        history.check_agreement(seed, &room);
    }
}

#[test]
fn ad2_updates_out_of_order_heal_by_one_answer_of_each_client() {
    for seed in 0..HISTORIES {
        let history = History::new(seed);
        let mut random = Random::new(seed ^ 0x5eed);
        let mut log = history.log.clone();
        random.shuffle(&mut log);
        let mut room = Fenced::new();
        for update in &log {
            room.feed(update).unwrap();
        }
        for client in &history.clients {
            let answer = client.diff(room.known.state_vector());
            assert!(!room.feed(&answer).unwrap().incomplete, "seed {seed}");
        }
        history.check_agreement(seed, &room);
    }
}

#[test]
fn ad3_updates_out_of_order_and_repeated_are_all_taken_in_the_end() {
    for seed in 0..HISTORIES / 4 {
        let history = History::new(seed);
        let mut random = Random::new(seed ^ 0xfeed);
        let mut log = history.log.clone();
        let mut room = Fenced::new();
        // Each round takes at least one more update, since what is left out is only what lacks something.
        for _ in 0..history.log.len() {
            random.shuffle(&mut log);
            let mut is_incomplete = false;
            for update in &log {
                is_incomplete |= room.feed(update).unwrap().incomplete;
            }
            if !is_incomplete {
                break;
            }
        }
        history.check_agreement(seed, &room);
    }
}

#[test]
fn ad4_whole_documents_meet_in_the_same_state() {
    for seed in 0..HISTORIES / 4 {
        let history = History::new(seed);
        let mut room = Fenced::new();
        for client in history.clients.iter().rev() {
            assert!(
                !room
                    .feed(&client.diff(&Default::default()))
                    .unwrap()
                    .incomplete,
                "seed {seed}"
            );
        }
        history.check_agreement(seed, &room);
    }
}

impl History {
    fn new(seed: u64) -> History {
        History::with_steps(seed, STEPS)
    }

    /// A few edits, then each client's whole document.
    pub fn short(seed: u64) -> History {
        let mut history = History::with_steps(seed, 20);
        history.log.extend(
            history
                .clients
                .iter()
                .map(|client| client.diff(&Default::default())),
        );
        history
    }

    fn with_steps(seed: u64, steps: u32) -> History {
        let mut random = Random::new(seed);
        let clients: Vec<Observed> = (1..=3).map(|id| Observed::new(id * 7_919)).collect();
        let mut log = Vec::<Vec<u8>>::new();
        let mut seen = [0; 3];
        for _ in 0..steps {
            let who = random.below(3) as usize;
            if random.chance(30) {
                for update in &log[seen[who]..] {
                    clients[who].apply(update);
                }
                seen[who] = log.len();
                clients[who].take_emitted();
            }
            edit(&clients[who].doc, &mut random);
            log.extend(clients[who].take_emitted());
        }
        for client in &clients {
            for update in &log {
                client.apply(update);
            }
        }
        History { clients, log }
    }

    fn check_agreement(&self, seed: u64, room: &Fenced) {
        room.check();
        room.check_round_trip();
        for client in &self.clients {
            assert_eq!(room.observed.state(), client.state(), "seed {seed}");
            assert_eq!(
                deleted_in(&room.observed.doc),
                deleted_in(&client.doc),
                "seed {seed}"
            );
            assert_eq!(
                content(&room.observed.doc),
                content(&client.doc),
                "seed {seed}"
            );
        }
    }
}

/// Everything that a reader of the document sees.
fn content(doc: &Doc) -> (Any, Any, String, String, String) {
    let map = doc.get_or_insert_map("map");
    let array = doc.get_or_insert_array("array");
    let text = doc.get_or_insert_text("text");
    let emoji = doc.get_or_insert_text("emoji");
    let xml = doc.get_or_insert_xml_fragment("xml");
    let txn = doc.transact();
    (
        map.to_json(&txn),
        array.to_json(&txn),
        text.get_string(&txn),
        emoji.get_string(&txn),
        xml.get_string(&txn),
    )
}

fn edit(doc: &Doc, random: &mut Random) {
    match random.below(11) {
        10 => edit_emoji(doc, random),
        0..3 => edit_text(doc, random),
        3..6 => edit_map(doc, random),
        6..8 => edit_array(doc, random),
        _ => edit_xml(doc, random),
    }
}

fn edit_text(doc: &Doc, random: &mut Random) {
    const WORDS: [&str; 5] = ["a", "obiter", "dictum", "ßä€", "line\nline"];
    let text = doc.get_or_insert_text("text");
    let mut txn = doc.transact_mut();
    let len = text.len(&txn);
    let at = random.below(len + 1);
    match random.below(8) {
        0..4 => text.insert(&mut txn, at, WORDS[random.below(5) as usize]),
        4..6 if len > 0 => {
            let at = at.min(len - 1);
            text.remove_range(&mut txn, at, 1 + random.below((len - at).min(6)));
        }
        6 if at < len => {
            let attributes = [(
                Arc::from("bold"),
                if random.chance(70) {
                    Any::from(true)
                } else {
                    Any::Null
                },
            )];
            text.format(
                &mut txn,
                at,
                1 + random.below(len - at),
                attributes.into_iter().collect(),
            );
        }
        _ => {
            text.insert_embed(&mut txn, at, Any::from("embed"));
        }
    }
}

/// Surrogate pairs, which replicas that cut one through spell differently: so nothing is put inside them.
fn edit_emoji(doc: &Doc, random: &mut Random) {
    let text = doc.get_or_insert_text("emoji");
    let mut txn = doc.transact_mut();
    let end = if random.chance(50) { 0 } else { text.len(&txn) };
    text.insert(&mut txn, end, "😀𝄞");
}

fn edit_map(doc: &Doc, random: &mut Random) {
    let map = doc.get_or_insert_map("map");
    let mut txn = doc.transact_mut();
    let key = format!("k{}", random.below(4));
    match random.below(6) {
        0 => {
            map.remove(&mut txn, &key);
        }
        1 => {
            map.insert(&mut txn, key, f64::from(random.below(1_000)) / 8.0);
        }
        2 => {
            map.insert(&mut txn, key, TextPrelim::new("nested"));
        }
        _ => {
            let nested = match map.get(&txn, &key) {
                Some(Out::YMap(nested)) => nested,
                _ => map.insert(&mut txn, key, MapPrelim::default()),
            };
            let field = format!("f{}", random.below(3));
            if random.chance(20) {
                nested.remove(&mut txn, &field);
            } else if random.chance(20) {
                nested.insert(&mut txn, field, ArrayPrelim::from(["x", "y"]));
            } else {
                nested.insert(&mut txn, field, i64::from(random.below(9)));
            }
        }
    }
}

fn edit_array(doc: &Doc, random: &mut Random) {
    let array = doc.get_or_insert_array("array");
    let mut txn = doc.transact_mut();
    let len = array.len(&txn);
    let at = random.below(len + 1);
    match random.below(5) {
        0..2 => array.insert_range(
            &mut txn,
            at,
            [Any::from(true), Any::Null, Any::from("three")],
        ),
        2 if len > 0 => {
            let at = at.min(len - 1);
            array.remove_range(&mut txn, at, 1 + random.below((len - at).min(4)));
        }
        3 => {
            let nested = array.insert(&mut txn, at, ArrayPrelim::default());
            nested.insert(&mut txn, 0, ArrayPrelim::from(["deep"]));
        }
        _ => {
            array.insert(&mut txn, at, MapPrelim::default());
        }
    }
}

fn edit_xml(doc: &Doc, random: &mut Random) {
    let xml = doc.get_or_insert_xml_fragment("xml");
    let mut txn = doc.transact_mut();
    let len = xml.len(&txn);
    let at = random.below(len + 1);
    if len > 0 && random.chance(25) {
        xml.remove_range(&mut txn, at.min(len - 1), 1);
    } else if random.chance(30) {
        xml.insert(&mut txn, at, XmlTextPrelim::new("paragraph"));
    } else {
        let element = xml.insert(&mut txn, at, XmlElementPrelim::empty("p"));
        element.insert_attribute(&mut txn, "id", "7");
        element.push_back(&mut txn, XmlTextPrelim::new("inner"));
    }
}
