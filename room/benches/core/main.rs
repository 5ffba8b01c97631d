//! What the core costs, event by event: `cargo xtask bench core`, natively and on wasm32, as it is deployed.
//!
//! A room is fed frames of stock clients through its one door, and what it orders is dropped. `scenes` are such rooms, `parts`
//! are the steps of an update by themselves. Not here: sockets, SQL, and what it costs to hand a frame to the runtime.

mod clock;
mod documents;
mod feed;
mod parts;
mod scenes;

use clock::Criterion;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_bench;

/// Measures everything, in this order.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_bench)]
fn core(criterion: &mut Criterion) {
    #[cfg(target_arch = "wasm32")]
    {
        *criterion = clock::patience(std::mem::take(criterion));
    }
    scenes::measure(criterion);
    parts::measure(criterion);
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    let mut criterion = clock::patience(Criterion::default()).configure_from_args();
    core(&mut criterion);
    criterion.final_summary();
}

#[cfg(target_arch = "wasm32")]
fn main() {}
