//! What has to hold whoever else uses the database: the ways that everybody goes, side by side in one that they share, also with
//! other runs of this program. Everything is called by UUIDs of its own, and counted only by them.

mod common;

use common::{
    World,
    documents::{commented, edited, extended, holds, notes, typed},
    eventually,
    institutions::provider,
    mail_server::MailServer,
    shared::in_shared_world,
    visitor::{Answered, Visitor},
};
use contract::StoredState;
use host::{
    App,
    config::MailConfig,
    erasing, projection,
    sign_in::{Provider, ProviderKind, SignIn},
    store::Institution,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// A word that is nowhere else.
fn word() -> String {
    format!("w{}", Uuid::new_v4().simple())
}

fn believing_names(app: App) -> App {
    app.with_development_sign_in(true)
}

/// Somebody whom nobody else knows, in a network of their own.
struct Somebody {
    id: Uuid,
    name: String,
    email: String,
    browser: Visitor,
}

/// Signs somebody in, whose address is proved.
async fn somebody(world: &World) -> Somebody {
    let name = word();
    let mut browser = Visitor::from_elsewhere(world).who_is(&name).await;
    let id = browser.user().await.parse().expect("an id");
    let email = format!("{name}@{}.example", word());
    let set = "update users set email = $2 where id = $1";
    let set = world.sql().await.execute(set, &[&id, &email]).await;
    assert_eq!(set.expect("an address"), 1);
    Somebody {
        id,
        name,
        email,
        browser,
    }
}

/// Somebody who may make classes, at an institution of their own.
async fn instructor(world: &World) -> Somebody {
    let (person, institution) = (somebody(world).await, word());
    let sql = world.sql().await;
    let named = "insert into institutions (id, name) values ($1, 'Uni')";
    sql.execute(named, &[&institution])
        .await
        .expect("it is new");
    let member = "insert into memberships (user_id, institution_id, role, source) values ($1, $2, 'instructor', 'granted')";
    let member = sql.execute(member, &[&person.id, &institution]).await;
    member.expect("a membership");
    person
}

fn string(answer: &Answered, name: &str) -> String {
    let value = answer.json()[name].as_str().map(str::to_owned);
    value.unwrap_or_else(|| panic!("{name}: {answer:?}"))
}

/// A case that somebody brings.
async fn case_of(person: &mut Somebody, content: &str) -> String {
    let brought = json!({ "title": "A v B", "format": "text", "content": content });
    let created = person.browser.post("/api/cases", &brought).await;
    assert_eq!(created.status, 201, "{created:?}");
    string(&created, "id")
}

/// What somebody may do on a case; absent if they may not read it.
async fn role(person: &mut Somebody, case: &str) -> Option<String> {
    let seen = person.browser.get(&format!("/api/cases/{case}")).await;
    match seen.status {
        200 => Some(string(&seen, "role")),
        404 => None,
        _ => panic!("{seen:?}"),
    }
}

async fn put(person: &mut Somebody, path: &str, body: &Value) {
    let put = person.browser.put(path, body).await;
    assert_eq!(put.status, 200, "{put:?}");
}

#[tokio::test]
async fn what_two_have_written_on_one_base_is_united_and_the_earlier_versions_are_kept() {
    in_shared_world(believing_names, async |world: World| {
        let case = word();
        let first = typed(1, "a");
        let base = world.put(&case, None, &first).await.base();
        let (second, other) = (extended(&first, 1, "b"), extended(&first, 2, "c"));
        let replaced = world.put(&case, Some(base.clone()), &second).await;
        assert_eq!((replaced.status, replaced.base().version), (200, 2));
        let merged = world.put(&case, Some(base), &other).await;
        assert_eq!((merged.status, merged.base().version), (200, 3));
        let stored = world.get(&case).await.body;
        assert!(holds(&stored, &second) && holds(&stored, &other));
        assert_eq!(notes(&stored).len(), 3);
        let kept = "select crdt_state from snapshot_history where case_id = $1 order by version";
        let kept = world.sql().await.query(kept, &[&case]).await.unwrap();
        let kept: Vec<Vec<u8>> = kept.iter().map(|row| row.get(0)).collect();
        assert_eq!(kept, [first, second]);
    })
    .await;
}

#[tokio::test]
async fn what_was_deleted_stays_deleted_and_its_tombstone_alone_is_left() {
    in_shared_world(believing_names, async |world: World| {
        let case = word();
        let first = typed(1, "a secret");
        let base = world.put(&case, None, &first).await.base();
        let second = extended(&first, 1, " or two");
        assert_eq!(world.put(&case, Some(base), &second).await.status, 200);
        assert_eq!(world.delete(&case).await.status, 200);
        for reply in [world.get(&case).await, world.put(&case, None, &first).await] {
            assert_eq!(reply.status, 410);
            assert!(matches!(reply.stored, Ok(StoredState::Deleted { .. })));
        }
        for (table, what, left) in [
            (
                "annotation_document_state",
                "crdt_state is null and deleted_at is not null",
                1,
            ),
            ("annotation_document_state", "true", 1),
            ("snapshot_history", "true", 0),
        ] {
            let rows = format!("select count(*) from {table} where case_id = '{case}' and {what}");
            assert_eq!(world.count(&rows).await, left, "{rows}");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_joins_a_class_has_what_it_says_on_its_cases_until_they_leave() {
    in_shared_world(believing_names, async |world: World| {
        let (mut owner, mut student) = (instructor(&world).await, somebody(&world).await);
        let made = owner
            .browser
            .post("/api/classes", &json!({ "name": word() }))
            .await;
        assert_eq!(made.status, 201, "{made:?}");
        let class = format!("/api/classes/{}", string(&made, "id"));
        let case = case_of(&mut owner, "It is so ordered.").await;
        let placed = owner
            .browser
            .post(&format!("{class}/cases"), &json!({ "case": case }))
            .await;
        assert_eq!(placed.status, 200, "{placed:?}");
        let code = owner
            .browser
            .post(&format!("{class}/invite-code"), &json!({}))
            .await;
        assert_eq!(role(&mut student, &case).await, None);
        let code = json!({ "code": string(&code, "invite_code") });
        assert_eq!(student.browser.post("/api/join", &code).await.status, 200);
        for said in ["read", "comment", "annotate"] {
            let changed = owner
                .browser
                .patch(&class, &json!({ "default_role": said }))
                .await;
            assert_eq!(changed.status, 200, "{changed:?}");
            assert_eq!(role(&mut student, &case).await.as_deref(), Some(said));
        }
        let member = format!("{class}/members/{}", student.id);
        put(&mut owner, &member, &json!({ "role": "instructor" })).await;
        assert_eq!(role(&mut student, &case).await.as_deref(), Some("own"));
        assert_eq!(owner.browser.delete(&member).await.status, 200);
        assert_eq!(role(&mut student, &case).await, None);
        assert_eq!(role(&mut owner, &case).await.as_deref(), Some("own"));
    })
    .await;
}

#[tokio::test]
async fn what_is_shared_by_an_address_is_theirs_who_have_it_until_it_is_taken_back() {
    in_shared_world(believing_names, async |world: World| {
        let (mut owner, mut other) = (somebody(&world).await, somebody(&world).await);
        let mut third = somebody(&world).await;
        let case = case_of(&mut owner, "It is so ordered.").await;
        let shares = format!("/api/cases/{case}/shares");
        for given in [json!("read"), json!("annotate"), json!(null)] {
            let share = json!({ "email": other.email, "role": given });
            put(&mut owner, &shares, &share).await;
            assert_eq!(json!(role(&mut other, &case).await), given);
            assert_eq!(role(&mut third, &case).await, None);
        }
        // Whose it is later, has it then.
        let later = format!("{}@later.example", word());
        put(
            &mut owner,
            &shares,
            &json!({ "email": later, "role": "comment" }),
        )
        .await;
        let claimed = world
            .store
            .claim_invitations(third.id, &later, "test")
            .await;
        assert_eq!(claimed.expect("Postgres works"), 1);
        assert_eq!(role(&mut third, &case).await.as_deref(), Some("comment"));
    })
    .await;
}

#[tokio::test]
async fn a_word_is_found_by_those_who_may_read_it_and_by_nobody_else() {
    in_shared_world(believing_names, async |world: World| {
        let (mut author, mut other) = (somebody(&world).await, somebody(&world).await);
        let (in_text, in_comment) = (word(), word());
        let case = case_of(&mut author, &format!("It is {in_text} ordered.")).await;
        let user = author.id.to_string();
        let comment = [("text", in_comment.as_str()), ("author_id", user.as_str())];
        let document = commented(&edited(yrs::Update::EMPTY_V1, 5, |_| {}), 5, "c", &comment);
        assert_eq!(world.put(&case, None, &document).await.status, 200);
        for (word, kind) in [(&in_text, "text"), (&in_comment, "comment")] {
            let path = format!("/api/search?q={word}");
            // Another run may have taken this case to project it, and not be done yet.
            eventually("it is found", async || {
                projection::catch_up(&world.store)
                    .await
                    .expect("it projects");
                let found = author.browser.clone().get(&path).await.json();
                let hits = found["hits"].as_array().expect("hits");
                let hits: Vec<_> = hits
                    .iter()
                    .map(|hit| (&hit["case"], &hit["kind"]))
                    .collect();
                assert!(
                    hits.is_empty() || hits == [(&json!(case), &json!(kind))],
                    "{found}"
                );
                !hits.is_empty()
            })
            .await;
            let found = other.browser.get(&path).await.json();
            assert_eq!(found["hits"], json!([]), "{found}");
        }
    })
    .await;
}

/// A host that mails by this server.
fn mailing_by(server: &MailServer) -> impl FnOnce(App) -> App {
    let url = server.url();
    move |app| {
        let config = MailConfig::read(&|name| match name {
            "SMTP_URL" => Some(url.clone()),
            "MAIL_FROM" => Some("Glossator <sign-in@uni.example>".to_owned()),
            _ => None,
        });
        let config = config.expect("a configuration").expect("a mail server");
        app.with_sign_in(SignIn {
            mail: Some(SignIn::mail_by(&config).expect("a mailer")),
            ..SignIn::default()
        })
    }
}

#[tokio::test]
async fn a_mailed_link_signs_in_once_the_person_whose_address_it_is() {
    let server = MailServer::start().await;
    in_shared_world(mailing_by(&server), async |world: World| {
        let (id, domain) = (word(), format!("{}.example", word()));
        let institution = Institution {
            id: id.clone(),
            name: "The university".to_owned(),
            domains: vec![domain.clone()],
        };
        let taken = world.store.put_institution(&institution, "test").await;
        assert_eq!(taken.expect("the store works"), None);
        let mail = provider(&word(), ProviderKind::Mail, "mail");
        let institution = Some(id);
        world
            .named(Provider {
                institution,
                ..mail
            })
            .await;
        let email = format!("ann@{domain}");
        let mut people = Vec::new();
        for before in [0, 1] {
            let mut browser = Visitor::from_elsewhere(&world);
            let asked = json!({ "email": email, "to": "/" });
            assert_eq!(browser.post("/auth/mail/start", &asked).await.status, 202);
            eventually("the mail comes", async || server.count() > before).await;
            let (to, token) = server.newest();
            assert_eq!(to, email);
            let opened = json!({ "token": token });
            let mut late = browser.clone();
            let finished = browser.post("/auth/mail/finish", &opened).await;
            assert_eq!(finished.status, 200, "{finished:?}");
            let again = late.post("/auth/mail/finish", &opened).await;
            assert_eq!(again.status, 410, "{again:?}");
            people.push(browser.user().await);
        }
        assert_eq!(people[0], people[1]);
        let known = format!("select count(*) from users where email = '{email}'");
        assert_eq!(world.count(&known).await, 1);
    })
    .await;
}

#[tokio::test]
async fn who_was_erased_is_nobody_and_what_was_theirs_alone_goes() {
    in_shared_world(believing_names, async |world: World| {
        let (mut erased, mut other) = (somebody(&world).await, somebody(&world).await);
        let own = case_of(&mut erased, "Theirs alone.").await;
        let given = case_of(&mut other, "Somebody else's.").await;
        let share = json!({ "email": erased.email, "role": "annotate" });
        put(&mut other, &format!("/api/cases/{given}/shares"), &share).await;
        assert_eq!(role(&mut erased, &given).await.as_deref(), Some("annotate"));
        let name = json!({ "name": erased.name });
        let mut before = erased.browser.clone();
        let answer = erased.browser.send("DELETE", "/api/me", Some(&name)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(before.get("/api/me").await.status, 401);
        let (id, name, email) = (erased.id, &erased.name, &erased.email);
        for left in [
            format!("select count(*) from users where id = '{id}' and (erased_at is null or name = '{name}')"),
            format!("select count(*) from users where email = '{email}'"),
            format!("select count(*) from sessions where user_id = '{id}'"),
            format!("select count(*) from pseudonyms where user_id = '{id}'"),
        ] {
            assert_eq!(world.count(&left).await, 0, "{left}");
        }
        eventually("their case goes", async || {
            // Of other runs' people, too, by whoever comes first.
            let advanced = erasing::advance(&world.store).await;
            advanced.expect("Postgres works");
            world.get(&own).await.status == 410
        })
        .await;
        let granted = format!("select count(*) from grants where user_id = '{id}' and role is not null");
        assert_eq!(world.count(&granted).await, 0);
        assert_eq!(role(&mut other, &given).await.as_deref(), Some("own"));
        // Who comes by that name is somebody else.
        let mut next = Visitor::from_elsewhere(&world).who_is(name).await;
        assert_ne!(next.user().await, id.to_string());
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_is_one_chain_whoever_else_writes_to_it() {
    in_shared_world(believing_names, async |world: World| {
        let mut owner = somebody(&world).await;
        let case = case_of(&mut owner, "It is so ordered.").await;
        let shares = format!("/api/cases/{case}/shares");
        let roles = [json!("read"), json!("own"), json!("comment"), json!(null)];
        let mut heads = Vec::new();
        for role in &roles {
            let share = json!({ "email": format!("{}@uni.example", owner.name), "role": role });
            put(&mut owner, &shares, &share).await;
            let verdict = world.store.verify_audit_log().await.expect("Postgres works");
            assert_eq!(verdict.findings, [""; 0]);
            heads.push((verdict.entries, verdict.head));
        }
        assert!(heads.is_sorted_by(|one, next| one.0 < next.0), "{heads:?}");
        let sql = world.sql().await;
        let own = "select count(*), count(distinct seq) from audit_log where case_id = $1 and act = 'share_set'";
        let own = sql.query_one(own, &[&case]).await.unwrap();
        assert_eq!((own.get::<_, i64>(0), own.get::<_, i64>(1)), (4, 4));
        // What was the newest entry is still where it was.
        for (entries, head) in heads {
            let seq = i64::try_from(entries).expect("few");
            let there = "select count(*) from audit_log where seq = $1 and sha256 = $2";
            let there = sql.query_one(there, &[&seq, &head.as_bytes().as_slice()]).await;
            assert_eq!(there.unwrap().get::<_, i64>(0), 1);
        }
    })
    .await;
}
