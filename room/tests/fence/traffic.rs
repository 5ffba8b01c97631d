//! Real Yjs traffic, as `fuzz/make-seeds.mjs` records it: none of it is refused.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use room::decode::{Message, messages};

use crate::support::Fenced;

macro_rules! recorded {
    ($($name:literal),*) => { [$(include_bytes!(concat!("../../../fuzz/seeds/apply/", $name))),*] };
}
/// Per history: in order, backwards, one update late, and the answer of a replica that lacks an update.
const SESSIONS: [[&[u8]; 4]; 8] = [
    recorded!("001", "002", "003", "004"),
    recorded!("005", "006", "007", "008"),
    recorded!("009", "010", "011", "012"),
    recorded!("013", "014", "015", "016"),
    recorded!("017", "018", "019", "020"),
    recorded!("021", "022", "023", "024"),
    recorded!("025", "026", "027", "028"),
    recorded!("029", "030", "031", "032"),
];

/// A SyncStep1, a SyncStep2, one with pending structs, and presence set and removed.
const FRAMES: [&[u8]; 5] = [
    include_bytes!("../../../fuzz/seeds/frame/005"),
    include_bytes!("../../../fuzz/seeds/frame/006"),
    include_bytes!("../../../fuzz/seeds/frame/007"),
    include_bytes!("../../../fuzz/seeds/frame/008"),
    include_bytes!("../../../fuzz/seeds/frame/009"),
];

#[test]
fn ad15_real_sessions_are_taken_whole_in_whatever_order_they_come() {
    for [in_order, backwards, late, pending] in SESSIONS {
        let mut whole = Fenced::new();
        for update in updates(in_order) {
            assert!(!whole.feed(update).unwrap().incomplete);
        }
        for session in [backwards, late, pending] {
            let mut room = Fenced::new();
            let mut is_incomplete = true;
            for _ in 0..updates(session).len() {
                is_incomplete = false;
                for update in updates(session) {
                    is_incomplete |= room.feed(update).unwrap().incomplete;
                }
                if room.known.state_vector() == whole.known.state_vector() && !is_incomplete {
                    break;
                }
            }
            assert!(!is_incomplete || session == pending, "everything heals");
            assert_eq!(room.known.state_vector(), whole.known.state_vector());
            assert!(room.known.deleted().eq(whole.known.deleted()));
        }
        whole.check_round_trip();
    }
}

#[test]
fn ad15_what_a_replica_has_pending_is_reported_as_lacking_something() {
    for [_, _, _, pending] in SESSIONS {
        assert!(Fenced::new().feed(updates(pending)[0]).unwrap().incomplete);
    }
}

#[test]
fn de1_real_frames_are_read() {
    let kinds: Vec<_> = FRAMES
        .iter()
        .map(|frame| messages(frame).unwrap().remove(0))
        .collect();
    assert!(matches!(
        &kinds[..],
        [Message::SyncStep1(_), Message::SyncStep2(_), Message::SyncStep2(_), Message::Awareness(set), Message::Awareness(gone)]
            if set[0].state.is_some() && gone[0].state.is_none()
    ));
}

fn updates(mut session: &[u8]) -> Vec<&[u8]> {
    let mut updates = Vec::new();
    while let [low, high, rest @ ..] = session {
        let (update, tail) = rest.split_at(usize::from(u16::from_le_bytes([*low, *high])));
        updates.push(update);
        session = tail;
    }
    updates
}
