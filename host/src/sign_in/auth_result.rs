//! What a way of signing in has proved, in the same words for all of them. Nothing after this knows which protocol it was.

use super::EmailAddress;

/// Who somebody is, as a provider says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthResult {
    /// Which of our providers, by its id.
    pub provider: String,
    /// Who says so. With the subject it names one account for as long as that exists.
    pub issuer: String,
    /// What the issuer calls the account; never an address that another one may get later.
    pub subject: String,
    /// An address that the issuer names.
    pub email: Option<EmailAddress>,
    /// Whether the issuer says that the address is the person's. Whether that counts is another question.
    pub email_verified: bool,
    /// What the person calls themselves.
    pub name: Option<String>,
    /// What else is said of the person.
    pub attributes: Attributes,
}

/// What is said of a person beyond who they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// `eduperson_affiliation`, such as `staff`.
    pub affiliations: Vec<String>,
    /// `eduperson_scoped_affiliation`, such as `staff@example.edu`.
    pub scoped_affiliations: Vec<String>,
    /// `hd`: the domain that has Google keep its accounts.
    pub hosted_domain: Option<String>,
}

/// A name that others can be shown: what breaks a line or reorders text is left out, and what is too long is cut. Absent if
/// nothing is left.
pub fn shown_name(said: &str) -> Option<String> {
    let kept: String = said
        .chars()
        .filter(|c| !c.is_control() && !reorders(*c))
        .take(contract::limits::PERSON_CHARS_MAX)
        .collect();
    let name = kept.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Marks that change in which direction what follows is read, and spaces that cannot be seen.
fn reorders(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_that_is_read_as_it_is_written() {
        assert_eq!(shown_name(" Zoë Ærø \n"), Some("Zoë Ærø".to_owned()));
        assert_eq!(shown_name("a\u{202e}b\u{0}c"), Some("abc".to_owned()));
        assert_eq!(shown_name(&"é".repeat(300)), Some("é".repeat(100)));
        for nothing in ["", " ", "\u{200b}\n"] {
            assert_eq!(shown_name(nothing), None);
        }
    }
}
