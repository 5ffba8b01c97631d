//! Rosters: who has an account is enrolled, who has none is invited, and each refused line is told.

use serde_json::json;

use crate::school::{School, in_school, sign_in};

#[tokio::test]
async fn a_roster_enrols_invites_and_tells_each_refused_line() {
    in_school(async |school: School| {
        let class = school.class().await;
        let sql = school.world.sql().await;
        for (person, email) in [(&school.stranger, "Sam@Uni.example"), (&school.student, "stu@uni.example")] {
            let address = "update users set email = $2 where id = $1";
            sql.execute(address, &[&person.id, &email]).await.unwrap();
        }
        let csv = "\u{feff}\"First name\",Surname,\"Email address\",Roles\r\n\
                   Sam,S,sam@uni.example,\r\n\
                   Stu,T,stu@uni.example,\r\n\
                   New,N,new@uni.example,Tutor\r\n\
                   =1+1,X,x@uni.example,\r\n\
                   Y,Y,not an address,\r\n";
        let path = format!("/api/classes/{}/roster", class.id);
        let mut owner = school.owner.browser.clone();
        let report = owner.post(&path, &json!({ "csv": csv })).await.json();
        let refused = json!([
            { "line": 5, "text": "=1+1, X, x@uni.example, ", "why": "a name begins like a formula" },
            { "line": 6, "text": "Y, Y, not an address, ", "why": "this is no e-mail address" },
        ]);
        let expected = json!({
            "enrolled": 1, "invited": 1, "changed": 0, "unchanged": 1, "refused": refused, "refused_count": 2,
            "unplaced": [],
        });
        assert_eq!(report, expected);
        assert_eq!(school.role(&class.case, school.stranger.id).await.as_deref(), Some("annotate"));
        let page = owner.get(&format!("/api/classes/{}", class.id)).await.json();
        assert_eq!(page["invited"], json!([{ "email": "new@uni.example", "role": "tutor", "section": null }]));

        let again = owner.post(&path, &json!({ "csv": csv })).await.json();
        assert_eq!((&again["enrolled"], &again["invited"], &again["unchanged"]), (&json!(0), &json!(0), &json!(3)));
        let promoted = "Email,Roles\nstu@uni.example,tutor\nnew@uni.example,instructor\n";
        let report = owner.post(&path, &json!({ "csv": promoted })).await.json();
        assert_eq!(report["changed"], 2);
        let verdict = school.world.store.verify_audit_log().await.unwrap();
        assert_eq!(verdict.findings, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn whoever_signs_in_with_an_invited_address_is_what_they_were_invited_as() {
    in_school(async |school: School| {
        let class = school.class().await;
        let mut owner = school.owner.browser.clone();
        let csv = json!({ "csv": "Email,Roles\nnew@uni.example,tutor\n" });
        owner
            .post(&format!("/api/classes/{}/roster", class.id), &csv)
            .await;
        let shared = school.case().await;
        let gift = json!({ "email": "NEW@uni.example", "role": "comment" });
        owner
            .put(&format!("/api/cases/{shared}/shares"), &gift)
            .await;
        let new = sign_in(&school.world, "New").await;
        let store = &school.world.store;
        assert_eq!(
            store
                .claim_invitations(new.id, "other@uni.example", "test")
                .await
                .unwrap(),
            0
        );
        assert_eq!(
            store
                .claim_invitations(new.id, "New@Uni.example", "test")
                .await
                .unwrap(),
            2
        );
        assert_eq!(
            store
                .claim_invitations(new.id, "new@uni.example", "test")
                .await
                .unwrap(),
            0
        );
        assert_eq!(
            school.role(&class.case, new.id).await.as_deref(),
            Some("annotate")
        );
        assert_eq!(
            school.role(&shared, new.id).await.as_deref(),
            Some("comment")
        );
        let listed = new.browser.clone().get("/api/classes").await.json();
        assert_eq!(listed["classes"][0]["role"], "tutor");
        let shares = owner
            .get(&format!("/api/cases/{shared}/shares"))
            .await
            .json();
        assert_eq!(
            (&shares["invited"], &shares["shares"]),
            (
                &json!([{ "email": "new@uni.example", "role": "comment" }]),
                &json!([])
            ),
            "whose the address is, is not told"
        );
        let entries = "select count(*) from audit_log where act = 'invitation_claimed'";
        assert_eq!(school.world.count(entries).await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_roster_cannot_make_its_owner_less_and_names_nobody_to_the_log() {
    in_school(async |school: School| {
        let class = school.class().await;
        let sql = school.world.sql().await;
        let address = "update users set email = 'olga@uni.example' where id = $1";
        sql.execute(address, &[&school.owner.id]).await.unwrap();
        let csv = json!({ "csv": "Email,Roles\nolga@uni.example,student\nsecret@uni.example,\n" });
        let path = format!("/api/classes/{}/roster", class.id);
        let report = school
            .instructor
            .browser
            .clone()
            .post(&path, &csv)
            .await
            .json();
        assert_eq!(
            report["refused"][0]["why"],
            "the owner of a class stays what they are"
        );
        let named = "select count(*) from audit_log where detail ~ '@' or detail ilike '%olga%'";
        assert_eq!(school.world.count(named).await, 0);
        for csv in ["", "First name\nA\n"] {
            let answer = school
                .instructor
                .browser
                .clone()
                .post(&path, &json!({ "csv": csv }))
                .await;
            assert_eq!(answer.status, 400, "{answer:?}");
        }
    })
    .await;
}
