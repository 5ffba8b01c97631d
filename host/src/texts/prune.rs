//! HTML before it is parsed: only the elements that mean something here, balanced, and no deeper than is allowed.
//!
//! An HTML parser compares every attribute of a tag with the others and walks the open elements at nearly every tag, so a
//! few megabytes of attributes or of `<div>` would keep a processor busy for minutes. This pass takes time that grows with
//! the length alone, and what it writes is cheap to parse. It protects nothing else: the sanitiser comes afterwards.

use super::{
    balance::Balanced,
    conversation::speaker_of,
    element::{self, Element},
    references,
    tags::{Piece, Tag, Tags},
};

/// Elements whose content holds no markup and is not shown.
const OPAQUE: [&str; 9] = [
    "iframe",
    "noembed",
    "noframes",
    "script",
    "style",
    "textarea",
    "title",
    "xmp",
    "plaintext",
];
/// Elements that go with what is in them: controls, drawings, media, menus, and what is not shown.
const DROPPED: [&str; 14] = [
    "audio", "button", "canvas", "datalist", "math", "nav", "noscript", "object", "option",
    "select", "svg", "template", "video", "dialog",
];
/// The classes by which Markdown's foot-notes are known.
pub(super) const NOTE_CLASSES: [&str; 3] = [
    "footnote-definition",
    "footnote-definition-label",
    "footnote-reference",
];

/// The names of all elements that can be left.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    element::names().chain(["br", "hr"])
}

/// Prunes HTML. What is left is balanced.
pub(super) fn prune(html: &str) -> String {
    let mut pruner = Pruner {
        out: Balanced::with_capacity(html.len() / 2),
        ends: Ends::of(html),
    };
    let mut tags = Tags::of(html);
    while let Some(piece) = tags.next() {
        match piece {
            Piece::Text(text) => pruner.text(text),
            Piece::Close(name) => {
                pruner.ends.passed(&name);
                if let Some(element) = Element::named(&name) {
                    pruner.out.close(element);
                }
            }
            Piece::Open(tag) if OPAQUE.contains(&tag.name.as_str()) => tags.skip_content(&tag.name),
            Piece::Open(tag) if pruner.can_drop(&tag) => pruner.drop_content(&mut tags, &tag.name),
            Piece::Open(tag) => pruner.open(&tag),
        }
    }
    pruner.out.finish()
}

struct Pruner {
    out: Balanced,
    ends: Ends,
}

impl Pruner {
    fn text(&mut self, text: &str) {
        references::decode(text, &mut self.out.html);
    }

    fn can_drop(&self, tag: &Tag<'_>) -> bool {
        // What nobody closes would take the rest of the page with it.
        !tag.closes_itself && self.ends.follows(&tag.name)
    }

    fn drop_content(&mut self, tags: &mut Tags<'_>, name: &str) {
        let mut depth = 1_usize;
        while depth > 0 {
            match tags.next() {
                None => return,
                Some(Piece::Text(_)) => {}
                Some(Piece::Open(tag)) if OPAQUE.contains(&tag.name.as_str()) => {
                    tags.skip_content(&tag.name);
                }
                Some(Piece::Open(tag)) => {
                    if tag.name == name && !tag.closes_itself && self.ends.follows(name) {
                        depth += 1;
                    }
                }
                Some(Piece::Close(closed)) => {
                    self.ends.passed(&closed);
                    // The last end there is ends all of them.
                    depth = match closed == name {
                        true if self.ends.follows(name) => depth - 1,
                        true => 0,
                        false => depth,
                    };
                }
            }
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        if let Some(speaker) = speaker_of(tag) {
            // The turn ends where the next one begins, not where this element does.
            self.out
                .html
                .push_str(&format!("<div data-speaker=\"{speaker}\"></div>"));
        }
        match tag.name.as_str() {
            "br" => self.out.html.push_str("<br>"),
            "hr" => {
                self.out.end_paragraph();
                self.out.html.push_str("<hr>");
            }
            "img" => self.image(tag),
            name => {
                if let Some(element) = Element::named(name) {
                    self.out.open(element, &attributes(name, tag));
                }
            }
        }
    }

    /// An image is what it says instead.
    fn image(&mut self, tag: &Tag<'_>) {
        let instead = tag.attribute("alt").unwrap_or_default().trim();
        if !instead.is_empty() {
            self.out.html.push_str(" [");
            self.text(instead);
            self.out.html.push_str("] ");
        }
    }
}

/// How many closing tags are still to come of each element that could be dropped.
struct Ends([usize; DROPPED.len()]);

impl Ends {
    fn of(html: &str) -> Self {
        let mut ends = Self([0; DROPPED.len()]);
        let mut tags = Tags::of(html);
        while let Some(piece) = tags.next() {
            match piece {
                Piece::Close(name) => {
                    if let Some(index) = dropped(&name) {
                        ends.0[index] += 1;
                    }
                }
                Piece::Open(tag) if OPAQUE.contains(&tag.name.as_str()) => {
                    tags.skip_content(&tag.name);
                }
                Piece::Open(_) | Piece::Text(_) => {}
            }
        }
        ends
    }

    fn passed(&mut self, name: &str) {
        if let Some(index) = dropped(name) {
            self.0[index] = self.0[index].saturating_sub(1);
        }
    }

    fn follows(&self, name: &str) -> bool {
        dropped(name).is_some_and(|index| self.0[index] > 0)
    }
}

fn dropped(name: &str) -> Option<usize> {
    DROPPED.iter().position(|dropped| *dropped == name)
}

/// The attributes that say how an element is read.
fn attributes(name: &str, tag: &Tag<'_>) -> String {
    let wanted: &[&str] = match name {
        "ol" => &["start", "type"],
        "li" => &["value"],
        "sup" | "div" => &["class"],
        _ => &[],
    };
    let mut written = String::new();
    for name in wanted {
        let value = tag.attribute(name).unwrap_or_default();
        let is_plain = value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if is_plain
            && (1..=30).contains(&value.len())
            && (*name != "class" || NOTE_CLASSES.contains(&value))
        {
            written.push_str(&format!(" {name}=\"{value}\""));
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::NESTING_MAX;

    #[test]
    fn what_is_left_is_balanced() {
        let cases = [
            ("<p>a<p>b", "<p>a</p><p>b</p>"),
            (
                "<ul><li>a<li>b<ul><li>c</ul><li>d</ul>e",
                "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>e",
            ),
            ("<b><p>a</b>b</p>", "<b><p>a</p></b>b"),
            (
                "<table><tr><td>a<td>b<tr><td>c</div></table>",
                "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
            ),
            (
                "<div><table><td></div>x",
                "<div><table><td>x</td></table></div>",
            ),
            ("<h2>a<h3>b</h3>", "<h2>a</h2><h3>b</h3>"),
            ("</p></b>a", "a"),
            ("<a href=x>a<a>b", "<a>a</a><a>b</a>"),
            ("<BR/><x-y>a</x-y>", "<br>a"),
        ];
        for (html, left) in cases {
            assert_eq!(prune(html), left, "{html}");
        }
    }

    #[test]
    fn what_is_not_text_goes_with_its_content() {
        for html in [
            "<script>alert(1)</script>",
            "<style>p{}</style>",
            "<svg><path d=''/><text>x</text></svg>",
            "<select><option>x</select>",
            "<button>Copy <svg></svg></button>",
            "<nav><ul><li>x</ul></nav>",
            "<iframe src=x>y</iframe>",
            "<object><object>x</object>y</object>",
            "<!-- x -->",
        ] {
            assert_eq!(prune(&format!("a{html}b")), "ab", "{html}");
        }
    }

    #[test]
    fn what_nobody_closes_takes_nothing_with_it() {
        assert_eq!(prune("<select><svg/>a<button>b<nav>c</nav>d"), "abd");
        assert_eq!(prune("<svg><svg>a</svg>b"), "b");
    }

    #[test]
    fn an_image_is_what_it_says_instead_and_loads_nothing() {
        assert_eq!(
            prune("<img src=x onerror=y alt='A \"map\"'>"),
            " [A \"map\"] "
        );
        assert_eq!(prune("<img src=x alt=' '><img>"), "");
    }

    #[test]
    fn depth_is_bounded_and_no_text_is_lost_by_it() {
        let deep = format!("{}x{}", "<div>".repeat(100_000), "</div>".repeat(100_000));
        let left = prune(&deep);
        assert_eq!(left.matches("<div>").count(), NESTING_MAX);
        assert_eq!(left.matches("</div>").count(), NESTING_MAX);
        assert!(left.contains('x'));
    }

    #[test]
    fn only_attributes_that_are_needed_are_left() {
        assert_eq!(
            prune("<ol start=3 type=a onclick=x><li value='7\"<'>a<li value=-7>b"),
            "<ol start=\"3\" type=\"a\"><li>a</li><li value=\"-7\">b</li></ol>"
        );
        assert_eq!(
            prune("<div class=x><sup class=footnote-reference>1</sup>"),
            "<div><sup class=\"footnote-reference\">1</sup></div>"
        );
    }
}
