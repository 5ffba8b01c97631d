//! What an item holds: the part of a struct that follows its place in the document.

use super::{Malformed, Reader, Refusal, any, json};

/// What a struct is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A tombstone without a place.
    Gc,
    /// A hole: clocks that the sender does not have either.
    Skip,
    /// A tombstone that keeps its place.
    Deleted,
    Binary,
    Text,
    Embed,
    Format,
    /// A shared type.
    Type,
    /// A run of JSON values.
    Any,
}

impl Kind {
    /// Reads the low five bits of a struct's first byte.
    pub(crate) fn from_info(info: u8, offset: usize) -> Result<Kind, Refusal> {
        match (info & 0x1f, info) {
            (0, 0) => Ok(Kind::Gc),
            (10, 10) => Ok(Kind::Skip),
            (1, _) => Ok(Kind::Deleted),
            // yrs reads one string more than Yjs writes here. Yjs wrote this kind before its version 13.
            (2, _) => Err(Refusal::Unsupported {
                what: "JSON content of Yjs before version 13",
            }),
            (3, _) => Ok(Kind::Binary),
            (4, _) => Ok(Kind::Text),
            (5, _) => Ok(Kind::Embed),
            (6, _) => Ok(Kind::Format),
            (7, _) => Ok(Kind::Type),
            (8, _) => Ok(Kind::Any),
            (9, _) => Err(Refusal::Subdocument),
            // Flags on a GC or Skip are ignored by Yjs and refused by yrs.
            _ => Err(Malformed {
                what: "kind of struct",
                offset,
            }
            .into()),
        }
    }

    /// The low five bits that say this kind.
    pub(crate) fn info(self) -> u8 {
        match self {
            Kind::Gc => 0,
            Kind::Deleted => 1,
            Kind::Binary => 3,
            Kind::Text => 4,
            Kind::Embed => 5,
            Kind::Format => 6,
            Kind::Type => 7,
            Kind::Any => 8,
            Kind::Skip => 10,
        }
    }
}

/// Steps over a struct's content. Answers its length in clocks and adds to `values` the JSON values in it.
pub(crate) fn skip_content(
    reader: &mut Reader<'_>,
    kind: Kind,
    values: &mut u32,
) -> Result<u32, Refusal> {
    match kind {
        Kind::Gc | Kind::Skip | Kind::Deleted => {
            return Ok(reader.number_u32("length of a deleted or missing range")?);
        }
        Kind::Text => return utf16_len(reader),
        Kind::Any => {
            let len = reader.count(1, "value count")?;
            for _ in 0..len {
                any::skip_any(reader, values)?;
            }
            return Ok(len);
        }
        Kind::Binary => {
            reader.buffer("binary content")?;
        }
        Kind::Embed => skip_json(reader, values)?,
        Kind::Format => {
            reader.text("format name")?;
            skip_json(reader, values)?;
        }
        Kind::Type => skip_type(reader)?,
    }
    Ok(1)
}

fn skip_json(reader: &mut Reader<'_>, values: &mut u32) -> Result<(), Refusal> {
    let offset = reader.offset();
    json::check_content(reader.text("JSON")?, values, offset)
}

fn skip_type(reader: &mut Reader<'_>) -> Result<(), Refusal> {
    let offset = reader.offset();
    match reader.byte("kind of shared type")? {
        // array, map, text, XML fragment, XML text
        0 | 1 | 2 | 4 | 6 => Ok(()),
        3 => {
            reader.text("XML element name")?;
            Ok(())
        }
        5 => Err(Refusal::Unsupported {
            what: "an XML hook",
        }),
        7 => Err(Refusal::Unsupported {
            what: "a weak link",
        }),
        _ => Err(Malformed {
            what: "kind of shared type",
            offset,
        }
        .into()),
    }
}

fn utf16_len(reader: &mut Reader<'_>) -> Result<u32, Refusal> {
    let offset = reader.offset();
    let text = reader.text("text content")?;
    // A character is one unit, and two where its first byte is 0xf0 or more.
    let units: usize = text
        .as_bytes()
        .iter()
        .map(|&byte| usize::from(byte & 0xc0 != 0x80) + usize::from(byte >= 0xf0))
        .sum();
    u32::try_from(units).map_err(|_| {
        Malformed {
            what: "text content",
            offset,
        }
        .into()
    })
}

/// The content of a struct without its first `offset` clocks, as it is written after the struct's head. The reader
/// stands at the content, which is known to be sound and to be longer than `offset`.
pub(crate) fn write_tail(
    reader: &mut Reader<'_>,
    kind: Kind,
    offset: u32,
    out: &mut Vec<u8>,
    bytes: &[u8],
) -> Result<(), Refusal> {
    match kind {
        Kind::Gc | Kind::Skip | Kind::Deleted => {
            let len = reader.number_u32("length of a deleted or missing range")?;
            crate::wire::write_number(out, u64::from(len.saturating_sub(offset)));
        }
        Kind::Text => {
            let tail = text_tail(reader.text("text content")?, offset);
            crate::wire::write_buffer(out, tail.as_bytes());
        }
        Kind::Any => {
            let len = reader.count(1, "value count")?;
            let mut values = 0;
            for _ in 0..offset.min(len) {
                any::skip_any(reader, &mut values)?;
            }
            crate::wire::write_number(out, u64::from(len.saturating_sub(offset)));
            let start = reader.offset();
            for _ in offset..len {
                any::skip_any(reader, &mut values)?;
            }
            out.extend_from_slice(&bytes[start..reader.offset()]);
        }
        Kind::Binary | Kind::Embed | Kind::Format | Kind::Type => {
            return Err(reader.malformed("content that cannot be cut").into());
        }
    }
    Ok(())
}

/// `text` without its first `offset` UTF-16 units. Half a surrogate pair becomes U+FFFD, as in Yjs and yrs.
fn text_tail(text: &str, offset: u32) -> String {
    let mut left = offset;
    for (at, char) in text.char_indices() {
        if left == 0 {
            return text[at..].to_owned();
        }
        let units = char.len_utf16() as u32;
        if units > left {
            let mut tail = String::from('\u{fffd}');
            tail.push_str(&text[at + char.len_utf8()..]);
            return tail;
        }
        left -= units;
    }
    String::new()
}
