//! Numbers of paragraphs, markers of items, and what leads to a paragraph.
//!
//! A judgment's own numbers are how its readers cite it, so they are kept where they run without gaps; otherwise
//! paragraphs are counted. A number or a marker is a label beside a block and no longer part of its text.

use std::collections::BTreeSet;

use super::block::{Block, BlockKind, Mark, MarkKind};

/// A line that is longer is no heading.
const HEADING_CHARS_MAX: usize = 100;
/// The longest label: numbers of five digits.
const DIGITS_MAX: usize = 5;

/// Where blocks come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Plain text, whose headings are only short lines.
    Plain,
    /// Markdown or HTML, which say what is a heading and what an item.
    Marked,
    /// A conversation, in which a number at the beginning of a line counts something else.
    Spoken,
}

/// How a text numbers its paragraphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `[12] `
    Bracketed,
    /// `12. `
    Dotted,
}

impl Style {
    /// Every style, the one that nothing else looks like first.
    pub(super) const ALL: [Self; 2] = [Self::Bracketed, Self::Dotted];

    /// The number at the beginning of a text, and the bytes that it takes.
    pub(super) fn label(self, text: &str) -> Option<(u32, usize)> {
        let (before, end) = match self {
            Self::Bracketed => ("[", "]"),
            Self::Dotted => ("", "."),
        };
        let rest = text.strip_prefix(before)?;
        let digits = digits(rest);
        let after = rest.get(digits..)?.strip_prefix(end)?;
        let number = rest.get(..digits)?.parse().ok()?;
        after
            .starts_with(char::is_whitespace)
            .then_some((number, before.len() + digits + end.len()))
    }

    /// Whether so many numbers among so many paragraphs number the text, rather than a list in it.
    pub(super) fn is_plausible(self, numbers: &[u32], paragraphs: usize) -> bool {
        let runs = numbers.len() >= 2 && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
        runs && (self == Self::Bracketed || numbers.len() * 3 >= paragraphs)
    }
}

/// Labels all blocks.
pub(super) fn label(blocks: &mut [Block], source: Source) {
    let style = (source != Source::Spoken)
        .then(|| {
            Style::ALL
                .into_iter()
                .find(|style| keep_numbers(blocks, *style))
        })
        .flatten();
    if source != Source::Spoken {
        mark_items(blocks);
    }
    match style {
        None => count(blocks),
        Some(style) => {
            if source == Source::Plain {
                find_headings(blocks);
            }
            if style == Style::Bracketed {
                blocks.iter_mut().for_each(find_references);
            }
        }
    }
}

fn keep_numbers(blocks: &mut [Block], style: Style) -> bool {
    let labels: Vec<Option<(u32, usize)>> =
        blocks.iter().map(|block| label_of(block, style)).collect();
    let numbers: Vec<u32> = labels.iter().flatten().map(|(number, _)| *number).collect();
    let is_paragraph = |(block, label): &(&Block, &Option<_>)| {
        block.kind == BlockKind::Paragraph || label.is_some()
    };
    let paragraphs = blocks.iter().zip(&labels).filter(is_paragraph).count();
    if !style.is_plausible(&numbers, paragraphs) {
        return false;
    }
    for (block, label) in blocks.iter_mut().zip(labels) {
        if let Some((number, bytes)) = label {
            block.cut(bytes);
            (block.kind, block.marker) = (BlockKind::Paragraph, None);
            block.number = Some(number.to_string());
        }
    }
    true
}

/// The number that a block carries in its text, or as an item's marker, and the bytes that it takes of the text.
fn label_of(block: &Block, style: Style) -> Option<(u32, usize)> {
    match (block.kind, &block.marker) {
        (BlockKind::Paragraph, _) => style.label(&block.text),
        (BlockKind::Item, Some(marker)) if style == Style::Dotted => {
            let digits = digits(marker);
            let is_number = marker.get(digits..) == Some(".");
            Some((marker.get(..digits)?.parse().ok().filter(|_| is_number)?, 0))
        }
        _ => None,
    }
}

/// How many digits of a label a text begins with; none if it begins with a zero or with too many.
fn digits(text: &str) -> usize {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > DIGITS_MAX || text.starts_with('0') {
        0
    } else {
        digits
    }
}

fn count(blocks: &mut [Block]) {
    let paragraphs = blocks
        .iter_mut()
        .filter(|block| block.kind == BlockKind::Paragraph);
    for (index, block) in paragraphs.enumerate() {
        block.number = Some((index + 1).to_string());
    }
}

/// Makes items of paragraphs that begin with `(a)`, `(iv)` or `(12)`.
fn mark_items(blocks: &mut [Block]) {
    for block in blocks {
        let is_bare = block.kind == BlockKind::Paragraph && block.number.is_none();
        if let Some(bytes) = item_marker(&block.text).filter(|_| is_bare) {
            block.marker = block.text.get(..bytes).map(str::to_owned);
            block.kind = BlockKind::Item;
            block.cut(bytes);
        }
    }
}

fn item_marker(text: &str) -> Option<usize> {
    let (inside, after) = text.strip_prefix('(')?.split_once(')')?;
    let all = |is: fn(&u8) -> bool| inside.bytes().all(|byte| is(&byte));
    let is_marker = match inside.len() {
        1 => all(u8::is_ascii_alphanumeric),
        2..=5 => all(|byte| b"ivx".contains(byte)) || (inside.len() < 4 && all(u8::is_ascii_digit)),
        _ => false,
    };
    (is_marker && after.starts_with(char::is_whitespace)).then_some(inside.len() + 2)
}

/// In a numbered text, short lines before a numbered paragraph that end like no sentence are headings.
fn find_headings(blocks: &mut [Block]) {
    let mut before_number = false;
    for block in blocks.iter_mut().rev() {
        let is_bare = block.kind == BlockKind::Paragraph && block.number.is_none();
        let is_heading = before_number
            && is_bare
            && !block.text.contains('\n')
            && block.text.chars().count() <= HEADING_CHARS_MAX
            && block
                .text
                .ends_with(|c: char| c.is_alphanumeric() || c == ')' || c == ']');
        if is_heading {
            block.kind = BlockKind::Heading;
        }
        before_number = block.number.is_some() || is_heading;
    }
}

/// Finds `[12]` within a block. One in which another mark begins or ends is no reference: marks never cross.
fn find_references(block: &mut Block) {
    let ends = block.marks.iter().flat_map(|mark| [mark.start, mark.end]);
    let ends: BTreeSet<usize> = ends.collect();
    let is_whole = |mark: &Mark| ends.range(mark.start + 1..mark.end).next().is_none();
    let found = references(&block.text).into_iter().filter(is_whole);
    block.marks.extend(found);
}

fn references(text: &str) -> Vec<Mark> {
    let mut found = Vec::new();
    let mut units = 0;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        units += super::block::units(before);
        let digits = digits(after);
        rest = after;
        if digits > 0 && after.get(digits..).is_some_and(|end| end.starts_with(']')) {
            found.push(Mark {
                kind: MarkKind::Reference,
                start: units,
                end: units + digits + 2,
                to: after.get(..digits).map(str::to_owned),
            });
        }
        units += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labelled(texts: &[&str], source: Source) -> Vec<String> {
        let new = |text: &&str| Block::new(BlockKind::Paragraph, *text);
        let mut blocks: Vec<Block> = texts.iter().map(new).collect();
        label(&mut blocks, source);
        let shown = blocks.iter().map(|block| {
            let label = block.number.as_ref().or(block.marker.as_ref());
            let label = label.map_or_else(|| "-".to_owned(), Clone::clone);
            format!("{:?} {label}: {}", block.kind, block.text)
        });
        shown.collect()
    }

    #[test]
    fn numbers_that_run_without_gaps_are_kept_from_wherever_they_begin() {
        assert_eq!(
            labelled(&["Before it.", "[7] a", "then", "[8] b"], Source::Marked),
            [
                "Paragraph -: Before it.",
                "Paragraph 7: a",
                "Paragraph -: then",
                "Paragraph 8: b"
            ]
        );
        assert_eq!(
            labelled(&["1. a", "2. b"], Source::Plain),
            ["Paragraph 1: a", "Paragraph 2: b"]
        );
    }

    #[test]
    fn numbers_with_a_gap_stay_text_and_paragraphs_are_counted() {
        assert_eq!(
            labelled(&["[1] a", "[3] b"], Source::Marked),
            ["Paragraph 1: [1] a", "Paragraph 2: [3] b"]
        );
        assert_eq!(labelled(&["[1] a"], Source::Plain), ["Paragraph 1: [1] a"]);
        assert_eq!(
            labelled(&["[01] a", "[2] b"], Source::Plain)[0],
            "Paragraph 1: [01] a"
        );
    }

    #[test]
    fn a_short_list_does_not_number_a_long_text() {
        let texts = ["a", "b", "c", "1. d", "2. e", "f", "g"];
        assert_eq!(labelled(&texts, Source::Plain)[3], "Paragraph 4: 1. d");
    }

    #[test]
    fn in_a_conversation_paragraphs_are_always_counted() {
        assert_eq!(
            labelled(&["[5] a", "[6] b"], Source::Spoken)[0],
            "Paragraph 1: [5] a"
        );
    }

    #[test]
    fn an_entry_of_a_list_that_numbers_the_text_is_a_paragraph() {
        let mut blocks: Vec<Block> = ["a", "b"]
            .map(|text| Block::new(BlockKind::Item, text))
            .into();
        for (block, marker) in blocks.iter_mut().zip(["4.", "5."]) {
            block.marker = Some(marker.to_owned());
        }
        label(&mut blocks, Source::Marked);
        assert!(
            blocks
                .iter()
                .all(|block| block.kind == BlockKind::Paragraph && block.marker.is_none())
        );
        assert_eq!(blocks[1].number.as_deref(), Some("5"));
    }

    #[test]
    fn lettered_paragraphs_are_items() {
        assert_eq!(
            labelled(
                &["[1] x", "(a) y", "(iv) z", "(see) w", "(b)c", "[2] v"],
                Source::Marked
            ),
            [
                "Paragraph 1: x",
                "Item (a): y",
                "Item (iv): z",
                "Paragraph -: (see) w",
                "Paragraph -: (b)c",
                "Paragraph 2: v"
            ]
        );
    }

    #[test]
    fn short_lines_before_numbered_paragraphs_are_headings() {
        let texts = [
            "JUDGMENT",
            "The facts",
            "[1] a",
            "Not one.",
            "[2] b",
            "Signed",
        ];
        assert_eq!(
            labelled(&texts, Source::Plain),
            [
                "Heading -: JUDGMENT",
                "Heading -: The facts",
                "Paragraph 1: a",
                "Paragraph -: Not one.",
                "Paragraph 2: b",
                "Paragraph -: Signed"
            ]
        );
    }

    #[test]
    fn references_are_found_by_utf_16_units() {
        let mut block = Block::new(
            BlockKind::Paragraph,
            "\u{1F30A} see [12] and [2024x] and [3]",
        );
        find_references(&mut block);
        let found: Vec<_> = block
            .marks
            .iter()
            .map(|mark| (mark.start, mark.end, mark.to.as_deref()))
            .collect();
        assert_eq!(found, [(7, 11, Some("12")), (28, 31, Some("3"))]);
    }
}
