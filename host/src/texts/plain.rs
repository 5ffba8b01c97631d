//! Plain text: paragraphs between empty lines, or a line each where there are none.

use super::{
    TextError,
    block::{Block, BlockKind},
    draft::Draft,
    labels::Style,
};

/// Lines that are longer were not broken to fit a page.
const WRAP_CHARS_MAX: usize = 120;
/// Lines that are shorter were broken for another reason.
const WRAP_CHARS_MIN: usize = 40;

/// Reads it all.
pub(super) fn read(content: &str, draft: &mut Draft) -> Result<(), TextError> {
    let content = content.replace('\t', " ");
    let lines: Vec<&str> = content.trim().split('\n').map(str::trim).collect();
    let has_gaps = lines.iter().any(|line| line.is_empty());
    let mut groups: Vec<Vec<&str>> = if has_gaps {
        let groups = lines.split(|line| line.is_empty());
        groups
            .filter(|group| !group.is_empty())
            .map(<[&str]>::to_vec)
            .collect()
    } else {
        lines.iter().map(|line| vec![*line]).collect()
    };
    if let Some(style) = Style::ALL
        .into_iter()
        .find(|style| numbers_lines(*style, &groups))
    {
        groups = groups
            .into_iter()
            .flat_map(|group| split(style, &group))
            .collect();
    }
    for group in &groups {
        let block = block_of(group);
        if !block.text.is_empty() {
            draft.push(block)?;
        }
    }
    Ok(())
}

/// Whether the lines that begin with a number of that style number the whole text.
fn numbers_lines(style: Style, groups: &[Vec<&str>]) -> bool {
    let labels = groups.iter().flatten().filter_map(|line| style.label(line));
    let numbers: Vec<u32> = labels.map(|(number, _)| number).collect();
    style.is_plausible(&numbers, groups.len().max(numbers.len()))
}

/// Lets every numbered line begin a paragraph.
fn split<'a>(style: Style, lines: &[&'a str]) -> Vec<Vec<&'a str>> {
    let mut groups: Vec<Vec<&str>> = Vec::new();
    for line in lines {
        match groups.last_mut() {
            Some(group) if style.label(line).is_none() => group.push(line),
            _ => groups.push(vec![line]),
        }
    }
    groups
}

fn block_of(lines: &[&str]) -> Block {
    let quoted: Option<Vec<&str>> = lines.iter().map(|line| line.strip_prefix('>')).collect();
    match quoted {
        Some(lines) => {
            let lines: Vec<&str> = lines.into_iter().map(str::trim).collect();
            Block::new(BlockKind::Quotation, join(&lines).trim())
        }
        None => Block::new(BlockKind::Paragraph, join(lines).trim()),
    }
}

/// Joins lines: by spaces if they were only broken because the next word would not fit, else as they are.
fn join(lines: &[&str]) -> String {
    let length = |text: &str| text.chars().count();
    let width = lines
        .iter()
        .map(|line| length(line))
        .max()
        .unwrap_or_default();
    let is_full = |pair: &[&str]| {
        let next = pair[1].split(' ').next().unwrap_or_default();
        length(pair[0]) + 1 + length(next) > width
    };
    let is_wrapped =
        (WRAP_CHARS_MIN..=WRAP_CHARS_MAX).contains(&width) && lines.windows(2).all(is_full);
    lines.join(if is_wrapped { " " } else { "\n" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(content: &str) -> Vec<(BlockKind, String)> {
        let mut draft = Draft::default();
        read(content, &mut draft).unwrap();
        draft
            .blocks
            .into_iter()
            .map(|block| (block.kind, block.text))
            .collect()
    }

    fn texts(content: &str) -> Vec<String> {
        blocks(content).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn empty_lines_divide_paragraphs() {
        assert_eq!(texts("\n a\nb \n \n\n\tc\n"), ["a\nb", "c"]);
    }

    #[test]
    fn without_empty_lines_every_line_is_a_paragraph() {
        assert_eq!(texts("a\nb\nc"), ["a", "b", "c"]);
    }

    #[test]
    fn numbered_lines_begin_paragraphs_where_the_numbers_run_without_gaps() {
        assert_eq!(
            texts("A v B\n\n[1] a\n[2] b\nc\n\n[3] d"),
            ["A v B", "[1] a", "[2] b\nc", "[3] d"]
        );
        assert_eq!(texts("x\n\n[1] a\n[3] b"), ["x", "[1] a\n[3] b"]);
        assert_eq!(texts("1. a\n2. b\n\n3. c"), ["1. a", "2. b", "3. c"]);
    }

    #[test]
    fn lines_that_were_broken_to_fit_a_page_are_joined_and_verses_are_not() {
        let wrapped = "The ferry belonged to the appellant, Skerrow Bay\nFerry Co-operative, and it sailed.\n\nx";
        assert_eq!(
            texts(wrapped)[0],
            "The ferry belonged to the appellant, Skerrow Bay Ferry Co-operative, and it sailed."
        );
        let verse =
            "Whoso showeth a light upon the shore, yes,\nlet him show it true.\nAnd if he\nx\n\ny";
        assert_eq!(texts(verse)[0].matches('\n').count(), 3);
    }

    #[test]
    fn lines_behind_a_greater_than_sign_are_a_quotation() {
        assert_eq!(
            blocks("a\n\n> b\n>c"),
            [
                (BlockKind::Paragraph, "a".to_owned()),
                (BlockKind::Quotation, "b\nc".to_owned()),
            ]
        );
        assert_eq!(blocks(">\n\na").len(), 1);
    }
}
