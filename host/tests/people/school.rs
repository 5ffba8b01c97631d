//! A class with a case, and somebody of each kind.

use contract::{CaseId, Role};
use host::{
    App,
    api::Asking,
    invite_code::InviteCode,
    store::{ClassRole, NewClass, Outcome},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{World, in_world_with, visitor::Visitor};

/// People who have signed in; each class of theirs is made when it is wanted.
pub struct School {
    pub world: World,
    pub stranger: Person,
    pub student: Person,
    pub tutor: Person,
    pub instructor: Person,
    /// In no class before they are enrolled.
    pub coordinator: Person,
    pub owner: Person,
}

/// Somebody, and their browser.
#[derive(Clone)]
pub struct Person {
    pub id: Uuid,
    pub browser: Visitor,
}

/// A class, and a case in it.
#[derive(Clone)]
pub struct Class {
    pub id: Uuid,
    pub case: String,
    pub tutor: Uuid,
    pub code: String,
}

pub async fn in_school<F: Future<Output = ()>>(test: impl FnOnce(School) -> F) {
    in_school_with(std::convert::identity, test).await;
}

/// The same, with a host that is set up otherwise.
pub async fn in_school_with<F: Future<Output = ()>>(
    set_up: impl FnOnce(App) -> App,
    test: impl FnOnce(School) -> F,
) {
    let set_up = |app: App| set_up(app).with_development_sign_in(true);
    in_world_with(set_up, async |world: World| {
        let owner = sign_in(&world, "Olga").await;
        call_instructor(&world, owner.id).await;
        let school = School {
            stranger: sign_in(&world, "Sam").await,
            student: sign_in(&world, "Stu").await,
            tutor: sign_in(&world, "Tia").await,
            instructor: sign_in(&world, "Ina").await,
            coordinator: sign_in(&world, "Cora").await,
            owner,
            world,
        };
        test(school).await;
    })
    .await;
}

pub async fn sign_in(world: &World, name: &str) -> Person {
    let mut browser = Visitor::named(world, name).await;
    let id = browser.user().await.parse().expect("an id");
    Person { id, browser }
}

/// Says of somebody that they are an instructor of an institution.
async fn call_instructor(world: &World, user: Uuid) {
    let sql = world.sql().await;
    sql.batch_execute(
        "insert into institutions (id, name) values ('uni', 'Uni') on conflict do nothing",
    )
    .await
    .expect("an institution");
    sql.execute(
        "insert into memberships (user_id, institution_id, role, source) values ($1, 'uni', 'instructor', 'granted')",
        &[&user],
    )
    .await
    .expect("a membership");
}

impl School {
    /// A new class of everybody but the stranger.
    pub async fn class(&self) -> Class {
        self.class_that(false).await
    }

    /// The same, whose students appear to each other under pseudonyms.
    pub async fn anonymous_class(&self) -> Class {
        self.class_that(true).await
    }

    async fn class_that(&self, anonymous: bool) -> Class {
        let new = NewClass {
            name: "Law 1".to_owned(),
            region: None,
            default_role: Role::Annotate,
            anonymous,
        };
        let owner = self.owner.id;
        let made = self.world.store.create_class(&new, owner, "test").await;
        let id = done(made.expect("Postgres works"));
        let code = self.code(id).await;
        // The same people join more classes here than anybody does.
        let sql = self.world.sql().await;
        let forget = sql.batch_execute("delete from rate_counters").await;
        forget.expect("Postgres works");
        for (person, role) in [
            (&self.student, ClassRole::Student),
            (&self.tutor, ClassRole::Tutor),
            (&self.instructor, ClassRole::Instructor),
        ] {
            self.enrol((id, &code), person, role).await;
        }
        let case = self.case().await;
        let mut owner = self.owner.browser.clone();
        let placed = owner
            .post(
                &format!("/api/classes/{id}/cases"),
                &json!({ "case": case }),
            )
            .await;
        assert_eq!(placed.status, 200, "{placed:?}");
        let tutor = self.tutor.id;
        Class {
            id,
            case,
            tutor,
            code,
        }
    }

    /// Lets somebody join a class by its code, and be this there.
    pub async fn enrol(&self, (class, code): (Uuid, &str), person: &Person, role: ClassRole) {
        let mut joining = person.browser.clone();
        let joined = joining.post("/api/join", &json!({ "code": code })).await;
        assert_eq!(joined.status, 200);
        let next_code = InviteCode::draw([0; 12]);
        let set = self.world.store.set_member(
            (class, person.id),
            self.owner.id,
            (Some(role), &next_code),
            "test",
        );
        done(set.await.expect("Postgres works"));
    }

    /// A new board of the owner's in a class.
    pub async fn board_in(&self, class: &Class) -> String {
        let board = self.board().await;
        let path = format!("/api/classes/{}/boards", class.id);
        let placed = json!({ "board": board });
        let placed = self.owner.browser.clone().post(&path, &placed).await;
        assert_eq!(placed.status, 200, "{placed:?}");
        board
    }

    /// A new board of the owner's, in no class.
    pub async fn board(&self) -> String {
        let title = json!({ "title": "Board of the owner" });
        let made = self.owner.browser.clone().post("/api/boards", &title).await;
        assert_eq!(made.status, 201, "{made:?}");
        string(&made.json(), "id")
    }

    /// A new case of the owner's, in no class.
    pub async fn case(&self) -> String {
        self.case_of(&self.owner, "It is so ordered.").await
    }

    pub async fn case_of(&self, owner: &Person, content: &str) -> String {
        let brought = json!({ "title": "A v B", "format": "text", "content": content });
        let created = owner.browser.clone().post("/api/cases", &brought).await;
        assert_eq!(created.status, 201, "{created:?}");
        string(&created.json(), "id")
    }

    async fn code(&self, class: Uuid) -> String {
        let path = format!("/api/classes/{class}/invite-code");
        let given = self.owner.browser.clone().post(&path, &json!({})).await;
        string(&given.json(), "invite_code")
    }

    /// A browser of somebody of this kind.
    pub fn browser(&self, asking: Asking) -> Visitor {
        match asking {
            Asking::Nobody => Visitor::new(&self.world),
            Asking::Stranger => self.stranger.browser.clone(),
            Asking::Student => self.student.browser.clone(),
            Asking::Tutor => self.tutor.browser.clone(),
            Asking::Instructor => self.instructor.browser.clone(),
            Asking::Coordinator => self.coordinator.browser.clone(),
            Asking::Owner => self.owner.browser.clone(),
        }
    }

    /// What somebody may do on a case, and since when, in milliseconds; absent if nothing was ever settled.
    pub async fn grant(&self, case: &str, user: Uuid) -> Option<(Option<String>, i64)> {
        let sql = self.world.sql().await;
        let row = sql
            .query_opt(
                "select role, (extract(epoch from changed_at) * 1000)::bigint from grants
             where case_id = $1 and user_id = $2",
                &[&case, &user.to_string()],
            )
            .await;
        row.expect("the query runs")
            .map(|row| (row.get(0), row.get(1)))
    }

    pub async fn role(&self, case: &str, user: Uuid) -> Option<String> {
        self.grant(case, user).await.and_then(|(role, _)| role)
    }

    /// The role of the ticket that somebody would get now.
    pub async fn ticket_role(&self, case: &str, user: Uuid) -> Option<Role> {
        let case = CaseId::parse(case).expect("a case id");
        let granted = self.world.store.granted(&case, &user.to_string()).await;
        granted.expect("Postgres works").map(|granted| granted.role)
    }

    /// Confirms all orders, and says to which cases there were any.
    pub async fn take_orders(&self) -> Vec<String> {
        let sql = self.world.sql().await;
        let rows = sql
            .query(
                "with taken as (delete from outbox returning case_id, \"order\")
             select case_id || ' ' || \"order\" from taken order by 1",
                &[],
            )
            .await;
        rows.expect("the query runs")
            .iter()
            .map(|row| row.get(0))
            .collect()
    }
}

pub fn done<T>(outcome: Outcome<T>) -> T {
    match outcome {
        Outcome::Done(done) => done,
        Outcome::Absent => panic!("absent"),
        Outcome::Conflict(why) => panic!("{why}"),
    }
}

pub fn string(value: &Value, name: &str) -> String {
    let found = value[name].as_str();
    found
        .unwrap_or_else(|| panic!("{name}: {value}"))
        .to_owned()
}
