//! Reads sanitised HTML into blocks.
//!
//! A sanitiser's output is well-formed, so this needs no tree: elements that are open are a short list, and what they mean
//! for the text inside them is kept in a few numbers.

use super::{
    TextError,
    block::{BlockKind, MarkKind},
    draft::Draft,
    inline::Inline,
    marker::List,
    references,
    tags::{Piece, Tag, Tags},
};

/// Reads it all.
pub(super) fn read(html: &str, draft: &mut Draft) -> Result<(), TextError> {
    let mut walker = Walker {
        draft,
        inline: Inline::default(),
        open: Vec::new(),
        lists: Vec::new(),
        marker: None,
        note: None,
        label: None,
        cells: 0,
    };
    for piece in Tags::of(html) {
        match piece {
            Piece::Text(text) => walker.text(text),
            Piece::Open(tag) => walker.open(&tag)?,
            Piece::Close(name) => walker.close(&name)?,
        }
    }
    walker.end_block()
}

/// What an open element means for what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// It stands by itself.
    Block,
    Heading(BlockKind),
    Quotation,
    Typed,
    List,
    /// An entry of a list that describes.
    Described,
    Row,
    Note,
    /// The figure at the beginning of a note.
    NoteLabel,
    Mark(MarkKind),
    Quoted,
    /// Nothing.
    Plain,
}

struct Walker<'a> {
    draft: &'a mut Draft,
    inline: Inline,
    open: Vec<(String, Meaning)>,
    lists: Vec<List>,
    /// Of the entry of a list that begins; its first block takes it.
    marker: Option<String>,
    /// The number of the note that is being read, once its label was; its first block takes it.
    note: Option<String>,
    label: Option<String>,
    /// How many cells of the row have begun.
    cells: usize,
}

impl Walker<'_> {
    fn text(&mut self, text: &str) {
        let text = references::restore(text);
        if let Some(label) = &mut self.label {
            label.push_str(&text);
        } else if self.is_in(Meaning::Typed) {
            self.inline.push_typed(&text);
        } else {
            self.inline.push(&text);
        }
    }

    fn open(&mut self, tag: &Tag<'_>) -> Result<(), TextError> {
        match tag.name.as_str() {
            "br" if self.is_in(Meaning::Typed) => self.inline.push_typed("\n"),
            "br" => {
                if !self.inline.end_line() {
                    self.end_block()?;
                }
            }
            "hr" => self.end_block()?,
            name => {
                let meaning = meaning(tag);
                self.begin(name, meaning, tag)?;
                self.open.push((name.to_owned(), meaning));
            }
        }
        Ok(())
    }

    fn begin(&mut self, name: &str, meaning: Meaning, tag: &Tag<'_>) -> Result<(), TextError> {
        match meaning {
            Meaning::Plain => {
                if matches!(name, "td" | "th") {
                    self.begin_cell();
                }
            }
            Meaning::Quoted => self.inline.push("“"),
            // What is typed is code as a whole.
            Meaning::Mark(MarkKind::Code) if self.is_in(Meaning::Typed) => {}
            Meaning::Mark(kind) => self.inline.open(kind),
            Meaning::NoteLabel => self.label = Some(String::new()),
            Meaning::List => {
                self.end_block()?;
                self.lists.push(List::of(tag, self.lists.len()));
            }
            Meaning::Row => {
                self.end_block()?;
                self.cells = 0;
            }
            Meaning::Block => {
                self.end_block()?;
                if let Some(speaker) = tag.attribute("data-speaker") {
                    self.draft.turn(speaker)?;
                }
                if name == "li" {
                    self.marker = self.lists.last_mut().and_then(|list| list.next(tag));
                }
            }
            Meaning::Heading(_)
            | Meaning::Quotation
            | Meaning::Typed
            | Meaning::Described
            | Meaning::Note => self.end_block()?,
        }
        Ok(())
    }

    fn begin_cell(&mut self) {
        if self.cells > 0 && !self.inline.is_blank() {
            self.inline.push(" | ");
        }
        self.cells += 1;
    }

    fn close(&mut self, name: &str) -> Result<(), TextError> {
        // A sanitiser closes what it opens; an end that fits nothing is passed over all the same.
        if self.open.last().is_none_or(|(open, _)| open != name) {
            return Ok(());
        }
        let meaning = self
            .open
            .last()
            .map_or(Meaning::Plain, |(_, meaning)| *meaning);
        match meaning {
            Meaning::Plain => {}
            Meaning::Quoted => self.inline.push("”"),
            Meaning::Mark(kind) => self.inline.close(kind),
            Meaning::NoteLabel => {
                self.note = self.label.take().map(|label| label.trim().to_owned())
            }
            Meaning::List => {
                self.end_block()?;
                self.lists.pop();
                self.marker = None;
            }
            Meaning::Block if name == "li" => {
                self.end_block()?;
                self.marker = None;
            }
            Meaning::Row => {
                self.end_block()?;
                self.cells = 0;
            }
            Meaning::Note => {
                self.end_block()?;
                self.note = None;
            }
            Meaning::Block
            | Meaning::Heading(_)
            | Meaning::Quotation
            | Meaning::Typed
            | Meaning::Described => self.end_block()?,
        }
        self.open.pop();
        Ok(())
    }

    fn end_block(&mut self) -> Result<(), TextError> {
        let kind = self.kind();
        let Some(mut block) = self.inline.take(kind) else {
            return Ok(());
        };
        if kind == BlockKind::Item {
            block.marker = self.marker.take();
        }
        if kind == BlockKind::Note {
            block.number = self.note.take().filter(|number| is_number(number));
        }
        self.draft.push(block)
    }

    /// What a block is by the elements around it.
    fn kind(&self) -> BlockKind {
        if self.is_in(Meaning::Note) {
            return BlockKind::Note;
        }
        let outer = self
            .open
            .iter()
            .rev()
            .find_map(|(_, meaning)| match meaning {
                Meaning::Typed => Some(BlockKind::Code),
                Meaning::Heading(kind) => Some(*kind),
                Meaning::Quotation => Some(BlockKind::Quotation),
                Meaning::List | Meaning::Described => Some(BlockKind::Item),
                Meaning::Row if self.cells > 1 => Some(BlockKind::Item),
                Meaning::Row
                | Meaning::Block
                | Meaning::Note
                | Meaning::NoteLabel
                | Meaning::Mark(_)
                | Meaning::Quoted
                | Meaning::Plain => None,
            });
        outer.unwrap_or(BlockKind::Paragraph)
    }

    fn is_in(&self, meaning: Meaning) -> bool {
        self.open.iter().any(|(_, open)| *open == meaning)
    }
}

fn meaning(tag: &Tag<'_>) -> Meaning {
    match (tag.name.as_str(), tag.attribute("class")) {
        ("h1", _) => Meaning::Heading(BlockKind::Part),
        ("h2", _) => Meaning::Heading(BlockKind::Heading),
        ("h3" | "h4" | "h5" | "h6", _) => Meaning::Heading(BlockKind::Subheading),
        ("blockquote", _) => Meaning::Quotation,
        ("pre", _) => Meaning::Typed,
        ("ul" | "ol", _) => Meaning::List,
        ("dd", _) => Meaning::Described,
        ("tr", _) => Meaning::Row,
        ("div", Some("footnote-definition")) => Meaning::Note,
        ("sup", Some("footnote-definition-label")) => Meaning::NoteLabel,
        ("sup", Some("footnote-reference")) => Meaning::Mark(MarkKind::Noteref),
        ("em" | "i" | "cite" | "dfn" | "var", _) => Meaning::Mark(MarkKind::Emphasis),
        ("b" | "strong", _) => Meaning::Mark(MarkKind::Strong),
        ("code" | "kbd" | "samp" | "tt", _) => Meaning::Mark(MarkKind::Code),
        ("q", _) => Meaning::Quoted,
        ("a" | "del" | "ins" | "sub" | "sup" | "td" | "th", _) => Meaning::Plain,
        _ => Meaning::Block,
    }
}

fn is_number(text: &str) -> bool {
    (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}
