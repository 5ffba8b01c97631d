//! `host admin`: an operator's first steps, and what an error tells them to do.

mod common;

use std::process::{Command, Output};

use common::{in_database, institutions::account};
use contract::head::CookieSecret;
use host::store::Store;

fn host(database_url: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_host"))
        .env_clear()
        .env("DATABASE_URL", database_url)
        .args(arguments)
        .output()
        .expect("the binary runs")
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

fn done(database_url: &str, arguments: &[&str]) -> String {
    let output = host(database_url, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    said(&output)
}

const SSO: [&str; 12] = [
    "admin",
    "provider",
    "sso",
    "--kind",
    "oidc",
    "--issuer",
    "https://sso.uni.example",
    "--client-id",
    "glossator",
    "--secret-variable",
    "SIGN_IN_SECRET_SSO",
    "--institution=uni",
];

#[tokio::test]
async fn the_first_steps_lead_to_somebody_who_teaches() {
    in_database(async |url: String| {
        done(&url, &["migrate"]);
        let nobody = done(&url, &["admin", "providers"]);
        assert!(
            nobody.contains("nobody can sign in: name a way with `host admin provider`"),
            "{nobody}"
        );
        done(
            &url,
            &[
                "admin",
                "institution",
                "uni",
                "The university",
                "--domain",
                "Uni.example",
            ],
        );
        let offered = done(&url, &SSO);
        assert!(
            offered.contains("ORIGIN/auth/way/sso/callback"),
            "{offered}"
        );
        assert!(
            offered.contains("SIGN_IN_SECRET_SSO is not set: set it to"),
            "{offered}"
        );
        done(&url, &["admin", "role", "uni", "Faculty", "instructor"]);
        let later = done(
            &url,
            &[
                "admin",
                "instructor",
                "Ann@uni.example",
                "--institution",
                "uni",
            ],
        );
        assert!(later.contains("from their first sign-in"), "{later}");
        let listed = done(&url, &["admin", "providers"]);
        assert!(
            listed.contains("sso\toidc\thttps://sso.uni.example\tuni\tThe university"),
            "{listed}"
        );

        let store = Store::new(&common::config(&url));
        let sso = store
            .find_provider("sso")
            .await
            .unwrap()
            .expect("it was named");
        let ann = account(&sso, "7", Some("ann@uni.example"));
        let user = store
            .settle_sign_in(&ann, Some(&sso), "test")
            .await
            .unwrap();
        assert!(store.may_create_classes(user).await.unwrap());
        let given = done(
            &url,
            &[
                "admin",
                "instructor",
                "ann@uni.example",
                "--institution",
                "uni",
            ],
        );
        assert!(given.contains("is an instructor"), "{given}");
        done(&url, &["admin", "retire-provider", "sso"]);
        assert_eq!(store.find_provider("sso").await.unwrap(), None);
        let verdict = store.verify_audit_log().await.unwrap();
        assert_eq!(verdict.findings, [""; 0]);
        assert!(verdict.entries >= 7, "{}", verdict.entries);
        store.close();
    })
    .await;
}

#[tokio::test]
async fn who_was_made_an_instructor_can_be_one_no_longer() {
    in_database(async |url: String| {
        done(&url, &["migrate"]);
        let uni = ["admin", "institution", "uni", "Uni", "--domain=uni.example"];
        done(&url, &uni);
        done(&url, &SSO);
        let give = [
            "admin",
            "instructor",
            "Ann@uni.example",
            "--institution=uni",
        ];
        let take = [&give[..], &["--take-back"]].concat();
        let store = Store::new(&common::config(&url));
        let sso = store.find_provider("sso").await.unwrap();
        let sso = sso.expect("it was named");
        let ann = account(&sso, "7", Some("ann@uni.example"));
        let sign_in = || store.settle_sign_in(&ann, Some(&sso), "test");

        done(&url, &give);
        let taken = done(&url, &take);
        assert!(
            taken.contains("not an instructor of uni any more"),
            "{taken}"
        );
        let user = sign_in().await.unwrap();
        assert!(!store.may_create_classes(user).await.unwrap(), "promised");

        done(&url, &give);
        assert!(store.may_create_classes(user).await.unwrap());
        done(&url, &take);
        assert!(!store.may_create_classes(user).await.unwrap(), "given");
        assert_eq!(sign_in().await.unwrap(), user);
        assert!(!store.may_create_classes(user).await.unwrap());

        let again = host(&url, &take);
        assert!(!again.status.success());
        assert!(said(&again).contains("nothing to take back"));
        let verdict = store.verify_audit_log().await.unwrap();
        assert_eq!(verdict.findings, [""; 0]);
        store.close();
    })
    .await;
}

#[tokio::test]
async fn an_error_names_what_is_missing_and_what_to_do() {
    in_database(async |url: String| {
        let unmigrated = host(&url, &["admin", "providers"]);
        assert!(!unmigrated.status.success() && said(&unmigrated).contains("host migrate"));
        done(&url, &["migrate"]);
        let unknown = host(&url, &SSO);
        assert!(
            said(&unknown)
                .contains("no institution is called uni: name it with `host admin institution uni")
        );
        done(
            &url,
            &[
                "admin",
                "institution",
                "uni",
                "The university",
                "--domain",
                "uni.example",
            ],
        );
        for (arguments, words) in [
            ("institution other Other", "--domain is missing"),
            (
                "institution other Other --domain other",
                "other is no domain",
            ),
            (
                "institution Other Other --domain other.example",
                "Other is no short name",
            ),
            (
                "institution other Other --domain uni.example",
                "uni already answers for one of these",
            ),
            (
                "provider p --kind saml",
                "--kind is oidc, google, mail or github",
            ),
            (
                "provider p --kind oidc --client-id c",
                "--issuer is missing",
            ),
            (
                "provider p --kind oidc --issuer http://a.example --client-id c",
                "--issuer cannot be used",
            ),
            (
                "provider p --kind oidc --issuer https://a.example",
                "--client-id is missing",
            ),
            (
                "provider p --kind google --client-id c",
                "--secret-variable is missing: such as SIGN_IN_SECRET_GOOGLE",
            ),
            (
                "provider p --kind google --client-id c --secret-variable HOST_KEYS",
                "begins with SIGN_IN_SECRET_",
            ),
            (
                "provider p --kind github --client-id c --secret-variable SIGN_IN_SECRET_G",
                "--allow is missing",
            ),
            ("provider p --kind mail", "--allow is missing"),
            (
                "provider p --kind mail --issuer https://a.example --allow a.example",
                "--issuer is not for mail",
            ),
            (
                "provider development --kind mail --allow a.example",
                "development is the name of another way",
            ),
            (
                "role uni faculty@uni.example instructor",
                "without its scope",
            ),
            (
                "role uni faculty teacher",
                "a role is student, staff, instructor or admin",
            ),
            (
                "role other faculty instructor",
                "no institution is called other",
            ),
            (
                "instructor ann --institution uni",
                "write it as ann@example.edu",
            ),
            ("retire-provider p", "`host admin providers` lists them"),
        ] {
            let arguments: Vec<&str> = ["admin"].into_iter().chain(arguments.split(' ')).collect();
            let output = host(&url, &arguments);
            assert!(!output.status.success(), "{arguments:?}");
            assert!(
                said(&output).contains(words),
                "{arguments:?}: {}",
                said(&output)
            );
        }
        let store = Store::new(&common::config(&url));
        assert_eq!(store.list_providers().await.unwrap(), []);
        store.close();
    })
    .await;
}

#[tokio::test]
async fn an_operator_ends_the_sessions_of_somebody_or_of_everybody() {
    in_database(async |url: String| {
        done(&url, &["migrate"]);
        let uni = ["admin", "institution", "uni", "Uni", "--domain=uni.example"];
        done(&url, &uni);
        done(&url, &SSO);
        let store = Store::new(&common::config(&url));
        let sso = store.find_provider("sso").await.unwrap();
        let sso = sso.expect("it was named");
        let mut secrets = Vec::new();
        for (subject, byte) in [("ann", 1), ("ben", 2), ("cy", 3)] {
            let address = format!("{subject}@uni.example");
            let account = account(&sso, subject, Some(&address));
            let user = store.settle_sign_in(&account, Some(&sso), "test").await;
            let secret = CookieSecret::new([byte; 32]);
            let begun = store.begin_session(user.unwrap(), (&secret, None), "sso", "a browser");
            begun.await.unwrap();
            secrets.push(secret);
        }
        let open = async || {
            let mut open = Vec::new();
            for secret in &secrets {
                open.push(store.find_session(secret).await.unwrap().is_some());
            }
            open
        };
        assert_eq!(open().await, [true, true, true]);
        let told = done(&url, &["admin", "sign-out", "Ann@uni.example"]);
        assert!(told.contains("1 sessions of 1 people"), "{told}");
        assert_eq!(open().await, [false, true, true]);
        let nobody = host(&url, &["admin", "sign-out", "dora@uni.example"]);
        assert!(said(&nobody).contains("nobody here has the proven address"));
        assert!(!host(&url, &["admin", "sign-out"]).status.success());
        assert_eq!(open().await, [false, true, true]);
        done(&url, &["admin", "sign-out", "--everybody"]);
        assert_eq!(open().await, [false, false, false]);
        store.close();
    })
    .await;
}
