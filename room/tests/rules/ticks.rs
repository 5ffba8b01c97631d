//! SPEC section 4: edits that come in a row are taken together (TI).

use room::{
    Effect, Event, Pace, Protocol, SessionId,
    glossator::Announcement,
    limits::{
        TICK_AUTHORS_MAX, TICK_BYTES_MAX, TICK_FRAMES_MAX, TICK_MS_MAX, TICK_MS_MIN,
        TICK_UPDATES_MAX,
    },
    wire,
};

use crate::{
    shell::Shell,
    support::{Writer, answers, entries, presence, said, stored_text, text_of, updates},
};

const NAMES: [&str; 3] = ["ann", "ben", "cat"];

/// A room in use, with these people in it.
fn in_use(users: &[&str]) -> (Shell, Vec<SessionId>) {
    Shell::paced(Pace::InTicks).opened_with(users)
}

/// Every socket has been shown something a moment ago.
fn busy(users: &[&str]) -> (Shell, Vec<SessionId>, Vec<Writer>) {
    let (mut shell, sessions) = in_use(users);
    let writers: Vec<Writer> = (0..users.len())
        .map(|place| Writer::new(11 + place as u64))
        .collect();
    let first = Writer::new(10).write("0");
    shell.edit(sessions[0], &first);
    writers.iter().for_each(|writer| writer.apply(&first));
    shell.forget_traffic();
    (shell, sessions, writers)
}

fn appended(shell: &Shell) -> Vec<(u64, String)> {
    let appends = shell.log.iter().filter_map(|effect| {
        let Effect::AppendToJournal { seq, update, .. } = effect else {
            return None;
        };
        Some((*seq, text_of(update)))
    });
    appends.collect()
}

#[test]
fn ti1_at_rest_nobody_waits() {
    let (mut shell, sessions) = in_use(&NAMES);
    let ann = Writer::new(11);
    for _ in 0..3 {
        shell.edit(sessions[0], &ann.write("x"));
        assert_eq!(shell.frames_for(sessions[1]), 1);
        assert_eq!(appended(&shell).len(), 1);
        shell.forget_traffic();
        shell.pass(TICK_MS_MIN);
    }
}

#[test]
fn ti2_edits_in_a_row_share_a_row_for_each_person_and_a_frame_for_each_reader() {
    let (mut shell, sessions, writers) = busy(&NAMES);
    shell.edit(sessions[0], &writers[0].write("a"));
    shell.edit(sessions[0], &writers[0].write("b"));
    shell.edit(sessions[1], &writers[1].write("c"));
    assert!(shell.log.is_empty(), "they wait");
    shell.pass(TICK_MS_MIN - 1);
    assert!(shell.log.is_empty(), "they wait for the tick");
    shell.pass(1);
    assert_eq!(appended(&shell).len(), 2);
    for reader in &sessions {
        assert_eq!(shell.frames_for(*reader), 1);
    }
    let [by_ann, by_ben, all] = [1, 0, 2].map(|place| updates(&shell.take(sessions[place])));
    let is_by =
        |update: &[u8], client: u64| crate::support::clocks_of(update).contains_key(&client);
    assert!(is_by(&by_ann[0], 11) && !is_by(&by_ann[0], 12));
    assert!(is_by(&by_ben[0], 12) && !is_by(&by_ben[0], 11));
    assert!(is_by(&all[0], 11) && is_by(&all[0], 12));
    writers[2].apply(&all[0]);
    assert_eq!(writers[2].text(), stored_text(&shell));
}

#[test]
fn ti2_ours_is_told_once_that_all_is_saved_and_not_before() {
    let (mut shell, sessions, writers) = busy(&NAMES);
    let ours = shell.open_ours("dan");
    shell.ask(ours);
    let dan = &writers[2];
    shell.take(ours);
    for words in ["a", "b", "c"] {
        shell.numbered(ours, &wire::update(&dan.write(words)));
    }
    assert!(said(&shell.take(ours)).is_empty());
    shell.edit(sessions[0], &writers[0].write("d"));
    shell.pass(TICK_MS_MIN);
    let told = said(&shell.take(ours));
    let [Announcement::Saved { number: 3, seq, .. }] = told.as_slice() else {
        panic!("told {told:?}");
    };
    let rows = appended(&shell);
    assert_eq!(rows.last().map(|(seq, _)| *seq), Some(*seq));
}

#[test]
fn ti2_a_tick_grows_with_the_sockets() {
    let names: Vec<String> = (0..400).map(|number| format!("u{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (mut shell, sessions) = in_use(&names);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("x"));
    shell.forget_traffic();
    shell.edit(sessions[0], &ann.write("y"));
    shell.pass(39);
    assert!(appended(&shell).is_empty());
    shell.pass(1);
    assert_eq!(appended(&shell).len(), 1);
}

#[test]
fn ti3_only_edits_wait_and_what_their_own_socket_says_behind_them() {
    let (mut shell, sessions, writers) = busy(&NAMES);
    shell.edit(sessions[0], &writers[0].write("a"));
    shell.ask(sessions[0]);
    let newcomer = shell.open("dan");
    shell.ask(newcomer);
    assert_eq!(answers(&shell.take(newcomer)), ["0"]);
    shell.frame(sessions[1], presence(&[(12, 1, Some("{}"))]));
    assert_eq!(entries(&shell.take(newcomer)).len(), 1);
    shell.frame(newcomer, wire::query_awareness());
    assert_eq!(entries(&shell.take(newcomer)).len(), 1);
    assert!(answers(&shell.take(sessions[0])).is_empty());
    shell.pass(TICK_MS_MIN);
    assert_eq!(answers(&shell.take(sessions[0])).len(), 1);
    assert_eq!(updates(&shell.take(newcomer)).len(), 1);
}

#[test]
fn ti4_what_is_much_is_taken_at_once() {
    let (mut shell, sessions, writers) = busy(&NAMES);
    for _ in 0..TICK_FRAMES_MAX - 1 {
        shell.edit(sessions[0], &writers[0].write("a"));
    }
    assert!(appended(&shell).is_empty());
    shell.edit(sessions[0], &writers[0].write("a"));
    assert_eq!(appended(&shell).len(), TICK_FRAMES_MAX / TICK_UPDATES_MAX);

    let (mut shell, sessions, writers) = busy(&NAMES);
    shell.edit(sessions[0], &writers[0].write("a"));
    shell.edit(sessions[1], &writers[1].write(&"b".repeat(TICK_BYTES_MAX)));
    assert_eq!(appended(&shell).len(), 2);
    assert!(shell.closed.is_empty());
}

#[test]
fn ti4_a_frame_may_be_as_large_behind_others_as_alone() {
    let (mut shell, sessions, writers) = busy(&NAMES);
    let ours = shell.open_ours("dan");
    shell.ask(ours);
    shell.edit(sessions[0], &writers[0].write("a"));
    shell.numbered(ours, &wire::update(&writers[1].write("b")));
    // As large as a frame can be; what it brings is too much for the document, which is said as it is without a tick.
    let whole = wire::update(&writers[1].write(&"c".repeat(16 * 1024 * 1024 - 200)));
    shell.numbered(ours, &whole);
    assert!(shell.closed.is_empty());
    let told = said(&shell.take(ours));
    assert!(
        matches!(
            told.as_slice(),
            [
                ..,
                Announcement::Saved { number: 1, .. },
                Announcement::Refused { number: 2, .. }
            ]
        ),
        "told {told:?}"
    );
}

#[test]
fn ti4_many_who_write_are_committed_some_at_a_time() {
    let names: Vec<String> = (0..=TICK_AUTHORS_MAX)
        .map(|number| format!("u{number}"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (mut shell, sessions, writers) = busy(&names);
    for (session, writer) in sessions.iter().zip(&writers) {
        shell.edit(*session, &writer.write("x"));
    }
    shell.pass(TICK_MS_MAX);
    assert_eq!(appended(&shell).len(), names.len());
    assert_eq!(shell.frames_for(sessions[0]), 2);
    for update in updates(&shell.take(sessions[0])) {
        writers[0].apply(&update);
    }
    assert_eq!(writers[0].text(), stored_text(&shell));
}

#[test]
fn ti4_where_many_write_much_nobody_is_sent_copies_of_their_own() {
    let names: Vec<String> = (0..20).map(|number| format!("u{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (mut shell, sessions, writers) = busy(&names);
    for (session, writer) in sessions.iter().zip(&writers) {
        shell.edit(*session, &writer.write(&"x".repeat(5_000)));
    }
    shell.pass(TICK_MS_MAX);
    assert_eq!(appended(&shell).len(), 20);
    assert_eq!(shell.frames_for(sessions[0]), 19);
    let sent = shell.log.iter().map(|effect| {
        if let Effect::Broadcast { frame, .. } | Effect::Send { frame, .. } = effect {
            return frame.len();
        }
        0
    });
    assert!(sent.sum::<usize>() < 120_000);
    for update in updates(&shell.take(sessions[0])) {
        writers[0].apply(&update);
    }
    assert_eq!(writers[0].text(), stored_text(&shell));
}

#[test]
fn ti4_what_waits_is_taken_before_its_socket_is_closed_for_what_it_says_next() {
    let (mut shell, sessions, writers) = busy(&NAMES);
    shell.edit(sessions[0], &writers[0].write("a"));
    shell.tell(Event::TextReceived {
        session: sessions[0],
    });
    assert_eq!(shell.closed.get(&sessions[0]), Some(&4400));
    assert_eq!(appended(&shell).len(), 1);
}

#[test]
fn ti5_what_came_before_the_end_is_archived_with_it() {
    let (mut shell, sessions, writers) = busy(&["ann"]);
    shell.edit(sessions[0], &writers[0].write("a"));
    shell.close(sessions[0]);
    assert_eq!(appended(&shell).len(), 1);
    assert_eq!(shell.archives.len(), 1);
}

#[test]
fn ti5_a_tick_keeps_the_object_in_memory() {
    let (mut shell, sessions, writers) = busy(&NAMES);
    let now = shell.now;
    assert_eq!(shell.room().next_deadline(now).timer, None);
    shell.edit(sessions[0], &writers[0].write("a"));
    let timer = shell.room().next_deadline(now).timer;
    assert_eq!(timer, Some(now + TICK_MS_MIN));
}

#[test]
fn ti6_who_is_refused_is_told_first_what_is_saved() {
    let (mut shell, sessions, writers) = busy(&NAMES);
    let ours = shell.open_with_authority("dan", Protocol::Glossator, None);
    shell.ask(ours);
    shell.take(ours);
    shell.numbered(ours, &wire::update(&writers[1].write("a")));
    shell.numbered(ours, &wire::update(&[1, 1, 1]));
    shell.edit(sessions[0], &writers[0].write("b"));
    shell.pass(TICK_MS_MIN);
    let told = said(&shell.take(ours));
    assert!(
        matches!(
            told.as_slice(),
            [
                Announcement::Saved { number: 1, .. },
                Announcement::Refused { number: 2, .. }
            ]
        ),
        "told {told:?}"
    );
    assert_eq!(appended(&shell).len(), 2);
}

#[test]
fn ti6_who_is_closed_is_told_first_what_is_saved() {
    let (mut shell, _, writers) = busy(&NAMES);
    let ours = shell.open_ours("dan");
    shell.ask(ours);
    shell.forget_traffic();
    shell.numbered(ours, &wire::update(&writers[1].write("a")));
    shell.numbered(ours, &[99]);
    shell.pass(TICK_MS_MIN);
    let of_ours = |effect: &Effect| {
        if matches!(effect, Effect::AppendToJournal { .. }) {
            return Some("append");
        }
        if matches!(effect, Effect::Send { session, .. } if *session == ours) {
            return Some("tell");
        }
        let is_close = matches!(effect, Effect::CloseSession { session, .. } if *session == ours);
        is_close.then_some("close")
    };
    let order: Vec<&str> = shell.log.iter().filter_map(of_ours).collect();
    assert_eq!(order, ["append", "tell", "close"]);
}

#[test]
fn gv2_what_is_kept_of_a_socket_says_that_its_first_edit_is_stored() {
    for pace in [Pace::OneByOne, Pace::InTicks] {
        let mut shell = Shell::paced(pace);
        let ours = shell.open_ours("dan");
        shell.restored(room::RestoreOutcome::NeverStored);
        shell.ask(ours);
        shell.hibernate();
        shell.numbered(ours, &wire::update(&Writer::new(11).write("a")));
        shell.restored(room::RestoreOutcome::NeverStored);
        assert_eq!(appended(&shell).len(), 1);
        let welcomed = shell.records[&ours].glossator.welcomed;
        assert!(
            welcomed.is_some_and(|welcomed| welcomed.is_stored),
            "{pace:?}"
        );
    }
}

#[test]
fn ti7_a_journal_of_ticks_says_what_one_of_single_edits_says() {
    let told = [Pace::OneByOne, Pace::InTicks].map(|pace| {
        let (mut shell, sessions) = Shell::paced(pace).opened_with(&NAMES);
        let writers = [11, 12, 13].map(Writer::new);
        for round in 0..40_usize {
            let place = round / 4 % 3;
            let update = match round % 5 {
                4 if writers[place].text().len() > 2 => writers[place].erase(2),
                3 => writers[place].highlight(&format!("h{round}")),
                _ => writers[place].write(&format!("{round} ")),
            };
            shell.edit(sessions[place], &update);
            let others = writers
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != place);
            others.for_each(|(_, other)| other.apply(&update));
        }
        shell.pass(TICK_MS_MAX);
        let rows = appended(&shell).len();
        shell.kill();
        let reader = shell.open("dan");
        shell.ask(reader);
        let text = answers(&shell.take(reader));
        let mut known = annotation::Attribution::default();
        for attribution in shell.store.all_attributions() {
            known.merge(&annotation::Attribution::decode(&attribution).expect("the room wrote it"));
        }
        (rows, (text, known.encode(), writers[0].text()))
    });
    let [(single, one_by_one), (together, in_ticks)] = told;
    assert_eq!(one_by_one, in_ticks);
    assert_eq!(single, 40);
    assert!(together < single, "{together} rows");
}
