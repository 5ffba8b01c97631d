//! Conversations as people copy them from the common assistants: as text, as Markdown, as HTML.

use super::{
    TextError,
    block::{Block, BlockKind},
    draft::Draft,
    html, markdown, prune,
    tags::Tag,
};
use crate::limits::{BLOCKS_MAX, MARKUP_BYTES_MAX};

mod turns;

use turns::{Turn, chosen};

/// Reads it all.
pub(super) fn read(content: &str, draft: &mut Draft) -> Result<(), TextError> {
    if !is_html(content) {
        return html::read_pruned(&spoken_html(content)?, draft);
    }
    html::read(content, draft)?;
    if !draft
        .blocks
        .iter()
        .any(|block| block.kind == BlockKind::Speaker)
    {
        *draft = spoken_blocks(std::mem::take(draft))?;
    }
    Ok(())
}

/// Whose words an element of HTML holds, in the pages of the common assistants.
pub(super) fn speaker_of(tag: &Tag<'_>) -> Option<&'static str> {
    const ROLES: [&str; 4] = [
        "data-message-author-role",
        "data-message-role",
        "data-author-role",
        "data-role",
    ];
    match tag.name.as_str() {
        "user-query" => return Some("User"),
        "model-response" => return Some("Gemini"),
        _ => {}
    }
    let role = ROLES.into_iter().find_map(|name| tag.attribute(name));
    match role.map(str::trim) {
        Some("user" | "human") => return Some("User"),
        Some("assistant" | "model" | "ai") => return Some("Assistant"),
        Some("system") => return Some("System"),
        Some("tool") => return Some("Tool"),
        _ => {}
    }
    if tag.attribute("data-testid") == Some("user-message") {
        return Some("User");
    }
    let mut classes = tag
        .attribute("class")
        .unwrap_or_default()
        .split_ascii_whitespace();
    classes
        .any(|class| matches!(class, "font-claude-message" | "font-claude-response"))
        .then_some("Claude")
}

fn is_html(content: &str) -> bool {
    (content.trim_start().starts_with('<') && content.contains("</"))
        || content.contains("data-message-author-role=")
}

/// Finds the turns in text and makes HTML of each, so that nothing in one turn reaches into the next.
fn spoken_html(content: &str) -> Result<String, TextError> {
    let lines: Vec<&str> = content.split('\n').collect();
    let turns = chosen(&unfenced(&lines)).ok_or(TextError::NoTurns)?;
    // Each turn is read by itself, which costs more than its length; more than that cannot be kept anyhow.
    if turns.len() > BLOCKS_MAX {
        return Err(TextError::ManyBlocks);
    }
    let mut html = String::new();
    let first = turns.first().map_or(lines.len(), |turn| turn.place);
    append(&lines[..first], "", &mut html)?;
    for (index, turn) in turns.iter().enumerate() {
        let end = turns.get(index + 1).map_or(lines.len(), |next| next.place);
        html.push_str(&format!("<div data-speaker=\"{}\"></div>", turn.speaker));
        append(&lines[turn.place + 1..end], turn.rest, &mut html)?;
    }
    Ok(html)
}

fn append(lines: &[&str], before: &str, html: &mut String) -> Result<(), TextError> {
    let turn = format!("{before}\n{}", lines.join("\n"));
    html.push_str(&prune::prune(&markdown::chat_to_html(&turn)?));
    if html.len() > MARKUP_BYTES_MAX {
        return Err(TextError::LongMarkup);
    }
    Ok(())
}

/// The lines; empty ones in place of those that are code, in which somebody else may speak.
fn unfenced<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let mut fence = None;
    let outside = lines.iter().map(|line| {
        let start = line.trim_start();
        let found = ["```", "~~~"]
            .into_iter()
            .find(|fence| start.starts_with(fence));
        let is_code = fence.is_some() || found.is_some();
        fence = match (fence, found) {
            (None, found) => found,
            (Some(open), Some(end)) if open == end => None,
            (open, _) => open,
        };
        if is_code { "" } else { *line }
    });
    outside.collect()
}

/// Finds the turns in blocks of HTML that does not say who speaks.
fn spoken_blocks(draft: Draft) -> Result<Draft, TextError> {
    let (blocks, notes) = (draft.blocks, draft.notes);
    let first_lines: Vec<&str> = blocks.iter().map(first_line).collect();
    let turns: Vec<(usize, &'static str, usize)> = chosen(&first_lines)
        .ok_or(TextError::NoTurns)?
        .iter()
        .map(|turn: &Turn<'_>| {
            let line = first_lines[turn.place].trim_end();
            (turn.place, turn.speaker, line.len() - turn.rest.len())
        })
        .collect();
    let mut spoken = Draft::default();
    let mut turns = turns.into_iter().peekable();
    for (place, mut block) in blocks.into_iter().enumerate() {
        if let Some((_, speaker, bytes)) = turns.next_if(|(turn, _, _)| *turn == place) {
            spoken.turn(speaker)?;
            block.cut(bytes);
            block.kind = BlockKind::Paragraph;
        }
        if !block.text.is_empty() {
            spoken.push(block)?;
        }
    }
    notes.into_iter().try_for_each(|note| spoken.push(note))?;
    Ok(spoken)
}

/// What could say whose turn begins.
fn first_line(block: &Block) -> &str {
    match block.kind {
        BlockKind::Paragraph | BlockKind::Part | BlockKind::Heading | BlockKind::Subheading => {
            block.text.split('\n').next().unwrap_or_default()
        }
        BlockKind::Speaker
        | BlockKind::Quotation
        | BlockKind::Item
        | BlockKind::Code
        | BlockKind::Note => "",
    }
}
