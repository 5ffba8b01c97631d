//! Character references such as `&amp;`, `&#8212;` and, in old pages, `&copy` without its semicolon.
//!
//! They are decoded before the HTML is parsed, because html5ever reads references again and again that do not end, and
//! writes text slowly that holds many characters of U+00A0 to U+00BF: with a megabyte of either it is busy for minutes. So
//! the parser is given text in which nothing is a reference, a tag or such a character; others stand in for them, which no
//! text may hold, until the blocks are read.

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

use super::character::is_allowed;

/// What stands for `&`, `<` and `>`: code points that Unicode keeps for use inside a program.
const STAND_INS: [(char, char); 3] = [('&', '\u{FDD0}'), ('<', '\u{FDD1}'), ('>', '\u{FDD2}')];
/// Stands before a letter that stands for one of the characters from U+00A0 to U+00BF.
const LATIN: char = '\u{FDD3}';
const LATIN_FIRST: u32 = 0xA0;
const LATIN_LAST: u32 = 0xBF;
/// Longer names there are none.
const NAME_BYTES_MAX: usize = 32;
/// Names that need no semicolon are no longer.
const BARE_NAME_BYTES_MAX: usize = 6;

/// Decodes text of HTML into text that an HTML parser takes as it is.
pub(super) fn decode(text: &str, out: &mut String) {
    let mut push = |character: char| stand_in(character, out);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        before.chars().for_each(&mut push);
        let found = numeric(after).or_else(|| named(after));
        let (characters, bytes) = found.unwrap_or((['&', '\0'], 0));
        characters
            .into_iter()
            .filter(|c| *c != '\0')
            .for_each(&mut push);
        rest = after.get(bytes..).unwrap_or_default();
    }
    rest.chars().for_each(&mut push);
}

/// Puts the characters back that `decode` replaced, in what a sanitiser has written.
pub(super) fn restore(text: &str) -> String {
    let mut restored = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let meant = match character {
            LATIN => characters.next().and_then(|letter| {
                char::from_u32(u32::from(letter).checked_sub(u32::from('A'))? + LATIN_FIRST)
            }),
            other => {
                let found = STAND_INS
                    .into_iter()
                    .find(|(_, stand_in)| *stand_in == other);
                Some(found.map_or(other, |(meant, _)| meant))
            }
        };
        restored.extend(meant);
    }
    restored
}

fn stand_in(character: char, out: &mut String) {
    let found = STAND_INS.into_iter().find(|(meant, _)| *meant == character);
    match (found, u32::from(character)) {
        (Some((_, stand_in)), _) => out.push(stand_in),
        (None, code @ LATIN_FIRST..=LATIN_LAST) => {
            let letter = char::from_u32(code - LATIN_FIRST + u32::from('A'));
            out.push(LATIN);
            out.extend(letter);
        }
        (None, _) if is_allowed(character) || matches!(character, '\n' | '\t') => {
            out.push(character)
        }
        (None, _) => {}
    }
}

/// What a number means, and how many bytes it takes.
fn numeric(text: &str) -> Option<([char; 2], usize)> {
    let number = text.strip_prefix('#')?;
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    let length = digits.chars().take_while(|c| c.is_digit(radix)).count();
    let digits = digits.get(..length).filter(|digits| !digits.is_empty())?;
    let code = u32::from_str_radix(digits, radix).unwrap_or(u32::MAX);
    let end = text.len() - number.len() + usize::from(radix == 16) + length;
    let bytes = end + usize::from(text[end..].starts_with(';'));
    // Old pages mean the Windows code page, as browsers know.
    let windows = code
        .checked_sub(0x80)
        .and_then(|index| C1_REPLACEMENTS.get(index as usize).copied().flatten());
    let character = windows
        .or_else(|| char::from_u32(code))
        .unwrap_or(char::REPLACEMENT_CHARACTER);
    Some(([character, '\0'], bytes))
}

/// What a name means, and how many bytes it takes.
fn named(text: &str) -> Option<([char; 2], usize)> {
    let length = text
        .bytes()
        .take(NAME_BYTES_MAX)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let with_end = text[length..].starts_with(';').then_some(length + 1);
    let bare = (2..=length.min(BARE_NAME_BYTES_MAX)).rev();
    with_end.into_iter().chain(bare).find_map(|bytes| {
        let &(first, second) = NAMED_ENTITIES.get(text.get(..bytes)?)?;
        // Beginnings of names are listed as meaning nothing.
        let first = char::from_u32(first).filter(|first| *first != '\0')?;
        Some(([first, char::from_u32(second)?], bytes))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> String {
        let mut out = String::new();
        decode(text, &mut out);
        assert!(!out.contains(['&', '<', '>']) && !out.bytes().any(|byte| byte == 0xC2));
        restore(&out)
    }

    #[test]
    fn references_of_every_kind_are_decoded_as_a_browser_does() {
        for (text, meant) in [
            ("a &amp; b &lt;c&gt; &quot;d&quot;", "a & b <c> \"d\""),
            ("&#8212;&#x1F30A;&#X41;&#65", "\u{2014}\u{1f30a}AA"),
            ("&#147;old&#148; &#150;", "\u{201c}old\u{201d} \u{2013}"),
            (
                "&nbsp;&copy &notit; &not;in &AMPx",
                "\u{a0}\u{a9} \u{ac}it; \u{ac}in &x",
            ),
            ("&CounterClockwiseContourIntegral;", "\u{2233}"),
            ("&NotEqualTilde;", "\u{2242}\u{338}"),
            (
                "R&D & &; &# &#x; &#; &zzz; &",
                "R&D & &; &# &#x; &#; &zzz; &",
            ),
            ("&amp;lt;", "&lt;"),
            (
                "&#xD800;&#x110000;&#99999999999999;",
                "\u{fffd}\u{fffd}\u{fffd}",
            ),
            ("é&é", "é&é"),
            ("\u{a0}\u{a7}«¿À&para;", "\u{a0}\u{a7}«¿À\u{b6}"),
        ] {
            assert_eq!(decoded(text), meant, "{text}");
        }
    }

    #[test]
    fn no_reference_brings_in_what_no_text_may_hold() {
        assert_eq!(
            decoded("a&#0;&#7;&#x202E;&#xFDD0;&#xFEFF;\u{FDD1}b&Tab;&NewLine;c"),
            "ab\t\nc"
        );
    }
}
