//! What stands before the entries of a list: bullets, numbers, letters.

use super::tags::Tag;

/// A number that is longer is no label.
const NUMBER_MAX: i64 = 99_999;
const BULLETS: [&str; 3] = ["•", "◦", "▪"];

/// A list that is open.
#[derive(Clone, Debug)]
pub(super) struct List {
    style: Style,
    next: i64,
}

#[derive(Clone, Copy, Debug)]
enum Style {
    Bullet(&'static str),
    Decimal,
    Letters { upper: bool },
    Roman { upper: bool },
}

impl List {
    /// Reads a list's tag; `depth` is how many lists are around it.
    pub(super) fn of(tag: &Tag<'_>, depth: usize) -> Self {
        let style = match (tag.name.as_str(), tag.attribute("type")) {
            ("ul", _) => Style::Bullet(BULLETS[depth.min(BULLETS.len() - 1)]),
            (_, Some("a")) => Style::Letters { upper: false },
            (_, Some("A")) => Style::Letters { upper: true },
            (_, Some("i")) => Style::Roman { upper: false },
            (_, Some("I")) => Style::Roman { upper: true },
            _ => Style::Decimal,
        };
        let next = number(tag, "start").unwrap_or(1);
        Self { style, next }
    }

    /// The marker of the next entry.
    pub(super) fn next(&mut self, tag: &Tag<'_>) -> Option<String> {
        let number = number(tag, "value").unwrap_or(self.next);
        self.next = number + 1;
        Some(match self.style {
            Style::Bullet(bullet) => bullet.to_owned(),
            Style::Letters { upper } if number > 0 => format!("{}.", cased(letters(number), upper)),
            Style::Roman { upper } if (1..4_000).contains(&number) => {
                format!("{}.", cased(roman(number), upper))
            }
            Style::Decimal | Style::Letters { .. } | Style::Roman { .. } => format!("{number}."),
        })
    }
}

fn number(tag: &Tag<'_>, attribute: &str) -> Option<i64> {
    let number: i64 = tag.attribute(attribute)?.trim().parse().ok()?;
    (-NUMBER_MAX..=NUMBER_MAX)
        .contains(&number)
        .then_some(number)
}

/// 1 is a, 26 is z, 27 is aa.
fn letters(mut number: i64) -> String {
    let mut letters = Vec::new();
    while number > 0 {
        number -= 1;
        letters.push(char::from(
            b'a' + u8::try_from(number % 26).unwrap_or_default(),
        ));
        number /= 26;
    }
    letters.iter().rev().collect()
}

fn roman(mut number: i64) -> String {
    let digits = [
        (1_000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    let mut roman = String::new();
    for (value, digit) in digits {
        while number >= value {
            roman.push_str(digit);
            number -= value;
        }
    }
    roman
}

fn cased(text: String, upper: bool) -> String {
    if upper {
        text.to_ascii_uppercase()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::tags::{Piece, Tags};

    fn markers(list: &str, entries: &[&str]) -> Vec<String> {
        let tag = |html: &'static str| match Tags::of(html).next() {
            Some(Piece::Open(tag)) => tag,
            other => panic!("{other:?}"),
        };
        let html: &'static str = list.to_owned().leak();
        let mut list = List::of(&tag(html), 0);
        let entries = entries
            .iter()
            .map(|entry| entry.to_string().leak() as &'static str);
        entries.filter_map(|entry| list.next(&tag(entry))).collect()
    }

    #[test]
    fn entries_are_counted_as_a_browser_counts_them() {
        assert_eq!(markers("<ol>", &["<li>", "<li>"]), ["1.", "2."]);
        assert_eq!(
            markers("<ol start=9>", &["<li>", "<li value=20>", "<li>"]),
            ["9.", "20.", "21."]
        );
        assert_eq!(
            markers("<ol type=a start=26>", &["<li>", "<li>"]),
            ["z.", "aa."]
        );
        assert_eq!(
            markers("<ol type=I start=4>", &["<li>", "<li value=99>"]),
            ["IV.", "XCIX."]
        );
        assert_eq!(
            markers("<ol type=i start=0>", &["<li>", "<li>"]),
            ["0.", "i."]
        );
        assert_eq!(markers("<ul>", &["<li>"]), ["•"]);
    }

    #[test]
    fn a_number_that_is_no_label_is_passed_over() {
        assert_eq!(
            markers("<ol start=99999999999999999999>", &["<li>"]),
            ["1."]
        );
        assert_eq!(
            markers("<ol start=x>", &["<li value=9223372036854775807>"]),
            ["1."]
        );
    }
}
