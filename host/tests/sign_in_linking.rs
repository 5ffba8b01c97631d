//! Whose account a sign-in is, and what it makes of somebody.

mod common;

use common::{
    World, in_world,
    institutions::{account, affiliated, hosted, provider},
};
use host::sign_in::{AuthResult, EmailAddress, MembershipRole, Provider, ProviderKind};
use host::store::Promised;
use serde_json::json;

const ANN: &str = "ann@uni.example";

async fn google(world: &World) -> Provider {
    let google = provider(
        "google",
        ProviderKind::Google,
        "https://accounts.google.com",
    );
    let institution = Some("uni".to_owned());
    world
        .named(Provider {
            institution,
            ..google
        })
        .await
}

async fn mail(world: &World) -> Provider {
    let mail = provider("mail", ProviderKind::Mail, "mail");
    let allowed = vec!["uni.example".to_owned(), "college.example".to_owned()];
    world.named(Provider { allowed, ..mail }).await
}

#[tokio::test]
async fn an_account_is_known_again_by_issuer_and_subject_whatever_its_address_is_now() {
    in_world(async |world: World| {
        world.with_uni().await;
        let sso = world.sso().await;
        let ann = world.signed_in(&account(&sso, "7", Some(ANN)), &sso).await;
        let married = account(&sso, "7", Some("ann.lee@uni.example"));
        assert_eq!(world.signed_in(&married, &sso).await, ann);
        let without = account(&sso, "7", None);
        assert_eq!(world.signed_in(&without, &sso).await, ann);
        let row = world.sql().await;
        let row = row
            .query_one("select name, email from users", &[])
            .await
            .unwrap();
        let (name, email): (&str, &str) = (row.get(0), row.get(1));
        assert_eq!((name, email), ("7", "ann.lee@uni.example"));
        assert_eq!(
            world.audited(3).await[0],
            r#"person_created {"provider":"sso"}"#
        );
        assert_eq!(
            world.store.verify_audit_log().await.unwrap().findings,
            [""; 0]
        );
    })
    .await;
}

#[tokio::test]
async fn ways_that_prove_one_address_lead_to_one_person() {
    in_world(async |world: World| {
        world.with_uni().await;
        let (sso, google, mail) = (world.sso().await, google(&world).await, mail(&world).await);
        let ann = world.signed_in(&account(&sso, "7", Some(ANN)), &sso).await;
        let by_google = hosted(
            account(&google, "g", Some("Ann@Uni.example")),
            "uni.example",
        );
        assert_eq!(world.signed_in(&by_google, &google).await, ann);
        let by_mail = account(&mail, ANN, Some(ANN));
        assert_eq!(world.signed_in(&by_mail, &mail).await, ann);
        assert_eq!(world.count("select count(*) from identities").await, 3);
        assert_eq!(
            world.audited(1).await,
            [r#"identity_linked {"by":"address","provider":"mail"}"#]
        );
    })
    .await;
}

/// Each of these says that its address is ann's, and nobody who answers for her domain says so.
#[tokio::test]
async fn nobody_takes_over_an_account_by_an_address_that_another_provider_does_not_answer_for() {
    in_world(async |world: World| {
        world.with_uni().await;
        let sso = world.sso().await;
        let google = google(&world).await;
        let other = provider("other", ProviderKind::Oidc, "https://idp.evil.example");
        let other = world.named(other).await;
        let github = provider("github", ProviderKind::GitHub, "https://github.com");
        let github = world.named(github).await;
        let ann = world.signed_in(&account(&sso, "7", Some(ANN)), &sso).await;
        let unverified = AuthResult {
            email_verified: false,
            ..account(&sso, "8", Some(ANN))
        };
        for (says, by) in [
            (unverified, &sso),
            (account(&google, "g1", Some(ANN)), &google),
            (
                hosted(account(&google, "g2", Some(ANN)), "evil.example"),
                &google,
            ),
            (account(&other, "7", Some(ANN)), &other),
            (
                affiliated(account(&other, "9", Some(ANN)), &["faculty@uni.example"]),
                &other,
            ),
            (account(&github, "7", Some(ANN)), &github),
        ] {
            let user = world.signed_in(&says, by).await;
            assert_ne!(user, ann, "{says:?}");
            assert_eq!(world.memberships(&user).await, [""; 0], "{says:?}");
        }
        assert_eq!(
            world
                .count("select count(*) from users where email is not null")
                .await,
            1
        );
    })
    .await;
}

/// The other way round: an address that was only claimed does not become a person's, so its owner finds nobody there.
#[tokio::test]
async fn who_came_first_with_somebody_elses_address_shares_nothing_with_its_owner() {
    in_world(async |world: World| {
        world.with_uni().await;
        let (sso, google) = (world.sso().await, google(&world).await);
        let squatter = world
            .signed_in(&account(&google, "g", Some(ANN)), &google)
            .await;
        let ann = world.signed_in(&account(&sso, "7", Some(ANN)), &sso).await;
        assert_ne!(ann, squatter);
    })
    .await;
}

#[tokio::test]
async fn an_address_that_the_institution_gave_to_somebody_else_goes_with_them_and_the_account_does_not()
 {
    in_world(async |world: World| {
        world.with_uni().await;
        let sso = world.sso().await;
        let before = world.signed_in(&account(&sso, "7", Some(ANN)), &sso).await;
        let after = world.signed_in(&account(&sso, "8", Some(ANN)), &sso).await;
        assert_ne!(before, after);
        let row = world.sql().await;
        let row = row
            .query_one("select id::text from users where email = $1", &[&ANN])
            .await;
        assert_eq!(row.unwrap().get::<_, String>(0), after);
    })
    .await;
}

/// Only a mail's account is the address itself, so it goes where the address goes.
#[tokio::test]
async fn mail_then_the_address_moves_to_somebody_else_then_mail() {
    in_world(async |world: World| {
        world.with_uni().await;
        let (sso, mail) = (world.sso().await, mail(&world).await);
        let by_mail = account(&mail, ANN, Some(ANN));
        let before = world.signed_in(&by_mail, &mail).await;
        let with_address = account(&sso, "7", Some(ANN));
        assert_eq!(world.signed_in(&with_address, &sso).await, before);
        assert_eq!(world.signed_in(&by_mail, &mail).await, before);
        let after = world.signed_in(&account(&sso, "8", Some(ANN)), &sso).await;
        let mails = "select count(*) from identities where issuer = 'mail'";
        assert_eq!(world.count(mails).await, 0);
        assert_eq!(world.signed_in(&by_mail, &mail).await, after);
        assert_ne!(before, after);
    })
    .await;
}

#[tokio::test]
async fn an_address_that_somebody_gave_up_leads_its_next_reader_to_nobody() {
    in_world(async |world: World| {
        world.with_uni().await;
        let (sso, mail) = (world.sso().await, mail(&world).await);
        let by_mail = account(&mail, ANN, Some(ANN));
        let ann = world.signed_in(&by_mail, &mail).await;
        world.signed_in(&account(&sso, "7", Some(ANN)), &sso).await;
        let married = account(&sso, "7", Some("ann.lee@uni.example"));
        assert_eq!(world.signed_in(&married, &sso).await, ann);
        let mails = "select count(*) from identities where issuer = 'mail'";
        assert_eq!(world.count(mails).await, 0);
        let next = world.signed_in(&by_mail, &mail).await;
        assert_ne!(next, ann);
        // However the address was lost: the account alone leads to nobody.
        let sql = world.sql().await;
        sql.batch_execute("update users set email = null")
            .await
            .unwrap();
        assert_ne!(world.signed_in(&by_mail, &mail).await, next);
    })
    .await;
}

#[tokio::test]
async fn nobody_becomes_a_person_who_was_erased() {
    in_world(async |world: World| {
        world.with_uni().await;
        let sso = world.sso().await;
        let ann = account(&sso, "7", Some(ANN));
        let erased = world.signed_in(&ann, &sso).await;
        let sql = world.sql().await;
        sql.batch_execute("update users set erased_at = now(), email = null, name = 'Somebody'")
            .await
            .unwrap();
        let again = world.signed_in(&ann, &sso).await;
        assert_ne!(again, erased);
        assert_eq!(world.signed_in(&ann, &sso).await, again);
    })
    .await;
}

#[tokio::test]
async fn two_who_come_for_the_first_time_at_once_are_one_person() {
    in_world(async |world: World| {
        world.with_uni().await;
        let (sso, mail) = (world.sso().await, mail(&world).await);
        let by_sso = account(&sso, "7", Some(ANN));
        let by_mail = account(&mail, ANN, Some(ANN));
        let came = futures_util::future::join_all((0..8).map(|number| {
            let (auth, by) = if number % 2 == 0 {
                (&by_sso, &sso)
            } else {
                (&by_mail, &mail)
            };
            world.signed_in(auth, by)
        }))
        .await;
        assert!(came.iter().all(|user| *user == came[0]), "{came:?}");
        assert_eq!(world.count("select count(*) from users").await, 1);
    })
    .await;
}

#[tokio::test]
async fn roles_follow_the_attributes_of_each_sign_in_and_what_was_granted_stays() {
    in_world(async |world: World| {
        world.with_uni().await;
        let sso = world.sso().await;
        let ann = |scoped: &[&str]| affiliated(account(&sso, "7", Some(ANN)), scoped);
        let user = world.signed_in(&ann(&["faculty@uni.example", "staff@uni.example"]), &sso).await;
        assert_eq!(world.memberships(&user).await, ["uni instructor attributes"]);
        let id = uuid::Uuid::parse_str(&user).unwrap();
        assert!(world.store.may_create_classes(id).await.unwrap());

        let email = EmailAddress::parse(ANN).unwrap();
        let given = world.store.grant_membership(&email, "uni", MembershipRole::Instructor, "test").await;
        assert_eq!(given.unwrap(), Promised::Given);
        world.signed_in(&ann(&["student@uni.example", "faculty@other.example"]), &sso).await;
        assert_eq!(
            world.memberships(&user).await,
            ["uni instructor granted", "uni student attributes"]
        );
        world.signed_in(&ann(&[]), &sso).await;
        assert_eq!(world.memberships(&user).await, ["uni instructor granted"]);
        let told = world.audited(1).await;
        let detail = json!({ "institution": "uni", "provider": "sso", "role": "student", "source": "attributes" });
        assert_eq!(told, [format!("membership_taken {detail}")]);
    })
    .await;
}

#[tokio::test]
async fn what_attributes_made_of_somebody_goes_once_nobody_has_said_so_for_long() {
    in_world(async |world: World| {
        world.with_uni().await;
        let (sso, google) = (world.sso().await, google(&world).await);
        let by_sso = affiliated(account(&sso, "7", Some(ANN)), &["faculty@uni.example"]);
        let user = world.signed_in(&by_sso, &sso).await;
        let by_google = hosted(account(&google, "g", Some(ANN)), "uni.example");
        let sql = world.sql().await;
        for (days, expected) in [
            (89, &["uni instructor attributes"][..]),
            (91, &[]),
        ] {
            let came = format!("update identities set last_used_at = now() - interval '{days} days'");
            sql.batch_execute(&came).await.unwrap();
            assert_eq!(world.signed_in(&by_google, &google).await, user);
            assert_eq!(world.memberships(&user).await, expected, "{days}");
        }
        let detail = json!({ "institution": "uni", "provider": "google", "role": "instructor", "source": "attributes" });
        assert_eq!(world.audited(1).await, [format!("membership_taken {detail}")]);

        let email = EmailAddress::parse(ANN).unwrap();
        let given = world.store.grant_membership(&email, "uni", MembershipRole::Instructor, "test").await;
        assert_eq!(given.unwrap(), Promised::Given);
        world.signed_in(&by_google, &google).await;
        assert_eq!(world.memberships(&user).await, ["uni instructor granted"], "what was granted stays");
        world.signed_in(&by_sso, &sso).await;
        let both = ["uni instructor attributes", "uni instructor granted"];
        assert_eq!(world.memberships(&user).await, both, "and who comes by the university again has both");
    })
    .await;
}

#[tokio::test]
async fn staff_of_another_institution_does_not_become_an_instructor() {
    in_world(async |world: World| {
        world.with_uni().await;
        let sso = world.sso().await;
        let guest = account(&sso, "9", Some("eve@other.example"));
        let guest = affiliated(
            guest,
            &["faculty@other.example", "faculty@uni.example.other.example"],
        );
        let user = world.signed_in(&guest, &sso).await;
        assert_eq!(world.memberships(&user).await, [""; 0]);
        let mut plain = account(&sso, "9", Some("eve@other.example"));
        plain.attributes.affiliations = vec!["faculty".to_owned()];
        world.signed_in(&plain, &sso).await;
        assert_eq!(world.memberships(&user).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_role_that_waits_for_an_address_goes_to_who_proves_it_and_once() {
    in_world(async |world: World| {
        world.with_uni().await;
        let (sso, google) = (world.sso().await, google(&world).await);
        let email = EmailAddress::parse(ANN).unwrap();
        let given = world
            .store
            .grant_membership(&email, "uni", MembershipRole::Instructor, "test")
            .await;
        assert_eq!(given.unwrap(), Promised::ForLater);
        let squatter = world
            .signed_in(&account(&google, "g", Some(ANN)), &google)
            .await;
        assert_eq!(world.memberships(&squatter).await, [""; 0]);
        let ann = world.signed_in(&account(&sso, "7", Some(ANN)), &sso).await;
        assert_eq!(world.memberships(&ann).await, ["uni instructor granted"]);
        assert_eq!(
            world
                .count("select count(*) from promised_memberships")
                .await,
            0
        );
    })
    .await;
}

#[tokio::test]
async fn a_domain_is_one_institutions() {
    in_world(async |world: World| {
        world.with_uni().await;
        let other = host::store::Institution {
            id: "other".to_owned(),
            name: "Another one".to_owned(),
            domains: vec!["other.example".to_owned(), "uni.example".to_owned()],
        };
        let taken = world.store.put_institution(&other, "test").await.unwrap();
        assert_eq!(taken.as_deref(), Some("uni"));
        assert!(
            world
                .store
                .find_institution("other")
                .await
                .unwrap()
                .is_none()
        );
    })
    .await;
}
