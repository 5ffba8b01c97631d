//! Mentions: `@` and somebody's name within a comment, as a page writes them and as one types them.
//!
//! A comment is plain text in every client, so what stands there is the name that everybody reads. Of several names that fit
//! the longest counts: `@Anna Schmidt` is not Anna. Capitals do not matter. People who are called alike are all meant: to
//! be told of something once too often is better than not at all.

use std::collections::HashMap;

use crate::limits::MENTIONS_LOOKED_AT_MAX;

/// Who is called what.
#[derive(Debug, Default)]
pub struct Names<T> {
    /// By their names in small letters.
    people: HashMap<String, Vec<T>>,
    /// The lengths of these names in bytes, the longest first.
    lengths: Vec<usize>,
}

impl<T: Copy + PartialEq> Names<T> {
    /// Gathers names.
    pub fn new<'a>(people: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let mut names = Self {
            people: HashMap::new(),
            lengths: Vec::new(),
        };
        for (name, person) in people {
            let name = name.trim().to_lowercase();
            if name.is_empty() {
                continue;
            }
            names.lengths.push(name.len());
            names.people.entry(name).or_default().push(person);
        }
        names.lengths.sort_unstable_by(|a, b| b.cmp(a));
        names.lengths.dedup();
        names
    }

    /// Who is mentioned, each once, in the order in which they are.
    pub fn mentioned(&self, text: &str) -> Vec<T> {
        let text = text.to_lowercase();
        let mut found = Vec::new();
        for (at, _) in text.match_indices('@').take(MENTIONS_LOOKED_AT_MAX) {
            // Not the middle of an address.
            if text[..at].ends_with(char::is_alphanumeric) {
                continue;
            }
            for &person in self.called(&text[at + 1..]) {
                if !found.contains(&person) {
                    found.push(person);
                }
            }
        }
        found
    }

    /// Who has the longest name that a text begins with and that does not go on as a word.
    fn called(&self, text: &str) -> &[T] {
        let fitting = self.lengths.iter().find_map(|&length| {
            let (name, rest) = text.split_at_checked(length)?;
            let people = self.people.get(name)?;
            (!rest.starts_with(char::is_alphanumeric)).then_some(people)
        });
        fitting.map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names<u8> {
        Names::new([
            ("Anna", 1),
            ("Anna Schmidt", 2),
            ("José Ñandú", 3),
            ("Kim", 4),
            ("KIM", 5),
            ("  ", 6),
        ])
    }

    #[test]
    fn the_longest_name_counts_in_capitals_or_not() {
        for (text, expected) in [
            ("@Anna Schmidt, look", &[2][..]),
            ("@Anna Schmidts Frage", &[1]),
            ("see @anna.", &[1]),
            ("@ANNA SCHMIDT", &[2]),
            ("(@José ñandú)", &[3]),
            ("@Anna's and @Anna Schmidt's", &[1, 2]),
            ("@Anna @Anna", &[1]),
        ] {
            assert_eq!(names().mentioned(text), expected, "{text}");
        }
    }

    #[test]
    fn people_who_are_called_alike_are_all_meant() {
        assert_eq!(names().mentioned("@Kim?"), [4, 5]);
    }

    #[test]
    fn what_is_no_mention_means_nobody() {
        for text in [
            "",
            "@",
            "@ Anna",
            "Anna",
            "anna@anna.example",
            "@Annabel",
            "@é",
            "@@",
        ] {
            assert_eq!(names().mentioned(text), [0; 0], "{text}");
        }
    }

    #[test]
    fn a_comment_of_nothing_else_is_looked_at_within_bounds() {
        let text = "@".repeat(100_000);
        assert_eq!(names().mentioned(&text), [0; 0]);
        let late = format!("{}@Kim", "@ ".repeat(MENTIONS_LOOKED_AT_MAX));
        assert_eq!(names().mentioned(&late), [0; 0]);
    }
}
