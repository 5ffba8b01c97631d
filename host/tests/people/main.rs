//! Classes, cases and search of people who have signed in: what follows from what, and who is answered what.

#[path = "../common/mod.rs"]
mod common;

mod addresses;
mod anonymity;
mod anonymous_sections;
mod api;
mod asked;
mod boards;
mod budgets;
mod by_address;
mod cases;
mod classes;
mod digest;
mod erasing;
mod erasing_meets;
mod erasing_waits;
mod exporting;
mod granting;
mod heeding;
mod housekeeping;
mod inbox;
mod leaving;
mod namesakes;
mod personas;
mod placing;
mod private_notes;
mod programs;
mod retaining;
mod rosters;
mod school;
mod searching;
mod sections;
mod settling;
mod sharing;
mod students;
mod students_beside;
mod versions;
