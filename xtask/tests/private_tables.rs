//! `docs/privacy.md` says of each table what it has of people. A new one is named there, or said to have nothing.

use std::{collections::BTreeSet, fs, path::Path};

/// Columns that say who somebody is, or was.
const TELLING: [&str; 9] = [
    "author",
    "author_id",
    "by_id",
    "created_by",
    "email",
    "last_editor",
    "owner_id",
    "subject",
    "user_id",
];

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(path)).expect("the file can be read")
}

/// The tables whose columns are among these; all, if none is named.
fn tables<'a>(schema: &'a str, columns: &[&str]) -> BTreeSet<&'a str> {
    let lines = schema
        .lines()
        .filter_map(|line| line.split_once(" column "));
    let column = |rest: &'a str| rest.split(' ').next().unwrap_or_default();
    lines
        .filter(|(_, rest)| columns.is_empty() || columns.contains(&column(rest)))
        .map(|(table, _)| table)
        .collect()
}

fn missing<'a>(tables: BTreeSet<&'a str>, text: &str) -> Vec<&'a str> {
    let is_named = |table: &str| {
        [format!("`{table}`"), format!("`{table}.")]
            .iter()
            .any(|name| text.contains(name))
    };
    tables
        .into_iter()
        .filter(|table| !is_named(table))
        .collect()
}

#[test]
fn every_table_is_on_the_privacy_page() {
    let (schema, page) = (read("host/schema.txt"), read("docs/privacy.md"));
    assert!(tables(&schema, &[]).len() > 40);
    assert_eq!(missing(tables(&schema, &[]), &page), [""; 0]);
}

#[test]
fn what_has_something_of_people_is_in_its_table() {
    let (schema, page) = (read("host/schema.txt"), read("docs/privacy.md"));
    let rows: String = page.lines().filter(|line| line.starts_with('|')).collect();
    let telling = tables(&schema, &TELLING);
    assert!(telling.len() > 15, "{telling:?}");
    assert_eq!(missing(telling, &rows), [""; 0]);
}
