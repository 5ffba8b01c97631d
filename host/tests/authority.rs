//! Who may do what, and the tokens that prove it: set, issued, listed, revoked; signed, and never more than was granted.

mod common;

use common::{
    SIGNING_KEY, World, in_world, in_world_with,
    question::{ask, ask_without_body},
    signer,
};
use contract::{
    AuthorityQuestion, CaseId, Region, Role, UnknownRegion,
    head::Origin,
    limits::{CLIENT_TOKEN_MS_MAX, TICKET_AUTHORITY_MS_MAX, TICKET_OPEN_MS_MAX},
    token::{ClientToken, Ticket, TicketKeys, TokenRefusal},
};
use host::{
    App,
    limits::{CLIENT_TOKENS_A_DAY_MAX, CLIENT_TOKENS_MAX},
};
use serde_json::{Value, json};

const PAGE: &str = "https://glossator.example";

#[tokio::test]
async fn a_ticket_proves_what_was_granted_to_the_page_that_asked() {
    in_world(async |world: World| {
        let (status, granted) = grant(&world, "ann", "Ann 🎓", json!("annotate")).await;
        assert_eq!(status, 200);
        let (status, issued) = ask_ticket(&world, "ann").await;
        assert_eq!((status, &issued["role"]), (201, &json!("annotate")));

        let ticket = verify(&issued).unwrap();
        assert_eq!(
            (ticket.person.user(), ticket.person.name()),
            ("ann", "Ann 🎓")
        );
        assert_eq!(ticket.role, Role::Annotate);
        assert_eq!(ticket.open_until_ms, ticket.issued_ms + TICKET_OPEN_MS_MAX);
        assert_eq!(
            ticket.authority_until_ms,
            ticket.issued_ms + TICKET_AUTHORITY_MS_MAX
        );
        assert_eq!(issued["open_until_ms"], json!(ticket.open_until_ms));
        assert_eq!(
            issued["authority_until_ms"],
            json!(ticket.authority_until_ms)
        );
        assert!(millis(&granted, "changed_ms") <= ticket.issued_ms);

        let other = verify(&ask_ticket(&world, "ann").await.1).unwrap();
        assert_ne!(other.id, ticket.id);
    })
    .await;
}

#[tokio::test]
async fn tokens_say_where_the_class_is_if_that_is_known() {
    in_world(async |world: World| {
        let client_token = async || {
            let wanted = json!({ "user": "ann", "role": "read" });
            let issued = ask(&world, "POST", &tokens(), &wanted).await.1;
            let issued_ms = millis(&issued, "authority_until_ms") - CLIENT_TOKEN_MS_MAX;
            let text = issued["token"].as_str().expect("a token");
            ClientToken::verify(&public(), issued_ms, &case(), text).unwrap()
        };
        let regions = async || {
            let ticket = verify(&ask_ticket(&world, "ann").await.1).unwrap();
            (ticket.region, client_token().await.region)
        };
        grant(&world, "ann", "Ann", json!("read")).await;
        assert_eq!(regions().await, (Some(Region::Weur), Some(Region::Weur)));
        let stored = "update grants set region = 'eu/west'";
        world.sql().await.execute(stored, &[]).await.unwrap();
        assert_eq!(
            regions().await,
            (None, None),
            "an older host takes any word"
        );
        let body = json!({ "user": "ann", "name": "Ann", "role": "read" });
        let set = ask(&world, "POST", &AuthorityQuestion::Grants(case()), &body).await;
        assert_eq!((set.0, regions().await), (200, (None, None)));
    })
    .await;
}

#[tokio::test]
async fn whoever_names_no_region_is_told_which_there_are() {
    in_world(async |world: World| {
        for region in ["eu/west", "WEUR", "weur "] {
            let body = json!({ "user": "ann", "name": "Ann", "role": "read", "region": region });
            let refused = ask(&world, "POST", &AuthorityQuestion::Grants(case()), &body).await;
            let words = json!({ "error": UnknownRegion.to_string() });
            assert_eq!(refused, (400, words), "{region}");
        }
        assert_eq!(world.count("select count(*) from grants").await, 0);
    })
    .await;
}

#[tokio::test]
async fn who_has_no_role_or_lost_it_gets_no_ticket() {
    in_world(async |world: World| {
        assert_eq!(ask_ticket(&world, "ann").await.0, 403);
        grant(&world, "ann", "Ann", json!("read")).await;
        assert_eq!(ask_ticket(&world, "Ann").await.0, 403, "another person");
        let (_, before) = ask_ticket(&world, "ann").await;

        let (_, changed) = grant(&world, "ann", "Ann", json!(null)).await;
        let (status, refused) = ask_ticket(&world, "ann").await;
        assert_eq!(
            (status, &refused["error"]),
            (403, &json!("there is no role on this case"))
        );
        let issued_ms = verify(&before).unwrap().issued_ms;
        assert!(issued_ms <= millis(&changed, "changed_ms"), "so it is void");
    })
    .await;
}

#[tokio::test]
async fn every_change_of_a_grant_has_a_later_time() {
    in_world(async |world: World| {
        let mut last_ms = 0;
        for role in ["own", "read", "read", "comment"] {
            let (_, changed) = grant(&world, "ann", "Ann", json!(role)).await;
            let changed_ms = millis(&changed, "changed_ms");
            assert!(changed_ms > last_ms);
            last_ms = changed_ms;
        }
        // Also when the clock has been put back.
        let later = "update grants set changed_at = changed_at + interval '1 hour'";
        world.sql().await.execute(later, &[]).await.unwrap();
        let (_, changed) = grant(&world, "ann", "Ann", json!("read")).await;
        assert!(millis(&changed, "changed_ms") > last_ms + 3_600_000);
    })
    .await;
}

#[tokio::test]
async fn a_client_token_is_listed_and_revoked_by_its_id() {
    in_world(async |world: World| {
        grant(&world, "ann", "Ann", json!("comment")).await;
        let wanted = json!({ "user": "ann", "role": "read", "lasts_ms": 60_000 });
        let (status, issued) = ask(&world, "POST", &tokens(), &wanted).await;
        assert_eq!(status, 201);
        let text = issued["token"].as_str().unwrap();
        let issued_ms = millis(&issued, "authority_until_ms") - 60_000;
        let token = ClientToken::verify(&public(), issued_ms, &case(), text).unwrap();
        assert_eq!((token.role, token.person.name()), (Role::Read, "Ann"));
        assert_eq!(issued["id"], json!(token.id.to_string()));

        let listed = ask_without_body(&world, "GET", &tokens()).await.1;
        let expected = json!({
            "id": issued["id"], "user": "ann", "name": "Ann", "role": "read",
            "created_ms": issued_ms, "expires_ms": issued["authority_until_ms"],
        });
        assert_eq!(listed, json!({ "client_tokens": [expected] }));
        assert!(
            !listed.to_string().contains(text),
            "what proves it is not kept"
        );

        let one = AuthorityQuestion::ClientToken(case(), token.id);
        let (status, revoked) = ask_without_body(&world, "DELETE", &one).await;
        assert_eq!(status, 200);
        let again = ask_without_body(&world, "DELETE", &one).await;
        assert_eq!(again, (200, revoked.clone()), "it stays revoked since then");
        let listed = ask_without_body(&world, "GET", &tokens()).await.1;
        assert_eq!(
            listed["client_tokens"][0]["revoked_ms"],
            revoked["revoked_ms"]
        );

        let elsewhere = CaseId::parse("other").unwrap();
        let elsewhere = AuthorityQuestion::ClientToken(elsewhere, token.id);
        assert_eq!(ask_without_body(&world, "DELETE", &elsewhere).await.0, 404);
    })
    .await;
}

#[tokio::test]
async fn a_client_token_is_never_for_more_than_was_granted_nor_for_longer_than_a_day() {
    in_world(async |world: World| {
        let wanted = |role: &str| json!({ "user": "ann", "role": role });
        assert_eq!(ask(&world, "POST", &tokens(), &wanted("read")).await.0, 403);
        grant(&world, "ann", "Ann", json!("comment")).await;
        for (role, status) in [
            ("read", 201),
            ("comment", 201),
            ("annotate", 403),
            ("own", 403),
        ] {
            let answer = ask(&world, "POST", &tokens(), &wanted(role)).await;
            assert_eq!(answer.0, status, "{role}");
        }
        let long = json!({ "user": "ann", "role": "read", "lasts_ms": CLIENT_TOKEN_MS_MAX + 1 });
        assert_eq!(ask(&world, "POST", &tokens(), &long).await.0, 400);
        let listed = ask_without_body(&world, "GET", &tokens()).await.1;
        assert_eq!(listed["client_tokens"].as_array().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn client_tokens_are_bounded_and_forgotten_a_day_after_they_expired() {
    in_world(async |world: World| {
        grant(&world, "ann", "Ann", json!("read")).await;
        let wanted = json!({ "user": "ann", "role": "read" });
        for _ in 0..CLIENT_TOKENS_MAX {
            assert_eq!(ask(&world, "POST", &tokens(), &wanted).await.0, 201);
        }
        assert_eq!(ask(&world, "POST", &tokens(), &wanted).await.0, 429);

        let age = "update client_tokens set created_at = created_at - interval '47 hours',
                                            expires_at = expires_at - interval '47 hours'";
        world.sql().await.execute(age, &[]).await.unwrap();
        assert_eq!(world.store.forget_client_tokens(100).await.unwrap(), 0);
        assert_eq!(
            ask(&world, "POST", &tokens(), &wanted).await.0,
            201,
            "only good ones count"
        );
        let age = "update client_tokens set created_at = created_at - interval '2 hours',
                                            expires_at = expires_at - interval '2 hours'";
        world.sql().await.execute(age, &[]).await.unwrap();
        let forgotten = world.store.forget_client_tokens(100).await.unwrap();
        assert_eq!(i64::try_from(forgotten), Ok(CLIENT_TOKENS_MAX));
    })
    .await;
}

#[tokio::test]
async fn revoked_client_tokens_count_for_a_day() {
    in_world(async |world: World| {
        grant(&world, "ann", "Ann", json!("read")).await;
        grant(&world, "ben", "Ben", json!("read")).await;
        let wanted = |user: &str| json!({ "user": user, "role": "read" });
        let revoke = "update client_tokens set revoked_at = now()";
        let sql = world.sql().await;
        for _ in 0..CLIENT_TOKENS_A_DAY_MAX {
            assert_eq!(ask(&world, "POST", &tokens(), &wanted("ann")).await.0, 201);
            sql.execute(revoke, &[]).await.unwrap();
        }
        assert_eq!(ask(&world, "POST", &tokens(), &wanted("ann")).await.0, 429);
        assert_eq!(ask(&world, "POST", &tokens(), &wanted("ben")).await.0, 201);

        let age = "update client_tokens set created_at = created_at - interval '24 hours',
                                            expires_at = expires_at - interval '24 hours'";
        sql.execute(age, &[]).await.unwrap();
        assert_eq!(ask(&world, "POST", &tokens(), &wanted("ann")).await.0, 201);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_a_signature_and_changes_nothing() {
    in_world(async |world: World| {
        let grants = AuthorityQuestion::Grants(case());
        for body in [
            json!([]),
            json!({ "user": "ann", "role": "read" }),
            json!({ "user": "", "name": "Ann", "role": "read" }),
            json!({ "user": "ann", "name": "A\nn", "role": "read" }),
            json!({ "user": "ann", "name": "Ann", "role": "none" }),
            json!({ "user": "ann", "name": "Ann", "role": "read", "region": "" }),
        ] {
            assert_eq!(ask(&world, "POST", &grants, &body).await.0, 400, "{body}");
        }
        let tickets = AuthorityQuestion::Tickets(case());
        for origin in ["", "null", "https://glossator.example/"] {
            let body = json!({ "user": "ann", "origin": origin });
            assert_eq!(
                ask(&world, "POST", &tickets, &body).await.0,
                400,
                "{origin}"
            );
        }
        assert_eq!(world.count("select count(*) from grants").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_case_has_neither_grants_nor_tokens_nor_a_state() {
    in_world(async |world: World| {
        grant(&world, "ann", "Ann", json!("own")).await;
        let wanted = json!({ "user": "ann", "role": "own" });
        assert_eq!(ask(&world, "POST", &tokens(), &wanted).await.0, 201);
        let state = AuthorityQuestion::State(case());
        assert_eq!(
            ask(&world, "POST", &state, &json!({ "state": "locked" }))
                .await
                .0,
            200
        );
        world.delete("case").await;
        assert_eq!(ask_ticket(&world, "ann").await.0, 403);
        let left = "select (select count(*) from grants) + (select count(*) from client_tokens)
                           + (select count(*) from case_states)
                           + (select count(*) from outbox where \"order\" = 'rule')";
        assert_eq!(world.count(left).await, 0);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_given_anything_on_a_deleted_case() {
    let set_up = |app: App| app.with_development_sign_in(true);
    in_world_with(set_up, async |world: World| {
        world.delete("case").await;
        let everything = "select (select count(*) from grants) + (select count(*) from case_states)
                                 + (select count(*) from outbox) + (select count(*) from audit_log)";
        let before = world.count(everything).await;
        let gone = (410, json!({ "error": "this case was deleted" }));
        assert_eq!(grant(&world, "ann", "Ann", json!("own")).await, gone);
        let (state, locked) = (AuthorityQuestion::State(case()), json!({ "state": "locked" }));
        assert_eq!(ask(&world, "POST", &state, &locked).await, gone);
        let signs_in = json!({
            "user": "ann", "origin": PAGE, "development": { "name": "Ann", "role": "own" },
        });
        let tickets = AuthorityQuestion::Tickets(case());
        assert_eq!(ask(&world, "POST", &tickets, &signs_in).await.0, 403);
        assert_eq!(world.count(everything).await, before);
    })
    .await;
}

#[test]
fn the_key_of_the_tests_is_the_one_that_verifies() {
    assert!(SIGNING_KEY.starts_with("test:"));
    let other = TicketKeys::parse(&signer().public_entry().replacen("test", "other", 1)).unwrap();
    let refused = ClientToken::verify(&other, 0, &case(), "client.1.test.p.s").map(|_| ());
    assert_eq!(refused, Err(TokenRefusal::Malformed));
}

async fn grant(world: &World, user: &str, name: &str, role: Value) -> (u16, Value) {
    let body = json!({ "user": user, "name": name, "role": role, "region": "weur" });
    ask(world, "POST", &AuthorityQuestion::Grants(case()), &body).await
}

async fn ask_ticket(world: &World, user: &str) -> (u16, Value) {
    let body = json!({ "user": user, "origin": PAGE });
    ask(world, "POST", &AuthorityQuestion::Tickets(case()), &body).await
}

fn verify(issued: &Value) -> Result<Ticket, TokenRefusal> {
    let text = issued["ticket"].as_str().expect("a ticket");
    let page = Origin::parse(PAGE).expect("an origin");
    let issued_ms = millis(issued, "open_until_ms") - TICKET_OPEN_MS_MAX;
    Ticket::verify(&public(), issued_ms, &case(), &page, text)
}

fn public() -> TicketKeys {
    TicketKeys::parse(&signer().public_entry()).expect("a public key")
}

fn case() -> CaseId {
    CaseId::parse("case").expect("a case id")
}

fn tokens() -> AuthorityQuestion {
    AuthorityQuestion::ClientTokens(case())
}

fn millis(value: &Value, name: &str) -> u64 {
    value[name].as_u64().expect("milliseconds")
}
