//! Why something that was brought cannot become the text of a case. Every message names the thing and the remedy.

use contract::limits::TEXT_BYTES_MAX;

use crate::limits::{BLOCKS_MAX, MARKS_MAX, MARKUP_BYTES_MAX, TEXT_UNITS_MAX, TITLE_CHARS_MAX};

/// Why there is no text. None of the messages quotes what was brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// There is no title.
    #[error("the title is empty: give the case a name")]
    NoTitle,
    /// The title is too long.
    #[error("the title has {0} characters, and at most {TITLE_CHARS_MAX} are allowed: shorten it")]
    LongTitle(usize),
    /// Nothing that could be read.
    #[error(
        "nothing to read is left of the text: check that its format is the one that was chosen"
    )]
    Empty,
    /// No turn begins anywhere.
    #[error(
        "no turns were found in the conversation: begin each one with `User:` or `Assistant:` on a line of its own, or \
         bring it as text"
    )]
    NoTurns,
    /// Too long.
    #[error("the text is longer than {TEXT_UNITS_MAX} characters: divide it into several cases")]
    LongText,
    /// Too many blocks.
    #[error("the text has more than {BLOCKS_MAX} paragraphs: divide it into several cases")]
    ManyBlocks,
    /// Too many marks.
    #[error(
        "the text has more than {MARKS_MAX} emphases and references: divide it into several cases, or bring it as plain \
         text"
    )]
    ManyMarks,
    /// Markdown that grows too much.
    #[error(
        "the Markdown becomes more than {MARKUP_BYTES_MAX} bytes of HTML: it has too many notes or too large tables; bring it as \
         plain text"
    )]
    LongMarkup,
    /// The stored form would be too large.
    #[error(
        "the text, its paragraphs and its emphases take more than {TEXT_BYTES_MAX} bytes: divide it into several cases"
    )]
    LargeText,
}

impl TextError {
    /// Whether it is a bound that was passed, rather than something that is missing.
    pub fn is_too_large(self) -> bool {
        match self {
            Self::LongText
            | Self::ManyBlocks
            | Self::ManyMarks
            | Self::LongMarkup
            | Self::LargeText => true,
            Self::NoTitle | Self::LongTitle(_) | Self::Empty | Self::NoTurns => false,
        }
    }
}
