//! Markdown, as HTML.

use std::fmt;

use pulldown_cmark::{Event, Options, Parser, html::write_html_fmt};

use super::TextError;
use crate::limits::MARKUP_BYTES_MAX;

/// CommonMark with what people use besides it. HTML in it stays HTML.
pub(super) fn to_html(markdown: &str) -> Result<String, TextError> {
    write(Parser::new_ext(markdown, options()))
}

/// As `to_html`, for what was typed into a chat: every line break counts, and HTML is what was talked about.
pub(super) fn chat_to_html(markdown: &str) -> Result<String, TextError> {
    let events = Parser::new_ext(markdown, options()).map(|event| match event {
        Event::SoftBreak => Event::HardBreak,
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        event @ (Event::Start(_)
        | Event::End(_)
        | Event::Text(_)
        | Event::Code(_)
        | Event::InlineMath(_)
        | Event::DisplayMath(_)
        | Event::FootnoteReference(_)
        | Event::HardBreak
        | Event::Rule
        | Event::TaskListMarker(_)) => event,
    });
    write(events)
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH
}

fn write<'a>(events: impl Iterator<Item = Event<'a>>) -> Result<String, TextError> {
    let mut html = Bounded(String::new());
    write_html_fmt(&mut html, events).map_err(|fmt::Error| TextError::LongMarkup)?;
    Ok(html.0)
}

/// Refuses to grow beyond the bound.
struct Bounded(String);

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > MARKUP_BYTES_MAX {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_within_markdown_stays_html_and_within_a_chat_becomes_text() {
        assert_eq!(to_html("a <b>b</b>\nc").unwrap(), "<p>a <b>b</b>\nc</p>\n");
        assert_eq!(
            chat_to_html("a <b>\nc").unwrap(),
            "<p>a &lt;b&gt;<br />\nc</p>\n"
        );
    }

    #[test]
    fn markdown_that_grows_beyond_the_bound_is_refused() {
        let note = "[^a]";
        let references = note.repeat(contract::limits::CASE_BODY_BYTES_MAX / note.len());
        assert_eq!(
            to_html(&format!("{references}\n\n{note}: b")),
            Err(TextError::LongMarkup)
        );
    }
}
