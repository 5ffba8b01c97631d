//! Percent-encoding in one canonical form: unreserved characters as they are, every other byte as `%XX`.

use std::fmt::Write as _;

pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_unreserved(byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("writing to a String cannot fail");
        }
    }
    encoded
}

/// Absent unless `text` is what [`encode`] would write for some string.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    let decoded = String::from_utf8(bytes).ok()?;
    (encode(&decoded) == text).then_some(decoded)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._~-".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_reads_back_as_it_was_written() {
        for text in ["", "plain", "Ann & Bob=?#/+%", "Zoë 🎓", "a\nb"] {
            assert_eq!(decode(&encode(text)).as_deref(), Some(text));
        }
    }

    #[test]
    fn only_the_canonical_spelling_is_read() {
        for text in [
            "%", "%4", "%zz", "%e9", "a b", "a+b", "%41", "%2f", "%C3", "%+1",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
