//! What each route is asked about, by whom, and with what.

use std::collections::BTreeMap;

use host::{
    App,
    api::{ApiRoute, Asking},
    config::MailConfig,
    sign_in::{Provider, ProviderKind, Secrets, SignIn},
    store::ClassRole,
};
use serde_json::{Value, json};

use crate::{
    common::{
        documents::typed, eventually, institutions::provider, mail_server::MailServer,
        visitor::Visitor,
    },
    school::{Class, Person, School, in_school_with, sign_in, string},
};

const ADDRESS: &str = "mailed@uni.example";

/// A school that people sign in to by all ways, and somebody who can be changed and removed.
pub struct Asked {
    pub school: School,
    mails: MailServer,
    other: Person,
}

/// What is asked about.
#[derive(Clone)]
pub struct Here {
    pub class: Class,
    pub case: String,
    pub board: String,
}

pub async fn in_asked_school<F: Future<Output = ()>>(test: impl FnOnce(Asked) -> F) {
    let mails = MailServer::start().await;
    let url = mails.url();
    let set_up = |app: App| {
        let config = MailConfig::read(&|name| match name {
            "SMTP_URL" => Some(url.clone()),
            "MAIL_FROM" => Some("Glossator <sign-in@uni.example>".to_owned()),
            _ => None,
        });
        let config = config.expect("a configuration").expect("a mail server");
        app.with_sign_in(SignIn {
            mail: Some(SignIn::mail_by(&config).expect("a mailer")),
            secrets: Secrets::new(|_| Some("secret".to_owned())),
            ..SignIn::default()
        })
    };
    in_school_with(set_up, async |school: School| {
        let github = provider("github", ProviderKind::GitHub, "https://github.example");
        school.world.named(github).await;
        let mail = provider("mail", ProviderKind::Mail, "mail");
        let allowed = vec!["uni.example".to_owned()];
        school.world.named(Provider { allowed, ..mail }).await;
        let other = sign_in(&school.world, "Oli").await;
        test(Asked {
            school,
            mails,
            other,
        })
        .await;
    })
    .await;
}

impl Asked {
    /// Before a route: nobody makes as many classes as all of them take, or signs in as often; and everybody has a session.
    pub async fn begin(&mut self) {
        let sql = self.school.world.sql().await;
        let pass_on = "update classes set owner_id = $1";
        let passed = sql.execute(pass_on, &[&self.other.id]).await;
        passed.expect("Postgres works");
        let forget = sql.batch_execute("delete from rate_counters").await;
        forget.expect("Postgres works");
        let world = self.school.world.clone();
        for asking in Asking::ALL {
            if let Some((person, name)) = self.person(asking) {
                person.browser = Visitor::named(&world, name).await;
            }
        }
    }

    fn person(&mut self, asking: Asking) -> Option<(&mut Person, &'static str)> {
        let school = &mut self.school;
        Some(match asking {
            Asking::Nobody => return None,
            Asking::Stranger => (&mut school.stranger, "Sam"),
            Asking::Student => (&mut school.student, "Stu"),
            Asking::Tutor => (&mut school.tutor, "Tia"),
            Asking::Instructor => (&mut school.instructor, "Ina"),
            Asking::Coordinator => (&mut school.coordinator, "Cora"),
            Asking::Owner => (&mut school.owner, "Olga"),
        })
    }

    /// A class, and a case and a board: in it, unless they are to be put there.
    pub async fn here(&self, route: &ApiRoute) -> Here {
        let school = &self.school;
        let class = school.class().await;
        let coordinator = (&school.coordinator, ClassRole::Coordinator);
        for (person, role) in [coordinator, (&self.other, ClassRole::Student)] {
            school.enrol((class.id, &class.code), person, role).await;
        }
        let placed = [
            "/api/classes/{class}/cases",
            "/api/classes/{class}/cases/{case}/sections",
        ];
        let case = match placed.contains(&route.path) {
            true => school.case().await,
            false if route.path.contains("{text}") => self.case_with_a_text(&class).await,
            false => class.case.clone(),
        };
        let here = Here {
            case,
            board: match route.path == "/api/classes/{class}/boards" {
                true => school.board().await,
                false => school.board_in(&class).await,
            },
            class,
        };
        self.write(route, &here).await;
        here
    }

    /// A case in a class whose text no other has: whoever may read one with the same may read it.
    async fn case_with_a_text(&self, class: &Class) -> String {
        let (school, words) = (&self.school, class.id.to_string());
        let case = school.case_of(&school.owner, &words).await;
        let path = format!("/api/classes/{}/cases", class.id);
        let place = json!({ "case": case });
        let placed = school.owner.browser.clone().post(&path, &place).await;
        assert_eq!(placed.status, 200, "{placed:?}");
        case
    }

    /// Lets there be a version of the case, if one is asked for.
    pub async fn write(&self, route: &ApiRoute, here: &Here) {
        if route.path.contains("{version}") {
            let document = typed(1, "noted");
            let put = self.school.world.put(&here.case, None, &document).await;
            assert_eq!(put.status, 200);
        }
    }

    /// The browser of somebody of this kind, and their name. Who is to be erased is somebody else in their place.
    pub async fn browser(
        &mut self,
        route: &ApiRoute,
        asking: Asking,
        here: &Here,
    ) -> (Visitor, String) {
        if (route.method, route.path) == ("DELETE", "/api/me") {
            let role = match asking {
                Asking::Nobody | Asking::Owner => None,
                Asking::Stranger => Some(None),
                Asking::Student => Some(Some(ClassRole::Student)),
                Asking::Tutor => Some(Some(ClassRole::Tutor)),
                Asking::Instructor => Some(Some(ClassRole::Instructor)),
                Asking::Coordinator => Some(Some(ClassRole::Coordinator)),
            };
            if let Some(role) = role {
                let name = format!("Another {asking:?}");
                let person = sign_in(&self.school.world, &name).await;
                if let Some(role) = role {
                    let class = (here.class.id, here.class.code.as_str());
                    self.school.enrol(class, &person, role).await;
                }
                return (person.browser, name);
            }
        }
        let world = self.school.world.clone();
        match self.person(asking) {
            None => (Visitor::new(&world), "Nobody".to_owned()),
            // A session of its own, which may be ended.
            Some((_, name)) if !route.path.contains("/api/c") => {
                (Visitor::named(&world, name).await, name.to_owned())
            }
            Some((person, name)) => (person.browser.clone(), name.to_owned()),
        }
    }

    /// The path, with what it is about.
    pub async fn path(&self, route: &ApiRoute, here: &Here, browser: &mut Visitor) -> String {
        let mut path = route
            .path
            .replace("{class}", &here.class.id.to_string())
            .replace("{case}", &here.case)
            .replace("{board}", &here.board)
            .replace("{user}", &self.other.id.to_string())
            .replace("{way}", "github")
            .replace("{version}", "1")
            .replace('…', "ordered");
        if path.contains("{email}") {
            path = path.replace("{email}", &self.invited(&here.class).await);
        }
        if path.contains("{token}") {
            path = path.replace("{token}", &self.token(&here.case).await);
        }
        if path.contains("section") || path.contains("distribution") {
            path = path.replace("{section}", &self.section(&here.class).await);
        }
        if path.contains("{text}") {
            let case = format!("/api/cases/{}", here.case);
            let case = self.school.owner.browser.clone().get(&case).await;
            path = path.replace("{text}", &string(&case.json(), "text"));
        }
        if path.contains("{session}") {
            let listed = browser.get("/api/me/sessions").await.json();
            let own = listed["sessions"][0]["id"].as_str().unwrap_or("nobodys");
            path = path.replace("{session}", own);
        }
        path
    }

    /// What opens a link that was mailed to this browser's person.
    pub async fn mailed(&self, browser: &mut Visitor) -> String {
        let sql = self.school.world.sql().await;
        let forget = sql.batch_execute("delete from rate_counters").await;
        forget.expect("Postgres works");
        let before = self.mails.count();
        let said = json!({ "email": ADDRESS });
        let asked = browser.post("/auth/mail/start", &said).await;
        assert_eq!(asked.status, 202, "{asked:?}");
        eventually("the mail comes", async || self.mails.count() > before).await;
        self.mails.newest().1
    }

    /// An address that was invited to a class.
    async fn invited(&self, class: &Class) -> String {
        let path = format!("/api/classes/{}/roster", class.id);
        let roster = json!({ "csv": "Email\nwaits@uni.example\n" });
        let mut owner = self.school.owner.browser.clone();
        let read = owner.post(&path, &roster).await;
        assert_eq!(read.status, 200, "{read:?}");
        "waits@uni.example".to_owned()
    }

    /// A section of a class.
    async fn section(&self, class: &Class) -> String {
        let sql = self.school.world.sql().await;
        let there = "select id::text from sections where class_id = $1 limit 1";
        let there = sql.query_opt(there, &[&class.id]).await;
        if let Some(row) = there.expect("Postgres works") {
            return row.get(0);
        }
        let path = format!("/api/classes/{}/sections", class.id);
        let mut owner = self.school.owner.browser.clone();
        let made = owner.post(&path, &json!({ "name": "Tuesdays" })).await;
        string(&made.json(), "id")
    }

    /// A client token of the owner's.
    async fn token(&self, case: &str) -> String {
        let path = format!("/api/cases/{case}/client-tokens");
        let mut owner = self.school.owner.browser.clone();
        let issued = owner.post(&path, &json!({ "role": "read" })).await;
        string(&issued.json(), "id")
    }
}

/// What all tables hold, but for what any request may change: which nonces were spent, what is counted, and when a session was
/// used last.
pub async fn contents(school: &School) -> BTreeMap<String, String> {
    let sql = school.world.sql().await;
    let apart = ["spent_nonce", "rate_counters", "refinery_schema_history"];
    let tables = "select relname::text from pg_class
        where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> all ($1)";
    let tables = sql.query(tables, &[&apart.as_slice()]).await;
    let digests: Vec<String> = tables
        .expect("Postgres works")
        .iter()
        .map(|row| {
            let table: &str = row.get(0);
            format!(
                "select '{table}', md5(string_agg(line, ' ' order by line))
                 from (select (to_jsonb(t) - 'last_seen_at')::text as line from {table} t) as lines"
            )
        })
        .collect();
    assert!(digests.len() > 40, "{digests:?}");
    let rows = sql.query(&digests.join(" union all "), &[]).await;
    let rows = rows.expect("Postgres works");
    let digest = |row: &tokio_postgres::Row| {
        let digest: Option<String> = row.get(1);
        (row.get(0), digest.unwrap_or_default())
    };
    rows.iter().map(digest).collect()
}

/// What is sent to a route, by somebody of this name.
pub fn body(here: &Here, name: &str, route: (&str, &str)) -> Option<Value> {
    let brought = json!({ "title": "T", "format": "text", "content": "c" });
    let (class, case, board) = (&here.class, &here.case, &here.board);
    match route {
        ("PATCH" | "DELETE", "/api/me") | ("POST", "/auth/development") => {
            Some(json!({ "name": name }))
        }
        ("GET" | "DELETE", _) => None,
        ("POST", "/auth/mail/start") => Some(json!({ "email": ADDRESS })),
        ("POST", "/auth/mail/finish") => Some(json!({ "token": "none" })),
        (
            "POST",
            "/auth/way/{way}/start"
            | "/auth/sign-out"
            | "/auth/sign-out-everywhere"
            | "/api/cases/{case}/ticket",
        ) => Some(json!({})),
        ("POST", "/api/classes") => Some(json!({ "name": "Law 2" })),
        ("PATCH", "/api/classes/{class}") => Some(json!({ "name": "Law 3", "state": "locked" })),
        ("POST", "/api/classes/{class}/invite-code") => Some(json!({})),
        ("POST", "/api/join") => Some(json!({ "code": class.code })),
        ("POST", "/api/classes/{class}/roster") => {
            Some(json!({ "csv": "Email\nnew@uni.example\n" }))
        }
        ("POST", "/api/classes/{class}/sections")
        | ("PATCH", "/api/classes/{class}/sections/{section}") => {
            Some(json!({ "name": "Fridays" }))
        }
        ("POST", "/api/classes/{class}/distribution")
        | ("POST", "/api/classes/{class}/cases/{case}/sections") => Some(json!({})),
        ("PUT", "/api/classes/{class}/members/{user}") => Some(json!({ "role": "tutor" })),
        ("PUT", "/api/classes/{class}/retention") => Some(json!({ "days": 30 })),
        ("PUT", "/api/classes/{class}/owner") => Some(json!({ "user": class.tutor })),
        ("POST", "/api/classes/{class}/cases") => Some(json!({ "case": case })),
        ("POST", "/api/classes/{class}/boards") => Some(json!({ "board": board })),
        ("POST", "/api/boards") => Some(json!({ "title": "Theories" })),
        ("PATCH", "/api/boards/{board}") => Some(json!({ "title": "Theories" })),
        ("POST", "/api/cases") => Some(brought),
        ("PATCH", "/api/cases/{case}") => Some(json!({ "title": "C v D", "state": "locked" })),
        ("POST", "/api/cases/{case}/client-tokens") => Some(json!({ "role": "read" })),
        ("POST", "/api/cases/{case}/private") => Some(json!({})),
        ("POST", "/api/me/inbox/read") => Some(json!({ "up_to": 1 })),
        ("POST", "/api/cases/{case}/copy") => Some(json!({ "class": class.id })),
        ("PUT", "/api/cases/{case}/shares") => {
            Some(json!({ "email": "new@uni.example", "role": "read" }))
        }
        unknown => panic!("what does {unknown:?} take?"),
    }
}
