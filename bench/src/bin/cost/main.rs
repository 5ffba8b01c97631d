//! `docs/cost.md`, computed: what an hour of a class costs, and how far what there is reaches.
//!
//! `cargo run -p bench --bin cost > docs/cost.md` writes it from the counts in `hours.json`; with `count` behind it, it counts
//! anew and writes those. The hour is not timed: a room is driven through it, and what it orders is counted. So it changes
//! with the room's rules and with nothing else.

mod class;
mod hour;
mod page;
mod prices;
mod scale;

use anyhow::{Context, bail};
use hour::Counts;

/// The classes that the page tells of.
const STUDENTS: [u64; 3] = [30, 100, 300];

fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        None => print!("{}", page::write(&counted()?)),
        Some("count") => {
            let hours = STUDENTS.map(hour::count);
            println!("{}", serde_json::to_string_pretty(&hours)?);
        }
        Some(other) => bail!("`{other}` is unknown: leave it out, or write `count`"),
    }
    Ok(())
}

/// An hour of each class, as it was counted.
fn counted() -> anyhow::Result<Vec<Counts>> {
    let written = include_str!("hours.json");
    serde_json::from_str(written).context("hours.json is not what `cost count` writes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_about_costs_says_what_is_computed() {
        let written = include_str!("../../../../docs/cost.md");
        let computed = page::write(&counted().unwrap());
        let differs = |(written, computed): &(&str, &str)| written != computed;
        let first = written.lines().zip(computed.lines()).find(differs);
        assert!(
            written == computed,
            "write it anew with `cargo run -p bench --bin cost > docs/cost.md`: {first:?}"
        );
    }

    #[test]
    fn the_counts_are_still_those_of_the_room() {
        let written = counted().unwrap().remove(0);
        let now = hour::count(written.students);
        assert_eq!(now.frames_in, written.frames_in);
        assert_eq!(now.document_bytes, written.document_bytes);
        for (what, now, written) in [
            ("frames out", now.frames_out, written.frames_out),
            ("alarms", now.alarms, written.alarms),
            ("rows written", now.rows_written, written.rows_written),
            ("snapshots", now.archives, written.archives),
        ] {
            assert!(
                now * 5 < written * 6 && written * 5 < now * 6,
                "{what}: {now} instead of {written}; count anew with `cargo run -p bench --bin cost count`"
            );
        }
    }
}
