//! Somebody is erased: what is about them goes at once, and what they have left in documents from every version.

use annotation::{Attribution, Claim, Proof};
use contract::{CaseId, ErasedPeople};
use host::{edge::EdgeClient, erasing, outbox, projection, store::EraseOutcome};
use serde_json::json;
use tokio_postgres::Client;
use yrs::{Map, MapPrelim, Transact, WriteTxn};

use crate::{
    common::{
        World,
        client::Reply,
        documents::{edited, extended, notes},
        edge::Edge,
        keys,
        visitor::Answered,
    },
    school::{Person, School, in_school, sign_in, string},
};

const NAME: &str = "Annabel Uncommon";
const ADDRESS: &str = "annabel@uncommon.example";
const WORDS: &str = "words that only she wrote";

#[tokio::test]
async fn nothing_that_is_stored_names_somebody_who_was_erased_or_holds_their_words() {
    in_school(async |school: School| {
        let (world, sql) = (&school.world, school.world.sql().await);
        let class = school.class().await;
        let annabel = annabel(&school, &class.code).await;
        let own = school.case_of(&annabel, "A case of her own.").await;
        let document = write(&class.case, &school, &annabel).await;
        sql.execute(
            "insert into snapshot_quarantine (case_id, version, crdt_state, sha256, reason) values ($1, 1, $2, $2, 'test')",
            &[&class.case, &format!("no document, but {WORDS} and {}", annabel.id).into_bytes()],
        )
        .await
        .unwrap();
        for said in [NAME, ADDRESS, WORDS, "A case of her own."] {
            assert!(!where_is(&sql, said).await.is_empty(), "the control: {said}");
        }

        let erased = erase(&annabel).await;
        assert_eq!(erased.status, 200, "{erased:?}");
        assert!(erased.header("set-cookie").unwrap().contains("Max-Age=0"));
        assert_eq!(annabel.browser.clone().get("/api/me").await.status, 401);
        assert_eq!(where_is(&sql, ADDRESS).await, Vec::<String>::new());
        assert_eq!(school.role(&class.case, annabel.id).await, None);

        // The object takes it out, and archives that; before that nothing is rewritten.
        confirm(world).await;
        erasing::advance(&world.store).await.unwrap();
        assert!(!status(world).await.1, "the current version is not clean yet");
        archive_without(&class.case, world, &document).await;
        erasing::advance(&world.store).await.unwrap();
        assert_eq!(status(world).await, (0, true, 1));
        for said in [NAME, WORDS, "A case of her own."] {
            assert_eq!(where_is(&sql, said).await, Vec::<String>::new(), "{said}");
        }
        assert!(!where_is(&sql, "Tia stays").await.is_empty());
        assert_eq!(world.get(&own).await.status, 410);
        assert!(world.store.verify_audit_log().await.unwrap().findings.is_empty());
        assert_eq!(world.count("select count(*) from pseudonyms p where not exists (
            select from users u where u.id::text = p.user_id and u.erased_at is null)").await, 0);
    })
    .await;
}

#[tokio::test]
async fn every_version_is_rewritten_with_its_hash_and_its_number_of_highlights() {
    in_school(async |school: School| {
        let world = &school.world;
        let class = school.class().await;
        let annabel = annabel(&school, &class.code).await;
        let document = write(&class.case, &school, &annabel).await;
        assert_eq!(erase(&annabel).await.status, 200);
        confirm(world).await;
        archive_without(&class.case, world, &document).await;
        erasing::advance(&world.store).await.unwrap();

        let case = CaseId::parse(&class.case).unwrap();
        let kept = world.store.kept(&case).await.unwrap();
        let history: Vec<_> = kept.iter().filter(|kept| kept.place == "history").collect();
        assert!(history.len() >= 2, "{kept:?}");
        for version in &history {
            assert!(version.intact, "{version:?}");
            assert_eq!(version.highlight_count, Some(0), "{version:?}");
            let earlier = world.store.earlier(&case, version.version).await.unwrap();
            assert!(notes(&earlier.unwrap().bytes).starts_with("Tia stays"));
        }
    })
    .await;
}

#[tokio::test]
async fn an_earlier_version_without_its_hash_goes_though_it_could_be_read() {
    in_school(async |school: School| {
        let (world, sql) = (&school.world, school.world.sql().await);
        let class = school.class().await;
        let annabel = annabel(&school, &class.code).await;
        let document = write(&class.case, &school, &annabel).await;
        let forged = "update snapshot_history set sha256 = sha256('another') where version = 2 returning crdt_state";
        let forged = sql.query_one(forged, &[]).await.unwrap();
        assert!(notes(forged.get(0)).contains(WORDS), "it can be read");
        assert_eq!(erase(&annabel).await.status, 200);
        confirm(world).await;
        archive_without(&class.case, world, &document).await;
        erasing::advance(&world.store).await.unwrap();
        assert_eq!(status(world).await, (0, true, 1), "nothing made it believable");
        let left = "select count(*) from snapshot_history where version = 2";
        assert_eq!(world.count(left).await, 0);
        assert_eq!(where_is(&sql, WORDS).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_board_where_somebody_wrote_is_known_at_once() {
    in_school(async |school: School| {
        let annabel = sign_in(&school.world, NAME).await;
        let board = school.board().await;
        let sql = school.world.sql().await;
        let note = "insert into board_note (board_id, note_id, body, author_id) values ($1, 's', 'laches', $2)";
        sql.execute(note, &[&board, &annabel.id.to_string()]).await.unwrap();
        assert_eq!(erase(&annabel).await.status, 200);
        let found = sql.query_one("select case_id from erasure_cases", &[]).await.unwrap();
        assert_eq!(found.get::<_, String>(0), board);
    })
    .await;
}

#[tokio::test]
async fn an_object_that_begins_anew_is_told_again_who_was_erased() {
    in_school(async |school: School| {
        let world = &school.world;
        let class = school.class().await;
        let annabel = annabel(&school, &class.code).await;
        write(&class.case, &school, &annabel).await;
        assert_eq!(erase(&annabel).await.status, 200);
        confirm(world).await;
        school.take_orders().await;
        assert_eq!(world.get(&class.case).await.status, 200);
        assert_eq!(
            school.take_orders().await,
            [format!("{} erase", class.case)]
        );
        let case = CaseId::parse(&class.case).unwrap();
        let people = world.store.erased_people(&case).await.unwrap();
        assert_eq!(people, ErasedPeople([annabel.id.to_string()].into()));
    })
    .await;
}

#[tokio::test]
async fn what_only_a_document_knows_of_is_found_as_well() {
    in_school(async |school: School| {
        let world = &school.world;
        let annabel = sign_in(world, NAME).await;
        let case = school.case().await;
        write(&case, &school, &annabel).await;
        let sql = world.sql().await;
        sql.batch_execute("delete from highlight; delete from highlight_comment")
            .await
            .unwrap();
        assert_eq!(erase(&annabel).await.status, 200);
        assert_eq!(world.count("select count(*) from erasure_cases").await, 0);
        erasing::advance(&world.store).await.unwrap();
        let found = sql
            .query_one("select case_id from erasure_cases", &[])
            .await
            .unwrap();
        assert_eq!(found.get::<_, String>(0), case);
        assert!(!status(world).await.1);
    })
    .await;
}

#[tokio::test]
async fn the_owner_of_a_class_hands_it_over_first_and_its_cases_go_with_it() {
    in_school(async |school: School| {
        let class = school.class().await;
        let mut owner = school.owner.browser.clone();
        let refused = owner
            .send("DELETE", "/api/me", Some(&json!({ "name": "Olga" })))
            .await;
        assert_eq!(refused.status, 409);
        assert!(
            string(&refused.json(), "error").contains("Law 1"),
            "{refused:?}"
        );
        assert_eq!(
            owner.get("/api/me").await.status,
            200,
            "nothing was changed"
        );

        let path = format!("/api/classes/{}/owner", class.id);
        let mut tutor = school.tutor.browser.clone();
        let to = json!({ "user": school.tutor.id });
        assert_eq!(tutor.put(&path, &to).await.status, 404);
        let stranger = json!({ "user": school.stranger.id });
        assert_eq!(owner.put(&path, &stranger).await.status, 404);
        assert_eq!(owner.put(&path, &to).await.status, 200);
        let erased = owner
            .send("DELETE", "/api/me", Some(&json!({ "name": "Olga" })))
            .await;
        assert_eq!(erased.status, 200, "{erased:?}");
        erasing::advance(&school.world.store).await.unwrap();
        let own = format!("/api/cases/{}", class.case);
        assert_eq!(tutor.get(&own).await.json()["role"], "own");
        assert_eq!(tutor.delete(&own).await.status, 200, "it is theirs");
    })
    .await;
}

#[tokio::test]
async fn a_class_that_nobody_else_is_in_ends_with_its_owner() {
    in_school(async |school: School| {
        let mut owner = school.owner.browser.clone();
        let made = owner
            .post("/api/classes", &json!({ "name": "Olga's own" }))
            .await;
        assert_eq!(made.status, 201, "{made:?}");
        let case = school.case().await;
        let path = format!("/api/classes/{}/cases", string(&made.json(), "id"));
        assert_eq!(
            owner.post(&path, &json!({ "case": case })).await.status,
            200
        );
        let erased = owner
            .send("DELETE", "/api/me", Some(&json!({ "name": "Olga" })))
            .await;
        assert_eq!(erased.status, 200, "{erased:?}");
        erasing::advance(&school.world.store).await.unwrap();
        assert_eq!(school.world.get(&case).await.status, 410);
        let sql = school.world.sql().await;
        assert_eq!(where_is(&sql, "Olga").await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn what_somebody_else_owns_with_them_is_that_persons_afterwards() {
    in_school(async |school: School| {
        let annabel = sign_in(&school.world, NAME).await;
        let (own, shared) = (
            school.case_of(&annabel, "Hers alone.").await,
            school.case_of(&annabel, "Theirs.").await,
        );
        let sql = school.world.sql().await;
        let share =
            "insert into shares (case_id, user_id, name, role) values ($1, $2, 'Tia', 'own')";
        let tutor = school.tutor.id.to_string();
        sql.execute(share, &[&shared, &tutor]).await.unwrap();
        assert_eq!(erase(&annabel).await.status, 200);
        erasing::advance(&school.world.store).await.unwrap();
        assert_eq!(school.world.get(&own).await.status, 410);
        let owner = "select owner_id::text from cases where case_id = $1";
        let owner: String = sql.query_one(owner, &[&shared]).await.unwrap().get(0);
        assert_eq!(owner, tutor);
        assert_eq!(
            school.role(&shared, school.tutor.id).await.as_deref(),
            Some("own")
        );
        assert_eq!(school.world.count("select count(*) from cases").await, 1);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_erased_by_an_accident_or_twice() {
    in_school(async |school: School| {
        let mut student = school.student.browser.clone();
        for body in [json!({ "name": "Sam" }), json!({}), json!({ "name": "" })] {
            assert_eq!(
                student.send("DELETE", "/api/me", Some(&body)).await.status,
                400
            );
        }
        assert_eq!(student.get("/api/me").await.status, 200);
        let store = &school.world.store;
        let id = school.student.id;
        let erase = async || store.erase_person(id, true, "test").await.unwrap();
        assert_eq!(erase().await, EraseOutcome::Erased);
        assert_eq!(erase().await, EraseOutcome::Absent);
        assert_eq!(
            school
                .world
                .count("select count(*) from erasures where by_operator")
                .await,
            1
        );
    })
    .await;
}

/// Somebody with an uncommon name and address, in the class, invited elsewhere, with whom a case is shared.
async fn annabel(school: &School, code: &str) -> Person {
    let annabel = sign_in(&school.world, NAME).await;
    let mut browser = annabel.browser.clone();
    let joined = browser.post("/api/join", &json!({ "code": code })).await;
    assert_eq!(joined.status, 200);
    let sql = school.world.sql().await;
    sql.execute(
        "update users set email = $2 where id = $1",
        &[&annabel.id, &ADDRESS],
    )
    .await
    .expect("Postgres works");
    let shared = school.case().await;
    for email in [ADDRESS, "annabel.elsewhere@uncommon.example"] {
        let share = json!({ "email": email, "role": "read" });
        let path = format!("/api/cases/{shared}/shares");
        assert_eq!(
            school.owner.browser.clone().put(&path, &share).await.status,
            200
        );
    }
    annabel
}

/// Writes her highlight, comment and tag, and her words in the notes behind Tia's: two versions, and a third one by Tia.
async fn write(case: &str, school: &School, annabel: &Person) -> Vec<u8> {
    let id: &'static str = Box::leak(annabel.id.to_string().into_boxed_str());
    let first = extended(yrs::Update::EMPTY_V1, 7, "Tia stays. ");
    let second = edited(&first, 5, |document| {
        let mut txn = document.transact_mut();
        let signed = [
            ("author_id", id),
            ("author", NAME),
            ("text", WORDS),
            ("name", WORDS),
            ("quote", WORDS),
        ];
        for root in ["highlights", "comments", "tags"] {
            let map = txn.get_or_insert_map(root);
            map.insert(&mut txn, root, MapPrelim::from_iter(signed));
        }
    });
    let second = extended(&second, 5, WORDS);
    let third = extended(&second, 7, " More of Tia's.");
    let attribution = attribution(annabel, &school.tutor);
    let mut base = None;
    for document in [&first, &second, &third] {
        let body = [document.as_slice(), &attribution].concat();
        let stored = put(&school.world, case, base, &body, attribution.len()).await;
        base = Some(stored.base());
    }
    projection::catch_up(&school.world.store)
        .await
        .expect("Postgres works");
    third
}

async fn put(
    world: &World,
    case: &str,
    base: Option<contract::Base>,
    body: &[u8],
    attribution_bytes: usize,
) -> Reply {
    let call = crate::common::client::Call::put_with(case, base, body, attribution_bytes);
    let stored = call.send(&world.base_url).await;
    assert_eq!(stored.status, 200);
    stored
}

fn attribution(annabel: &Person, tia: &Person) -> Vec<u8> {
    let mut attribution = Attribution::default();
    for (client, person) in [(5, annabel), (7, tia)] {
        let user = person.id.to_string();
        let claim = Claim {
            user: &user,
            at_ms: 0,
            proof: Proof::Proven,
        };
        attribution.wrote(client, 0..1_000, claim);
    }
    attribution.encode()
}

/// The object archives what it holds once it has taken her out.
async fn archive_without(case: &str, world: &World, document: &[u8]) {
    let people = world
        .store
        .erased_people(&CaseId::parse(case).expect("a case id"))
        .await
        .expect("Postgres works")
        .0;
    let without = edited(document, 1, |document| {
        let erasure = annotation::Erasure {
            people: &people,
            is_theirs: &|client| client == 5,
            stay: &std::collections::BTreeSet::new(),
        };
        assert!(annotation::erase_from(document, &erasure));
    });
    let base = world.get(case).await.base();
    assert_eq!(world.put(case, Some(base), &without).await.status, 200);
    projection::catch_up(&world.store)
        .await
        .expect("Postgres works");
    // Whoever asks for a document is told again who was erased, and has to say once more that nothing of them is left.
    confirm(world).await;
}

async fn erase(person: &Person) -> Answered {
    let body = json!({ "name": NAME });
    person
        .browser
        .clone()
        .send("DELETE", "/api/me", Some(&body))
        .await
}

/// An edge that confirms whatever it is ordered.
async fn confirm(world: &World) {
    let edge = Edge::start(&[]).await;
    let client = EdgeClient::new(&edge.base_url, keys(), std::time::Duration::from_secs(5));
    for _ in 0..20 {
        let delivered = outbox::deliver_due(&world.store, &client).await;
        if delivered.expect("Postgres works") == 0 {
            return;
        }
    }
    panic!("orders are given again and again, or never confirmed");
}

/// Cases of the newest erasure that are still to be rewritten, whether it is finished, and how many versions were dropped.
async fn status(world: &World) -> (i64, bool, i64) {
    let all = world.store.erasures().await.expect("Postgres works");
    (
        all[0].unwritten,
        all[0].finished_at.is_some(),
        all[0].dropped,
    )
}

/// The tables that hold these words anywhere, bytes included.
async fn where_is(sql: &Client, words: &str) -> Vec<String> {
    let tables = sql
        .query("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1", &[])
        .await
        .expect("Postgres works");
    let mut found = Vec::new();
    for table in tables {
        let table: String = table.get(0);
        let query = format!(
            "select exists (select from \"{table}\" t where position($1 in t::text) > 0 or position($2 in t::text) > 0)"
        );
        let hex: String = words.bytes().map(|byte| format!("{byte:02x}")).collect();
        if sql
            .query_one(&query, &[&words, &hex])
            .await
            .expect("Postgres works")
            .get(0)
        {
            found.push(table);
        }
    }
    found
}
