//! What is asked about the largest classes takes no more of Postgres than there is to be told: counted in rows and not in time,
//! with everything else that a database has beside it.

use host::{
    limits::{CLASS_MEMBERS_MAX, PROGRESS_TOLD_MAX, SEARCH_HITS_A_PAGE, SEARCH_RANKED_MAX},
    store::{PROGRESS, SEARCH},
};
use serde_json::{Value, json};
use tokio_postgres::{Client, types::ToSql};
use uuid::Uuid;

use crate::school::{School, in_school};

/// Cases of the class: more than its progress tells of.
const CASES: i32 = 40;

/// What people have written on each: a quarter of them, a highlight and a comment.
const WRITTEN: i32 = 2 * 500;

/// What is known to a planner before it has counted, and after.
const COUNTS: [&str; 2] = ["select", "analyze"];

/// Cases of a class that has as many as one may have.
const CASES_MAX: i32 = 200;

/// Where nothing else is: only the class itself.
const ALONE: [&str; 1] = [""];

/// And as much of others in other cases.
const BESIDE: [&str; 2] = ["", "-other"];

/// What such a class has: people with a role on each of `$CASES`, who have written on some, and all of it once for each of `$OF`.
const FILL: [&str; 7] = [
    "insert into users (name) select 'Student ' || n from generate_series(1, 2000 - 4) as n",
    "insert into enrolments (class_id, user_id, role) select k.id, u.id, 'student' from classes k, users u where u.name like 'Student %'",
    "insert into cases (case_id, class_id, owner_id, title, text_sha256, kind, paragraphs, created_at)
     select case_id || '-' || n, class_id, owner_id, title, text_sha256, kind, paragraphs, created_at + n * interval '1 s'
     from cases, generate_series(1, $CASES - 1) as n",
    "insert into grants (case_id, user_id, name, role, changed_at)
     select c.case_id || o, o || e.user_id::text, u.name, case e.role when 'student' then 'annotate' else 'own' end, now()
     from cases c join enrolments e on e.class_id = c.class_id join users u on u.id = e.user_id, unnest($OF) as o
     on conflict do nothing",
    "create temporary table written as
     select c.case_id || o as case_id, e.user_id::text || '-' || c.n as id, o || e.user_id::text as author
     from (select case_id, row_number() over (order by case_id) as n from cases) c,
          (select user_id, row_number() over (order by user_id) as n from enrolments) e, unnest($OF) as o
     where (c.n + e.n) % 40 < $WRITTEN",
    "insert into highlight (case_id, highlight_id, tag, quote, author_id, created_at)
     select case_id, id, 'tag-order', 'It is so ordered.', author, now() from written",
    "insert into highlight_comment (case_id, comment_id, highlight_id, body, author_id, created_at)
     select case_id, id, id, 'Why?', author, now() from written",
];

/// A class of as many people as one may have, who have written on so many of 40 cases.
async fn large_class(school: &School, cases: i32, written: i32, of: &[&str]) -> (Uuid, Client) {
    let class = school.class().await;
    let sql = school.world.sql().await;
    // As those who settle say it: what is given here are no shares.
    sql.batch_execute("set glossator.settles = 'yes'")
        .await
        .expect("Postgres works");
    for fill in FILL {
        let fill = fill
            .replace("$CASES", &cases.to_string())
            .replace("$WRITTEN", &written.to_string())
            .replace("$OF", &format!("array['{}']", of.join("', '")));
        sql.batch_execute(&fill).await.expect("Postgres works");
    }
    let people = school.world.count("select count(*) from enrolments").await;
    assert_eq!(usize::try_from(people), Ok(CLASS_MEMBERS_MAX));
    assert_eq!(
        school.world.count("select count(*) from cases").await,
        i64::from(cases)
    );
    (class.id, sql)
}

/// How many rows a statement touches: what each part of its plan gives, and what it looks at in vain, each time that it is begun.
async fn touched(sql: &Client, statement: &str, given: &[&(dyn ToSql + Sync)]) -> f64 {
    let explain = format!("explain (analyze, timing off, format json) {statement}");
    let plan = sql.query_one(&explain, given).await.expect("a plan");
    touched_by(&plan.get::<_, Value>(0)[0]["Plan"])
}

fn touched_by(plan: &Value) -> f64 {
    const COUNTED: [&str; 4] = [
        "Actual Rows",
        "Rows Removed by Filter",
        "Rows Removed by Join Filter",
        "Rows Removed by Index Recheck",
    ];
    let times = plan["Actual Loops"].as_f64().expect("it was carried out");
    let rows: f64 = COUNTED
        .iter()
        .filter_map(|counted| plan[counted].as_f64())
        .sum();
    let parts = plan["Plans"].as_array().into_iter().flatten();
    (rows + 1.0) * times + parts.map(touched_by).sum::<f64>()
}

#[tokio::test]
async fn the_progress_of_the_largest_class_takes_what_is_written_there_and_not_each_person_on_each_case()
 {
    in_school(async |school: School| {
        let (class, sql) = large_class(&school, CASES, 10, &BESIDE).await;
        let newest = "select case_id from cases order by created_at desc, case_id";
        let newest: Vec<String> = sql
            .query(newest, &[])
            .await
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect();
        let told = PROGRESS_TOLD_MAX / CLASS_MEMBERS_MAX;
        let (ids, names) = (vec!["tag-order"], vec!["Order"]);
        for counted in COUNTS {
            sql.batch_execute(counted).await.unwrap();
            for cases in [1, told] {
                let some = &newest[..cases];
                let given: [&(dyn ToSql + Sync); 3] = [&some, &ids, &names];
                let rows = touched(&sql, PROGRESS, &given).await;
                let budget = f64::from(20 * WRITTEN * i32::try_from(cases).unwrap());
                assert!(rows < budget, "{rows} rows for {cases} cases, {counted}");
            }
        }

        // Somebody of no class who has written on one of its cases is not told of, and keeps nobody else from being.
        let insert =
            "insert into highlight (case_id, highlight_id, author_id) values ($1, 'h', $2)";
        sql.execute(insert, &[&newest[0], &school.stranger.id.to_string()])
            .await
            .unwrap();
        let path = format!("/api/classes/{class}/progress");
        let progress = school.owner.browser.clone().get(&path).await.json();
        let cases = progress["cases"].as_array().expect("cases");
        assert_eq!(cases.len(), told, "the newest ones");
        for (case, id) in cases.iter().zip(&newest) {
            let people = case["people"].as_array().expect("people");
            assert_eq!((&case["id"], people.len()), (&id.as_str().into(), 500));
            let all = |what: &str| people.iter().all(|one| one[what] == json!({ "Order": 1 }));
            assert!(all("highlights") && all("comments_by_tag"), "{id}");
        }
    })
    .await;
}

/// How many rows it touches that somebody looks for this.
async fn touched_by_search(sql: &Client, user: Uuid, words: &str) -> f64 {
    let (ids, names) = (vec!["tag-order"], vec!["Order"]);
    let (user, more) = (user.to_string(), SEARCH_HITS_A_PAGE + 1);
    let given: [&(dyn ToSql + Sync); 8] = [
        &user,
        &words,
        &SEARCH_RANKED_MAX,
        &ids,
        &names,
        &0_i64,
        &more,
        &"",
    ];
    touched(sql, SEARCH.as_str(), &given).await
}

#[tokio::test]
async fn a_search_in_the_largest_class_takes_its_people_and_what_they_wrote_and_not_each_with_each()
{
    in_school(async |school: School| {
        let (_, sql) = large_class(&school, CASES, 10, &BESIDE).await;
        let roles = i32::try_from(CLASS_MEMBERS_MAX).unwrap() * CASES;
        let budget = f64::from(6 * (roles + CASES * WRITTEN));
        for counted in COUNTS {
            sql.batch_execute(counted).await.unwrap();
            // What everybody is called, what is written everywhere, and what is nowhere.
            for (who, words) in [
                (&school.owner, "student"),
                (&school.student, "student"),
                (&school.student, "ordered"),
                (&school.student, "estoppel"),
            ] {
                let rows = touched_by_search(&sql, who.id, words).await;
                assert!(rows < budget, "{rows} rows for {words}, {counted}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_search_for_all_in_the_largest_class_on_all_its_cases_looks_at_each_role_once_where_none_of_them_have_written()
 {
    in_school(async |school: School| {
        let (_, sql) = large_class(&school, CASES_MAX, 0, &ALONE).await;
        let roles = i32::try_from(CLASS_MEMBERS_MAX).unwrap() * CASES_MAX;
        let budget = f64::from(4 * roles);
        for counted in COUNTS {
            sql.batch_execute(counted).await.unwrap();
            for who in [&school.owner, &school.student] {
                let rows = touched_by_search(&sql, who.id, "student").await;
                assert!(rows < budget, "{rows} rows, {counted}");
            }
        }
    })
    .await;
}
