//! Who somebody is: the id by which the host knows them, and the name that others see.

use crate::limits::PERSON_CHARS_MAX;

/// A person. Both texts are 1-100 characters, none of them a control character (so that each is one line of whatever is
/// signed), without space at either end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person {
    user: String,
    name: String,
}

impl Person {
    /// Takes over an id and a name; nothing is cut, trimmed or replaced.
    ///
    /// # Errors
    /// If one of them is empty, too long, begins or ends with space, or holds a control character.
    pub fn new(user: &str, name: &str) -> Result<Self, MalformedPerson> {
        if is_sound(user) && is_sound(name) {
            Ok(Self {
                user: user.to_owned(),
                name: name.to_owned(),
            })
        } else {
            Err(MalformedPerson)
        }
    }

    /// The id: the same for as long as the person exists.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The name that others see; two people may have the same.
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn is_sound(text: &str) -> bool {
    // Bytes first: counting the characters of a text takes as long as the text is.
    (1..=PERSON_CHARS_MAX * 4).contains(&text.len())
        && text.chars().count() <= PERSON_CHARS_MAX
        && !text.chars().any(char::is_control)
        && text.trim() == text
}

/// The texts name nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a user and a name are 1 to {PERSON_CHARS_MAX} characters each, no control characters and no space at either end"
)]
pub struct MalformedPerson;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_kept_as_written() {
        let longest = "🎓".repeat(100);
        let person = Person::new("u 1", &longest).unwrap();
        assert_eq!((person.user(), person.name()), ("u 1", longest.as_str()));
    }

    #[test]
    fn texts_that_are_no_line_or_no_name_are_refused() {
        for text in [
            "",
            " a",
            "a ",
            "a\nb",
            "\0",
            "a\u{85}b",
            &"a".repeat(101),
            &"🎓".repeat(101),
        ] {
            assert_eq!(Person::new(text, "a"), Err(MalformedPerson), "{text:?}");
            assert_eq!(Person::new("a", text), Err(MalformedPerson), "{text:?}");
        }
    }
}
