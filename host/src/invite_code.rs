//! Invite codes: whoever knows one may join the class as a student.

use std::fmt;

/// The digits of Crockford's base 32: none of them looks like another one.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Sixty bits, so that guessing finds none however many classes there are.
pub const CHARS: usize = 12;

/// A code in its one form.
#[derive(Clone, PartialEq, Eq)]
pub struct InviteCode(String);

impl InviteCode {
    /// Makes a code of random bytes.
    pub fn draw(random: [u8; CHARS]) -> Self {
        let digits = random.map(|byte| char::from(DIGITS[usize::from(byte % 32)]));
        Self(digits.iter().collect())
    }

    /// Reads what somebody typed or copied: with spaces, hyphens, small letters, and letters in place of the digits that they
    /// look like.
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > 4 * CHARS {
            return None;
        }
        let mut code = String::with_capacity(CHARS);
        for typed in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let digit = match typed.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let is_digit = u8::try_from(digit).is_ok_and(|byte| DIGITS.contains(&byte));
            if !is_digit || code.len() == CHARS {
                return None;
            }
            code.push(digit);
        }
        (code.len() == CHARS).then_some(Self(code))
    }

    /// As it is stored and shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A code lets somebody in: no log shows one.
impl fmt::Debug for InviteCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InviteCode")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_was_typed() {
        let code = InviteCode::draw([0, 1, 2, 3, 4, 5, 6, 7, 31, 32, 33, 255]);
        assert_eq!(code.as_str(), "01234567Z01Z");
        for typed in ["01234567Z01Z", "o1234567zOlZ", " 0123-4567-z0iz\n"] {
            assert_eq!(InviteCode::parse(typed), Some(code.clone()), "{typed}");
        }
        for typed in [
            "",
            "01234567Z01",
            "01234567Z01ZZ",
            "01234567Z01U",
            "01234567Z01é",
            &"-".repeat(200),
        ] {
            assert_eq!(InviteCode::parse(typed), None, "{typed}");
        }
        assert_eq!(format!("{code:?}"), "InviteCode");
    }
}
