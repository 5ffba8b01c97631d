//! Rosters: who is to be in a class, as a CSV that another system has exported, best Moodle.
//!
//! A line is taken whole or refused with the reason why; a refused line changes nothing and keeps no other from being taken.

mod columns;
mod line;

pub use line::RosterLine;

use csv::StringRecord;
use serde::Serialize;

use crate::{
    limits::{ROSTER_BYTES_MAX, ROSTER_LINES_MAX, ROSTER_REFUSALS_MAX},
    store::ClassRole,
};
use columns::Columns;

/// What a roster says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// The people, each once.
    pub lines: Vec<RosterLine>,
    /// What was refused.
    pub refused: Refusals,
}

/// The lines that were refused, and how many they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusals {
    /// What is said of them, in order; of several that go together one thing.
    pub listed: Vec<RefusedLine>,
    /// How many lines that are.
    pub count: usize,
}

/// A line that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedLine {
    /// Its number in the file, from 1.
    pub line: u64,
    /// What it says, cut and without what could disturb a page or a terminal.
    pub text: String,
    /// Why.
    pub why: String,
}

impl Refusals {
    /// Adds one.
    pub fn add(&mut self, line: u64, text: String, why: &str) {
        self.add_several(1, line, text, why);
    }

    /// Adds several of which one thing is to be said. `line` is the first of them.
    fn add_several(&mut self, count: usize, line: u64, text: String, why: &str) {
        self.count += count;
        if self.listed.len() < ROSTER_REFUSALS_MAX {
            let why = why.to_owned();
            self.listed.push(RefusedLine { line, text, why });
        }
    }
}

/// Why nothing of a roster can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableRoster {
    /// It is too long.
    #[error("the roster is larger than {ROSTER_BYTES_MAX} bytes: divide it")]
    TooLarge,
    /// It has no line at all.
    #[error("the roster is empty")]
    Empty,
    /// The columns cannot be told.
    #[error(
        "the first line must name the columns, among them \"Email address\": export the participants from Moodle as comma \
         separated values"
    )]
    NoColumns,
}

/// Reads a roster.
///
/// # Errors
/// If nothing of it can be read.
pub fn read(csv: &str) -> Result<Roster, UnreadableRoster> {
    if csv.len() > ROSTER_BYTES_MAX {
        return Err(UnreadableRoster::TooLarge);
    }
    // The reader counts a line only when it has seen the line feed, which follows the end of the record.
    let csv = csv.replace("\r\n", "\n").replace('\r', "\n");
    let csv = csv.trim_start_matches('\u{feff}');
    if csv.trim().is_empty() {
        return Err(UnreadableRoster::Empty);
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(csv))
        .flexible(true)
        .from_reader(csv.as_bytes());
    let header = reader.headers().map_err(|_| UnreadableRoster::NoColumns)?;
    let columns = Columns::of(header).ok_or(UnreadableRoster::NoColumns)?;
    let mut roster = Roster::default();
    refuse_swallowed(header, csv, &mut roster.refused);
    let mut known = std::collections::BTreeMap::new();
    for (index, record) in reader.records().enumerate() {
        // The reader was given a string, and takes lines of any length: nothing else can fail.
        let Ok(record) = record else {
            continue;
        };
        let number = line_of(&record, csv);
        if index >= ROSTER_LINES_MAX {
            refuse_rest(number, csv, &mut roster.refused);
            break;
        }
        if refuse_swallowed(&record, csv, &mut roster.refused) {
            continue;
        }
        let taken = line::read(&columns, &record, number);
        let taken = taken.and_then(|line| match known.insert(line.email.clone(), number) {
            None => Ok(line),
            Some(first) => {
                known.insert(line.email, first);
                Err(format!("the same address is on line {first}"))
            }
        });
        match taken {
            Ok(line) => roster.lines.push(line),
            Err(why) => roster.refused.add(number, line::shown(&record), &why),
        }
    }
    Ok(roster)
}

/// The number of the line on which a record begins. The reader says where the one before has ended: empty lines may follow.
fn line_of(record: &StringRecord, csv: &str) -> u64 {
    let Some(position) = record.position() else {
        return 0;
    };
    let at = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = csv.as_bytes().get(at..).unwrap_or_default();
    let is_end = |byte: &&u8| **byte == b'\n';
    position.line() + rest.iter().take_while(is_end).count() as u64
}

/// Refuses a record of which one cell goes over several lines. A quotation mark that nothing closes, or only the next one that
/// somebody has left open, makes one cell of all lines up to there, and none of their people would be heard of again.
fn refuse_swallowed(record: &StringRecord, csv: &str, refused: &mut Refusals) -> bool {
    let breaks = |text: &str| text.matches('\n').count();
    if record.iter().all(|cell| breaks(cell.trim_end()) == 0) {
        return false;
    }
    // The last one holds the end of the file, if the mark is open until there.
    let last = record.get(record.len().saturating_sub(1));
    let behind = last.map_or(0, |cell| breaks(cell) - breaks(cell.trim_end()));
    let more = record.iter().map(breaks).sum::<usize>() - behind;
    let first = line_of(record, csv);
    let why = format!(
        "lines {first} to {} are one cell: a quotation mark is not closed",
        first + more as u64
    );
    refused.add_several(more + 1, first, line::shown(record), &why);
    true
}

/// Refuses all lines from one on, because there are too many.
fn refuse_rest(first: u64, csv: &str, refused: &mut Refusals) {
    let from = usize::try_from(first)
        .unwrap_or(usize::MAX)
        .saturating_sub(1);
    let rest = csv.lines().enumerate().skip(from);
    let (count, last) = rest
        .filter(|(_, line)| !line.is_empty())
        .fold((0, from), |(count, _), (index, _)| (count + 1, index));
    let why = format!(
        "a roster has {ROSTER_LINES_MAX} lines at most: of lines {first} to {} none of the {count} is read, divide it",
        last + 1
    );
    refused.add_several(count, first, String::new(), &why);
}

/// What stands between the cells: what the first line has most of.
fn delimiter(csv: &str) -> u8 {
    let first = csv.lines().next().unwrap_or_default();
    let count = |delimiter: u8| first.bytes().filter(|byte| *byte == delimiter).count();
    // Of equal ones the last is taken.
    let likeliest = [b'\t', b';', b','].into_iter().max_by_key(|d| count(*d));
    likeliest.unwrap_or(b',')
}

/// The role that a cell means, as Moodle and others call them.
fn role(cell: &str) -> Option<ClassRole> {
    match cell.trim().to_lowercase().as_str() {
        "student" => Some(ClassRole::Student),
        "tutor" | "non-editing teacher" | "teaching assistant" => Some(ClassRole::Tutor),
        "instructor" | "teacher" | "editing teacher" | "lecturer" => Some(ClassRole::Instructor),
        "coordinator" | "course coordinator" | "unit convenor" | "manager" => {
            Some(ClassRole::Coordinator)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
