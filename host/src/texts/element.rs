//! The elements of HTML that mean something in a text, and sets of them that are cheap to ask.

/// All of them, sorted. At most 64: a set is a word of bits.
const NAMES: [&str; 55] = [
    "a",
    "address",
    "article",
    "aside",
    "b",
    "blockquote",
    "caption",
    "center",
    "cite",
    "code",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
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
    "i",
    "ins",
    "kbd",
    "legend",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "q",
    "samp",
    "section",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "ul",
    "var",
];

/// The names of all elements that have content.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    NAMES.into_iter()
}

/// An element that has content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element(u8);

impl Element {
    /// The element of that name, in lower case.
    pub(super) fn named(name: &str) -> Option<Self> {
        let index = NAMES.binary_search(&name).ok()?;
        u8::try_from(index).ok().map(Self)
    }

    pub(super) fn name(self) -> &'static str {
        NAMES[usize::from(self.0)]
    }
}

/// Some elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Elements(u64);

impl Elements {
    pub(super) const NONE: Self = Self(0);

    /// The elements of these names, each of which must be one of ours.
    pub(super) const fn of(names: &[&str]) -> Self {
        let (mut bits, mut index) = (0, 0);
        while index < names.len() {
            bits |= 1 << position(names[index]);
            index += 1;
        }
        Self(bits)
    }

    pub(super) fn only(element: Element) -> Self {
        Self(1 << element.0)
    }

    pub(super) fn contains(self, element: Element) -> bool {
        self.0 & (1 << element.0) != 0
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

const fn position(name: &str) -> usize {
    let mut index = 0;
    while !is_same(NAMES[index].as_bytes(), name.as_bytes()) {
        index += 1;
    }
    index
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let mut index = 0;
    while index < one.len() && index < other.len() && one[index] == other[index] {
        index += 1;
    }
    index == one.len() && index == other.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_is_found_by_its_name_and_in_its_set() {
        assert!(NAMES.is_sorted());
        for name in NAMES {
            let element = Element::named(name).unwrap();
            assert_eq!(element.name(), name);
            assert!(Elements::of(&[name]).contains(element));
            assert_eq!(Elements::of(&[name]), Elements::only(element));
            assert_eq!(
                Elements::of(&["a", "var"]).contains(element),
                name == "a" || name == "var"
            );
        }
        assert_eq!(Element::named("script"), None);
    }
}
