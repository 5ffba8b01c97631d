//! SPEC section 14: what one person may use of a room, however often they come back (AT9, AT10).

use std::collections::BTreeMap;

use annotation::Role;
use room::{
    Effect, Notice, Protocol, RestoreOutcome, SessionId,
    limits::{
        CLIENT_IDS_MAX, DOCUMENT_CLIENTS_MAX, PERSON_SOCKETS_MAX, REBUILDS_MAX, REBUILDS_WINDOW_MS,
        STRIKES_MAX, STRIKES_WINDOW_MS, UPGRADES_MAX,
    },
};

use crate::{
    people::{hear, page, program, room_after_a_loss, room_of_owner, ticket},
    shell::Shell,
    support::{Writer, stored_text},
};

fn code(shell: &Shell, session: SessionId) -> Option<u16> {
    shell.closed.get(&session).copied()
}

/// How often the room asked for its document.
pub fn loads(shell: &Shell) -> usize {
    let is_load = |effect: &&Effect| matches!(effect, Effect::LoadDocument);
    shell.log.iter().filter(is_load).count()
}

/// Somebody who may only read writes, is refused, and comes back.
fn strike(shell: &mut Shell, client: u64) -> Option<u16> {
    let session = program(shell, "mal", Role::Read);
    shell.edit(session, &Writer::new(client).write("!"));
    code(shell, session)
}

#[test]
fn at9_strikes_outlast_reconnects_and_sleep_and_end_with_4429() {
    let (mut shell, ..) = room_of_owner();
    for count in 0..STRIKES_MAX {
        assert_eq!(strike(&mut shell, 100 + u64::from(count)), Some(4403));
        shell.hibernate();
    }
    assert_eq!(strike(&mut shell, 200), Some(4429));
    shell.hibernate();
    // From now on nobody even looks at what is sent.
    let again = page(&mut shell, "mal", Role::Own);
    assert_eq!(code(&shell, again), Some(4429));
    assert_eq!(stored_text(&shell), "kept");
    shell.pass(STRIKES_WINDOW_MS);
    assert_eq!(strike(&mut shell, 201), Some(4403));
}

#[test]
fn at9_nobody_makes_the_room_load_its_document_again_more_than_a_few_times_an_hour() {
    let (mut shell, _, olu) = room_of_owner();
    let forge = |shell: &mut Shell, count: u32| {
        let session = program(shell, "mal", Role::Annotate);
        let forger = Writer::new(100 + u64::from(count));
        forger.apply(&olu.whole());
        shell.edit(session, &forger.add("highlights", "forged", "olu"));
        code(shell, session)
    };
    let before = loads(&shell);
    for count in 0..REBUILDS_MAX {
        assert_eq!(forge(&mut shell, count), Some(4403));
    }
    assert_eq!(forge(&mut shell, 50), Some(4429));
    let allowed = REBUILDS_MAX as usize + 1;
    for count in 60..90 {
        shell.hibernate();
        assert_eq!(forge(&mut shell, count), Some(4429));
        shell.pass(REBUILDS_WINDOW_MS / 100);
    }
    // Each wake loads it once by itself, for whoever is here.
    assert!(loads(&shell) - before <= allowed + 30, "{}", loads(&shell));
    shell.pass(REBUILDS_WINDOW_MS);
    assert_eq!(forge(&mut shell, 95), Some(4403));
}

const TWO_HOURS_MS: u64 = 2 * 60 * 60_000;

/// Somebody comes back 10,000 times within two hours and sends the same each time. How each socket ended, and how many frames
/// were looked at.
fn insist(
    shell: &mut Shell,
    role: Role,
    update: &[u8],
    is_asleep: bool,
) -> (BTreeMap<Option<u16>, u32>, usize) {
    let mut ends = BTreeMap::new();
    for _ in 0..10_000 {
        if is_asleep {
            shell.hibernate();
        }
        let session = program(shell, "mal", role);
        shell.edit(session, update);
        *ends.entry(code(shell, session)).or_default() += 1;
        shell.pass(TWO_HOURS_MS / 10_000);
    }
    let is_refused = |notice: &&Notice| matches!(notice, Notice::FrameRefused { code: 4403, .. });
    (ends, shell.notices.iter().filter(is_refused).count())
}

#[test]
fn at9_ten_thousand_refused_updates_are_few_that_are_looked_at() {
    for is_asleep in [false, true] {
        let (mut shell, ..) = room_of_owner();
        let update = Writer::new(100).write("!");
        let (ends, looked_at) = insist(&mut shell, Role::Read, &update, is_asleep);
        let windows = (TWO_HOURS_MS / STRIKES_WINDOW_MS) as u32;
        let struck = windows * STRIKES_MAX;
        let expected = [(Some(4403), struck), (Some(4429), 10_000 - struck)];
        assert_eq!(ends, expected.into());
        assert_eq!(looked_at, (struck + windows) as usize, "the last is final");
        assert_eq!(stored_text(&shell), "kept");
    }
}

#[test]
fn at9_ten_thousand_forgeries_cost_the_document_a_few_times() {
    for is_asleep in [false, true] {
        let (mut shell, _, olu) = room_of_owner();
        let forger = Writer::new(100);
        forger.apply(&olu.whole());
        let update = forger.add("highlights", "forged", "olu");
        let (ends, looked_at) = insist(&mut shell, Role::Annotate, &update, is_asleep);
        let windows = (TWO_HOURS_MS / REBUILDS_WINDOW_MS) as u32;
        let struck = windows * REBUILDS_MAX;
        let expected = [(Some(4403), struck), (Some(4429), 10_000 - struck)];
        assert_eq!(ends, expected.into());
        assert_eq!(looked_at, (struck + windows) as usize, "the last is final");
        assert!(loads(&shell) <= looked_at, "{} loads", loads(&shell));
    }
}

#[test]
fn at9_others_sockets_of_somebody_who_is_out_are_not_heard_either() {
    let (mut shell, _, olu) = room_of_owner();
    let quiet = page(&mut shell, "mal", Role::Own);
    for count in 0..=STRIKES_MAX {
        strike(&mut shell, 100 + u64::from(count));
    }
    let writer = Writer::new(300);
    writer.apply(&olu.whole());
    shell.numbered(quiet, &room::wire::update(&writer.write("!")));
    assert_eq!(code(&shell, quiet), Some(4429));
    assert_eq!(stored_text(&shell), "kept");
}

#[test]
fn at9_one_person_has_so_many_sockets_and_others_have_theirs() {
    let (mut shell, ..) = room_of_owner();
    let last = (0..PERSON_SOCKETS_MAX)
        .map(|_| program(&mut shell, "ann", Role::Read))
        .last();
    assert_eq!(last.and_then(|last| code(&shell, last)), None);
    let more = program(&mut shell, "ann", Role::Read);
    assert_eq!(code(&shell, more), Some(1013));
    let other = program(&mut shell, "ben", Role::Read);
    assert_eq!(code(&shell, other), None);
}

#[test]
fn at9_who_opens_sockets_all_the_time_is_asked_to_wait_and_then_to_stop() {
    let (mut shell, ..) = room_of_owner();
    let mut codes = Vec::new();
    for _ in 0..2 * UPGRADES_MAX + 1 {
        let session = program(&mut shell, "ann", Role::Read);
        codes.push(code(&shell, session));
        shell.close(session);
        shell.pass(10);
    }
    let (free, rest) = codes.split_at(UPGRADES_MAX as usize);
    assert!(free.iter().all(Option::is_none));
    assert_eq!(
        (rest.first(), rest.last()),
        (Some(&Some(1013)), Some(&Some(4429)))
    );
}

#[test]
fn at9_one_person_writes_under_so_many_client_ids() {
    let (mut shell, _, olu) = room_of_owner();
    let session = program(&mut shell, "ann", Role::Annotate);
    for client in 0..u64::from(CLIENT_IDS_MAX) {
        let writer = Writer::new(1_000 + client);
        writer.apply(&olu.whole());
        shell.edit(session, &writer.write("."));
    }
    assert_eq!(code(&shell, session), None);
    let writer = Writer::new(9_999);
    writer.apply(&olu.whole());
    shell.edit(session, &writer.write("."));
    assert_eq!(code(&shell, session), Some(4429));
}

#[test]
fn at10_what_a_person_has_used_up_is_kept_only_where_the_host_vouches_for_people() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("kept"));
    shell.hibernate();
    shell.edit(sessions[0], &ann.embed());
    assert_eq!(code(&shell, sessions[0]), Some(4400));
    assert!(shell.store.kept.is_empty());

    let shown = ticket(&shell, "t", Role::Read);
    shell.open_with_authority("ann", Protocol::Stock, Some(shown));
    let keys: Vec<&str> = shell.store.kept.keys().map(String::as_str).collect();
    assert_eq!(keys, ["authority", "person:ann"]);
}

#[test]
fn at9_who_has_left_before_being_judged_pays_for_it() {
    let mut shell = Shell::new();
    for count in 0..=STRIKES_MAX {
        let session = program(&mut shell, "mal", Role::Read);
        shell.edit(session, &Writer::new(100 + u64::from(count)).write("!"));
        shell.close(session);
    }
    let waits = program(&mut shell, "olu", Role::Own);
    shell.restored(RestoreOutcome::NeverStored);
    hear(&mut shell);
    assert_eq!(
        (code(&shell, waits), stored_text(&shell)),
        (None, String::new())
    );
    let again = page(&mut shell, "mal", Role::Own);
    assert_eq!(code(&shell, again), Some(4429));
}

#[test]
fn at9_our_client_is_closed_for_too_many_client_ids_and_told_of_no_fault_of_its_frame() {
    let (mut shell, _, olu) = room_of_owner();
    let session = program(&mut shell, "ann", Role::Annotate);
    let write = |client: u64| {
        let writer = Writer::new(client);
        writer.apply(&olu.whole());
        writer.write(".")
    };
    for client in 0..u64::from(CLIENT_IDS_MAX) {
        shell.edit(session, &write(1_000 + client));
    }
    let ours = page(&mut shell, "ann", Role::Annotate);
    shell.numbered(ours, &room::wire::update(&write(9_999)));
    assert_eq!(code(&shell, ours), Some(4429));
}

#[test]
fn au4_what_is_passed_on_does_not_fill_the_document_with_ids_that_are_nobodys() {
    let (mut shell, ..) = room_after_a_loss();
    let rows = shell.store.journal.len();
    let ids = DOCUMENT_CLIENTS_MAX as u64 / 2 + 1;
    let mut update = Vec::new();
    write_number(&mut update, ids);
    for client in (0..ids).rev() {
        // One tombstone of one clock.
        for number in [1, 100_000 + client, 0] {
            write_number(&mut update, number);
        }
        update.extend([0, 1]);
    }
    update.push(0);
    let session = program(&mut shell, "mal", Role::Annotate);
    shell.frame(session, room::wire::sync_step2(&update));
    assert_eq!(shell.store.journal.len(), rows);
    assert_eq!(code(&shell, session), None);
}

/// Seven bits a byte, the lowest first.
fn write_number(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

#[test]
fn at10_of_opened_sockets_every_eighth_is_kept_and_no_sleep_washes_off_more() {
    let (mut shell, ..) = room_of_owner();
    let writes = |shell: &mut Shell| {
        shell.log.clear();
        let session = program(shell, "pat", Role::Read);
        shell.close(session);
        let is_keep =
            |effect: &&Effect| matches!(effect, Effect::Keep { key, .. } if key == "person:pat");
        shell.log.iter().filter(is_keep).count()
    };
    let kept: Vec<usize> = (0..16).map(|_| writes(&mut shell)).collect();
    let eighth = [0, 0, 0, 0, 0, 0, 0, 1];
    assert_eq!(kept, [eighth, eighth].concat());
    shell.hibernate();
    let mut opened = 16;
    loop {
        let session = program(&mut shell, "pat", Role::Read);
        if code(&shell, session).is_some() {
            break;
        }
        opened += 1;
        shell.close(session);
    }
    assert_eq!(opened, UPGRADES_MAX);
}
