//! Classes, cases and search of people who have signed in: what follows from what, and who is answered what.

#[path = "../common/mod.rs"]
mod common;

mod api;
mod cases;
mod classes;
mod leaving;
mod rosters;
mod school;
mod searching;
mod settling;
mod sharing;
