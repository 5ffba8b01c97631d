//! Search: everything that one may read is found, and nothing else.

use host::{housekeeping, projection};
use serde_json::{Value, json};
use tokio::sync::watch;
use yrs::{Map, MapPrelim, Transact, WriteTxn};

use crate::{
    common::{
        documents::{commented, edited, highlighted, typed},
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
        let (_stop, stopping) = watch::channel(false);
        let store = &school.world.store;
        let divide = async || {
            let mut after = None;
            let outcome = housekeeping::divide_texts(store, &mut after, &stopping).await;
            outcome.expect("Postgres works");
        };
        divide().await;
        assert_eq!(found(&school.owner.browser, "ordered").await, ["text 0"]);
        divide().await;
        assert_eq!(found(&school.owner.browser, "ordered").await, ["text 0"]);
        sql.batch_execute("delete from case_passage; update case_text set body = 'x'")
            .await
            .unwrap();
        divide().await;
        assert_eq!(
            school
                .world
                .count("select count(*) from case_passage")
                .await,
            0,
            "what is corrupt is left to `host verify`"
        );
    })
    .await;
}

/// Opens somebody's private notes on a case and lets them write this word there: freely, on words of the text, and about them.
async fn note(school: &School, author: &Person, case: &str, word: &'static str) -> String {
    let path = format!("/api/cases/{case}/private");
    let opened = author.browser.clone().post(&path, &json!({})).await;
    let id = string(&opened.json(), "id");
    let document = highlighted(&typed(1, word), 5, "h", &[("quote", word)]);
    let on = [("text", word), ("highlight_id", "h")];
    let document = commented(&document, 6, "c", &on);
    assert_eq!(school.world.put(&id, None, &document).await.status, 200);
    projection::catch_up(&school.world.store)
        .await
        .expect("it projects");
    id
}

#[tokio::test]
async fn private_notes_are_found_by_their_author_while_they_may_read_the_case_and_by_nobody_else() {
    in_school(async |school: School| {
        let class = school.class().await;
        let (student, case) = (&school.student, &class.case);
        let id = note(&school, student, case, "quince").await;
        let own = ["private h", "private h", "private notes"];
        assert_eq!(found(&student.browser, "quince").await, own);
        let hits = student.browser.clone().get("/api/search?q=quince").await;
        assert!(!hits.body.contains(&id), "{hits:?}");
        assert_eq!(hits.json()["hits"][0]["case"], json!(case));

        // Others have notes on the same case, and whoever owns it or runs the class reads theirs no more than a student does.
        for other in [&school.tutor, &school.instructor, &school.owner] {
            note(&school, other, case, "medlar").await;
            assert_eq!(found(&other.browser, "medlar").await, own);
            for query in ["quince", "quince%20or%20ordered", "%22quince%22"] {
                let hits = found(&other.browser, query).await;
                assert!(!hits.iter().any(|hit| hit.starts_with("private")), "{query}: {hits:?}");
            }
        }
        assert_eq!(found(&student.browser, "medlar").await, [""; 0]);
        assert_eq!(found(&school.stranger.browser, "quince").await, [""; 0]);
        // Not even with a grant on the document itself, as nobody can be given one.
        let sql = school.world.sql().await;
        let forged = "insert into grants (case_id, user_id, name, role, changed_at) values ($1, $2, 'Sam', 'own', now())";
        let sam = school.stranger.id.to_string();
        sql.execute(forged, &[&id, &sam]).await.expect("a grant");
        assert_eq!(found(&school.stranger.browser, "quince").await, [""; 0]);

        let member = format!("/api/classes/{}/members/{}", class.id, student.id);
        let mut owner = school.owner.browser.clone();
        assert_eq!(owner.delete(&member).await.status, 200);
        assert_eq!(found(&student.browser, "quince").await, [""; 0], "the case is closed to them");
        owner.delete(&format!("/api/cases/{case}")).await;
        let left = "select count(*) from private_note_words";
        assert_eq!(school.world.count(left).await, 0, "gone with the case");
    })
    .await;
}

#[tokio::test]
async fn private_notes_follow_their_document_and_are_told_to_nobody() {
    in_school(async |school: School| {
        let class = school.class().await;
        let id = note(&school, &school.student, &class.case, "quince").await;
        let document = highlighted(
            &typed(7, "@Tia see quince and damson"),
            8,
            "h2",
            &[("quote", "damson")],
        );
        let document = commented(
            &document,
            9,
            "c2",
            &[("text", "@Tia"), ("highlight_id", "h2")],
        );
        assert_eq!(school.world.put(&id, None, &document).await.status, 200);
        projection::catch_up(&school.world.store)
            .await
            .expect("it projects");
        let damson = ["private h2", "private notes"];
        assert_eq!(found(&school.student.browser, "damson").await, damson);
        assert_eq!(school.world.count("select count(*) from notices").await, 0);
        for of_cases in ["highlight", "highlight_comment"] {
            let count = format!("select count(*) from {of_cases}");
            assert_eq!(school.world.count(&count).await, 0, "{of_cases}");
        }
        school
            .world
            .store
            .forget_projection()
            .await
            .expect("it is derived");
        assert_eq!(found(&school.student.browser, "damson").await, [""; 0]);
        projection::catch_up(&school.world.store)
            .await
            .expect("it projects");
        assert_eq!(found(&school.student.browser, "damson").await, damson);
    })
    .await;
}

#[tokio::test]
async fn notes_on_a_board_are_found_by_those_who_may_read_it() {
    in_school(async |school: School| {
        let class = school.class().await;
        let board = school.board_in(&class).await;
        let document = edited(yrs::Update::EMPTY_V1, 6, |document| {
            let mut txn = document.transact_mut();
            let stickies = txn.get_or_insert_map("stickies");
            for (id, text) in [("s", "laches"), ("t", "and the flag"), ("u", "")] {
                stickies.insert(&mut txn, id, MapPrelim::from_iter([("text", text)]));
            }
        });
        assert_eq!(school.world.put(&board, None, &document).await.status, 200);
        projection::catch_up(&school.world.store)
            .await
            .expect("it projects");
        for person in [&school.student, &school.tutor, &school.owner] {
            assert_eq!(found(&person.browser, "laches").await, ["note s"]);
        }
        assert_eq!(found(&school.stranger.browser, "laches").await, [""; 0]);
        let hits = school
            .student
            .browser
            .clone()
            .get("/api/search?q=flag")
            .await
            .json();
        assert_eq!(
            (&hits["hits"][0]["case"], &hits["hits"][0]["title"]),
            (&json!(board), &json!("Board of the owner"))
        );
        let mut owner = school.owner.browser.clone();
        let placed = format!("/api/classes/{}/boards/{board}", class.id);
        assert_eq!(owner.delete(&placed).await.status, 200);
        assert_eq!(found(&school.student.browser, "laches").await, [""; 0]);
        assert_eq!(found(&school.owner.browser, "laches").await, ["note s"]);
        owner.delete(&format!("/api/boards/{board}")).await;
        assert_eq!(
            school.world.count("select count(*) from board_note").await,
            0
        );
    })
    .await;
}
