//! Which objects of this isolate hold a room in memory, so that the memory of sleeping ones is freed in time.
//!
//! When the runtime puts an object to sleep, it drops the JavaScript object, but the Rust memory behind it is freed
//! only when JavaScript's garbage collector comes by, and wasm memory alone does not make it come: after 50 cycles of
//! sleeping and waking, 50 dead documents were measured. So an object that begins a new life empties its predecessor,
//! and every wake empties the objects that have been idle for longer than the runtime leaves them in memory. Emptying
//! one that is alive after all is harmless: to its room it is one more sleep.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    rc::{Rc, Weak},
};

use room::Timestamp;

use crate::shell::Shell;

/// The runtime puts an idle object to sleep after 10 s.
const IDLE_MS: u64 = 30_000;

thread_local! {
    static RESIDENTS: RefCell<BTreeMap<String, Weak<Shell>>> = const { RefCell::new(BTreeMap::new()) };
}

/// Registers a new life of an object, and retires the one before it.
pub(crate) fn move_in(id: String, shell: &Rc<Shell>) {
    let before = RESIDENTS.with_borrow_mut(|residents| residents.insert(id, Rc::downgrade(shell)));
    if let Some(before) = before.and_then(|before| before.upgrade()) {
        before.retire();
    }
}

/// Empties the objects that are asleep.
pub(crate) fn sweep(now: Timestamp) {
    let residents = RESIDENTS.with_borrow_mut(|residents| {
        residents.retain(|_, shell| shell.strong_count() > 0);
        residents
            .values()
            .filter_map(Weak::upgrade)
            .collect::<Vec<_>>()
    });
    for shell in residents {
        shell.sleep_if_idle(now, IDLE_MS);
    }
}
