//! What people may do follows from what was given to them, from their classes and from whose a case is.

use contract::{CaseId, Person, Role};
use host::{
    invite_code::InviteCode,
    store::{ClassRole, Grant},
};
use serde_json::json;

use crate::school::{School, done, in_school, sign_in};

#[tokio::test]
async fn of_several_sources_the_highest_counts_and_what_stays_is_not_touched() {
    in_school(async |school: School| {
        let class = school.class().await;
        let (case, user) = (class.case.as_str(), school.student.id);
        let annotates = school.grant(case, user).await;
        assert_eq!(annotates.as_ref().unwrap().0.as_deref(), Some("annotate"));
        school.take_orders().await;

        let mut owner = school.owner.browser.clone();
        let shares = format!("/api/cases/{case}/shares");
        let share = async |owner: &mut crate::common::visitor::Visitor, role: serde_json::Value| {
            let body = json!({ "user": user, "role": role });
            assert_eq!(owner.put(&shares, &body).await.status, 200);
        };
        share(&mut owner, json!("read")).await;
        assert_eq!(
            school.grant(case, user).await,
            annotates,
            "the class gives more"
        );
        assert_eq!(school.take_orders().await, [""; 0]);

        share(&mut owner, json!("own")).await;
        assert_eq!(school.role(case, user).await.as_deref(), Some("own"));
        assert_eq!(school.take_orders().await, [format!("{case} rule")]);

        let placed = format!("/api/classes/{}/cases/{case}", class.id);
        assert_eq!(owner.delete(&placed).await.status, 200);
        assert_eq!(
            school.role(case, user).await.as_deref(),
            Some("own"),
            "the share is left"
        );
        share(&mut owner, json!(null)).await;
        let gone = school.grant(case, user).await.unwrap();
        assert_eq!(gone.0, None, "it is known since when there is nothing");
        assert!(gone.1 > annotates.unwrap().1);
        assert_eq!(school.ticket_role(case, user).await, None);
    })
    .await;
}

#[tokio::test]
async fn roles_of_a_class_become_roles_on_its_cases() {
    in_school(async |school: School| {
        let class = school.class().await;
        for (person, role) in [
            (&school.stranger, None),
            (&school.student, Some("annotate")),
            (&school.tutor, Some("annotate")),
            (&school.instructor, Some("own")),
            (&school.owner, Some("own")),
        ] {
            assert_eq!(school.role(&class.case, person.id).await.as_deref(), role);
        }
        let path = format!("/api/classes/{}", class.id);
        let mut owner = school.owner.browser.clone();
        let tutor = school.grant(&class.case, school.tutor.id).await;
        assert_eq!(
            owner
                .patch(&path, &json!({ "default_role": "comment" }))
                .await
                .status,
            200
        );
        assert_eq!(
            school.role(&class.case, school.student.id).await.as_deref(),
            Some("comment")
        );
        assert_eq!(school.grant(&class.case, school.tutor.id).await, tutor);
    })
    .await;
}

#[tokio::test]
async fn what_the_edge_sets_is_a_share_and_what_an_earlier_host_wrote_is_kept_as_one() {
    in_school(async |school: School| {
        let class = school.class().await;
        let case = CaseId::parse(&class.case).unwrap();
        let user = school.student.id.to_string();
        let grant = |role| Grant {
            person: Person::new(&user, "By another name").unwrap(),
            role,
            region: None,
        };
        let store = &school.world.store;
        let set = store.set_grant(&case, &grant(Some(Role::Own)), "test").await;
        let changed = school.grant(&class.case, school.student.id).await.unwrap();
        assert_eq!(changed, (Some("own".to_owned()), i64::try_from(set.unwrap().unwrap()).unwrap()));
        store.set_grant(&case, &grant(None), "test").await.unwrap();
        let left = school.role(&class.case, school.student.id).await;
        assert_eq!(left.as_deref(), Some("annotate"), "what the class gives is left");

        let sql = school.world.sql().await;
        let earlier = "insert into grants (case_id, user_id, name, role, changed_at) values ($1, 'ann', 'Ann', 'read', now())
                       on conflict (case_id, user_id) do update set role = excluded.role";
        sql.execute(earlier, &[&class.case]).await.unwrap();
        let path = format!("/api/classes/{}", class.id);
        let mut owner = school.owner.browser.clone();
        owner.patch(&path, &json!({ "default_role": "read" })).await;
        let ann = store.granted(&case, "ann").await.unwrap();
        assert_eq!(ann.map(|granted| granted.role), Some(Role::Read), "settling leaves it");
        let shared = school.world.count("select count(*) from shares").await;
        assert_eq!(shared, 1, "what was settled is no share");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_removed_is_shut_out_of_every_case_by_an_order_to_each() {
    in_school(async |school: School| {
        let class = school.class().await;
        let second = school.case().await;
        let mut owner = school.owner.browser.clone();
        let cases = format!("/api/classes/{}/cases", class.id);
        owner.post(&cases, &json!({ "case": second })).await;
        school.take_orders().await;
        let member = format!("/api/classes/{}/members/{}", class.id, school.student.id);
        assert_eq!(owner.delete(&member).await.status, 200);
        let mut expected = [format!("{} rule", class.case), format!("{second} rule")];
        expected.sort();
        assert_eq!(school.take_orders().await, expected);
        let ruling = school
            .world
            .store
            .ruling(&CaseId::parse(&second).unwrap())
            .await
            .unwrap();
        let user = school.student.id.to_string();
        let told = ruling.changes.iter().find(|change| change.user == user);
        assert_eq!(told.unwrap().role, None);
    })
    .await;
}

#[tokio::test]
async fn changes_of_one_person_at_once_all_count() {
    in_school(async |school: School| {
        let class = school.class().await;
        let user = school.stranger.id;
        for round in 0..10 {
            let mut joining = school.stranger.browser.clone();
            let mut sharing = school.owner.browser.clone();
            let code = json!({ "code": class.code });
            let shares = format!("/api/cases/{}/shares", class.case);
            let gift = json!({ "email": format!("nobody{round}@uni.example"), "role": "read" });
            let (joined, shared) = tokio::join!(
                joining.post("/api/join", &code),
                sharing.put(&shares, &gift)
            );
            assert_eq!((joined.status, shared.status), (200, 200));
            assert_eq!(
                school.role(&class.case, user).await.as_deref(),
                Some("annotate")
            );
            let own = json!({ "user": user, "role": "own" });
            let member = format!("/api/classes/{}/members/{user}", class.id);
            let role = ["tutor", "student"][round % 2];
            let mut changing = school.instructor.browser.clone();
            let changed = json!({ "role": role });
            let (shared, changed) =
                tokio::join!(sharing.put(&shares, &own), changing.put(&member, &changed));
            assert_eq!((shared.status, changed.status), (200, 200));
            assert_eq!(
                school.role(&class.case, user).await.as_deref(),
                Some("own"),
                "round {round}"
            );
            let nothing = json!({ "user": user, "role": null });
            let led = json!({ "role": "instructor" });
            let (shared, changed) =
                tokio::join!(sharing.put(&shares, &nothing), changing.put(&member, &led));
            assert_eq!((shared.status, changed.status), (200, 200));
            let led = school.role(&class.case, user).await;
            assert_eq!(led.as_deref(), Some("own"), "round {round}");
            let back = changing.put(&member, &json!({ "role": "student" })).await;
            assert_eq!(back.status, 200);
            let left = school.role(&class.case, user).await;
            assert_eq!(left.as_deref(), Some("annotate"), "round {round}");
        }
        let verdict = school.world.store.verify_audit_log().await.unwrap();
        assert_eq!(verdict.findings, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_large_class_settles_in_a_few_statements() {
    in_school(async |school: School| {
        let class = school.class().await;
        let sql = school.world.sql().await;
        sql.batch_execute(&format!(
            "insert into users (id, name, email)
             select gen_random_uuid(), 'Person ' || n, 'p' || n || '@uni.example' from generate_series(1, 300) n;
             insert into cases (case_id, title, kind, paragraphs, text_sha256, owner_id, class_id)
             select gen_random_uuid()::text, 'Case ' || n, 'text', 1, text_sha256, owner_id, class_id
             from cases, generate_series(1, 49) n where class_id = '{}'",
            class.id
        ))
        .await
        .unwrap();
        let mut csv = "Email address\n".to_owned();
        for number in 1..=300 {
            csv.push_str(&format!("p{number}@uni.example\n"));
        }
        let path = format!("/api/classes/{}/roster", class.id);
        let mut owner = school.owner.browser.clone();
        let started = std::time::Instant::now();
        let report = owner.post(&path, &json!({ "csv": csv })).await;
        let enrolled = started.elapsed();
        assert_eq!(report.json()["enrolled"], 300, "{report:?}");
        let grants = school.world.count("select count(*) from grants where role = 'annotate'").await;
        assert!(grants >= 300 * 50, "{grants}");

        let path = format!("/api/classes/{}", class.id);
        let started = std::time::Instant::now();
        let answer = owner.patch(&path, &json!({ "default_role": "read" })).await;
        let settled = started.elapsed();
        assert_eq!(answer.status, 200);
        let left = school.world.count("select count(*) from grants where role = 'read'").await;
        assert!(left >= 300 * 50, "{left}");
        assert_eq!(school.take_orders().await.len(), 50);
        println!("300 people x 50 cases: enrolled in {enrolled:?}, changed in {settled:?}");
        assert!(settled.as_secs() < 10, "a statement may take no longer: {settled:?}");
    })
    .await;
}

#[tokio::test]
async fn a_new_name_is_settled_and_voids_nothing() {
    in_school(async |school: School| {
        let class = school.class().await;
        let before = school.grant(&class.case, school.student.id).await;
        school.take_orders().await;
        let renamed = "update users set name = 'Stuart' where id = $1";
        let sql = school.world.sql().await;
        sql.execute(renamed, &[&school.student.id]).await.unwrap();
        let member = (class.id, school.tutor.id);
        let next_code = InviteCode::draw([0; 12]);
        let store = &school.world.store;
        store.settle_user(school.student.id).await.unwrap();
        let case = CaseId::parse(&class.case).unwrap();
        let granted = store
            .granted(&case, &school.student.id.to_string())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(granted.person.name(), "Stuart");
        assert_eq!(school.grant(&class.case, school.student.id).await, before);
        assert_eq!(school.take_orders().await, [""; 0]);
        done(
            store
                .set_member(
                    member,
                    school.owner.id,
                    (Some(ClassRole::Tutor), &next_code),
                    "test",
                )
                .await
                .unwrap(),
        );
        let other = sign_in(&school.world, "Other").await;
        store.settle_user(other.id).await.unwrap();
    })
    .await;
}
