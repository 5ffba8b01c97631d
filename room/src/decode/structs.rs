//! One struct of an update: an item with its place and content, a tombstone or a hole.

use super::{Reader, Refusal, content, limits};

pub(crate) use super::content::Kind;

const HAS_ORIGIN: u8 = 0x80;
const HAS_RIGHT_ORIGIN: u8 = 0x40;
const HAS_KEY: u8 = 0x20;

/// Names one clock of one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id {
    pub(crate) client: u64,
    pub(crate) clock: u32,
}

/// Where an item without neighbours lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parent<'a> {
    /// In the root type of this name.
    Root(&'a str),
    /// In the shared type that this item holds.
    Item(Id),
}

/// A struct's head: everything but its length and content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Struct<'a> {
    pub(crate) kind: Kind,
    pub(crate) origin: Option<Id>,
    pub(crate) right_origin: Option<Id>,
    /// Present if and only if this is an item without origins.
    pub(crate) parent: Option<Parent<'a>>,
    /// Its key, if it is written as an entry of a map. Said only together with `parent`.
    pub(crate) key: Option<&'a str>,
}

impl<'a> Struct<'a> {
    /// Reads a struct's head; the reader then stands at its content.
    pub(crate) fn read_head(reader: &mut Reader<'a>) -> Result<Struct<'a>, Refusal> {
        let offset = reader.offset();
        let info = reader.byte("struct")?;
        let kind = Kind::from_info(info, offset)?;
        let mut head = Struct {
            kind,
            origin: None,
            right_origin: None,
            parent: None,
            key: None,
        };
        if matches!(kind, Kind::Gc | Kind::Skip) {
            return Ok(head);
        }
        if info & HAS_ORIGIN != 0 {
            head.origin = Some(read_id(reader, "left origin")?);
        }
        if info & HAS_RIGHT_ORIGIN != 0 {
            head.right_origin = Some(read_id(reader, "right origin")?);
        }
        if info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN) == 0 {
            head.parent = Some(match reader.number("kind of parent")? {
                0 => Parent::Item(read_id(reader, "parent")?),
                1 => Parent::Root(reader.text("name of a root type")?),
                _ => return Err(reader.malformed("kind of parent").into()),
            });
            if info & HAS_KEY != 0 {
                head.key = Some(reader.text("key of a map entry")?);
            }
        }
        Ok(head)
    }

    /// Steps over the content of a struct that starts at `clock`. Answers the clock that follows it.
    pub(crate) fn skip_content(
        &self,
        reader: &mut Reader<'_>,
        clock: u32,
        values: &mut u32,
    ) -> Result<u32, Refusal> {
        let offset = reader.offset();
        let len = content::skip_content(reader, self.kind, values)?;
        match clock.checked_add(len) {
            Some(end) if len > 0 && end <= limits::CLOCK_END => Ok(end),
            _ => Err(super::Malformed {
                what: "length of a struct",
                offset,
            }
            .into()),
        }
    }

    /// What is left of this struct when everything up to `before` is known: it stands beside that, as Yjs writes it.
    pub(crate) fn tail_of(self, before: Id) -> Struct<'a> {
        match self.kind {
            Kind::Gc | Kind::Skip => self,
            Kind::Deleted
            | Kind::Binary
            | Kind::Text
            | Kind::Embed
            | Kind::Format
            | Kind::Type
            | Kind::Any => Struct {
                origin: Some(before),
                parent: None,
                key: None,
                ..self
            },
        }
    }

    /// Writes a struct that has a left origin, or no place at all, without its first `offset` clocks. The reader
    /// stands at the struct's content in `bytes`.
    pub(crate) fn write_tail(
        &self,
        reader: &mut Reader<'_>,
        offset: u32,
        out: &mut Vec<u8>,
        bytes: &[u8],
    ) -> Result<(), Refusal> {
        let flag = |id: Option<Id>, flag| if id.is_some() { flag } else { 0 };
        out.push(
            self.kind.info()
                | flag(self.origin, HAS_ORIGIN)
                | flag(self.right_origin, HAS_RIGHT_ORIGIN),
        );
        for id in [self.origin, self.right_origin].into_iter().flatten() {
            write_id(out, id);
        }
        content::write_tail(reader, self.kind, offset, out, bytes)
    }
}

pub(crate) fn read_client(reader: &mut Reader<'_>) -> Result<u64, Refusal> {
    Ok(reader.number("client id")?)
}

pub(crate) fn read_clock(reader: &mut Reader<'_>) -> Result<u32, Refusal> {
    let offset = reader.offset();
    let clock = reader.number_u32("clock")?;
    if clock > limits::CLOCK_END {
        Err(super::Malformed {
            what: "clock",
            offset,
        }
        .into())
    } else {
        Ok(clock)
    }
}

fn read_id(reader: &mut Reader<'_>, what: &'static str) -> Result<Id, Refusal> {
    let client = reader.number(what)?;
    let clock = reader.number_u32(what)?;
    Ok(Id { client, clock })
}

fn write_id(out: &mut Vec<u8>, id: Id) {
    crate::wire::write_number(out, id.client);
    crate::wire::write_number(out, u64::from(id.clock));
}
