//! The text of the block that is being read: white space as HTML means it, and the marks over it.

use super::{
    block::{Block, BlockKind, Mark, MarkKind},
    character::is_allowed,
};

/// What a tabulator becomes where lines are kept as they were typed.
const TABULATOR: &str = "    ";

/// Text as it comes in, and the marks that are open over it.
#[derive(Debug, Default)]
pub(super) struct Inline {
    text: String,
    units: usize,
    /// White space that counts only if something follows.
    has_space: bool,
    marks: Vec<Mark>,
    /// Marks that are open, the innermost last, and where each begins, if it is one.
    open: Vec<(MarkKind, Option<usize>)>,
}

impl Inline {
    /// Whether there is nothing to see.
    pub(super) fn is_blank(&self) -> bool {
        self.text.chars().all(char::is_whitespace)
    }

    /// Appends text whose white space is one space.
    pub(super) fn push(&mut self, text: &str) {
        for character in text.chars() {
            if matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{C}') {
                self.has_space = !self.text.is_empty() && !self.text.ends_with('\n');
            } else if is_allowed(character) {
                if std::mem::take(&mut self.has_space) {
                    self.put(' ');
                }
                self.put(character);
            }
        }
    }

    /// Appends text that is kept as it was typed.
    pub(super) fn push_typed(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '\n' => self.put('\n'),
                '\t' => TABULATOR.chars().for_each(|space| self.put(space)),
                character if is_allowed(character) => self.put(character),
                _ => {}
            }
        }
    }

    /// Ends a line within the block. `false`: a line just ended, so that this ends the block.
    pub(super) fn end_line(&mut self) -> bool {
        self.has_space = false;
        if self.text.ends_with('\n') {
            return false;
        }
        if !self.text.is_empty() {
            self.put('\n');
        }
        true
    }

    /// A mark begins. One within another of its kind says nothing new, and is none: so marks are never many deep.
    pub(super) fn open(&mut self, kind: MarkKind) {
        let is_open = self.open.iter().any(|(open, _)| *open == kind);
        self.open.push((kind, (!is_open).then_some(self.units)));
    }

    /// The innermost mark of that kind ends.
    pub(super) fn close(&mut self, kind: MarkKind) {
        if let Some(index) = self.open.iter().rposition(|(open, _)| *open == kind)
            && let (kind, Some(start)) = self.open.remove(index)
        {
            self.mark(kind, start);
        }
    }

    /// Takes the block that is complete, if there is anything in it. Marks that are open go on in the next one.
    pub(super) fn take(&mut self, kind: BlockKind) -> Option<Block> {
        for index in 0..self.open.len() {
            if let (kind, Some(start)) = self.open[index] {
                self.mark(kind, start);
                self.open[index].1 = Some(0);
            }
        }
        let (text, marks) = (
            std::mem::take(&mut self.text),
            std::mem::take(&mut self.marks),
        );
        (self.units, self.has_space) = (0, false);
        let whole: Vec<u16> = text.encode_utf16().collect();
        // Code keeps the space before its first line's first word.
        let is_outside = |c: char| {
            if kind == BlockKind::Code {
                c == '\n'
            } else {
                c.is_whitespace()
            }
        };
        let body = text.trim_start_matches(is_outside).trim_end();
        if body.trim().is_empty() {
            return None;
        }
        let before = text.len() - text.trim_start_matches(is_outside).len();
        let start = text[..before].encode_utf16().count();
        let end = start + body.encode_utf16().count();
        let mut block = Block::new(kind, body);
        let trimmed = marks
            .into_iter()
            .filter_map(|mark| trim(mark, &whole, start, end));
        block.marks = trimmed.collect();
        Some(block)
    }

    fn put(&mut self, character: char) {
        self.text.push(character);
        self.units += character.len_utf16();
    }

    fn mark(&mut self, kind: MarkKind, start: usize) {
        if start < self.units {
            self.marks.push(Mark {
                kind,
                start,
                end: self.units,
                to: None,
            });
        }
    }
}

/// A mark without the white space at its ends, counted from the beginning of the block; the figure of a note or the
/// number of a paragraph says where it leads.
fn trim(mark: Mark, whole: &[u16], block_start: usize, block_end: usize) -> Option<Mark> {
    let is_space = |unit: &u16| char::from_u32(u32::from(*unit)).is_some_and(char::is_whitespace);
    let (mut start, mut end) = (mark.start.max(block_start), mark.end.min(block_end));
    while start < end && is_space(whole.get(start)?) {
        start += 1;
    }
    while start < end && is_space(whole.get(end - 1)?) {
        end -= 1;
    }
    if start >= end {
        return None;
    }
    let to = match mark.kind {
        MarkKind::Noteref => String::from_utf16(whole.get(start..end)?).ok(),
        MarkKind::Reference | MarkKind::Emphasis | MarkKind::Strong | MarkKind::Code => mark.to,
    };
    Some(Mark {
        kind: mark.kind,
        start: start - block_start,
        end: end - block_start,
        to,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_between_words_is_one_space_and_none_at_the_ends() {
        let mut inline = Inline::default();
        for text in [" \n a", " ", "\t b\r\n", "c", "  "] {
            inline.push(text);
        }
        assert_eq!(inline.take(BlockKind::Paragraph).unwrap().text, "a b c");
        inline.push(" \u{A0} \u{202E}\u{7}");
        assert!(inline.is_blank());
        assert_eq!(inline.take(BlockKind::Paragraph), None);
    }

    #[test]
    fn marks_cover_words_and_count_in_utf_16() {
        let mut inline = Inline::default();
        inline.push("\u{1F30A} ");
        inline.open(MarkKind::Emphasis);
        inline.push(" \u{1D4B3}y ");
        inline.close(MarkKind::Emphasis);
        inline.push("z");
        let block = inline.take(BlockKind::Paragraph).unwrap();
        assert_eq!(block.text, "\u{1F30A} \u{1D4B3}y z");
        let mark = &block.marks[0];
        assert_eq!((mark.start, mark.end), (3, 6));
    }

    #[test]
    fn an_open_mark_goes_on_in_the_next_block() {
        let mut inline = Inline::default();
        inline.open(MarkKind::Strong);
        inline.push("a");
        let first = inline.take(BlockKind::Paragraph).unwrap();
        inline.push("bc");
        inline.close(MarkKind::Strong);
        let second = inline.take(BlockKind::Paragraph).unwrap();
        assert_eq!((first.marks[0].start, first.marks[0].end), (0, 1));
        assert_eq!((second.marks[0].start, second.marks[0].end), (0, 2));
    }

    #[test]
    fn a_mark_within_one_of_its_kind_is_none_and_ends_nothing() {
        let mut inline = Inline::default();
        for kind in [MarkKind::Strong, MarkKind::Emphasis, MarkKind::Strong] {
            inline.open(kind);
            inline.push("a");
        }
        inline.close(MarkKind::Strong);
        inline.push("b");
        inline.close(MarkKind::Emphasis);
        inline.close(MarkKind::Strong);
        let block = inline.take(BlockKind::Paragraph).unwrap();
        let marks = block
            .marks
            .iter()
            .map(|mark| (mark.kind, mark.start, mark.end));
        assert_eq!(
            marks.collect::<Vec<_>>(),
            [(MarkKind::Emphasis, 1, 4), (MarkKind::Strong, 0, 4)]
        );
    }

    #[test]
    fn a_second_end_of_a_line_ends_the_block() {
        let mut inline = Inline::default();
        assert!(inline.end_line());
        inline.push("a ");
        assert!(inline.end_line());
        assert!(!inline.end_line());
        inline.push(" b");
        assert_eq!(inline.take(BlockKind::Paragraph).unwrap().text, "a\nb");
    }

    #[test]
    fn typed_lines_keep_their_indentation() {
        let mut inline = Inline::default();
        inline.push_typed("\n\tif a:\n\n    b\u{7}\n");
        assert_eq!(
            inline.take(BlockKind::Code).unwrap().text,
            "    if a:\n\n    b"
        );
    }
}
