//! Shares by an address of somebody who has something on the case by their id as well: neither changes the other, and nothing that
//! owners are shown tells that both are the same person's.

use host::limits::CASE_SHARES_MAX;
use serde_json::{Value, json};

use crate::{
    granting::grant,
    school::{School, in_school},
};

const TIAS: &str = "tia@uni.example";
const NOBODYS: &str = "nobody@uni.example";

/// A case of the owner's on which Tia was given this by her id.
async fn shared_with_tia(school: &School, role: &str) -> String {
    let case = school.case().await;
    let tia = school.tutor.id.to_string();
    let (status, answer) = grant(school, &case, &tia, json!(role)).await;
    assert_eq!(status, 200, "{answer}");
    case
}

async fn give_address(school: &School, address: Option<&str>) {
    let sql = school.world.sql().await;
    let set = "update users set email = $2 where id = $1";
    sql.execute(set, &[&school.tutor.id, &address])
        .await
        .expect("Postgres works");
}

/// What an owner is shown after a change.
async fn change(school: &School, case: &str, share: &Value) -> Value {
    let path = format!("/api/cases/{case}/shares");
    let mut owner = school.owner.browser.clone();
    let set = owner.put(&path, share).await;
    assert_eq!(set.status, 200, "{share}: {set:?}");
    owner.get(&path).await.json()
}

#[tokio::test]
async fn what_is_given_to_an_address_and_taken_back_leaves_what_somebody_has_by_their_id() {
    in_school(async |school: School| {
        give_address(&school, Some(TIAS)).await;
        let tia = school.tutor.id;
        let mut shown = Vec::new();
        for (address, by_both) in [
            (TIAS, ["read", "annotate", "own", "own", "comment", "read"]),
            (NOBODYS, ["read", "read", "read", "comment", "comment", ""]),
        ] {
            let case = shared_with_tia(&school, "read").await;
            let mut seen = Vec::new();
            for (share, role) in [
                json!({ "email": address, "role": null }),
                json!({ "email": address, "role": "annotate" }),
                json!({ "email": address, "role": "own" }),
                json!({ "user": tia, "role": "comment" }),
                json!({ "email": address, "role": "read" }),
                json!({ "user": tia, "role": null }),
            ]
            .iter()
            .zip(by_both)
            {
                let listed = change(&school, &case, share).await.to_string();
                seen.push(listed.replace(address, "an address"));
                let has = school.role(&case, tia).await.unwrap_or_default();
                assert_eq!(has, role, "{share}");
            }
            let none = change(&school, &case, &json!({ "email": address, "role": null })).await;
            assert_eq!(none, json!({ "shares": [], "invited": [] }));
            assert_eq!(school.role(&case, tia).await, None);
            shown.push(seen);
        }
        assert_eq!(shown[0], shown[1]);
        let by_id = json!([{ "user": tia, "name": "Tia", "role": "comment" }]);
        let both =
            json!({ "shares": by_id, "invited": [{ "email": "an address", "role": "read" }] });
        assert_eq!(shown[0][4], both.to_string());
    })
    .await;
}

#[tokio::test]
async fn somebody_of_the_class_with_whom_it_is_shared_by_their_address_is_listed_by_that_alone() {
    in_school(async |school: School| {
        give_address(&school, Some(TIAS)).await;
        let class = school.class().await;
        let case = class.case.as_str();
        let by_address = json!({ "email": TIAS, "role": "own" });
        let invited = json!([{ "email": TIAS, "role": "own" }]);
        let listed = change(&school, case, &by_address).await;
        assert_eq!(listed, json!({ "shares": [], "invited": invited }));
        // By their id, they have it besides, and lose that alone by it.
        let none = json!({ "user": school.tutor.id, "role": null });
        assert_eq!(change(&school, case, &none).await, listed);
        let by_id = json!({ "user": school.tutor.id, "role": "read" });
        let listed = change(&school, case, &by_id).await;
        assert_eq!(listed["invited"], invited);
        assert_eq!(listed["shares"][0]["role"], "read");
        let listed = change(&school, case, &none).await;
        assert_eq!(listed, json!({ "shares": [], "invited": invited }));
        assert_eq!(
            school.role(case, school.tutor.id).await.as_deref(),
            Some("own")
        );
        // Whoever is taken out of the class keeps neither.
        change(&school, case, &by_id).await;
        let member = format!("/api/classes/{}/members/{}", class.id, school.tutor.id);
        let removed = school.owner.browser.clone().delete(&member).await;
        assert_eq!(removed.status, 200, "{removed:?}");
        assert_eq!(school.role(case, school.tutor.id).await, None);
    })
    .await;
}

#[tokio::test]
async fn whoever_comes_with_an_address_that_was_invited_has_that_beside_what_they_have_already() {
    in_school(async |school: School| {
        let (case, tia) = (shared_with_tia(&school, "read").await, school.tutor.id);
        let share = json!({ "email": TIAS, "role": "annotate" });
        let before = change(&school, &case, &share).await;
        assert_eq!(school.role(&case, tia).await.as_deref(), Some("read"));
        give_address(&school, Some(TIAS)).await;
        let store = &school.world.store;
        for expected in [1, 0] {
            let claimed = store.claim_invitations(tia, TIAS, "test").await;
            assert_eq!(claimed.expect("Postgres works"), expected);
        }
        assert_eq!(school.role(&case, tia).await.as_deref(), Some("annotate"));
        let path = format!("/api/cases/{case}/shares");
        assert_eq!(school.owner.browser.clone().get(&path).await.json(), before);
        // What the edge takes back is all that they were given.
        let (status, _) = grant(&school, &case, &tia.to_string(), json!(null)).await;
        assert_eq!(status, 200);
        assert_eq!(school.role(&case, tia).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_case_that_is_shared_with_as_many_as_may_be_does_not_tell_whose_an_address_is() {
    in_school(async |school: School| {
        give_address(&school, Some(TIAS)).await;
        let case = shared_with_tia(&school, "read").await;
        let sql = school.world.sql().await;
        sql.execute(
            "insert into shares (case_id, user_id, name, role)
             select $1, 'u-' || n, 'U', 'annotate' from generate_series(1, $2::bigint - 1) as n",
            &[&case, &CASE_SHARES_MAX],
        )
        .await
        .expect("as many as may be");
        let path = format!("/api/cases/{case}/shares");
        for address in [TIAS, NOBODYS] {
            let share = json!({ "email": address, "role": "read" });
            let refused = school.owner.browser.clone().put(&path, &share).await;
            assert_eq!(refused.status, 409, "{address}: {refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_somebody_has_by_an_address_beside_their_id_stays_with_them_and_goes_with_them() {
    in_school(async |school: School| {
        give_address(&school, Some(TIAS)).await;
        let (tia, store) = (school.tutor.id, &school.world.store);
        let case = shared_with_tia(&school, "read").await;
        let own = json!({ "email": TIAS, "role": "own" });
        change(&school, &case, &own).await;
        // The address is another person's by now, who is erased.
        give_address(&school, None).await;
        let sql = school.world.sql().await;
        let moves = "update users set email = $2 where id = $1";
        sql.execute(moves, &[&school.stranger.id, &TIAS])
            .await
            .expect("it moves");
        store
            .erase_person(school.stranger.id, false, "test")
            .await
            .expect("erased");
        let listed = change(&school, &case, &json!({ "email": NOBODYS, "role": null })).await;
        let former = listed["invited"][0]["email"]
            .as_str()
            .expect("it is listed");
        assert!(former.starts_with("former-address-"), "{former}");
        assert_eq!(school.role(&case, tia).await.as_deref(), Some("own"));
        // They own it with its owner, and so it is theirs once that one is erased.
        store
            .erase_person(school.owner.id, false, "test")
            .await
            .expect("erased");
        let owner = format!("select count(*) from cases where owner_id = '{tia}'");
        assert_eq!(school.world.count(&owner).await, 1);
        store
            .erase_person(tia, false, "test")
            .await
            .expect("erased");
        let left = "select (select count(*) from case_invitations) + (select count(*) from shares)";
        assert_eq!(school.world.count(left).await, 0);
    })
    .await;
}
