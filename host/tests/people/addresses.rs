//! Addresses that a provider says are somebody's, and nobody has proved.

use host::sign_in::ProviderKind;
use serde_json::json;

use crate::{
    common::institutions::{account, provider},
    school::{School, in_school, string},
};

const VICTIM: &str = "vera@uni.example";

#[tokio::test]
async fn whoever_is_erased_takes_nothing_that_waits_for_another_persons_address() {
    in_school(async |school: School| {
        let world = &school.world;
        let class = school.class().await;
        let mut owner = school.owner.browser.clone();
        let roster = format!("/api/classes/{}/roster", class.id);
        let csv = json!({ "csv": format!("Email\n{VICTIM}\n") });
        assert_eq!(owner.post(&roster, &csv).await.status, 200);
        let share = json!({ "email": VICTIM, "role": "read" });
        let shares = format!("/api/cases/{}/shares", class.case);
        assert_eq!(owner.put(&shares, &share).await.status, 200);
        let sql = world.sql().await;
        let promise = "insert into promised_memberships (email, institution_id, role) values ($1, 'uni', 'instructor')";
        sql.execute(promise, &[&VICTIM]).await.unwrap();

        // Anybody may open an account under any address where nobody looks, and an address may have been somebody else's once.
        let careless = provider("careless", ProviderKind::GitHub, "https://careless.example");
        let careless = world.named(careless).await;
        for (subject, is_verified) in [("mallory", false), ("former", true)] {
            let mut auth = account(&careless, subject, Some(VICTIM));
            auth.email_verified = is_verified;
            let user = world.signed_in(&auth, &careless).await.parse().unwrap();
            world.store.erase_person(user, false, "test").await.unwrap();
        }
        for table in ["promised_memberships", "roster_invitations", "case_invitations"] {
            let kept = format!("select count(*) from {table} where email = '{VICTIM}'");
            assert_eq!(world.count(&kept).await, 1, "{table}");
        }
        let left = "select count(*) from identities where issuer = 'https://careless.example'";
        assert_eq!(world.count(left).await, 0);
    })
    .await;
}

#[tokio::test]
async fn who_was_invited_by_an_address_that_became_another_persons_stays_unnamed_when_that_one_is_erased()
 {
    in_school(async |school: School| {
        let world = &school.world;
        let case = school.case().await;
        let sql = world.sql().await;
        let owns = "update users set email = case when id = $1 then 'vera@uni.example' end";
        sql.execute(owns, &[&school.tutor.id]).await.unwrap();
        let mut owner = school.owner.browser.clone();
        let shares = format!("/api/cases/{case}/shares");
        let share = json!({ "email": VICTIM, "role": "comment" });
        assert_eq!(owner.put(&shares, &share).await.status, 200);

        sql.batch_execute("update users set email = null")
            .await
            .unwrap();
        sql.execute(owns, &[&school.stranger.id]).await.unwrap();
        let erased = school.stranger.id;
        world
            .store
            .erase_person(erased, false, "test")
            .await
            .unwrap();
        let listed = owner.get(&shares).await.json();
        let former = string(&listed["invited"][0], "email");
        assert!(former.starts_with("former-address-"), "{former}");
        let expected = json!({ "shares": [], "invited": [{ "email": former, "role": "comment" }] });
        assert_eq!(listed, expected);
        let people = format!("/api/cases/{case}/people");
        assert_eq!(owner.get(&people).await.json(), json!({ "people": [] }));
        assert_eq!(
            owner.get("/api/search?q=tia").await.json()["hits"],
            json!([])
        );
        let role = school.role(&case, school.tutor.id).await;
        assert_eq!(role.as_deref(), Some("comment"), "they had it themselves");
        let none = json!({ "email": former, "role": null });
        assert_eq!(owner.put(&shares, &none).await.status, 200);
        assert_eq!(school.role(&case, school.tutor.id).await, None);
    })
    .await;
}
