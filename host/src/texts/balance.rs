//! Writes elements so that every one ends, in the order in which they began, and none is deeper than allowed.

use super::element::{Element, Elements};
use crate::limits::NESTING_MAX;

/// Elements that end an open paragraph.
const BLOCKS: Elements = Elements::of(&[
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "legend",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "ul",
]);
const HEADINGS: Elements = Elements::of(&["h1", "h2", "h3", "h4", "h5", "h6"]);
const TABLE: Elements = Elements::of(&["table"]);
/// The inside of a table, cells included.
const TABLE_PARTS: Elements =
    Elements::of(&["caption", "tbody", "td", "tfoot", "th", "thead", "tr"]);
/// What holds text of its own: nothing in it closes what is around it.
const CELLS: Elements = Elements::of(&["caption", "table", "td", "th"]);

/// HTML that is being written, and the elements that are open in it.
pub(super) struct Balanced {
    pub(super) html: String,
    open: Vec<Element>,
}

impl Balanced {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self {
            html: String::with_capacity(bytes),
            open: Vec::new(),
        }
    }

    /// Ends everything.
    pub(super) fn finish(mut self) -> String {
        self.close_to(0);
        self.html
    }

    /// Begins an element, and ends what cannot hold it. One that would be too deep is not written.
    pub(super) fn open(&mut self, element: Element, attributes: &str) {
        self.close_implied(element);
        if self.open.len() < NESTING_MAX {
            self.open.push(element);
            self.html.push('<');
            self.html.push_str(element.name());
            self.html.push_str(attributes);
            self.html.push('>');
        }
    }

    /// Ends an element and everything in it; nothing if none is open.
    pub(super) fn close(&mut self, element: Element) {
        let barrier = if TABLE.contains(element) {
            Elements::NONE
        } else if TABLE_PARTS.contains(element) {
            TABLE
        } else {
            CELLS
        };
        self.close_above(Elements::only(element), barrier);
    }

    /// Closes what a new element ends without saying so.
    fn close_implied(&mut self, element: Element) {
        const CELL: Elements = Elements::of(&["td", "th", "caption"]);
        const ROW: Elements = Elements::of(&["tr", "caption"]);
        const ROWS: Elements = Elements::of(&["tbody", "thead", "tfoot", "caption"]);
        const DESCRIPTION: Elements = Elements::of(&["dt", "dd"]);
        if BLOCKS.contains(element) {
            self.end_paragraph();
        }
        match element.name() {
            "li" => {
                let list = Elements::of(&["ul", "ol"]);
                self.close_above(Elements::only(element), list.or(CELLS));
            }
            "dt" | "dd" => self.close_above(DESCRIPTION, Elements::of(&["dl"]).or(CELLS)),
            "td" | "th" => self.close_above(CELL, Elements::of(&["tr", "table"])),
            "tr" => self.close_above(ROW, TABLE),
            "tbody" | "thead" | "tfoot" => self.close_above(ROWS, TABLE),
            "a" => self.close_above(Elements::only(element), CELLS),
            // A heading within a heading was never closed.
            _ if HEADINGS.contains(element) && self.is_in_heading() => {
                self.close_to(self.open.len() - 1);
            }
            _ => {}
        }
    }

    fn is_in_heading(&self) -> bool {
        let last = self.open.last();
        last.is_some_and(|last| HEADINGS.contains(*last))
    }

    /// Ends an open paragraph.
    pub(super) fn end_paragraph(&mut self) {
        const BARRIER: Elements = Elements::of(&["li", "dd", "blockquote"]).or(CELLS);
        self.close_above(Elements::of(&["p"]), BARRIER);
    }

    /// Closes the innermost of these elements and everything in it, unless a barrier is in between.
    fn close_above(&mut self, elements: Elements, barrier: Elements) {
        let stops = elements.or(barrier);
        let found = self.open.iter().rposition(|open| stops.contains(*open));
        if let Some(index) = found.filter(|index| elements.contains(self.open[*index])) {
            self.close_to(index);
        }
    }

    fn close_to(&mut self, length: usize) {
        while self.open.len() > length
            && let Some(element) = self.open.pop()
        {
            self.html.push_str("</");
            self.html.push_str(element.name());
            self.html.push('>');
        }
    }
}
