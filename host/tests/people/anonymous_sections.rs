//! An anonymous class in sections: as whom its students appear in each of them, and what they are told of those of another one.

use serde_json::{Value, json};

use crate::{
    anonymity::{appears, join, write},
    common::visitor::Visitor,
    school::{Class, Person, School, in_school, string},
    sections::{divide, put, section},
};

/// What a student can ask about their class, these cases and these words.
fn questions(class: &Class, cases: &[&str], words: &[&str]) -> Vec<String> {
    let of_class = format!("/api/classes/{}", class.id);
    let mut paths = vec![
        "/api/classes".to_owned(),
        "/api/cases".to_owned(),
        format!("{of_class}/progress"),
        of_class,
    ];
    for case in cases {
        let of = ["", "/names", "/people", "/shares", "/versions", "/ticket"];
        paths.extend(of.map(|of| format!("/api/cases/{case}{of}")));
    }
    let of_words = words.iter().map(|word| word.replace(' ', "%20"));
    paths.extend(of_words.map(|word| format!("/api/search?q={word}")));
    paths
}

/// Neither the name nor the account of somebody is in any answer to these questions.
async fn tells_nothing_of(other: &Person, student: &mut Visitor, questions: &[String]) {
    for path in questions {
        let answer = student.get(path).await;
        for told in ["Annabella", &other.id.to_string()] {
            assert!(!answer.body.contains(told), "{path}: {answer:?}");
        }
    }
}

/// The ids of those who are found by these words.
async fn people(browser: &mut Visitor, words: &str) -> Vec<String> {
    let path = format!("/api/search?q={}", words.replace(' ', "%20"));
    let found = browser.get(&path).await.json();
    let hits = found["hits"].as_array().expect("hits");
    let people = hits.iter().filter(|hit| hit["kind"] == "person");
    people.map(|hit| string(hit, "item")).collect()
}

#[tokio::test]
async fn in_the_sections_of_an_anonymous_class_a_student_has_one_pseudonym_and_sees_no_name() {
    in_school(async |school: School| {
        let class = school.anonymous_class().await;
        let (id, mut owner) = (school.student.id, school.owner.browser.clone());
        let anna = join(&school, &class, "Annabella").await;
        let a = section(&mut owner, &class, "A").await;
        let b = section(&mut owner, &class, "B").await;
        put(&mut owner, &class, id, json!(a)).await;
        put(&mut owner, &class, anna.id, json!(b)).await;
        let original = school.case_of(&school.owner, "One text for both.").await;
        let cases = divide(&mut owner, &class, &original).await;
        let (in_a, in_b) = (cases["A"].as_str(), cases["B"].as_str());
        let own = appears(&school, in_a, id).await;
        let annas = appears(&school, in_b, anna.id).await;
        assert!(own.0 != id.to_string() && own.1 != "Stu", "{own:?}");
        assert!(annas.0 != anna.id.to_string() && annas.1 != "Annabella");
        write(&school, in_a, &own).await;
        write(&school, in_b, &annas).await;

        let asked = questions(&class, &[in_a, in_b], &["Annabella", &annas.1, "ordered"]);
        let mut student = school.student.browser.clone();
        tells_nothing_of(&anna, &mut student, &asked).await;
        for of in ["", "/names", "/people", "/shares", "/versions"] {
            let path = format!("/api/cases/{in_b}{of}");
            let answer = student.get(&path).await;
            assert_eq!(answer.status, 404, "{path}: {answer:?}");
        }
        let ticket = format!("/api/cases/{in_b}/ticket");
        assert_ne!(student.post(&ticket, &json!({})).await.status, 201);
        assert_eq!(
            people(&mut student, &annas.1).await,
            [""; 0],
            "of B nothing is found"
        );

        put(&mut owner, &class, id, json!(b)).await;
        assert_eq!(appears(&school, in_b, id).await, own, "one in both");
        write(&school, in_b, &own).await;
        tells_nothing_of(&anna, &mut student, &asked).await;
        assert_eq!(student.get(&format!("/api/cases/{in_b}")).await.status, 200);
        let answer = student.get(&format!("/api/cases/{in_a}")).await;
        assert_eq!(answer.status, 404, "{answer:?}");
        assert_eq!(people(&mut student, "Annabella").await, [""; 0]);
        assert_eq!(
            people(&mut student, &annas.1).await,
            [annas.0.as_str()],
            "as whom she writes"
        );
        let names = format!("/api/cases/{in_b}/names");
        assert_eq!(student.get(&names).await.status, 404);

        for staff in [&school.tutor, &school.instructor, &school.owner] {
            let told = staff.browser.clone().get(&names).await.json();
            let both = [(&own.0, "Stu"), (&annas.0, "Annabella")];
            let expected: serde_json::Map<String, Value> = both
                .map(|(persona, name)| (persona.clone(), json!(name)))
                .into_iter()
                .collect();
            assert_eq!(told["names"], Value::Object(expected), "{told}");
            let of_a = format!("/api/cases/{in_a}/names");
            let told = staff.browser.clone().get(&of_a).await.json();
            assert_eq!(
                told["names"][&own.0], "Stu",
                "who wrote in A before: {told}"
            );
        }
    })
    .await;
}
