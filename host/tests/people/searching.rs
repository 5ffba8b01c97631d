//! Search: everything that one may read is found, and nothing else.

use host::projection;
use serde_json::{Value, json};
use yrs::{Map, MapPrelim, Transact, WriteTxn};

use crate::{
    common::{
        documents::{edited, highlighted},
        visitor::Visitor,
    },
    school::{Person, School, in_school, string},
};

/// What somebody finds, as `kind item`.
async fn found(browser: &Visitor, query: &str) -> Vec<String> {
    let answer = browser.clone().get(&format!("/api/search?q={query}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let hits = answer.json()["hits"].as_array().expect("hits").clone();
    let mut hits: Vec<_> = hits
        .iter()
        .map(|hit| format!("{} {}", string(hit, "kind"), string(hit, "item")))
        .collect();
    hits.sort();
    hits
}

/// Lets somebody write to a case: a highlight, a comment on it and a tag, all with this word.
async fn write(school: &School, case: &str, author: &Person, word: &'static str) {
    let author: &'static str = Box::leak(author.id.to_string().into_boxed_str());
    let highlight = [
        ("tag", "tag-order"),
        ("quote", word),
        ("author_id", author),
        ("created_at", "2026-11-21T04:00:00Z"),
    ];
    let document = highlighted(yrs::Update::EMPTY_V1, 5, "h", &highlight);
    let document = edited(&document, 6, |document| {
        let mut txn = document.transact_mut();
        let comments = txn.get_or_insert_map("comments");
        let comment = MapPrelim::from_iter([("text", word), ("author_id", author)]);
        comments.insert(&mut txn, "c", comment);
        let tags = txn.get_or_insert_map("tags");
        tags.insert(&mut txn, "t", MapPrelim::from_iter([("name", word)]));
        let deleted = [
            ("name".to_owned(), yrs::Any::from(word)),
            ("deleted".to_owned(), true.into()),
        ];
        tags.insert(&mut txn, "gone", MapPrelim::from_iter(deleted));
    });
    assert_eq!(school.world.put(case, None, &document).await.status, 200);
    projection::catch_up(&school.world.store)
        .await
        .expect("it projects");
}

#[tokio::test]
async fn texts_quotes_comments_tags_and_people_are_found_by_those_who_may_read_them() {
    in_school(async |school: School| {
        let class = school.class().await;
        write(&school, &class.case, &school.student, "estoppel").await;
        let all = ["comment c", "quote h", "tag t"];
        for person in [
            &school.student,
            &school.tutor,
            &school.instructor,
            &school.owner,
        ] {
            assert_eq!(found(&person.browser, "Estoppel").await, all);
            assert_eq!(found(&person.browser, "ordered").await, ["text 0"]);
        }
        let tag = format!("tag {}", "tag-order");
        assert_eq!(
            found(&school.tutor.browser, "order").await,
            [tag],
            "a tag that nobody has changed"
        );
        let stu = format!("person {}", school.student.id);
        assert_eq!(found(&school.tutor.browser, "stu").await, [stu.as_str()]);
        assert_eq!(
            found(&school.student.browser, "tia").await,
            [""; 0],
            "who has written nothing is nobody's to find"
        );
        let tia = format!("person {}", school.tutor.id);
        assert_eq!(
            found(&school.owner.browser, "tia").await,
            [tia.as_str()],
            "but the owner's"
        );
    })
    .await;
}

#[tokio::test]
async fn nothing_is_found_of_what_one_may_not_read() {
    in_school(async |school: School| {
        let class = school.class().await;
        write(&school, &class.case, &school.student, "estoppel").await;
        let own = school
            .case_of(&school.stranger, "Nothing of that kind.")
            .await;
        for query in [
            "estoppel",
            "ordered",
            "order",
            "stu",
            "olga",
            "%22so%20ordered%22",
            "ordered%20or%20kind",
        ] {
            let hits = found(&school.stranger.browser, query).await;
            let expected: &[&str] = if query.contains("kind") {
                &["text 0"]
            } else {
                &[]
            };
            assert_eq!(hits, expected, "{query}");
        }
        let mut nobody = Visitor::new(&school.world);
        assert_eq!(nobody.get("/api/search?q=ordered").await.status, 401);

        let mut owner = school.owner.browser.clone();
        let hidden = school.case_of(&school.owner, "laches").await;
        let place = json!({ "case": hidden, "visible_from": "2999-01-01T00:00:00Z" });
        owner
            .post(&format!("/api/classes/{}/cases", class.id), &place)
            .await;
        assert_eq!(
            found(&school.student.browser, "laches").await,
            [""; 0],
            "it is not visible yet"
        );
        assert_eq!(
            found(&school.instructor.browser, "laches").await,
            ["text 0"]
        );

        let member = format!("/api/classes/{}/members/{}", class.id, school.student.id);
        owner.delete(&member).await;
        assert_eq!(
            found(&school.student.browser, "estoppel").await,
            [""; 0],
            "their own words neither"
        );
        owner.delete(&format!("/api/cases/{}", class.case)).await;
        assert_eq!(found(&school.owner.browser, "estoppel").await, [""; 0]);
        assert_eq!(
            found(&school.stranger.browser, "kind").await.len(),
            1,
            "{own}"
        );
    })
    .await;
}

#[tokio::test]
async fn hits_are_ranked_highlighted_and_paged() {
    in_school(async |school: School| {
        let long = format!(
            "{}\n\nThe trust fails.\n\n",
            "No word of it here. ".repeat(80)
        );
        let text = format!("A trust is a trust is a trust.\n\n{}", long.repeat(30));
        let case = school.case_of(&school.owner, &text).await;
        let mut owner = school.owner.browser.clone();
        let first = owner.get("/api/search?q=trust").await.json();
        let hits = first["hits"].as_array().unwrap();
        assert_eq!((hits.len(), &first["more"]), (20, &json!(true)));
        assert_eq!(
            (&hits[0]["item"], &hits[0]["case"]),
            (&json!("0"), &json!(case)),
            "where it stands most often"
        );
        assert_eq!(hits[0]["title"], "A v B");
        let snippet = hits[0]["snippet"].as_array().unwrap();
        let marked: Vec<_> = snippet.iter().filter(|part| part["hit"] == true).collect();
        assert!(
            marked.iter().all(|part| part["text"] == "trust"),
            "{snippet:?}"
        );
        let whole: String = snippet.iter().map(|part| string(part, "text")).collect();
        assert!(whole.contains("trust is a trust is a trust"), "{whole}");

        let second = owner.get("/api/search?q=trust&page=1").await.json();
        assert_eq!(second["more"], json!(false));
        let items = |page: &Value| -> Vec<String> {
            page["hits"]
                .as_array()
                .unwrap()
                .iter()
                .map(|hit| string(hit, "item"))
                .collect()
        };
        let (mut all, rest) = (items(&first), items(&second));
        all.extend(rest);
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count, "no hit is on two pages");
        assert!(count >= 30);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_searched_for_finds_nothing_or_is_refused() {
    in_school(async |school: School| {
        school.class().await;
        let owner = &school.owner.browser;
        for query in [
            "",
            "%20",
            "-ordered",
            "-%22so%20ordered%22%20-x",
            "%27%29%3B--",
            "%26%7C%21",
            "%22",
            "%C3%A9",
            "or",
        ] {
            assert_eq!(found(owner, query).await, [""; 0], "{query}");
        }
        let long = "x".repeat(201);
        for query in [
            format!("q={long}"),
            "q=%00".to_owned(),
            "q=a&page=-1".to_owned(),
            "q=a&page=50".to_owned(),
            "q=a&page=x".to_owned(),
        ] {
            let answer = owner.clone().get(&format!("/api/search?{query}")).await;
            assert_eq!(answer.status, 400, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn texts_of_an_earlier_host_are_divided_by_the_housekeeping() {
    in_school(async |school: School| {
        school.case().await;
        let sql = school.world.sql().await;
        sql.batch_execute("delete from case_passage").await.unwrap();
        assert_eq!(found(&school.owner.browser, "ordered").await, [""; 0]);
        assert_eq!(school.world.store.divide_texts(10).await.unwrap(), 1);
        assert_eq!(found(&school.owner.browser, "ordered").await, ["text 0"]);
        assert_eq!(school.world.store.divide_texts(10).await.unwrap(), 0);
        sql.batch_execute("delete from case_passage; update case_text set body = 'x'")
            .await
            .unwrap();
        assert_eq!(
            school.world.store.divide_texts(10).await.unwrap(),
            0,
            "what is corrupt is left to `host verify`"
        );
    })
    .await;
}
