//! What the students of a class may do on one of its cases or boards, where that is said of it and not of the whole class.

use contract::{CaseId, Role};
use serde_json::{Value, json};

use crate::{
    common::{backend, visitor::Visitor},
    school::{Class, School, in_school, string},
    sections::{divide, put, section},
};

/// A case of the owner's in a class.
pub async fn case_in(school: &School, class: &Class) -> String {
    let case = school.case().await;
    place(&mut school.owner.browser.clone(), class, &case).await;
    case
}

async fn place(owner: &mut Visitor, class: &Class, case: &str) {
    let cases = format!("/api/classes/{}/cases", class.id);
    let placed = owner.post(&cases, &json!({ "case": case })).await;
    assert_eq!(placed.status, 200, "{placed:?}");
}

/// Says what students may do on a case or board, under this address.
pub async fn say(owner: &mut Visitor, of: &str, role: Value) {
    let path = format!("/api/{of}");
    let wanted = json!({ "class_role": role });
    let said = owner.patch(&path, &wanted).await;
    assert_eq!(said.status, 200, "{wanted}: {said:?}");
}

pub async fn say_of_class(owner: &mut Visitor, class: &Class, role: &str) {
    let path = format!("/api/classes/{}", class.id);
    let said = owner.patch(&path, &json!({ "default_role": role })).await;
    assert_eq!(said.status, 200, "{said:?}");
}

/// What somebody is told, on a case or board, of the students of its class: what is said there, and of all of the class.
pub async fn told(browser: &mut Visitor, of: &str) -> [Option<Value>; 2] {
    let seen = browser.get(&format!("/api/{of}")).await;
    assert_eq!(seen.status, 200, "{seen:?}");
    ["class_role", "default_role"].map(|name| seen.json().get(name).cloned())
}

#[tokio::test]
async fn what_is_said_of_a_case_goes_for_its_students_and_where_nothing_is_said_the_class_is_followed()
 {
    in_school(async |school: School| {
        let class = school.class().await;
        let [second, third] = [
            case_in(&school, &class).await,
            case_in(&school, &class).await,
        ];
        let board = school.board_in(&class).await;
        let student = school.student.id;
        let roles = async || {
            let mut roles = Vec::new();
            for of in [&class.case, &second, &third, &board] {
                roles.push(school.role(of, student).await.unwrap_or_default());
            }
            roles
        };
        let staff = async || {
            let mut grants = Vec::new();
            for person in [&school.tutor, &school.instructor, &school.owner] {
                grants.push(school.grant(&class.case, person.id).await);
            }
            grants
        };
        let (before, mut owner) = (staff().await, school.owner.browser.clone());
        school.take_orders().await;

        say(&mut owner, &format!("cases/{}", class.case), json!("read")).await;
        assert_eq!(school.take_orders().await, [format!("{} rule", class.case)]);
        say(&mut owner, &format!("cases/{second}"), json!("comment")).await;
        assert_eq!(school.take_orders().await, [format!("{second} rule")]);
        assert_eq!(roles().await, ["read", "comment", "annotate", "annotate"]);
        let ticket = school.ticket_role(&class.case, student).await;
        assert_eq!(ticket, Some(Role::Read));
        let id = CaseId::parse(&class.case).unwrap();
        let ruling = school.world.store.ruling(&id).await.unwrap();
        let user = student.to_string();
        let change = ruling.changes.iter().find(|change| change.user == user);
        assert_eq!(
            change.unwrap().role,
            Some(Role::Read),
            "whoever is there is told"
        );

        let said = [
            school.grant(&class.case, student).await,
            school.grant(&second, student).await,
        ];
        say_of_class(&mut owner, &class, "comment").await;
        let mut followers = [format!("{third} rule"), format!("{board} rule")];
        followers.sort();
        assert_eq!(school.take_orders().await, followers);
        assert_eq!(roles().await, ["read", "comment", "comment", "comment"]);
        let stays = [
            school.grant(&class.case, student).await,
            school.grant(&second, student).await,
        ];
        assert_eq!(stays, said, "nobody's tokens became void there");

        say(&mut owner, &format!("boards/{board}"), json!("annotate")).await;
        assert_eq!(school.take_orders().await, [format!("{board} rule")]);
        say(&mut owner, &format!("cases/{}", class.case), json!(null)).await;
        assert_eq!(school.take_orders().await, [format!("{} rule", class.case)]);
        assert_eq!(roles().await, ["comment", "comment", "comment", "annotate"]);
        say_of_class(&mut owner, &class, "read").await;
        assert_eq!(
            roles().await,
            ["read", "comment", "read", "annotate"],
            "more than the class, too"
        );
        school.take_orders().await;

        // What is so already changes nothing, and nobody is told.
        say(&mut owner, &format!("cases/{second}"), json!("comment")).await;
        say(&mut owner, &format!("cases/{}", class.case), json!(null)).await;
        assert_eq!(school.take_orders().await, [""; 0]);
        assert_eq!(
            staff().await,
            before,
            "tutors and instructors are no students"
        );
    })
    .await;
}

#[tokio::test]
async fn a_share_counts_beside_what_students_may_and_a_state_leaves_no_more_of_that_than_of_others()
{
    in_school(async |school: School| {
        let class = school.class().await;
        let of = format!("cases/{}", class.case);
        let mut owner = school.owner.browser.clone();
        say(&mut owner, &of, json!("read")).await;
        let role = async || school.ticket_role(&class.case, school.student.id).await;
        let shares = format!("/api/cases/{}/shares", class.case);
        for (given, left) in [(json!("comment"), Role::Comment), (json!(null), Role::Read)] {
            let share = json!({ "user": school.student.id, "role": given });
            assert_eq!(owner.put(&shares, &share).await.status, 200);
            assert_eq!(role().await, Some(left), "{given}");
        }

        let both = json!({ "class_role": "annotate", "state": "locked" });
        let said = owner.patch(&format!("/api/{of}"), &both).await;
        assert_eq!(said.status, 200, "{said:?}");
        assert_eq!(role().await, Some(Role::Read), "locked");
        assert_eq!(told(&mut owner, &of).await[0], Some(json!("annotate")));
        let open = json!({ "state": "open" });
        assert_eq!(owner.patch(&format!("/api/{of}"), &open).await.status, 200);
        assert_eq!(role().await, Some(Role::Annotate));
    })
    .await;
}

#[tokio::test]
async fn of_a_sections_case_it_is_said_of_the_students_of_that_section() {
    in_school(async |school: School| {
        let class = school.class().await;
        let (student, mut owner) = (school.student.id, school.owner.browser.clone());
        let a = section(&mut owner, &class, "A").await;
        let b = section(&mut owner, &class, "B").await;
        put(&mut owner, &class, student, json!(a)).await;
        let original = school.case_of(&school.owner, "One text for both.").await;
        let cases = divide(&mut owner, &class, &original).await;
        say(&mut owner, &format!("cases/{}", cases["A"]), json!("read")).await;
        say(
            &mut owner,
            &format!("cases/{}", cases["B"]),
            json!("comment"),
        )
        .await;
        let roles = async || {
            [
                school.role(&cases["A"], student).await,
                school.role(&cases["B"], student).await,
                school.role(&cases["A"], school.tutor.id).await,
            ]
        };
        let given = |roles: [Option<&str>; 3]| roles.map(|role| role.map(str::to_owned));
        assert_eq!(roles().await, given([Some("read"), None, Some("annotate")]));
        put(&mut owner, &class, student, json!(b)).await;
        assert_eq!(
            roles().await,
            given([None, Some("comment"), Some("annotate")])
        );

        // A section that comes later follows the class, whatever was said of the case by way of which it gets its own.
        section(&mut owner, &class, "C").await;
        let cases = divide(&mut owner, &class, &cases["A"]).await;
        let told = told(&mut owner, &format!("cases/{}", cases["C"])).await;
        assert_eq!(told, [Some(json!(null)), Some(json!("annotate"))]);
    })
    .await;
}

#[tokio::test]
async fn a_case_that_leaves_its_class_or_is_copied_follows_whichever_class_has_it() {
    in_school(async |school: School| {
        let (first, second) = (school.class().await, school.class().await);
        let (student, mut owner) = (school.student.id, school.owner.browser.clone());
        say(&mut owner, &format!("cases/{}", first.case), json!("read")).await;
        let copy = format!("/api/cases/{}/copy", first.case);
        for class in [&first, &second] {
            let copied = owner.post(&copy, &json!({ "class": class.id })).await;
            let copied = string(&copied.json(), "id");
            assert_eq!(
                school.role(&copied, student).await.as_deref(),
                Some("annotate")
            );
            let told = told(&mut owner, &format!("cases/{copied}")).await;
            assert_eq!(told, [Some(json!(null)), Some(json!("annotate"))]);
        }

        let board = school.board_in(&first).await;
        say(&mut owner, &format!("boards/{board}"), json!("read")).await;
        for (what, id) in [("case", &first.case), ("board", &board)] {
            let things = |class: &Class| format!("/api/classes/{}/{what}s", class.id);
            let withdrawn = owner.delete(&format!("{}/{id}", things(&first))).await;
            assert_eq!(withdrawn.status, 200, "{withdrawn:?}");
            assert_eq!(school.role(id, student).await, None);
            let (of, table) = (format!("{what}s/{id}"), format!("{what}s"));
            assert_eq!(
                told(&mut owner, &of).await,
                [None, None],
                "it is in no class"
            );
            let said = format!("select count(*) from {table} where class_role is not null");
            assert_eq!(school.world.count(&said).await, 0, "it is forgotten");
            // A host of an earlier release took it out, before the database itself forgot it.
            let sql = school.world.sql().await;
            let leave = format!("update {table} set class_role = 'read' where class_id is null");
            sql.batch_execute(&leave).await.unwrap();
            assert_eq!(told(&mut owner, &of).await, [None, None]);
            let placed = owner.post(&things(&second), &json!({ what: id })).await;
            assert_eq!(placed.status, 200, "{placed:?}");
            assert_eq!(school.role(id, student).await.as_deref(), Some("annotate"));
            let told = told(&mut owner, &of).await;
            assert_eq!(told, [Some(json!(null)), Some(json!("annotate"))]);
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_owns_it_says_it_and_is_told_and_nobody_says_it_of_what_is_in_no_class() {
    in_school(async |school: School| {
        let class = school.class().await;
        let board = school.board_in(&class).await;
        let mut owner = school.owner.browser.clone();
        let own = json!({ "email": "sam@uni.example", "role": "own" });
        let sql = school.world.sql().await;
        let address = "update users set email = 'sam@uni.example' where id = $1";
        sql.execute(address, &[&school.stranger.id]).await.unwrap();
        for (what, id, alone) in [
            ("case", &class.case, school.case().await),
            ("board", &board, school.board().await),
        ] {
            let of = format!("{what}s/{id}");
            for person in [&school.stranger, &school.student, &school.tutor] {
                let path = format!("/api/{of}");
                let wanted = json!({ "class_role": "annotate" });
                let refused = person.browser.clone().patch(&path, &wanted).await;
                assert_eq!(refused.status, 404, "{refused:?}");
            }
            for person in [&school.student, &school.tutor] {
                assert_eq!(told(&mut person.browser.clone(), &of).await, [None, None]);
            }
            say(&mut owner, &of, json!("comment")).await;
            let of_instructor = told(&mut school.instructor.browser.clone(), &of).await;
            assert_eq!(
                of_instructor,
                [Some(json!("comment")), Some(json!("annotate"))]
            );
            let shares = format!("/api/cases/{id}/shares");
            assert_eq!(owner.put(&shares, &own).await.status, 200);
            let mut other = school.stranger.browser.clone();
            say(&mut other, &of, json!("read")).await;
            assert_eq!(told(&mut other, &of).await, told(&mut owner, &of).await);
            for wrong in [json!("own"), json!("none"), json!(7)] {
                let wanted = json!({ "class_role": wrong });
                let refused = owner.patch(&format!("/api/{of}"), &wanted).await;
                assert_eq!(refused.status, 400, "{wrong}: {refused:?}");
            }
            assert_eq!(told(&mut owner, &of).await[0], Some(json!("read")));

            let path = format!("/api/{what}s/{alone}");
            let before = owner.get(&path).await.body;
            for role in [json!("read"), json!(null)] {
                let wanted = json!({ "title": "Another", "class_role": role });
                let refused = owner.patch(&path, &wanted).await;
                assert_eq!(refused.status, 409, "{refused:?}");
                let words = string(&refused.json(), "error");
                assert!(
                    words.starts_with(&format!("the {what} is in no class")),
                    "{words}"
                );
            }
            assert_eq!(owner.get(&path).await.body, before, "all of it is refused");
            assert_eq!(
                told(&mut owner, &format!("{what}s/{alone}")).await,
                [None, None]
            );
        }
    })
    .await;
}

#[tokio::test]
async fn it_is_on_record_who_said_what_of_which_case_and_nothing_where_nothing_changed() {
    in_school(async |school: School| {
        let class = school.class().await;
        let of = format!("cases/{}", class.case);
        let mut instructor = school.instructor.browser.clone();
        for role in [json!("read"), json!("read"), json!(null)] {
            say(&mut instructor, &of, role).await;
        }
        let sql = school.world.sql().await;
        let entries =
            "select a.case_id, a.detail::jsonb ->> 'class', a.detail::jsonb ->> 'role', p.user_id
             from audit_log a join pseudonyms p on p.pseudonym::text = a.detail::jsonb ->> 'by'
             where a.act = 'class_role_set' order by a.seq";
        let rows = sql.query(entries, &[]).await.unwrap();
        let found: Vec<[Option<String>; 4]> = rows
            .iter()
            .map(|row| [0, 1, 2, 3].map(|column| row.get(column)))
            .collect();
        let of_role = |role: Option<&str>| {
            let said = [
                &class.case,
                &class.id.to_string(),
                &school.instructor.id.to_string(),
            ];
            let [case, class, by] = said.map(|word| Some(word.clone()));
            [case, class, role.map(str::to_owned), by]
        };
        assert_eq!(found, [of_role(Some("read")), of_role(None)]);
        let verdict = school.world.store.verify_audit_log().await.unwrap();
        assert_eq!(verdict.findings, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_changes_at_once_is_waited_for_before_it_is_looked_at() {
    in_school(async |school: School| {
        let class = school.class().await;
        let of = format!("cases/{}", class.case);
        let mut owner = school.owner.browser.clone();
        say(&mut owner, &of, json!("read")).await;
        let mut other = school.world.sql().await;
        let pid = backend(&other).await;
        let begun = other.transaction().await.unwrap();
        let lock =
            "select pg_advisory_xact_lock(hashtextextended('glossator settles ' || $1::text, 0))";
        begun.execute(lock, &[&class.case]).await.unwrap();
        let following = tokio::spawn(async move {
            say(&mut owner, &of, json!(null)).await;
        });
        school.world.until_blocked_by(pid).await;
        let said = "update classes set default_role = 'comment' where id = $1";
        begun.execute(said, &[&class.id]).await.unwrap();
        begun.commit().await.unwrap();
        following.await.unwrap();
        let role = school.role(&class.case, school.student.id).await;
        assert_eq!(
            role.as_deref(),
            Some("comment"),
            "as the class says since then"
        );
    })
    .await;
}
