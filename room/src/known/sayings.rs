//! What an update says of the origin of things, and of the form of those on boards, read from its bytes: before anything of it
//! is applied.

use annotation::Part;
use yrs::{Any, encoding::read::Cursor};

use super::{
    marks::{Mark, Within},
    reach::Reach,
};
use crate::decode::{Kind, Malformed, Met, Reader, Refusal, Struct, walk_structs};

/// A new item that is an entry of a root map of things, or stands where an entry says whose it is or since when, or where
/// something on a board has a bounded form.
#[derive(Debug)]
pub(crate) struct Saying {
    pub(crate) client: u64,
    /// The number of the entry.
    pub(crate) entry: u32,
    pub(crate) part: Part,
    pub(crate) said: Said,
}

/// What an item says.
#[derive(Debug)]
pub(crate) enum Said {
    /// Nothing: it comes deleted.
    Nothing,
    /// What the entries of the map say that it holds.
    Nested,
    Value(Any),
    /// Something else, or more than one thing.
    Other,
}

impl Reach<'_> {
    /// Shows what the update says of the origin of things, and of the form of those on boards, at a cost that grows with the update.
    ///
    /// # Errors
    /// None that `reach` would not have found.
    pub(crate) fn sayings(&self, mut visit: impl FnMut(Saying)) -> Result<(), Refusal> {
        let novel = self.novel();
        let deleted = self.brought_deleted();
        walk_structs(&mut Reader::new(novel), |met| {
            let Mark::Placed(place) = self.mark(met.client, met.clocks.start) else {
                return Ok(());
            };
            let Within::Entry(entry) = place.within else {
                return Ok(());
            };
            let is_told = match place.part {
                Part::Whole | Part::AuthorId | Part::CreatedAt | Part::Form(_) => true,
                Part::Arrangement => self.entry(entry).thing.is_on_board(),
                Part::Resolution | Part::Content => false,
            };
            if is_told {
                // What is deleted of a map entry is all of it (`Plan::long_entries_are_deleted`).
                let deleted = deleted.get(&met.client);
                let is_deleted = deleted.is_some_and(|ranges| ranges.contains(met.clocks.start));
                visit(Saying {
                    client: met.client,
                    entry,
                    part: place.part,
                    said: if is_deleted {
                        Said::Nothing
                    } else {
                        said(&met, novel)?
                    },
                });
            }
            Ok(())
        })
    }
}

fn said(met: &Met<'_>, novel: &[u8]) -> Result<Said, Refusal> {
    let mut reader = Reader::resume(novel, met.at);
    let head = Struct::read_head(&mut reader)?;
    match head.kind {
        Kind::Gc | Kind::Skip | Kind::Deleted => Ok(Said::Nothing),
        Kind::Type if reader.byte("kind of shared type")? == MAP => Ok(Said::Nested),
        Kind::Any if reader.count(1, "value count")? == 1 => {
            let offset = reader.offset();
            let value = Any::decode(&mut Cursor::new(&novel[offset..]));
            let unreadable = |_| Malformed {
                what: "value",
                offset,
            };
            Ok(Said::Value(value.map_err(unreadable)?))
        }
        Kind::Type | Kind::Any | Kind::Binary | Kind::Text | Kind::Embed | Kind::Format => {
            Ok(Said::Other)
        }
    }
}

/// How a shared map is written.
const MAP: u8 = 1;
