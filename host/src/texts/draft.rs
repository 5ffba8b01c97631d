//! The blocks that were read so far, within their bounds.

use super::{
    TextError,
    block::{Block, BlockKind, units},
};
use crate::limits::{BLOCKS_MAX, MARKS_MAX, TEXT_UNITS_MAX};

/// Between two blocks stands an empty line.
pub(super) const BETWEEN: &str = "\n\n";

/// Blocks in their order; notes apart, since they stand at the end wherever they were written.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) blocks: Vec<Block>,
    pub(super) notes: Vec<Block>,
    units: usize,
    marks: usize,
}

impl Draft {
    /// Appends a block.
    pub(super) fn push(&mut self, block: Block) -> Result<(), TextError> {
        self.admit(&block)?;
        match block.kind {
            BlockKind::Note => self.notes.push(block),
            BlockKind::Part
            | BlockKind::Heading
            | BlockKind::Subheading
            | BlockKind::Speaker
            | BlockKind::Paragraph
            | BlockKind::Quotation
            | BlockKind::Item
            | BlockKind::Code => self.blocks.push(block),
        }
        Ok(())
    }

    /// Names the speaker of what follows, unless that one is speaking.
    pub(super) fn turn(&mut self, speaker: &str) -> Result<(), TextError> {
        let is_speaking = |block: &&Block| block.kind == BlockKind::Speaker;
        let last = self.blocks.iter().rev().find(is_speaking);
        if last.is_some_and(|block| block.text == speaker) {
            return Ok(());
        }
        self.push(Block::new(BlockKind::Speaker, speaker))
    }

    /// Forgets a first heading that only says the title once more.
    pub(super) fn drop_heading(&mut self, title: &str) {
        let repeats = self.blocks.first().is_some_and(|first| {
            matches!(first.kind, BlockKind::Part | BlockKind::Heading) && first.text == title
        });
        if repeats && self.blocks.len() > 1 {
            self.blocks.remove(0);
        }
    }

    fn admit(&mut self, block: &Block) -> Result<(), TextError> {
        self.units += units(&block.text) + BETWEEN.len();
        self.marks += block.marks.len();
        if self.units > TEXT_UNITS_MAX {
            return Err(TextError::LongText);
        }
        if self.blocks.len() + self.notes.len() >= BLOCKS_MAX {
            return Err(TextError::ManyBlocks);
        }
        if self.marks > MARKS_MAX {
            return Err(TextError::ManyMarks);
        }
        Ok(())
    }
}
