//! The text of a case as it is stored and served. The same format as the samples' (`web/samples/published.ts`). Blocks do not
//! overlap, marks lie within one block and never cross, offsets split no surrogate pair, numbers name one block each.

use std::collections::BTreeSet;

use contract::{Digest, limits::TEXT_BYTES_MAX};
use serde::Serialize;

use super::{
    TextError,
    block::{Block, BlockKind, MarkKind, units},
    draft::{BETWEEN, Draft},
};
use crate::limits::MARKS_MAX;

/// What a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Turns of speakers.
    Conversation,
    /// Anything else.
    Text,
}

impl Kind {
    /// As stored and served.
    pub fn name(self) -> &'static str {
        match self {
            Self::Conversation => "conversation",
            Self::Text => "text",
        }
    }
}

/// A text, whole and immutable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The case's title.
    pub title: String,
    /// What it is.
    pub kind: Kind,
    /// How many paragraphs it has.
    pub paragraphs: usize,
    /// Its JSON.
    pub bytes: Vec<u8>,
    /// Of the bytes; its address.
    pub sha256: Digest,
}

#[derive(Serialize)]
struct Written<'a> {
    format: u8,
    title: &'a str,
    kind: Kind,
    text: String,
    blocks: Vec<WrittenBlock<'a>>,
    marks: Vec<WrittenMark>,
}

#[derive(Serialize)]
struct WrittenBlock<'a> {
    kind: BlockKind,
    start: usize,
    end: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<&'a str>,
}

#[derive(Serialize)]
struct WrittenMark {
    kind: MarkKind,
    start: usize,
    end: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
}

impl Text {
    /// Lays the blocks one after another and writes the whole.
    pub(super) fn assemble(title: String, kind: Kind, draft: Draft) -> Result<Self, TextError> {
        let notes = in_order(draft.notes);
        let blocks = draft.blocks;
        if !blocks.iter().any(|block| block.kind != BlockKind::Speaker) {
            return Err(TextError::Empty);
        }
        let targets = Targets::of(&blocks, &notes);
        let mut written = Written {
            format: 1,
            title: &title,
            kind,
            text: String::new(),
            blocks: Vec::with_capacity(blocks.len() + notes.len()),
            marks: Vec::new(),
        };
        let mut start = 0;
        for block in blocks.iter().chain(&notes) {
            if !written.text.is_empty() {
                written.text.push_str(BETWEEN);
                start += BETWEEN.len();
            }
            let end = start + units(&block.text);
            written.text.push_str(&block.text);
            written.blocks.push(WrittenBlock {
                kind: block.kind,
                start,
                end,
                number: block.number.as_deref(),
                marker: block.marker.as_deref(),
            });
            written.marks.extend(marks(block, start, &targets));
            start = end;
        }
        // References were found after the draft was measured.
        if written.marks.len() > MARKS_MAX {
            return Err(TextError::ManyMarks);
        }
        let bytes = serde_json::to_vec(&written).expect("strings and numbers always serialise");
        if bytes.len() > TEXT_BYTES_MAX {
            return Err(TextError::LargeText);
        }
        let is_paragraph = |block: &&Block| block.kind == BlockKind::Paragraph;
        let paragraphs = blocks.iter().filter(is_paragraph).count();
        let sha256 = Digest::of(&bytes);
        Ok(Self {
            title,
            kind,
            paragraphs,
            bytes,
            sha256,
        })
    }
}

/// The numbers that references and figures may lead to.
struct Targets<'a> {
    paragraphs: BTreeSet<&'a str>,
    notes: BTreeSet<&'a str>,
}

impl<'a> Targets<'a> {
    fn of(blocks: &'a [Block], notes: &'a [Block]) -> Self {
        let numbers = |blocks: &'a [Block]| {
            let numbers = blocks.iter().filter_map(|block| block.number.as_deref());
            numbers.collect()
        };
        Self {
            paragraphs: numbers(blocks),
            notes: numbers(notes),
        }
    }

    /// The id of the block with that number.
    fn id(&self, kind: MarkKind, number: &str) -> Option<String> {
        let (letter, numbers) = match kind {
            MarkKind::Reference => ('p', &self.paragraphs),
            MarkKind::Noteref => ('n', &self.notes),
            MarkKind::Emphasis | MarkKind::Strong | MarkKind::Code => return None,
        };
        numbers
            .contains(number)
            .then(|| format!("{letter}{number}"))
    }
}

/// A block's marks as they stand in the whole: the earlier first, of those that begin together the longer.
fn marks(block: &Block, start: usize, targets: &Targets<'_>) -> Vec<WrittenMark> {
    let mut marks = block.marks.clone();
    marks.sort_by_key(|mark| (mark.start, usize::MAX - mark.end));
    let written = marks.into_iter().filter_map(|mark| {
        let to = mark
            .to
            .as_deref()
            .and_then(|number| targets.id(mark.kind, number));
        // What leads nowhere is only text.
        let leads = !matches!(mark.kind, MarkKind::Reference | MarkKind::Noteref) || to.is_some();
        leads.then_some(WrittenMark {
            kind: mark.kind,
            start: start + mark.start,
            end: start + mark.end,
            to,
        })
    });
    written.collect()
}

/// Notes by number; of several with one number only the first has it.
fn in_order(mut notes: Vec<Block>) -> Vec<Block> {
    let mut seen = BTreeSet::new();
    for note in &mut notes {
        note.number = note
            .number
            .take()
            .filter(|number| seen.insert(number.clone()));
    }
    // Stable: what has no number stays behind the note that it continues.
    let mut last = 0;
    let mut keyed: Vec<(u32, Block)> = notes
        .into_iter()
        .map(|note| {
            last = note
                .number
                .as_ref()
                .and_then(|number| number.parse().ok())
                .unwrap_or(last);
            (last, note)
        })
        .collect();
    keyed.sort_by_key(|(number, _)| *number);
    keyed.into_iter().map(|(_, note)| note).collect()
}
