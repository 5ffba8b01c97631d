//! What people bring becomes the text of a case: plain text, Markdown, HTML, or a conversation with an assistant.
//!
//! Everything becomes one string with blocks and marks over it (`text`), so that no markup is left that a page could
//! obey. HTML, and Markdown that became HTML, first loses what is costly to parse (`prune`), then goes through a sanitiser
//! (ammonia), and only then is read into blocks (`walk`). The last gate is `character`: whatever way a character took, no
//! control character and none that reorders text on the screen gets into a text.
//!
//! Here is no I/O. Time and memory grow with the length of what was brought, which is bounded.

mod balance;
mod block;
mod character;
mod conversation;
mod draft;
mod element;
mod error;
mod html;
mod inline;
mod labels;
mod markdown;
mod marker;
mod plain;
mod prune;
mod references;
mod tags;
mod text;
mod walk;

pub use error::TextError;
pub use text::{Kind, Text};

use draft::Draft;
use labels::Source;

/// What people say that they bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Paragraphs between empty lines.
    Text,
    /// CommonMark with tables and foot-notes.
    Markdown,
    /// A page or a part of one.
    Html,
    /// Turns of a person and an assistant, as text, Markdown or HTML.
    Conversation,
}

impl Format {
    /// Every format there is.
    pub const ALL: [Self; 4] = [Self::Text, Self::Markdown, Self::Html, Self::Conversation];

    /// As requests name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Conversation => "conversation",
        }
    }

    /// The format of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// Makes the text of a case.
///
/// # Errors
/// If the title is missing or too long, if nothing to read is left, if a conversation shows no turns, or if a bound is
/// passed.
pub fn convert(format: Format, title: &str, content: &str) -> Result<Text, TextError> {
    let title = character::title(title)?;
    let content = character::normal_lines(content);
    let mut draft = Draft::default();
    match format {
        Format::Text => plain::read(&content, &mut draft)?,
        Format::Markdown => html::read(&markdown::to_html(&content)?, &mut draft)?,
        Format::Html => html::read(&content, &mut draft)?,
        Format::Conversation => conversation::read(&content, &mut draft)?,
    }
    let (kind, source) = match format {
        Format::Text => (Kind::Text, Source::Plain),
        Format::Markdown | Format::Html => (Kind::Text, Source::Marked),
        Format::Conversation => (Kind::Conversation, Source::Spoken),
    };
    draft.drop_heading(&title);
    labels::label(&mut draft.blocks, source);
    Text::assemble(title, kind, draft)
}
