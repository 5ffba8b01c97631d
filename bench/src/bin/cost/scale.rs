//! How far it reaches: from one room to a million, and which limit is met first.

use std::fmt::Write as _;

use room::limits::{DOCUMENT_BYTES_MAX, DOCUMENT_STRUCTS_MAX, SESSIONS_MAX};

use crate::{
    hour::Counts,
    page::{number, row},
    prices::{self, Bill},
};

/// Snapshots of 10 KB a second that one host of two cores stores, with whoever sends and a Postgres on the same two that does
/// not wait for its disk: `cargo xtask bench host`.
const HOST_PUTS_PER_SECOND: f64 = 1_300.0;
/// What an isolate may take, and what the Worker takes of it before a document is there (`ARCHITECTURE.md`).
const ISOLATE_BYTES: u64 = 128_000_000;
const WORKER_BYTES: u64 = 17_000_000;
/// Memory of an item beside its bytes (`room/src/limits.rs`).
const ITEM_BYTES: u64 = 200;
/// Items of a highlight: itself, and its seven fields.
const HIGHLIGHT_ITEMS: u64 = 8;
/// A room that is edited without a pause sends a snapshot every 15 s; with one, at most every 5 s.
const ARCHIVE_MAX_S: f64 = 15.0;
/// Requests a second that one object takes, as the platform has it: a soft limit.
const OBJECT_REQUESTS_PER_SECOND: f64 = 1_000.0;

/// So many rooms.
struct Size {
    what: &'static str,
    /// Of which so many are kept, and so many in use in the busiest hour.
    kept: u64,
    at_once: u64,
    /// Hours of a class in a month.
    hours: u64,
}

const SIZES: [Size; 4] = [
    Size {
        what: "a class",
        kept: 1,
        at_once: 1,
        hours: 8,
    },
    Size {
        what: "a university",
        kept: 5_000,
        at_once: 70,
        hours: 10_000,
    },
    Size {
        what: "100 universities",
        kept: 500_000,
        at_once: 7_000,
        hours: 1_000_000,
    },
    Size {
        what: "a million rooms at work",
        kept: 10_000_000,
        at_once: 1_000_000,
        hours: 100_000_000,
    },
];

/// Writes the section.
pub fn write(hours: &[Counts]) -> String {
    let mut page = String::from("## How far it reaches\n\n");
    one_room(&mut page);
    many_rooms(&mut page, &hours[0]);
    page.push_str(LIMITS);
    page
}

fn one_room(page: &mut String) {
    let _ = write!(
        page,
        "One room is one object, which runs on one core at a time. It takes {} sockets, and a document of {} items or {} \
         MB, whichever is reached first: some {} highlights. (A class of 300 that makes one highlight a minute each fills it \
         in {} minutes; then it says so and takes no more.)\nAn edit costs what comes in and what goes out, so one object \
         takes at most so many edits a second, where each leaves by itself:\n\n",
        number(SESSIONS_MAX as u64),
        number(DOCUMENT_STRUCTS_MAX as u64),
        DOCUMENT_BYTES_MAX as f64 / f64::from(1 << 20),
        number(DOCUMENT_STRUCTS_MAX as u64 / HIGHLIGHT_ITEMS),
        DOCUMENT_STRUCTS_MAX as u64 / HIGHLIGHT_ITEMS / 300,
    );
    let readers = [10, 30, 100, 300, 1_000];
    row(page, "readers", readers.map(number));
    row(page, "---", readers.map(|_| "---:".to_owned()));
    let edits = readers.map(|readers| {
        let us = prices::FRAME_IN_US + prices::FRAME_OUT_US * readers;
        let most = (1e6 / us as f64).min(OBJECT_REQUESTS_PER_SECOND);
        number(most as u64)
    });
    row(page, "edits a second", edits);
    page.push('\n');
}

fn many_rooms(page: &mut String, hour: &Counts) {
    let _ = write!(
        page,
        "Many rooms, each as the class of {} above. Objects share nothing, so rooms are added by the platform; what \
         is shared is Postgres.\n\n",
        hour.students
    );
    row(page, "", SIZES.iter().map(|size| size.what.to_owned()));
    row(page, "---", SIZES.iter().map(|_| "---:".to_owned()));
    let mut line = |what: &str, of: &dyn Fn(&Size) -> String| row(page, what, SIZES.iter().map(of));
    let at_once = |size: &Size| size.at_once as f64;
    line("rooms that are kept", &|size| number(size.kept));
    line("rooms in use in the busiest hour", &|size| {
        number(size.at_once)
    });
    line("people in them", &|size| {
        number(size.at_once * hour.students)
    });
    line("frames in, a second", &|size| {
        rate(at_once(size) * hour.frames_in as f64 / 3_600.0)
    });
    line("processor time of objects, cores", &|size| {
        rate(at_once(size) * cores(hour))
    });
    line("isolates that their documents fill", &|size| {
        number((size.at_once * memory(hour)).div_ceil(ISOLATE_BYTES - WORKER_BYTES))
    });
    line("snapshots a second, in that hour", &|size| {
        rate(at_once(size) * puts(hour))
    });
    line("… if nobody ever paused", &|size| {
        rate(at_once(size) / ARCHIVE_MAX_S)
    });
    line("… MB a second that Postgres writes for it", &|size| {
        rate(at_once(size) * written(hour))
    });
    line("hosts of two cores", &|size| {
        number((at_once(size) * puts(hour) / HOST_PUTS_PER_SECOND).ceil() as u64)
    });
    line("history of that hour, GB", &|size| {
        rate(at_once(size) * history(hour))
    });
    line("stored in objects, GB", &|size| {
        rate(size.kept as f64 * hour.stored_bytes as f64 / 1e9)
    });
    line("hours of a class in a month", &|size| number(size.hours));
    line("dollars a month for these", &|size| {
        rate(size.hours as f64 * Bill::ours(hour).dollars())
    });
    line("dollars a month for what is stored", &|size| {
        let stored = size.kept as f64 * hour.stored_bytes as f64 / 1e9;
        rate(stored * prices::STORED_PER_GIGABYTE_MONTH)
    });
    let _ = write!(
        page,
        "\nHow these are computed: cores from {} µs a frame in and {} µs a frame out; memory from {ITEM_BYTES} bytes an item, {} \
         items a highlight, and the document's bytes; what Postgres writes from half the document (it grows through the \
         hour), once for the row and once for the history; a host of two cores from {} snapshots of 10 KB a second, measured \
         with a Postgres on the same two cores that did not wait for its disk.\n\n",
        prices::FRAME_IN_US,
        prices::FRAME_OUT_US,
        HIGHLIGHT_ITEMS,
        number(HOST_PUTS_PER_SECOND as u64),
    );
}

/// Of one core, for one room.
fn cores(hour: &Counts) -> f64 {
    let us = hour.frames_in * prices::FRAME_IN_US + hour.frames_out * prices::FRAME_OUT_US;
    us as f64 / 1e6 / 3_600.0
}

/// What the document takes in memory.
fn memory(hour: &Counts) -> u64 {
    let highlights = hour.students * crate::hour::CONTRIBUTIONS_EACH;
    hour.document_bytes + highlights * HIGHLIGHT_ITEMS * ITEM_BYTES
}

/// Snapshots a second.
fn puts(hour: &Counts) -> f64 {
    hour.archives as f64 / 3_600.0
}

/// Megabytes a second.
fn written(hour: &Counts) -> f64 {
    puts(hour) * hour.document_bytes as f64 / 2.0 * 2.0 / 1e6
}

/// Gigabytes.
fn history(hour: &Counts) -> f64 {
    hour.archives as f64 * hour.document_bytes as f64 / 2.0 / 1e9
}

/// As many digits as say something.
fn rate(value: f64) -> String {
    if value >= 100.0 {
        number(value.round() as u64)
    } else if value >= 1.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.4}")
    }
}

const LIMITS: &str = "\
Which limit is met first:

- **One room**: the number of readers times the rate of edits, since an object runs on one core, and the items of its document.
- **One isolate**: 128 MB for all objects that the platform puts into it. A room in use takes what its document takes; a \
sleeping one nothing. The platform decides how many objects share an isolate, and starts others; ours drop documents of \
which nobody is there.
- **One Postgres**: what it writes. Each snapshot is written as a whole and its predecessor is copied to the history, and of \
the last hour every version is kept; that is the first thing that has to be divided. Cases share no rows, so they can be \
divided among databases by a hash of `case_id`; nothing of that is built.
- **Hosts**: they hold no state, so more of them can stand before one Postgres; each takes at most its `HOST_POOL_SIZE` of \
connections.
- **The platform**: 1,000 requests a second for one object, 32,768 sockets; no limit for the number of objects.

Nothing but one room, one Postgres and one host was ever measured; whatever is larger is arithmetic.
";
