//! The rules of `room/SPEC.md`, one file per section; the decoder's (DE, AD) have tests of their own. Every test
//! drives the room through a shell that checks, after each list of effects, what must hold in all of them.

mod journal;
mod machine;
mod presence;
mod sessions;
mod shell;
mod support;
