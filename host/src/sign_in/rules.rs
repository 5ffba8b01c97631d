//! Whose account a sign-in is, and what it makes of somebody: the rules, without the store.
//!
//! An account is known again by issuer and subject alone. An address leads to an account only where whoever says that it is
//! verified also answers for its domain: anybody can open an account at some provider under another's address.

use std::collections::{BTreeMap, BTreeSet};

use super::{AuthResult, MembershipRole, ProviderKind};

/// What an operator said of the provider that somebody came by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Which kind of provider; absent: the development sign-in.
    pub kind: Option<ProviderKind>,
    /// The domains that its institution answers for, in lower case.
    pub domains: Vec<String>,
    /// Which domains, or logins, may sign in, in lower case.
    pub allowed: Vec<String>,
    /// What affiliations make of somebody at its institution.
    pub affiliation_roles: BTreeMap<String, MembershipRole>,
}

impl Trust {
    /// Whether the provider says what somebody is at its institution.
    pub fn tells_roles(&self) -> bool {
        self.kind == Some(ProviderKind::Oidc)
    }
}

/// Whether the person's address is proved by this sign-in: whoever verified it answers for all addresses of its domain.
pub fn proves_address(trust: &Trust, auth: &AuthResult) -> bool {
    let Some(email) = auth.email.as_ref().filter(|_| auth.email_verified) else {
        return false;
    };
    let domain = email.domain();
    let is_domain = |listed: &[String]| listed.iter().any(|known| known == domain);
    match trust.kind {
        Some(ProviderKind::Oidc) => is_domain(&trust.domains),
        // Google verifies addresses of all domains once, and answers only for those whose accounts it keeps.
        Some(ProviderKind::Google) => {
            auth.attributes.hosted_domain.as_deref() == Some(domain)
                && (is_domain(&trust.domains) || is_domain(&trust.allowed))
        }
        // Whoever reads the mails of an address is its person.
        Some(ProviderKind::Mail) => is_domain(&trust.domains) || is_domain(&trust.allowed),
        Some(ProviderKind::GitHub) | None => false,
    }
}

/// What the person is at the provider's institution by what it said of them.
///
/// A scope must be one of the institution's domains. An affiliation without a scope counts only where none is scoped, and
/// then only if the person's verified address is of such a domain: a provider may speak for people of many institutions.
pub fn roles(trust: &Trust, auth: &AuthResult) -> BTreeSet<MembershipRole> {
    if !trust.tells_roles() {
        return BTreeSet::new();
    }
    let scoped = &auth.attributes.scoped_affiliations;
    let at_home: Vec<String> = if !scoped.is_empty() {
        scoped
            .iter()
            .filter_map(|affiliation| affiliation.split_once('@'))
            .map(|(affiliation, scope)| (affiliation, scope.to_ascii_lowercase()))
            .filter(|(_, scope)| trust.domains.contains(scope))
            .map(|(affiliation, _)| affiliation.to_ascii_lowercase())
            .collect()
    } else if proves_address(trust, auth) {
        let lower = |affiliation: &String| affiliation.to_ascii_lowercase();
        auth.attributes.affiliations.iter().map(lower).collect()
    } else {
        Vec::new()
    };
    at_home
        .iter()
        .filter_map(|affiliation| trust.affiliation_roles.get(affiliation).copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Attributes, EmailAddress};
    use super::*;

    fn trust(kind: ProviderKind) -> Trust {
        Trust {
            kind: Some(kind),
            domains: vec!["uni.example".into()],
            allowed: vec!["allowed.example".into()],
            affiliation_roles: BTreeMap::from([
                ("faculty".into(), MembershipRole::Instructor),
                ("student".into(), MembershipRole::Student),
            ]),
        }
    }

    fn auth(email: &str, verified: bool) -> AuthResult {
        AuthResult {
            provider: "p".into(),
            issuer: "https://idp.example".into(),
            subject: "s".into(),
            email: Some(EmailAddress::parse(email).unwrap()),
            email_verified: verified,
            name: None,
            attributes: Attributes::default(),
        }
    }

    fn with_hosted(email: &str, hosted: Option<&str>) -> AuthResult {
        let attributes = Attributes {
            hosted_domain: hosted.map(str::to_owned),
            ..Attributes::default()
        };
        AuthResult {
            attributes,
            ..auth(email, true)
        }
    }

    #[test]
    fn an_address_is_proved_only_by_who_answers_for_its_domain() {
        use ProviderKind::{GitHub, Google, Mail, Oidc};
        for (kind, auth, proved) in [
            (Oidc, auth("a@uni.example", true), true),
            (Oidc, auth("a@uni.example", false), false),
            (Oidc, auth("a@allowed.example", true), false),
            (Oidc, auth("a@x.uni.example", true), false),
            (Oidc, auth("a@evil-uni.example", true), false),
            (
                Google,
                with_hosted("a@uni.example", Some("uni.example")),
                true,
            ),
            (
                Google,
                with_hosted("a@allowed.example", Some("allowed.example")),
                true,
            ),
            (Google, with_hosted("a@uni.example", None), false),
            (
                Google,
                with_hosted("a@uni.example", Some("allowed.example")),
                false,
            ),
            (
                Google,
                with_hosted("a@other.example", Some("other.example")),
                false,
            ),
            (Mail, auth("a@uni.example", true), true),
            (Mail, auth("a@allowed.example", true), true),
            (Mail, auth("a@other.example", true), false),
            (GitHub, auth("a@uni.example", true), false),
        ] {
            assert_eq!(
                proves_address(&trust(kind), &auth),
                proved,
                "{kind:?} {:?}",
                auth.attributes
            );
        }
        let nobody = Trust {
            kind: None,
            ..trust(Oidc)
        };
        assert!(!proves_address(&nobody, &auth("a@uni.example", true)));
    }

    fn roles_of(
        kind: ProviderKind,
        email: &str,
        plain: &[&str],
        scoped: &[&str],
    ) -> Vec<MembershipRole> {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let mut auth = auth(email, true);
        auth.attributes.affiliations = owned(plain);
        auth.attributes.scoped_affiliations = owned(scoped);
        roles(&trust(kind), &auth).into_iter().collect()
    }

    #[test]
    fn roles_come_from_affiliations_of_the_home_institution_alone() {
        use MembershipRole::{Instructor, Student};
        use ProviderKind::{Google, Oidc};
        let ours = "a@uni.example";
        for (email, plain, scoped, expected) in [
            (
                ours,
                &[][..],
                &["faculty@uni.example"][..],
                vec![Instructor],
            ),
            (
                ours,
                &[],
                &["FACULTY@Uni.Example", "student@uni.example"],
                vec![Student, Instructor],
            ),
            // Staff of another institution, and those who only look like ours.
            (ours, &[], &["faculty@other.example"], vec![]),
            (ours, &[], &["faculty@x.uni.example"], vec![]),
            (ours, &[], &["faculty@uni.example.evil.example"], vec![]),
            (ours, &[], &["faculty@other.example@uni.example"], vec![]),
            (ours, &[], &["faculty"], vec![]),
            // A scope that is not ours is not made good by an affiliation without one.
            (ours, &["faculty"], &["faculty@other.example"], vec![]),
            (ours, &["faculty"], &["student@uni.example"], vec![Student]),
            (ours, &["faculty"], &[], vec![Instructor]),
            ("a@other.example", &["faculty"], &[], vec![]),
            (ours, &["alum"], &["library-walk-in@uni.example"], vec![]),
        ] {
            assert_eq!(
                roles_of(Oidc, email, plain, scoped),
                expected,
                "{plain:?} {scoped:?}"
            );
        }
        assert_eq!(
            roles_of(Google, ours, &["faculty"], &["faculty@uni.example"]),
            vec![]
        );
    }
}
