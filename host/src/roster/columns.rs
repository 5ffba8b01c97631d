//! Which column of a roster is which.

use csv::StringRecord;

/// Where the columns are that mean something; others are passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) email: usize,
    pub(super) first_name: Option<usize>,
    pub(super) last_name: Option<usize>,
    pub(super) roles: Option<usize>,
    pub(super) groups: Option<usize>,
    /// How many cells a line has.
    pub(super) count: usize,
}

impl Columns {
    /// Reads the first line. Absent if it does not name the one column that cannot be missing.
    pub(super) fn of(header: &StringRecord) -> Option<Self> {
        let names: Vec<String> = header
            .iter()
            .map(|name| name.trim().to_lowercase())
            .collect();
        let find = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
        Some(Self {
            email: find(&["email address", "email", "e-mail", "e-mail address"])?,
            first_name: find(&["first name", "firstname", "given name"]),
            last_name: find(&["last name", "lastname", "surname", "family name"]),
            roles: find(&["roles", "role"]),
            groups: find(&["section", "sections", "group", "groups", "group name"]),
            count: names.len(),
        })
    }
}
