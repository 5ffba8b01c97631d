//! The rules of `room/SPEC.md`, one or two files per section; the decoder's (DE, AD) have tests of their own. Every test
//! drives the room through a shell that checks, after each list of effects, what must hold in all of them.

mod archive;
mod authority;
mod authority_bounds;
mod authority_cost;
mod authorship;
mod authorship_ids;
mod authorship_recovery;
mod bounds;
mod check;
mod deletion;
mod erasure;
mod faults;
mod hearsay;
mod host;
mod journal;
mod machine;
mod ours;
mod ours_asleep;
mod ours_refused;
mod ours_silent;
mod ours_told;
mod people;
mod presence;
mod presence_time;
mod rulings;
mod sessions;
mod shell;
mod summaries;
mod support;
mod ticks;
mod ticks_failing;
mod waiting;
