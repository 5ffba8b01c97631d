//! An hour of a class, counted: the room itself is driven through it, with our own client at every socket and a clock that
//! is moved. What it orders is what is billed.

use room::{Event, SessionId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::class::Class;

/// What an hour of a class of so many students comes to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    pub students: u64,
    /// Sockets that were opened.
    pub upgrades: u64,
    /// Frames that came in; pings are not among them.
    pub frames_in: u64,
    /// Pings that the runtime answers by itself.
    pub pings: u64,
    /// Frames that went out, one for each socket.
    pub frames_out: u64,
    /// Times that the alarm woke the object.
    pub alarms: u64,
    /// Rows of the object's SQLite, each alarm that was set among them.
    pub rows_written: u64,
    /// Snapshots that were sent to Postgres.
    pub archives: u64,
    /// Milliseconds in which a timer kept the object from hibernating.
    pub timer_ms: u64,
    /// What is stored in the object in the end.
    pub stored_bytes: u64,
    /// The document in the end.
    pub document_bytes: u64,
}

pub const HOUR_MS: u64 = 60 * 60 * 1_000;
/// Everybody comes within the first two minutes.
pub const BELL_MS: u64 = 2 * 60 * 1_000;
/// Each student makes a highlight or a comment every five minutes.
pub const CONTRIBUTIONS_EACH: u64 = 12;
/// Each student's place in the text is told to others so often: a paragraph takes ten seconds to read.
pub const STATES_EACH: u64 = 360;
pub const PING_EVERY_MS: u64 = 20_000;
/// How long the host takes to answer an archive.
pub const ARCHIVE_MS: u64 = 50;
pub const BEGINS: Timestamp = Timestamp(1_790_000_000_000);

/// Counts an hour.
pub fn count(students: u64) -> Counts {
    let mut class = Class::new(students);
    for (at, happens) in timetable(students) {
        class.pass_to(BEGINS + at);
        class.let_happen(happens);
    }
    class.pass_to(BEGINS + HOUR_MS);
    for student in 0..students {
        let session = SessionId(student + 1);
        class.tell(Event::SessionClosed { session });
    }
    class.pass_to(BEGINS + HOUR_MS + 60_000);
    class.counts
}

/// What somebody does.
pub enum Happens {
    Comes(u64),
    Contributes(u64),
    Moves(u64),
}

/// What everybody does, in order of time: at moments that look random, since a timer or an archive depends on who comes
/// close behind another one, and are the same every time.
fn timetable(students: u64) -> Vec<(u64, Happens)> {
    let mut table = Vec::new();
    let mut state = students;
    let mut within = |from: u64, until: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        from + (state >> 33) % (until - from)
    };
    for student in 0..students {
        table.push((within(0, BELL_MS), Happens::Comes(student)));
        for _ in 0..CONTRIBUTIONS_EACH {
            table.push((within(BELL_MS, HOUR_MS), Happens::Contributes(student)));
        }
        for _ in 0..STATES_EACH {
            table.push((within(BELL_MS, HOUR_MS), Happens::Moves(student)));
        }
    }
    table.sort_by_key(|(at, _)| *at);
    table
}
