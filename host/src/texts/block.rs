//! Blocks before they stand in a text, with marks that count from the block's own beginning.

use serde::Serialize;

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BlockKind {
    /// The highest headings.
    Part,
    /// Headings.
    Heading,
    /// All lower headings.
    Subheading,
    /// Whose turn it is in a conversation.
    Speaker,
    /// A paragraph.
    Paragraph,
    /// Somebody else's words.
    Quotation,
    /// An entry of a list, or a row of a table.
    Item,
    /// Lines as they were typed.
    Code,
    /// A foot-note.
    Note,
}

/// What a mark says of a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MarkKind {
    /// Stressed.
    Emphasis,
    /// Stressed more.
    Strong,
    /// Code within a line.
    Code,
    /// The number of a paragraph.
    Reference,
    /// The figure of a foot-note.
    Noteref,
}

/// A stretch of a block, in UTF-16 units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) kind: MarkKind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// The number of the paragraph or note that it leads to.
    pub(super) to: Option<String>,
}

/// A block: its text neither begins nor ends with white space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) kind: BlockKind,
    pub(super) text: String,
    pub(super) marks: Vec<Mark>,
    pub(super) number: Option<String>,
    pub(super) marker: Option<String>,
}

impl Block {
    pub(super) fn new(kind: BlockKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            marks: Vec::new(),
            number: None,
            marker: None,
        }
    }

    /// Takes `bytes` of ASCII and the white space after them from the beginning.
    pub(super) fn cut(&mut self, bytes: usize) {
        let rest = self.text.get(bytes..).unwrap_or_default().trim_start();
        let units = units(&self.text) - units(rest);
        self.text = rest.to_owned();
        for mark in &mut self.marks {
            mark.start = mark.start.saturating_sub(units);
            mark.end = mark.end.saturating_sub(units);
        }
        self.marks.retain(|mark| mark.start < mark.end);
    }
}

/// The length in UTF-16 units.
pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}
