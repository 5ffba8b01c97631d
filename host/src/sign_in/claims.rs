//! What we read of ID tokens and user information beyond what the library does.

use openidconnect::AdditionalClaims;
use serde::{Deserialize, Deserializer, Serialize};

use super::Attributes;
use crate::limits::AFFILIATIONS_MAX;

/// The claims of eduPerson, and Google's own.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MoreClaims {
    #[serde(default, deserialize_with = "affiliations")]
    eduperson_affiliation: Vec<String>,
    #[serde(default, deserialize_with = "affiliations")]
    eduperson_scoped_affiliation: Vec<String>,
    #[serde(default, deserialize_with = "texts")]
    hd: Vec<String>,
}

impl AdditionalClaims for MoreClaims {}

impl MoreClaims {
    /// What both tell together; a claim that the ID token has is not looked for elsewhere.
    pub fn attributes(&self, further: Option<&Self>) -> Attributes {
        let of = |claim: fn(&Self) -> &Vec<String>| {
            let own = claim(self);
            match further {
                Some(further) if own.is_empty() => claim(further).clone(),
                Some(_) | None => own.clone(),
            }
        };
        Attributes {
            affiliations: of(|claims| &claims.eduperson_affiliation),
            scoped_affiliations: of(|claims| &claims.eduperson_scoped_affiliation),
            // Of the signed token alone: it decides whose account this is.
            hosted_domain: match self.hd.as_slice() {
                [domain] => Some(domain.to_ascii_lowercase()),
                _ => None,
            },
        }
    }
}

/// One text or several; whatever else stands there counts as nothing said.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Said {
        One(String),
        Several(Vec<String>),
        Other(serde::de::IgnoredAny),
    }
    Ok(match Said::deserialize(deserializer)? {
        Said::One(text) => vec![text],
        Said::Several(texts) if texts.len() <= AFFILIATIONS_MAX => texts,
        Said::Several(_) | Said::Other(_) => Vec::new(),
    })
}

/// The same, where several may stand in one text, as some providers hand on what they had from SAML.
fn affiliations<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let texts = texts(deserializer)?;
    let parts = texts.iter().flat_map(|text| text.split(';'));
    let parts = parts.map(str::trim).filter(|part| !part.is_empty());
    let affiliations: Vec<_> = parts
        .map(str::to_owned)
        .take(AFFILIATIONS_MAX + 1)
        .collect();
    Ok(match affiliations.len() > AFFILIATIONS_MAX {
        true => Vec::new(),
        false => affiliations,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> MoreClaims {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn affiliations_come_as_one_text_or_several() {
        let claims = read(
            r#"{"eduperson_affiliation": "staff", "eduperson_scoped_affiliation": ["a@b.c", "d@e.f"]}"#,
        );
        let attributes = claims.attributes(None);
        assert_eq!(attributes.affiliations, ["staff"]);
        assert_eq!(attributes.scoped_affiliations, ["a@b.c", "d@e.f"]);
        for other in ["null", "7", "{}", "[1]", r#"["a", null]"#] {
            let claims = read(&format!(r#"{{"eduperson_affiliation": {other}}}"#));
            assert_eq!(claims.attributes(None), Attributes::default(), "{other}");
        }
    }

    #[test]
    fn several_affiliations_in_one_text_are_as_many() {
        let claims = read(
            r#"{"eduperson_affiliation": "staff;member ; ", "eduperson_scoped_affiliation": ["a@b.c; d@e.f", "g@h.i"],
                "hd": "b.c;e.f"}"#,
        );
        let attributes = claims.attributes(None);
        assert_eq!(attributes.affiliations, ["staff", "member"]);
        assert_eq!(attributes.scoped_affiliations, ["a@b.c", "d@e.f", "g@h.i"]);
        assert_eq!(
            attributes.hosted_domain.as_deref(),
            Some("b.c;e.f"),
            "a domain is one"
        );
        for (number, read_number) in [
            (AFFILIATIONS_MAX, AFFILIATIONS_MAX),
            (AFFILIATIONS_MAX + 1, 0),
        ] {
            let many = vec!["staff"; number].join(";");
            let claims = read(&format!(r#"{{"eduperson_affiliation": "{many}"}}"#));
            assert_eq!(claims.attributes(None).affiliations.len(), read_number);
        }
    }

    #[test]
    fn what_the_id_token_does_not_say_the_user_information_may_but_not_who_hosts_the_account() {
        let further = read(r#"{"eduperson_affiliation": ["staff"], "hd": "example.edu"}"#);
        let attributes = MoreClaims::default().attributes(Some(&further));
        assert_eq!(attributes.affiliations, ["staff"]);
        assert_eq!(attributes.hosted_domain, None);
        let own = read(r#"{"eduperson_affiliation": ["student"], "hd": "Example.EDU"}"#);
        let attributes = own.attributes(Some(&further));
        assert_eq!(attributes.affiliations, ["student"]);
        assert_eq!(attributes.hosted_domain.as_deref(), Some("example.edu"));
    }
}
