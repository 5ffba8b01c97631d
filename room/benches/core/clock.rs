//! The harness: criterion natively, and on wasm32 the part of it that `wasm-bindgen-test` has.

use std::{collections::VecDeque, time::Duration};

#[cfg(not(target_arch = "wasm32"))]
pub use criterion::Criterion;
#[cfg(not(target_arch = "wasm32"))]
use std::time::Instant;
#[cfg(target_arch = "wasm32")]
pub use wasm_bindgen_test::Criterion;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::Instant;

/// Something that was made ready, and what is to happen to it, one step after the other.
pub struct Ready<S, I> {
    pub state: S,
    pub steps: VecDeque<I>,
}

/// Measures one step. What makes it ready, and what is left of it in the end, is not measured.
pub fn measure<S, I>(
    criterion: &mut Criterion,
    name: &str,
    mut prepare: impl FnMut() -> Ready<S, I>,
    mut act: impl FnMut(&mut S, I),
) {
    if !is_wanted(name) {
        return;
    }
    let mut ready = None;
    criterion.bench_function(name, |bencher| {
        bencher.iter_custom(|steps| {
            let mut left = steps as usize;
            let mut spent = Duration::ZERO;
            while left > 0 {
                let mut going = ready.take().unwrap_or_else(&mut prepare);
                let some: Vec<I> = going.steps.drain(..left.min(going.steps.len())).collect();
                left -= some.len();
                spent += time(&mut going.state, some, &mut act);
                if !going.steps.is_empty() {
                    ready = Some(going);
                }
            }
            spent
        });
    });
}

#[cfg_attr(
    not(target_arch = "wasm32"),
    expect(
        clippy::disallowed_methods,
        reason = "time is what is measured; no room sees it"
    )
)]
fn time<S, I>(state: &mut S, steps: Vec<I>, act: &mut impl FnMut(&mut S, I)) -> Duration {
    let began = Instant::now();
    for step in steps {
        act(state, step);
    }
    began.elapsed()
}

/// Whether these words are in the name of it. Natively criterion finds that out; on wasm32 nothing can be said when it is
/// run, so it is said when it is compiled.
fn is_wanted(name: &str) -> bool {
    let only = option_env!("GLOSSATOR_BENCH_ONLY").unwrap_or_default();
    cfg!(not(target_arch = "wasm32")) || name.contains(only)
}

/// How long a step is measured: those that cost milliseconds are few enough as it is.
pub fn patience(criterion: Criterion) -> Criterion {
    criterion
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
}
