//! Splits HTML into text and tags, as a browser's tokenizer does for what matters here: in one pass, without copying, and
//! with few attributes a tag.
//!
//! It is no parser: nothing is matched, nested or decoded. What is read by this is sanitised by a real one before it
//! counts.

use crate::limits::ATTRIBUTES_MAX;

/// A tag that opens an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// In lower case.
    pub(super) name: String,
    /// Names in lower case; values as they were written, without their quotation marks.
    pub(super) attributes: Vec<(String, &'a str)>,
    /// Whether it ends in `/>`.
    pub(super) closes_itself: bool,
}

impl<'a> Tag<'a> {
    /// The value of an attribute; the first one counts.
    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        let found = self.attributes.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| *value)
    }
}

/// A piece of HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// As written, character references included.
    Text(&'a str),
    Open(Tag<'a>),
    /// A tag that closes an element, by its name in lower case.
    Close(String),
}

/// Hands out the pieces of some HTML. Comments, doctypes and instructions are passed over.
pub(super) struct Tags<'a> {
    rest: &'a str,
}

impl<'a> Tags<'a> {
    pub(super) fn of(html: &'a str) -> Self {
        Self { rest: html }
    }

    /// Passes over the content of an element that holds no markup, up to its closing tag.
    pub(super) fn skip_content(&mut self, name: &str) {
        let mut from = 0;
        while let Some(found) = self.rest.get(from..).and_then(|rest| rest.find("</")) {
            let at = from + found;
            let after = self.rest.get(at + 2..).unwrap_or_default();
            let is_end = after
                .get(..name.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(name))
                && !after[name.len()..].starts_with(|c: char| c.is_ascii_alphanumeric());
            if is_end {
                self.rest = &self.rest[at..];
                return;
            }
            from = at + 2;
        }
        self.rest = "";
    }

    fn advance(&mut self, bytes: usize) -> &'a str {
        let (before, after) = self.rest.split_at(bytes);
        self.rest = after;
        before
    }

    /// What begins with `<`; absent if it was passed over.
    fn markup(&mut self) -> Option<Piece<'a>> {
        if let Some(comment) = self.rest.strip_prefix("<!--") {
            // `<!-->` and `<!--->` are whole comments.
            let short = [">", "->"].into_iter().find(|end| comment.starts_with(end));
            let end = short.map(str::len).or_else(|| end_of_comment(comment));
            self.rest = end.and_then(|end| comment.get(end..)).unwrap_or_default();
            return None;
        }
        let after = &self.rest[1..];
        let (closes, name) = match after.strip_prefix('/') {
            Some(name) => (true, name),
            None => (false, after),
        };
        if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            self.rest = name;
            let Some(tag) = self.tag() else {
                // A tag that never ends takes the rest with it, as in a browser.
                self.rest = "";
                return None;
            };
            return Some(if closes {
                Piece::Close(tag.name)
            } else {
                Piece::Open(tag)
            });
        }
        if closes || after.starts_with(['!', '?']) {
            let end = self.rest.find('>').map_or(self.rest.len(), |at| at + 1);
            self.advance(end);
            return None;
        }
        // A lone `<` is text.
        Some(Piece::Text(self.advance(1)))
    }

    /// A tag from its name on; absent if it never ends.
    fn tag(&mut self) -> Option<Tag<'a>> {
        let name = self.advance(end_of(self.rest, |c| is_space(c) || c == '/' || c == '>'));
        let mut tag = Tag {
            name: name.to_ascii_lowercase(),
            attributes: Vec::new(),
            closes_itself: false,
        };
        loop {
            let gap = self.advance(end_of(self.rest, |c| !is_space(c) && c != '/'));
            match self.rest.chars().next()? {
                '>' => {
                    self.advance(1);
                    tag.closes_itself = gap.ends_with('/');
                    return Some(tag);
                }
                _ => self.attribute(&mut tag)?,
            }
        }
    }

    fn attribute(&mut self, tag: &mut Tag<'a>) -> Option<()> {
        // A name may begin with `=`, and then holds at least that.
        let first = self.rest.chars().next()?.len_utf8();
        let is_end = |c| is_space(c) || matches!(c, '/' | '>' | '=');
        let name = self.advance(first + end_of(&self.rest[first..], is_end));
        let gap = end_of(self.rest, |c| !is_space(c));
        let mut value = "";
        if self.rest[gap..].starts_with('=') {
            self.advance(gap + 1);
            self.advance(end_of(self.rest, |c| !is_space(c)));
            value = self.value()?;
        }
        if tag.attributes.len() < ATTRIBUTES_MAX {
            tag.attributes.push((name.to_ascii_lowercase(), value));
        }
        Some(())
    }

    fn value(&mut self) -> Option<&'a str> {
        match self.rest.chars().next()? {
            quote @ ('"' | '\'') => {
                self.advance(1);
                let value = self.advance(self.rest.find(quote)?);
                self.advance(1);
                Some(value)
            }
            _ => Some(self.advance(end_of(self.rest, |c| is_space(c) || c == '>'))),
        }
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        while !self.rest.is_empty() {
            if !self.rest.starts_with('<') {
                let end = end_of(self.rest, |c| c == '<');
                return Some(Piece::Text(self.advance(end)));
            }
            if let Some(piece) = self.markup() {
                return Some(piece);
            }
        }
        None
    }
}

/// Behind the first `-->` or `--!>`, found in one pass: looking for the two apart would read all that follows for each
/// comment.
fn end_of_comment(comment: &str) -> Option<usize> {
    comment.match_indices("--").find_map(|(at, _)| {
        let after = &comment[at + 2..];
        // Of three or more hyphens the last two count.
        let hyphens = after.len() - after.trim_start_matches('-').len();
        let end = [">", "!>"]
            .into_iter()
            .find(|end| after[hyphens..].starts_with(end))?;
        Some(at + 2 + hyphens + end.len())
    })
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{C}')
}

/// Where the first character of that kind stands, or the end.
fn end_of(text: &str, is_end: impl Fn(char) -> bool) -> usize {
    text.find(is_end).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(html: &str) -> String {
        let shown = Tags::of(html).map(|piece| match piece {
            Piece::Text(text) => format!("[{text}]"),
            Piece::Close(name) => format!("</{name}>"),
            Piece::Open(tag) => {
                let attributes = tag.attributes.iter();
                let attributes: String = attributes
                    .map(|(name, value)| format!(" {name}={value}"))
                    .collect();
                let end = if tag.closes_itself { "/" } else { "" };
                format!("<{}{attributes}{end}>", tag.name)
            }
        });
        shown.collect()
    }

    #[test]
    fn tags_and_text_are_told_apart() {
        assert_eq!(pieces("a<B>c</b >d"), "[a]<b>[c]</b>[d]");
        assert_eq!(pieces("1 < 2 <3 &lt; x"), "[1 ][<][ 2 ][<][3 &lt; x]");
        assert_eq!(
            pieces("<p><br/>\u{1F30A}<wbr / >"),
            "<p><br/>[\u{1F30A}]<wbr>"
        );
    }

    #[test]
    fn attributes_are_read_in_every_spelling() {
        assert_eq!(
            pieces("<a HREF = \"x > y\" b='<' c=d/e f g=>h"),
            "<a href=x > y b=< c=d/e f= g=>[h]"
        );
        assert_eq!(pieces("<a =b c==d>"), "<a =b= c==d>");
        let many = format!("<a{}>", " x=1".repeat(ATTRIBUTES_MAX + 50));
        assert_eq!(pieces(&many).matches("x=1").count(), ATTRIBUTES_MAX);
    }

    #[test]
    fn comments_doctypes_and_instructions_are_passed_over() {
        assert_eq!(
            pieces("<!doctype html>a<!-- <b> -->c<?x?>d</>e<!-->f<!--->g"),
            "[a][c][d][e][f][g]"
        );
        assert_eq!(pieces("a<!-- never closed <b>"), "[a]");
    }

    #[test]
    fn what_never_ends_takes_the_rest_with_it() {
        for html in [
            "a<b",
            "a<b ",
            "a<b c",
            "a<b c=",
            "a<b c='d>",
            "a</b",
            "a<b /",
        ] {
            assert_eq!(pieces(html), "[a]", "{html}");
        }
        assert_eq!(pieces("a<"), "[a][<]");
    }

    #[test]
    fn content_without_markup_is_skipped_up_to_its_own_end() {
        let mut tags = Tags::of("<script>if (a</b) '</scripts>' <p></SCRIPT x>after");
        assert!(matches!(tags.next(), Some(Piece::Open(_))));
        tags.skip_content("script");
        assert_eq!(tags.next(), Some(Piece::Close("script".into())));
        assert_eq!(tags.next(), Some(Piece::Text("after")));
    }
}
