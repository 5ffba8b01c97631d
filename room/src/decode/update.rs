//! A walk over an update of format v1: for each client a run of structs, then the delete set.

use std::ops::Range;

use super::{
    Malformed, Reader, Refusal, limits,
    structs::{Kind, Struct, read_client, read_clock},
};

/// One struct met on a walk.
pub(crate) struct Met<'a> {
    pub(crate) client: u64,
    pub(crate) head: Struct<'a>,
    /// Its clocks.
    pub(crate) clocks: Range<u32>,
    /// Where its head starts in the update.
    pub(crate) at: usize,
    /// Whether it is the first of its client's run.
    pub(crate) is_first: bool,
    /// JSON values in it.
    pub(crate) values: u32,
}

/// Counts the structs of an encoded document or update: a measure of what it costs in memory.
///
/// # Errors
/// If it is no update of format v1 within the bounds of `limits`.
pub fn struct_count(update: &[u8]) -> Result<usize, Malformed> {
    let mut count = 0;
    let mut reader = Reader::new(update);
    walk_structs(&mut reader, |met| {
        count += usize::from(met.head.kind != Kind::Skip);
        Ok(())
    })
    .and_then(|()| walk_deletes(&mut reader, |_, _| Ok(())))
    .map_err(Refusal::into_malformed)?;
    Ok(count)
}

/// Checks every struct of an update and shows it to `visit`. The reader then stands at the delete set.
pub(crate) fn walk_structs(
    reader: &mut Reader<'_>,
    mut visit: impl FnMut(Met<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    // A client's run is a count, an id and a clock at least; a struct a kind and a length.
    for _ in 0..reader.count(3, "client count")? {
        let structs = reader.count(2, "struct count")?;
        let client = read_client(reader)?;
        let mut clock = read_clock(reader)?;
        for index in 0..structs {
            let at = reader.offset();
            let mut values = 0;
            let head = Struct::read_head(reader)?;
            let end = head.skip_content(reader, clock, &mut values)?;
            visit(Met {
                client,
                head,
                clocks: clock..end,
                at,
                is_first: index == 0,
                values,
            })?;
            clock = end;
        }
    }
    Ok(())
}

/// Checks a delete set, shows each of its ranges to `visit`, and refuses what follows it.
pub(crate) fn walk_deletes(
    reader: &mut Reader<'_>,
    mut visit: impl FnMut(u64, Range<u32>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    // A client's ranges are an id and a count at least; a range a clock and a length.
    for _ in 0..reader.count(2, "client count of the delete set")? {
        let client = read_client(reader)?;
        for _ in 0..reader.count(2, "range count of the delete set")? {
            let clock = read_clock(reader)?;
            let offset = reader.offset();
            let len = reader.number_u32("length of a deleted range")?;
            match clock.checked_add(len) {
                Some(end) if end <= limits::CLOCK_END => visit(client, clock..end)?,
                _ => {
                    return Err(Malformed {
                        what: "length of a deleted range",
                        offset,
                    }
                    .into());
                }
            }
        }
    }
    reader.finish("end of the update")
}
