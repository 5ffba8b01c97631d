//! Rosters: who is to be in a class, as a CSV that another system has exported, best Moodle.
//!
//! A line is taken whole or refused with the reason why; a refused line changes nothing and keeps no other from being taken.

mod columns;
mod line;

pub use line::RosterLine;

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

/// The lines that were refused: the first ones, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusals {
    /// The first ones, in order.
    pub listed: Vec<RefusedLine>,
    /// All of them.
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
        self.count += 1;
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
    let mut known = std::collections::BTreeMap::new();
    for (index, record) in reader.records().enumerate() {
        // The reader was given a string, and takes lines of any length: nothing else can fail.
        let Ok(record) = record else {
            continue;
        };
        let number = record.position().map_or(0, csv::Position::line);
        if index >= ROSTER_LINES_MAX {
            let why = format!("a roster has {ROSTER_LINES_MAX} lines at most: divide it");
            roster.refused.add(number, String::new(), &why);
            break;
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
