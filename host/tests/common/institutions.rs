//! Institutions and ways of signing in, as an operator would name them, and accounts at them.

use host::sign_in::{Attributes, AuthResult, EmailAddress, MembershipRole, Provider, ProviderKind};
use host::store::Institution;

use super::World;

/// The domain that the institution `uni` answers for.
pub const UNI: &str = "uni.example";

/// A provider of a kind, of no institution.
pub fn provider(id: &str, kind: ProviderKind, issuer: &str) -> Provider {
    let is_mail = kind == ProviderKind::Mail;
    Provider {
        id: id.to_owned(),
        name: id.to_owned(),
        kind,
        institution: None,
        issuer: issuer.to_owned(),
        client_id: (!is_mail).then(|| "glossator".to_owned()),
        secret_variable: (!is_mail).then(|| "SIGN_IN_SECRET_TEST".to_owned()),
        allowed: Vec::new(),
    }
}

/// What somebody says whom a provider knows under this subject.
pub fn account(provider: &Provider, subject: &str, email: Option<&str>) -> AuthResult {
    AuthResult {
        provider: provider.id.clone(),
        issuer: provider.issuer.clone(),
        subject: subject.to_owned(),
        email: email.map(|email| EmailAddress::parse(email).expect("an address")),
        email_verified: email.is_some(),
        name: Some(subject.to_owned()),
        attributes: Attributes::default(),
    }
}

/// The same, with scoped affiliations.
pub fn affiliated(auth: AuthResult, scoped: &[&str]) -> AuthResult {
    let scoped_affiliations = scoped.iter().map(|it| (*it).to_owned()).collect();
    let attributes = Attributes {
        scoped_affiliations,
        ..auth.attributes
    };
    AuthResult { attributes, ..auth }
}

/// The same, at a hosted domain.
pub fn hosted(auth: AuthResult, domain: &str) -> AuthResult {
    let attributes = Attributes {
        hosted_domain: Some(domain.to_owned()),
        ..auth.attributes
    };
    AuthResult { attributes, ..auth }
}

impl World {
    /// Names the institution `uni`, whose faculty teaches.
    pub async fn with_uni(&self) {
        let institution = Institution {
            id: "uni".to_owned(),
            name: "The university".to_owned(),
            domains: vec![UNI.to_owned()],
        };
        let taken = self.store.put_institution(&institution, "test").await;
        assert_eq!(taken.expect("the store works"), None);
        for (affiliation, role) in [
            ("faculty", MembershipRole::Instructor),
            ("student", MembershipRole::Student),
        ] {
            let put = self
                .store
                .put_affiliation_role("uni", affiliation, Some(role), "test");
            put.await.expect("the store works");
        }
    }

    /// Names a provider, and hands it back.
    pub async fn named(&self, provider: Provider) -> Provider {
        let put = self.store.put_provider(&provider, 0, "test").await;
        put.expect("the store works");
        provider
    }

    /// The university's own single sign-on.
    pub async fn sso(&self) -> Provider {
        let sso = provider("sso", ProviderKind::Oidc, "https://sso.uni.example");
        let institution = Some("uni".to_owned());
        self.named(Provider { institution, ..sso }).await
    }

    /// Signs in, and says as whom.
    pub async fn signed_in(&self, auth: &AuthResult, provider: &Provider) -> String {
        let settled = self
            .store
            .settle_sign_in(auth, Some(provider), "test")
            .await;
        settled.expect("the store works").to_string()
    }

    /// What somebody is at institutions, as `institution role source`.
    pub async fn memberships(&self, user: &str) -> Vec<String> {
        let rows = self
            .sql()
            .await
            .query(
                "select institution_id || ' ' || role || ' ' || source from memberships where user_id::text = $1
                 order by 1",
                &[&user],
            )
            .await
            .expect("the query runs");
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// What the audit log has of the newest entries, as `act detail`, oldest first.
    pub async fn audited(&self, count: i64) -> Vec<String> {
        let rows = self
            .sql()
            .await
            .query(
                "select act || ' ' || detail from (select * from audit_log order by seq desc limit $1) as newest
                 order by seq",
                &[&count],
            )
            .await
            .expect("the query runs");
        rows.iter().map(|row| row.get(0)).collect()
    }
}
