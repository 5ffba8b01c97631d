//! Mentions and answers: who is told of which comment, once, and only as far as they may read it.

use host::projection;
use serde_json::{Value, json};

use crate::{
    common::documents::{commented, edited, highlighted},
    school::{Class, Person, School, in_school},
};
use yrs::{Map, Transact, WriteTxn};

/// A case's document, and what comes of each state of it.
pub struct Paper<'a> {
    school: &'a School,
    pub class: Class,
    snapshot: Vec<u8>,
    base: Option<contract::Base>,
    clock: u64,
}

impl<'a> Paper<'a> {
    pub async fn new(school: &'a School) -> Self {
        Self {
            class: school.class().await,
            school,
            snapshot: yrs::Update::EMPTY_V1.to_vec(),
            base: None,
            clock: 10,
        }
    }

    /// Somebody comments; the moments of comments follow each other.
    pub async fn comment(&mut self, id: &str, author: &Person, words: &str) {
        self.clock += 1;
        let (author, at) = (
            author.id.to_string(),
            format!("2026-11-27T09:00:{}Z", self.clock),
        );
        let fields = [
            ("highlight_id", "h"),
            ("text", words),
            ("author_id", &author),
            ("author", "as the document says"),
            ("created_at", &at),
        ];
        let snapshot = commented(&self.snapshot, self.clock, id, &fields);
        self.store(snapshot).await;
    }

    pub async fn highlight(&mut self, author: &Person) {
        let author: &'static str = Box::leak(author.id.to_string().into_boxed_str());
        let fields = [("quote", "ordered"), ("author_id", author)];
        let snapshot = highlighted(&self.snapshot, 3, "h", &fields);
        self.store(snapshot).await;
    }

    pub async fn delete(&mut self, id: &str) {
        self.clock += 1;
        let snapshot = edited(&self.snapshot, self.clock, |document| {
            let mut txn = document.transact_mut();
            let map = txn.get_or_insert_map("comments");
            map.remove(&mut txn, id);
        });
        self.store(snapshot).await;
    }

    async fn store(&mut self, snapshot: Vec<u8>) {
        let world = &self.school.world;
        let put = world
            .put(&self.class.case, self.base.clone(), &snapshot)
            .await;
        assert_eq!(put.status, 200);
        self.base = Some(put.base());
        self.snapshot = snapshot;
        projection::catch_up(&world.store)
            .await
            .expect("it projects");
    }
}

/// What somebody's inbox says, as `kind comment by`, and how much of it is unread.
pub async fn told(person: &Person) -> (Vec<String>, i64) {
    let inbox = inbox(person, "").await;
    let notices = inbox["notices"].as_array().expect("notices");
    let word = |notice: &Value, name: &str| notice[name].as_str().unwrap_or("-").to_owned();
    let lines = notices
        .iter()
        .map(|n| {
            format!(
                "{} {} {}",
                word(n, "kind"),
                word(n, "comment"),
                word(n, "by")
            )
        })
        .collect();
    (lines, inbox["unread"].as_i64().expect("a number"))
}

async fn inbox(person: &Person, query: &str) -> Value {
    let answer = person
        .browser
        .clone()
        .get(&format!("/api/me/inbox{query}"))
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

#[tokio::test]
async fn whoever_is_mentioned_or_answered_is_told_once_and_nobody_of_their_own_words() {
    in_school(async |school: School| {
        let mut paper = Paper::new(&school).await;
        paper.highlight(&school.student).await;
        paper.comment("c1", &school.tutor, "Why? @Ina, @Tia").await;
        assert_eq!(
            told(&school.student).await,
            (vec!["reply c1 Tia".into()], 1)
        );
        assert_eq!(
            told(&school.instructor).await,
            (vec!["mention c1 Tia".into()], 1)
        );
        assert_eq!(told(&school.tutor).await, (vec![], 0), "one's own words");
        // An answer that mentions whom it answers is one thing, and whoever only reads hears nothing.
        paper.comment("c2", &school.student, "Because, @tia.").await;
        assert_eq!(
            told(&school.tutor).await,
            (vec!["mention c2 Stu".into()], 1)
        );
        assert_eq!(told(&school.owner).await, (vec![], 0));
        let words = inbox(&school.tutor, "").await["notices"][0]["words"].clone();
        assert_eq!(words, "Because, @tia.");
    })
    .await;
}

#[tokio::test]
async fn an_edit_tells_only_whom_it_adds_and_a_projection_made_anew_tells_nobody() {
    in_school(async |school: School| {
        let mut paper = Paper::new(&school).await;
        paper.comment("c1", &school.student, "@Tia").await;
        let mut tutor = school.tutor.browser.clone();
        let read = tutor
            .post("/api/me/inbox/read", &json!({ "up_to": i64::MAX }))
            .await;
        assert_eq!(read.status, 200, "{read:?}");
        paper.comment("c1", &school.student, "@Tia and @Ina").await;
        assert_eq!(
            told(&school.tutor).await,
            (vec!["mention c1 Stu".into()], 0)
        );
        assert_eq!(told(&school.instructor).await.1, 1);
        let before = school.world.count("select count(*) from notices").await;
        // Somebody who is called as was written long ago comes to the class.
        school
            .world
            .sql()
            .await
            .batch_execute("update grants set name = 'Ina' where name = 'Olga'")
            .await
            .unwrap();
        school.world.store.forget_projection().await.unwrap();
        projection::catch_up(&school.world.store).await.unwrap();
        assert_eq!(
            school.world.count("select count(*) from notices").await,
            before
        );
        assert_eq!(told(&school.owner).await, (vec![], 0));
    })
    .await;
}

#[tokio::test]
async fn what_is_deleted_is_taken_back_and_a_deleted_case_leaves_nothing() {
    in_school(async |school: School| {
        let mut paper = Paper::new(&school).await;
        paper.comment("c1", &school.student, "@Tia").await;
        paper.comment("c2", &school.student, "@Tia").await;
        paper.delete("c1").await;
        assert_eq!(
            told(&school.tutor).await,
            (vec!["mention c2 Stu".into()], 1)
        );
        let path = format!("/api/cases/{}", paper.class.case);
        assert_eq!(school.owner.browser.clone().delete(&path).await.status, 200);
        assert_eq!(school.world.count("select count(*) from notices").await, 0);
        assert_eq!(
            school
                .world
                .count("select count(*) from heeded_comments")
                .await,
            0
        );
    })
    .await;
}

#[tokio::test]
async fn nobody_is_told_of_what_they_may_not_read_then_or_later() {
    in_school(async |school: School| {
        let mut paper = Paper::new(&school).await;
        paper.comment("c1", &school.owner, "@Sam @Stu @Tia").await;
        assert_eq!(told(&school.stranger).await, (vec![], 0));
        assert_eq!(told(&school.tutor).await.1, 1);
        assert_eq!(school.world.count("select count(*) from notices").await, 2);
        let member = format!(
            "/api/classes/{}/members/{}",
            paper.class.id, school.student.id
        );
        assert_eq!(
            school.owner.browser.clone().delete(&member).await.status,
            200
        );
        assert_eq!(told(&school.student).await, (vec![], 0), "who was removed");
        // A case that is not shown yet tells its owners alone.
        let hide = "update cases set visible_from = now() + interval '1 day'";
        school.world.sql().await.batch_execute(hide).await.unwrap();
        paper.comment("c2", &school.owner, "@Tia @Ina").await;
        assert_eq!(told(&school.tutor).await, (vec![], 0));
        assert_eq!(told(&school.instructor).await.1, 1);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_flooded() {
    in_school(async |school: School| {
        let mut paper = Paper::new(&school).await;
        let names: Vec<String> = (0..30).map(|n| format!("Person{n:02}")).collect();
        for name in &names {
            let person = crate::school::sign_in(&school.world, name).await;
            let body = json!({ "code": code(&school, &paper.class).await });
            let joined = person.browser.clone().post("/api/join", &body).await;
            assert_eq!(joined.status, 200);
        }
        let everybody = names
            .iter()
            .fold(String::new(), |all, name| format!("{all} @{name}"));
        paper.comment("c01", &school.student, &everybody).await;
        assert_eq!(school.world.count("select count(*) from notices").await, 20);
        paper
            .comment("c01", &school.student, &format!("{everybody}!"))
            .await;
        assert_eq!(
            school.world.count("select count(*) from notices").await,
            20,
            "an edit has no more"
        );
        for n in 2..20 {
            paper
                .comment(&format!("c{n:02}"), &school.student, &everybody)
                .await;
        }
        assert_eq!(
            school.world.count("select count(*) from notices").await,
            300
        );
        paper.comment("d", &school.tutor, "@Stu").await;
        assert_eq!(
            told(&school.student).await.1,
            1,
            "others are heard all the same"
        );
    })
    .await;
}

async fn code(school: &School, class: &Class) -> String {
    let path = format!("/api/classes/{}/invite-code", class.id);
    let given = school.owner.browser.clone().post(&path, &json!({})).await;
    crate::school::string(&given.json(), "invite_code")
}

#[tokio::test]
async fn an_inbox_is_read_page_by_page_and_marked_by_its_owner_alone() {
    in_school(async |school: School| {
        let mut paper = Paper::new(&school).await;
        for n in 0..35 {
            paper
                .comment(&format!("c{n}"), &school.student, "@Tia")
                .await;
        }
        let first = inbox(&school.tutor, "").await;
        assert_eq!(
            (first["notices"].as_array().unwrap().len(), &first["more"]),
            (30, &json!(true))
        );
        let last = first["notices"][29]["id"].as_i64().unwrap();
        let second = inbox(&school.tutor, &format!("?before={last}")).await;
        assert_eq!(
            (second["notices"].as_array().unwrap().len(), &second["more"]),
            (5, &json!(false))
        );
        let mut stranger = school.stranger.browser.clone();
        stranger
            .post("/api/me/inbox/read", &json!({ "ids": [last] }))
            .await;
        assert_eq!(told(&school.tutor).await.1, 35);
        let mut tutor = school.tutor.browser.clone();
        tutor
            .post("/api/me/inbox/read", &json!({ "ids": [last] }))
            .await;
        assert_eq!(told(&school.tutor).await.1, 34);
        tutor
            .post("/api/me/inbox/read", &json!({ "up_to": last }))
            .await;
        assert_eq!(told(&school.tutor).await.1, 29);
        for wrong in [
            json!({}),
            json!({ "up_to": 1, "ids": [1] }),
            json!({ "ids": vec![1; 201] }),
        ] {
            assert_eq!(tutor.post("/api/me/inbox/read", &wrong).await.status, 400);
        }
        assert_eq!(tutor.get("/api/me/inbox?before=x").await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn students_mention_those_who_write_and_those_who_teach_and_owners_everybody() {
    in_school(async |school: School| {
        let mut paper = Paper::new(&school).await;
        let names = async |person: &Person| {
            let path = format!("/api/cases/{}/people", paper.class.case);
            let answer = person.browser.clone().get(&path).await.json();
            let people = answer["people"].as_array().expect("people").clone();
            people
                .iter()
                .map(|p| crate::school::string(p, "name"))
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&school.student).await, ["Ina", "Olga"]);
        assert_eq!(names(&school.owner).await, ["Ina", "Stu", "Tia"]);
        paper.comment("c", &school.tutor, "hello").await;
        let path = format!("/api/cases/{}/people", paper.class.case);
        let answer = school.student.browser.clone().get(&path).await.body;
        assert!(answer.contains("Tia"), "{answer}");
        let class = format!("/api/classes/{}", paper.class.id);
        let body = json!({ "default_role": "read" });
        let reads = school.owner.browser.clone().patch(&class, &body).await;
        assert_eq!(reads.status, 200);
        assert_eq!(
            school.student.browser.clone().get(&path).await.status,
            404,
            "who only reads"
        );
    })
    .await;
}
