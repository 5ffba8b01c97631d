//! Stamps: what each edit writes says which edit of whom it is, so that whoever is sent it knows without reading the update
//! around it, merged with others or not.

/// How many characters an edit writes.
pub const LENGTH: usize = 16;

/// The text of one edit.
pub fn write(writer: u32, edit: u32) -> String {
    format!("@{writer:05}:{edit:08};")
}

/// The edits that bytes carry, as (writer, edit), in their order.
pub fn read(bytes: &[u8]) -> impl Iterator<Item = (u32, u32)> {
    let ends = bytes.windows(LENGTH).filter(|window| window[0] == b'@');
    ends.filter_map(|window| {
        (window[6] == b':' && window[LENGTH - 1] == b';')
            .then(|| Some((number(&window[1..6])?, number(&window[7..15])?)))?
    })
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + u32::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_found_among_other_bytes_and_in_a_row() {
        assert_eq!(write(1, 2).len(), LENGTH);
        let bytes = [
            b"\x01@x@1",
            write(7, 0).as_bytes(),
            write(99_999, 99_999_999).as_bytes(),
            b"@00001:0000",
        ]
        .concat();
        let found: Vec<_> = read(&bytes).collect();
        assert_eq!(found, [(7, 0), (99_999, 99_999_999)]);
    }
}
