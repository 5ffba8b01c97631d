//! How many comments are heeded, and how far back: the bounds of being told.

use host::projection;
use yrs::{Any, Map, MapPrelim, Transact, WriteTxn};

use crate::{
    common::documents::edited,
    inbox::told,
    school::{Person, School, in_school},
};

/// Comments in one thread, one after the other: by whom, and what they say.
async fn thread(school: &School, comments: impl Iterator<Item = (&Person, &str)>) {
    let class = school.class().await;
    let document = edited(yrs::Update::EMPTY_V1, 5, |document| {
        let mut txn = document.transact_mut();
        let map = txn.get_or_insert_map("comments");
        for (number, (author, words)) in comments.enumerate() {
            let at = i64::try_from(number).expect("a small number");
            let fields = [
                ("highlight_id", Any::from("h")),
                ("text", words.into()),
                ("author_id", author.id.to_string().into()),
                ("created_at", Any::from(1_795_000_000_000 + at)),
            ];
            map.insert(
                &mut txn,
                format!("c{number:04}"),
                MapPrelim::from_iter(fields),
            );
        }
    });
    assert_eq!(
        school.world.put(&class.case, None, &document).await.status,
        200
    );
    projection::catch_up(&school.world.store)
        .await
        .expect("it projects");
}

#[tokio::test]
async fn of_what_comes_all_at_once_a_thousand_comments_tell_people_and_no_more() {
    for (silent, is_told) in [(999, true), (1_000, false)] {
        in_school(async |school: School| {
            let student = &school.student;
            let comments = std::iter::repeat_n((student, "so"), silent);
            let comments = comments.chain([(student, "so, @Ina?")]);
            thread(&school, comments).await;
            let expected: &[&str] = if is_told { &["mention c0999 Stu"] } else { &[] };
            assert_eq!(told(&school.instructor).await.0, expected, "{silent}");
        })
        .await;
    }
}

#[tokio::test]
async fn whoever_wrote_a_hundred_comments_before_is_told_of_an_answer_and_nobody_further_back() {
    for (between, is_told) in [(99, true), (100, false)] {
        in_school(async |school: School| {
            let before = [(&school.tutor, "first")].into_iter();
            let before = before.chain(std::iter::repeat_n((&school.student, "so"), between));
            thread(&school, before.chain([(&school.instructor, "an answer")])).await;
            let of_answer = format!("reply c{:04} Ina", between + 1);
            let has = told(&school.tutor).await.0.contains(&of_answer);
            assert_eq!(has, is_told, "{between}");
            assert!(told(&school.student).await.0.contains(&of_answer));
        })
        .await;
    }
}
