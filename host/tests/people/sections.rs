//! Sections: one text, and for the students of each a case of their own.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    common::visitor::Visitor,
    school::{Class, School, in_school, sign_in, string},
};

/// Makes a section, and says its id.
pub async fn section(owner: &mut Visitor, class: &Class, name: &str) -> String {
    let path = format!("/api/classes/{}/sections", class.id);
    let made = owner.post(&path, &json!({ "name": name })).await;
    assert_eq!(made.status, 201, "{made:?}");
    string(&made.json(), "id")
}

pub async fn put(owner: &mut Visitor, class: &Class, user: Uuid, section: Value) {
    let path = format!("/api/classes/{}/members/{user}", class.id);
    let moved = owner.put(&path, &json!({ "section": section })).await;
    assert_eq!(moved.status, 200, "{moved:?}");
}

/// Gives each section that has none a case of the text of this one; says the cases by section.
pub async fn divide(owner: &mut Visitor, class: &Class, case: &str) -> BTreeMap<String, String> {
    let path = format!("/api/classes/{}/cases/{case}/sections", class.id);
    let divided = owner.post(&path, &json!({})).await;
    assert_eq!(divided.status, 201, "{divided:?}");
    let page = owner.get(&format!("/api/classes/{}", class.id)).await;
    let of_section = |case: &Value| {
        let section = case["section"]["name"].as_str()?.to_owned();
        Some((section, string(case, "id")))
    };
    let cases = page.json()["cases"].as_array().expect("cases").clone();
    cases.iter().filter_map(of_section).collect()
}

#[tokio::test]
async fn sections_share_a_text_and_each_students_role_follows_their_section() {
    in_school(async |school: School| {
        let class = school.class().await;
        let mut owner = school.owner.browser.clone();
        let a = section(&mut owner, &class, "A").await;
        let b = section(&mut owner, &class, "B").await;
        put(&mut owner, &class, school.student.id, json!(a)).await;
        let original = school
            .case_of(&school.owner, "One text for all of them.")
            .await;
        let cases = divide(&mut owner, &class, &original).await;
        assert_eq!(cases.len(), 2, "{cases:?}");
        let texts = "select count(distinct text_sha256) from cases where section_id is not null";
        assert_eq!(school.world.count(texts).await, 1);

        let role = async |section: &str, user| school.role(&cases[section], user).await;
        let student = school.student.id;
        assert_eq!(role("A", student).await.as_deref(), Some("annotate"));
        assert_eq!(role("B", student).await, None);
        for (staff, expected) in [(&school.tutor, "annotate"), (&school.instructor, "own")] {
            for section in ["A", "B"] {
                assert_eq!(role(section, staff.id).await.as_deref(), Some(expected));
            }
        }
        let seen = async || {
            let page = school.student.browser.clone().get("/api/cases").await;
            let cases = page.json()["cases"].as_array().unwrap().clone();
            let ids = cases.iter().map(|case| string(case, "id"));
            ids.collect::<Vec<_>>()
        };
        assert!(seen().await.contains(&cases["A"]) && !seen().await.contains(&cases["B"]));

        school.take_orders().await;
        put(&mut owner, &class, student, json!(b)).await;
        assert_eq!(role("A", student).await, None);
        assert_eq!(role("B", student).await.as_deref(), Some("annotate"));
        let mut expected = [
            format!("{} rule", cases["A"]),
            format!("{} rule", cases["B"]),
        ];
        expected.sort();
        assert_eq!(
            school.take_orders().await,
            expected,
            "both rooms are told, and no other"
        );

        put(&mut owner, &class, student, json!(null)).await;
        assert_eq!(role("B", student).await, None);
        assert_eq!(
            school.role(&class.case, student).await.as_deref(),
            Some("annotate")
        );
    })
    .await;
}

#[tokio::test]
async fn a_section_that_comes_later_gets_its_case_and_no_other_gets_a_second() {
    in_school(async |school: School| {
        let class = school.class().await;
        let mut owner = school.owner.browser.clone();
        section(&mut owner, &class, "A").await;
        let whole = format!("/api/classes/{}/cases/{}/sections", class.id, class.case);
        let refused = owner.post(&whole, &json!({})).await;
        assert_eq!(refused.status, 409, "the whole class has it: {refused:?}");
        let original = school.case_of(&school.owner, "Another text.").await;
        let first = divide(&mut owner, &class, &original).await;
        section(&mut owner, &class, "B").await;
        // By way of a case of the first section: its owners need not have the original.
        let mut instructor = school.instructor.browser.clone();
        let both = divide(&mut instructor, &class, &first["A"]).await;
        assert_eq!(both["A"], first["A"]);
        assert_eq!(both.len(), 2);
        let path = format!("/api/classes/{}/cases/{original}/sections", class.id);
        assert_eq!(owner.post(&path, &json!({})).await.status, 409);
    })
    .await;
}

#[tokio::test]
async fn a_section_with_cases_stays_and_names_are_there_once() {
    in_school(async |school: School| {
        let class = school.class().await;
        let mut owner = school.owner.browser.clone();
        let a = section(&mut owner, &class, "A").await;
        let sections = format!("/api/classes/{}/sections", class.id);
        assert_eq!(
            owner.post(&sections, &json!({ "name": "a" })).await.status,
            409
        );
        section(&mut owner, &class, "B").await;
        let of_a = format!("{sections}/{a}");
        assert_eq!(
            owner.patch(&of_a, &json!({ "name": "b" })).await.status,
            409
        );
        assert_eq!(
            owner.patch(&of_a, &json!({ "name": "α" })).await.status,
            200
        );
        put(&mut owner, &class, school.student.id, json!(a)).await;
        let original = school.case_of(&school.owner, "Another text.").await;
        let cases = divide(&mut owner, &class, &original).await;
        assert_eq!(owner.delete(&of_a).await.status, 409);
        let case = format!("/api/classes/{}/cases/{}", class.id, cases["α"]);
        assert_eq!(owner.delete(&case).await.status, 200);
        assert_eq!(owner.delete(&of_a).await.status, 200);
        let page = owner
            .get(&format!("/api/classes/{}", class.id))
            .await
            .json();
        let members = page["members"].as_array().unwrap();
        assert!(
            members.iter().all(|member| member["section"].is_null()),
            "{members:?}"
        );
        let elsewhere = school.class().await;
        let other = section(&mut owner, &elsewhere, "A").await;
        let path = format!("/api/classes/{}/members/{}", class.id, school.student.id);
        let foreign = owner.put(&path, &json!({ "section": other })).await;
        assert_eq!(
            foreign.status, 404,
            "a section of another class is none of this one"
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_is_in_no_section_is_dealt_to_the_smallest_and_the_others_stay() {
    in_school(async |school: School| {
        let class = school.class().await;
        let mut owner = school.owner.browser.clone();
        let distribution = format!("/api/classes/{}/distribution", class.id);
        assert_eq!(owner.post(&distribution, &json!({})).await.status, 409);
        let a = section(&mut owner, &class, "A").await;
        section(&mut owner, &class, "B").await;
        put(&mut owner, &class, school.student.id, json!(a)).await;
        for name in ["P1", "P2", "P3"] {
            let person = sign_in(&school.world, name).await;
            let code = json!({ "code": class.code });
            person.browser.clone().post("/api/join", &code).await;
        }
        let csv = json!({ "csv": "Email\nlater@uni.example\n" });
        owner
            .post(&format!("/api/classes/{}/roster", class.id), &csv)
            .await;
        let dealt = owner.post(&distribution, &json!({})).await;
        assert_eq!(dealt.json(), json!({ "people": 4 }));
        let page = owner
            .get(&format!("/api/classes/{}", class.id))
            .await
            .json();
        let listed = |name: &str| page[name].as_array().unwrap().clone();
        let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
        for person in listed("members").iter().chain(&listed("invited")) {
            if person["role"] == "student" {
                *sizes.entry(string(person, "section")).or_default() += 1;
            } else {
                assert!(person["section"].is_null(), "staff stay: {person}");
            }
        }
        let mut counts: Vec<usize> = sizes.values().copied().collect();
        counts.sort_unstable();
        assert_eq!(counts, [2, 3], "{sizes:?}");
        let stu = listed("members")
            .into_iter()
            .find(|member| member["name"] == "Stu");
        assert_eq!(stu.unwrap()["section"], json!(a));
        assert_eq!(
            owner.post(&distribution, &json!({})).await.json(),
            json!({ "people": 0 })
        );
    })
    .await;
}

#[tokio::test]
async fn a_roster_says_in_which_section_people_are_and_hears_of_what_it_cannot_mean() {
    in_school(async |school: School| {
        let class = school.class().await;
        let mut owner = school.owner.browser.clone();
        let sql = school.world.sql().await;
        let address = "update users set email = 'stu@uni.example' where id = $1";
        sql.execute(address, &[&school.student.id]).await.unwrap();
        let path = format!("/api/classes/{}/roster", class.id);
        let csv = "First name,Surname,Email address,Groups\n\
                   Stu,T,stu@uni.example,Tuesdays\n\
                   New,N,new@uni.example,\"tuesdays, Extra time\"\n\
                   Two,T,two@uni.example,\"Fridays, Extra time\"\n\
                   Bad,B,bad@uni.example,=1+1\n\
                   Old,O,old@uni.example,\n";
        let report = owner.post(&path, &json!({ "csv": csv })).await.json();
        let unplaced = json!([{
            "line": 4, "text": "two@uni.example, Fridays, Extra time",
            "why": "of several groups none is a section: make the sections first",
        }]);
        assert_eq!(report["unplaced"], unplaced);
        assert_eq!(report["refused_count"], 1, "{report}");
        assert_eq!(
            (&report["changed"], &report["invited"]),
            (&json!(1), &json!(3))
        );
        let page = owner
            .get(&format!("/api/classes/{}", class.id))
            .await
            .json();
        let sections = page["sections"].as_array().unwrap();
        assert_eq!(sections.len(), 1, "{sections:?}");
        assert_eq!(sections[0]["name"], "Tuesdays");
        let find = |list: &str, name: &str, is: &str| {
            let people = page[list].as_array().unwrap().iter();
            people.clone().find(|person| person[name] == is).unwrap()["section"].clone()
        };
        assert_eq!(find("members", "name", "Stu"), sections[0]["id"]);
        assert_eq!(
            find("invited", "email", "new@uni.example"),
            sections[0]["id"]
        );
        assert_eq!(find("invited", "email", "two@uni.example"), json!(null));

        let original = school.case_of(&school.owner, "Another text.").await;
        let cases = divide(&mut owner, &class, &original).await;
        let new = sign_in(&school.world, "New").await;
        let claimed = school
            .world
            .store
            .claim_invitations(new.id, "new@uni.example", "test");
        assert_eq!(claimed.await.unwrap(), 1);
        let role = school.role(&cases["Tuesdays"], new.id).await;
        assert_eq!(
            role.as_deref(),
            Some("annotate"),
            "whoever comes later is in their section"
        );

        let unchanged = "Email address,Groups\nstu@uni.example,\n";
        let report = owner.post(&path, &json!({ "csv": unchanged })).await.json();
        assert_eq!(report["unchanged"], 1, "what a roster does not say stays");
    })
    .await;
}

#[tokio::test]
async fn progress_asks_of_each_section_only_its_own_students() {
    in_school(async |school: School| {
        let class = school.class().await;
        let mut owner = school.owner.browser.clone();
        let a = section(&mut owner, &class, "A").await;
        section(&mut owner, &class, "B").await;
        put(&mut owner, &class, school.student.id, json!(a)).await;
        let original = school.case_of(&school.owner, "Another text.").await;
        divide(&mut owner, &class, &original).await;
        let path = format!("/api/classes/{}/progress", class.id);
        let progress = school.tutor.browser.clone().get(&path).await.json();
        let not_begun: BTreeMap<String, usize> = progress["cases"]
            .as_array()
            .unwrap()
            .iter()
            .map(|case| {
                let section = case["section"]["name"].as_str().unwrap_or("all");
                (
                    section.to_owned(),
                    case["not_begun"].as_array().unwrap().len(),
                )
            })
            .collect();
        let expected = [("A", 1), ("B", 0), ("all", 1)];
        assert_eq!(
            not_begun,
            expected
                .map(|(name, count)| (name.to_owned(), count))
                .into()
        );
    })
    .await;
}

#[tokio::test]
async fn a_board_is_the_whole_classs_whatever_section_somebody_is_in() {
    in_school(async |school: School| {
        let class = school.class().await;
        let mut owner = school.owner.browser.clone();
        let a = section(&mut owner, &class, "A").await;
        let b = section(&mut owner, &class, "B").await;
        put(&mut owner, &class, school.student.id, json!(a)).await;
        let board = school.board_in(&class).await;
        for section in [json!(a), json!(b), Value::Null] {
            put(&mut owner, &class, school.student.id, section).await;
            let role = school.role(&board, school.student.id).await;
            assert_eq!(role.as_deref(), Some("annotate"));
        }
        // Nothing of a board is divided: there is no text that sections would share.
        let path = format!("/api/classes/{}/cases/{board}/sections", class.id);
        assert_eq!(owner.post(&path, &json!({})).await.status, 404);
    })
    .await;
}
