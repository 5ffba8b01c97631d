//! People who are called alike are all found, however many cases they are on.

use std::collections::{BTreeMap, BTreeSet};

use host::limits::{SEARCH_PAGES_MAX, SEARCH_RANKED_MAX};

use crate::school::{Class, School, in_school, string};

/// People who are called alike, and cases that they are all on: more of both together than a search ranks.
const PEOPLE: usize = 11;
const CASES: usize = 200;

/// What they have: a role on each case, as whoever settles it gives them, and nothing that they wrote.
async fn enrol_namesakes(school: &School, class: &Class) {
    let sql = school.world.sql().await;
    for fill in [
        "set glossator.settles = 'yes'".to_owned(),
        format!("insert into users (name) select 'Anna Weber' from generate_series(1, {PEOPLE})"),
        "insert into enrolments (class_id, user_id, role)
         select k.id, u.id, 'student' from classes k, users u where u.name = 'Anna Weber'"
            .to_owned(),
        format!(
            "insert into cases (case_id, class_id, owner_id, title, text_sha256, kind, paragraphs, created_at)
             select case_id || '-' || n, class_id, owner_id, title, text_sha256, kind, paragraphs, created_at
             from cases, generate_series(1, {CASES} - 1) as n where case_id = '{}'",
            class.case
        ),
        "insert into grants (case_id, user_id, name, role, changed_at)
         select c.case_id, e.user_id::text, u.name, case e.role when 'student' then 'annotate' else 'own' end, now()
         from cases c join enrolments e on e.class_id = c.class_id join users u on u.id = e.user_id
         on conflict do nothing"
            .to_owned(),
    ] {
        sql.batch_execute(&fill).await.expect("Postgres works");
    }
}

#[tokio::test]
async fn people_who_are_called_alike_are_all_found_by_whom_they_share_very_many_cases_with() {
    in_school(async |school: School| {
        let class = school.class().await;
        enrol_namesakes(&school, &class).await;
        assert!(i64::try_from(PEOPLE * CASES).unwrap() > SEARCH_RANKED_MAX);
        let mut hits = BTreeSet::new();
        let mut cases_of = BTreeMap::<String, usize>::new();
        for page in 0..SEARCH_PAGES_MAX {
            let path = format!("/api/search?q=anna&page={page}");
            let answer = school.owner.browser.clone().get(&path).await.json();
            for hit in answer["hits"].as_array().expect("hits") {
                let (case, who) = (string(hit, "case"), string(hit, "item"));
                *cases_of.entry(who.clone()).or_default() += 1;
                assert!(hits.insert((case, who)), "{hit} is on two pages");
            }
            if answer["more"] == false {
                break;
            }
        }
        assert_eq!(cases_of.len(), PEOPLE);
        let (fewest, most) = (cases_of.values().min(), cases_of.values().max());
        assert!(
            most.unwrap() - fewest.unwrap() <= 1,
            "none at the cost of another: {cases_of:?}"
        );
    })
    .await;
}
