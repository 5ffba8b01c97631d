//! What our page sends is allowed. `page_traffic.bin` is made by web/test/marginalia/traffic_fixture.ts; a test there
//! sees to it that it stays what the page sends.

use annotation::Role;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
use yrs::Transact;

use crate::{case::Case, model::AHEAD_MAX_MS};

const TRAFFIC: &[u8] = include_bytes!("page_traffic.bin");

/// Who sends, in the order of the fixture.
const SENDERS: [(&str, Role); 4] = [
    ("ada", Role::Annotate),
    ("dan", Role::Annotate),
    ("ben", Role::Comment),
    ("cleo", Role::Own),
];

#[test]
fn ro2_all_that_the_page_sends_within_a_role_is_allowed() {
    let mut case = Case::empty();
    case.now_ms = 1_767_700_000_000 - AHEAD_MAX_MS;
    let mut taken = 0;

    for (at, (sender, update)) in updates().into_iter().enumerate() {
        let judged = case.takes(SENDERS[sender], update);
        assert_eq!(judged, Ok(()), "update {at}, of {}", SENDERS[sender].0);
        taken += 1;
    }

    assert!(taken > 60, "{taken}");
    let txn = case.room.doc.transact();
    assert!(annotation::highlight_count(&txn) > 0);
}

#[test]
fn ro2_nothing_that_the_page_sends_is_allowed_to_a_reader() {
    let mut case = Case::empty();

    for (sender, update) in updates() {
        let (user, _) = SENDERS[sender];
        assert!(case.takes((user, Role::Read), update).is_err());
        case.apply(update);
    }
}

fn updates() -> Vec<(usize, &'static [u8])> {
    let mut updates = Vec::new();
    let mut rest = TRAFFIC;
    while let [sender, a, b, c, d, tail @ ..] = rest {
        let (update, tail) = tail.split_at(u32::from_le_bytes([*a, *b, *c, *d]) as usize);
        updates.push((usize::from(*sender), update));
        rest = tail;
    }
    updates
}
