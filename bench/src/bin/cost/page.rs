//! The page in words and tables.

use std::fmt::Write as _;

use crate::{
    hour::{CONTRIBUTIONS_EACH, Counts, STATES_EACH},
    prices::{self, Bill, active_seconds},
    scale,
};

/// Writes the page.
pub fn write(hours: &[Counts]) -> String {
    let mut page = String::from(BEGINNING);
    counts(&mut page, hours);
    bills(&mut page, hours);
    page.push_str(&scale::write(hours));
    page.lines().flat_map(wrapped).collect()
}

/// A line of text as lines of at most so many letters, a list's indented; tables stay as they are.
fn wrapped(line: &str) -> Vec<String> {
    const LETTERS_MAX: usize = 118;
    if line.starts_with('|') {
        return vec![format!("{line}\n")];
    }
    let indent = if line.starts_with("- ") { "  " } else { "" };
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.len() - 1;
        let letters = lines[last].chars().count() + 1 + word.chars().count();
        if !lines[last].is_empty() && letters > LETTERS_MAX {
            lines.push(format!("{indent}{word}"));
        } else if lines[last].is_empty() {
            lines[last].push_str(word);
        } else {
            lines[last].push(' ');
            lines[last].push_str(word);
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

const BEGINNING: &str = "\
# What it costs, and how far it reaches

This page is computed: `cargo run -p bench --bin cost > docs/cost.md` writes it, and a test fails if it says something \
else. Counts are not estimates: the room itself is driven through the hour, with our own client at every socket, and what \
it orders is counted (`bench/src/bin/cost/hour.rs`). Prices are the published ones; where they stand, and when they were \
read, is in `bench/src/bin/cost/prices.rs`, with the few figures that were measured elsewhere.

";

fn counts(page: &mut String, hours: &[Counts]) {
    let _ = write!(
        page,
        "## An hour of a class\n\n\
         Everybody comes within two minutes and reads for an hour. Each of them makes {CONTRIBUTIONS_EACH} highlights with a quote, and \
         the others are told {STATES_EACH} times where each of them is. Nobody else is in the room.\n\n"
    );
    let columns = hours
        .iter()
        .map(|hour| format!("{} students", hour.students));
    row(page, "", columns);
    row(page, "---", hours.iter().map(|_| "---:".to_owned()));
    let mut line = |what: &str, of: fn(&Counts) -> String| row(page, what, hours.iter().map(of));
    line("sockets opened", |hour| number(hour.upgrades));
    line("frames in", |hour| number(hour.frames_in));
    line("pings, answered without waking the object", |hour| {
        number(hour.pings)
    });
    line("frames out", |hour| number(hour.frames_out));
    line("alarms", |hour| number(hour.alarms));
    line("rows written, alarms that were set among them", |hour| {
        number(hour.rows_written)
    });
    line("snapshots sent to Postgres", |hour| number(hour.archives));
    line("seconds in which a timer was set", |hour| {
        number(hour.timer_ms / 1_000)
    });
    line("document in the end, KB", |hour| {
        number(hour.document_bytes / 1_000)
    });
    line("stored in the object in the end, KB", |hour| {
        number(hour.stored_bytes / 1_000)
    });
    page.push('\n');
}

fn bills(page: &mut String, hours: &[Counts]) {
    let _ = write!(
        page,
        "## What that costs\n\n\
         US dollars an hour, beyond the allowances that come with the plan ($5 a month): ${:.2} a million requests, of which \
         {:.0} incoming messages make one; ${:.2} a million GB-s, {} GB at a time; ${:.2} a million rows written; ${:.2} a \
         million requests to the Worker. Outgoing messages and files cost nothing. Pings are counted as messages, though no \
         price is named for those that the runtime answers. An object is taken to be active for {} µs a frame that comes \
         in, {} µs one that goes out, while a timer is set, and while the host answers. That a page asks the \
         Worker {} times an hour is an estimate.\n\n",
        prices::REQUESTS_PER_MILLION,
        prices::MESSAGES_PER_REQUEST,
        prices::GIGABYTE_SECONDS_PER_MILLION,
        prices::OBJECT_GIGABYTES,
        prices::ROWS_WRITTEN_PER_MILLION,
        prices::WORKER_REQUESTS_PER_MILLION,
        prices::FRAME_IN_US,
        prices::FRAME_OUT_US,
        prices::PAGE_REQUESTS,
    );
    page.push_str("| | requests | GB-s | rows written | requests to the Worker | dollars |\n");
    page.push_str("|---|---:|---:|---:|---:|---:|\n");
    for hour in hours {
        bill(
            page,
            &format!("{} students, here", hour.students),
            Bill::ours(hour),
        );
        let other = format!("{} students, without hibernation", hour.students);
        bill(page, &other, Bill::without_hibernation(hour));
    }
    let [first, .., last] = hours else {
        return;
    };
    let by_the_hour = 3_600.0 * prices::OBJECT_GIGABYTES * prices::GIGABYTE_SECONDS_PER_MILLION;
    let _ = write!(
        page,
        "\n“Without hibernation” is a room that stays in memory as long as a socket is open, writes nothing down in its \
         object, and has stock clients, which renew their presence every 15 s. So it is no equal: what it was told since its \
         last snapshot is lost with it. Stock clients also send on what they are told of presence, which is another frame in \
         for each of them and each state: that is not in its bill, and would make it larger. What the host and Postgres cost \
         is in neither, nor are the rows that an object reads when it wakes.\n\n\
         - Where nobody does anything, with {} pages open, ours costs its pings and a look for silent sockets each minute: \
         ${:.6} an hour, where the other one costs ${:.6}.\n\
         - At work, ours is active for {} of the hour with {} students and for {} with {}: the more of them \
         move, the longer a timer is set, and meanwhile no object sleeps.\n\
         - Rows are what being durable costs: ${:.4} of the hour with {} students. An edit is a row, an alarm that is set \
         another one.\n\n\
         What the class of {} has written takes ${:.6} a month in the object.\n\n",
        first.students,
        idle(first),
        by_the_hour / 1e6,
        share(first),
        first.students,
        share(last),
        last.students,
        last.rows_written as f64 * prices::ROWS_WRITTEN_PER_MILLION / 1e6,
        last.students,
        first.students,
        first.stored_bytes as f64 / 1e9 * prices::STORED_PER_GIGABYTE_MONTH,
    );
}

/// Of the hour the part in which the object is active.
fn share(hour: &Counts) -> String {
    format!("{:.0} %", active_seconds(hour) / 36.0)
}

/// Of an hour in which nobody does anything.
fn idle(hour: &Counts) -> f64 {
    let sweeps = 60.0;
    let requests = hour.pings as f64 / prices::MESSAGES_PER_REQUEST + sweeps;
    let rows = sweeps;
    (requests * prices::REQUESTS_PER_MILLION + rows * prices::ROWS_WRITTEN_PER_MILLION) / 1e6
}

fn bill(page: &mut String, whose: &str, bill: Bill) {
    let cells = [
        number(bill.requests.round() as u64),
        format!("{:.1}", bill.gigabyte_seconds),
        number(bill.rows_written as u64),
        number(bill.worker_requests as u64),
        format!("{:.4}", bill.dollars()),
    ];
    row(page, whose, cells);
}

/// A line of a table.
pub fn row(page: &mut String, first: &str, cells: impl IntoIterator<Item = String>) {
    let cells: Vec<String> = cells.into_iter().collect();
    let _ = writeln!(page, "| {first} | {} |", cells.join(" | "));
}

/// A number with a comma before each three digits.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
