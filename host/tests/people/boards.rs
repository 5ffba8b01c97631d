//! Boards: whose they are and who sees them, and that what follows from an id alone is the same as for a case.

use contract::{CaseId, Role};
use serde_json::{Value, json};

use crate::{
    anonymity::{appears, join, ticket},
    school::{School, in_school, string},
};

#[tokio::test]
async fn a_board_is_its_makers_until_it_is_shared_and_titles_are_one_line() {
    in_school(async |school: School| {
        let board = school.board().await;
        let path = format!("/api/boards/{board}");
        let mut owner = school.owner.browser.clone();
        let mut student = school.student.browser.clone();

        assert_eq!(student.get(&path).await.status, 404);
        assert_eq!(ids(&student.get("/api/boards").await.json()), [""; 0]);
        let shares = format!("/api/cases/{board}/shares");
        let share = json!({ "user": school.student.id.to_string(), "role": "comment" });
        assert_eq!(
            owner.put(&shares, &share).await.status,
            404,
            "an unknown id"
        );
        let (board, grant) = (id(&board), grant(&school, Some(Role::Comment)));
        let granted = school.world.store.set_grant(&board, &grant, "test");
        assert!(granted.await.expect("Postgres works").is_some());

        let seen = student.get(&path).await.json();
        assert_eq!(
            (&seen["role"], &seen["state"]),
            (&json!("comment"), &json!("open"))
        );
        let renamed = owner.patch(&path, &json!({ "title": " Theories " })).await;
        assert_eq!(renamed.status, 200);
        assert_eq!(student.get(&path).await.json()["title"], "Theories");
        let share = json!({ "user": school.student.id.to_string(), "role": null });
        assert_eq!(owner.put(&shares, &share).await.status, 200);
        assert_eq!(student.get(&path).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_board_in_a_class_is_everybodys_there_and_a_ruling_is_no_older_than_that() {
    in_school(async |school: School| {
        let class = school.class().await;
        let board = school.board().await;
        school.take_orders().await;
        assert_eq!(school.role(&board, school.student.id).await, None);
        let path = format!("/api/classes/{}/boards", class.id);
        let mut owner = school.owner.browser.clone();
        let placed = owner.post(&path, &json!({ "board": board })).await;
        assert_eq!(placed.status, 200, "{placed:?}");

        assert_eq!(school.take_orders().await, [format!("{board} rule")]);
        for (person, role) in [
            (&school.student, "annotate"),
            (&school.tutor, "annotate"),
            (&school.instructor, "own"),
        ] {
            let role = Some(role.to_owned());
            assert_eq!(school.role(&board, person.id).await, role);
        }
        let mut student = school.student.browser.clone();
        let shown = student.get(&format!("/api/classes/{}", class.id)).await;
        assert_eq!(ids(&shown.json()), std::slice::from_ref(&board));
        assert_eq!(shown.json()["cases"][0]["id"], class.case, "and the case");
        let again = owner.post(&path, &json!({ "board": board })).await;
        assert_eq!(again.status, 409);

        let sql = school.world.sql().await;
        sql.batch_execute("update boards set placed_at = now() + interval '2 hours'")
            .await
            .expect("it is in the class");
        let ruling = school.world.store.ruling(&id(&board)).await;
        let now = school
            .world
            .count("select (extract(epoch from now()) * 1000)::bigint")
            .await;
        assert!(ruling.expect("Postgres works").as_of_ms > now.unsigned_abs() + 3_600_000);

        let locked = json!({ "state": "locked" });
        let of_class = format!("/api/classes/{}", class.id);
        assert_eq!(owner.patch(&of_class, &locked).await.status, 200);
        assert_eq!(
            school.ticket_role(&board, school.student.id).await,
            Some(Role::Read)
        );
        assert_eq!(
            school.ticket_role(&board, school.owner.id).await,
            Some(Role::Own)
        );
        let out = owner.delete(&format!("{path}/{board}")).await;
        assert_eq!(out.status, 200);
        assert_eq!(school.role(&board, school.student.id).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_board_of_its_own_state_is_locked_for_all_but_its_owners() {
    in_school(async |school: School| {
        let class = school.class().await;
        let board = school.board_in(&class).await;
        let path = format!("/api/boards/{board}");
        let mut instructor = school.instructor.browser.clone();
        let locked = instructor.patch(&path, &json!({ "state": "locked" })).await;
        assert_eq!(locked.status, 200);
        assert_eq!(
            school.ticket_role(&board, school.tutor.id).await,
            Some(Role::Read)
        );
        let archived = instructor
            .patch(&path, &json!({ "state": "archived" }))
            .await;
        assert_eq!(archived.status, 200);
        let seen = school.owner.browser.clone().get(&path).await.json();
        assert_eq!(
            (&seen["role"], &seen["state"]),
            (&json!("read"), &json!("archived"))
        );
        assert_eq!(seen["owned"], true, "who opens it again");
        let instructors = instructor.get(&path).await.json();
        assert_eq!(instructors["owned"], true, "as whoever leads its class");
        let deletable = [&seen["deletable"], &instructors["deletable"]];
        assert_eq!(deletable, [&json!(true), &json!(false)], "by its maker");
    })
    .await;
}

#[tokio::test]
async fn a_deleted_board_leaves_a_tombstone_and_nothing_else() {
    in_school(async |school: School| {
        let class = school.class().await;
        let board = school.board_in(&class).await;
        let sql = school.world.sql().await;
        sql.execute(
            "with stored as (
                insert into annotation_document_state (case_id, crdt_state, sha256, version)
                values ($1, 'x', sha256('x'), 1)
             )
             insert into snapshot_history (case_id, version, crdt_state, sha256, highlight_count, stored_at)
             values ($1, 1, 'x', sha256('x'), 0, now())",
            &[&board],
        )
        .await
        .expect("a document and its history");
        school.take_orders().await;
        let path = format!("/api/boards/{board}");
        let mut instructor = school.instructor.browser.clone();
        assert_eq!(instructor.delete(&path).await.status, 404, "led, not made");
        let mut owner = school.owner.browser.clone();
        assert_eq!(owner.delete(&path).await.status, 200);

        assert_eq!(school.take_orders().await, [format!("{board} delete")]);
        assert_eq!(owner.get(&path).await.status, 404);
        assert_eq!(school.ticket_role(&board, school.owner.id).await, None);
        for left in [
            "select count(*) from boards",
            "select count(*) from snapshot_history",
            "select count(*) from annotation_document_state where crdt_state is not null or deleted_at is null",
        ] {
            assert_eq!(school.world.count(left).await, 0, "{left}");
        }
        let of_board = format!("select count(*) from grants where case_id = '{board}'");
        assert_eq!(school.world.count(&of_board).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_board_is_no_case_and_a_case_no_board_though_their_ids_are_of_one_space() {
    in_school(async |school: School| {
        let class = school.class().await;
        let board = school.board_in(&class).await;
        let mut owner = school.owner.browser.clone();
        for (path, body) in [
            (format!("/api/cases/{board}"), json!({ "title": "T" })),
            (
                format!("/api/boards/{}", class.case),
                json!({ "title": "T" }),
            ),
        ] {
            assert_eq!(owner.get(&path).await.status, 404, "{path}");
            assert_eq!(owner.patch(&path, &body).await.status, 404, "{path}");
            assert_eq!(owner.delete(&path).await.status, 404, "{path}");
        }
        let copied = owner
            .post(
                &format!("/api/cases/{board}/copy"),
                &json!({ "class": class.id }),
            )
            .await;
        assert_eq!(copied.status, 404);
        let (case, by) = (id(&class.case), school.owner.id);
        let taken = school
            .world
            .store
            .create_board(&case, "In its place", by, "test");
        assert_eq!(taken.await.expect("Postgres works"), None);
        let found = owner.get("/api/search?q=Olga").await.json();
        let hits = found["hits"].as_array().expect("hits").clone();
        assert!(hits.iter().all(|hit| hit["case"] != board), "{hits:?}");
    })
    .await;
}

#[tokio::test]
async fn on_a_board_of_an_anonymous_class_nobody_is_named_either() {
    in_school(async |school: School| {
        let class = school.anonymous_class().await;
        let anna = join(&school, &class, "Annabella").await;
        let board = school.board_in(&class).await;
        let as_anna = appears(&school, &board, anna.id).await;
        assert_eq!(
            as_anna,
            appears(&school, &class.case, anna.id).await,
            "the same one in the whole class"
        );
        let let_in = ticket(&mut anna.browser.clone(), &board).await;
        assert_eq!(
            (&let_in["user"], &let_in["name"]),
            (&json!(as_anna.0), &json!(as_anna.1))
        );
        let board_id = id(&board);
        let told = format!("{:?}", school.world.store.ruling(&board_id).await.unwrap());
        let account = anna.id.to_string();
        assert!(
            told.contains(&as_anna.0) && !told.contains(&account),
            "{told}"
        );

        let (of_board, of_class) = (
            format!("/api/boards/{board}"),
            format!("/api/classes/{}", class.id),
        );
        let mut student = school.student.browser.clone();
        for path in [
            of_board.clone(),
            "/api/boards".to_owned(),
            of_class.clone(),
            format!("/api/cases/{board}/names"),
            format!("/api/cases/{board}/shares"),
            format!("/api/cases/{board}/versions"),
            format!("/api/cases/{board}/client-tokens"),
            format!("/api/cases/{board}/people"),
            "/api/search?q=Annabella".to_owned(),
        ] {
            let answer = student.get(&path).await;
            assert!(!answer.body.contains("Annabella"), "{path}: {answer:?}");
            assert!(!answer.body.contains(&account), "{path}: {answer:?}");
        }
        let mut owner = school.owner.browser.clone();
        let names = owner.get(&format!("/api/cases/{board}/names")).await.json();
        assert_eq!(names["names"][&as_anna.0], json!("Annabella"), "{names}");
        let told = [
            owner.get(&of_board).await.json(),
            student.get(&of_board).await.json(),
        ];
        assert_eq!(
            (&told[0]["names"], &told[1]["names"]),
            (&json!(true), &Value::Null)
        );
        let out = owner.delete(&format!("{of_class}/boards/{board}")).await;
        assert_eq!(out.status, 409, "it stays, as its cases do");
    })
    .await;
}

#[tokio::test]
async fn a_board_that_others_have_had_under_their_names_does_not_come_into_an_anonymous_class() {
    in_school(async |school: School| {
        let class = school.anonymous_class().await;
        let board = school.board().await;
        let sql = school.world.sql().await;
        let address = "update users set email = 'stu@uni.example' where id = $1";
        sql.execute(address, &[&school.student.id]).await.unwrap();
        let mut owner = school.owner.browser.clone();
        let share = json!({ "email": "stu@uni.example", "role": "annotate" });
        let shares = format!("/api/cases/{board}/shares");
        assert_eq!(owner.put(&shares, &share).await.status, 200);
        let placed = format!("/api/classes/{}/boards", class.id);
        let answer = owner.post(&placed, &json!({ "board": board })).await;
        assert_eq!(answer.status, 409, "{answer:?}");
        assert!(answer.body.contains("a new board"), "{answer:?}");
    })
    .await;
}

fn id(board: &str) -> CaseId {
    CaseId::parse(board).expect("a board's id is like a case's")
}

fn ids(listed: &Value) -> Vec<String> {
    let boards = listed["boards"].as_array().expect("boards");
    boards.iter().map(|board| string(board, "id")).collect()
}

fn grant(school: &School, role: Option<Role>) -> host::store::Grant {
    host::store::Grant {
        person: contract::Person::new(&school.student.id.to_string(), "Stu").expect("a person"),
        role,
        region: None,
    }
}
