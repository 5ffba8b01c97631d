//! One line of a roster. What a spreadsheet would run when somebody opens the class's list there is refused, and so is what
//! no name holds.

use csv::StringRecord;

use super::{columns::Columns, role};
use crate::{
    email::Email,
    limits::{ROSTER_CELL_CHARS_MAX, ROSTER_CELLS_MAX, ROSTER_GROUPS_MAX, SECTION_NAME_CHARS_MAX},
    store::ClassRole,
};

/// The longest name, first and last together.
const NAME_CHARS_MAX: usize = 100;
/// What a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '|', '%'];
/// What a report shows of a refused line.
const SHOWN_CHARS_MAX: usize = 120;

/// Somebody who is to be in the class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterLine {
    /// Its number in the file, from 1.
    pub line: u64,
    /// Their address.
    pub email: Email,
    /// What the roster calls them; may be empty.
    pub name: String,
    /// What they are to be, if the roster says so.
    pub role: Option<ClassRole>,
    /// The groups that they are in, as the roster calls them.
    pub groups: Vec<String>,
}

/// Reads a line, or says why not.
pub(super) fn read(
    columns: &Columns,
    record: &StringRecord,
    line: u64,
) -> Result<RosterLine, String> {
    if record.len() > ROSTER_CELLS_MAX.max(columns.count) {
        return Err(format!("the line has {} cells", record.len()));
    }
    let email = cell(record, Some(columns.email))?;
    if email.is_empty() {
        return Err("there is no e-mail address".to_owned());
    }
    let email = Email::parse(email).map_err(|malformed| malformed.to_string())?;
    let first = name(record, columns.first_name)?;
    let last = name(record, columns.last_name)?;
    let name = format!("{first} {last}").trim().to_owned();
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(format!(
            "the name is longer than {NAME_CHARS_MAX} characters"
        ));
    }
    let role = match cell(record, columns.roles)? {
        "" => None,
        said => Some(highest(said)?),
    };
    Ok(RosterLine {
        line,
        email,
        name,
        role,
        groups: groups(record, columns.groups)?,
    })
}

/// What a report shows of a line.
pub(super) fn shown(record: &StringRecord) -> String {
    let cells: Vec<&str> = record.iter().take(8).collect();
    let is_plain = |c: &char| !c.is_control() && !is_reordering(*c);
    cells
        .join(", ")
        .chars()
        .filter(is_plain)
        .take(SHOWN_CHARS_MAX)
        .collect()
}

fn cell(record: &StringRecord, column: Option<usize>) -> Result<&str, String> {
    let cell = column
        .and_then(|column| record.get(column))
        .unwrap_or_default()
        .trim();
    if cell.chars().count() > ROSTER_CELL_CHARS_MAX {
        return Err(format!(
            "a cell is longer than {ROSTER_CELL_CHARS_MAX} characters"
        ));
    }
    if cell.chars().any(|c| c.is_control() || is_reordering(c)) {
        return Err("a cell holds control characters".to_owned());
    }
    Ok(cell)
}

fn name(record: &StringRecord, column: Option<usize>) -> Result<&str, String> {
    let name = cell(record, column)?;
    if name.starts_with(FORMULA) {
        return Err("a name begins like a formula".to_owned());
    }
    Ok(name)
}

/// Between commas, as Moodle writes them.
fn groups(record: &StringRecord, column: Option<usize>) -> Result<Vec<String>, String> {
    let mut groups = Vec::new();
    for group in name(record, column)?.split([',', ';']).map(str::trim) {
        if group.starts_with(FORMULA) {
            return Err("a group begins like a formula".to_owned());
        }
        if group.chars().count() > SECTION_NAME_CHARS_MAX || groups.len() >= ROSTER_GROUPS_MAX {
            return Err(format!(
                "there are more than {ROSTER_GROUPS_MAX} groups, or one is longer than {SECTION_NAME_CHARS_MAX} characters"
            ));
        }
        if !group.is_empty() {
            groups.push(group.to_owned());
        }
    }
    Ok(groups)
}

/// Of several roles the highest. One that is unknown is not guessed at.
fn highest(cell: &str) -> Result<ClassRole, String> {
    let mut highest = None;
    for said in cell.split([',', ';', '/']) {
        let known = role(said)
            .ok_or("the role is unknown: say student, tutor, instructor or coordinator")?;
        highest = highest.max(Some(known));
    }
    highest.ok_or_else(|| "there is no role".to_owned())
}

/// Characters that make what follows them be shown in another order.
fn is_reordering(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
