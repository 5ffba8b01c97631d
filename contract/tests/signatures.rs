//! Signed messages: what is believed, and that nothing else is.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    pin::pin,
    task::{Context, Poll, Waker},
};

use contract::{
    AnswerParts, Asked, Base, CaseId, Digest, Direction, Generation, Keys, Nonce, Refusal,
    RequestParts, StoredState, Unverified, VerifiedAnswer, VerifiedRequest, body_matches,
    sign_answer, sign_request, verify_answer, verify_answer_by, verify_request,
};

const NOW: u64 = 1_800_000_000;
const BODY: &[u8] = b"the body";

#[test]
fn a_signed_request_is_believed_and_tells_what_was_signed() {
    let verified = receive(&keys("a"), NOW, &Received::signed(&keys("a"))).unwrap();

    assert_eq!(verified.nonce, nonce());
    assert_eq!(verified.metrics.as_deref(), Some("{}"));
    assert_eq!(verified.visit.as_deref(), Some("e30"));
    assert_eq!(body_matches(&verified, BODY), Ok(()));
    assert_eq!(
        body_matches(&verified, b"the bodY"),
        Err(Refusal::WrongBody)
    );
}

#[test]
fn changing_any_signed_part_of_a_request_is_noticed() {
    type Change = (&'static str, fn(&mut Received));
    let changes: [Change; 11] = [
        ("method", |r| r.method = "GET"),
        ("path", |r| r.path = "/snapshots/other"),
        ("query", |r| r.query = "highlight_count=2"),
        ("direction", |r| r.direction = Direction::HostToEdge),
        ("body", |r| {
            r.set("x-glossator-body-sha256", &Digest::of(b"other").to_string())
        }),
        ("time", |r| {
            r.set("x-glossator-time", &(NOW + 1).to_string())
        }),
        ("nonce", |r| {
            r.set("x-glossator-nonce", &Nonce::new([9; 16]).to_string())
        }),
        ("metrics", |r| {
            r.set("x-glossator-metrics", "{\"faults\":1}")
        }),
        ("no metrics", |r| r.remove("x-glossator-metrics")),
        ("visit", |r| r.set("x-glossator-visit", "e31")),
        ("no visit", |r| r.remove("x-glossator-visit")),
    ];
    for (name, change) in changes {
        let mut received = Received::signed(&keys("a"));
        change(&mut received);
        assert_eq!(
            receive(&keys("a"), NOW, &received),
            Err(Refusal::WrongSignature),
            "{name}"
        );
    }
}

#[test]
fn a_request_that_lacks_a_signed_header_is_refused_by_name() {
    for name in [
        "x-glossator-key",
        "x-glossator-time",
        "x-glossator-nonce",
        "x-glossator-body-sha256",
        "x-glossator-signature",
    ] {
        let mut received = Received::signed(&keys("a"));
        received.remove(name);
        assert_eq!(
            receive(&keys("a"), NOW, &received),
            Err(Refusal::MissingHeader { name })
        );

        received.set(name, "é");
        let expected = if name == "x-glossator-key" {
            Refusal::UnknownKey
        } else {
            Refusal::MalformedHeader { name }
        };
        assert_eq!(receive(&keys("a"), NOW, &received), Err(expected));
    }
}

#[test]
fn a_time_has_one_spelling() {
    let mut received = Received::signed(&keys("a"));
    received.set("x-glossator-time", &format!("+{NOW}"));
    let refused = Err(Refusal::MalformedHeader {
        name: "x-glossator-time",
    });
    assert_eq!(receive(&keys("a"), NOW, &received), refused);
}

#[test]
fn a_request_is_believed_for_a_minute_around_its_time() {
    let received = Received::signed(&keys("a"));
    assert!(receive(&keys("a"), NOW + 60, &received).is_ok());
    assert!(receive(&keys("a"), NOW - 60, &received).is_ok());
    assert_eq!(
        receive(&keys("a"), NOW + 61, &received),
        Err(Refusal::Stale { seconds: 61 })
    );
    assert_eq!(
        receive(&keys("a"), NOW - 61, &received),
        Err(Refusal::Stale { seconds: 61 })
    );
}

#[test]
fn a_foreign_key_is_refused_whether_its_id_is_known_or_not() {
    let received = Received::signed(&keys("b"));
    assert_eq!(
        receive(&keys("a"), NOW, &received),
        Err(Refusal::UnknownKey)
    );

    let same_id = Keys::parse(&format!("a:{}", "77".repeat(32))).unwrap();
    assert_eq!(
        receive(&same_id, NOW, &Received::signed(&keys("a"))),
        Err(Refusal::WrongSignature)
    );
}

#[test]
fn a_rotation_never_locks_anybody_out() {
    for (sender, receiver) in [
        ("a", "a,b"),
        ("a,b", "a,b"),
        ("b,a", "a,b"),
        ("a,b", "b,a"),
        ("b,a", "b"),
    ] {
        assert!(
            receive(&keys(receiver), NOW, &Received::signed(&keys(sender))).is_ok(),
            "{sender} -> {receiver}"
        );
        assert!(
            open(&keys(receiver), &Answer::signed(&keys(sender), &stored())).is_ok(),
            "{sender} -> {receiver}"
        );
    }
}

#[test]
fn a_signed_answer_is_believed_and_tells_what_the_store_holds() {
    let generation = generation();
    for state in [
        stored(),
        StoredState::Deleted {
            generation: generation.clone(),
            version: 4,
        },
        StoredState::Never { generation },
        StoredState::NoStore,
    ] {
        let mut answer = Answer::signed(&keys("a"), &state);
        if !matches!(state, StoredState::Stored(_)) {
            answer = Answer::of(&keys("a"), &state, 410, b"");
        }
        assert_eq!(open(&keys("a"), &answer), Ok(state));
    }
}

#[test]
fn changing_any_signed_part_of_an_answer_is_noticed() {
    type Change = (&'static str, fn(&mut Answer));
    const OTHER_GENERATION: &str = "0a0a0a0a-0000-4000-8000-000000000000";
    let changes: [Change; 10] = [
        ("status", |a| a.status = 404),
        ("case", |a| {
            a.asked.case_id = CaseId::parse("other").unwrap()
        }),
        ("nonce", |a| a.asked.nonce = Nonce::new([9; 16])),
        ("direction", |a| a.asked.direction = Direction::EdgeToHost),
        ("generation", |a| {
            a.set("x-glossator-generation", OTHER_GENERATION)
        }),
        ("version", |a| a.set("x-glossator-version", "8")),
        ("sha256", |a| {
            a.set("x-glossator-sha256", &Digest::of(b"other").to_string())
        }),
        ("body hash", |a| {
            a.set("x-glossator-body-sha256", &Digest::of(b"").to_string())
        }),
        ("time", |a| {
            a.set("x-glossator-time", &(NOW + 1).to_string())
        }),
        ("no version", |a| a.remove("x-glossator-version")),
    ];
    for (name, change) in changes {
        let mut answer = Answer::signed(&keys("a"), &stored());
        change(&mut answer);
        assert_eq!(
            open(&keys("a"), &answer),
            Err(Refusal::WrongSignature),
            "{name}"
        );
    }
}

#[test]
fn an_answer_with_another_body_is_refused() {
    let mut answer = Answer::signed(&keys("a"), &stored());
    answer.body.push(0);
    assert_eq!(open(&keys("a"), &answer), Err(Refusal::WrongBody));
}

#[test]
fn an_unsigned_answer_is_refused() {
    let mut answer = Answer::of(
        &keys("a"),
        &StoredState::Never {
            generation: generation(),
        },
        404,
        b"",
    );
    answer.headers.clear();
    assert_eq!(
        open(&keys("a"), &answer),
        Err(Refusal::MissingHeader {
            name: "x-glossator-body-sha256"
        })
    );
}

#[test]
fn a_stale_answer_is_refused() {
    let mut answer = Answer::signed(&keys("a"), &stored());
    answer.now = NOW + 61;
    assert_eq!(
        open(&keys("a"), &answer),
        Err(Refusal::Stale { seconds: 61 })
    );
}

#[test]
fn a_request_signature_is_worth_nothing_on_an_answer() {
    let mut answer = Answer::signed(&keys("a"), &stored());
    let request = Received::signed(&keys("a"));
    answer.set(
        "x-glossator-signature",
        &request.headers["x-glossator-signature"],
    );
    assert_eq!(open(&keys("a"), &answer), Err(Refusal::WrongSignature));
}

#[test]
fn a_body_that_is_not_what_is_stored_is_refused_although_it_is_signed() {
    let answer = Answer::of(&keys("a"), &stored(), 200, b"other bytes");
    assert!(matches!(
        open(&keys("a"), &answer),
        Err(Refusal::Contradiction { .. })
    ));
    let empty = Answer::of(&keys("a"), &stored(), 200, b"");
    assert_eq!(open(&keys("a"), &empty), Ok(stored()));
}

#[test]
fn an_answer_may_end_with_who_wrote_what_and_the_stored_hash_tells_where_that_begins() {
    let whole = [BODY, b"by ann"].concat();
    let mut answer = Answer::of(&keys("a"), &stored(), 200, &whole);
    let attribution_bytes = |answer: &Answer| {
        let header = |name: &str| answer.headers.get(name).cloned();
        let keys = keys("a");
        verify_answer(&keys, NOW, &answer.asked, 200, header, &answer.body)
            .map(|verified| verified.attribution_bytes)
    };
    assert!(attribution_bytes(&answer).is_err(), "nobody says so");
    let say = |answer: &mut Answer, count: &str| {
        let name = "x-glossator-attribution-bytes".to_owned();
        answer.headers.insert(name, count.to_owned());
    };
    say(&mut answer, "6");
    assert_eq!(attribution_bytes(&answer), Ok(6));
    for wrong in [
        "0",
        "5",
        "7",
        "1000",
        "-6",
        "six",
        "99999999999999999999999",
    ] {
        say(&mut answer, wrong);
        assert!(attribution_bytes(&answer).is_err(), "{wrong}");
    }
}

#[test]
fn who_hashes_elsewhere_is_asked_for_the_body_and_for_the_document_without_its_authors() {
    let mut answer = Answer::of(&keys("a"), &stored(), 200, &[BODY, b"by ann"].concat());
    answer.set("x-glossator-attribution-bytes", "6");
    let asked = RefCell::new(Vec::new());
    let verified = open_by(&answer, |bytes| {
        asked.borrow_mut().push(bytes.to_vec());
        Ok(Digest::of(bytes))
    });
    assert_eq!(verified.map(|answer| answer.attribution_bytes), Ok(6));
    assert_eq!(*asked.borrow(), [answer.body.clone(), BODY.to_vec()]);

    let document_is_other = |bytes: &[u8]| match bytes {
        BODY => Ok(Digest::of(b"other")),
        body => Ok(Digest::of(body)),
    };
    assert!(matches!(
        open_by(&answer, document_is_other),
        Err(Unverified::Refused(Refusal::Contradiction { .. }))
    ));
    assert_eq!(
        open_by(&answer, |_| Ok(Digest::of(b"other"))),
        Err(Unverified::Refused(Refusal::WrongBody))
    );
}

#[test]
fn what_cannot_be_hashed_is_not_believed_whatever_it_says() {
    let never = StoredState::Never {
        generation: generation(),
    };
    for answer in [
        Answer::signed(&keys("a"), &stored()),
        Answer::of(&keys("a"), &never, 404, b""),
    ] {
        let cannot = |_: &[u8]| Err("no time");
        assert_eq!(
            open_by(&answer, cannot),
            Err(Unverified::Unhashed("no time"))
        );
    }
}

#[test]
fn nothing_is_hashed_of_an_answer_whose_head_is_not_believed() {
    let mut answer = Answer::signed(&keys("a"), &stored());
    answer.status = 404;
    let never = |_: &[u8]| panic!("the signature does not fit");
    assert_eq!(
        open_by(&answer, never),
        Err(Unverified::Refused(Refusal::WrongSignature))
    );
}

struct Received {
    direction: Direction,
    method: &'static str,
    path: &'static str,
    query: &'static str,
    headers: BTreeMap<String, String>,
}

impl Received {
    fn signed(keys: &Keys) -> Self {
        let mut received = Self {
            direction: Direction::EdgeToHost,
            method: "PUT",
            path: "/snapshots/case-1",
            query: "highlight_count=1",
            headers: BTreeMap::new(),
        };
        let parts = RequestParts {
            direction: received.direction,
            method: received.method,
            path: received.path,
            query: received.query,
            body_sha256: Digest::of(BODY),
            time: NOW,
            nonce: nonce(),
            metrics: Some("{}"),
            visit: Some("e30"),
        };
        received.headers = sign_request(keys, &parts)
            .into_iter()
            .map(|(k, v)| (k.to_owned(), v))
            .collect();
        received
    }

    fn set(&mut self, name: &str, value: &str) {
        self.headers.insert(name.to_owned(), value.to_owned());
    }

    fn remove(&mut self, name: &str) {
        self.headers.remove(name);
    }
}

struct Answer {
    asked: Asked,
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
    now: u64,
}

impl Answer {
    fn signed(keys: &Keys, state: &StoredState) -> Self {
        Self::of(keys, state, 200, BODY)
    }

    fn of(keys: &Keys, state: &StoredState, status: u16, body: &[u8]) -> Self {
        let case_id = CaseId::parse("case-1").expect("a case id");
        let asked = Asked {
            direction: Direction::HostToEdge,
            case_id,
            nonce: nonce(),
        };
        let parts = AnswerParts {
            status,
            stored: state,
            body_sha256: Digest::of(body),
            time: NOW,
        };
        let headers = sign_answer(keys, &asked, &parts)
            .into_iter()
            .map(|(k, v)| (k.to_owned(), v))
            .collect();
        Self {
            asked,
            status,
            headers,
            body: body.to_vec(),
            now: NOW,
        }
    }

    fn set(&mut self, name: &str, value: &str) {
        self.headers.insert(name.to_owned(), value.to_owned());
    }

    fn remove(&mut self, name: &str) {
        self.headers.remove(name);
    }
}

fn receive(keys: &Keys, now: u64, received: &Received) -> Result<VerifiedRequest, Refusal> {
    let target = (received.method, received.path, received.query);
    verify_request(keys, now, received.direction, target, |name| {
        received.headers.get(name).cloned()
    })
}

fn open(keys: &Keys, answer: &Answer) -> Result<StoredState, Refusal> {
    let header = |name: &str| answer.headers.get(name).cloned();
    verify_answer(
        keys,
        answer.now,
        &answer.asked,
        answer.status,
        header,
        &answer.body,
    )
    .map(|a| a.stored)
}

/// The same, hashed by somebody who answers at once.
fn open_by(
    answer: &Answer,
    hash: impl Fn(&[u8]) -> Result<Digest, &'static str>,
) -> Result<VerifiedAnswer, Unverified<&'static str>> {
    let header = |name: &str| answer.headers.get(name).cloned();
    let keys = keys("a");
    let verifying = pin!(verify_answer_by(
        async |bytes: &[u8]| hash(bytes),
        &keys,
        (answer.now, answer.status),
        &answer.asked,
        header,
        &answer.body,
    ));
    match verifying.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(verified) => verified,
        Poll::Pending => panic!("nobody waits for anything"),
    }
}

/// Keys by one-letter ids, the first one signing.
fn keys(ids: &str) -> Keys {
    let entries = ids.split(',').map(|id| format!("{id}:{}", hex_of(id)));
    Keys::parse(&entries.collect::<Vec<_>>().join(",")).expect("keys")
}

fn hex_of(id: &str) -> String {
    Digest::of(id.as_bytes()).to_string()
}

fn nonce() -> Nonce {
    Nonce::new([1; 16])
}

fn generation() -> Generation {
    Generation::parse("9f0c1c1e-0000-4000-8000-000000000000").expect("a generation")
}

fn stored() -> StoredState {
    StoredState::Stored(Base {
        generation: generation(),
        version: 7,
        sha256: Digest::of(BODY),
    })
}
