//! Anonymous classes: what students are told of each other names nobody, whatever they ask, and staff are told who is who.

use contract::{CaseId, Role};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    common::visitor::Visitor,
    granting::grant,
    school::{Class, Person, School, in_school, sign_in, string},
};

/// As whom somebody appears on a case: the id and the name in the ticket that they would get now.
pub async fn appears(school: &School, case: &str, user: Uuid) -> (String, String) {
    let case = CaseId::parse(case).expect("a case id");
    let granted = school.world.store.granted(&case, &user.to_string()).await;
    let person = granted.expect("Postgres works").expect("a role").person;
    (person.user().to_owned(), person.name().to_owned())
}

/// Somebody else in the class, a student.
pub async fn join(school: &School, class: &Class, name: &str) -> Person {
    let person = sign_in(&school.world, name).await;
    let joined = person
        .browser
        .clone()
        .post("/api/join", &json!({ "code": class.code }))
        .await;
    assert_eq!(joined.status, 200, "{joined:?}");
    person
}

/// Puts what somebody wrote on a case where the projection would, as the document says it.
pub async fn write(school: &School, case: &str, (author, name): &(String, String)) {
    let sql = school.world.sql().await;
    sql.execute(
        "insert into highlight (case_id, highlight_id, tag, quote, author_id, author, start_offset, end_offset, created_at)
         values ($1, $2, 'tag-decision', 'ordered', $3, $4, 0, 7, now())",
        &[&case, &Uuid::new_v4().to_string(), author, name],
    )
    .await
    .expect("a highlight");
}

#[tokio::test]
async fn no_route_tells_a_student_who_another_one_is() {
    in_school(async |school: School| {
        let class = school.anonymous_class().await;
        let anna = join(&school, &class, "Annabella").await;
        let as_anna = appears(&school, &class.case, anna.id).await;
        write(&school, &class.case, &as_anna).await;
        let case = format!("/api/cases/{}", class.case);
        let of_class = format!("/api/classes/{}", class.id);
        let mut student = school.student.browser.clone();
        let id = anna.id.to_string();
        for path in [
            "/api/me".to_owned(),
            "/api/classes".to_owned(),
            "/api/cases".to_owned(),
            of_class.clone(),
            format!("{of_class}/progress"),
            case.clone(),
            format!("{case}/names"),
            format!("{case}/shares"),
            format!("{case}/versions"),
            format!("{case}/client-tokens"),
            format!("{case}/people"),
            "/api/me/inbox".to_owned(),
            "/api/search?q=Annabella".to_owned(),
            format!("/api/search?q={}", as_anna.1.replace(' ', "%20")),
            "/api/search?q=ordered".to_owned(),
        ] {
            let answer = student.get(&path).await;
            assert!(!answer.body.contains("Annabella"), "{path}: {answer:?}");
            assert!(!answer.body.contains(&id), "{path}: {answer:?}");
        }
        let found = student.get("/api/search?q=Annabella").await.json();
        assert_eq!(found["hits"], json!([]));
        let found = student
            .get(&format!("/api/search?q={}", as_anna.1.replace(' ', "%20")))
            .await;
        let hit = &found.json()["hits"][0];
        assert_eq!(
            (&hit["kind"], &hit["item"]),
            (&json!("person"), &json!(as_anna.0)),
            "{found:?}"
        );

        // Nor are ids or names tried out: what is Annabella's is not for students to change or to share with.
        for (method, path, body) in [
            (
                "PUT",
                format!("{case}/shares"),
                json!({ "user": id, "role": "read" }),
            ),
            (
                "PUT",
                format!("{of_class}/members/{id}"),
                json!({ "role": "student" }),
            ),
        ] {
            let answer = student.send(method, &path, Some(&body)).await;
            assert_eq!(answer.status, 404, "{method} {path}: {answer:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_rooms_are_told_has_the_persona_and_the_staff_goes_by_its_name() {
    in_school(async |school: School| {
        let class = school.anonymous_class().await;
        let user = school.student.id;
        let (id, name) = appears(&school, &class.case, user).await;
        assert_ne!(id, user.to_string());
        assert_ne!(name, "Stu");
        // The first two have joined as students, and wrote nothing as that.
        for (staff, name) in [
            (&school.tutor, "Tia"),
            (&school.instructor, "Ina"),
            (&school.owner, "Olga"),
        ] {
            let (id, seen) = appears(&school, &class.case, staff.id).await;
            assert_eq!((id, seen.as_str()), (staff.id.to_string(), name));
        }

        let ticket = ticket(&mut school.student.browser.clone(), &class.case).await;
        assert_eq!(
            (&ticket["user"], &ticket["name"]),
            (&json!(id), &json!(name))
        );
        assert_eq!(
            ticket["account"],
            json!(user),
            "their own page knows whom it belongs to"
        );
        let case = CaseId::parse(&class.case).unwrap();
        let ruling = school.world.store.ruling(&case).await.unwrap();
        let told: Vec<_> = ruling
            .changes
            .iter()
            .map(|change| change.user.clone())
            .collect();
        assert!(
            told.contains(&id) && !told.contains(&user.to_string()),
            "{told:?}"
        );
    })
    .await;
}

pub async fn ticket(browser: &mut Visitor, case: &str) -> Value {
    let answer = browser
        .post(&format!("/api/cases/{case}/ticket"), &json!({}))
        .await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

#[tokio::test]
async fn staff_are_told_who_is_who_and_nobody_else_is() {
    in_school(async |school: School| {
        let class = school.anonymous_class().await;
        let (id, name) = appears(&school, &class.case, school.student.id).await;
        let path = format!("/api/cases/{}/names", class.case);
        for staff in [&school.tutor, &school.instructor, &school.owner] {
            let names = staff.browser.clone().get(&path).await.json();
            assert_eq!(names["names"][&id], json!("Stu"), "{names}");
        }
        for other in [&school.student, &school.stranger] {
            assert_eq!(other.browser.clone().get(&path).await.status, 404);
        }
        write(&school, &class.case, &(id.clone(), name.clone())).await;
        let mut owner = school.owner.browser.clone();
        let progress = owner
            .get(&format!("/api/classes/{}/progress", class.id))
            .await
            .json();
        let people = &progress["cases"][0]["people"];
        assert_eq!(
            (&people[0]["user"], &people[0]["name"]),
            (&json!(school.student.id), &json!("Stu"))
        );
        let page = owner
            .get(&format!("/api/classes/{}", class.id))
            .await
            .json();
        let member = page["members"]
            .as_array()
            .unwrap()
            .iter()
            .find(|member| member["name"] == "Stu");
        assert_eq!(member.unwrap()["persona"], json!(name));
        let found = owner.get("/api/search?q=Stu").await.json();
        assert_eq!(found["hits"][0]["item"], json!(id), "{found}");
        let own = school
            .student
            .browser
            .clone()
            .get(&format!("/api/classes/{}", class.id))
            .await
            .json();
        assert_eq!(
            (&own["persona"], &own["anonymous"]),
            (&json!(name), &json!(true))
        );
    })
    .await;
}

#[tokio::test]
async fn a_persona_stays_whatever_becomes_of_the_person_and_is_another_in_each_class() {
    in_school(async |school: School| {
        let class = school.anonymous_class().await;
        let user = school.student.id;
        let before = appears(&school, &class.case, user).await;
        let mut owner = school.owner.browser.clone();
        let member = format!("/api/classes/{}/members/{user}", class.id);
        owner.put(&member, &json!({ "role": "tutor" })).await;
        let tutor = appears(&school, &class.case, user).await;
        assert_eq!(
            tutor,
            (user.to_string(), "Stu".to_owned()),
            "who never used it goes without"
        );
        owner.put(&member, &json!({ "role": "student" })).await;
        assert_eq!(
            appears(&school, &class.case, user).await,
            before,
            "a student again"
        );
        // Let in once, nothing of it need be seen by the host yet.
        ticket(&mut school.student.browser.clone(), &class.case).await;
        owner.put(&member, &json!({ "role": "tutor" })).await;
        assert_eq!(
            appears(&school, &class.case, user).await,
            before,
            "promoted"
        );
        let left = school.student.browser.clone().delete(&member).await;
        assert_eq!(left.status, 200);
        let gift = json!({ "email": "stu@uni.example", "role": "comment" });
        let sql = school.world.sql().await;
        let address = "update users set email = 'stu@uni.example' where id = $1";
        sql.execute(address, &[&user]).await.unwrap();
        owner
            .put(&format!("/api/cases/{}/shares", class.case), &gift)
            .await;
        assert_eq!(
            appears(&school, &class.case, user).await,
            before,
            "shared with after leaving"
        );
        let code = json!({ "code": class.code });
        school
            .student
            .browser
            .clone()
            .post("/api/join", &code)
            .await;
        assert_eq!(
            appears(&school, &class.case, user).await,
            before,
            "back again"
        );

        let other = school.anonymous_class().await;
        let elsewhere = appears(&school, &other.case, user).await;
        assert_ne!(elsewhere.0, before.0);
        let named = school.class().await;
        let named = appears(&school, &named.case, user).await;
        assert_eq!(named, (user.to_string(), "Stu".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_program_that_was_let_in_uses_the_persona_as_a_page_does() {
    in_school(async |school: School| {
        let class = school.anonymous_class().await;
        let user = school.student.id;
        let before = appears(&school, &class.case, user).await;
        let tokens = format!("/api/cases/{}/client-tokens", class.case);
        let wanted = json!({ "role": "annotate" });
        let token = school.student.browser.clone().post(&tokens, &wanted).await;
        assert_eq!(token.status, 201, "{token:?}");
        let member = format!("/api/classes/{}/members/{user}", class.id);
        let tutor = json!({ "role": "tutor" });
        school.owner.browser.clone().put(&member, &tutor).await;
        assert_eq!(appears(&school, &class.case, user).await, before);
    })
    .await;
}

#[tokio::test]
async fn what_was_issued_under_the_own_name_is_void_where_somebody_gets_a_persona() {
    in_school(async |school: School| {
        let class = school.anonymous_class().await;
        let user = school.stranger.id;
        let sql = school.world.sql().await;
        let address = "update users set email = 'sam@uni.example' where id = $1";
        sql.execute(address, &[&user]).await.unwrap();
        let mut owner = school.owner.browser.clone();
        let gift = json!({ "email": "sam@uni.example", "role": "annotate" });
        owner
            .put(&format!("/api/cases/{}/shares", class.case), &gift)
            .await;
        let guest = appears(&school, &class.case, user).await;
        assert_eq!(
            guest,
            (user.to_string(), "Sam".to_owned()),
            "a guest is named"
        );
        school.take_orders().await;
        let code = json!({ "code": class.code });
        school
            .stranger
            .browser
            .clone()
            .post("/api/join", &code)
            .await;
        let (id, _) = appears(&school, &class.case, user).await;
        assert_eq!(school.take_orders().await, [format!("{} rule", class.case)]);
        let case = CaseId::parse(&class.case).unwrap();
        let ruling = school.world.store.ruling(&case).await.unwrap();
        let of = |user: &str| {
            ruling
                .changes
                .iter()
                .find(|change| change.user == user)
                .cloned()
        };
        assert_eq!(of(&user.to_string()).expect("told").role, None);
        assert_eq!(of(&id).expect("told").role, Some(Role::Annotate));
    })
    .await;
}

#[tokio::test]
async fn only_its_staff_owns_what_an_anonymous_class_has_and_it_stays_there() {
    in_school(async |school: School| {
        let class = school.anonymous_class().await;
        let mut owner = school.owner.browser.clone();
        let shares = format!("/api/cases/{}/shares", class.case);
        let own = json!({ "user": school.student.id, "role": "own" });
        assert_eq!(owner.put(&shares, &own).await.status, 200);
        let role = school.role(&class.case, school.student.id).await;
        assert_eq!(
            role.as_deref(),
            Some("annotate"),
            "owners see with whom a case is shared"
        );
        let tutor = json!({ "user": school.tutor.id, "role": "own" });
        owner.put(&shares, &tutor).await;
        let role = school.role(&class.case, school.tutor.id).await;
        assert_eq!(role.as_deref(), Some("own"));
        let placed = format!("/api/classes/{}/cases/{}", class.id, class.case);
        assert_eq!(owner.delete(&placed).await.status, 409);
        let sql = school.world.sql().await;
        let turned = "update classes set anonymous = false where id = $1";
        assert!(
            sql.execute(turned, &[&class.id]).await.is_err(),
            "what was promised is kept"
        );
    })
    .await;
}

#[tokio::test]
async fn a_case_that_others_have_had_under_their_names_is_copied_and_not_put_into_an_anonymous_class()
 {
    in_school(async |school: School| {
        let class = school.anonymous_class().await;
        let mut owner = school.owner.browser.clone();
        let placed = format!("/api/classes/{}/cases", class.id);
        let sql = school.world.sql().await;
        for (person, address) in [
            (&school.student, "stu@uni.example"),
            (&school.instructor, "ina@uni.example"),
        ] {
            let set = "update users set email = $2 where id = $1";
            sql.execute(set, &[&person.id, &address]).await.unwrap();
        }
        let case = school.case().await;
        let shares = format!("/api/cases/{case}/shares");
        for role in [json!("annotate"), json!(null)] {
            let share = json!({ "email": "stu@uni.example", "role": role });
            assert_eq!(owner.put(&shares, &share).await.status, 200);
            let answer = owner.post(&placed, &json!({ "case": case })).await;
            assert_eq!(answer.status, 409, "{role}: what was written stays");
        }
        let copy = json!({ "class": class.id });
        let answer = owner.post(&format!("/api/cases/{case}/copy"), &copy).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        // Whoever is invited would come in by their own name; and whose the address is, if anybody's, is not told by the answer.
        let mut answers = Vec::new();
        for address in ["nobody@uni.example", "stu@uni.example", "ina@uni.example"] {
            let inviting = school.case().await;
            let shares = format!("/api/cases/{inviting}/shares");
            for role in [json!("annotate"), json!("read"), json!(null)] {
                let share = json!({ "email": address, "role": role });
                assert_eq!(owner.put(&shares, &share).await.status, 200);
                let answer = owner.post(&placed, &json!({ "case": inviting })).await;
                answers.push((answer.status, answer.body));
            }
        }
        assert_eq!(answers[0].0, 409);
        assert_eq!(answers, vec![answers[0].clone(); answers.len()]);
        // Of staff who were given something by their id nothing is hidden.
        let staffs = school.case().await;
        let (status, given) = grant(
            &school,
            &staffs,
            &school.instructor.id.to_string(),
            json!("read"),
        )
        .await;
        assert_eq!(status, 200, "{given}");
        let answer = owner.post(&placed, &json!({ "case": staffs })).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    })
    .await;
}

#[tokio::test]
async fn everybody_of_a_class_is_called_something_else() {
    in_school(async |school: School| {
        let class = school.anonymous_class().await;
        let mut csv = "Email\n".to_owned();
        for number in 0..40 {
            csv.push_str(&format!("p{number}@uni.example\n"));
        }
        let sql = school.world.sql().await;
        sql.batch_execute(
            "insert into users (id, name, email)
             select gen_random_uuid(), 'Person ' || n, 'p' || n || '@uni.example' from generate_series(0, 39) n",
        )
        .await
        .unwrap();
        let path = format!("/api/classes/{}/roster", class.id);
        let report = school.owner.browser.clone().post(&path, &json!({ "csv": csv })).await;
        assert_eq!(report.json()["enrolled"], 40, "{report:?}");
        let names = "select count(distinct name) from grants where persona_id is not null and role is not null";
        assert_eq!(school.world.count(names).await, 41);
        let own = "select count(*) from grants g join users u on u.id::text = g.user_id
                   where g.persona_id is not null and (g.name = u.name or g.persona_id = u.id)";
        assert_eq!(school.world.count(own).await, 0);
        let page = school.owner.browser.clone().get(&format!("/api/classes/{}", class.id)).await;
        let shown: Vec<String> = page.json()["members"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|member| member["role"] == "student")
            .map(|member| string(member, "persona"))
            .collect();
        assert_eq!(shown.len(), 41);
    })
    .await;
}
