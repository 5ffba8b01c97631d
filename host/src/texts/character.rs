//! Which characters a text may hold.
//!
//! Letters are kept as they were given: a text is not brought into any normal form, so that what is quoted from it is
//! what its author wrote.

use super::TextError;
use crate::limits::TITLE_CHARS_MAX;

/// Whether a character may stand in a text: no control characters, none that reorders what others are shown, and none of
/// those that Unicode keeps for use inside a program. Line feeds are decided elsewhere.
pub(super) fn is_allowed(character: char) -> bool {
    !character.is_control()
        && !matches!(character,
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FEFF}' | '\u{2028}' | '\u{2029}')
}

/// Makes every end of a line a line feed, and every end of a paragraph or page an empty line.
pub(super) fn normal_lines(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' => {
                characters.next_if_eq(&'\n');
                normal.push('\n');
            }
            '\u{B}' | '\u{85}' | '\u{2028}' => normal.push('\n'),
            '\u{C}' | '\u{2029}' => normal.push_str("\n\n"),
            '\n' | '\t' => normal.push(character),
            character if is_allowed(character) => normal.push(character),
            _ => {}
        }
    }
    normal
}

/// A title in one line.
pub(super) fn title(text: &str) -> Result<String, TextError> {
    let spaced: String = text
        .chars()
        .map(|character| {
            if character.is_whitespace() {
                ' '
            } else {
                character
            }
        })
        .filter(|character| is_allowed(*character))
        .collect();
    let words: Vec<&str> = spaced.split(' ').filter(|word| !word.is_empty()).collect();
    let title = words.join(" ");
    match title.chars().count() {
        0 => Err(TextError::NoTitle),
        length if length > TITLE_CHARS_MAX => Err(TextError::LongTitle(length)),
        _ => Ok(title),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_of_a_line_becomes_a_line_feed() {
        assert_eq!(
            normal_lines("a\r\nb\rc\u{2028}d\u{85}e\u{B}f"),
            "a\nb\nc\nd\ne\nf"
        );
        assert_eq!(normal_lines("a\u{C}b\u{2029}c"), "a\n\nb\n\nc");
    }

    #[test]
    fn controls_and_what_reorders_text_are_dropped_and_letters_stay_as_they_are() {
        assert_eq!(
            normal_lines("a\0\u{7}\u{1B}[31m\u{9B}b\u{202E}c\u{2066}\u{FEFF}"),
            "a[31mbc"
        );
        for kept in [
            "e\u{301}",
            "\u{e9}",
            "\u{200E}\u{200F}",
            "\u{200D}",
            "\u{AD}",
            "\u{A0}",
            "\t",
        ] {
            assert_eq!(normal_lines(kept), kept);
        }
    }

    #[test]
    fn a_title_is_one_line_of_bounded_length() {
        assert_eq!(title(" A\n\tv\u{202E}  B ").as_deref(), Ok("A v B"));
        assert_eq!(title("\0 \n"), Err(TextError::NoTitle));
        assert!(title(&"é".repeat(TITLE_CHARS_MAX)).is_ok());
        assert_eq!(title(&"a".repeat(201)), Err(TextError::LongTitle(201)));
    }
}
